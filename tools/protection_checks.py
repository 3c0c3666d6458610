"""What is checked on one protected table: the attack, the truth, suppression by the rule alone, insiders, differences.

Used by measure_protection.py. Releases are read back from their frames, as a reader would, never from guzar's own
account of what it hid.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from independent_attack import read
from made_up_tables import COUNT, TOTAL, MadeUpTable

from guzar.errors import GuzarError, MethodNotApplicable, ReleaseRefused
from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.released_cells import ReleasedTable, read_release
from guzar.protect.rules import CountRules

RULES = CountRules()
LEAST_OF_HIDDEN = (
    0.0  # persons: what the default adversary takes a hidden cell to hold (1 with the rule `filled`)
)
PERSONS_ASKED, CELLS_ASKED = 3, 6  # per table: lone persons, and cells that each of them asks about
SEED = 20261122

Tables = Mapping[str, ReleasedTable]


@dataclass
class Outcome:
    """Figures of one table; `not_done` says why it could not be protected, and is empty where it was."""

    name: str
    dimensions: int
    cells: int
    persons: int
    not_done: str = ""
    figures: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)


class TookTooLong(Exception):
    """A step passed its time."""


def until(seconds: float) -> Callable[[], None]:
    """A step that ends what takes longer than so many seconds."""
    began = time.monotonic()

    def step() -> None:
        if time.monotonic() - began > seconds:
            raise TookTooLong(f"took longer than {seconds:.0f} s")

    return step


def protect(
    table: MadeUpTable,
    *,
    axes: Sequence[int] | None = None,
    records: np.ndarray | None = None,
    rules: CountRules = RULES,
    earlier: Tables | None = None,
    most_seconds: float,
) -> pl.DataFrame:
    """The released frame of a table, or of some of its dimensions, or of other records."""
    counts = table.counts(axes, records)
    dimensions = [name for name in counts.columns if name != COUNT]
    name = "by " + " ".join(dimensions)
    made = suppress_small_cells(
        {name: counts},
        dimensions=dimensions,
        count=COUNT,
        rules=rules,
        hierarchies=_own(table, dimensions),
        earlier=earlier,
        is_report_full=False,
        step=until(most_seconds),
    )
    return made.tables[0].frame


def read_back(table: MadeUpTable, frame: pl.DataFrame) -> dict[str, ReleasedTable]:
    """The released frame, as any reader reads it."""
    dimensions = [name for name in frame.columns if name in table.dimensions]
    found = read_release(frame, dimensions=dimensions, count=COUNT, hierarchies=_own(table, dimensions))
    return {"by " + " ".join(dimensions): one for one in found.values()}


def read_well(table: MadeUpTable, frame: pl.DataFrame) -> dict[str, ReleasedTable]:
    """The same for a reader who takes every hidden cell to hold so many persons at least."""
    at_least = pl.when(pl.col(COUNT).is_null()).then(LEAST_OF_HIDDEN).otherwise(pl.col(COUNT))
    return read_back(table, frame.with_columns(lower=at_least.cast(pl.Float64)))


def examine(
    table: MadeUpTable,
    *,
    most_seconds: float,
    independent: bool,
    insiders: bool,
    wide_enough: float = np.inf,
) -> Outcome:
    """Protect one table and check it; the attack does not follow an interval further than `wide_enough`."""
    outcome = Outcome(table.name, len(table.sizes), table.cells, len(table.records))
    began = time.monotonic()
    try:
        frame = protect(table, most_seconds=most_seconds)
        outcome.seconds["protecting"] = time.monotonic() - began
        began = time.monotonic()
        attacked = attack_release(
            read_well(table, frame),
            minimum=RULES.minimum,
            wide_enough=wide_enough,
            step=until(10 * most_seconds),
        )
        outcome.seconds["attack"] = time.monotonic() - began
    except (GuzarError, TookTooLong) as error:
        outcome.not_done = str(error)
        return outcome
    truth = table.truth()
    outcome.figures.update(check_release(table, frame, attacked, truth))
    if np.isfinite(wide_enough):  # the bounds of the others are not the tightest, and need not hold the truth
        del outcome.figures["truth outside the interval"]
    began = time.monotonic()
    outcome.figures.update(attack_rule_alone(table, truth, wide_enough))
    outcome.seconds["attack on the rule alone"] = time.monotonic() - began
    if independent:
        outcome.figures.update(check_intervals(table, frame, attacked))
    if insiders:
        outcome.figures.update(ask_insiders(table, frame, truth))
    return outcome


def check_release(
    table: MadeUpTable, frame: pl.DataFrame, attacked: Attacked, truth: pl.DataFrame
) -> Counter[str]:
    """Hidden cells, how many are derived too closely, and published values that are not the truth."""
    beside = _beside_truth(table, frame, truth)
    is_small = (pl.col("truth") > 0) & (pl.col("truth") < RULES.minimum)
    bounds = attacked.cells.join(truth, on=table.dimensions, how="left", suffix="_true").with_columns(
        pl.col(COUNT).fill_null(0)
    )
    return Counter(
        {
            "published": beside.filter(pl.col(COUNT).is_not_null()).height,
            "published, not the truth": beside.filter(pl.col(COUNT) != pl.col("truth")).height,
            "published, refused by the rule": beside.filter(is_small & pl.col(COUNT).is_not_null()).height,
            "cells missing": abs(table.cells - frame.height),
            "hidden": frame[COUNT].null_count(),
            "primary": beside.filter(is_small).height,
            "closer than the protection": closer(attacked),
            "truth outside the interval": bounds.filter(
                (pl.col(COUNT) < pl.col("lower")) | (pl.col(COUNT) > pl.col("upper"))
            ).height,
        }
    )


def attack_rule_alone(table: MadeUpTable, truth: pl.DataFrame, wide_enough: float = np.inf) -> Counter[str]:
    """The same attack where only the cells that the rule refuses are hidden."""
    naive = _whole(table, truth).with_columns(
        pl.when((pl.col(COUNT) > 0) & (pl.col(COUNT) < RULES.minimum))
        .then(None)
        .otherwise(pl.col(COUNT))
        .alias(COUNT)
    )
    attacked = attack_release(read_well(table, naive), minimum=RULES.minimum, wide_enough=wide_enough)
    return Counter(
        {
            "rule alone: hidden": attacked.cells.height,
            "rule alone: closer": closer(attacked),
            "rule alone: exact": attacked.exactly(),
            "rule alone: tables": int(attacked.cells.height > 0),
            "rule alone: tables broken": int(closer(attacked) > 0),
            "rule alone: tables with a cell exactly known": int(attacked.exactly() > 0),
        }
    )


def check_intervals(table: MadeUpTable, frame: pl.DataFrame, attacked: Attacked) -> Counter[str]:
    """Each interval beside that of an attack by other code; how many differ."""
    release = read(frame, table.dimensions, COUNT, table.hierarchies, LEAST_OF_HIDDEN)
    found = {
        row[:-2]: row[-2:] for row in attacked.cells.select(*table.dimensions, "lower", "upper").iter_rows()
    }
    differ = tight = 0
    for cell in release.hidden:
        low, high = release.interval(cell)
        own_low, own_high = found.get(cell, (np.nan, np.nan))
        differ += (low, high) != (own_low, np.inf if own_high is None else own_high)
        tight += high - low < RULES.protection
    return Counter(
        {
            "independent: tables": 1,
            "independent: cells": len(release.hidden),
            "independent: differ": differ + abs(len(found) - len(release.hidden)),
            "independent: closer": tight,
        }
    )


def ask_insiders(table: MadeUpTable, frame: pl.DataFrame, truth: pl.DataFrame) -> Counter[str]:
    """Lone persons, taken from the records: what each works out who knows the own cells, by an independent attack."""
    random = np.random.default_rng([SEED, len(table.records)])
    release = read(frame, table.dimensions, COUNT, table.hierarchies, LEAST_OF_HIDDEN)
    true = {row[:-1]: row[-1] for row in truth.select(*table.dimensions, COUNT).iter_rows()}
    small = [cell for cell in release.hidden if 0 < true.get(cell, 0) < RULES.minimum]
    persons = _lone_persons(table, true)
    asked = cells = told = 0
    for at in random.permutation(len(persons))[:PERSONS_ASKED].tolist():
        own = dict.fromkeys(persons[at], 1.0)
        others = [cell for cell in small if cell not in own]
        near = sorted(others, key=lambda cell: -max(_alike(cell, mine) for mine in own))
        for cell in near[:CELLS_ASKED]:
            low, high = release.interval(cell, own)
            cells += 1
            told += high - low < 1
        asked += 1
    return Counter(
        {
            "insiders: persons": len(persons),
            "insiders: persons asked": asked,
            "insiders: cells": cells,
            "insiders: told": told,
        }
    )


def closer(attacked: Attacked) -> int:
    """Hidden cells, inner or margins, that are derived more closely than the protection."""
    return attacked.closer_than(RULES.protection, inner=True) + attacked.closer_than(
        RULES.protection, inner=False
    )


def two_releases(table: MadeUpTable, case: str, *, most_seconds: float, heed: bool) -> Counter[str]:
    """A first release and a second one, made with or without regard to the first; attacked together."""
    rules = {"10, then 5": (10, 5), "5, then 10": (5, 10)}.get(case, (5, 5))
    axes = ([0, 1], [0, 2]) if case == "another breakdown" else (None, None)
    records = correct(table) if case == "a correction" else None
    try:
        first = protect(table, axes=axes[0], rules=CountRules(minimum=rules[0]), most_seconds=most_seconds)
        earlier = read_back(table, first)
        second = protect(
            table,
            axes=axes[1],
            records=records,
            rules=CountRules(minimum=rules[1]),
            earlier=earlier if heed else None,
            most_seconds=most_seconds,
        )
    except (ReleaseRefused, MethodNotApplicable):  # nothing leaves
        return Counter({"asked": 1, "refused": 1})
    except (GuzarError, TookTooLong) as error:
        return Counter({"asked": 1, "not done": 1, str(error): 1})
    earlier, later = read_well(table, first), read_well(table, second)
    found = [attack_release(later, earlier, minimum=RULES.minimum)]
    if case != "a correction":
        found.append(attack_release(earlier, later, minimum=RULES.minimum))
    tight = sum(closer(each) for each in found)
    small = found[0].small_changes
    return Counter(
        {
            "asked": 1,
            "released": 1,
            "hidden": sum(each.cells.height for each in found),
            "closer": tight,
            "exact": sum(each.exactly() for each in found),
            "small changes": small,
            "broken": int(tight + small > 0),
        }
    )


def correct(table: MadeUpTable) -> np.ndarray:
    """The records after a correction: one person in fifty moved to where another is, one in a hundred added."""
    random = np.random.default_rng([SEED, 1, len(table.records)])
    number = len(table.records)
    moved = table.records.copy()
    some = random.choice(number, max(2, number // 50), replace=False)
    moved[some] = table.records[random.integers(0, number, len(some))]
    added = table.records[random.integers(0, number, max(1, number // 100))]
    return np.concatenate([moved, added])


def _lone_persons(table: MadeUpTable, true: Mapping[tuple[str, ...], int]) -> list[list[tuple[str, ...]]]:
    """For each person who is alone in some cell: all cells in which that person is alone."""
    above = []
    for axis in range(len(table.sizes)):
        rows = table.codes_above(axis)
        above.append([rows.filter(pl.col("inner") == leaf)["code"].to_list() for leaf in _leaves(rows)])
    found = []
    for person in np.unique(table.records, axis=0).tolist():
        grid = [above[axis][at] for axis, at in enumerate(person)]
        cells: list[tuple[str, ...]] = [()]
        for codes in grid:
            cells = [(*cell, code) for cell in cells for code in codes]
        alone = [cell for cell in cells if true[cell] == 1]
        if alone:
            found.append(alone)
    return found


def _leaves(rows: pl.DataFrame) -> list[str]:
    return sorted(set(rows["inner"].to_list()))


def _alike(cell: tuple[str, ...], other: tuple[str, ...]) -> int:
    return sum(mine == theirs for mine, theirs in zip(cell, other, strict=True))


def _beside_truth(table: MadeUpTable, frame: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    return frame.join(truth.rename({COUNT: "truth"}), on=table.dimensions, how="left").with_columns(
        pl.col("truth").fill_null(0)
    )


def _whole(table: MadeUpTable, truth: pl.DataFrame) -> pl.DataFrame:
    """The truth with its empty cells: every combination of codes."""
    whole = pl.DataFrame({"nothing": [0]})
    for axis, name in enumerate(table.dimensions):
        codes = {TOTAL, *table.codes_above(axis)["code"].to_list()}
        for hierarchy in table.hierarchies.get(name, []):
            codes |= set(hierarchy["code"])
        whole = whole.join(pl.DataFrame({name: sorted(codes)}), how="cross")
    return (
        whole.drop("nothing")
        .join(truth, on=table.dimensions, how="left")
        .with_columns(pl.col(COUNT).fill_null(0))
    )


def _own(table: MadeUpTable, dimensions: Sequence[str]) -> dict[str, list[pl.DataFrame]]:
    return {name: each for name, each in table.hierarchies.items() if name in dimensions}

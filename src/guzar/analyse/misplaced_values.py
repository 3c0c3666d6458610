"""Values that sit with another area: two publishers of one indicator, and the cells on which they disagree.

Where two publications agree on most cells, the cells that differ are looked at together. If the one publication
holds for an area exactly what the other holds for another area of the same period, the values may have moved: two
exchanged, three in a circle, or a chain in one direction. How many such patterns the same cells would show by
chance is worked out from how often values of that period coincide anyway and from how near to each other the two
names stand in the alphabet, where rows slip. Nothing here knows a country or an indicator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import factorial
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.doubts import printed_quantum, show_number, write_doubt
from guzar.define.areas import area_name

SERIES = ("source", "edition", "definition")
GROUP = ("counterpart", "sex", "period")
FEWEST_SHARED = 30  # below this, agreement on "most cells" says little
SMALLEST_AGREEMENT = 0.8
MOST_DISAGREEING = 60  # above this in one period the table was revised, not shuffled
LARGEST_CHANCE = 0.05

EXCHANGED = (
    "{source}, edition {edition}, and {other_source}, edition {other_edition}, agree on {agreeing} of {shared} shared "
    "cells of {period}. For {areas} they hold each other's values: {found}, against {expected}. "
    "The values of {source} may have been exchanged; we would be grateful for a check."
)
MOVED = (
    "{source}, edition {edition}, and {other_source}, edition {other_edition}, agree on {agreeing} of {shared} shared "
    "cells of {period}. For {areas} a value of the one stands with another area in the other: {found}, against "
    "{expected}. The values of {source} may have slipped by a row; we would be grateful for a check."
)


@dataclass(frozen=True)
class Cells:
    """The shared cells of two publications in one period: areas in alphabetical order of their English names."""

    codes: tuple[str, ...]
    ours: np.ndarray
    theirs: np.ndarray
    tolerance: float

    def coincide(self, one: float, others: np.ndarray) -> np.ndarray:
        """Which of the other values are the same number, as far as it is printed."""
        return np.abs(others - one) <= np.maximum(self.tolerance, 1e-9 * np.abs(one))

    def disagreeing(self) -> list[int]:
        """Positions of the cells on which the two publications differ."""
        return [i for i in range(len(self.codes)) if not self.coincide(self.ours[i], self.theirs[i : i + 1])[0]]


def find_misplaced_values(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Doubts of the checks `exchanged_values` and `displaced_values` over every pair of comparable series."""
    numbers = held.filter(pl.col("value").is_not_null() & (pl.col("value") != 0) & (pl.col("area") != "WLD"))
    found = []
    for indicator in numbers["indicator"].unique().sort():
        of_indicator = numbers.filter(pl.col("indicator") == indicator)
        for one, other in combinations(of_indicator.partition_by(SERIES, maintain_order=True), 2):
            found += _compare_series(of_indicator, one, other)
    return found


def _compare_series(of_indicator: pl.DataFrame, one: pl.DataFrame, other: pl.DataFrame) -> list[dict[str, Any]]:
    joined = one.join(other, on=["area", *GROUP], suffix="_other")
    if joined.height < FEWEST_SHARED:
        return []
    tolerance = _tolerance(one, other)
    same = (pl.col("value") - pl.col("value_other")).abs() <= pl.max_horizontal(
        pl.lit(tolerance), 1e-9 * pl.col("value").abs()
    )
    joined = joined.with_columns(agrees=same)
    if joined["agrees"].mean() < SMALLEST_AGREEMENT:
        return []
    counts = joined.group_by(GROUP).agg(disagree=(~pl.col("agrees")).sum(), shared=pl.len())
    worth = counts.filter(
        pl.col("disagree").is_between(2, MOST_DISAGREEING) & (pl.col("shared") >= FEWEST_SHARED)
        & (pl.col("disagree") <= (1 - SMALLEST_AGREEMENT) * pl.col("shared"))
    )
    groups = joined.join(worth, on=GROUP, how="semi").partition_by(GROUP, maintain_order=True)
    return [row for group in groups for row in _doubts_of_group(of_indicator, group, tolerance)]


def _tolerance(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Half a unit of the coarser last digit; one per cent more, because publishers round halves both ways."""
    quanta = [printed_quantum(series["value"], series["definition"][0]) for series in (one, other)]
    return 0.505 * max(quanta)


def _doubts_of_group(of_indicator: pl.DataFrame, group: pl.DataFrame, tolerance: float) -> list[dict[str, Any]]:
    by_name = group.with_columns(name=pl.col("area").map_elements(area_name, return_dtype=pl.String)).sort("name")
    cells = Cells(tuple(by_name["area"]), by_name["value"].to_numpy(), by_name["value_other"].to_numpy(), tolerance)
    swapped = Cells(cells.codes, cells.theirs, cells.ours, tolerance)
    found, seen = [], set()
    for view, is_other in ((cells, False), (swapped, True)):
        for pattern, is_cycle, chance in find_patterns(view):
            members = frozenset(pattern)
            if chance > LARGEST_CHANCE or members <= seen:
                continue
            seen |= members
            found.append(_write(of_indicator, group, cells, pattern, is_cycle, chance, is_other))
    return found


def find_patterns(cells: Cells) -> Iterator[tuple[tuple[int, ...], bool, float]]:
    """Circles and chains among the disagreeing cells, circles first: positions, whether a circle, chance.

    In a pattern (a, b, c) our value for a is their value for b, ours for b theirs for c; in a circle ours for c is
    theirs for a. The chance is the expected number of patterns of this kind, this long and this near together.
    """
    disagreeing = cells.disagreeing()
    links = {
        i: [j for j in disagreeing if j != i and cells.coincide(cells.ours[i], cells.theirs[j : j + 1])[0]]
        for i in disagreeing
    }
    same = _share_of_coinciding_pairs(cells)
    used: set[int] = set()
    for circle in [*_circles(links, 2), *_circles(links, 3)]:
        if used.isdisjoint(circle):
            used |= set(circle)
            yield circle, True, _chance(circle, len(disagreeing), len(cells.codes), same, is_cycle=True)
    for chain in _chains(links, used, cells):
        yield chain, False, _chance(chain, len(disagreeing), len(cells.codes), same, is_cycle=False)


def _share_of_coinciding_pairs(cells: Cells) -> float:
    """How often our value for one area is, as printed, their value for another: the base rate of coincidences.

    At least one coincidence is assumed, so that no pattern is ever called impossible.
    """
    count = len(cells.codes)
    theirs = np.sort(cells.theirs)
    slack = np.maximum(cells.tolerance, 1e-9 * np.abs(cells.ours))
    near = np.searchsorted(theirs, cells.ours + slack, "right") - np.searchsorted(theirs, cells.ours - slack, "left")
    own = sum(bool(cells.coincide(cells.ours[i], cells.theirs[i : i + 1])[0]) for i in range(count))
    return max(1.0, float(near.sum() - own)) / (count * (count - 1))


def _circles(links: Mapping[int, list[int]], length: int) -> list[tuple[int, ...]]:
    paths: list[tuple[int, ...]] = [(start,) for start in links]
    for _ in range(length - 1):
        paths = [(*path, j) for path in paths for j in links[path[-1]] if j > path[0] and j not in path]
    return [path for path in paths if path[0] in links[path[-1]]]


def _chains(links: Mapping[int, list[int]], used: set[int], cells: Cells) -> list[tuple[int, ...]]:
    """The longest chains of links outside the circles, each cell in one chain only, nearest names preferred."""
    nearest = {i: min((j for j in after if j not in used), key=lambda j: abs(j - i), default=None)  # noqa: B023
               for i, after in links.items() if i not in used}
    chains = []
    for start in nearest:
        chain = [start]
        while (after := nearest.get(chain[-1])) is not None and after not in chain:
            chain.append(after)
        if len(chain) > 1:
            chains.append(tuple(chain))
    chains.sort(key=lambda chain: (-len(chain), chain))
    kept: list[tuple[int, ...]] = []
    for chain in chains:
        if not any(set(chain) & set(longer) for longer in kept):
            kept.append(chain)
    return kept


def _chance(pattern: tuple[int, ...], disagreeing: int, shared: int, same: float, *, is_cycle: bool) -> float:
    links = len(pattern) if is_cycle else len(pattern) - 1
    ways = factorial(disagreeing) / factorial(disagreeing - len(pattern)) / (len(pattern) if is_cycle else 1)
    near = 1.0
    # In a circle the last step back is as long as the others make it: one factor less.
    steps = list(pairwise(pattern))
    for a, b in steps:
        distance = abs(a - b)
        near *= min(1.0, distance * (2 * shared - distance - 1) / (shared * (shared - 1)))
    return float(ways * same**links * near)


def _write(
    of_indicator: pl.DataFrame, group: pl.DataFrame, cells: Cells, pattern: tuple[int, ...], is_cycle: bool,
    chance: float, is_other: bool,
) -> dict[str, Any]:
    first = {name: str(group[name][0]) for name in ("indicator", *SERIES, *GROUP)}
    second = {name: str(group[f"{name}_other"][0]) for name in SERIES}
    codes = [cells.codes[i] for i in pattern]
    in_doubt = _second_is_in_doubt(of_indicator, first, cells, pattern, default=is_other)
    ours, theirs = (cells.theirs, cells.ours) if in_doubt else (cells.ours, cells.theirs)
    doubted, other = (second, first) if in_doubt else (first, second)
    return write_doubt(
        "exchanged_values" if is_cycle else "displaced_values",
        source=doubted["source"], edition=doubted["edition"], areas=codes,
        found=_list(codes, ours, pattern), expected=_list(codes, theirs, pattern),
        explanation=EXCHANGED if is_cycle else MOVED,
        indicator=first["indicator"], definition=doubted["definition"], period=first["period"],
        other_source=other["source"], other_edition=other["edition"], expected_by_chance=chance,
        values={"agreeing": len(cells.codes) - len(cells.disagreeing()), "shared": len(cells.codes)},
    )


def _list(codes: list[str], values: np.ndarray, pattern: tuple[int, ...]) -> str:
    return ", ".join(f"{code} {show_number(float(values[i]))}" for code, i in zip(codes, pattern, strict=True))


def _second_is_in_doubt(
    of_indicator: pl.DataFrame, group: Mapping[str, str], cells: Cells, pattern: tuple[int, ...], *, default: bool
) -> bool:
    """Which publication fits its areas' other years worse: a pattern alone does not tell who moved the values."""
    others = of_indicator.filter(
        (pl.col("counterpart") == group["counterpart"]) & (pl.col("sex") == group["sex"])
        & (pl.col("period") != group["period"]) & (pl.col("value") > 0)
    )
    typical = dict(others.group_by("area").agg(pl.col("value").log().median()).iter_rows())
    known = [i for i in pattern if cells.codes[i] in typical and min(cells.ours[i], cells.theirs[i]) > 0]
    if not known:
        return default
    ours, theirs = (
        sum(abs(float(np.log(values[i])) - typical[cells.codes[i]]) for i in known) for values in (cells.ours, cells.theirs)
    )
    return default if ours == theirs else bool(theirs > ours)

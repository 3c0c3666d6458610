"""Cell suppression beside pytauargus (tau-ARGUS) on one table in one run: seconds, cost, and the same attack on both.

Run: python benches/protect_against_peer.py
In: 40 × 12 × 8 codes, 20,000 made-up persons, three skews. Like with like: the peer's rule FREQ(5,10) asks for an
interval of a tenth of a count on either side, knows no insiders, and takes a hidden cell to be empty or not; so guzar
is asked for a protection of 1, no insiders, and hidden cells that may be empty. Promised: ten times faster, at a cost (sum of the values of secondary cells) not above the peer's.
Exits with 1 where that is broken. FREQ(5,100), the widest range that the
peer accepts, asks for a count's own size on either side: shown beside guzar's default, not judged. pytauargus is no dependency: where it cannot be imported, it is installed into an
environment of its own that is thrown away; where it cannot be had, nothing is compared, and that is said.
"""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from made_up_tables import COUNT, TOTAL, MadeUpTable, make_persons
from markdown_tables import as_table
from throwaway_environment import find_python

from guzar.protect import release_counts
from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.released_cells import read_release
from guzar.protect.rules import CountRules

PEER = "pytauargus==0.6.0"
SIZES, PERSONS, SKEWS, SEED = (40, 12, 8), 20_000, (1.0, 1.5, 2.0), 1
LONGEST = 1.0  # the skew at which the peer needs longest: compared like with like only
TIMES_FASTER = 10.0
RUNS = 3
LIKE = CountRules(minimum=5, protection=1, insiders=False, filled=False)
LIKE_PEER, WIDEST_PEER = "FREQ(5,10)", "FREQ(5,100)"
PEER_SECONDS = 600
HIDDEN_BY_PEER = ("U", "M")  # refused by the rule; hidden to protect
# Runs in the peer's own environment: inner codes of each person in, hidden cells and seconds out.
PEER_RUN = """
import json, sys, time
import pytauargus
asked = json.load(open(sys.argv[1]))
began = time.perf_counter()
found = pytauargus.protect(
    asked["records"], asked["dimensions"], "one", safety_rules=asked["rule"], suppress="OPT(1)", workdir=asked["place"]
)
seconds = time.perf_counter() - began
tables = found.tables
table = tables[0] if isinstance(tables, list) else list(tables.values())[0]
rows = table.rows
if isinstance(rows, dict):
    rows = [dict(zip(rows, row)) for row in zip(*rows.values())]
json.dump({"seconds": seconds, "rows": [dict(row) for row in rows]}, open(sys.argv[2], "w"))
"""


@dataclass(frozen=True)
class Result:
    """What one tool did: seconds for choosing the cells, the released frame, and what it cost."""

    who: str
    seconds: float
    whole_seconds: float | None
    secondary: int
    cost: int
    attacked: Attacked


def main() -> int:
    """Compare; 1 where guzar is not ten times faster, or costs more."""
    with tempfile.TemporaryDirectory() as place:
        python = find_python(PEER, Path(place))
        if python is None:
            print(f"{PEER} could not be had here: nothing compared.")
            return 0
        broken = []
        for skew in SKEWS:
            table = make_table(skew)
            like = [protect_by_guzar(table, LIKE), protect_by_peer(table, LIKE_PEER, python, Path(place))]
            wide = [] if skew == LONGEST else both_wide(table, python, Path(place))
            print_results(skew, like, wide)
            broken += judge(skew, *like)
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def both_wide(table: MadeUpTable, python: str, place: Path) -> list[Result]:
    """Both tools at wider demands: guzar's default, and the widest that the peer accepts."""
    return [protect_by_guzar(table, CountRules()), protect_by_peer(table, WIDEST_PEER, python, place)]


def make_table(skew: float) -> MadeUpTable:
    """The table: in every dimension the k-th code has a share proportional to k to the -skew."""
    records = make_persons(np.random.default_rng(SEED), SIZES, PERSONS, [skew] * len(SIZES))
    return MadeUpTable(f"skew {skew}", records, SIZES, {}, skew)


def protect_by_guzar(table: MadeUpTable, rules: CountRules) -> Result:
    """Seconds until the cells are chosen (what the peer does), and for everything until the door."""
    seconds = min(seconds_until_chosen(table, rules) for _ in range(RUNS))
    began = time.perf_counter()
    frame = protect(table, rules)
    whole = time.perf_counter() - began
    insiders = "insiders heeded" if rules.insiders else "no insiders"
    return judge_frame(f"guzar, protection {rules.protection:.0f}, {insiders}", table, frame, seconds, whole)


def protect(table: MadeUpTable, rules: CountRules) -> pl.DataFrame:
    """Persons in, released rows out."""
    counts = {"counts": table.counts()}
    made = release_counts.suppress_small_cells(counts, dimensions=table.dimensions, count=COUNT, rules=rules)
    return made.tables[0].frame


class CellsChosen(Exception):
    """The cells to hide are chosen: what follows is the attack and the report."""


def seconds_until_chosen(table: MadeUpTable, rules: CountRules) -> float:
    """Seconds from persons to hidden cells, without the attack that guzar makes before anything leaves."""
    choose = release_counts.suppress_cells  # type: ignore[attr-defined]  # an import of that module

    def choose_and_stop(*asked: object, **named: object) -> None:
        choose(*asked, **named)  # type: ignore[arg-type]
        raise CellsChosen

    began = time.perf_counter()
    with patch.object(release_counts, "suppress_cells", choose_and_stop), suppress(CellsChosen):
        protect(table, rules)
    return time.perf_counter() - began


def protect_by_peer(table: MadeUpTable, rule: str, python: str, place: Path) -> Result:
    """The peer's optimal suppression, in its own process and folder."""
    codes = {
        name: [f"c{at:02d}" for at in table.records[:, axis].tolist()]
        for axis, name in enumerate(table.dimensions)
    }
    asked = {
        "records": {**codes, "one": [1] * len(table.records)},
        "dimensions": table.dimensions,
        "rule": rule,
        "place": str(place),
    }
    question, answer = place / "asked.json", place / "answered.json"
    question.write_text(json.dumps(asked), encoding="utf-8")
    subprocess.run(
        [python, "-c", PEER_RUN, str(question), str(answer)],
        cwd=place,
        check=True,
        timeout=PEER_SECONDS,
        stdout=subprocess.DEVNULL,
    )
    found = json.loads(answer.read_text(encoding="utf-8"))
    frame = released_by_peer(table, found["rows"])
    return judge_frame(f"{PEER.replace('==', ' ')}, OPT(1), {rule}", table, frame, found["seconds"], None)


def released_by_peer(table: MadeUpTable, rows: list[dict[str, object]]) -> pl.DataFrame:
    """The peer's table as it would leave: codes as in ours, hidden cells without a count."""
    frame = pl.DataFrame(rows)
    codes = [
        pl.when(pl.col(name) == "Total")
        .then(pl.lit(TOTAL))
        .otherwise(pl.lit(chr(ord("a") + axis) + "0") + pl.col(name).str.slice(1))
        .alias(name)
        for axis, name in enumerate(table.dimensions)
    ]
    shown = pl.when(~pl.col("status").is_in(HIDDEN_BY_PEER)).then(pl.col("one")).alias(COUNT)
    return frame.select(*codes, shown)


def judge_frame(
    who: str, table: MadeUpTable, frame: pl.DataFrame, seconds: float, whole: float | None
) -> Result:
    """Cost by the true counts, and the attack on the released rows."""
    truth = table.truth().rename({COUNT: "truth"})
    beside = frame.join(truth, on=table.dimensions, how="left").with_columns(pl.col("truth").fill_null(0))
    if beside.filter(pl.col(COUNT).is_not_null() & (pl.col(COUNT) != pl.col("truth"))).height:
        raise ValueError(f"{who} published a count that is not the truth")
    if beside.filter(pl.col("truth").is_between(1, LIKE.minimum - 1) & pl.col(COUNT).is_not_null()).height:
        raise ValueError(f"{who} published a count under the minimum")
    secondary = beside.filter(pl.col(COUNT).is_null() & (pl.col("truth") >= LIKE.minimum))
    released = read_release(frame.select(*table.dimensions, COUNT), dimensions=table.dimensions, count=COUNT)
    attacked = attack_release(released, minimum=LIKE.minimum)
    return Result(who, seconds, whole, secondary.height, int(secondary["truth"].sum()), attacked)


def print_results(skew: float, like: list[Result], wide: list[Result]) -> None:
    """Both tools at the same demand, then both at wider ones."""
    header = (
        "tool",
        "choosing, s",
        "with attack and report, s",
        "secondary cells",
        "cost, persons",
        "hidden cells",
        "exactly known",
        "closer than 1",
        "closer than 5",
    )
    print(f"\n## Skew {skew}: {PERSONS:,} persons, 40 × 12 × 8 codes, {41 * 13 * 9:,} cells\n")
    print(as_table(header, [_row(each) for each in (*like, *wide)], numbers=header[1:]))
    guzar, peer = like
    print(
        f"\nLike with like (first two rows): {peer.seconds / guzar.seconds:.0f} times faster, cost {guzar.cost} against"
        f" {peer.cost}. With guzar's own attack and report: {peer.seconds / (guzar.whole_seconds or 1):.1f} times."
    )


def _row(each: Result) -> tuple[object, ...]:
    close = [
        each.attacked.closer_than(width, inner=True) + each.attacked.closer_than(width, inner=False)
        for width in (1, 5)
    ]
    whole = None if each.whole_seconds is None else f"{each.whole_seconds:.2f}"
    cells = each.attacked.cells.height
    return (
        each.who,
        f"{each.seconds:.2f}",
        whole,
        each.secondary,
        each.cost,
        cells,
        each.attacked.exactly(),
        *close,
    )


def judge(skew: float, guzar: Result, peer: Result) -> list[str]:
    """What is broken of: ten times faster, cost not above, no cell closer than asked."""
    faster = peer.seconds / guzar.seconds
    broken = []
    if faster < TIMES_FASTER:
        broken.append(f"skew {skew}: only {faster:.1f} times faster")
    if guzar.cost > peer.cost:
        broken.append(f"skew {skew}: cost {guzar.cost} above {peer.cost}")
    for inner in (True, False):
        if guzar.attacked.closer_than(LIKE.protection, inner=inner):
            broken.append(f"skew {skew}: hidden cells are closer than asked")
    return broken


if __name__ == "__main__":
    sys.exit(main())

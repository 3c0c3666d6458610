"""Cell suppression beside pytauargus (tau-ARGUS) on one table in one run: seconds, cost, and the same attack on both.

Run: python benches/protect_against_peer.py
In: 40 × 12 × 8 codes, 20,000 made-up persons, three skews. Like with like: the peer's rule FREQ(5,10) asks for an
interval of a tenth of a count on either side, and knows no insiders, so guzar is asked for a protection of 1 and no
insiders. Promised: ten times faster, at a cost (sum of the values of secondary cells) not above the peer's.
Exits with 1 where that is broken. FREQ(5,100), the widest range that the
peer accepts, asks for a count's own size on either side: shown beside guzar's default, not judged. pytauargus is no dependency: where it cannot be imported, it is installed into an
environment of its own that is thrown away; where it cannot be had, nothing is compared, and that is said.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from made_up_tables import COUNT, TOTAL, MadeUpTable, make_persons
from markdown_tables import as_table

from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.linked_cells import link_cells
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.released_cells import read_release
from guzar.protect.rules import CountRules, find_primary_cells
from guzar.protect.suppress import suppress_cells

PEER = "pytauargus==0.6.0"
SIZES, PERSONS, SKEWS, SEED = (40, 12, 8), 20_000, (1.0, 1.5, 2.0), 1
LONGEST = 1.0  # the skew at which the peer needs longest: compared like with like only
TIMES_FASTER = 10.0
RUNS = 3
LIKE = CountRules(minimum=5, protection=1, insiders=False)
LIKE_PEER, WIDEST_PEER = "FREQ(5,10)", "FREQ(5,100)"
INSTALL_SECONDS, PEER_SECONDS = 300, 600
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
        python = find_peer(Path(place))
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
    """Seconds for counting and choosing the cells (what the peer does), and for everything until the door."""
    seconds = best_seconds(lambda: choose_cells(table, rules)) if not rules.insiders else None
    began = time.perf_counter()
    made = suppress_small_cells(
        {"counts": table.counts()}, dimensions=table.dimensions, count=COUNT, rules=rules
    )
    whole = time.perf_counter() - began
    insiders = "insiders heeded" if rules.insiders else "no insiders"
    who = f"guzar, protection {rules.protection:.0f}, {insiders}"
    return judge_frame(who, table, made.tables[0].frame, whole if seconds is None else seconds, whole)


def choose_cells(table: MadeUpTable, rules: CountRules) -> None:
    """Persons in, hidden cells out; without the attack that guzar makes before anything leaves."""
    linked = link_cells({"counts": table.counts()}, dimensions=table.dimensions, count=COUNT)
    suppress_cells(
        linked,
        find_primary_cells(linked, rules),
        protection=np.full(len(linked.values), float(rules.protection)),
        cost=linked.values,
        may_hide=linked.values > 0,
    )


def best_seconds(step: Callable[[], object]) -> float:
    """The shortest of several runs."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return min(times)


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
    chosen = None if each.seconds == each.whole_seconds else f"{each.seconds:.2f}"
    cells = each.attacked.cells.height
    return (each.who, chosen, whole, each.secondary, each.cost, cells, each.attacked.exactly(), *close)


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


def find_peer(place: Path) -> str | None:
    """A Python that has the peer: this one, or one made for it; none where it cannot be had."""
    if importlib.util.find_spec("pytauargus") is not None:
        return sys.executable
    home = place / "peer"
    python = str(home / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", PEER],
            check=True,
            capture_output=True,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return python


if __name__ == "__main__":
    sys.exit(main())

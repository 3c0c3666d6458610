"""Provisional months on a made-up country: 24 monthly editions are made with the future hidden, and compared with it.

Run by developers: python tools/measure_provisional.py [--people N] [--small N]
The country has seasons, a trend, months that differ by chance, and a break of policy: the tool hides the future before and after
it. Stays are lognormal with a scale of each person's own, not the estimator's family. `guzar residence` and `guzar
provisional --back-test 24` are run as a user would. A second country, a quarter as large, shows what chance does to both the
estimate and the baseline; for it, only coverage is promised. Prints Markdown; exits with 1 where a promise is broken.
Nothing may be tuned on these seeds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from markdown_tables import as_table
from tests.process.provisional.made_histories import MadeWorld, make_crossings

PEOPLE, SMALL, HIDDEN = 300_000, 75_000, 24
SEED, SMALL_SEED = 20270201, 20270202
COVERED = (85.0, 95.0)
MOST_OF_BASELINE = 0.5
MOST_SECONDS_PER_MILLION = 60
HEADER = (
    "flow",
    "months",
    "held by 90 % intervals",
    "mean absolute revision",
    "the baseline's",
    "share of it",
)


def main(arguments: list[str]) -> int:
    """Measure both countries; 1 where a promise is broken."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--people", type=int, default=PEOPLE)
    reader.add_argument("--small", type=int, default=SMALL, help="0 leaves the second country out")
    asked = reader.parse_args(arguments)
    broken = measure_country(MadeWorld(persons=asked.people), SEED, promises_revision=True)
    if asked.small:
        broken += measure_country(MadeWorld(persons=asked.small), SMALL_SEED, promises_revision=False)
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def measure_country(world: MadeWorld, seed: int, *, promises_revision: bool) -> list[str]:
    """Hide the future of one country; a table, and what is broken."""
    with tempfile.TemporaryDirectory(prefix="guzar-measure-") as folder:
        residence = make_residence(world, seed, Path(folder))
        began = time.monotonic()
        one = run("provisional", residence, "--out", Path(folder) / "months.parquet")
        seconds = time.monotonic() - began
        out = Path(folder) / "triangle.parquet"
        told = run("provisional", residence, "--back-test", HIDDEN, "--out", out)
        print(
            f"## {world.persons:,} people, {told['crossings']:,} crossings, break of policy on {world.break_on}\n\n"
            f"One edition: {seconds:.0f} s, {told['cells']:,} cells. {HIDDEN} hidden editions, "
            f"{told['rows']:,} months of editions.\n"
        )
        print_summary(told["summary"])
        print_ages(pl.read_parquet(out))
    million = max(1.0, one["crossings"] / 1e6)
    broken = check_summary(told["summary"], promises_revision=promises_revision)
    if seconds / million > MOST_SECONDS_PER_MILLION:
        broken.append(f"{seconds:.0f} s for {one['crossings']:,} crossings")
    return broken


def make_residence(world: MadeWorld, seed: int, place: Path) -> Path:
    """The table that `guzar residence` makes of a made-up country."""
    make_crossings(world, seed).write_parquet(place / "crossings.parquet")
    out = place / "residence.parquet"
    days = ("--observed-from", world.first_day, "--observed-to", world.last_day)
    run("residence", place / "crossings.parquet", *days, "--out", out)
    return out


def run(*words: object) -> Mapping[str, Any]:
    """What a command of guzar tells as JSON."""
    said = subprocess.run(
        [sys.executable, "-m", "guzar", *map(str, words), "--json"], stdout=subprocess.PIPE, check=True
    )
    return dict(json.loads(said.stdout))


def print_summary(summary: list[dict[str, Any]]) -> None:
    """Coverage and revisions by flow and in all."""
    rows = [
        (
            each["flow"],
            each["rows"],
            f"{each['covered_percent']:.1f} %",
            f"{each['mean_absolute_revision']:.2f}",
            f"{each['baseline_mean_absolute_revision']:.2f}",
            f"{_share(each):.3f}",
        )
        for each in summary
    ]
    print(as_table(HEADER, rows, numbers=HEADER[1:]))


def print_ages(triangle: pl.DataFrame) -> None:
    """The same by age of the month in the edition."""
    month = pl.col("month").str.slice(0, 4).cast(pl.Int32) * 12 + pl.col("month").str.slice(5, 2).cast(
        pl.Int32
    )
    seen = pl.col("observed_to").dt.year() * 12 + pl.col("observed_to").dt.month()
    known = triangle.filter((pl.col("month_status") != "final") & pl.col("final_total").is_not_null())
    told = known.group_by((seen - month).alias("age") // 3 * 3).agg(
        pl.len(),
        pl.col("is_covered").mean() * 100,
        pl.col("revision").abs().mean(),
        pl.col("baseline_revision").abs().mean(),
    )
    rows = [
        (f"{age}–{age + 2}", count, f"{held:.1f} %", f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.3f}")
        for age, count, held, ours, theirs in told.sort("age").iter_rows()
        if theirs
    ]
    print("\nBy age of the month, in months; all flows:\n")
    print(as_table(("age", *HEADER[1:]), rows, numbers=HEADER[1:]) + "\n")


def check_summary(summary: list[dict[str, Any]], *, promises_revision: bool) -> list[str]:
    """What of coverage and revisions is not as promised."""
    overall = next(each for each in summary if each["flow"] == "all")
    broken = []
    if not COVERED[0] <= overall["covered_percent"] <= COVERED[1]:
        broken.append(
            f"intervals hold {overall['covered_percent']} %, promised {COVERED[0]:g} to {COVERED[1]:g}"
        )
    if promises_revision and _share(overall) > MOST_OF_BASELINE:
        broken.append(
            f"mean absolute revision {_share(overall):.3f} of the baseline's, promised {MOST_OF_BASELINE}"
        )
    return broken


def _share(row: Mapping[str, float]) -> float:
    return row["mean_absolute_revision"] / row["baseline_mean_absolute_revision"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

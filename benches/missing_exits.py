"""`guzar residence --missing impute` on ten million crossings, 20 draws and four values of δ, in seconds and bytes.

Run: python benches/missing_exits.py [CROSSINGS IN MILLIONS] [spark]     (default: 10; spark: through Spark as well)
In: the made-up world W0 of the tests (lognormal lives, 13 % of exits lost), as one Parquet file with ports. Promised: at
most ten minutes and six gigabytes on two processors. The floor is `guzar residence --missing midpoint` on the same file in
the same run; through Spark the report must be the same. Exits with 1 where a promise is broken.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).parents[1]))
from markdown_tables import as_table
from tests.process.missing_exits.made_worlds import PORTS, RULE, World, make_world

from guzar.process.missing_exits.crossing_log import NO_LIMIT

PERSONS_AT_ONCE, MILLION = 100_000, 1_000_000
MOST_SECONDS, MOST_BYTES = 600, 6e9
OBSERVED = ("--observed-from", str(RULE.first_day), "--observed-to", str(RULE.last_day))


def main(millions: float, *, with_spark: bool = False) -> int:
    """Make the crossings, run both, print a table; 1 where a promise is broken."""
    with tempfile.TemporaryDirectory() as place:
        source, out = Path(place) / "crossings.parquet", Path(place) / "residence.parquet"
        rows = make_crossings(source, int(millions * MILLION))
        floor, _ = run("residence", str(source), *OBSERVED, "--out", str(out))
        report = Path(place) / "report.csv"
        seconds, peak = run(
            "residence", str(source), *OBSERVED, "--missing", "impute", "--report", str(report)
        )
        header = ("engine", "crossings", "midpoint s", "impute s", "ratio", "peak GB")
        told = [("local", rows, f"{floor:.1f}", *_told(seconds, floor, peak))]
        broken = seconds > MOST_SECONDS or peak > MOST_BYTES
        if with_spark:
            other = Path(place) / "spark.csv"
            seconds, peak = run(
                "residence",
                str(source),
                *OBSERVED,
                "--missing",
                "impute",
                "--report",
                str(other),
                "--engine",
                "spark",
            )
            told.append(("spark", rows, "", *_told(seconds, floor, peak)))
            is_same = other.read_bytes() == report.read_bytes()
            broken |= not is_same or seconds > MOST_SECONDS
            print("The reports are the same." if is_same else "THE REPORTS DIFFER.")
    print(as_table(header, told))
    return int(broken)


def _told(seconds: float, floor: float, peak: float) -> tuple[str, str, str]:
    return f"{seconds:.1f}", f"{seconds / floor:.1f}", f"{peak / 1e9:.2f}"


def make_crossings(file: Path, least: int) -> int:
    """Write worlds of 100,000 people, one after the other, until there are so many crossings."""
    rows, first = 0, 0
    with pq.ParquetWriter(file, crossings_of(1, 1_000, 0).schema, compression="zstd") as writer:
        while rows < least:
            table = crossings_of(first + 1, PERSONS_AT_ONCE, first * PERSONS_AT_ONCE)
            writer.write_table(table)
            rows, first = rows + table.num_rows, first + 1
    return rows


def crossings_of(seed: int, persons: int, number: int) -> pa.Table:
    """The recorded crossings of one world, persons numbered from `number` on."""
    log = make_world(seed, World(persons=persons)).log
    day = pa.array(log.day, pa.int32()).cast(pa.date32())
    limited = np.where(log.permitted_until == NO_LIMIT, 0, log.permitted_until).astype(np.int32)
    return pa.table(
        {
            "person_id": pa.array(log.person + number),
            "crossing_date": day,
            "direction": pa.array(np.where(log.is_entry == 1, "entry", "exit")),
            "port": pa.array(np.asarray(PORTS)[log.port]),
            "permitted_until": pa.array(limited, pa.int32(), mask=log.permitted_until == NO_LIMIT).cast(
                pa.date32()
            ),
        }
    )


def run(*arguments: str) -> tuple[float, float]:
    """Seconds and peak memory in bytes of one command."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "guzar", "--quiet", *arguments], check=True)
    peak = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.perf_counter() - began, float(peak)


if __name__ == "__main__":
    millions = [float(each) for each in sys.argv[1:] if each != "spark"]
    sys.exit(main(*(millions or [10.0]), with_spark="spark" in sys.argv[1:]))

"""Cell-key noise: the same made-up persons, in other orders and on other engines; is the noise the same to the bit?

Run by developers: python tools/measure_cell_keys.py
Counts 1,000,000 records with keys by polars, DuckDB, NumPy and Spark, and takes the noise of every cell from one
noise table. Prints Markdown; exits with 1 where an engine differs, an empty cell gets noise, a forbidden result
appears, or mean and variance are not those of the noise table. DuckDB and Spark are no dependencies: where one cannot
be imported, it is installed into an environment of its own that is thrown away, or left out with a line that says so.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table
from throwaway_environment import find_python

from guzar.protect.cell_keys import count_with_keys, make_record_keys, noise_of_cells
from guzar.protect.noise_tables import make_noise_table

PERSONS, SEED, SECRET = 1_000_000, 20261122, b"a secret for measuring only"
SIZES = {"origin": 60, "district": 40, "age": 50, "sex": 2}
SKEW = 0.8
GREATEST, VARIANCE, NEVER_UP_TO = 5, 3.0, 2
STANDARD_ERRORS = 5.0  # how far mean and variance may lie from the noise table's by chance
SPARK_SECONDS = 300
BY = list(SIZES)
TO_THE_64TH = 18446744073709551616
KEY_IN_SQL = f"sum(CAST(record_key AS DECIMAL(38,0))) % {TO_THE_64TH}"
COUNT_IN_SQL = f"SELECT {', '.join(BY)}, count(*) AS persons, {KEY_IN_SQL} AS cell_key FROM records GROUP BY {', '.join(BY)}"
DUCKDB_RUN = """
import sys, duckdb
records, counted, query = sys.argv[1:]
door = duckdb.connect()
door.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{records}')")
query = f"SELECT * REPLACE (CAST(cell_key AS UBIGINT) AS cell_key) FROM ({query})"
door.execute(f"COPY ({query}) TO '{counted}' (FORMAT parquet)")
"""
SPARK_RUN = """
import sys
from pyspark.sql import SparkSession
records, counted, query = sys.argv[1:]
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.read.parquet(records).repartition(16).createOrReplaceTempView("records")
spark.sql(query).coalesce(1).write.parquet(counted)
spark.stop()
"""


def main() -> int:
    """Measure; 1 where something is not as promised."""
    records = make_records()
    table = make_noise_table(GREATEST, VARIANCE, never_up_to=NEVER_UP_TO)
    first = count_with_keys(records, by=BY, record_key="record_key")
    noise = noise_of(first, table)
    print(
        f"## {PERSONS:,} records, {first.height:,} cells with persons\n\nNoise of at most {GREATEST}, variance {VARIANCE},"
        f" no result of 1 to {NEVER_UP_TO}. Counted in SQL with `{KEY_IN_SQL}`.\n"
    )
    broken = print_engines(records, table, first, noise)
    broken += print_noise(first, table, noise)
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def make_records() -> pl.DataFrame:
    """Made-up persons: codes with a skew, and a key each."""
    random = np.random.default_rng(SEED)
    columns = {}
    for name, size in SIZES.items():
        share = 1 / np.arange(1, size + 1) ** SKEW
        columns[name] = random.choice(size, size=PERSONS, p=share / share.sum()).astype(np.int32)
    keys = make_record_keys([f"person {number}" for number in range(PERSONS)], SECRET)
    return pl.DataFrame({**columns, "record_key": keys})


def shuffled(records: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The same records in another order."""
    return records[np.random.default_rng(seed).permutation(records.height)]


def print_engines(
    records: pl.DataFrame, table: pl.DataFrame, first: pl.DataFrame, noise: NDArray[np.int64]
) -> list[str]:
    """Count by every engine in another order each; returns which differ."""
    engines: dict[str, Callable[[], pl.DataFrame | None]] = {
        "polars, as made": lambda: count_with_keys(records, by=BY, record_key="record_key"),
        "polars, other order": lambda: count_with_keys(shuffled(records, 1), by=BY, record_key="record_key"),
        "polars, in parts that are added": lambda: count_in_parts(shuffled(records, 2)),
        "NumPy, other order": lambda: count_by_numpy(shuffled(records, 3)),
        "DuckDB, other order": lambda: count_elsewhere(shuffled(records, 4), "duckdb", DUCKDB_RUN),
        "Spark, other order, 16 parts": lambda: count_elsewhere(shuffled(records, 5), "pyspark", SPARK_RUN),
    }
    rows: list[tuple[object, ...]] = []
    broken = []
    for name, count in engines.items():
        began = time.monotonic()
        counted = count()
        seconds = f"{time.monotonic() - began:.1f}"
        if counted is None:
            rows.append((name, None, "could not be had here", None, None))
            continue
        own = noise_of(counted, table)
        same_keys, same_noise = counted.equals(first), np.array_equal(own, noise)
        rows.append((name, counted.height, _yes(same_keys), _yes(same_noise), _digest(own), seconds))
        if not (same_keys and same_noise):
            broken.append(f"{name}: other {'noise' if same_keys else 'counts or keys'}")
    rows = [(*row, *[None] * (6 - len(row))) for row in rows]
    header = ("engine and order", "cells", "same counts and keys", "same noise", "SHA-256 of the noise", "s")
    print(as_table(header, rows, numbers=("cells", "s")))
    print("\nSeconds include starting (and where needed installing) the engine.")
    return broken


def noise_of(counted: pl.DataFrame, table: pl.DataFrame) -> NDArray[np.int64]:
    """The noise of every cell, in the order of its codes."""
    return noise_of_cells(counted["persons"].to_numpy(), counted["cell_key"].to_numpy(), table)


def count_in_parts(records: pl.DataFrame) -> pl.DataFrame:
    """Seven parts counted one by one, then added."""
    parts = [count_with_keys(records.gather_every(7, at), by=BY, record_key="record_key") for at in range(7)]
    whole = pl.concat(parts).group_by(BY).agg(pl.col("persons").sum(), pl.col("cell_key").sum())
    return whole.sort(BY)


def count_by_numpy(records: pl.DataFrame) -> pl.DataFrame:
    """Cells numbered, counted, and their keys added with wrap-round."""
    codes = tuple(records[name].to_numpy() for name in BY)
    shape = tuple(SIZES.values())
    cell = np.ravel_multi_index(codes, shape)
    keys = np.zeros(int(np.prod(shape)), dtype=np.uint64)
    np.add.at(keys, cell, records["record_key"].to_numpy())
    persons = np.bincount(cell, minlength=keys.size)
    full = np.flatnonzero(persons)
    at = np.unravel_index(full, shape)
    counted = {name: own.astype(np.int32) for name, own in zip(BY, at, strict=True)}
    return pl.DataFrame({**counted, "persons": persons[full].astype(np.int64), "cell_key": keys[full]})


def count_elsewhere(records: pl.DataFrame, engine: str, run: str) -> pl.DataFrame | None:
    """Count by SQL in a process of its own; nothing where the engine cannot be had."""
    with tempfile.TemporaryDirectory() as place:
        if engine == "pyspark" and shutil.which("java") is None:
            return None
        python = find_python(engine, Path(place))
        if python is None:
            return None
        held, counted = Path(place) / "records.parquet", Path(place) / "counted.parquet"
        records.write_parquet(held)
        command = [python, "-c", run, str(held), str(counted), COUNT_IN_SQL]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=SPARK_SECONDS, cwd=place)
        found = pl.read_parquet(counted / "*.parquet" if counted.is_dir() else counted)
    return found.select(
        pl.col(BY).cast(pl.Int32),
        pl.col("persons").cast(pl.Int64),
        pl.col("cell_key").cast(pl.String).str.to_integer(dtype=pl.UInt64),
    ).sort(BY)


def print_noise(counted: pl.DataFrame, table: pl.DataFrame, noise: NDArray[np.int64]) -> list[str]:
    """Mean and variance beside the noise table's, forbidden results, empty cells; returns what is broken."""
    persons = counted["persons"].to_numpy()
    last = int(table["count"].max())  # type: ignore[arg-type]
    moments = (
        table.with_columns(
            second=pl.col("probability") * pl.col("noise") ** 2,
            fourth=pl.col("probability") * pl.col("noise") ** 4,
        )
        .group_by("count")
        .agg(pl.col("second", "fourth").sum())
    )
    second, fourth = moments.sort("count")["second"].to_numpy(), moments.sort("count")["fourth"].to_numpy()
    rows, broken = [], []
    for low, high in [*((count, count) for count in range(1, last)), (last, None), (1, None)]:
        here = (persons >= low) & (persons <= (high or persons.max()))
        told = np.minimum(persons[here], last)
        cells, own = int(here.sum()), noise[here].astype(float)
        mean_error = np.sqrt(second[told].sum()) / cells
        square_error = np.sqrt((fourth[told] - second[told] ** 2).sum()) / cells
        variance = float((own**2).mean())
        rows.append(
            (
                f"{low}" if low == high else f"{low} and more",
                cells,
                f"{own.mean():+.4f}",
                f"{mean_error:.4f}",
                f"{variance:.4f}",
                f"{second[told].mean():.4f}",
                f"{square_error:.4f}",
            )
        )
        if abs(own.mean()) > STANDARD_ERRORS * mean_error:
            broken.append(f"count {low}: the mean of the noise is {own.mean():.4f}")
        if abs(variance - second[told].mean()) > STANDARD_ERRORS * square_error:
            broken.append(f"count {low}: the variance of the noise is {variance:.4f}")
    header = ("count", "cells", "mean (table: 0)", "± s.e.", "variance", "table's", "± s.e.")
    print("\n## The noise beside its table\n")
    print(as_table(header, rows, numbers=header[1:]))
    return broken + print_limits(persons, table, noise)


def print_limits(persons: NDArray[np.int64], table: pl.DataFrame, noise: NDArray[np.int64]) -> list[str]:
    """What must never happen; returns what did."""
    keys = np.random.default_rng(SEED).integers(0, 2**64, 100_000, dtype=np.uint64)
    empty = noise_of_cells(np.zeros(len(keys), dtype=np.int64), keys, table)
    result = persons + noise
    never = {
        "empty cells with noise, of 100,000 with a key all the same": int((empty != 0).sum()),
        f"results of 1 to {NEVER_UP_TO}": int(((result >= 1) & (result <= NEVER_UP_TO)).sum()),
        "results below zero": int((result < 0).sum()),
        f"cells with noise of more than {GREATEST}": int((np.abs(noise) > GREATEST).sum()),
    }
    print("\n## What never happens\n")
    print(
        as_table(
            ("what", "found", "promised"),
            [(what, found, 0) for what, found in never.items()],
            numbers=("found", "promised"),
        )
    )
    return [f"{found} {what}" for what, found in never.items() if found]


def _yes(flag: bool) -> str:
    return "yes" if flag else "NO"


def _digest(noise: NDArray[np.int64]) -> str:
    return hashlib.sha256(noise.astype("<i8").tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())

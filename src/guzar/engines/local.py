"""Whole persons on one machine: DuckDB sorts, out of core where it must; Arrow batches go to the step.

In: a query whose rows name a person. Out: batches of rows in the order asked for, each holding whole persons.
Measured on 91 million crossings: the sort is the cost, not the rule (docs/acceptance/residence.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from guzar.engines.whole_persons import cut_between_persons
from guzar.errors import MethodNotApplicable, TableInvalid

ROWS_PER_BATCH = 1_000_000
SHARE_FOR_SORTING = 0.6  # of the memory allowed; the rest is for batches, kernels and writing


@dataclass(frozen=True)
class Limits:
    """What a run may use: memory in bytes, threads, and a folder for what does not fit into memory."""

    memory: int
    threads: int
    spill: Path


def open_engine(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own within the limits: no files of its own, no network, no extensions."""
    engine = duckdb.connect()
    engine.execute(f"SET memory_limit = '{int(limits.memory * SHARE_FOR_SORTING)}B'")
    engine.execute(f"SET threads = {limits.threads}")
    engine.execute(f"SET temp_directory = '{_quoted(str(limits.spill))}'")
    engine.execute("SET preserve_insertion_order = false")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    return engine


def stream_whole_persons(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    *,
    person: str,
    order: Sequence[str],
    rows: int = ROWS_PER_BATCH,
) -> Iterator[pa.Table]:
    """The rows of a query in the order of `person` and then of `order`, in batches that hold whole persons.

    A batch has about so many rows; a person with more makes a batch of its own. The values of an error of the engine
    never reach a message: they may be those of a person.
    """
    keys = ", ".join('"' + name.replace('"', '""') + '"' for name in (person, *order))
    try:
        reader = engine.sql(f"SELECT * FROM ({query}) AS given ORDER BY {keys}").to_arrow_reader(rows)  # noqa: S608
        yield from cut_between_persons(reader, person)
    except duckdb.OutOfMemoryException:
        raise MethodNotApplicable(
            "The memory allowed is too small for this table.",
            expected="--memory of 1GB or more for each 50 million rows",
            do="Allow more with --memory, or free space on the disk that holds the output.",
        ) from None
    except duckdb.Error:
        raise TableInvalid(
            "The table cannot be read to its end.",
            expected="a whole table, every row with the same columns",
            do="Check the file, or ask for it again.",
        ) from None


def _quoted(text: str) -> str:
    return text.replace("'", "''")

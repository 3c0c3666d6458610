"""Whole persons on one machine: DuckDB sorts, out of core where it must; Arrow batches go to the step.

In: a query whose rows name a person. Out: batches of rows in the order asked for, each holding whole persons.
Measured on 91 million crossings: the sort is the cost, not the rule (docs/acceptance/residence.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    keys = ", ".join(f'"{name}"' for name in (person, *order))
    try:
        reader = engine.sql(f"SELECT * FROM ({query}) AS given ORDER BY {keys}").to_arrow_reader(rows)  # noqa: S608
        yield from _cut_between_persons(reader, person)
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


def _cut_between_persons(batches: pa.RecordBatchReader, person: str) -> Iterator[pa.Table]:
    """Batches joined and cut so that no person stands in two."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        begins = starts_of_persons(batch.column(person))
        if waiting and batch.column(person)[0] != waiting[-1].column(person)[-1]:
            begins = np.append(0, begins)
        if not len(begins):  # nobody new begins here
            waiting.append(batch)
            continue
        yield from _joined([*waiting, batch.slice(0, begins[-1])])
        waiting = [batch.slice(begins[-1])]
    yield from _joined(waiting)


def starts_of_persons(persons: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows at which another person begins, the first row of all left out."""
    if pa.types.is_integer(persons.type) and not persons.null_count:
        numbers = persons.to_numpy(zero_copy_only=False)
        return np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    differs = pc.fill_null(pc.not_equal(persons.slice(1), persons.slice(0, len(persons) - 1)), True)
    return np.flatnonzero(np.asarray(differs.to_numpy(zero_copy_only=False), dtype=bool)) + 1


def _joined(batches: Sequence[pa.RecordBatch]) -> Iterator[pa.Table]:
    filled = [batch for batch in batches if batch.num_rows]
    if filled:
        yield pa.Table.from_batches(filled).combine_chunks()


def _quoted(text: str) -> str:
    return text.replace("'", "''")

"""Whole persons on Spark: it brings each person's rows together in time order and calls the same step as engines/local.

In: a query that DuckDB runs where the work is, so that a file is read by the same rules on every engine. Out: what the
step made, in the order of persons and time. Persons are spread over parts in their order, a part is sorted, and the
step gets batches of whole persons through `mapInArrow`; each part is written to a file beside the output.
Nothing is written twice: of a part that was tried again only the file of the try that ended is read.
"""

import importlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from guzar import errors
from guzar.engines.carried import carried_name, carried_schema, cast_columns, spark_columns
from guzar.engines.local import Limits, open_engine
from guzar.engines.spark_session import ROWS_PER_BATCH, open_session
from guzar.engines.whole_persons import Step, cut_between_persons, take_step
from guzar.errors import GuzarError, MethodNotApplicable, TableInvalid

ROWS_PER_PART = 1_000_000
ROW_NUMBER = "file_row_number"  # that DuckDB gives the rows of a Parquet file
UNREADABLE = "guzar: the table cannot be read to its end"
PART = "part int, file string, tally binary, refusal binary"


@dataclass(frozen=True)
class Scan:
    """A query over one file, its columns and number of rows, and whether parts of the file can be read apart."""

    query: str
    schema: pa.Schema
    rows: int
    is_divisible: bool


def scan_query(engine: duckdb.DuckDBPyConnection, query: str, *, is_divisible: bool) -> Scan:
    """What must be known of a query before it is spread."""
    schema = engine.sql(f"SELECT * FROM ({query}) AS given LIMIT 0").to_arrow_table().schema  # noqa: S608
    rows = engine.sql(f"SELECT count(*) FROM ({query}) AS given").fetchall()[0][0]  # noqa: S608
    return Scan(query, schema, int(rows), is_divisible and ROW_NUMBER not in schema.names)


def transform_whole_persons(
    limits: Limits, scan: Scan, *, person: str, order: Sequence[str], step: Step, tally: Any | None
) -> Iterator[pa.Table]:
    """What a step makes of whole persons, in the order of `person` and then of `order`.

    The step and its tally (a dataclass of whole numbers, or None) must be of modules that every worker can import;
    the fewer these import, the sooner a worker starts. Each part counts on a tally of its own; all are added to
    `tally`. Raises what the step refuses.
    """
    carried = carried_schema(scan.schema)
    if not scan.rows:
        return
    parts = max(limits.threads, -(-scan.rows // ROWS_PER_PART))
    limits = replace(limits, spill=limits.spill.absolute())  # workers stand elsewhere
    folder = limits.spill / "parts"
    folder.mkdir(parents=True)
    keys = [carried_name(scan.schema.names.index(name)) for name in (person, *order)]
    read = _Reader(scan.query, carried, limits, ROWS_PER_PART if scan.is_divisible else None)
    run = _Runner(scan.schema, person, step, None if tally is None else type(tally), folder)
    with open_session(limits) as session:
        column = importlib.import_module("pyspark.sql.functions").col
        ascending = [column(key).asc_nulls_last() for key in keys]
        pieces = -(-scan.rows // ROWS_PER_PART) if scan.is_divisible else 1
        done = (
            session.range(0, pieces, 1, pieces)
            .mapInArrow(read, spark_columns(carried))
            .repartitionByRange(parts, ascending[0])
            .sortWithinPartitions(*ascending)
            .mapInArrow(run, PART)
        )
        found = sorted(_collect(done), key=lambda row: int(row.part))
    for row in found:
        _raise_refusal(row.refusal)
        _add_up(tally, pickle.loads(row.tally))  # noqa: S301  # written by _Runner
    for row in found:
        yield from _read_part(Path(row.file))


@dataclass(frozen=True)
class _Reader:
    """Reads pieces of the file, each so many rows, in the types that travel; runs on a worker."""

    query: str
    carried: pa.Schema
    limits: Limits
    rows_per_piece: int | None

    def __call__(self, pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        limits = Limits(self.limits.memory // self.limits.threads, 1, self.limits.spill / "reading")
        with open_engine(limits) as engine:
            for piece in (number for batch in pieces for number in batch.column(0).to_pylist()):
                yield from self._read(engine, piece)

    def _read(self, engine: duckdb.DuckDBPyConnection, piece: int) -> Iterator[pa.RecordBatch]:
        query = self.query
        if self.rows_per_piece is not None:
            first = piece * self.rows_per_piece
            query += f" WHERE {ROW_NUMBER} >= {first} AND {ROW_NUMBER} < {first + self.rows_per_piece}"
        try:
            for batch in engine.sql(query).to_arrow_reader(ROWS_PER_BATCH):
                yield cast_columns(batch, self.carried)
        except duckdb.Error:  # its words may quote a row
            raise RuntimeError(UNREADABLE) from None


@dataclass(frozen=True)
class _Runner:
    """Calls the step on the whole persons of one part and writes what it makes to a file; runs on a worker."""

    schema: pa.Schema
    person: str
    step: Step
    new_tally: Callable[[], Any] | None
    folder: Path

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        part = importlib.import_module("pyspark").TaskContext.get().partitionId()
        file = self.folder / f"{part}-{uuid4().hex}.arrow"
        tally, refusal = self.new_tally() if self.new_tally else None, None
        try:
            self._write(file, batches, tally)
        except GuzarError as error:
            refusal = pickle.dumps(
                (type(error).__name__, error.what, error.where, error.expected, error.do, error.values)
            )
        told = {"part": [part], "file": [str(file)], "tally": [pickle.dumps(tally)], "refusal": [refusal]}
        types = [pa.int32(), pa.string(), pa.binary(), pa.binary()]
        yield pa.RecordBatch.from_pydict(told, schema=pa.schema(list(zip(told, types, strict=True))))

    def _write(self, file: Path, batches: Iterable[pa.RecordBatch], tally: Any) -> None:
        writer: pa.ipc.RecordBatchStreamWriter | None = None
        given = (cast_columns(batch, self.schema) for batch in batches)
        with pa.OSFile(str(file), "wb") as sink:
            for persons in cut_between_persons(given, self.person):
                made = take_step(self.step, persons, tally)
                packed = pa.ipc.IpcWriteOptions(compression="lz4")
                writer = writer or pa.ipc.new_stream(sink, made.schema, options=packed)
                writer.write_table(made)
            if writer is not None:
                writer.close()


def _collect(done: Any) -> list[Any]:
    """One row for each part. What Spark says of a failure is not passed on: it may quote a row."""
    failures = (
        importlib.import_module("pyspark.errors").PySparkException,
        importlib.import_module("py4j.protocol").Py4JError,
    )
    try:
        return list(done.collect())
    except failures as error:
        if UNREADABLE in str(error):
            raise TableInvalid(
                "The table cannot be read to its end.",
                expected="a whole table, every row with the same columns",
                do="Check the file, or ask for it again.",
            ) from None
        raise MethodNotApplicable(
            "Spark stopped before the end.",
            expected="memory and free space enough for this table",
            do="Allow more with --memory, free space on the disk that holds the output, or use --engine local.",
        ) from None


def _raise_refusal(packed: bytes | None) -> None:
    if packed is not None:
        kind, what, where, expected, do, values = pickle.loads(packed)  # noqa: S301  # written by _Runner
        raise getattr(errors, kind)(what, where=where, expected=expected, do=do, **values)


def _add_up(tally: Any | None, part: Any) -> None:
    for field in fields(tally) if tally is not None else ():
        setattr(tally, field.name, getattr(tally, field.name) + getattr(part, field.name))


def _read_part(file: Path) -> Iterator[pa.Table]:
    if file.stat().st_size:  # a part may be empty
        with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as batches:
            for batch in batches:
                yield pa.Table.from_batches([batch])

"""Files of crossings: the query that reads one, and a writer whose file appears whole or not at all."""

import gzip
import io
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.crossing_rows import ENDINGS, files_of, is_table, is_text, scan_of, tell_rows
from guzar.process.histories import DATE, DIRECTION, GIVEN, PERSON, SEQUENCE
from guzar.store import folder_beside

REQUIRED = (PERSON, DATE, DIRECTION)
DAY = r"\d{4}-\d{2}-\d{2}"
MOMENT = rf"^{DAY}([ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)?)?$"
# What a spreadsheet would run (protect/formulas.py has the same), and plain numbers, which it would not.
RUNS = (
    rf"regexp_matches({PERSON}, '^\s*[=+\-@＝＋－＠]') "
    rf"AND NOT regexp_matches({PERSON}, '^\s*[+-]?([0-9]+([.,][0-9]+)?)?\s*$')"
)
WHOLE_NUMBER = r"^(0|-?[1-9][0-9]{0,17})$"
WAITING = 2  # batches that a writer may be behind
ROW_GROUP = 1_000_000


@dataclass(frozen=True)
class CrossingsQuery:
    """A query for the crossings of a file, its columns in their order, and whether parts of it can be read apart."""

    text: str
    columns: tuple[str, ...]
    is_divisible: bool


def read_crossings(engine: duckdb.DuckDBPyConnection, source: Path) -> CrossingsQuery:
    """The query that reads a file of crossings: days and moments, numbers and answers as such, all else as it is.

    Refused: no such file (SettingsInvalid), no table, a column missing or of another kind, text that is no day, no
    number or no answer (TableInvalid).
    """
    if not is_table(source):
        raise SettingsInvalid(
            "There is no file of crossings {path}.",
            expected="a file that ends in .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=source,
        )
    scan = scan_of(source)
    try:
        kinds = {str(row[0]): str(row[1]) for row in engine.sql(f"DESCRIBE SELECT * FROM {scan}").fetchall()}  # noqa: S608
        _require_columns(source, kinds, _headings(engine, source))
        _require_no_formulas(engine, source, kinds)
        shown = _read_as_text(engine, source, kinds) if is_text(source) else _read_as_typed(source, kinds)
    except duckdb.Error:  # its words may quote a row
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a whole table with one header row, as .csv, .csv.gz or .parquet",
            do="Check the file, or ask for it again.",
            file=source.name,
        ) from None
    chosen = ", ".join(f"{expression} AS {_name(column)}" for column, expression in shown.items())
    return CrossingsQuery(
        f"SELECT {chosen} FROM {scan}",  # noqa: S608
        tuple(kinds),
        source.is_file() and not is_text(source),
    )


def _headings(engine: duckdb.DuckDBPyConnection, source: Path) -> list[str]:
    """The headings as they stand in the file: where one stands there twice, the engine would rename the second."""
    if not is_text(source):
        try:
            return list(pq.read_schema(files_of(source)[0]).names)
        except (pa.ArrowException, OSError):
            return []  # the engine says what is wrong with it
    raw = scan_of(source).replace("header = true", "header = false")
    found = engine.sql(f"SELECT * FROM {raw} LIMIT 1").fetchall()  # noqa: S608
    return [str(heading) for heading in found[0] if heading is not None] if found else []


def _require_columns(source: Path, kinds: Mapping[str, str], headings: Sequence[str]) -> None:
    if not headings and is_text(source):
        raise TableInvalid(
            "The file of crossings is empty: {file}.",
            expected="one header row with person_id, crossing_date, direction, and a row for each crossing",
            do="Ask for the file again, or write it again.",
            file=source.name,
        )
    folded = [heading.strip().casefold() for heading in headings]
    twice = [name for name in (*REQUIRED, SEQUENCE, GIVEN) if folded.count(name) > 1]
    if twice:
        raise TableInvalid(
            "The crossings have one column twice: {columns}.",
            where="{file}, the heading",
            expected="every column once",
            do="Find out which of the two is meant, and leave the other out.",
            columns=", ".join(twice),
            file=source.name,
        )
    missing = [name for name in REQUIRED if name not in kinds]
    if missing:
        raise TableInvalid(
            "The crossings lack columns: {columns}.",
            where="{file}",
            expected="person_id, crossing_date, direction",
            do="Rename the columns, or add them.",
            columns=", ".join(missing),
            file=source.name,
        )


def _require_no_formulas(engine: duckdb.DuckDBPyConnection, source: Path, kinds: Mapping[str, str]) -> None:
    """Refuse persons whose numbers a spreadsheet would run: they pass on into files that people open."""
    if kinds[PERSON] != "VARCHAR":
        return
    query = f"SELECT count(*) FILTER ({RUNS}) FROM {scan_of(source)}"  # noqa: S608
    count = engine.sql(query).fetchall()[0][0]
    if count:
        raise TableInvalid(
            "Numbers of persons would be run as formulas by a spreadsheet.",
            where="{file}, rows by column, the heading being row 1: {places}",
            expected="person_id as whole numbers or text that does not begin with =, +, - or @",
            do="Number these persons otherwise.",
            file=source.name,
            places=tell_rows(engine, source, {PERSON: RUNS}, {PERSON: count}),
        )


def _read_as_typed(source: Path, kinds: Mapping[str, str]) -> dict[str, str]:
    """Columns of a Parquet file; refused where a day, a person or a number is of another kind."""
    fits = {
        PERSON: (
            "VARCHAR",
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
        ),
        DATE: ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
        DIRECTION: ("VARCHAR", "ENUM"),
        SEQUENCE: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
        GIVEN: ("BOOLEAN",),
    }
    wrong = [name for name, fit in fits.items() if name in kinds and kinds[name].split("(")[0] not in fit]
    if wrong:
        raise TableInvalid(
            "Columns hold values of another kind than expected: {columns}.",
            where="{file}",
            expected="person_id whole numbers or text; crossing_date dates or local times without a zone; direction text; "
            "sequence whole numbers; resident_at_start_given true or false",
            do="Write these columns again with the kind expected.",
            columns=", ".join(wrong),
            file=source.name,
        )
    return {name: f"CAST({_name(name)} AS VARCHAR)" if name == DIRECTION else _name(name) for name in kinds}


def _read_as_text(
    engine: duckdb.DuckDBPyConnection, source: Path, kinds: Mapping[str, str]
) -> dict[str, str]:
    """Columns of a CSV file: what every value allows is read as a number, a day or an answer."""
    answers = f"lower({GIVEN}) IN ('true', 'false')"
    tests = {
        PERSON: f"regexp_matches({PERSON}, '{WHOLE_NUMBER}')",
        DATE: f"regexp_matches({DATE}, '^{DAY}$')",
        "moment": f"regexp_matches({DATE}, '{MOMENT}') AND TRY_CAST({DATE} AS TIMESTAMP) IS NOT NULL",
        SEQUENCE: f"regexp_matches({SEQUENCE}, '{WHOLE_NUMBER}')" if SEQUENCE in kinds else "true",
        GIVEN: answers if GIVEN in kinds else "true",
    }
    asked = ", ".join(f"count(*) FILTER (NOT ({test}))" for test in tests.values())
    query = f"SELECT {asked} FROM {scan_of(source)}"  # noqa: S608
    failing = dict(zip(tests, engine.sql(query).fetchall()[0], strict=True))
    _require_readable(engine, source, tests, failing)
    typed = {
        PERSON: f"CAST({PERSON} AS BIGINT)" if not failing[PERSON] else PERSON,
        DATE: f"CAST({DATE} AS {'TIMESTAMP' if failing[DATE] else 'DATE'})",
        SEQUENCE: f"CAST({SEQUENCE} AS BIGINT)",
        GIVEN: f"CAST({GIVEN} AS BOOLEAN)",
    }
    return {name: typed.get(name, _name(name)) for name in kinds}


def _require_readable(
    engine: duckdb.DuckDBPyConnection, source: Path, tests: Mapping[str, str], failing: Mapping[str, int]
) -> None:
    named = {DATE: "moment", SEQUENCE: SEQUENCE, GIVEN: GIVEN}
    wrong = {name: f"NOT ({tests[test]})" for name, test in named.items() if failing[test]}
    if wrong:
        counts = {name: failing[named[name]] for name in wrong}
        raise TableInvalid(
            "Crossings have cells that cannot be read.",
            where="{file}, rows by column, the heading being row 1: {places}",
            expected="crossing_date as 2025-12-31 or 2025-12-31 23:59:59, local time; sequence whole numbers; "
            "resident_at_start_given true, false or empty",
            do="Correct these rows.",
            file=source.name,
            places=tell_rows(engine, source, wrong, counts),
        )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


class TableWriter:
    """Writes batches to one file, in a thread of its own, so that the next batch is decided meanwhile.

    Used in a `with`; what went wrong while writing is raised there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[pa.Table | None] = queue.Queue(WAITING)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._write_all, daemon=True)

    def __enter__(self) -> "TableWriter":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def write(self, table: pa.Table) -> None:
        """Hand over one batch; all have the same columns."""
        if self._failure is not None:
            raise self._failure
        self._waiting.put(table)

    def _write_all(self) -> None:
        try:
            sink = self._parquet() if self._path.name.lower().endswith(".parquet") else self._text()
            with sink as write:
                while (table := self._waiting.get()) is not None:
                    write(table)
        except BaseException as error:
            self._failure = error
            while self._waiting.get() is not None:  # let nobody wait for a writer that has stopped
                pass

    @contextmanager
    def _parquet(self) -> Iterator[Any]:
        writer: pq.ParquetWriter | None = None
        try:
            with self._path.open("wb") as file:

                def write(table: pa.Table) -> None:
                    nonlocal writer
                    writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
                    writer.write_table(table, row_group_size=ROW_GROUP)

                yield write
                if writer is not None:
                    writer.close()
        finally:
            writer = None

    @contextmanager
    def _text(self) -> Iterator[Any]:
        is_first = True
        with self._open_text() as file:

            def write(table: pa.Table) -> None:
                nonlocal is_first
                frame = pl.from_arrow(table)
                if isinstance(frame, pl.DataFrame):
                    # As text, not into the file: Polars asks a packed file for its handle and writes past the packing.
                    text = frame.write_csv(include_header=is_first, datetime_format="%Y-%m-%d %H:%M:%S%.f")
                    file.write(text.encode("utf-8"))
                is_first = False

            yield write

    @contextmanager
    def _open_text(self) -> Iterator[IO[bytes]]:
        with self._path.open("wb") as file:
            if self._path.name.lower().endswith(".gz"):
                packed = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
                with io.BufferedWriter(packed) as written:  # closes both, so that nothing stays behind
                    yield written
            else:
                yield file


@contextmanager
def place_beside(out: Path) -> Iterator[Path]:
    """A folder beside a file that is to be written: for the file until it is whole, and for what spills over."""
    if not out.parent.is_dir() or out.is_dir() or not out.name.lower().endswith(ENDINGS):
        raise SettingsInvalid(
            "guzar cannot write a table to {path}.",
            expected="a name that ends in .csv, .csv.gz or .parquet, in a folder that exists",
            do="Choose another name.",
            path=out,
        )
    with folder_beside(out) as folder:
        yield folder

"""Traces of pseudonyms: whether a file holds one, in its bytes, its cells, its packed content or its rows.

In: files, and the pseudonyms of a person: numbers of records, hashes of documents, numbers of the person. Out: which files
hold one (never which pseudonym), and which could not be looked into. A pseudonym of 32 hexadecimal digits is looked for
everywhere: as text in two encodings, whatever stands beside it, and as its 16 bytes. So is any other that is no mere number
and has eight signs or more. A short one or a number (17) stands everywhere by chance: it is looked for in the columns that
hold numbers of persons and records only.
"""

import mmap
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from guzar.store.sealed import MAGIC
from guzar.store.unpacking import CUT_SHORT, ENCRYPTED, TOO_DEEP, UNKNOWN, NotOpened, unpack

HEX = re.compile(r"[0-9a-f]{32}")
HEX_RUN = re.compile(rb"[0-9a-fA-F]{32,}")
WIDE_HEX_RUN = re.compile(rb"(?:[0-9a-fA-F]\0){32,}")
SHORTEST_ANYWHERE = 8
ID_COLUMNS = ("record_id", "person_token", "person_id")  # and what begins so: record_id_left
PERSON_ID = "person_id"
TABLES = (b"PAR1", b"ARROW1")
SQLITE = b"SQLite format 3\0"
DUCKDB = b"DUCK"  # from the ninth byte on
MOST_WITHIN = 4
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Pseudonyms:
    """What is looked for: of records and documents, and of persons."""

    records: frozenset[str]
    persons: frozenset[str]

    @property
    def anywhere(self) -> frozenset[str]:
        """Those that no chance can spell."""
        every = self.records | self.persons
        return frozenset(one for one in every if len(one) >= SHORTEST_ANYWHERE and not one.isdigit())

    @property
    def hashes(self) -> frozenset[str]:
        """Those of 32 hexadecimal digits."""
        return frozenset(one for one in self.anywhere if HEX.fullmatch(one))

    def in_column(self, name: str) -> frozenset[str]:
        """Those that a cell of a column may be."""
        if name.startswith(PERSON_ID):
            return self.persons | self.hashes
        return self.records | self.anywhere if name.startswith(ID_COLUMNS) else self.anywhere


@dataclass(frozen=True)
class Search:
    """Files with a trace, files that could not be looked into, and how many were."""

    traces: list[str]
    closed: list[str]
    searched: int


def search_files(files: Iterable[tuple[str, Path]], sought: Pseudonyms) -> Search:
    """Look for pseudonyms in files, each with the name by which it is told."""
    traces, closed, searched = [], [], 0
    for name, path in files:
        try:
            found = holds_trace(path, sought) or _in_name(name, sought)
        except NotOpened:
            closed.append(name)
            continue
        searched += 1
        if found:
            traces.append(name)
    return Search(traces, closed, searched)


def holds_trace(path: Path, sought: Pseudonyms) -> bool:
    """Whether a file holds a trace. Raises NotOpened where nobody can look into it."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content[:16]
        if start.startswith(MAGIC):
            raise NotOpened(ENCRYPTED)
        if start == SQLITE:
            return _in_bytes(content, sought) or _in_database(path, sought)
        if start[8:12] == DUCKDB:
            raise NotOpened(UNKNOWN)
        if _in_bytes(content, sought):
            return True
        if start.startswith(TABLES):
            return _in_table(_scan(path, start), sought)
        if path.name.lower().endswith(".csv"):
            return _in_text_table(path, sought)
        return any(in_content(inner, sought, within=1, name=path.stem) for inner in unpack(content[:]))


def in_content(content: bytes, sought: Pseudonyms, *, within: int = 0, name: str = "") -> bool:
    """Whether content in memory, of a packed or a sealed file, holds a trace."""
    if within > MOST_WITHIN:
        raise NotOpened(TOO_DEEP)
    if _in_bytes(content, sought):
        return True
    if content.startswith(TABLES):
        return _in_table(_scan(content, content[:16]), sought)
    if name.lower().endswith(".csv"):
        return _in_text_table(content, sought)
    return any(in_content(inner, sought, within=within + 1) for inner in unpack(content))


def _in_name(name: str, sought: Pseudonyms) -> bool:
    return _in_bytes(name.encode("utf-8"), sought)


def _in_bytes(content: "bytes | mmap.mmap", sought: Pseudonyms) -> bool:
    hashes = sought.hashes
    if hashes:
        for run in HEX_RUN.finditer(content):
            if _in_run(run[0], hashes):
                return True
        for run in WIDE_HEX_RUN.finditer(content):
            if _in_run(run[0][::2], hashes):
                return True
    spelled = [bytes.fromhex(one) for one in hashes]
    for one in sought.anywhere - hashes:
        spelled += [one.encode("utf-8"), one.encode("utf-16-le")]
    return any(content.find(one) >= 0 for one in spelled)


def _in_run(run: bytes, hashes: frozenset[str]) -> bool:
    text = run.decode("ascii").lower()
    return any(text[at : at + 32] in hashes for at in range(len(text) - 31))


def _scan(source: Path | bytes, start: bytes) -> pl.LazyFrame:
    return pl.scan_parquet(source) if start.startswith(b"PAR1") else pl.scan_ipc(source)


def _in_table(table: pl.LazyFrame, sought: Pseudonyms) -> bool:
    """Whether a cell of a table is or holds a pseudonym; columns with numbers and days alone are passed over."""
    try:
        for name, kind in table.collect_schema().items():
            if _in_column(table.select(pl.col(name).unique()).collect().to_series(), name, kind, sought):
                return True
    except (pl.exceptions.PolarsError, OSError):
        raise NotOpened(CUT_SHORT) from None
    return False


def _in_column(values: pl.Series, name: str, kind: pl.DataType, sought: Pseudonyms) -> bool:
    if kind.is_nested() or kind == pl.Binary:
        whole = values.drop_nulls().to_frame()
        content = b"\n".join(values.drop_nulls()) if kind == pl.Binary else whole.write_ndjson().encode()
        return _in_bytes(content, sought)
    if kind.is_integer():
        if not name.startswith(ID_COLUMNS):
            return False
    elif kind not in (pl.String, pl.Categorical, pl.Enum):
        return False
    texts = values.drop_nulls().cast(pl.String)
    is_one = texts.str.to_lowercase().is_in(sorted(sought.in_column(name))) | texts.is_in(
        sorted(sought.in_column(name))
    )
    return bool(is_one.any()) or _holds_one(texts, sorted(sought.anywhere))


def _holds_one(texts: pl.Series, wanted: list[str]) -> bool:
    return bool(wanted) and bool(texts.str.contains_any(wanted, ascii_case_insensitive=True).any())


def _in_text_table(source: Path | bytes, sought: Pseudonyms) -> bool:
    """Whether a column of a CSV table that holds numbers of persons or records holds one of these."""
    try:
        table = pl.scan_csv(source, infer_schema=False, truncate_ragged_lines=True)
        names = [name for name in table.collect_schema().names() if name.startswith(ID_COLUMNS)]
        if not names:
            return False
        return _in_table(table.select(names), sought)
    except (pl.exceptions.PolarsError, OSError):
        return False  # no table that has such columns; its bytes were looked at


def _in_database(path: Path, sought: Pseudonyms) -> bool:
    """Whether a value in a SQLite file is one; its bytes may hold it in pieces, or as a number."""
    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        raise NotOpened(CUT_SHORT) from None
    try:
        names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return any(_in_rows(base, str(name), sought) for (name,) in names)
    except sqlite3.Error:
        raise NotOpened(CUT_SHORT) from None
    finally:
        base.close()


def _in_rows(base: sqlite3.Connection, table: str, sought: Pseudonyms) -> bool:
    quoted = table.replace('"', '""')
    rows = base.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - the name of a table of this file
    wanted = [
        sought.in_column(one[0]) if one[0].startswith(ID_COLUMNS) else frozenset() for one in rows.description
    ]
    while batch := rows.fetchmany(ROWS_AT_ONCE):
        for values in batch:
            if any(str(value) in one for value, one in zip(values, wanted, strict=True) if one):
                return True
        if _in_bytes(b"\n".join(_as_bytes(values) for values in batch), sought):
            return True
    return False


def _as_bytes(values: Iterable[object]) -> bytes:
    return b"\n".join(_spell(value) for value in values if isinstance(value, str | bytes))


def _spell(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder with its name there, in their order; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path

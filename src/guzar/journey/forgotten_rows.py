"""A table in a file → the same without the rows of a person; every other row stays as it is, in its order.

Parquet is rewritten row group by row group, text line by line: other lines keep every sign.
"""

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from guzar.store.traces import Pseudonyms

TEXT_ENDINGS = (".csv", ".csv.gz")


def is_parquet(path: Path) -> bool:
    """Whether a file is a Parquet table, whatever its name."""
    with path.open("rb") as opened:
        return opened.read(4) == b"PAR1"


def can_be_rewritten(path: Path) -> bool:
    """Whether rows can be taken out of a file."""
    return is_parquet(path) or path.name.lower().endswith(TEXT_ENDINGS)


def write_without(path: Path, out: Path, sought: Pseudonyms) -> NDArray[np.int64]:
    """Write a table without the rows that hold a pseudonym; the numbers of these rows, from 0."""
    if is_parquet(path):
        rows = rows_of(path, sought)
        write_without_rows(path, out, rows)
        return rows
    return _write_text_without(path, out, sought)


def rows_of(path: Path, sought: Pseudonyms) -> NDArray[np.int64]:
    """The numbers of the rows of a Parquet file that hold a pseudonym in a cell."""
    found, first = [], 0
    with pq.ParquetFile(path) as table:
        for group in range(table.num_row_groups):
            rows = table.read_row_group(group)
            found.append(first + np.flatnonzero(_held_in(rows, sought)))
            first += rows.num_rows
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)


def write_without_rows(path: Path, out: Path, left_out: NDArray[np.int64]) -> None:
    """Write a Parquet file without these rows."""
    with pq.ParquetFile(path) as table:
        packing = table.metadata.row_group(0).column(0).compression if table.num_row_groups else "ZSTD"
        with pq.ParquetWriter(out, table.schema_arrow, compression=packing.lower()) as writer:
            first = 0
            for group in range(table.num_row_groups):
                rows = table.read_row_group(group)
                stays = np.ones(rows.num_rows, bool)
                stays[left_out[(left_out >= first) & (left_out < first + rows.num_rows)] - first] = False
                first += rows.num_rows
                writer.write_table(rows.filter(pa.array(stays)))


def _held_in(rows: pa.Table, sought: Pseudonyms) -> NDArray[np.bool_]:
    """Which rows hold a pseudonym as a whole cell."""
    held = np.zeros(rows.num_rows, bool)
    for name in rows.column_names:
        wanted = sorted(sought.in_column(name))
        texts = _as_texts(rows.column(name), name)
        if wanted and texts is not None:
            is_one = pc.is_in(texts, pa.array(wanted, texts.type))
            held |= np.asarray(pc.fill_null(is_one, False).to_numpy(), dtype=bool)
    return held


def _as_texts(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray | None:
    """A column as text, where it may hold a pseudonym; None where it may not."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    is_number = pa.types.is_integer(kind) and name.startswith(("person_id", "record_id"))
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return column.cast(pa.large_string()) if is_number or is_text else None


def _write_text_without(path: Path, out: Path, sought: Pseudonyms) -> NDArray[np.int64]:
    is_packed = path.name.lower().endswith(".gz")
    found = []
    with (
        _open_text(path, "rb", is_packed=is_packed) as source,
        _open_text(out, "wb", is_packed=is_packed) as target,
    ):
        names: Sequence[str] = ()
        for number, (cells, lines) in enumerate(_records(source)):
            names = names or cells
            if number and any(
                cell in sought.in_column(name) for name, cell in zip(names, cells, strict=False)
            ):
                found.append(number - 1)
            else:
                target.write(lines)
    return np.asarray(found, dtype=np.int64)


def _open_text(path: Path, mode: Literal["rb", "wb"], *, is_packed: bool) -> BinaryIO:
    if not is_packed:
        return path.open(mode)
    return cast(BinaryIO, gzip.GzipFile(path, mode, mtime=0) if mode == "wb" else gzip.open(path))


def _records(source: BinaryIO) -> Iterator[tuple[list[str], bytes]]:
    """The records of a CSV file, each with its lines as they stand; a cell may hold the end of a line."""
    taken: list[bytes] = []

    def lines() -> Iterator[str]:
        for line in source:
            taken.append(line)
            yield line.decode("utf-8-sig" if len(taken) == 1 else "utf-8", "surrogateescape")

    for cells in csv.reader(lines()):
        yield cells, b"".join(taken)
        taken.clear()

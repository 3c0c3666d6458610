"""A delivery of records in any form that agencies use → batches of cells under the names of the template.

What a file is, is told by its first bytes: Parquet, a workbook, SPSS (.sav, .zsav), Stata (.dta), delimited text; fixed
width where the mapping file says so. Everything is read in batches but workbooks, which hold a million rows at most.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.collect import record_text
from guzar.collect.column_kinds import require_plain_columns
from guzar.collect.delivery import Delivery
from guzar.collect.file_kinds import UTF_16, kind_of
from guzar.collect.grid import read_sheet, sheet_names
from guzar.collect.record_batches import (
    ROW,
    Batch,
    OpenedRecords,
    fold_heading,
    match_columns,
    refuse_columns,
    refuse_damaged,
    refused_rows,
)
from guzar.collect.record_form import RecordForm
from guzar.collect.record_mapping import RecordMapping
from guzar.errors import DeliveryRefused

PARQUET, WORKBOOKS, SPSS = b"PAR1", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), (b"$FL2", b"$FL3")
STATA = (b"<sta", b"\x71\x01", b"\x71\x02", b"\x72\x01", b"\x72\x02", b"\x73\x01", b"\x73\x02")
ROWS_AT_ONCE = 500_000
WORKBOOK_BYTES = 300_000_000
PARQUET_KIND = "a complete Parquet file"
STATISTICAL_KIND = "a complete file of SPSS or Stata"
NOBODY = refused_rows([], "")


def open_records(path: Path, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
    """The delivery in `path`; DeliveryRefused where it is empty, damaged, or lacks columns that are needed."""
    if not path.is_file():
        raise DeliveryRefused(
            "There is no file {name}.",
            expected="a file as the holder delivers it",
            do="Check the path and the current folder.",
            name=path.name,
        )
    with path.open("rb") as file:
        start = file.read(100_000)
    if not start.strip(b" \r\n\t\0\xef\xbb\xbf"):
        raise DeliveryRefused(
            "The file {name} is empty.",
            where="{name}",
            expected="a file as the holder delivers it",
            do="Ask for the file again and compare its size with the holder's.",
            name=path.name,
        )
    return _opener(start)(path, form, mapping)


def _opener(start: bytes) -> Callable[[Path, RecordForm, RecordMapping], OpenedRecords]:
    if start.startswith(PARQUET):
        return _open_parquet
    if start.startswith(WORKBOOKS):
        return _open_workbook
    if start.startswith(SPSS) or start.startswith(STATA):
        return _open_statistical
    return _open_text


def _wanted(form: RecordForm, mapping: RecordMapping) -> dict[str, str]:
    return {column: mapping.heading(column) for column in form.columns}


def _opened(
    kind: str, places: dict[str, int], headings: list[str], batches: Callable[[], Iterator[Batch]]
) -> OpenedRecords:
    taken = set(places.values())
    left_out = tuple(
        heading for place, heading in enumerate(headings) if place not in taken and heading.strip()
    )
    return OpenedRecords(kind, tuple(places), left_out, batches)


def _open_text(path: Path, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
    with path.open("rb") as file:
        kind = kind_of(file.read(100_000))
    # A few zero bytes in a text are damage of single rows; a file full of them is no text.
    if kind not in ("", UTF_16) and not _is_nearly_text(path):
        raise DeliveryRefused(
            "{name} is no table of records: it is {kind}.",
            where="{name}",
            expected="delimited text, fixed width, Parquet, .xlsx, SPSS (.sav, .zsav) or Stata (.dta)",
            do="Ask the holder for the file in one of these forms.",
            name=path.name,
            kind=(kind,),
        )
    encoding = record_text.find_encoding(path, mapping.encoding)
    if mapping.layout:
        layout = dict(mapping.layout)
        places = {column: place for place, column in enumerate(layout)}
        return _opened(
            "fixed_width", places, [], lambda: record_text.read_fixed_width(path, encoding, layout)
        )
    heading = record_text.find_heading(
        path, encoding, _wanted(form, mapping), form.required, mapping.separator
    )
    return _opened(
        "text",
        heading.places,
        heading.cells,
        lambda: record_text.read_delimited(path, encoding, heading),
    )


def _is_nearly_text(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(100_000)
    strange = sum(start.count(sign) for sign in (*range(9), *range(14, 32)))
    return kind_of(start.replace(b"\0", b"")) == "" and strange * 50 < len(start)


def open_packed_records(
    content: pa.Buffer, name: str, form: RecordForm, mapping: RecordMapping
) -> OpenedRecords:
    """Records that a database gave, packed as Parquet in memory."""
    return _open_parquet_source(lambda: pa.BufferReader(content), name, form, mapping)


def _open_parquet(path: Path, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
    return _open_parquet_source(lambda: str(path), path.name, form, mapping)


def _open_parquet_source(
    source: Callable[[], Any], name: str, form: RecordForm, mapping: RecordMapping
) -> OpenedRecords:
    try:
        schema = pq.read_schema(source())
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise refuse_damaged(name, PARQUET_KIND) from None
    headings = schema.names
    places = match_columns(headings, _wanted(form, mapping), form.required, name)
    names = {headings[place]: column for column, place in places.items()}
    require_plain_columns(schema, names, name)
    return _opened("parquet", places, headings, lambda: _read_parquet(source, name, names))


def _read_parquet(source: Callable[[], Any], name: str, names: dict[str, str]) -> Iterator[Batch]:
    first = 1
    try:
        with pq.ParquetFile(source()) as file:
            for part in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=list(names)):
                part.validate(full=True)  # damaged text would stop the process later on
                # Rebuilt from its columns: what the writer noted beside them is not needed, and may be damaged.
                named = [names[name] for name in part.schema.names]
                frame = pl.DataFrame(pa.RecordBatch.from_arrays(part.columns, names=named))
                yield _numbered(frame, first)
                first += part.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError, pl.exceptions.PolarsError):
        raise refuse_damaged(name, PARQUET_KIND) from None


def _numbered(frame: pl.DataFrame, first: int) -> Batch:
    return Batch(frame.with_row_index(ROW, offset=first).with_columns(pl.col(ROW).cast(pl.Int64)), NOBODY)


def _open_workbook(path: Path, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
    if path.stat().st_size > WORKBOOK_BYTES:
        raise DeliveryRefused(
            "The workbook {name} is too large to be opened.",
            where="{name}",
            expected="a workbook of at most {limit} million bytes",
            do="Deliver so many records as text or Parquet.",
            name=path.name,
            limit=WORKBOOK_BYTES // 1_000_000,
        )
    delivery = Delivery(path.name, path.read_bytes())
    wanted = _wanted(form, mapping)
    needed = {fold_heading(wanted[column]) for column in form.required}
    names = sheet_names(delivery)
    if not names:
        raise refuse_damaged(path.name, "a complete workbook, not locked with a password")
    for sheet in [mapping.sheet] if mapping.sheet else names:
        grid = read_sheet(delivery, sheet)
        for row in range(1, min(record_text.TITLE_LINES, grid.text.height) + 1):
            headings = grid.cells(row)
            if needed <= {fold_heading(cell) for cell in headings}:
                places = match_columns(headings, wanted, form.required, path.name)
                return _opened("workbook", places, headings, _sheet_batches(grid.text, row, places))
    raise refuse_columns(path.name, [wanted[column] for column in form.required])


def _sheet_batches(text: pl.DataFrame, heading: int, places: dict[str, int]) -> Callable[[], Iterator[Batch]]:
    cells = [str(place) for place in places.values()]
    filled = pl.any_horizontal(pl.col(cells).str.strip_chars() != "")
    below = text.filter((pl.col(ROW) > heading) & filled)
    named = below.select(
        pl.col(ROW).cast(pl.Int64), *[pl.col(str(place)).alias(column) for column, place in places.items()]
    )
    return lambda: iter([Batch(named, NOBODY)])


def _open_statistical(path: Path, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
    _, described = _read_statistical(path, metadataonly=True)
    headings = list(described.column_names)
    places = match_columns(headings, _wanted(form, mapping), form.required, path.name)
    names = {headings[place]: column for column, place in places.items()}
    return _opened("statistical", places, headings, lambda: _statistical_batches(path, names, described))


def _read_statistical(path: Path, **options: Any) -> tuple[pl.DataFrame, Any]:
    import pyreadstat  # noqa: PLC0415 - only deliveries of SPSS and Stata pay for it

    with path.open("rb") as file:
        is_stata = file.read(4).startswith(STATA)
    read = pyreadstat.read_dta if is_stata else pyreadstat.read_sav
    try:
        frame, described = read(str(path), output_format="polars", **options)
    except Exception:
        # The reader has no class of its own for damage, and its words may quote the file.
        raise refuse_damaged(path.name, STATISTICAL_KIND) from None
    return frame, described


def _statistical_batches(path: Path, names: dict[str, str], described: Any) -> Iterator[Batch]:
    """Batches of rows; a number with a label is told by its label, as the coder wrote it."""
    first, height = 1, described.number_rows
    while True:
        frame, _ = _read_statistical(path, usecols=list(names), row_offset=first - 1, row_limit=ROWS_AT_ONCE)
        if frame.height:
            yield _numbered(_labelled(frame, described.variable_value_labels).rename(names), first)
        first += frame.height
        if not frame.height or (height is not None and first > height):
            return


def _labelled(frame: pl.DataFrame, labels: dict[str, dict[Any, str]]) -> pl.DataFrame:
    found = {name: words for name, words in labels.items() if name in frame.columns}
    return frame.with_columns(
        pl.col(name).replace_strict(
            list(words), list(words.values()), default=plain_text(frame, name), return_dtype=pl.String
        )
        for name, words in found.items()
    )


def plain_text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as text; a whole number that is stored as 3.0 is 3."""
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(".0") if frame.schema[name].is_float() else text

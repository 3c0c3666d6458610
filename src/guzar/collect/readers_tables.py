"""A table that a reader wrote, in whatever form a spreadsheet program leaves it → a frame with named columns.

In: .xlsx, .xls, delimited text (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1251; with or without a mark at the
start) as it is or packed with gzip, or Parquet. The cells are read by the same code as `own_table`; here the columns have names
that the reader was told, so no mapping file is needed. Out: every cell as text, empty cells missing; Parquet keeps
its types. Raises DeliveryRefused for what is no table, TableInvalid for a row with more cells than the header.
"""

import gzip
from collections.abc import Collection
from dataclasses import replace

import polars as pl

from guzar.collect.delivery import Delivery
from guzar.collect.grid import ROW, Grid, read_sheet, read_text, sheet_names
from guzar.collect.sheet_extent import require_solved_formulas
from guzar.collect.sources.own_table import encoding_of, separator_of
from guzar.collect.tables import PARQUET, open_parquet
from guzar.errors import DeliveryRefused, TableInvalid

GZIP = b"\x1f\x8b"
SIGNS = (",", ";", "\t")
TITLE_ROWS = 30  # a header stands at most so far down


def open_readers_table(delivery: Delivery, required: Collection[str], known: Collection[str]) -> pl.DataFrame:
    """The table below the first row that holds all `required` names, else below the first row with any text.

    `known` are all names that mean something; they are recognised in any capitals. Other columns keep theirs.
    """
    opened = _unpack(delivery)
    if opened.content[:4] == PARQUET:
        return open_parquet(opened)
    grids, refusal = _grids(opened)
    for grid in grids:
        header = _header_row(grid, required)
        if header:
            return _below(grid, header, known, opened)
    if refusal is not None:
        raise refusal
    first = grids[0]
    filled = (row for row in range(1, first.text.height + 1) if any(first.cells(row)))
    return _below(first, next(filled, 1), known, opened)


def _unpack(delivery: Delivery) -> Delivery:
    if not delivery.content.startswith(GZIP):
        return delivery
    try:
        return replace(delivery, content=gzip.decompress(delivery.content))
    except (OSError, EOFError):
        raise DeliveryRefused(
            "{name} is cut short or damaged.",
            where="{name}",
            expected="a complete gzip archive",
            do="Pack the file again.",
            name=delivery.name,
        ) from None


def _grids(delivery: Delivery) -> tuple[list[Grid], DeliveryRefused | None]:
    """Every sheet of a workbook, or a text cut by each sign, the likeliest first; why the likeliest fits no table."""
    sheets = sheet_names(delivery)
    if sheets:
        require_solved_formulas(delivery)
        return [read_sheet(delivery, sheet) for sheet in sheets], None
    encoding = encoding_of(delivery.content)
    likeliest = separator_of(delivery.content.decode(encoding, errors="replace"))
    grids: list[Grid] = []
    refusal = None
    for sign in dict.fromkeys([likeliest, *SIGNS]):
        try:
            grids.append(read_text(delivery, encoding=encoding, separator=sign))
        except DeliveryRefused as refused:
            refusal = refused if sign == likeliest else refusal
    return grids, refusal


def _header_row(grid: Grid, required: Collection[str]) -> int:
    """The row with all required names; 0 where none has them."""
    for row in range(1, min(TITLE_ROWS, grid.text.height) + 1):
        if set(required) <= {cell.casefold() for cell in grid.cells(row)}:
            return row
    return 0


def _below(grid: Grid, header: int, known: Collection[str], delivery: Delivery) -> pl.DataFrame:
    """The rows below the header under its names; lines without any cell are left out, as a text editor adds them."""
    if not grid.text.height:
        return pl.DataFrame()
    columns = [str(number) for number in range(grid.width)]
    body = grid.text.filter(pl.col(ROW) > header)
    body = body.filter(~pl.all_horizontal(pl.col(columns).is_null()))
    named = {column: cell for column, cell in zip(columns, grid.cells(header), strict=True) if cell}
    _require_named(body, [column for column in columns if column not in named], delivery)
    blank = [pl.col(column).replace("", None) for column in named]
    return body.select(blank).rename(_distinct(named, known))


def _require_named(body: pl.DataFrame, nameless: list[str], delivery: Delivery) -> None:
    """Refuse cells under no name: a decimal comma or an open quotation mark has shifted the row."""
    filled = (
        pl.any_horizontal(pl.col(nameless).fill_null("").str.strip_chars() != "")
        if nameless
        else pl.lit(False)
    )
    wrong = body.filter(filled)
    if wrong.height:
        raise TableInvalid(
            "{name} has rows with more cells than the header has names.",
            where="{name}, {count} rows, the first is row {row}",
            expected="one name for every column, and cells with a comma inside in quotation marks",
            do="Name the column, or put the cell in quotation marks.",
            name=delivery.name,
            count=wrong.height,
            row=wrong[ROW][0],
        )


def _distinct(named: dict[str, str], known: Collection[str]) -> dict[str, str]:
    """Names by column: known ones as guzar writes them, a name that comes again with its number."""
    found: dict[str, str] = {}
    for column, cell in named.items():
        name = cell.casefold() if cell.casefold() in known else cell
        again = 1
        while name in found.values():
            again += 1
            name = f"{cell}_{again}"
        found[column] = name
    return found

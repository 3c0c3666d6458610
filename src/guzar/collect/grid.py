"""A sheet or text file as a grid of cells: text as printed, and the number where the file holds one.

Excel cells hold numbers of full precision but print fewer digits, so a grid keeps both.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import fastexcel
import polars as pl

from guzar.collect.delivery import Delivery
from guzar.collect.file_kinds import require_text
from guzar.collect.sheet_extent import require_bounded, require_known_form, require_solved_formulas
from guzar.errors import DeliveryRefused

ERROR_CELLS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
UNREADABLE = "#ERROR!"
ROW = "row"  # number of the row in the file, counted from 1


@dataclass(frozen=True)
class Grid:
    """`text` and `numbers` have the same shape: a column `row`, then columns `0`, `1`, … of the file."""

    sheet: str
    text: pl.DataFrame
    numbers: pl.DataFrame

    @property
    def width(self) -> int:
        """How many columns of cells the grid has."""
        return self.text.width - 1

    def cells(self, row: int) -> list[str]:
        """The cells of one row (counted from 1) as stripped text."""
        found = self.text.filter(pl.col(ROW) == row)
        return [(cell or "").strip() for cell in found.row(0)[1:]] if found.height else []


def sheet_names(delivery: Delivery) -> list[str]:
    """The sheets of a workbook; an empty list where the bytes are no workbook at all.

    Refused where the workbook reaches further than a table can: opening some forms makes all of their cells.
    """
    require_known_form(delivery)
    require_bounded(delivery)
    try:
        return list(fastexcel.read_excel(delivery.content).sheet_names)
    except fastexcel.FastExcelError:
        return []


def read_sheet(delivery: Delivery, sheet: str) -> Grid:
    """One sheet of an .xls, .xlsx or .ods file, every cell; refused where a formula has no result."""
    names = sheet_names(delivery)
    if sheet not in names:
        raise DeliveryRefused(
            "{name} has no sheet called “{sheet}”." if names else "{name} cannot be opened as a workbook.",
            where="{name}",
            expected="an .xls, .xlsx or .ods file with a sheet “{sheet}”",
            do="Fetch the file again, unchanged, from the publisher."
            if not names
            else "Look whether the publisher renamed the sheet; found here: {found}.",
            name=delivery.name,
            sheet=sheet,
            found=", ".join(names),
        )
    require_solved_formulas(delivery)
    workbook = fastexcel.read_excel(delivery.content)
    text = _show_errors(workbook, sheet, _load(workbook, sheet, "string"))
    return Grid(sheet, text, _load(workbook, sheet, "float").select(text.columns))


def _load(workbook: fastexcel.ExcelReader, sheet: str, kind: str) -> pl.DataFrame:
    # `skip_whitespace_tail_rows` is left off: places are row numbers of the file itself.
    loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes=kind, dtype_coercion="coerce")
    frame: pl.DataFrame = loaded.to_polars()
    return frame.rename({old: str(i) for i, old in enumerate(frame.columns)}).with_row_index(ROW, offset=1)


def _show_errors(workbook: fastexcel.ExcelReader, sheet: str, text: pl.DataFrame) -> pl.DataFrame:
    """The text with `#DIV/0!` and the like where the sheet holds an error: not blank, so that it is quarantined."""
    loaded = workbook.load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string", dtype_coercion="coerce"
    )
    found = loaded.to_arrow_with_errors()[1]
    shown: dict[str, dict[int, str]] = {}
    for error in found.errors if found else ():
        kind = re.search(r"Error\((\w+)\)", error.detail)
        row, column = error.offset_position
        shown.setdefault(str(column), {})[row + 1] = (
            ERROR_CELLS.get(kind[1], UNREADABLE) if kind else UNREADABLE
        )
    return text.with_columns(
        pl.col(ROW).replace_strict(cells, default=pl.col(name), return_dtype=pl.String).alias(name)
        for name, cells in shown.items()
    )


def read_text(delivery: Delivery, *, encoding: str = "utf-8-sig", separator: str = ",") -> Grid:
    """A delimited text file, every cell as text. Refused where bytes, quotes or row lengths do not fit."""
    import csv  # noqa: PLC0415

    require_text(delivery, encoding)
    try:
        decoded = delivery.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DeliveryRefused(
            "{name} is not written in {encoding}.",
            where="{name}, byte {byte}",
            expected="a text file in {encoding}",
            do="Save the file in {encoding}, or fetch it again without opening it in a spreadsheet program.",
            name=delivery.name,
            encoding=encoding.removesuffix("-sig"),
            byte=error.start,
        ) from None
    try:
        rows = list(csv.reader(io.StringIO(decoded, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise DeliveryRefused(
            "{name} ends inside a quoted cell or has a broken quotation mark.",
            where="{name}",
            expected="a complete delimited text file",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
        ) from None
    return _grid_of_rows("", rows)


def _grid_of_rows(sheet: str, rows: Sequence[Sequence[str]]) -> Grid:
    width = max((len(row) for row in rows), default=0)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    columns = [str(i) for i in range(width)]
    text = pl.DataFrame(padded, schema=dict.fromkeys(columns, pl.String), orient="row").with_row_index(
        ROW, offset=1
    )
    numbers = text.select(ROW, *[pl.lit(None, pl.Float64).alias(c) for c in columns])
    return Grid(sheet, text, numbers)


def find_header(grid: Grid, expected: Sequence[str], delivery: Delivery, *, within: int = 30) -> int:
    """The row that holds all the expected column labels; refused where no row near the top does."""
    best: tuple[int, list[str]] = (-1, list(expected))
    for row in range(1, min(within, grid.text.height) + 1):
        present = {" ".join(cell.split()).casefold() for cell in grid.cells(row)}
        missing = [label for label in expected if label.casefold() not in present]
        if not missing:
            return row
        if len(missing) < len(best[1]):
            best = (row, missing)
    raise DeliveryRefused(
        "{name} has no header row with the columns that this layout needs.",
        where="{name}, {sheet}nearest: row {row}",
        expected="the columns {columns}; missing: {missing}",
        do="Fetch the file again, unchanged, from the publisher, or describe it with a mapping file "
        "(guzar collect own_table).",
        name=delivery.name,
        sheet=f"{grid.sheet}, " if grid.sheet else "",
        row=max(best[0], 1),
        columns=", ".join(expected),
        missing=", ".join(best[1]),
    )


def column_of(grid: Grid, header_row: int, label: str) -> str:
    """The grid's name of the first column with this label in the header row."""
    cells = [" ".join(cell.split()).casefold() for cell in grid.cells(header_row)]
    return str(cells.index(label.casefold()))


def unpivot(
    grid: Grid, header_row: int, *, keep: dict[str, str], values: Sequence[str], last_row: int | None = None
) -> pl.DataFrame:
    """Wide rows below the header as long candidate rows.

    `keep` maps new column names to grid columns; `values` are the grid columns that hold the cells. The result
    has the kept columns, `label` (the header of the value column), `reported_value`, `value` (the number where
    the file holds one) and `place`.
    """
    below = pl.col(ROW) > header_row
    if last_row is not None:
        below = below & (pl.col(ROW) <= last_row)
    headers = dict(zip(map(str, range(grid.width)), grid.cells(header_row), strict=True))
    text = grid.text.filter(below).select(ROW, *[pl.col(c).alias(n) for n, c in keep.items()], *values)
    numbers = grid.numbers.filter(below).select(ROW, *values)
    long = text.unpivot(values, index=[ROW, *keep], variable_name="column", value_name="reported_value")
    found = numbers.unpivot(values, index=[ROW], variable_name="column", value_name="value")
    sheet = f"{grid.sheet}, " if grid.sheet else ""
    return (
        long.with_columns(
            found["value"], label=pl.col("column").replace_strict(headers, return_dtype=pl.String)
        )
        .with_columns(place=pl.format(sheet + "row {}, column {}", ROW, "label"))
        .drop(ROW, "column")
    )

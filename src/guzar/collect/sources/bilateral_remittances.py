"""World Bank bilateral remittance matrices for 2011, 2017 and 2018: a model, not observed transfers.

In: a matrix with senders down and receivers across, million US dollars: the text of 2011 (Latin-1, thousands
with commas, total row and column, notes), the workbook of 2017 (WORLD row and column, notes), the bare text
of 2018. Out: PublishedFigures, corridor from `reported_counterpart` (sender) to `reported_area` (receiver).
Printed totals are kept under a series of their own and compared with the sums of their cells in the receipt.
Source: World Bank, Bilateral Remittance Matrix, based on Ratha and Shaw (2007).
"""

import re
from datetime import datetime

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import Grid, read_sheet, read_text, sheet_names
from guzar.collect.headers import encoding_of, first_row, require_full_rows, year_in_name
from guzar.collect.matrix import (
    Matrix,
    compare_totals,
    leave_out_diagonal,
    numbers_with_thousands,
    read_matrix,
)
from guzar.errors import DeliveryRefused

SOURCE = "bilateral_remittances"
SHEET = re.compile(r"Bilateral_Remittances_\d{4}")
TOTALS = {"Total": "Total Remittances", "WORLD": "WORLD"}  # label across: label down
WORLD = "World"
# Date of publication by reference year, for files that do not print it.
EDITIONS = {"2011": "2012", "2017": "2018-04", "2018": "2019"}


def _is_workbook(delivery: Delivery) -> bool:
    return any(SHEET.fullmatch(sheet) for sheet in sheet_names(delivery))


def _is_text(delivery: Delivery) -> bool:
    cells = first_row(delivery)
    return len(cells) > 150 and cells[0] in ("", "Origin") and cells[1:3] == ["Afghanistan", "Albania"]


def read_workbook(delivery: Delivery) -> Reading:
    """The workbook: title in row 1, labels in row 2; the title names year and edition."""
    grid = read_sheet(delivery, next(sheet for sheet in sheet_names(delivery) if SHEET.fullmatch(sheet)))
    header = _label_row(grid, delivery)
    title = grid.cells(1)[0]
    printed = re.search(r"\(([A-Z][a-z]+ \d{4}) Version\)", title)
    edition = datetime.strptime(printed.group(1), "%B %Y").strftime("%Y-%m") if printed else None
    return _read(read_matrix(grid, header, delivery), delivery, edition, grid.sheet[-4:])


def _label_row(grid: Grid, delivery: Delivery) -> int:
    for row in range(1, 6):
        if {"Afghanistan", "Albania"} <= set(grid.cells(row)):
            return row
    raise DeliveryRefused(
        "{name} has no row of areas above its matrix.",
        where="{name}, sheet {sheet}, rows 1 to 5",
        expected="the names of areas across, from Afghanistan on",
        do="Fetch the file again, unchanged, from the publisher.",
        name=delivery.name,
        sheet=grid.sheet,
    )


def read_matrix_text(delivery: Delivery) -> Reading:
    """The text of 2011 or 2018. The matrix of 2018 says its year nowhere but in the name of the file."""
    grid = read_text(delivery, encoding=encoding_of(delivery, otherwise="latin-1"))
    require_full_rows(grid, 1, delivery)
    has_totals = grid.cells(1)[-1] in TOTALS
    return _read(read_matrix(grid, 1, delivery, square=not has_totals), delivery, None, None)


def _read(matrix: Matrix, delivery: Delivery, edition: str | None, year: str | None) -> Reading:
    year, details = _reference_year(matrix, delivery, year)
    cells = numbers_with_thousands(matrix.cells)
    across = next((label for label in TOTALS if label in matrix.across), None)
    if across is not None:
        _require_total_row(matrix, TOTALS[across], delivery)
        details |= compare_totals(cells, TOTALS[across], across)
    cells, left_out = leave_out_diagonal(cells)
    is_total = pl.col("down") == (TOTALS[across] if across else "")
    candidates = cells.select(
        series=pl.when(is_total).then(pl.lit("bilateral_total")).otherwise(pl.lit("bilateral")),
        reported_area=pl.when(pl.col("across") == (across or "")).then(pl.lit(WORLD)).otherwise("across"),
        reported_counterpart=pl.when(~is_total).then("down"),
        reported_period=pl.lit(year),
        reported_value="reported_value",
        value="value",
        place="place",
    )
    return Reading(
        edition or EDITIONS.get(year), {"published_figures": candidates}, matrix.notes, details | left_out
    )


def _reference_year(matrix: Matrix, delivery: Delivery, year: str | None) -> tuple[str, dict[str, str]]:
    """The year in the notes (`The remittance data is for 2011`), in the sheet, or in the name of the file."""
    said = re.search(r"data is for (\d{4})", " ".join(matrix.notes))
    if said or year:
        return (said.group(1) if said else str(year)), {}
    return year_in_name(delivery), {"reference_year_from": "the name of the file"}


def _require_total_row(matrix: Matrix, label: str, delivery: Delivery) -> None:
    if label not in matrix.down:
        raise DeliveryRefused(
            "The matrix in {name} has a column of totals but no row of totals: it was cut.",
            where="{name}, last row {last}",
            expected="a row {label} at its end",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
            last=matrix.down[-1],
            label=label,
        )


LAYOUTS = (
    Layout(
        "workbook",
        SOURCE,
        "workbook with a sheet Bilateral_Remittances_YEAR, senders down, receivers across",
        _is_workbook,
        read_workbook,
    ),
    Layout(
        "matrix_text",
        SOURCE,
        "text matrix, senders down, receivers across, million US dollars",
        _is_text,
        read_matrix_text,
    ),
)

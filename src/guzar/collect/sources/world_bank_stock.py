"""World Bank bilateral migrant stocks: the matrix for 2000 (text) and the estimates for 2017 (workbook).

In: a matrix with origins down and destinations across, persons. Out: PublishedFigures (`reported_area` =
where people live, `reported_counterpart` = where they were born) and DeliveredCodes: the second sheet of the
workbook is a compiler's list of codes. That list is kept as delivered and never used to code an area; it
swaps two codes.
Source: World Bank, Global Bilateral Migration Database 2000; Bilateral Estimates of Migrant Stocks in 2017.
"""

import re

import dataframely as dy
import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, column_of, find_header, read_sheet, read_text, sheet_names
from guzar.collect.headers import encoding_of, first_row, require_full_rows, year_in_name
from guzar.collect.matrix import compare_totals, leave_out_diagonal, read_matrix
from guzar.define.tables.checks import DeliveredCodes
from guzar.errors import DeliveryRefused

SOURCE = "world_bank_stock"
SHEET = re.compile(r"Bilateral_Migration_\d{4}")
CODE_SHEET = "countries-comparison"
TOTAL = "World"
# Date of publication by reference year: neither file prints one.
EDITIONS = {"2000": "2011", "2017": "2018"}


def _is_workbook(delivery: Delivery) -> bool:
    return any(SHEET.fullmatch(sheet) for sheet in sheet_names(delivery))


def _is_text(delivery: Delivery) -> bool:
    cells = first_row(delivery)
    return len(cells) > 150 and cells[:3] == ["", "Afghanistan", "Albania"]


def read_workbook(delivery: Delivery) -> Reading:
    """The workbook: origins down, destinations across, World and two groups of others at the ends of both."""
    grid = read_sheet(delivery, next(sheet for sheet in sheet_names(delivery) if SHEET.fullmatch(sheet)))
    header = find_header(grid, ["Afghanistan", "Albania", TOTAL], delivery)
    year = grid.sheet[-4:]
    matrix = read_matrix(grid, header, delivery)
    is_total = pl.col("down") == TOTAL
    series = pl.when(is_total).then(pl.lit(f"bilateral_{year}_total")).otherwise(pl.lit(f"bilateral_{year}"))
    cells, left_out = leave_out_diagonal(matrix.cells)
    tables: dict[str, pl.DataFrame] = {"published_figures": _as_candidates(cells, series, year, ~is_total)}
    if CODE_SHEET in sheet_names(delivery):
        tables["delivered_codes"] = read_code_list(delivery)
    return Reading(
        EDITIONS.get(year), tables, matrix.notes, compare_totals(matrix.cells, TOTAL, TOTAL) | left_out
    )


def read_matrix_text(delivery: Delivery) -> Reading:
    """The text of 2000; its year stands nowhere but in the name of the file."""
    grid = read_text(delivery, encoding=encoding_of(delivery, otherwise="latin-1"))
    require_full_rows(grid, 1, delivery)
    year = year_in_name(delivery)
    matrix = read_matrix(grid, 1, delivery)
    cells, left_out = leave_out_diagonal(matrix.cells)
    candidates = _as_candidates(cells, pl.lit(f"bilateral_{year}"), year, pl.lit(True))
    details = {"reference_year_from": "the name of the file"} | left_out
    return Reading(EDITIONS.get(year), {"published_figures": candidates}, matrix.notes, details)


def _as_candidates(cells: pl.DataFrame, series: pl.Expr, year: str, is_corridor: pl.Expr) -> pl.DataFrame:
    return cells.select(
        series=series,
        reported_area="across",
        reported_counterpart=pl.when(is_corridor).then("down"),
        reported_sex=pl.lit("total"),
        reported_period=pl.lit(year),
        reported_value="reported_value",
        value="value",
        place="place",
    )


def read_code_list(delivery: Delivery) -> dy.DataFrame[DeliveredCodes]:
    """The compiler's list of names and codes in the workbook, as delivered. No reader uses its codes.

    Raises DeliveryRefused where the workbook has no such sheet.
    """
    grid = read_sheet(delivery, CODE_SHEET)
    header = find_header(grid, ["country", "iso3c"], delivery)
    name, code = (pl.col(column_of(grid, header, label)) for label in ("country", "iso3c"))
    listed = grid.text.filter((pl.col(ROW) > header) & name.is_not_null() & code.is_not_null())
    if not listed.height:
        raise DeliveryRefused(
            "The list of codes in {name} is empty.",
            where="{name}, sheet {sheet}",
            expected="a name and a code in every row",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            sheet=CODE_SHEET,
        )
    return DeliveredCodes.validate(
        listed.select(
            source=pl.lit(SOURCE),
            edition=pl.lit(EDITIONS["2017"]),
            place=pl.format(CODE_SHEET + ", row {}", ROW),
            reported_area=name.str.strip_chars(),
            reported_code=code.str.strip_chars(),
        )
    )


LAYOUTS = (
    Layout(
        "workbook",
        SOURCE,
        "workbook with a sheet Bilateral_Migration_YEAR, origins down, destinations across",
        _is_workbook,
        read_workbook,
    ),
    Layout(
        "matrix_text",
        SOURCE,
        "text matrix, origins down, destinations across, persons",
        _is_text,
        read_matrix_text,
    ),
)

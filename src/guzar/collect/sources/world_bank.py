"""World Bank, World Development Indicators: one indicator for all economies and years.

In: the workbook (.xls, sheet Data, header in row 4) or the text of the bulk download (four lines before the
header), both by indicator. Out: PublishedFigures, one row per economy and year; the publisher's aggregates
are kept as printed. The edition is the file's `Last Updated Date`.
Source: World Bank, World Development Indicators, CC BY 4.0.
"""

import re

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import Grid, column_of, find_header, read_sheet, read_text, sheet_names, unpivot
from guzar.collect.headers import (
    encoding_of,
    first_row,
    is_text,
    require_full_rows,
    require_rows,
    require_unbroken_years,
)
from guzar.define.definitions import definitions
from guzar.errors import DeliveryRefused

SOURCE = "world_bank"
SHEET = "Data"
HEADER = ("Country Name", "Country Code", "Indicator Name", "Indicator Code")
FEWEST_ECONOMIES = 200  # every edition lists more than 260 economies and aggregates
WORLD = "WLD"  # among the rows of every edition


def _is_workbook(delivery: Delivery) -> bool:
    return {SHEET, "Metadata - Countries"} <= set(sheet_names(delivery)) or (
        SHEET in sheet_names(delivery) and _is_wdi(read_sheet(delivery, SHEET).cells(1))
    )


def _is_bulk_text(delivery: Delivery) -> bool:
    return is_text(delivery) and _is_wdi(first_row(delivery))


def _is_wdi(cells: list[str]) -> bool:
    return cells[:2] == ["Data Source", "World Development Indicators"]


def read_workbook(delivery: Delivery) -> Reading:
    """The published .xls: the sheet Data; the metadata of countries goes to the receipt, counted."""
    grid = read_sheet(delivery, SHEET)
    details = {}
    if "Metadata - Countries" in sheet_names(delivery):
        metadata = read_sheet(delivery, "Metadata - Countries")
        details["economies_with_metadata"] = str(metadata.text.height - 1)
    return _read(grid, delivery, find_header(grid, HEADER, delivery), details)


def read_bulk_text(delivery: Delivery) -> Reading:
    """The text of the bulk download: UTF-8 with a byte-order mark, every line ends in a comma."""
    grid = read_text(delivery, encoding=encoding_of(delivery))
    header = find_header(grid, HEADER, delivery)
    require_full_rows(grid, header, delivery)
    return _read(grid, delivery, header, {})


def _read(grid: Grid, delivery: Delivery, header: int, details: dict[str, str]) -> Reading:
    labels = grid.cells(header)
    years = [i for i, label in enumerate(labels) if re.fullmatch(r"\d{4}", label)]
    require_unbroken_years([int(labels[i]) for i in years], delivery)
    keep = {
        "reported_area": column_of(grid, header, "Country Code"),
        "series": column_of(grid, header, "Indicator Code"),
    }
    candidates = unpivot(grid, header, keep=keep, values=[str(i) for i in years]).rename(
        {"label": "reported_period"}
    )
    candidates = candidates.filter(
        pl.any_horizontal(pl.col("reported_area", "series", "reported_value").is_not_null())
    )
    candidates = candidates.with_columns(pl.col("reported_area", "series").fill_null(""))
    _require_known_series(candidates, delivery)
    require_rows(candidates["reported_area"].n_unique(), FEWEST_ECONOMIES, delivery)
    indicator = column_of(grid, header, "Indicator Name")
    names = grid.text.filter(pl.col("row") > header)[indicator].drop_nulls().unique().to_list()
    return Reading(
        _edition(grid),
        {"published_figures": candidates},
        details=details | {"indicators": "; ".join(sorted(names))},
    )


def _edition(grid: Grid) -> str | None:
    """The `Last Updated Date` above the header, as an ISO date; None where the file does not tell it."""
    for row in range(1, 5):
        cells = grid.cells(row)
        if cells and cells[0] == "Last Updated Date":
            found = re.match(r"\d{4}-\d{2}-\d{2}", cells[1])
            return found.group() if found else None
    return None


def _require_known_series(candidates: pl.DataFrame, delivery: Delivery) -> None:
    """Refuse a file of an indicator that guzar has no definition for, naming the ones that it has."""
    known = {d.series for d in definitions().values() if d.source == SOURCE and d.series}
    found = set(candidates["series"])
    if found & known:
        return  # a stray code in single rows is judged row by row, in the quarantine
    raise DeliveryRefused(
        "{name} holds no indicator that guzar knows.",
        where="{name}, sheet or table of data, Indicator Code {found}",
        expected="one of: {known}",
        do="Take one of these indicators, or describe the file for guzar collect own_table.",
        name=delivery.name,
        found=", ".join(sorted(found)[:3]),
        known=", ".join(sorted(known)),
    )


LAYOUTS = (
    Layout(
        "workbook",
        SOURCE,
        "workbook of one indicator with the sheets Data and Metadata - Countries",
        _is_workbook,
        read_workbook,
    ),
    Layout(
        "bulk_text",
        SOURCE,
        "text of one indicator from the bulk download, four lines before the header",
        _is_bulk_text,
        read_bulk_text,
    ),
)

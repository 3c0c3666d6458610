"""World Bank–KNOMAD remittance in- and outflows: workbooks of the editions of April 2014 and June 2023.

In: a workbook with one sheet, one row per country, one column per year, million US dollars; aggregates and
notes stand below, a column with shares of gross domestic product to the right. Out: PublishedFigures; the
notes go to the receipt. The edition is the note `Date: June 2023`, unless that date lies before the data.
Source: World Bank-KNOMAD.
"""

import re
from datetime import datetime

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, Grid, read_sheet, sheet_names, unpivot
from guzar.collect.headers import require_rows, require_unbroken_years
from guzar.errors import DeliveryRefused

SOURCE = "knomad"
SERIES = {"remittance inflows": "inflows", "remittance outflows": "outflows"}
YEAR = re.compile(r"\d{4}e?")
FEWEST_COUNTRIES = 180  # both editions list more than 210
# The edition of April 2014 prints `Date: April 2013` under a column `2013e`; its publisher's file is named
# RemittanceData_Inflows_Apr2014.
MISPRINTED_DATES = {("April 2013", "2013e"): "2014-04"}


def _is_workbook(delivery: Delivery) -> bool:
    sheets = sheet_names(delivery)
    return len(sheets) >= 1 and "remittance" in sheets[0].lower() and "flows" in sheets[0].lower()


def read_flows(delivery: Delivery) -> Reading:
    """All countries and aggregates, year by year, and the share of gross domestic product where printed."""
    grid = read_sheet(delivery, sheet_names(delivery)[0])
    header, series = _find_header(grid, delivery)
    labels = grid.cells(header)
    years = [i for i, label in enumerate(labels) if YEAR.fullmatch(label)]
    require_unbroken_years([int(labels[i][:4]) for i in years], delivery)
    last_row, notes = _notes_below(grid, header, years)
    require_rows(last_row - header, FEWEST_COUNTRIES, delivery)
    parts = [_read_columns(grid, header, last_row, years, series)]
    parts += [
        _read_shares(grid, header, last_row, i, series) for i, label in enumerate(labels) if "GDP" in label
    ]
    edition, details = _edition(notes, labels[years[-1]])
    return Reading(edition, {"published_figures": pl.concat(parts)}, tuple(notes), details)


def _find_header(grid: Grid, delivery: Delivery) -> tuple[int, str]:
    """The row whose first cell names the flow and whose next cells are years; and the series it names."""
    for row in range(1, 6):
        cells = grid.cells(row)
        for name, series in SERIES.items():
            if cells and name in cells[0].lower() and sum(bool(YEAR.fullmatch(cell)) for cell in cells) >= 10:
                return row, series
    raise DeliveryRefused(
        "{name} has no header row with a flow and its years.",
        where="{name}, sheet {sheet}, rows 1 to 5",
        expected="a first cell such as Remittance inflows (US$ million), followed by years",
        do="Fetch the file again, unchanged, from the publisher.",
        name=delivery.name,
        sheet=grid.sheet,
    )


def _notes_below(grid: Grid, header: int, years: list[int]) -> tuple[int, list[str]]:
    """The last row of the table, and the lines of text below it.

    Notes begin after the first row without any label; a row with a number in a year's column is never a note.
    """
    below = grid.text.filter(pl.col(ROW) > header)
    has_number = pl.any_horizontal(pl.col(str(i)).is_not_null() for i in years)
    blank = below.filter(pl.col("0").fill_null("").str.strip_chars() == "")[ROW].min()
    last_cell = below.filter(has_number)[ROW].max()
    last = max(int(last_cell or header), int(blank or grid.text.height + 1) - 1)  # type: ignore[arg-type]
    notes = below.filter((pl.col(ROW) > last) & pl.col("0").is_not_null())["0"].str.strip_chars().to_list()
    return last, [note for note in notes if note]


def _read_columns(grid: Grid, header: int, last_row: int, columns: list[int], series: str) -> pl.DataFrame:
    long = unpivot(
        grid, header, keep={"reported_area": "0"}, values=[str(i) for i in columns], last_row=last_row
    )
    return _as_candidates(long.rename({"label": "reported_period"}), series)


def _read_shares(grid: Grid, header: int, last_row: int, column: int, series: str) -> pl.DataFrame:
    """The column of shares; its period is the year in its header, or the header itself where it has none."""
    label = grid.cells(header)[column]
    named = re.search(r"\d{4}", label)
    kind = "percent_gdp" if label.startswith("%") else "fraction_gdp"
    long = unpivot(grid, header, keep={"reported_area": "0"}, values=[str(column)], last_row=last_row)
    period = pl.lit(named.group() if named else label).alias("reported_period")
    return _as_candidates(long.with_columns(period), f"{series}_{kind}")


def _as_candidates(long: pl.DataFrame, series: str) -> pl.DataFrame:
    """Rows without label and value are the paper between table and notes."""
    something = pl.col("reported_area").is_not_null() | pl.col("reported_value").is_not_null()
    return long.filter(something).select(
        pl.lit(series).alias("series"),
        pl.col("reported_area").fill_null("").str.strip_chars(),
        "reported_period",
        "reported_value",
        "value",
        "place",
    )


def _edition(notes: list[str], last_column: str) -> tuple[str | None, dict[str, str]]:
    """The date in the notes as year and month. One that lies before the data is not believed."""
    printed = next((note.removeprefix("Date:").strip() for note in notes if note.startswith("Date:")), "")
    if (printed, last_column) in MISPRINTED_DATES:
        edition = MISPRINTED_DATES[printed, last_column]
        return edition, {
            "date_printed": printed,
            "date_taken": f"{edition}, as the printed one lies before the data",
        }
    try:
        date = datetime.strptime(printed, "%B %Y")
    except ValueError:
        return None, {"date_printed": printed}
    if date.year <= int(last_column[:4]):
        return None, {"date_printed": printed}
    return date.strftime("%Y-%m"), {"date_printed": printed}


LAYOUTS = (
    Layout(
        "flows",
        SOURCE,
        "workbook of in- or outflows, one column per year, million US dollars",
        _is_workbook,
        read_flows,
    ),
)

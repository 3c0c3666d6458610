"""World Bank shares of GDP as other publications carried them, one date of publication per row.

In: a text with country, year of reference, date of publication, value and carrier per row; or a panel of one
date with one row per country and year. Out: PublishedFigures with `reported_edition`. Figures that the press
rounded to whole per cent are a series of their own, so that no rounded figure stands for an exact one.

The panel holds the same figures that the other file lists for 11 June 2026. Both are read as what they are:
the World Bank's figures carried by a compiler. They get the same series, edition and period, hence the same
key, and are counted once in every table of observations.
Source: World Bank, World Development Indicators, as carried by the CIA World Factbook, the press and a
compiler.
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, Grid, column_of, find_header, read_text
from guzar.collect.headers import encoding_of, first_row, require_ended, require_full_rows, require_rows

SOURCE = "world_bank_as_carried"
VINTAGES = ("iso3", "reference_year", "vintage_date", "value_percent_gdp", "carrier", "note")
PANEL = ("iso3c", "country", "year", "remit_gdp")
ROUNDED = "rounded"
FEWEST_DATED, FEWEST_IN_PANEL = 80, 40  # rows of the first deliveries, 87 and 46; later ones only grow
# The panel prints no date; the list of dates of publication carries its figures under this one.
PANEL_EDITIONS = {"2024": "2026-06-11"}  # by last year of reference


def _is_vintages(delivery: Delivery) -> bool:
    return {"iso3", "vintage_date", "carrier"} <= set(first_row(delivery))


def _is_panel(delivery: Delivery) -> bool:
    return set(PANEL) <= set(first_row(delivery))


def read_vintages(delivery: Delivery) -> Reading:
    """One row per country, year and date of publication. The delivery's own edition is the latest date."""
    grid, header = _open(delivery, VINTAGES, FEWEST_DATED)
    rows = _columns(grid, header, VINTAGES).with_columns(is_rounded=pl.col("note") == ROUNDED)
    candidates = rows.select(
        series=pl.when("is_rounded")
        .then(pl.lit("received_percent_gdp_rounded"))
        .otherwise(pl.lit("received_percent_gdp")),
        reported_area="iso3",
        reported_period="reference_year",
        reported_edition="vintage_date",
        reported_value="value_percent_gdp",
        place=pl.format("row {}", ROW),
    )
    carriers = rows.group_by("carrier").len().sort("carrier").iter_rows()
    details = {"carried_by": "; ".join(f"{carrier}: {count}" for carrier, count in carriers)}
    latest = candidates["reported_edition"].max()
    return Reading(str(latest), {"published_figures": candidates}, details=details)


def read_panel(delivery: Delivery) -> Reading:
    """One row per country and year; only the share is read, the two Russian series beside it are repeated."""
    grid, header = _open(delivery, PANEL, FEWEST_IN_PANEL)
    rows = _columns(grid, header, PANEL)
    edition = PANEL_EDITIONS.get(str(rows["year"].max()))
    candidates = rows.select(
        series=pl.lit("received_percent_gdp"),
        reported_area="iso3c",
        reported_period="year",
        reported_edition=pl.lit(edition, pl.String),
        reported_value="remit_gdp",
        place=pl.format("row {}", ROW),
    )
    others = [label for label in grid.cells(header) if label not in PANEL]
    return Reading(
        edition, {"published_figures": candidates}, details={"columns_not_read": ", ".join(others)}
    )


def _open(delivery: Delivery, expected: tuple[str, ...], fewest: int) -> tuple[Grid, int]:
    grid = read_text(delivery, encoding=encoding_of(delivery))
    header = find_header(grid, expected, delivery, within=1)
    require_ended(delivery)
    require_full_rows(grid, header, delivery)
    require_rows(grid.text.height - header, fewest, delivery)
    return grid, header


def _columns(grid: Grid, header: int, labels: tuple[str, ...]) -> pl.DataFrame:
    chosen = [pl.col(column_of(grid, header, label)).str.strip_chars().alias(label) for label in labels]
    return grid.text.filter(pl.col(ROW) > header).select(ROW, *chosen)


LAYOUTS = (
    Layout(
        "vintages",
        SOURCE,
        "text with iso3, reference_year, vintage_date, value_percent_gdp, carrier, note",
        _is_vintages,
        read_vintages,
    ),
    Layout("panel", SOURCE, "text panel with iso3c, country, year, remit_gdp", _is_panel, read_panel),
)

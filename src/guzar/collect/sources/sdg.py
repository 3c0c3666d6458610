"""SDG Global Database: series on migration, remittances and migrant workers.

In: a text with one row per series, area, year and breakdown. Out: PublishedFigures; the breakdown by policy
domain or migratory status is part of the series (`SG_CPA_MIGRS.domain1`), `nature` is the publisher's own
mark of what kind of number it is. The value `N` is no value.
Source: United Nations Statistics Division, SDG Global Database.
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, column_of, find_header, read_text
from guzar.collect.headers import (
    encoding_of,
    first_row,
    require_ended,
    require_full_rows,
    require_rows,
    year_in_name,
)

SOURCE = "sdg"
COLUMNS = (
    "indicator",
    "series",
    "m49",
    "iso3",
    "area_name",
    "year",
    "value",
    "unit",
    "nature",
    "sex",
    "migratory_status",
    "policy_domain",
)
NOT_SPECIFIED = "notspec"
FEWEST_ROWS = 5000  # the series on migration alone fill more than 10,000 rows


def _is_series(delivery: Delivery) -> bool:
    return {"indicator", "series", "m49", "nature", "migratory_status"} <= set(first_row(delivery))


def read_series(delivery: Delivery) -> Reading:
    """All series of the delivery. The file prints no date: its name holds the year of the database."""
    grid = read_text(delivery, encoding=encoding_of(delivery))
    header = find_header(grid, COLUMNS, delivery, within=1)
    require_ended(delivery)
    require_full_rows(grid, header, delivery)
    chosen = [pl.col(column_of(grid, header, label)).str.strip_chars().alias(label) for label in COLUMNS]
    rows = grid.text.filter(pl.col(ROW) > header).select(ROW, *chosen)
    require_rows(rows.height, FEWEST_ROWS, delivery)
    candidates = rows.select(
        series=_series(),
        reported_area=pl.when(pl.col("iso3") != "").then("iso3").otherwise("m49"),
        reported_sex=_sex(),
        reported_period="year",
        reported_status="nature",
        reported_value="value",
        place=pl.format("row {}", ROW),
    )
    details = {"edition_from": "the name of the file"}
    return Reading(year_in_name(delivery), {"published_figures": candidates}, details=details)


def _series() -> pl.Expr:
    """The series with its breakdown, where it has one."""
    by = [
        pl.when(~pl.col(column).is_in(["", NOT_SPECIFIED])).then(pl.col(column))
        for column in ("policy_domain", "migratory_status")
    ]
    breakdown = pl.coalesce(*by)
    return (
        pl.when(breakdown.is_null())
        .then("series")
        .otherwise(pl.concat_str("series", breakdown, separator="."))
    )


def _sex() -> pl.Expr:
    """The publisher writes `bothsex`; empty where a series has no sexes."""
    return pl.when(pl.col("sex") != "").then(pl.col("sex").replace("bothsex", "both sexes"))


LAYOUTS = (
    Layout(
        "series",
        SOURCE,
        "text with indicator, series, m49, iso3, area_name, year, value, nature and breakdowns",
        _is_series,
        read_series,
    ),
)

"""Gaskin and Abel: net migration by country and year, model estimates and the national figures they compiled.

In: the table of the model's mean and standard deviation, or the table of figures from national statistical
offices; both CSV, persons. Out: PublishedFigures.
Source: Gaskin and Abel, https://github.com/ThGaskin/Migration_flows, arXiv:2506.22821 (June 2025).
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW
from guzar.collect.headers import first_row, require_rows
from guzar.collect.tables import open_text_table
from guzar.errors import DeliveryRefused

SOURCE = "net_migration_model"
MODEL = ["year", "iso3", "net_migration_mean", "net_migration_std"]
NATIONAL = ["Year", "Country ISO", "Net Number of Migrants"]
FEWEST_COUNTRIES = 200  # the model covers 231
EDITIONS = {"2023": "2025-06"}  # first put out with arXiv:2506.22821; the last year tells it from a later one
MOST_NATIONAL = (
    100  # the national figures cover 30; the same columns with more are World Population Prospects
)


def read_model(delivery: Delivery) -> Reading:
    """Mean and standard deviation of the model, one row per country and year."""
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    require_rows(table["iso3"].n_unique(), FEWEST_COUNTRIES, delivery)
    long = table.unpivot(
        MODEL[2:], index=[ROW, "iso3", "year"], variable_name="series", value_name="reported_value"
    )
    candidates = long.select(
        "series",
        "reported_value",
        reported_area="iso3",
        reported_sex=pl.lit("total"),
        reported_period="year",
        place=pl.format("row {}, column {}", ROW, "series"),
    )
    return Reading(EDITIONS.get(str(candidates["reported_period"].max())), {"published_figures": candidates})


def read_national(delivery: Delivery) -> Reading:
    """Figures of national statistical offices, one row per country and year."""
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    countries = table["Country ISO"].n_unique()
    if countries > MOST_NATIONAL:
        raise DeliveryRefused(
            "{name} holds estimates for the whole world, not figures of national statistical offices.",
            where="{name}, {countries} countries",
            expected="at most {most} countries",
            do="Collect it as: guzar collect world_population {name}",
            name=delivery.name,
            countries=countries,
            most=MOST_NATIONAL,
        )
    candidates = table.select(
        series=pl.lit("national_offices"),
        reported_area="Country ISO",
        reported_sex=pl.lit("total"),
        reported_period=pl.col("Year").str.strip_suffix(".0"),
        reported_value="Net Number of Migrants",
        place=pl.format("row {}", ROW),
    )
    return Reading(EDITIONS.get(str(candidates["reported_period"].max())), {"published_figures": candidates})


LAYOUTS = (
    Layout(
        "model",
        SOURCE,
        f"table with the columns {', '.join(MODEL)}",
        lambda delivery: set(MODEL) <= set(first_row(delivery)),
        read_model,
    ),
    Layout(
        "national",
        SOURCE,
        f"table with the columns {', '.join(NATIONAL)}",
        lambda delivery: set(NATIONAL) <= set(first_row(delivery)),
        read_national,
    ),
)

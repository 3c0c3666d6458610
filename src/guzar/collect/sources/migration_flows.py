"""Abel and Cohen: bilateral flows over five years, estimated from UN migrant stocks by six methods.

In: the table (Parquet or CSV) origin × destination × period × method × sex × type, non-zero cells only. Out:
PublishedFigures, one series per method, and per part (outward, return, transit) where the method gives parts.
A figure is the number of people who lived in one country at the start and in another at the end of five years:
a transition, not five yearly flows. Men and women are estimated apart and do not add up to the total.
Source: Abel and Cohen (2019), Scientific Data 6:82, doi 10.6084/m9.figshare.7731233; by sex (2022),
doi 10.6084/m9.figshare.12845711.
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW
from guzar.collect.headers import first_row
from guzar.collect.tables import PARQUET, open_parquet, open_table
from guzar.errors import DeliveryRefused

SOURCE = "migration_flows"
COLUMNS = ["year0", "sex", "type", "method", "orig", "dest", "flow"]
EDITIONS = {2015: "2022"}  # the start of the last period tells the edition
LENGTH = 5  # years of a period
FEWEST_DESTINATIONS = 200  # the table lists 231


def read_flows(delivery: Delivery) -> Reading:
    """One row per corridor, period, method, sex and part; persons in five years."""
    table = open_table(delivery).with_row_index(ROW, offset=1)
    start = pl.col("year0").cast(pl.String).str.extract(r"^(\d{4})$").cast(pl.Int32)
    edition = _edition(table.select(start.max()).item(), table["dest"].n_unique(), delivery)
    number = pl.col("flow").cast(pl.Float64) if table["flow"].dtype.is_numeric() else pl.lit(None, pl.Float64)
    method, part = pl.col("method").cast(pl.String), pl.col("type").cast(pl.String)
    candidates = table.select(
        series=pl.when(part == "total").then(method).otherwise(pl.concat_str(method, part, separator="_")),
        reported_area=pl.col("dest").cast(pl.String),
        reported_counterpart=pl.col("orig").cast(pl.String),
        reported_sex=pl.col("sex").cast(pl.String),
        reported_period=pl.coalesce(
            pl.format("{}-{}", start, start + LENGTH), pl.col("year0").cast(pl.String)
        ),
        reported_value=pl.col("flow").cast(pl.String),
        value=number,
        place=pl.format("row {}", ROW),
    )
    return Reading(edition, {"published_figures": candidates})


def _edition(last: int | None, destinations: int, delivery: Delivery) -> str:
    if last in EDITIONS and destinations >= FEWEST_DESTINATIONS:
        return EDITIONS[last]
    raise DeliveryRefused(
        "{name} is of no edition of the flow estimates that guzar knows, or was cut short.",
        where="{name}, last period from {last}, {found} destinations",
        expected="periods up to 2015-2020 and at least {fewest} destinations",
        do="Fetch the file again, whole and unchanged, from the publisher.",
        name=delivery.name,
        last=last or "-",
        found=destinations,
        fewest=FEWEST_DESTINATIONS,
    )


def _is_flow_table(delivery: Delivery) -> bool:
    columns = open_parquet(delivery).columns if delivery.content[:4] == PARQUET else first_row(delivery)
    return set(COLUMNS) <= set(columns)


LAYOUTS = (
    Layout("flows", SOURCE, f"table with the columns {', '.join(COLUMNS)}", _is_flow_table, read_flows),
)

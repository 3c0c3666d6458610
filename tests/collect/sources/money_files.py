"""The published files on remittances, prices, GDP and World Bank stocks, and how tests read them once."""

from functools import cache
from pathlib import Path

import polars as pl

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, Reading, choose_layout, take_delivery
from guzar.collect.sources import layouts
from guzar.process.harmonise import harmonise

SOURCE_OF_FILE = {
    "remittances/wdi-2023-05-received-usd.xls": "world_bank",
    "remittances/wdi-2023-05-paid-usd.xls": "world_bank",
    "remittances/wdi-2023-05-received-percent-gdp.xls": "world_bank",
    "remittances/wdi-2021-09-paid-usd.csv": "world_bank",
    "remittance-prices/wdi-2023-05-cost-from-country-percent.xls": "world_bank",
    "remittance-prices/wdi-2023-05-cost-to-country-percent.xls": "world_bank",
    "remittances/received-percent-gdp-vintages.csv": "world_bank_as_carried",
    "remittances/panel-kgz-tjk-uzb-2009-2024.csv": "world_bank_as_carried",
    "remittances/knomad-2014-04-inflows.xls": "knomad",
    "remittances/knomad-2023-06-inflows.xlsx": "knomad",
    "remittances/knomad-2023-06-outflows.xlsx": "knomad",
    "remittances/world-bank-2011-bilateral-remittances-latin1.csv": "bilateral_remittances",
    "remittances/world-bank-2017-bilateral-remittances.xlsx": "bilateral_remittances",
    "remittances/world-bank-2018-bilateral-remittances.csv": "bilateral_remittances",
    "stocks/world-bank-2000-bilateral-migrant-stocks.csv": "world_bank_stock",
    "stocks/world-bank-2017-bilateral-migrant-stocks.xlsx": "world_bank_stock",
    "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv": "remittance_prices",
    "remittance-prices/rpw-quotes-2011q1-2014q2.parquet": "remittance_prices",
    "remittance-prices/corridor-cost-fraction-2017.csv": "remittance_prices",
    "macro/gdp-and-exchange-rate-1960-2023.csv": "gdp",
    "sdg/sdg-migration-series-2020.csv": "sdg",
}
# Files that do not print their date of publication.
EDITION_OF_FILE = {"remittance-prices/corridor-cost-fraction-2017.csv": "2018"}


def read(delivery: Delivery, source: str) -> Reading:
    """The delivery as its source's layout reads it; raises DeliveryRefused."""
    return choose_layout(layouts()[source], delivery, source).read(delivery)


@cache
def read_file(shared: Path, file: str) -> Reading:
    """A published file as its layout reads it."""
    return read(take_delivery(shared / "data" / file), SOURCE_OF_FILE[file])


@cache
def sifted(shared: Path, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Figures and refused rows of a published file."""
    return quarantine.sift(read_file(shared, file).tables["published_figures"], SOURCE_OF_FILE[file])


@cache
def observed(shared: Path, file: str) -> pl.DataFrame:
    """Observations made from a published file."""
    edition = read_file(shared, file).edition or EDITION_OF_FILE[file]
    return harmonise(sifted(shared, file)[0], source=SOURCE_OF_FILE[file], edition=edition)


def only(rows: pl.DataFrame, **chosen: object) -> dict[str, object]:
    """The one row with these values; fails where there are none or several."""
    found = rows.filter(**chosen)
    assert found.height == 1, f"{found.height} rows for {chosen}"
    return found.row(0, named=True)


def value(rows: pl.DataFrame, **chosen: object) -> float:
    """The value of the one row chosen."""
    number = only(rows, **chosen)["value"]
    assert isinstance(number, float), chosen
    return number

"""The published files in ../shared/data, the source that each belongs to, and how tests read them once."""

from functools import cache
from pathlib import Path

import polars as pl

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, Reading, choose_layout, take_delivery
from guzar.collect.sources import layouts
from guzar.process.harmonise import harmonise

STOCK_2020 = "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet"
STOCK_2019 = "stocks/un-desa-2019-stock-by-origin-destination-sex.parquet"
BOOK_2020 = "stocks/un-desa-2020-stock-by-destination-sex.xlsx"
BOOK_2019 = "stocks/un-desa-2019-stock-by-destination-sex.xlsx"
WIDE_2019 = "stocks/un-desa-2019-stock-by-origin-destination-wide.csv"
TOTALS_2019 = "stocks/un-desa-2019-stock-by-destination-latin1.csv"
FLOWS = "flows-published/abel-cohen-1990-2020-flows-by-method-sex-type.parquet"
RATES = "population/wpp-2022-2024-rates-and-derived-population.parquet"
ROUNDED = "population/wpp-2024-net-migration-rounded-persons.csv"
UNHCR_STOCK = "refugees/unhcr-population-stock.parquet"
APPLICATIONS = "refugees/unhcr-asylum-applications.parquet"
DECISIONS = "refugees/unhcr-asylum-decisions.parquet"
GROUPS = "refugees/unhcr-demographics-2025.parquet"
CONFLICT = "refugees/unhcr-conflict-displaced-idmc.parquet"
CENTRAL_ASIA_TREATIES = "treaties/central-asia-treaty-status-2015-and-2022.csv"
MEMBER_TREATIES = "treaties/human-rights-treaty-status-2022.csv"
MONEY_FILES = {
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
PEOPLE_FILES = {
    STOCK_2020: "un_migrant_stock",
    STOCK_2019: "un_migrant_stock",
    BOOK_2020: "un_migrant_stock",
    BOOK_2019: "un_migrant_stock",
    WIDE_2019: "un_migrant_stock",
    TOTALS_2019: "un_migrant_stock",
    "population/wpp-2019-net-migration-5-year.txt": "world_population",
    "population/wpp-2019-population-female-5-year-age.txt": "world_population",
    "population/wpp-2019-population-male-5-year-age.txt": "world_population",
    "population/wpp-2022-births.txt": "world_population",
    "population/wpp-2022-deaths.txt": "world_population",
    "population/wpp-2022-net-migration.txt": "world_population",
    "population/wpp-2024-births.txt": "world_population",
    "population/wpp-2024-deaths.txt": "world_population",
    "population/wpp-2024-net-migration.txt": "world_population",
    RATES: "world_population",
    ROUNDED: "world_population",
    "population/gaskin-abel-net-migration-1990-2023.csv": "net_migration_model",
    "population/net-migration-national-offices-1990-2023.csv": "net_migration_model",
    UNHCR_STOCK: "refugees",
    APPLICATIONS: "refugees",
    DECISIONS: "refugees",
    GROUPS: "refugees",
    CONFLICT: "refugees",
    "refugees/unhcr-new-displacement-flows.parquet": "refugees",
    "refugees/unhcr-returns-resettlement-naturalisation.parquet": "refugees",
    FLOWS: "migration_flows",
    CENTRAL_ASIA_TREATIES: "treaties",
    MEMBER_TREATIES: "treaties",
}
SOURCES = MONEY_FILES | PEOPLE_FILES
# Editions of files that do not print their date of publication.
UNDATED_FILES = {"remittance-prices/corridor-cost-fraction-2017.csv": "2018"}
UNDATED_SOURCES = {"refugees": "2025-12"}


def read(delivery: Delivery, source: str) -> Reading:
    """The delivery as its source's layout reads it; raises DeliveryRefused."""
    return choose_layout(layouts()[source], delivery, source).read(delivery)


@cache
def read_file(shared: Path, file: str) -> Reading:
    """A published file as its layout reads it."""
    return read(take_delivery(shared / "data" / file), SOURCES[file])


@cache
def sifted(shared: Path, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Figures and refused rows of a published file."""
    return quarantine.sift(read_file(shared, file).tables["published_figures"], SOURCES[file])


@cache
def observed(shared: Path, file: str) -> pl.DataFrame:
    """Observations made from a published file."""
    source = SOURCES[file]
    edition = read_file(shared, file).edition or UNDATED_FILES.get(file) or UNDATED_SOURCES[source]
    return harmonise(sifted(shared, file)[0], source=source, edition=edition)

"""The published files on migrants, population, refugees, flows and treaties, and how tests read them once."""

import io
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
CONFLICT = "refugees/unhcr-conflict-displaced-idmc.parquet"
CENTRAL_ASIA_TREATIES = "treaties/central-asia-treaty-status-2015-and-2022.csv"
MEMBER_TREATIES = "treaties/human-rights-treaty-status-2022.csv"
SOURCE_OF_FILE = {
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
    CONFLICT: "refugees",
    "refugees/unhcr-new-displacement-flows.parquet": "refugees",
    "refugees/unhcr-returns-resettlement-naturalisation.parquet": "refugees",
    FLOWS: "migration_flows",
    CENTRAL_ASIA_TREATIES: "treaties",
    MEMBER_TREATIES: "treaties",
}
UNDATED = {"refugees": "2025-12"}  # editions of files that do not tell theirs


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
    source = SOURCE_OF_FILE[file]
    return harmonise(
        sifted(shared, file)[0], source=source, edition=read_file(shared, file).edition or UNDATED[source]
    )


def as_parquet(table: pl.DataFrame) -> bytes:
    """The bytes of a Parquet file."""
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()

"""The published stock tables, read once by guzar's own readers."""

from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from hypothesis import settings

from guzar.collect import quarantine
from guzar.collect.delivery import choose_layout, take_delivery
from guzar.collect.sources import layouts
from guzar.define.tables.figures import Observations
from guzar.process.harmonise import harmonise

# Steps on tables cost milliseconds each, and machines that run the tests are busy.
settings.register_profile("tables", deadline=None, max_examples=30)
settings.load_profile("tables")

FILES = (
    "un-desa-2019-stock-by-origin-destination-sex.parquet",
    "un-desa-2019-stock-by-destination-sex.xlsx",
    "un-desa-2020-stock-by-origin-destination-sex.parquet",
    "un-desa-2020-stock-by-destination-sex.xlsx",
)


def _read(path: Path) -> pl.DataFrame:
    delivery = take_delivery(path)
    reading = choose_layout(layouts()["un_migrant_stock"], delivery, "un_migrant_stock").read(delivery)
    figures, _ = quarantine.sift(reading.tables["published_figures"], "un_migrant_stock")
    return harmonise(figures, source="un_migrant_stock", edition=str(reading.edition))


@pytest.fixture(scope="session")
def published_stocks(shared: Path) -> dy.DataFrame[Observations]:
    """Observations of both revisions, cells and totals, as harmonised and before any mark."""
    return Observations.validate(pl.concat([_read(shared / "data" / "stocks" / file) for file in FILES]))

"""A small made-up release: two editions, two subjects, every status, a quarter and a span of years."""

from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from guzar.define.columns import edition, value
from guzar.define.publishers import guzar_itself
from guzar.define.structures import EVIDENCE
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ReleasedFigures, ReleasedTable
from guzar.protect.release import release_public_figures, release_public_table
from guzar.share.editions import name_release, write_release

DATE = "2026-11-21"
WITHOUT_NUMBER = {"withheld": "~", "not_known": ".."}


class Remarks(dy.Schema):
    """One row per edition: a made-up table beside the figures."""

    edition = edition(primary_key=True)
    value = value(nullable=True)


def make_observations() -> dy.DataFrame[Observations]:
    """Migrant stocks and a population, made up; `NAM` is Namibia and no missing mark."""
    definitions = {
        "un_stock_by_origin": ("migrant_stock", "persons", 1000.0),
        "un_stock_female_percent": ("migrant_stock_female_percent", "percent", 51.25),
        "un_stock_population": ("population_mid_year_wpp2019", "persons", 6_000_000.0),
    }
    rows = []
    for definition, (indicator, unit, start) in definitions.items():
        for number, status in enumerate(EVIDENCE):
            for area in ("KGZ", "NAM"):
                for one in ("2019-08", "2020-12"):
                    held = None if status in WITHOUT_NUMBER else start + number / 4 + len(rows)
                    rows.append(
                        (
                            indicator,
                            area,
                            "_T",
                            "F",
                            str(2000 + number),
                            2000 + number,
                            held,
                            unit,
                            definition,
                            "un_migrant_stock",
                            one,
                            status,
                            1999 if held else None,
                            WITHOUT_NUMBER.get(status),
                        )
                    )
    stock = ("persons", "un_stock_by_origin", "un_migrant_stock", "2020-12", "estimated", None, None)
    rows.append(("migrant_stock", "KGZ", "TJK", "_T", "2015-2020", 2015, 1.5e10, *stock))
    rows.append(("migrant_stock", "KGZ", "TJK", "_T", "2014-Q2", 2014, 0.0, *stock))
    made = pl.DataFrame(rows, schema=Observations.column_names(), orient="row", infer_schema_length=None)
    return Observations.validate(made, cast=True)


@pytest.fixture(scope="session")
def observations() -> dy.DataFrame[Observations]:
    return make_observations()


@pytest.fixture(scope="session")
def figures(observations: dy.DataFrame[Observations]) -> dy.DataFrame[ReleasedFigures]:
    return release_public_figures(observations)


@pytest.fixture(scope="session")
def extra() -> dict[str, ReleasedTable]:
    frame = pl.DataFrame({"edition": ["2019-08", "2020-12"], "value": [1.5, None]})
    return {"remarks": release_public_table("remarks", Remarks, frame)}


@pytest.fixture(scope="session")
def release(figures, extra, tmp_path_factory) -> Path:
    """A folder with a whole release."""
    folder = tmp_path_factory.mktemp("release")
    made_from = [{"file": "a.xlsx", "sha256": "0"}]
    named = name_release(figures, extra, date=DATE, made_from=made_from, publisher=guzar_itself())
    write_release(
        folder, figures, extra, release=named, date=DATE, made_from=made_from, publisher=guzar_itself()
    )
    return folder

"""The figures that ship: small, complete with source, edition and licence, and equal to what the readers make."""

import io
from pathlib import Path

import polars as pl
import pytest
from tests.journey.test_analysed_observations import observations, workspace  # noqa: F401 - fixtures

import guzar
from guzar.define.areas import THE_TWELVE, areas, regions
from guzar.define.definitions import definitions
from guzar.define.sources import sources
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.remittances import CorridorPrices
from guzar.define.tables.treaties import TreatyActions
from guzar.reference import SHIPPED_COLUMNS, shipped_files, shipped_observations, shipped_table

LIMIT_BYTES = 5_500_000
KEYS = ["indicator", "area", "counterpart", "sex", "period", "definition", "source", "edition"]


@pytest.fixture(scope="module")
def shipped() -> pl.DataFrame:
    """All shipped observations."""
    return shipped_observations()


def test_the_shipped_figures_are_small() -> None:
    """At most five megabytes, tables beside the observations included."""
    folder = Path(guzar.__file__).parent / "reference"
    size = sum(file.stat().st_size for file in folder.rglob("*.csv"))
    assert 500_000 < size <= LIMIT_BYTES


def test_every_value_has_source_edition_and_licence() -> None:
    """No empty cell among them, one source and edition per file, named as the file."""
    assert shipped_files()
    for name, content in shipped_files().items():
        rows = pl.read_csv(io.BytesIO(content), infer_schema=False)
        assert rows.columns == list(SHIPPED_COLUMNS)
        assert rows.select("source", "edition", "licence").null_count().sum_horizontal().item() == 0, name
        assert {f"{s}_{e}.csv" for s, e in rows.select("source", "edition").unique().iter_rows()} == {name}
        assert set(rows["licence"]) == {sources()[rows["source"][0]].licence}, name


def test_files_are_in_a_fixed_order_and_compact() -> None:
    """Sorted rows make a change readable; whole numbers have no decimal point."""
    for name, content in shipped_files().items():
        rows = pl.read_csv(io.BytesIO(content), infer_schema=False)
        key = ["definition", "area", "counterpart", "sex", "period"]
        assert rows.equals(rows.sort(key)), name
        assert not rows.select(key).is_duplicated().any(), name
        assert rows.filter(pl.col("value").str.ends_with(".0")).height == 0, name


def test_shipped_areas_and_definitions_are_known(shipped: pl.DataFrame) -> None:
    """Nothing ships that the code lists do not name."""
    assert set(shipped["definition"]) <= set(definitions())
    known = {*areas()["code"], *regions(), "_T", "_Z"}
    assert set(shipped["area"]) | set(shipped["counterpart"]) <= known
    assert set(THE_TWELVE) <= set(shipped["area"])


@pytest.mark.parametrize(
    "indicator",
    [
        "migrant_stock",
        "emigrant_stock",
        "emigrant_stock_female_percent",
        "population",
        "births",
        "deaths",
        "net_migration",
        "remittances_received_usd",
        "remittances_paid_usd",
        "remittances_received_percent_gdp",
        "remittances_bilateral_usd",
        "gdp_usd",
        "refugees",
        "asylum_seekers",
        "stateless_persons",
        "internally_displaced",
        "migration_flow_5y",
    ],
)
def test_the_twelve_have_every_main_indicator(shipped: pl.DataFrame, indicator: str) -> None:
    """Each of the twelve has a number, but where the publisher has none."""
    held = set(shipped.filter((pl.col("indicator") == indicator) & pl.col("value").is_not_null())["area"])
    without = {"internally_displaced": set(THE_TWELVE) - {"ARM", "AZE", "GEO", "RUS", "UKR"}}
    assert set(THE_TWELVE) - without.get(indicator, set()) <= held


def test_the_share_of_uzbekistan_in_2022_was_revised(shipped: pl.DataFrame) -> None:
    """20.63 became 17.22 between editions: a revision, not a fall."""
    series = shipped.filter(
        (pl.col("definition") == "wb_carried_received_percent_gdp")
        & (pl.col("area") == "UZB")
        & (pl.col("period") == "2022")
    )
    revisions = journey_revisions(series)
    step = revisions.filter((pl.col("earlier_value") == 20.63) & (pl.col("later_value") == 17.22)).row(
        0, named=True
    )
    assert (step["change_kind"], step["from_edition"]) == ("revision", "2024-07-25")


def journey_revisions(series: pl.DataFrame) -> pl.DataFrame:
    """Revisions of one series."""
    from guzar.analyse.revisions import list_growth, list_revisions

    assert list_growth(series).height == 0  # one period has no growth
    return list_revisions(series)


def test_shipped_stocks_are_those_of_the_readers(shipped: pl.DataFrame, observations: pl.DataFrame) -> None:  # noqa: F811
    """Every shipped row of the migrant stock equals the row of a workspace with the same deliveries."""
    stocks = shipped.filter(pl.col("source") == "un_migrant_stock")
    joined = stocks.join(observations, on=KEYS, how="left", suffix="_read", nulls_equal=True)
    assert joined.filter(pl.col("year_read").is_null()).height == 0
    for column in ("value", "observation_status", "last_observed", "missing_mark", "unit"):
        assert joined.filter(~pl.col(column).eq_missing(pl.col(f"{column}_read"))).height == 0, column


def test_tables_beside_the_observations_hold_the_twelve() -> None:
    """Treaties, prices and verdicts ship too, for the areas that the pages are about."""
    verdicts = shipped_table("destination_evidence", DestinationEvidence)
    assert set(verdicts["area"]) == set(THE_TWELVE)
    assert verdicts.filter((pl.col("to_year") == 2020) & pl.col("is_frozen")).height == 11
    treaties = shipped_table("treaties", TreatyActions)
    assert {"KAZ", "KGZ", "TJK", "TKM", "UZB"} <= set(treaties["area"])
    prices = shipped_table("corridor_prices", CorridorPrices)
    assert set(prices["amount_sent_usd"]) == {200, 500}
    assert "smart" in set(prices["average_kind"])

"""Remittance prices: corridor averages by quarter, quotes one by one, yearly means as fractions."""

import io
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_codes, text
from tests.collect.sources.money_files import observed, only, read, read_file, sifted, value

from guzar.collect import price_quotes, quarantine
from guzar.collect.delivery import Delivery, take_delivery
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

SOURCE = "remittance_prices"
AVERAGES = "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv"
QUOTES = "remittance-prices/rpw-quotes-2011q1-2014q2.parquet"
FRACTIONS = "remittance-prices/corridor-cost-fraction-2017.csv"
LABELS: list[Cell] = [
    "Sending Countries Name",
    "Sending Countries Code",
    "Series Name",
    "Series Code",
    "Receiving Countries  Name",
    "Receiving Countries  Code",
    "2020Q2 [YR2020Q2]",
    "2020Q3 [YR2020Q3]",
]


def _averages(updated: str) -> Delivery:
    codes = country_codes(60)
    body: list[list[Cell]] = [
        ["x", a, "y", "ATCR.CORR", "z", b, "..", -0.5 if (a, b) == ("RUS", "KGZ") else 2.5]
        for a in codes
        for b in codes
        if a != b
    ]
    notes: list[list[Cell]] = [
        [""] * 8,
        ["Data from database: made up", *[""] * 7],
        [f"Last Updated: {updated}", *[""] * 7],
    ]
    return text([LABELS, *body, *notes])


@pytest.mark.parametrize(
    ("updated", "edition"),
    [
        ("12/07/2020", "2020-12-07"),
        ("12/31/2020", "2020-12-31"),
        ("31/12/2020", "2020-12-31"),
        ("07/12/2020", "2020-12-07"),
        ("07/08/2020", None),
        ("soon", None),
    ],
)
def test_a_date_that_precedes_the_data_cannot_be_meant(updated: str, edition: str | None) -> None:
    assert read(_averages(updated), SOURCE).edition == edition


def test_averages_by_quarter() -> None:
    reading = read(_averages("12/07/2020"), SOURCE)
    figures, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    assert (figures.height, refused.height, len(reading.notes)) == (60 * 59 * 2, 0, 2)
    held = harmonise(figures, source=SOURCE, edition="2020-12-07")
    assert value(held, counterpart="RUS", area="KGZ", period="2020-Q3") == -0.5, (
        "a promotion may outweigh the fee"
    )
    missing = only(held, counterpart="RUS", area="TJK", period="2020-Q2")
    assert (missing["value"], missing["missing_mark"], missing["observation_status"]) == (
        None,
        "..",
        "not_known",
    )


def test_published_averages_are_taken_whole(shared: Path) -> None:
    figures, refused = sifted(shared, AVERAGES)
    assert (figures.height, refused.height) == (5328 * 35, 0)
    assert read_file(shared, AVERAGES).edition == "2020-12-07"
    numbers = observed(shared, AVERAGES).filter(pl.col("value").is_not_null())
    assert numbers.select("counterpart", "area").unique().height == 377


def test_fractions_become_per_cent(shared: Path) -> None:
    held = observed(shared, FRACTIONS)
    assert value(held, counterpart="NAM", area="AGO") == pytest.approx(22.50208333333333, rel=1e-12)
    assert set(held["indicator"]) == {"remittance_cost_percent"}
    assert (set(held["period"]), set(held["definition"])) == ({"2017"}, {"rpw_corridor_mean_2017"})
    assert read_file(shared, FRACTIONS).edition is None, "the compiler prints no date: --edition must tell it"


def _changed(shared: Path, **changes: pl.Expr) -> Delivery:
    whole = take_delivery(shared / "data" / QUOTES)
    table = pl.read_parquet(io.BytesIO(whole.content)).head(2000).with_row_index("i")
    out = io.BytesIO()
    table.with_columns(**changes).drop("i").write_parquet(out)
    return replace(whole, content=out.getvalue())


def _first(expression: pl.Expr, column: str) -> pl.Expr:
    return pl.when(pl.col("i") == 0).then(expression).otherwise(pl.col(column))


@pytest.mark.parametrize(
    ("column", "harm", "reason", "rows"),
    [
        ("source", pl.lit("Atlantis"), quarantine.UNKNOWN_AREA, 1),
        ("source", pl.lit("EGY"), price_quotes.SAME_ENDS, 1),
        ("period", pl.lit("Q1 of 2011"), quarantine.UNKNOWN_PERIOD, 1),
        ("cc1.lcu.fee", pl.lit(-1.0), quarantine.NEGATIVE, 1),
        ("id", pl.lit(None), price_quotes.NO_NUMBER_OF_ITS_OWN, 1),
        ("id", pl.col("id").shift(-1), quarantine.CONTRADICTS, 2),
    ],
)
def test_a_wrong_quote_is_set_aside(shared: Path, column: str, harm: pl.Expr, reason: str, rows: int) -> None:
    reading = read(_changed(shared, **{column: _first(harm, column)}), SOURCE)
    refused = reading.tables["refused_rows"]
    assert refused["reason"].to_list() == [reason] * rows
    assert reading.tables["published_price_quotes"].height + refused.height == 2000


def test_a_negative_margin_stays(shared: Path) -> None:
    changed = _changed(shared, **{"cc1.fx.margin": _first(pl.lit(-3.0), "cc1.fx.margin")})
    assert read(changed, SOURCE).tables["refused_rows"].is_empty()


def test_every_published_quote_is_kept(shared: Path) -> None:
    reading = read_file(shared, QUOTES)
    assert reading.tables["published_price_quotes"].height == 28467
    assert reading.tables["refused_rows"].is_empty()
    assert reading.details["columns_not_read"] == "year, price, iso3c, dyad, cashout"


def test_quotes_without_a_column_are_refused(shared: Path) -> None:
    whole = take_delivery(shared / "data" / QUOTES)
    out = io.BytesIO()
    pl.read_parquet(io.BytesIO(whole.content)).drop("firm").write_parquet(out)
    with pytest.raises(DeliveryRefused, match="missing: firm"):
        read(replace(whole, content=out.getvalue()), SOURCE)

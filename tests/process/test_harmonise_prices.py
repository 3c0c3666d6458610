"""Price quotes: codes, quarter, speed in hours; prices stay as quoted."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.money_files import read_file

from guzar.define.tables.prices import PublishedPriceQuotes
from guzar.process.harmonise_prices import LONGEST_WAIT_HOURS, harmonise_prices

QUOTES = "remittance-prices/rpw-quotes-2011q1-2014q2.parquet"


def _quote(**changes: object) -> pl.DataFrame:
    row: dict[str, object] = dict.fromkeys(PublishedPriceQuotes.column_names()) | {
        "quote_id": "7",
        "reported_area": "Kyrgyz Republic",
        "reported_counterpart": "RUS",
        "reported_period": "2014_2Q",
        "reported_survey_date": "13/May/2014",
        "firm": "Made-up Transfers",
        "speed": "3-5 days",
        "reported_transparent": "yes",
        "amount_local_200": 6300.0,
        "currency_200": "RUB",
        "fee_local_200": 63.0,
        "margin_percent_200": -0.5,
        "total_cost_percent_200": 0.5,
        "place": "row 1",
    }
    schema = {name: column.dtype for name, column in PublishedPriceQuotes.columns().items()}
    return PublishedPriceQuotes.validate(pl.DataFrame([row | changes], schema=schema))


def test_a_quote_gets_codes_quarter_and_hours() -> None:
    made = harmonise_prices(_quote(), source="remittance_prices", edition="2014").row(0, named=True)
    assert (made["counterpart"], made["area"], made["period"], made["year"]) == (
        "RUS",
        "KGZ",
        "2014-Q2",
        2014,
    )
    assert (made["longest_wait_hours"], made["is_transparent"], made["survey_date"]) == (
        120,
        True,
        date(2014, 5, 13),
    )
    assert (made["fee_local_200"], made["margin_percent_200"], made["total_cost_percent_200"]) == (
        63.0,
        -0.5,
        0.5,
    )


@pytest.mark.parametrize(
    ("speed", "hours"),
    [
        ("Less than one hour", 1),
        ("Same day", 24),
        ("Next day", 48),
        ("2 days", 48),
        ("3-5 days", 120),
        ("6 days or more", None),
        ("N/A", None),
        (None, None),
    ],
)
def test_an_open_or_unknown_speed_has_no_upper_end(speed: str | None, hours: int | None) -> None:
    made = harmonise_prices(_quote(speed=speed), source="remittance_prices", edition="2014")
    assert made["longest_wait_hours"].to_list() == [hours]


@pytest.mark.parametrize("transparent", ["perhaps", None])
def test_an_unknown_transparency_is_unknown(transparent: str | None) -> None:
    made = harmonise_prices(
        _quote(reported_transparent=transparent), source="remittance_prices", edition="2014"
    )
    assert made["is_transparent"].to_list() == [None]


def test_published_quotes_lose_nothing(shared: Path) -> None:
    quotes = read_file(shared, QUOTES).tables["published_price_quotes"]
    made = harmonise_prices(quotes, source="remittance_prices", edition="2014")
    assert made.height == quotes.height == 28467
    prices = [name for name in made.columns if name.startswith(("total_cost", "margin", "fee", "amount"))]
    assert made.select("quote_id", *prices).equals(quotes.select("quote_id", *prices))
    assert set(quotes["speed"].str.to_lowercase()) - set(LONGEST_WAIT_HOURS) == {"6 days or more", "n/a"}
    assert made["survey_date"].null_count() == made["is_transparent"].null_count() == 0

"""Prices of transfers: averages, SmaRT, targets, and the recording rule of a margin of 0."""

from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_figures import observed, row
from tests.collect.sources.money_files import observed as read_observed
from tests.collect.sources.money_files import read_file

from guzar.analyse.prices import (
    TOO_FEW,
    average_corridor_prices,
    average_published_years,
    average_years,
    check_price_targets,
    compute_quote_costs,
    flag_fee_only_senders,
    prices_of_corridor,
    take_published_prices,
)
from guzar.define.tables.figures import Observations
from guzar.define.tables.prices import PriceQuotes
from guzar.errors import MethodNotApplicable
from guzar.process.harmonise_prices import harmonise_prices

QUOTES = "remittance-prices/rpw-quotes-2011q1-2014q2.parquet"
AVERAGES = "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv"


def _quote(number: int, cost: float, **rest: Any) -> dict[str, Any]:
    fee = cost - rest.get("margin", 0.0)
    plain = {
        "quote_id": str(number), "source": "remittance_prices", "edition": "2014", "counterpart": "RUS", "area": "TJK",
        "period": "2014-Q1", "year": 2014, "firm": f"firm {number}", "longest_wait_hours": 24, "is_transparent": True,
        "interbank_rate": 2.0,
    }  # fmt: skip
    for usd in (200, 500):
        plain |= {
            f"amount_local_{usd}": 100.0, f"currency_{usd}": "AAA", f"fee_local_{usd}": max(fee, 0.0),
            f"margin_percent_{usd}": rest.get("margin", 0.0), f"total_cost_percent_{usd}": cost,
        }  # fmt: skip
    return plain | {name: value for name, value in rest.items() if name != "margin"}


def _quotes(rows: list[dict[str, Any]]) -> dy.DataFrame[PriceQuotes]:
    schema = {name: column.dtype for name, column in PriceQuotes.columns().items()}
    return PriceQuotes.validate(pl.DataFrame(rows, schema=schema))


def _average(quotes: dy.DataFrame[PriceQuotes], kind: str, usd: int = 200) -> dict[str, Any]:
    prices = average_corridor_prices(quotes)
    return prices.row(
        by_predicate=(pl.col("average_kind") == kind) & (pl.col("amount_sent_usd") == usd), named=True
    )


def test_t4_smart_takes_the_three_cheapest_that_qualify() -> None:
    """Cheaper services that are opaque, take six days or tell no speed do not qualify."""
    quotes = _quotes([
        _quote(1, 0.5, is_transparent=False), _quote(2, 0.6, longest_wait_hours=None, speed="6 days or more"),
        _quote(3, 1.0), _quote(4, 2.0, longest_wait_hours=120), _quote(5, 3.0), _quote(6, 9.0),
        _quote(7, 0.7, is_transparent=None),
    ])  # fmt: skip
    smart = _average(quotes, "smart")
    assert smart["average_cost_percent"] == pytest.approx(2.0)
    assert (smart["services"], smart["services_offered"]) == (3, 7)
    assert _average(quotes, "simple")["average_cost_percent"] == pytest.approx(
        (0.5 + 0.6 + 1 + 2 + 3 + 9 + 0.7) / 7
    )


def test_t4_fewer_than_three_qualifying_services_give_no_value() -> None:
    """No value is better than an average of two; the reason and the number stand beside it."""
    smart = _average(_quotes([_quote(1, 1.0), _quote(2, 2.0), _quote(3, 3.0, is_transparent=False)]), "smart")
    assert smart["average_cost_percent"] is None
    assert (smart["why_no_value"], smart["services"]) == (TOO_FEW, 2)


@given(
    st.lists(
        st.tuples(st.floats(0, 50), st.booleans(), st.sampled_from([1, 24, 120, None])),
        min_size=3,
        max_size=12,
    )
)
def test_smart_is_never_dearer_than_the_qualifying_average(
    offers: list[tuple[float, bool, int | None]],
) -> None:
    """Law: the mean of the three cheapest is at most the mean of all that qualify."""
    quotes = _quotes(
        [
            _quote(i, cost, is_transparent=clear, longest_wait_hours=wait)
            for i, (cost, clear, wait) in enumerate(offers)
        ]
    )
    qualifying = [cost for cost, clear, wait in offers if clear and wait is not None]
    smart = _average(quotes, "smart")["average_cost_percent"]
    assert (smart is None) == (len(qualifying) < 3)
    if smart is not None:
        assert smart <= sum(qualifying) / len(qualifying) + 1e-9


def test_a_year_is_the_mean_of_its_quarters_with_their_number() -> None:
    """Two quarters of a year give their mean and say two; a quarter without a value is not counted."""
    quotes = _quotes([
        _quote(1, 2.0), _quote(2, 4.0, period="2014-Q2"), _quote(3, 5.0, period="2014-Q2"),
        _quote(4, 6.0, period="2014-Q2"),
    ])  # fmt: skip
    years = average_years(average_corridor_prices(quotes)).filter(amount_sent_usd=200)
    simple = years.row(by_predicate=pl.col("average_kind") == "simple", named=True)
    assert (simple["average_cost_percent"], simple["quarters"], simple["period"]) == (3.5, 2, "2014")
    smart = years.row(by_predicate=pl.col("average_kind") == "smart", named=True)
    assert (smart["average_cost_percent"], smart["quarters"]) == (5.0, 1)


def test_targets_are_at_most_five_per_corridor_and_below_three_overall() -> None:
    """Exactly 5 meets the corridor's part; exactly 3 does not meet the part of all services."""
    at_five = check_price_targets(_quotes([_quote(i, 5.0) for i in range(3)]))
    assert dict(at_five.select("target", "is_met").iter_rows()) == {"corridor": True, "all_services": False}
    at_three = check_price_targets(_quotes([_quote(i, 3.0) for i in range(3)])).filter(target="all_services")
    assert at_three["is_met"].to_list() == [False]
    unknown = check_price_targets(_quotes([_quote(1, 2.0)])).filter(target="corridor")
    assert unknown["is_met"].to_list() == [None]


def test_a_margin_of_0_in_every_quote_is_flagged_as_a_recording_rule() -> None:
    """One sender whose quotes never have a margin; transfers in one currency are no evidence for it."""
    quotes = _quotes(
        [
            *[_quote(i, 1.0) for i in range(6)],
            *[_quote(10 + i, 1.0, counterpart="KAZ", margin=0.5 * (i == 0)) for i in range(6)],
            *[_quote(20 + i, 1.0, counterpart="SEN", interbank_rate=1.0) for i in range(6)],
        ]
    )
    flags = dict(flag_fee_only_senders(quotes).select("counterpart", "is_fee_only").iter_rows())
    assert flags == {"RUS": True, "KAZ": False, "SEN": False}


def test_published_quarters_make_the_year() -> None:
    """The yearly indicator is the mean of the published quarters, in its own definition."""
    held = observed([
        row("remittance_cost_quarterly_percent", "TJK", 2018, value, counterpart="RUS", unit="percent",
            period=f"2018-Q{quarter}") for quarter, value in ((1, 1.0), (3, 2.0))
    ])  # fmt: skip
    years = average_published_years(held)
    assert years.select("indicator", "period", "value", "last_observed").rows() == [
        ("remittance_cost_percent", "2018", 1.5, 2018)
    ]
    assert take_published_prices(held)["average_kind"].unique().to_list() == ["published"]


@pytest.mark.parametrize(
    ("corridor", "said"), [("TJK", "is not a corridor"), ("AAA>BBB", "No price is held")]
)
def test_a_corridor_that_is_not_held_is_refused(corridor: str, said: str) -> None:
    """The refusal says how a corridor is written or what to collect."""
    with pytest.raises(MethodNotApplicable) as refused:
        prices_of_corridor(average_corridor_prices(_quotes([_quote(1, 1.0)])), corridor)
    assert said in refused.value.message()


@pytest.fixture(scope="module")
def quotes(shared: Path) -> dy.DataFrame[PriceQuotes]:
    """All quotes of 2011 to 2014, harmonised."""
    printed = read_file(shared, QUOTES).tables["published_price_quotes"]
    return harmonise_prices(printed, source="remittance_prices", edition="2014")


def test_cross_check_13_simple_average_is_the_published_one(
    shared: Path, quotes: dy.DataFrame[PriceQuotes]
) -> None:
    """130 of 130 Russian corridor-quarters, and 73.6 per cent of all shared ones, to 1e-6."""
    simple = average_corridor_prices(quotes).filter(amount_sent_usd=200, average_kind="simple")
    published = take_published_prices(Observations.validate(read_observed(shared, AVERAGES)))
    both = simple.join(published, on=["counterpart", "area", "period"], suffix="_published")
    gap = (pl.col("average_cost_percent") - pl.col("average_cost_percent_published")).abs()
    both = both.with_columns(equal=gap < 1e-6)
    russian = both.filter(counterpart="RUS")
    assert (russian.height, russian["equal"].sum()) == (130, 130)
    assert both.height == 2167
    assert both["equal"].sum() / both.height == pytest.approx(0.736, abs=5e-4)


def test_cross_check_14_cost_is_fee_and_margin(quotes: dy.DataFrame[PriceQuotes]) -> None:
    """Fee and margin give the printed cost within 0.011 points in 99.3 per cent of quotes for 200 dollars."""
    costs = (
        compute_quote_costs(quotes)
        .filter(amount_sent_usd=200)
        .drop_nulls(["recomputed_percent", "cost_percent"])
    )
    fits = (costs["recomputed_percent"] - costs["cost_percent"]).abs() <= 0.011
    assert fits.sum() / costs.height == pytest.approx(0.993, abs=5e-4)


def test_only_russia_records_no_margin(quotes: dy.DataFrame[PriceQuotes]) -> None:
    """Found by the general rule: Russian quotes of 2011 to 2014 all have a margin of 0, at rates other than 1."""
    flagged = flag_fee_only_senders(quotes).filter("is_fee_only")["counterpart"].to_list()
    assert flagged == ["RUS"]


def test_a_year_of_published_prices_does_not_know_services_or_recording_rules() -> None:
    """What the publisher does not print is not known for the year either: neither zero nor no."""
    held = observed([
        row("remittance_cost_quarterly_percent", "TJK", 2018, value, counterpart="RUS", unit="percent",
            period=f"2018-Q{quarter}") for quarter, value in ((1, 1.0), (3, 2.0))
    ])  # fmt: skip
    year = average_years(take_published_prices(held)).row(0, named=True)
    assert (year["average_cost_percent"], year["quarters"]) == (1.5, 2)
    assert (year["services"], year["services_offered"], year["is_fee_only"]) == (None, None, None)

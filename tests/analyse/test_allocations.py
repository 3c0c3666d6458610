"""The three allocations of Ratha and Shaw."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_figures import observed, row

from guzar.analyse.allocations import allocate_remittances, range_of_allocations, send_from_income
from guzar.errors import MethodNotApplicable

RECEIVED = 900.0


def _held(stocks: dict[str, tuple[float, float]], own_income: float = 1000.0) -> list[dict[str, Any]]:
    rows = [
        row("remittances_received_usd", "KGZ", 2020, RECEIVED),
        row("gdp_per_capita_usd", "KGZ", 2020, own_income, counterpart="_Z"),
    ]
    for area, (persons, income) in stocks.items():
        rows.append(row("migrant_stock", area, 2020, persons, counterpart="KGZ", sex="_T", unit="persons"))
        rows.append(row("gdp_per_capita_usd", area, 2020, income, counterpart="_Z"))
    return rows


incomes = st.floats(100, 1e5)
stock = st.dictionaries(
    st.sampled_from(["RUS", "KAZ", "DEU", "USA", "TUR"]), st.tuples(st.floats(1, 1e6), incomes), min_size=1
)


@given(stock, incomes)
def test_t5_every_rule_shares_out_exactly_what_is_received(
    stocks: dict[str, tuple[float, float]], own: float
) -> None:
    """Law: under each of the three rules the amounts add up to the receipts and the shares to one."""
    rules = allocate_remittances(observed(_held(stocks, own)), area="KGZ", year=2020).group_by("allocation_rule").agg(
        pl.col("amount_usd").sum(), pl.col("allocated_share").sum()
    )  # fmt: skip
    assert rules.height == 3
    assert rules["amount_usd"].to_list() == pytest.approx([RECEIVED] * 3)
    assert rules["allocated_share"].to_list() == pytest.approx([1.0] * 3)


@given(incomes, incomes)
def test_t5_beta_counts_only_where_the_destination_is_not_poorer(origin: float, destination: float) -> None:
    """f = y_i where y_j < y_i, else y_i + (y_j − y_i)^0.75."""
    sent = pl.select(send_from_income(pl.lit(origin), pl.lit(destination))).item()
    expected = origin if destination < origin else origin + (destination - origin) ** 0.75
    assert sent == pytest.approx(expected)


def test_the_rules_by_hand() -> None:
    """Stocks 1:1, incomes 2000 and 500 against 1000 at home."""
    allocations = allocate_remittances(
        observed(_held({"RUS": (10, 2000), "KAZ": (10, 500)})), area="KGZ", year=2020
    )
    russian = dict(
        allocations.filter(counterpart="RUS").select("allocation_rule", "allocated_share").iter_rows()
    )
    sending = 1000 + 1000**0.75
    assert russian == pytest.approx(
        {"stocks": 0.5, "stocks_and_income": 0.8, "sending_function": sending / (sending + 1000)}
    )
    assert allocations["observation_status"].unique().to_list() == ["modelled_from_modelled"]
    limits = range_of_allocations(allocations).row(0, named=True)
    assert (limits["counterpart"], limits["lower_usd"], limits["upper_usd"]) == ("RUS", 450.0, 720.0)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("remittances_received_usd", "remittances_received_usd (KGZ)"),
        ("migrant_stock", "migrant_stock (KGZ)"),
        ("gdp_per_capita_usd", "gdp_per_capita_usd (KGZ)"),
    ],
)
def test_missing_inputs_are_named(left_out: str, named: str) -> None:
    """A refusal names what is not held."""
    rows = [one for one in _held({"RUS": (10, 2000)}) if one["indicator"] != left_out]
    with pytest.raises(MethodNotApplicable) as refused:
        allocate_remittances(observed(rows), area="KGZ", year=2020)
    assert named in refused.value.message()


def test_a_destination_without_income_is_named_or_left_out_by_choice() -> None:
    """Nothing is left out silently."""
    rows = _held({"RUS": (10, 2000), "DEU": (1, 9)})[:-1]
    with pytest.raises(MethodNotApplicable, match="DEU"):
        allocate_remittances(observed(rows), area="KGZ", year=2020)
    chosen = allocate_remittances(observed(rows), area="KGZ", year=2020, without=["DEU"])
    assert chosen["counterpart"].unique().to_list() == ["RUS"]


def test_the_stock_is_the_latest_one_of_one_edition_that_has_it() -> None:
    """The newest edition need not hold the newest year: the year decides first, then the edition, never a mix."""
    held = _held({"RUS": (10, 2000), "KAZ": (30, 2000)})
    stock = {"counterpart": "KGZ", "sex": "_T", "unit": "persons"}
    held += [
        # A later edition, of an earlier year only; and another source with the same year and date.
        row("migrant_stock", "RUS", 2015, 500, edition="2025", **stock),
        row("migrant_stock", "RUS", 2020, 70, source="other", definition="other_stock", **stock),
        row("migrant_stock", "USA", 2020, 70, source="other", definition="other_stock", **stock),
    ]
    shares = allocate_remittances(observed(held), area="KGZ", year=2020).filter(allocation_rule="stocks")
    assert dict(shares.select("counterpart", "allocated_share").iter_rows()) == {"RUS": 0.25, "KAZ": 0.75}

"""Deaths by birthplace: older birthplaces die more, sums stay, and the account still balances."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.analyse.stock_flows.test_laws import worlds

from guzar.analyse.stock_flows.accounts import Stocks, close_account, open_account, share_deaths
from guzar.analyse.stock_flows.closed_forms import move_least
from guzar.analyse.stock_flows.mortality import compare_mortality, read_mortality
from guzar.errors import MethodNotApplicable, TableInvalid

KEYS = ["birth_country", "residence_country"]


def test_deaths_follow_relative_mortality_by_hand() -> None:
    """100 and 300 persons, the first three times as likely to die: 40 deaths are 20 and 20."""
    start = np.array([[100.0, 0], [300, 50]])
    stocks = Stocks(("A", "B"), start, start, np.zeros(2), np.array([40.0, 0]))
    assert share_deaths(start, stocks)[:, 0] == pytest.approx([10, 30])
    told = replace(stocks, mortality=np.array([[3.0, 1], [1, 1]]))
    assert share_deaths(start, told)[:, 0] == pytest.approx([20, 20])


@settings(max_examples=25)
@given(worlds(), st.integers(0, 2**32 - 1))
def test_the_account_balances_with_any_mortality(stocks: Stocks, seed: int) -> None:
    """Deaths of each country stay what they are; cells add up; a common factor within a country changes nothing."""
    random = np.random.default_rng(seed)
    told = replace(stocks, mortality=random.uniform(0.3, 3, stocks.start.shape))
    try:
        accounts = [close_account(told), open_account(told)]
    except MethodNotApplicable:
        assume(False)
        raise
    for account in accounts:
        assert account.deaths.sum(axis=0) == pytest.approx(stocks.deaths)
        assert stocks.start + account.adjust_start - account.deaths - account.leave == pytest.approx(
            account.before, abs=1e-6
        )
        assert (account.before >= -1e-9).all()
    assert told.mortality is not None
    scaled = replace(told, mortality=told.mortality * random.uniform(0.1, 9, len(stocks.countries)))
    assert share_deaths(told.start, scaled) == pytest.approx(share_deaths(told.start, told))


def test_proportional_deaths_of_an_old_group_read_as_return() -> None:
    """An old group shrinks by deaths alone: told so, nobody moves; by equal mortality some of them went home."""
    # 20 of 100 and 10 of 900 die: 18 times as often.
    start, end = np.array([[900.0, 100], [50, 900]]), np.array([[900.0, 80], [50, 890]])
    alike = Stocks(("OLD", "NEW"), start, end, np.zeros(2), np.array([0.0, 30]))
    assert move_least(close_account(alike)).all.sum() > 1
    told = replace(alike, mortality=np.array([[1, 18], [1, 1]]))
    assert move_least(close_account(told)).all.sum() == pytest.approx(0, abs=1e-6)


def test_more_deaths_of_a_birthplace_than_people_are_refused() -> None:
    """A relative mortality that would kill more than there are; country and amount are named."""
    start = np.array([[10.0, 0], [90, 50]])
    stocks = Stocks(
        ("A", "B"), start, start, np.zeros(2), np.array([50.0, 0]), np.array([[100.0, 1], [1, 1]])
    )
    with pytest.raises(MethodNotApplicable, match=r"A \(36\)"):
        share_deaths(start, stocks)


def _persons() -> pl.DataFrame:
    rows = [("OLD", "NEW", "0-59", 20), ("OLD", "NEW", "60+", 80), ("NEW", "NEW", "0-59", 800)]
    rows += [("NEW", "NEW", "60+", 100)]
    return pl.DataFrame(rows, schema=[*KEYS, "age_group", "persons"], orient="row")


RATES = pl.DataFrame(
    {"residence_country": ["NEW"] * 2, "age_group": ["0-59", "60+"], "death_rate": [0.002, 0.05]}
)


def test_relative_mortality_of_ages_by_hand() -> None:
    """OLD: (20 · 2 + 80 · 50) / 100 = 40.4 per 1,000; all: (820 · 2 + 180 · 50) / 1,000 = 10.64."""
    made = compare_mortality(_persons(), RATES)
    assert made.columns == [*KEYS, "relative_mortality"]
    assert dict(zip(made["birth_country"], made["relative_mortality"], strict=True)) == pytest.approx(
        {"NEW": 6.6 / 10.64 * 1.1111111, "OLD": 40.4 / 10.64}
    )
    table = read_mortality(made, ("NEW", "OLD"))
    assert table[:, 1] == pytest.approx([1, 1])  # nobody is told of who lives in OLD
    assert table[1, 0] == pytest.approx(40.4 / 10.64)


def test_tables_that_do_not_fit_are_refused() -> None:
    """An age group without a rate; a mortality of 0; a pair twice."""
    with pytest.raises(TableInvalid, match=r"without a death rate: 1") as told:
        compare_mortality(_persons(), RATES.head(1))
    assert "NEW, 60+" in str(told.value)
    table = pl.DataFrame({"birth_country": ["A"], "residence_country": ["B"], "relative_mortality": [0.0]})
    with pytest.raises(TableInvalid, match="A, B"):
        read_mortality(table, ("A", "B"))
    with pytest.raises(TableInvalid, match="of two countries"):
        read_mortality(table.with_columns(relative_mortality=1.5), ("KAZ", "B"))
    with pytest.raises(TableInvalid, match="more than once"):
        read_mortality(pl.concat([table, table]), ("A", "B"))

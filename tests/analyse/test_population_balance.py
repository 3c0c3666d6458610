"""Accounts of a population add up exactly; what is not held is never judged."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.analyse.population_balance import Account, Enumeration, Yearly, balance, shares_of_years

people = st.integers(100_000, 50_000_000)
days = st.dates(date(2000, 1, 1), date(2020, 12, 31))
YEARS = range(1999, 2022)
events = st.lists(st.integers(0, 1_000_000), min_size=len(YEARS), max_size=len(YEARS))


def _yearly(values: list[int]) -> Yearly:
    return Yearly(dict(zip(YEARS, map(float, values), strict=True)), "office")


def _sum(account: Account) -> float:
    parts = {line.component: line.value or 0.0 for line in account.lines}
    return (
        parts["population_start"]
        + parts["births"]
        - parts["deaths"]
        + parts["registered_net_migration"]
        + parts["error_of_closure"]
    )


@given(st.lists(days, min_size=2, max_size=5, unique=True), st.data(), events, events, events)
def test_accounts_add_up(
    dates: list[date], data: st.DataObject, born: list[int], died: list[int], net: list[int]
) -> None:
    """Start + births − deaths + registered + error = end, whatever the dates and the order that they come in."""
    counts = [Enumeration(day, float(data.draw(people)), "census", is_census=True) for day in dates]
    found = balance(counts, _yearly(born), _yearly(died), _yearly(net))
    assert len(found) == len(dates) - 1
    for account in found:
        assert _sum(account) == pytest.approx(account.value("population_end"), rel=1e-12, abs=1e-3)
        registered, error = account.value("registered_net_migration"), account.value("error_of_closure")
        assert registered is not None
        assert error is not None
        assert account.value("residual_net_migration") == pytest.approx(registered + error, abs=1e-3)
    assert found == balance(counts[::-1], _yearly(born), _yearly(died), _yearly(net))


@given(days, st.integers(1, 6000))
def test_parts_of_years_add_up_to_the_days(start: date, length: int) -> None:
    """Over a split of the period the shares are the same."""
    end, middle = start + timedelta(length), start + timedelta(length // 2)
    whole = shares_of_years(start, end)
    parts = [shares_of_years(start, middle), shares_of_years(middle, end)]
    for year, share in whole.items():
        assert share == pytest.approx(sum(part.get(year, 0.0) for part in parts), abs=1e-12)
    assert shares_of_years(date(2001, 1, 1), date(2003, 1, 1)) == {2001: 1.0, 2002: 1.0}


def test_a_case_by_hand() -> None:
    """1,000 and 1,100 persons; 80 born, 30 died, 20 registered: 30 are missed, 15 a year, 2.86 % of 1,050."""
    first = Enumeration(date(2001, 1, 1), 1000, "census", lower=997, upper=1004)
    second = Enumeration(date(2003, 1, 1), 1100, "census", lower=1096, upper=1103)
    years = (2001, 2002)
    births, deaths, net = (Yearly(dict.fromkeys(years, each), "office") for each in (40.0, 15.0, 10.0))
    account = balance([first, second], births, deaths, net)[0]
    error = next(line for line in account.lines if line.component == "error_of_closure")
    assert error.value == 30
    assert (error.lower, error.upper) == pytest.approx((30 - 32**0.5, 30 + 18**0.5))
    assert account.value("error_of_closure_per_year") == 15
    assert account.value("error_of_closure_percent") == pytest.approx(100 * 30 / 1050)
    assert account.basis == "no_census"


@pytest.mark.parametrize(("net", "status"), [(None, "not_held"), ({2001: 10.0}, "incomplete")])
def test_closure_is_not_judged_without_registers(net: dict[int, float] | None, status: str) -> None:
    """What is left is net migration and errors together, and no error of closure is made of it."""
    counts = [Enumeration(date(year, 1, 1), 1000.0, "census", is_census=True) for year in (2001, 2003)]
    births = Yearly({2001: 40.0, 2002: 40.0}, "office")
    deaths = Yearly({2001: 10.0, 2002: 10.0}, "office")
    account = balance(counts, births, deaths, Yearly(net, "register") if net else None, [births])[0]
    lines = {line.component: line for line in account.lines}
    assert lines["registered_net_migration"].status == status
    assert lines["error_of_closure"].value is None
    assert lines["error_of_closure"].status == "not_judged"
    assert lines["residual_net_migration"].value == -60
    assert lines["estimated_net_migration"].value == 80
    assert account.missing_years == ((2002,) if net else ())


def test_periods_without_births_are_left_out() -> None:
    """A year without births is no year without children."""
    counts = [Enumeration(date(year, 1, 1), 1000.0, "census") for year in (2001, 2003, 2005)]
    births = Yearly(dict.fromkeys((2001, 2002, 2003), 40.0), "office")
    found = balance(counts, births, Yearly(dict.fromkeys(range(2001, 2006), 1.0), "office"))
    assert [account.start.year for account in found] == [2001]

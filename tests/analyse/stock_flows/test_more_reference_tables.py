"""Births, deaths, negative natives, differences and rates of the other reference cases.

Where totals of margins differ the peer silently makes shares that add up to 1, and stops up to 0.2 % from them: ours are then asked to be as near to its as it is to its totals.
"""

from pathlib import Path

import numpy as np
import pytest
from tests.analyse.reference_files import Numbers, missed, named, square

from guzar.analyse.fitting.margins import fit_table
from guzar.analyse.stock_flows.accounts import Stocks, close_account, open_account, share_births, share_deaths
from guzar.analyse.stock_flows.births_and_deaths import share_deaths_by_account, share_like_residents
from guzar.analyse.stock_flows.differences import (
    drop_falls,
    grow_like_rogers,
    reverse_falls,
    share_by_rates,
    without_diagonal,
)
from guzar.errors import MethodNotApplicable


def _case(shared: Path, name: str) -> Path:
    return shared / "golden" / "flow-estimation" / "more_examples" / name


def _stocks(folder: Path, births: Numbers | None = None, deaths: Numbers | None = None) -> Stocks:
    names, start = square(folder / "in_stock_start.csv")
    nobody = np.zeros(len(names))
    return Stocks(
        names,
        start,
        square(folder / "in_stock_end.csv")[1],
        nobody if births is None else births,
        nobody if deaths is None else deaths,
    )


def test_births_and_deaths_by_birthplace(shared: Path) -> None:
    """birth_mat, death_mat by every rule."""
    folder = _case(shared, "birth_death_mat/example")
    births, deaths = named(folder / "in_births.csv"), named(folder / "in_deaths.csv")
    stocks = _stocks(folder, births, deaths)
    account = stocks.start.sum(axis=1) + births - stocks.end.sum(axis=1)
    found = {
        "birth_native": share_births(stocks.end, stocks),
        "birth_native_noNN": share_births(stocks.end, stocks),
        "birth_proportion": share_like_residents(births, stocks.end),
        "death_proportion": share_deaths(stocks.start, stocks),
    }
    for name, table in found.items():
        assert table == pytest.approx(square(folder / f"out_{name}.csv")[1], rel=1e-9), name
    totals = (account / account.sum(), deaths / deaths.sum())
    by_account = share_deaths_by_account(stocks.start, totals[1], totals[0], stocks.countries)
    wanted = square(folder / "out_death_accounting.csv")[1]
    assert by_account == pytest.approx(wanted, abs=max(1e-4, missed(wanted, *totals)))


def test_birthplaces_with_equal_totals(shared: Path) -> None:
    """match_birthplace_tot on raw stocks: open, and (as shares, for the sums of the stocks differ) closed."""
    folder = _case(shared, "birth_death_mat/example")
    stocks = _stocks(folder)
    account = open_account(stocks)
    target = (stocks.start.sum(axis=1) + stocks.end.sum(axis=1)) / 2
    names = (stocks.countries, stocks.countries)
    for date, table, stock in (
        ("start", account.before, stocks.start),
        ("end", account.after, stocks.end),
    ):
        assert table == pytest.approx(square(folder / f"out_match_open-dr_{date}.csv")[1], abs=1e-6)
        shares, _ = fit_table(stock, target / target.sum(), stock.sum(axis=0) / stock.sum(), names)
        wanted = square(folder / f"out_match_rescale_{date}.csv")[1]
        totals = (target / target.sum(), stock.sum(axis=0) / stock.sum())
        assert shares == pytest.approx(wanted, abs=max(1e-4, missed(wanted, *totals)))


def test_fewer_natives_than_none(shared: Path) -> None:
    """nb_non_zero: who was born abroad is scaled to who lives there."""
    folder = _case(shared, "nb_non_zero/example")
    names, table = square(folder / "in_m.csv")
    nobody = np.zeros(len(names))
    account = close_account(Stocks(names, table, table, nobody, nobody))
    assert account.before == pytest.approx(square(folder / "out.csv")[1], rel=1e-9)


def test_differences_with_and_without_natives(shared: Path) -> None:
    """ffs_diff: a change of natives is none between countries, and stays on the diagonal where it is kept."""
    folder = _case(shared, "ffs_diff/example")
    stocks = _stocks(folder)
    change = np.diag(np.diag(stocks.end - stocks.start))
    for name, table, kept in (
        ("zero", drop_falls(stocks.start, stocks.end), np.maximum(change, 0)),
        ("return", reverse_falls(stocks.start, stocks.end), np.abs(change)),
    ):
        assert table == pytest.approx(square(folder / f"out_{name}_nativeFALSE.csv")[1], abs=1e-9)
        native = square(folder / f"out_{name}_nativeTRUE.csv")[1]
        assert table == pytest.approx(without_diagonal(native), abs=1e-9)
        assert kept == pytest.approx(native - without_diagonal(native), abs=1e-9)


def test_rates_and_growth(shared: Path) -> None:
    """ffs_rates: shares of stocks; growth of matrices."""
    folder = _case(shared, "ffs_rates/example")
    stocks = _stocks(folder)
    rates = share_by_rates(stocks.start, float(named(folder / "in_M.csv")[0]))
    assert rates == pytest.approx(square(folder / "out_dennett.csv")[1], rel=1e-12)
    growth = grow_like_rogers(stocks.start, stocks.end)
    assert growth == pytest.approx(square(folder / "out_rogers_von_rabenau.csv")[1], rel=1e-9)


def test_deaths_that_no_account_has_are_refused() -> None:
    """More of a birthplace at the second date than before; births where nobody lives."""
    start = np.array([[50.0, 5], [5, 50]])
    with pytest.raises(MethodNotApplicable, match="born in B, -3"):
        share_deaths_by_account(start, np.array([4.0, 3]), np.array([10.0, -3]), ("A", "B"))
    with pytest.raises(MethodNotApplicable, match="nobody lives: 4"):
        share_like_residents(np.array([1.0, 4]), np.array([[5.0, 0], [2, 0]]))

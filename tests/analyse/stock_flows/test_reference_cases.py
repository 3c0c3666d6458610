"""Flows from stocks are those of the reference cases, solved to convergence, within their tolerances."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.analyse.stock_flows.reference_cases import CASES, as_table, read, stocks_of

from guzar.analyse.stock_flows.accounts import close_account, open_account
from guzar.analyse.stock_flows.closed_forms import blend, move_independently, move_least
from guzar.analyse.stock_flows.differences import drop_falls, reverse_falls, share_by_rates


@pytest.mark.parametrize("case", CASES)
def test_demographic_accounts(shared: Path, case: str) -> None:
    """Minimum, independence and their blend in a closed world; minimum in an open one."""
    folder = shared / "golden" / "flow-estimation" / case
    stocks, wanted = stocks_of(folder), read(folder, "demographic_accounting")
    account = close_account(stocks)
    least, free = move_least(account), move_independently(account)
    found = {
        "closed_min_exact": (least.all, 1e-4),
        "closed_ind_exact": (free.all, 1e-4),
        "pseudo_bayes_exact": (blend(least, free).all, 1e-4),
        "open_dr_exact": (move_least(open_account(stocks)).all, 1e-6),
    }
    for column, (table, most) in found.items():
        exact = as_table(wanted, "origin", "destination", column, stocks.countries)
        assert table == pytest.approx(exact, abs=most, rel=1e-9), column


@pytest.mark.parametrize("case", CASES)
def test_differences_and_rates(shared: Path, case: str) -> None:
    """What is read from differences of stocks, and shared out by rates."""
    folder = shared / "golden" / "flow-estimation" / case
    stocks, wanted = stocks_of(folder), read(folder, "simple_methods")
    moves = json.loads((folder / "parameters.json").read_text())["rates_total_M"]
    found = {
        "drop_negatives": (drop_falls(stocks.start, stocks.end), 1e-9),
        "reverse_negatives": (reverse_falls(stocks.start, stocks.end), 1e-9),
        "rates": (share_by_rates(stocks.start, moves), 0.0),
    }
    for column, (table, most) in found.items():
        exact = as_table(wanted, "origin", "destination", column, stocks.countries)
        assert table == pytest.approx(exact, abs=most, rel=1e-12), column


def test_published_totals(shared: Path) -> None:
    """The examples of the papers: 150, 100 and 160 persons move."""
    totals = {"example_abel_2013": 150, "example_abel_2018": 100, "example_abel_cohen_2019": 160}
    for case, total in totals.items():
        stocks = stocks_of(shared / "golden" / "flow-estimation" / case)
        assert move_least(close_account(stocks)).all.sum() == pytest.approx(total)


def test_the_account_balances_cell_by_cell(shared: Path) -> None:
    """Stocks, births, deaths and adjustments explain who survives; moves explain the rest."""
    stocks = stocks_of(shared / "golden" / "flow-estimation" / "example_abel_2013_births_deaths_unbalanced")
    for account in (close_account(stocks), open_account(stocks)):
        start = stocks.start + account.adjust_start - account.deaths - account.leave
        end = stocks.end + account.adjust_end - account.births - account.enter
        assert start == pytest.approx(account.before)
        assert end == pytest.approx(account.after)
        moves = move_least(account).all
        net = account.after.sum(axis=0) - account.before.sum(axis=0)
        assert moves.sum(axis=0) - moves.sum(axis=1) == pytest.approx(net, abs=1e-6)
        assert np.diag(moves) == pytest.approx(np.zeros(len(moves)))

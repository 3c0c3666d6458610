"""Every published method by its name: stocks → moves, with the account that they rest on where there is one."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.fitting.tables import check_total
from guzar.analyse.stock_flows.accounts import AFTER, Account, Stocks, close_account, open_account
from guzar.analyse.stock_flows.closed_forms import BLEND, Moves, blend, move_independently, move_least
from guzar.analyse.stock_flows.differences import drop_falls, grow_like_rogers, reverse_falls, share_by_rates
from guzar.errors import SettingsInvalid

DROP, REVERSE, RATES, ROGERS = "difference-drop", "difference-reverse", "rates", "rogers-von-rabenau"
OPEN, MINIMUM, INDEPENDENCE, PSEUDO_BAYES = "open", "minimum", "independence", "pseudo-bayes"
METHODS = (DROP, REVERSE, RATES, ROGERS, OPEN, MINIMUM, INDEPENDENCE, PSEUDO_BAYES)
WITH_ACCOUNT = (OPEN, MINIMUM, INDEPENDENCE, PSEUDO_BAYES)
TYPES = ("outward", "return", "transit")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class StockFlows:
    """Moves by origin and destination (persons), by type and with their account where the method has one."""

    countries: tuple[str, ...]
    all: Numbers
    by_type: Moves | None = None
    account: Account | None = None


def estimate_flows(
    stocks: Stocks, method: str, *, total: float | None = None, balance: str = AFTER, weight: float = BLEND
) -> StockFlows:
    """Moves between two dates by a published method; `total` is asked for by `rates` only.

    Raises SettingsInvalid for a method that is not known, MethodNotApplicable where it cannot be used on these stocks.
    """
    simple = {
        DROP: lambda: drop_falls(stocks.start, stocks.end),
        REVERSE: lambda: reverse_falls(stocks.start, stocks.end),
        RATES: lambda: share_by_rates(stocks.start, _required(total)),
        ROGERS: lambda: grow_like_rogers(stocks.start, stocks.end),
    }
    check_total(total)
    if total is not None and method != RATES:
        raise SettingsInvalid(
            "The method {method} takes no total.",
            expected="--total with rates only",
            do="Leave --total out, or choose --method rates.",
            method=method,
        )
    if method in simple:
        return StockFlows(stocks.countries, simple[method]())
    if method not in WITH_ACCOUNT:
        raise SettingsInvalid(
            "There is no method {method}.",
            expected="one of {methods}",
            do="Choose one of them after --method.",
            method=method,
            methods=", ".join(METHODS),
        )
    account = open_account(stocks) if method == OPEN else close_account(stocks, balance)
    moves = _moves_of(account, method, weight)
    return StockFlows(stocks.countries, moves.all, moves, account)


def _moves_of(account: Account, method: str, weight: float) -> Moves:
    if method == INDEPENDENCE:
        return move_independently(account)
    least = move_least(account)
    return blend(least, move_independently(account), weight) if method == PSEUDO_BAYES else least


def _required(total: float | None) -> float:
    if total is None:
        raise SettingsInvalid(
            "The method rates shares out a number of moves that is not given.",
            expected="--total with a number of persons, 0 or more",
            do="Add --total, for example half the sum of absolute net migration.",
        )
    return total


def as_rows(flows: StockFlows, *, by_type: bool) -> pl.DataFrame:
    """origin, destination, persons (and type); one row for each ordered pair of different countries."""
    if not by_type:
        return _rows(flows.countries, flows.all)
    if flows.by_type is None:
        raise SettingsInvalid(
            "This method does not tell types of moves apart.",
            expected="--by-type with one of {methods}",
            do="Leave --by-type out, or choose one of these methods.",
            methods=", ".join(WITH_ACCOUNT),
        )
    parts = (flows.by_type.outward, flows.by_type.back, flows.by_type.transit)
    return pl.concat(
        _rows(flows.countries, part).insert_column(2, pl.lit(name).alias("type"))
        for name, part in zip(TYPES, parts, strict=True)
    )


def _rows(countries: tuple[str, ...], table: Numbers) -> pl.DataFrame:
    size = len(countries)
    names = np.array(countries, dtype=object)
    rows = pl.DataFrame(
        {
            "origin": pl.Series(np.repeat(names, size), dtype=pl.String),
            "destination": pl.Series(np.tile(names, size), dtype=pl.String),
            "persons": table.ravel(),
        }
    )
    return rows.filter(pl.col("origin") != pl.col("destination"))

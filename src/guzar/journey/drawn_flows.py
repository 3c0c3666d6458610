"""Tables of stocks, births and deaths → intervals beside the flows that are made from them, and beside the account by country."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.stock_flows.accounts import Stocks
from guzar.analyse.stock_flows.blend_weight import ELSEWHERE
from guzar.analyse.stock_flows.closed_forms import BLEND, Moves, move_independently, move_least
from guzar.analyse.stock_flows.draws import DrawnFlows, DrawPlan, Intervals, draw_flows
from guzar.analyse.stock_flows.errors_of_input import DataTypes
from guzar.analyse.stock_flows.methods import PSEUDO_BAYES, StockFlows

ENDS = ("lower", "median", "upper")
SHARE = "share_due_to_weight"
PUBLISHED_WEIGHT, DRAWN_WEIGHT = BLEND, ELSEWHERE
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class DrawsTold:
    """What is told of the draws: how many were made, how many made no account and why, interval of all moves, countries whose
    stocks are modelled or of unknown data type, how many of how many corridors have the plain value outside the interval."""

    draws: int
    failed: int
    reason: str
    moves: tuple[float, float, float]
    modelled: int
    countries: int
    outside: int
    corridors: int


@dataclass(frozen=True)
class FlowsWithIntervals:
    """Flows and account by country with columns for their intervals."""

    table: pl.DataFrame
    accounts: pl.DataFrame
    told: DrawsTold


def add_intervals(
    table: pl.DataFrame,
    accounts: pl.DataFrame,
    flows: StockFlows,
    stocks: Stocks,
    types: DataTypes,
    plan: DrawPlan,
) -> FlowsWithIntervals:
    """Rows of flows of one sex, or of both together, with the 5 %, 50 % and 95 % points of draws of their inputs.

    For pseudo-bayes also the share of the weight, and minimum and independence, between which the plain value lies.
    """
    drawn = draw_flows(stocks, types, plan)
    columns = [_column(drawn.corridors, at, end) for at, end in enumerate(ENDS)]
    if plan.method == PSEUDO_BAYES:
        columns += [_share(drawn.corridors), *_bracket(flows, by_type=plan.by_type)]
    with_intervals = table.with_columns(columns)
    outside = with_intervals.filter(~pl.col("persons").is_between("lower", "upper")).height
    return FlowsWithIntervals(
        with_intervals,
        accounts.with_columns(_of_countries(drawn)),
        DrawsTold(
            drawn.draws,
            drawn.failed,
            drawn.reason.text.format(**drawn.reason.values),
            (float(drawn.moves.points[0]), float(drawn.moves.points[1]), float(drawn.moves.points[2])),
            types.modelled,
            len(stocks.countries),
            outside,
            with_intervals.height,
        ),
    )


def _column(corridors: tuple[Intervals, ...], at: int, name: str) -> pl.Series:
    return pl.Series(name, np.concatenate([_off_diagonal(each.points[at]) for each in corridors]))


def _share(corridors: tuple[Intervals, ...]) -> pl.Series:
    found = [
        _off_diagonal(each.share_due_to_weight) for each in corridors if each.share_due_to_weight is not None
    ]
    return pl.Series(SHARE, np.concatenate(found)).fill_nan(None)


def _bracket(flows: StockFlows, *, by_type: bool) -> list[pl.Series]:
    """Minimum and independence by the same account, without errors."""
    assert flows.account is not None  # pseudo-Bayes has one
    made = {"minimum": move_least(flows.account), "independence": move_independently(flows.account)}
    return [
        pl.Series(name, np.concatenate([_off_diagonal(table) for table in _tables(moves, by_type=by_type)]))
        for name, moves in made.items()
    ]


def _tables(moves: Moves, *, by_type: bool) -> tuple[Numbers, ...]:
    return (moves.outward, moves.back, moves.transit) if by_type else (moves.all,)


def _off_diagonal(table: Numbers) -> Numbers:
    """Cells in the order of the rows of flows: by origin, then destination, who stays left out."""
    return np.asarray(table[~np.eye(len(table), dtype=bool)])


def _of_countries(drawn: DrawnFlows) -> list[pl.Series]:
    return [
        pl.Series(f"{name}_{end}", intervals.points[at])
        for name, intervals in (
            ("arrivals", drawn.arrivals),
            ("departures", drawn.departures),
            ("net", drawn.net),
        )
        for at, end in enumerate(ENDS)
    ]


def about_draws(told: list[DrawsTold], plan_draws: int, seed: int, method: str) -> dict[str, Any]:
    """What is written beside the flows about their intervals."""
    if not told:
        return {"draws": 0}
    about: dict[str, Any] = {
        "draws": plan_draws,
        "seed": seed,
        "draws_without_account": sum(each.failed for each in told),
        "first_reason": next((each.reason for each in told if each.failed), ""),
        "interval": "5, 50 and 95 % points of draws of the inputs' errors",
        "rows_with_persons_outside_the_interval": sum(each.outside for each in told),
        "countries_with_modelled_stocks": max(each.modelled for each in told),
    }
    if method == PSEUDO_BAYES:
        about["weight_of_minimum_drawn"] = {
            "mean": DRAWN_WEIGHT.mean,
            "deviation": DRAWN_WEIGHT.deviation,
            "spread_of_corridors": DRAWN_WEIGHT.spread,
        }
    return about

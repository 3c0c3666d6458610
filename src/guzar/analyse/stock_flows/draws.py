"""Stocks, births and deaths with their errors → moves between countries as they may be: intervals of corridors and countries.

Every draw takes inputs as they may truly be, and makes the account and the moves of the method again, in full. Pseudo-Bayes draws
its weight too, and for each corridor a departure from the blend, as large as reported flows of Europe show. The other methods have
errors of inputs only: how far such a method is from moves that happened is then not in the interval.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.dense_rescale import make_rescaler
from guzar.analyse.stock_flows.accounts import AFTER, Account, Stocks, close_account, open_account
from guzar.analyse.stock_flows.blend_weight import ELSEWHERE, BlendPrior, draw_departures
from guzar.analyse.stock_flows.closed_forms import Moves, move_independently, move_least
from guzar.analyse.stock_flows.errors_of_input import DataTypes, draw_inputs
from guzar.analyse.stock_flows.methods import (
    INDEPENDENCE,
    MINIMUM,
    OPEN,
    PSEUDO_BAYES,
    WITH_ACCOUNT,
    estimate_flows,
)
from guzar.errors import MethodNotApplicable, Phrase, SettingsInvalid

Numbers = NDArray[np.float64]
Small = NDArray[np.float32]  # as precise as the draws need, in half the memory
POINTS = (0.05, 0.5, 0.95)
FEWEST, MOST = 20, 20_000
MOST_FAILED = 0.05  # of the draws, that make no account
ROWS = 16  # of the table, whose quantiles are taken at once


@dataclass(frozen=True)
class DrawPlan:
    """What is drawn: the method and its settings, how many draws, the seed of their streams, the prior of the blend."""

    method: str
    draws: int
    seed: int
    total: float | None = None
    balance: str = AFTER
    by_type: bool = False
    prior: BlendPrior = ELSEWHERE
    groups: tuple[
        int, ...
    ] = ()  # the number of each country's group, from 0, for intervals of sums over groups


@dataclass(frozen=True)
class Intervals:
    """5 %, 50 % and 95 % points, stacked first; shapes of what they belong to."""

    points: Numbers
    share_due_to_weight: Numbers | None = None


@dataclass(frozen=True)
class DrawnFlows:
    """Intervals of corridors (one for each type, or one for all), of arrivals, departures and net by country, and of all moves;
    how many draws made no account, and why the first of them did not. Intervals between groups of countries where groups were
    asked for: sums are drawn, as quantiles cannot be added.
    """

    corridors: tuple[Intervals, ...]
    arrivals: Intervals
    departures: Intervals
    net: Intervals
    moves: Intervals
    draws: int
    failed: int
    reason: Phrase
    grouped: Intervals | None = None


@dataclass(frozen=True)
class _Draw:
    """Moves of one draw by type (or one table of all): of the least and of independence, or of the one method twice."""

    least: Small
    independent: Small


def draw_flows(stocks: Stocks, types: DataTypes, plan: DrawPlan) -> DrawnFlows:
    """Intervals of moves by a method, from as many draws of inputs, weight and departures as planned.

    The stream of a draw is made of the seed and its number: more draws add to those there were. Raises SettingsInvalid for too
    few or too many draws, MethodNotApplicable where more than one in twenty makes no account.
    """
    if not FEWEST <= plan.draws <= MOST:
        raise SettingsInvalid(
            "{draws} draws are not enough for an interval, or too many.",
            expected="0 for none, or {fewest} to {most}",
            do="Choose another number after --draws.",
            draws=plan.draws,
            fewest=FEWEST,
            most=MOST,
        )
    size = len(stocks.countries)
    parts = 3 if plan.by_type else 1
    held = np.empty((plan.draws, parts, size, size), np.float32)
    spreads = _spreads(stocks, plan)
    nets, weights = np.empty((plan.draws, size)), np.empty(plan.draws)
    means = np.zeros((2, parts, size, size))
    done, failed, reason = 0, 0, Phrase("")
    for random, drawn in _successive(stocks, types, plan):
        if isinstance(drawn, MethodNotApplicable):
            failed, reason = failed + 1, reason if failed else Phrase(drawn.what, drawn.values)
            continue
        weights[done] = random.beta(*plan.prior.beta)
        flows = _blended(drawn, weights[done])
        nets[done] = flows.sum(axis=(0, 1)) - flows.sum(axis=(0, 2))
        means += drawn.least, drawn.independent
        if spreads is not None:
            flows *= np.exp(spreads * draw_departures(random, size))
        held[done], done = flows, done + 1
    _refuse_many(failed, plan.draws, reason)
    held, nets, weights = held[:done], nets[:done], weights[:done]
    is_blend = plan.method == PSEUDO_BAYES
    corridors = tuple(
        _corridors(held[:, part], means[:, part] / done, weights if is_blend else None)
        for part in range(parts)
    )
    arrivals, departures = held.sum(axis=(1, 2), dtype=np.float64), held.sum(axis=(1, 3), dtype=np.float64)
    return DrawnFlows(
        corridors,
        _intervals(arrivals),
        _intervals(departures),
        _intervals(nets),
        _intervals(arrivals.sum(axis=1)),
        done,
        failed,
        reason,
        _between_groups(held, plan.groups) if plan.groups else None,
    )


def _between_groups(held: Small, groups: tuple[int, ...]) -> Intervals:
    """Moves from group to group; on the diagonal those between the countries of one group."""
    member = np.eye(max(groups) + 1, dtype=np.float32)[list(groups)]
    return _intervals(member.T @ held.sum(axis=1) @ member)


def _successive(
    stocks: Stocks, types: DataTypes, plan: DrawPlan
) -> Iterator[tuple[np.random.Generator, _Draw | MethodNotApplicable]]:
    """For each draw its generator, and moves, or the refusal where its inputs make no account."""
    move = _mover(plan)
    for number in range(plan.draws):
        random = np.random.default_rng((plan.seed, number))
        try:
            drawn: _Draw | MethodNotApplicable = move(draw_inputs(stocks, types, random))
        except MethodNotApplicable as refusal:
            drawn = refusal
        yield random, drawn


def _mover(plan: DrawPlan) -> Callable[[Stocks], _Draw]:
    """Inputs of one draw → moves by the method; tables are fitted from where the draw before ended."""
    fits = (make_rescaler(), make_rescaler())

    def account_of(stocks: Stocks) -> Account:
        return open_account(stocks) if plan.method == OPEN else close_account(stocks, plan.balance, fits)

    def move(stocks: Stocks) -> _Draw:
        if plan.method not in WITH_ACCOUNT:
            flows = estimate_flows(stocks, plan.method, total=plan.total).all.astype(np.float32)[None]
            return _Draw(flows, flows)
        account = account_of(stocks)
        least = None if plan.method == INDEPENDENCE else _parts(move_least(account), plan)
        independent = None if plan.method in (MINIMUM, OPEN) else _parts(move_independently(account), plan)
        first = least if least is not None else independent
        assert first is not None  # every method with an account has one of the two
        return _Draw(first, independent if independent is not None else first)

    return move


def _parts(moves: Moves, plan: DrawPlan) -> Small:
    tables = (moves.outward, moves.back, moves.transit) if plan.by_type else (moves.all,)
    return np.stack(tables).astype(np.float32)


def _blended(drawn: _Draw, weight: float) -> Small:
    return np.asarray(np.float32(weight) * drawn.least + np.float32(1 - weight) * drawn.independent)


def _spreads(stocks: Stocks, plan: DrawPlan) -> Small | None:
    """Of ln flow about the blend, by corridor; None for methods for which nobody measured it."""
    if plan.method != PSEUDO_BAYES:
        return None
    independent = move_independently(close_account(stocks, plan.balance)).all
    return plan.prior.spreads(independent).astype(np.float32)


def _refuse_many(failed: int, draws: int, reason: Phrase) -> None:
    if failed <= MOST_FAILED * draws:
        return
    raise MethodNotApplicable(
        "Within the errors of the inputs, {failed} of {draws} draws make no account, so no interval is honest. The first: {reason}",
        expected="at most one draw in twenty that makes no account",
        do="Correct the inputs of the country named; --draws 0 gives the plain value, without an interval.",
        failed=failed,
        draws=draws,
        reason=(reason,),
    )


def _intervals(drawn: Numbers) -> Intervals:
    return Intervals(np.quantile(drawn, POINTS, axis=0))


def _corridors(held: Small, means: Numbers, weights: Numbers | None) -> Intervals:
    """Points of each corridor, and the share of the weight, some rows of the table at a time."""
    size = held.shape[1]
    points = np.empty((len(POINTS), size, size))
    shares = np.full((size, size), np.nan)
    for first in range(0, size, ROWS):
        rows = slice(first, first + ROWS)
        block = held[:, rows]
        points[:, rows] = np.quantile(block, POINTS, axis=0)
        if weights is not None:
            shares[rows] = _share_of_weight(block, means[:, rows], weights)
    return Intervals(points, None if weights is None else shares)


def _share_of_weight(block: Small, means: Numbers, weights: Numbers) -> Numbers:
    """Var g(w) / (Var g(w) + Var(ln flow − g(w))) over the draws, with g(w) = ln(w·L + (1 − w)·I), L and I the means of minimum and
    independence over the draws: the weight's term of the law of total variance. Not a number where a draw is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        flows = np.log(block.astype(np.float64))
        by_weight = np.log(weights[:, None, None] * means[0] + (1 - weights[:, None, None]) * means[1])
        explained, rest = by_weight.var(axis=0), (flows - by_weight).var(axis=0)
        return np.asarray(explained / (explained + rest))

"""A table of moves and net totals → the table nearest to it in which each area gains or loses what it should.

Nearest in one of three ways: by relative entropy (KL), y = η mᵢⱼ αᵢ / αⱼ; by the sum of absolute changes (L1); by the sum of
squares (L2). KL is Newton's method on a graph Laplacian, as the dual min Σ mᵢⱼ e^(θᵢ − θⱼ) + net·θ is convex; L1 a linear
programme; L2 a quadratic one, solved on its active set. Where no table has these totals, areas and amounts are named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
STEPS, LONGEST_STEP, SHORTER, ENOUGH = 100, 5.0, 0.5, 1e-4
CLOSE = 1e-12  # of all moves: the largest error of a net total that is sought
MOST_ERROR = 1e-8  # the same; above it the totals may be impossible
SAME_TOTAL = 1e-9  # gains and losses, as a share
MOST_NAMED = 8


@dataclass(frozen=True)
class FittedNet:
    """A table with its net totals; the largest error of one (persons), and steps taken."""

    table: Numbers
    error: float
    steps: int


def fit_net(table: Numbers, net: Numbers, names: Sequence[str], total: float | None = None) -> FittedNet:
    """The table nearest by relative entropy with net = arrivals − departures; the diagonal stays as it is.

    With `total`, all moves off the diagonal add up to it. Raises MethodNotApplicable where no table has these totals.
    """
    moves = _off_diagonal(table)
    _check_sums(moves, net, names)
    fitted, steps = _newton(moves, net, total)
    error = _error(fitted, net, total)
    if not error <= MOST_ERROR * _scale(fitted, net):
        _refuse_impossible(moves, net, names)
        _refuse_unreached(error, total is None)
        raise MethodNotApplicable(
            "No table with these cells has these net totals and {total:,.0f} moves in all.",
            expected="a total that leaves room for the net totals",
            do="Leave --total out, or give one that is larger.",
            total=total,
        )
    return FittedNet(fitted + np.diag(np.diag(table)), error, steps)


def fit_net_absolute(table: Numbers, net: Numbers, names: Sequence[str]) -> FittedNet:
    """The table with these net totals and the least sum of absolute changes; cells that are zero stay so."""
    moves = _off_diagonal(table)
    _check_sums(moves, net, names)
    i, j = np.nonzero(moves)
    at, size = moves[i, j], len(net)
    if not len(at):  # all net totals are 0, and nobody moves
        return FittedNet(np.array(table), _error(moves, net, None), 0)
    unit = _scale(moves, net)  # the solver's tolerances are absolute
    arcs = np.arange(len(at))
    balance = csr_array(
        (np.repeat([1.0, -1.0], len(at)), (np.concatenate([j, i]), np.tile(arcs, 2))), (size, len(at))
    )
    more = linprog(
        np.ones(2 * len(at)),
        A_eq=hstack([balance, -balance]),
        b_eq=(net - balance @ at) / unit,
        bounds=np.column_stack(
            [np.zeros(2 * len(at)), np.concatenate([np.full(len(at), np.inf), at / unit])]
        ),
        method="highs",
    )
    fitted = np.zeros_like(moves)
    if more.success:
        fitted[i, j] = np.maximum(at + unit * (more.x[: len(at)] - more.x[len(at) :]), 0.0)
    error = _error(fitted, net, None)
    if not error <= MOST_ERROR * _scale(fitted, net):
        _refuse_impossible(moves, net, names)
        _refuse_unreached(error, True)
    return FittedNet(fitted + np.diag(np.diag(table)), error, int(more.nit))


def fit_net_squares(table: Numbers, net: Numbers, names: Sequence[str]) -> FittedNet:
    """The table with these net totals and the least sum of squared changes, no cell below 0; cells that are zero stay so.

    Without the bound it is one Laplacian system, y = m + θⱼ − θᵢ; with it the dual is piecewise quadratic, and Newton's method
    on it ends at the set of cells above 0.
    """
    moves = _off_diagonal(table)
    _check_sums(moves, net, names)
    is_cell, theta, steps = moves > 0, np.zeros(len(net)), 0
    while steps < STEPS:
        steps += 1
        fitted = np.where(is_cell, np.maximum(moves + theta[None, :] - theta[:, None], 0.0), 0.0)
        missing = net - _net(fitted)
        if np.abs(missing).max() <= CLOSE * _scale(fitted, net):
            break
        above = (fitted > 0).astype(np.float64)
        change = _solve_laplacian(above + above.T, missing)
        theta = theta + _shortened(change, theta, moves, is_cell, net)
    error = _error(fitted, net, None)
    if not error <= MOST_ERROR * _scale(fitted, net):
        _refuse_impossible(moves, net, names)
        _refuse_unreached(error, True)
    return FittedNet(fitted + np.diag(np.diag(table)), error, steps)


def _check_sums(moves: Numbers, net: Numbers, names: Sequence[str]) -> None:
    """Gains and losses of each part of the table that hangs together add up to 0."""
    parts, part = connected_components(csr_array(moves > 0), directed=False)
    left = np.bincount(part, net, minlength=parts)
    # Nets that cancel to nothing are judged by one person, or by the whole table where it holds less.
    if (np.abs(left) <= SAME_TOTAL * max(min(1.0, moves.sum()), np.abs(net).sum())).all():
        return
    at = int(np.argmax(np.abs(left)))
    raise MethodNotApplicable(
        "Net totals of {areas} add up to {persons:,.9g} persons.",
        expected="0: who leaves one area arrives in another to which the table has moves",
        do="Balance the net totals of these areas, or add cells between them and others.",
        areas=_listed(names, part == at),
        persons=left[at],
    )


def _refuse_impossible(moves: Numbers, net: Numbers, names: Sequence[str]) -> None:
    """Raise where some areas together should gain more than can reach them: the cells lead the other way only."""
    i, j = np.nonzero(moves)
    size, arcs = len(net), np.arange(len(i))
    balance = csr_array(
        (np.repeat([1.0, -1.0], len(i)), (np.concatenate([j, i]), np.tile(arcs, 2))), (size, len(i))
    )
    loose = csr_array(
        (np.repeat([1.0, -1.0], size), (np.tile(np.arange(size), 2), np.arange(2 * size))), (size, 2 * size)
    )
    costs = np.concatenate([np.zeros(len(i)), np.ones(2 * size)])
    unit = float(np.abs(net).sum())
    if not unit:
        return
    found = linprog(costs, A_eq=hstack([balance, loose]), b_eq=net / unit, method="highs")
    if found.fun <= MOST_ERROR:
        return
    short = np.asarray(found.eqlin.marginals) > 0.5
    raise MethodNotApplicable(
        "No table with these cells has these net totals: {areas} should gain {persons:,.9g} persons more than can reach them.",
        expected="cells by which people can come",
        do="Add cells from other areas to these, or correct the net totals.",
        areas=_listed(names, short),
        persons=unit * found.fun / 2,
    )


def _refuse_unreached(error: float, is_refused: bool) -> None:
    """Totals that nothing forbids and that the steps did not reach: a wrong table is no answer."""
    if is_refused:
        raise MethodNotApplicable(
            "The net totals were not reached: the largest error is {error:,.6g} persons.",
            expected="net totals and cells of like size",
            do="Check the unit of both tables; leave out cells that are next to nothing.",
            error=error,
        )


def _listed(names: Sequence[str], chosen: NDArray[np.bool_]) -> str:
    picked = list(compress(names, chosen))
    return ", ".join(picked[:MOST_NAMED]) + (", …" if len(picked) > MOST_NAMED else "")


def _shortened(
    change: Numbers, theta: Numbers, moves: Numbers, is_cell: NDArray[np.bool_], net: Numbers
) -> Numbers:
    """A step of the dual of squares, shortened until the dual falls."""

    def dual(at: Numbers) -> float:
        lifted = np.where(is_cell, np.maximum(moves + at[None, :] - at[:, None], 0.0), 0.0)
        return float(0.5 * (lifted**2).sum() - net @ at)

    now, slope = (
        dual(theta),
        float(
            (net - _net(np.where(is_cell, np.maximum(moves + theta[None, :] - theta[:, None], 0), 0)))
            @ change
        ),
    )
    factor = 1.0
    while factor > 1e-12 and dual(theta + factor * change) > now - ENOUGH * factor * slope:
        factor *= SHORTER
    return factor * change


def _newton(moves: Numbers, net: Numbers, total: float | None) -> tuple[Numbers, int]:
    """Newton's steps on the logarithms of the factors, and of the scale where a total is asked for."""
    table = moves * (1.0 if total is None or moves.sum() <= 0 else total / moves.sum())
    for step in range(STEPS):
        if _error(table, net, total) <= CLOSE * _scale(table, net):
            return table, step
        missing = net - _net(table)
        theta = _solve_laplacian(table + table.T, missing)
        scale = 0.0
        if total is not None:
            bend = _solve_laplacian(table + table.T, _net(table))
            left = table.sum() - _net(table) @ bend
            short = total - table.sum() - _net(table) @ theta
            scale = short / left if left > 1e-12 * table.sum() else 0.0
            theta = theta - scale * bend
        factor = min(1.0, LONGEST_STEP / max(2 * np.abs(theta).max() + abs(scale), 1e-300))
        slope = missing @ theta + (0.0 if total is None else (total - table.sum()) * scale)
        while factor > 1e-12:
            tried = table * np.exp(factor * (scale + theta[None, :] - theta[:, None]))
            gained = (
                table.sum() - tried.sum() + factor * (net @ theta + (0.0 if total is None else total * scale))
            )
            if gained >= ENOUGH * factor * slope or _error(tried, net, total) < _error(table, net, total):
                break
            factor *= SHORTER
        if not np.isfinite(tried).all():
            return table, step
        table = tried
    return table, STEPS


def _solve_laplacian(weights: Numbers, missing: Numbers) -> Numbers:
    """θ with L θ = missing for the graph of these weights, one area of each part held at 0."""
    laplacian = np.diag(weights.sum(axis=1)) - weights
    _, part = connected_components(csr_array(weights > 0), directed=False)
    held = np.unique(part, return_index=True)[1]
    free = np.setdiff1d(np.arange(len(missing)), held)
    theta = np.zeros(len(missing))
    if len(free):
        inner = laplacian[np.ix_(free, free)]
        inner[np.diag_indices_from(inner)] *= 1 + 1e-14
        theta[free] = cho_solve(cho_factor(inner), missing[free])
    return theta


def _scale(table: Numbers, net: Numbers) -> float:
    """What errors are measured by: all moves and net totals, in whatever unit they are."""
    return float(table.sum() + np.abs(net).sum()) or 1e-300


def _net(table: Numbers) -> Numbers:
    return np.asarray(table.sum(axis=0) - table.sum(axis=1))


def _error(table: Numbers, net: Numbers, total: float | None) -> float:
    short = 0.0 if total is None else abs(table.sum() - total)
    return float(max(np.abs(_net(table) - net).max(), short))


def _off_diagonal(table: Numbers) -> Numbers:
    return table - np.diag(np.diag(table))

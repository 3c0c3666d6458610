"""Cells of any number of dimensions and totals of groups of them → the cells nearest to them that have these totals.

A margin is a grouping of cells: of rows, columns, pairs of dimensions, blocks, stripes; every cell has a number of its group. So
one engine serves tables of any shape, dense or sparse. Sweeps scale one margin after another (iterative proportional fitting);
then Newton's method on the dual of all margins together, whose Hessian is Σ cells × membership, takes the last steps. Margins
that share dimensions must agree on them; the fit is judged by all margins after the last step, never by how little cells move.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, vstack
from scipy.sparse.linalg import splu

from guzar.analyse.fitting.feasible import require_feasible
from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
Groups = NDArray[np.int64]
SWEEPS, STEPS = 100, 40
CLOSE = 1e-14  # of the total: the largest error of a margin that is sought
MOST_ERROR = 1e-7  # the same; above it there is no such table
SAME_TOTAL = 1e-9  # of two margins, as a share
RIDGE = 1e-11  # margins share scales: these are free
LONGEST_STEP, SHORTER = 5.0, 0.5


@dataclass(frozen=True)
class Margin:
    """Totals in persons of groups of cells: `group[cell]` counts from 0; `name` and `names` tell people which."""

    group: Groups
    totals: Numbers
    name: str
    names: Sequence[str]


@dataclass(frozen=True)
class FittedCells:
    """Cells with their margins; the largest error of each margin (persons), sweeps and Newton steps taken.

    `emptied`: of each margin the codes with persons that it does not name, and these persons.
    """

    cells: Numbers
    errors: dict[str, float]
    sweeps: int
    steps: int
    emptied: dict[str, tuple[list[str], float]] = field(default_factory=dict)


def fit_margins(cells: Numbers, margins: Sequence[Margin]) -> FittedCells:
    """The cells of the same interactions that have these totals. Zeros stay zeros.

    Raises MethodNotApplicable where a total has no cell, or no such table was reached.
    """
    for margin in margins:
        _check_cells(cells, margin)
    used = cells > 0
    for margin in margins:
        used &= margin.totals[margin.group] > 0
    inner = [Margin(each.group[used], each.totals, each.name, each.names) for each in margins]
    fitted, whole = cells[used], np.zeros_like(cells)
    scale = max(1e-300, float(margins[0].totals.sum()))
    fitted, sweeps = _sweep(fitted, inner, scale)
    fitted, steps = _newton(fitted, inner, scale)
    whole[used] = fitted
    errors = {each.name: _error(fitted, each) for each in inner}
    _check_reached(fitted, inner, scale)
    return FittedCells(whole, errors, sweeps, steps)


def fit_table(
    table: Numbers, rows: Numbers, columns: Numbers, names: tuple[Sequence[str], Sequence[str]]
) -> tuple[Numbers, float]:
    """The table of two dimensions of the same interactions with these totals, and the largest error of one (persons)."""
    require_same_total(rows, columns)
    row, column = np.indices(table.shape).reshape(2, -1)
    margins = [Margin(row, rows, "rows", names[0]), Margin(column, columns, "columns", names[1])]
    try:
        fitted = fit_margins(table.ravel(), margins)
    except MethodNotApplicable:
        require_feasible(table, rows, columns, names)
        raise
    return fitted.cells.reshape(table.shape), max(fitted.errors.values())


def require_same_total(rows: Numbers, columns: Numbers) -> None:
    """Refuse rows and columns that add up to different totals: guzar does not change a scale without being asked."""
    total, other = rows.sum(), columns.sum()
    if abs(total - other) > SAME_TOTAL * max(total, other):
        raise MethodNotApplicable(
            "Rows add up to {rows:,.9g} and columns to {columns:,.9g} persons.",
            expected="the same total",
            do="Find out which of the two is right; guzar does not change a scale without being asked.",
            rows=total,
            columns=other,
        )


def _check_cells(cells: Numbers, margin: Margin) -> None:
    present = np.bincount(margin.group, cells, minlength=len(margin.totals)) > 0
    empty = np.flatnonzero((margin.totals > 0) & ~present)
    if len(empty):
        at = int(empty[0])
        raise MethodNotApplicable(
            "{number} total(s) have no cell above 0; the first is {group} with {persons:,.9g} persons.",
            where="margin {margin}",
            expected="cells that are not zero for every total",
            do="Add such cells to the table, or correct the totals.",
            number=len(empty),
            group=margin.names[at],
            persons=margin.totals[at],
            margin=margin.name,
        )


def _sweep(cells: Numbers, margins: Sequence[Margin], scale: float) -> tuple[Numbers, int]:
    for sweep in range(1, SWEEPS + 1):
        for margin in margins:
            have = np.bincount(margin.group, cells, minlength=len(margin.totals))
            cells = cells * (margin.totals / np.where(have > 0, have, 1.0))[margin.group]
        if max(_error(cells, margin) for margin in margins) <= CLOSE * scale:
            return cells, sweep
    return cells, SWEEPS


def _newton(cells: Numbers, margins: Sequence[Margin], scale: float) -> tuple[Numbers, int]:
    """Newton's steps on the logarithms of all factors together, shortened until the errors fall."""
    member = vstack([_membership(margin) for margin in margins], format="csr")
    totals = np.concatenate([margin.totals for margin in margins])
    for step in range(STEPS):
        short = totals - member @ cells
        if np.abs(short).max(initial=0.0) <= CLOSE * scale:
            return cells, step
        hessian = (member * cells[None, :]) @ member.T
        hessian = hessian + diags_array(RIDGE * hessian.diagonal() + 1e-300)
        change = member.T @ splu(hessian.tocsc()).solve(short)
        factor = min(1.0, LONGEST_STEP / max(float(np.abs(change).max(initial=0.0)), 1e-300))
        now = np.abs(short).sum()
        tried = cells
        while factor > 1e-6:
            tried = cells * np.exp(factor * change)
            if np.abs(totals - member @ tried).sum() < now:
                break
            factor *= SHORTER
        else:
            return cells, step
        cells = tried
    return cells, STEPS


def _membership(margin: Margin) -> csr_array:
    """By group and cell: 1 where the cell is of the group."""
    cells = len(margin.group)
    return csr_array((np.ones(cells), (margin.group, np.arange(cells))), shape=(len(margin.totals), cells))


def _error(cells: Numbers, margin: Margin) -> float:
    """The largest error of a total, in persons."""
    have = np.bincount(margin.group, cells, minlength=len(margin.totals))
    return float(np.abs(have - margin.totals).max(initial=0.0))


def _check_reached(cells: Numbers, margins: Sequence[Margin], scale: float) -> None:
    worst = max(margins, key=lambda margin: _error(cells, margin))
    error = _error(cells, worst)
    if error <= MOST_ERROR * scale:
        return
    have = np.bincount(worst.group, cells, minlength=len(worst.totals))
    at = int(np.argmax(np.abs(have - worst.totals)))
    raise MethodNotApplicable(
        "No table with these cells has these totals: nearest comes {have:,.9g} for {group}, whose total is {total:,.9g}.",
        where="margin {margin}",
        expected="totals that agree with each other, and cells above 0 that can carry them",
        do="Compare this total with the other margins; guzar does not change a scale without being asked.",
        have=have[at],
        total=worst.totals[at],
        group=worst.names[at],
        margin=worst.name,
    )

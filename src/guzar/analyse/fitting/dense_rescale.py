"""A dense table of two dimensions and totals of its rows and columns → the table of the same interactions that has them, fast.

What `fit_table` finds, for tables that are fitted again and again with slightly other numbers: scales of an earlier fit are the
start, and Newton's method on the dual works on one side only (Schur complement), so that a step is one matrix product and one
solution of n equations. Whoever needs a reason why a table cannot be fitted asks `fit_table`.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.analyse.fitting.margins import fit_table
from guzar.analyse.fitting.products import add_up_columns, add_up_rows, multiply_transposed

Numbers = NDArray[np.float64]
Names = tuple[Sequence[str], Sequence[str]]
SWEEPS, STEPS = 8, 30
CLOSE = 1e-11  # of the total: the largest error of a margin that is sought
RIDGE = 1e-13  # rows and columns share one scale: it is free
LONGEST_STEP, SHORTER, SHORTEST = 5.0, 0.5, 1e-3


def make_rescaler() -> Callable[[Numbers, Numbers, Numbers, Names], tuple[Numbers, float]]:
    """A function like `fit_table` that starts from the scales of its own last fit; one for each kind of table.

    Where the fast steps do not arrive, `fit_table` is asked, which refuses what has no solution (MethodNotApplicable).
    """
    known: dict[tuple[int, ...], Numbers] = {}

    def rescale(table: Numbers, rows: Numbers, columns: Numbers, names: Names) -> tuple[Numbers, float]:
        found = rescale_table(table, rows, columns, known.get(table.shape))
        if found is None:
            return fit_table(table, rows, columns, names)
        fitted, known[table.shape], error = found
        return fitted, error

    return rescale


def rescale_table(
    table: Numbers, rows: Numbers, columns: Numbers, scales: Numbers | None = None
) -> tuple[Numbers, Numbers, float] | None:
    """The fitted table, the scales of its rows, and the largest error of a total; None where the steps do not arrive.

    `scales`: of the rows, from an earlier fit of a like table; 1 where not given.
    """
    total = max(1e-300, float(rows.sum()))
    if not (np.isfinite(total) and (table >= 0).all() and abs(total - columns.sum()) <= 1e-9 * total):
        return None
    fitted, alpha = _sweep(table, rows, columns, np.ones(len(rows)) if scales is None else scales)
    for _ in range(STEPS):
        short_rows, short_columns = rows - fitted.sum(axis=1), columns - fitted.sum(axis=0)
        error = max(np.abs(short_rows).max(), np.abs(short_columns).max())
        if error <= CLOSE * total:
            return fitted, alpha, float(error)
        step = _direction(fitted, short_rows, short_columns)
        moved = None if step is None else _shortened(fitted, step, rows, columns)
        if moved is None:
            return None
        fitted, change = moved
        alpha = alpha * np.exp(change)
    return None


def _sweep(table: Numbers, rows: Numbers, columns: Numbers, alpha: Numbers) -> tuple[Numbers, Numbers]:
    """Some sweeps of proportional fitting, on the scales alone: rows and columns are scaled without writing the table."""
    beta = columns
    for _ in range(SWEEPS):
        beta = _ratio(columns, add_up_rows(alpha, table))
        alpha = _ratio(rows, add_up_columns(table, beta))
    return alpha[:, None] * table * beta, alpha


def _ratio(wanted: Numbers, held: Numbers) -> Numbers:
    return np.asarray(wanted / np.where(held > 0, held, 1.0))


def _direction(
    fitted: Numbers, short_rows: Numbers, short_columns: Numbers
) -> tuple[Numbers, Numbers] | None:
    """Newton's step of the logarithms of both scales: (diag(b) − XᵀX/a) dv = short columns − Xᵀ(short rows / a)."""
    a, b = fitted.sum(axis=1), fitted.sum(axis=0)
    inverse = np.where(a > 0, 1 / np.where(a > 0, a, 1.0), 0.0)
    held = fitted * inverse[:, None]
    schur = -multiply_transposed(fitted, held)
    schur[np.diag_indices_from(schur)] += b + RIDGE * b.max() + np.where(b > 0, RIDGE * b, 1.0)
    of_columns = _solve_symmetric(schur, short_columns - add_up_rows(short_rows, held))
    if not np.isfinite(of_columns).all():
        return None
    return inverse * short_rows - add_up_columns(held, of_columns), of_columns


def _shortened(
    fitted: Numbers, step: tuple[Numbers, Numbers], rows: Numbers, columns: Numbers
) -> tuple[Numbers, Numbers] | None:
    """The table after the step, shortened until the errors fall, and the change of the rows' scales; None where none does."""
    now = np.abs(rows - fitted.sum(axis=1)).sum() + np.abs(columns - fitted.sum(axis=0)).sum()
    largest = max(np.abs(step[0]).max(), np.abs(step[1]).max(), 1e-300)
    factor = min(1.0, LONGEST_STEP / largest)
    while factor > SHORTEST:
        tried = fitted * np.exp(factor * step[0])[:, None] * np.exp(factor * step[1])
        if np.abs(rows - tried.sum(axis=1)).sum() + np.abs(columns - tried.sum(axis=0)).sum() < now:
            return tried, factor * step[0]
        factor *= SHORTER
    return None


@njit(cache=True, nogil=True)
def _solve_symmetric(matrix: Numbers, right: Numbers) -> Numbers:
    """Solution of a symmetric positive definite system by factors UᵀDU; not finite where it is not one.

    Compiled here, as the threads of a linear-algebra library wait for each other on small matrices when the machine is busy.
    """
    size = len(right)
    upper, found = matrix.copy(), right.copy()
    for j in range(size):
        for k in range(j):
            factor = upper[k, j] * upper[k, k]
            if factor != 0.0:
                upper[j, j:] -= factor * upper[k, j:]
        if not upper[j, j] > 0.0:
            return np.full(size, np.nan)
        upper[j, j + 1 :] /= upper[j, j]
    for j in range(size):
        found[j + 1 :] -= upper[j, j + 1 :] * found[j]
    for j in range(size - 1, -1, -1):
        found[j] = found[j] / upper[j, j] - (upper[j, j + 1 :] * found[j + 1 :]).sum()
    return found

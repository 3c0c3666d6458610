"""Stocks at two dates → moves from differences and from rates: what was done before demographic accounts.

Sources: Beine, Docquier and Özden (2011) for differences; Dennett (2016) for rates; Rogers and von Rabenau (1971).
"""

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
WORST_CONDITION = 1e12  # of a stock table that may be inverted


def drop_falls(start: Numbers, end: Numbers) -> Numbers:
    """Growth of each stock as moves from the country of birth; a stock that fell says nothing."""
    return np.maximum(_change(start, end), 0.0)


def reverse_falls(start: Numbers, end: Numbers) -> Numbers:
    """The same; a stock that fell is read as return to the country of birth."""
    change = _change(start, end)
    return np.maximum(change, 0.0) + np.maximum(-change, 0.0).T


def share_by_rates(start: Numbers, moves: float) -> Numbers:
    """So many moves in all, shared out like the stocks at the first date."""
    abroad = without_diagonal(start)
    if abroad.sum() <= 0:
        raise MethodNotApplicable(
            "Nobody lives outside the country of birth at the first date.",
            expected="stocks by which moves can be shared out",
            do="Choose another method, or stocks that hold people born abroad.",
        )
    return np.asarray(moves * abroad / abroad.sum())


def grow_like_rogers(start: Numbers, end: Numbers) -> Numbers:
    """The growth matrix G = S₀⁻¹ S₁, each row times those who lived in that country. May be below 0; never a headline."""
    condition = np.linalg.cond(start)
    if not condition < WORST_CONDITION:
        raise MethodNotApplicable(
            "The stocks at the first date cannot be inverted (condition {condition:.1e}).",
            expected="a table in which no country is a mixture of the others",
            do="Choose another method.",
            condition=condition,
        )
    return without_diagonal(np.linalg.solve(start, end) * start.sum(axis=0)[:, None])


def without_diagonal(table: Numbers) -> Numbers:
    """The table with zeros on its diagonal."""
    return np.asarray(table * (1 - np.eye(len(table))))


def _change(start: Numbers, end: Numbers) -> Numbers:
    return without_diagonal(end) - without_diagonal(start)

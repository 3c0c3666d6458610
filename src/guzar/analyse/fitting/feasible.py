"""Whether cells that are not zero can carry given totals: the largest flow from rows to columns (Ford and Fulkerson 1956)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
UNITS = 2**30  # the total, in whole units; flows are found in whole numbers
CARRIED = 1e-6  # of the total may fail by rounding


def require_feasible(table: Numbers, rows: Numbers, columns: Numbers, names: Sequence[Sequence[str]]) -> None:
    """Raise MethodNotApplicable where the cells of a table that are not zero cannot carry its totals.

    The refusal names the rows that are too large for the columns that they reach, and by how many persons.
    """
    if not (table == 0).any():
        return
    total = max(1e-300, rows.sum())
    r, c = (np.floor(totals / total * UNITS).astype(np.int32) for totals in (rows, columns))
    source, sink = len(r) + len(c), len(r) + len(c) + 1
    i, j = np.nonzero(table)
    tail = np.concatenate([np.full(len(r), source), i, len(r) + np.arange(len(c))])
    head = np.concatenate([np.arange(len(r)), len(r) + j, np.full(len(c), sink)])
    capacity = np.concatenate([r, np.minimum(r[i], c[j]), c])
    network = csr_array((capacity, (tail, head)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(network, source, sink)
    missing = min(r.sum(), c.sum()) - flow.flow_value
    if missing <= CARRIED * UNITS:
        return
    short = _cut(network - flow.flow, source, len(r))
    raise MethodNotApplicable(
        "No table has these totals: {rows} together are {persons:,.9g} persons more than the columns that they reach.",
        expected="cells that are not zero for every total",
        do="Give these rows cells in other columns, or correct their totals.",
        rows=", ".join(np.asarray(names[0])[short]),
        persons=missing / UNITS * total,
    )


def _cut(left: csr_array, source: int, rows: int) -> NDArray[np.bool_]:
    """Rows that can still be reached: they are what is too large."""
    reached = np.zeros(left.shape[0], bool)
    reached[source], waiting = True, [source]
    while waiting:
        at = waiting.pop()
        part = slice(left.indptr[at], left.indptr[at + 1])
        for following in left.indices[part][left.data[part] > 0]:
            if not reached[following]:
                reached[following] = True
                waiting.append(int(following))
    return reached[:rows]

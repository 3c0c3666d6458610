"""Whether cells that are not zero can carry given totals: the largest flow from rows to columns (Ford and Fulkerson 1956)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
UNITS = 2**30  # the total, in whole units; flows are found in whole numbers
CARRIED = 1e-6  # of the total may fail by rounding
ROUNDED = 1e-7  # of the total: less is left over by rounding alone, and names nobody


@dataclass(frozen=True)
class Obstacle:
    """Rows (or columns) whose totals add up to `wanted` persons, while the columns (rows) that share cells with them hold `room`."""

    are_rows: bool
    places: NDArray[np.int64]
    wanted: float
    room: float


def require_feasible(table: Numbers, rows: Numbers, columns: Numbers, names: Sequence[Sequence[str]]) -> None:
    """Raise MethodNotApplicable where the cells of a table that are not zero cannot carry its totals.

    The refusal names the rows (or, where they are fewer, the columns) that are too large for their cells, with both amounts.
    """
    found = find_obstacle(table, rows, columns)
    if found is None:
        return
    listed = ", ".join(np.asarray(names[0 if found.are_rows else 1])[found.places])
    raise MethodNotApplicable(
        "No table has these totals: the rows {names} add up to {wanted:,.1f} persons, the columns in which they have cells to {room:,.1f}."
        if found.are_rows
        else "No table has these totals: the columns {names} add up to {wanted:,.1f} persons, the rows in which they have cells to {room:,.1f}.",
        expected="cells that are not zero for every total",
        do="Give them more cells that are not zero, or correct their totals.",
        names=listed,
        wanted=found.wanted,
        room=found.room,
    )


def find_obstacle(table: Numbers, rows: Numbers, columns: Numbers) -> Obstacle | None:
    """What cannot be carried: rows too large for the columns that they reach, or, where these are fewer, columns too large for
    the rows that reach them; None where the cells that are not zero can carry the totals.
    """
    if not (table == 0).any():
        return None
    total = max(1e-300, rows.sum())
    r, c = (np.floor(totals / total * UNITS).astype(np.int32) for totals in (rows, columns))
    source, sink = len(r) + len(c), len(r) + len(c) + 1
    i, j = np.nonzero(table)
    tail = np.concatenate([np.full(len(r), source), i, len(r) + np.arange(len(c))])
    head = np.concatenate([np.arange(len(r)), len(r) + j, np.full(len(c), sink)])
    # Cells have room for all, so that what is full in the end is a column and never a cell.
    capacity = np.concatenate([r, np.full(len(i), UNITS, np.int32), c])
    network = csr_array((capacity, (tail, head)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(network, source, sink)
    missing = min(r.sum(), c.sum()) - flow.flow_value
    if missing <= CARRIED * UNITS:
        return None
    left = network - flow.flow
    reached = _cut(left, source, ROUNDED * UNITS)
    if not reached[: len(r)].any():
        reached = _cut(left, source, 0.0)
    short, open_ = reached[: len(r)], reached[len(r) : source]
    if short.sum() <= (~open_).sum():
        return Obstacle(True, np.flatnonzero(short), float(rows[short].sum()), float(columns[open_].sum()))
    return Obstacle(False, np.flatnonzero(~open_), float(columns[~open_].sum()), float(rows[~short].sum()))


def _cut(left: csr_array, source: int, least: float) -> NDArray[np.bool_]:
    """Nodes that can still be reached by more than so many units: rows among them are too large, columns are full."""
    reached = np.zeros(left.shape[0], bool)
    reached[source], waiting = True, [source]
    while waiting:
        at = waiting.pop()
        part = slice(left.indptr[at], left.indptr[at + 1])
        for following in left.indices[part][left.data[part] > least]:
            if not reached[following]:
                reached[following] = True
                waiting.append(int(following))
    return reached

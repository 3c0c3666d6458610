"""The order of one person's crossings: those of one moment in turn, and scans of one crossing that came twice."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from guzar.process.residence_kernel import Codes

PORT = "port"
MICROSECONDS_PER_MINUTE = 60_000_000


def moments_of(dates: pa.ChunkedArray) -> NDArray[np.int64]:
    """Microseconds since 1970 of dates or timestamps."""
    moments = pc.cast(dates, pa.timestamp("us"), safe=False)
    return np.asarray(pc.cast(moments, pa.int64()).combine_chunks().to_numpy(zero_copy_only=False))


def find_double_scans(
    crossings: pa.Table, times: NDArray[np.int64], begins: NDArray[np.bool_], is_entry: Codes, minutes: int
) -> NDArray[np.bool_]:
    """Rows that repeat the row before: same person, direction and port, so many minutes later at most.

    Rows stand in person and time order; `begins` marks the first of each person. Where only days are known, so are
    scans of one day. Without a column of ports all ports are one.
    """
    double = np.zeros(len(times), bool)
    if len(times) < 2:
        return double
    soon = np.diff(times) <= minutes * MICROSECONDS_PER_MINUTE
    double[1:] = soon & (is_entry[1:] == is_entry[:-1]) & ~begins[1:]
    if PORT in crossings.column_names:
        port = pc.fill_null(pc.cast(crossings.column(PORT), pa.string()), "").combine_chunks()
        double[1:] &= pc.equal(port.slice(1), port.slice(0, len(port) - 1)).to_numpy(zero_copy_only=False)
    return double


def put_in_turn(
    crossings: pa.Table, times: NDArray[np.int64], starts: NDArray[np.int64], is_entry: Codes
) -> tuple[pa.Table, Codes]:
    """Crossings of one moment put in turn, entry after exit: where no sequence is given, the likeliest order."""
    order = np.arange(len(times))
    if not _turn_moments(starts, times, is_entry, order):
        return crossings, is_entry
    return crossings.take(order), is_entry[order]


@njit(cache=True, nogil=True)
def _turn_moments(
    starts: NDArray[np.int64], times: NDArray[np.int64], is_entry: Codes, order: NDArray[np.int64]
) -> bool:
    changed = False
    for person in range(len(starts) - 1):
        low, end = starts[person], starts[person + 1]
        row = low
        while row < end:
            stop = row + 1
            while stop < end and times[stop] == times[row]:
                stop += 1
            if stop - row > 1:
                changed |= _turn(row, stop, low, end, is_entry, order)
            row = stop
    return changed


@njit(cache=True, nogil=True)
def _turn(row: int, stop: int, low: int, end: int, is_entry: Codes, order: NDArray[np.int64]) -> bool:
    """Order the rows of one moment: the other way than the crossing before, and so on in turn."""
    entries = 0
    for at in range(row, stop):
        entries += is_entry[at]
    exits = stop - row - entries
    if entries == 0 or exits == 0:
        return False
    if row > low:
        wanted = 1 - is_entry[order[row - 1]]
    elif entries != exits:
        wanted = 1 if entries > exits else 0
    else:  # as many of both: end the other way than the crossing after
        wanted = is_entry[stop] if stop < end else 1
    # In one moment the rows of each direction keep their order.
    own = np.empty((2, stop - row), np.int64)
    filled, taken = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for at in range(row, stop):
        side = is_entry[at]
        own[side, filled[side]] = at
        filled[side] += 1
    changed = False
    for at in range(row, stop):
        if taken[wanted] == filled[wanted]:
            wanted = 1 - wanted
        order[at] = own[wanted, taken[wanted]]
        taken[wanted] += 1
        wanted = 1 - wanted
        changed |= order[at] != at
    return changed

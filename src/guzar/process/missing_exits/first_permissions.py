"""Entries drawn before a person's first crossing, and the permission that they are taken to have brought.

A lost entry is taken to bring a permission as long as the person's last one that was recorded. Before the first crossing there
is none: it is then the person's first that is recorded, or, where no entry of the person is, that of any other.
"""

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.residence_kernel import YES, Codes

Rows = NDArray[np.int64]


def permit_first_entries(paths: Paths, seed: int) -> Paths:
    """The paths, with a permission for entries drawn before the first recorded crossing, and for the exits drawn after them."""
    entered, own, is_left = _entries_before(paths.starts, paths.is_drawn, paths.is_entry)
    entries = np.flatnonzero(~paths.is_drawn & (paths.is_entry == YES))
    if not len(entered) or not len(entries):
        return paths
    others = np.random.default_rng(seed).choice(entries, len(entered))
    like = np.where(own >= 0, own, others)
    limit = paths.permitted_until[like]
    lasted = limit.astype(np.int64) - paths.day[like]
    until = paths.permitted_until.copy()
    until[entered] = np.where(limit == NO_LIMIT, NO_LIMIT, paths.day[entered] + lasted)
    until[entered[is_left] + 1] = until[entered[is_left]]
    return replace(paths, permitted_until=until)


@njit(cache=True, nogil=True)
def _entries_before(
    starts: Rows, drawn: NDArray[np.bool_], is_entry: Codes
) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Rows of entries before the first recorded crossing of a person, the row of the person's first recorded entry (-1 where
    there is none), and whether the exit after them is before that crossing too."""
    room = 0
    for person in range(len(starts) - 1):
        row = starts[person]
        while row < starts[person + 1] and drawn[row]:
            room, row = room + 1, row + 1
    entered, own = np.empty(room, np.int64), np.empty(room, np.int64)
    is_left, number = np.empty(room, np.bool_), 0
    for person in range(len(starts) - 1):
        low, high = starts[person], starts[person + 1]
        first = low
        while first < high and drawn[first]:
            first += 1
        if first in (low, high):  # nothing was drawn before it, or nothing recorded at all
            continue
        shown = first
        while shown < high and (drawn[shown] or is_entry[shown] != YES):
            shown += 1
        for row in range(low, first):
            if is_entry[row] == YES:
                entered[number], own[number] = row, shown if shown < high else -1
                is_left[number] = row + 1 < first
                number += 1
    return entered[:number], own[:number], is_left[:number]

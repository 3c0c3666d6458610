"""Entries drawn before a person's first crossing, and the permission that they are taken to have brought.

A lost entry is taken to bring a permission as long as the person's last one that was recorded. Before the first crossing there
is none: it is then the person's first that is recorded, or, where no entry of the person is, that of any other.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.residence_kernel import YES

Rows = NDArray[np.int64]


def permit_first_entries(paths: Paths, seed: int) -> Paths:
    """The paths, with a permission for entries drawn before the first recorded crossing, and for the exits drawn after them."""
    lengths = np.diff(paths.starts)
    person, rows = np.repeat(np.arange(len(lengths)), lengths), np.arange(len(paths.day))
    recorded = np.flatnonzero(~paths.is_drawn)
    first = _firsts(person, recorded, len(lengths))[person]
    before = (rows < first) & (first < len(rows))
    entered = np.flatnonzero(before & (paths.is_entry == YES))
    entries = recorded[paths.is_entry[recorded] == YES]
    if not len(entered) or not len(entries):
        return paths
    own = _firsts(person, entries, len(lengths))[person[entered]]
    others = np.random.default_rng(seed).choice(entries, len(entered))
    like = np.where(own < len(rows), own, others)
    limit, lasted = (
        paths.permitted_until[like],
        paths.permitted_until[like].astype(np.int64) - paths.day[like],
    )
    until = paths.permitted_until.copy()
    until[entered] = np.where(limit == NO_LIMIT, NO_LIMIT, paths.day[entered] + lasted)
    left = entered + 1
    drawn = before[np.minimum(left, len(rows) - 1)] & (left < len(rows))
    until[left[drawn]] = until[entered[drawn]]
    return replace(paths, permitted_until=until)


def _firsts(person: Rows, rows: Rows, persons: int) -> Rows:
    """The first of these rows of every person; beyond all rows where there is none."""
    first = np.full(persons, len(person), np.int64)
    first[person[rows[::-1]]] = rows[::-1]  # of several values for one place, the last one stays
    return first

"""Histories of crossings read under given chances: whose class is likely, and what was probably not seen.

One pass over whole persons, compiled. Sums by kind, port, days and class come out, never anything about a person.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.chains import (
    BEFORE,
    FIRST_ENTRY_ABSENT,
    FIRST_ENTRY_PRESENT,
    FIRST_EXIT_ABSENT,
    FIRST_EXIT_PRESENT,
    SMALLEST,
    Tables,
)
from guzar.process.missing_exits.crossing_log import CrossingLog, Index, Rows
from guzar.process.missing_exits.cycles import KINDS, kinds_of_rows
from guzar.process.missing_exits.permits import kinds_of_permission, marks_of
from guzar.process.missing_exits.sojourns import Numbers
from guzar.process.residence_kernel import Codes

SCALED, BY = 1e-200, 1e200  # a product of chances is brought back into range


class Histories(NamedTuple):
    """A log as the compiled passes read it: of each crossing its kind, its cell (kind of permission × port), and the days to
    the next or to the last day, and its mark (permits.py);
    of each person the group, days from the first day to the first crossing, whether that is an entry, and which of the
    residences on the first day that occur is told. `groups` and `statuses` say how many there are, in a sample too."""

    starts: Rows
    kind: Codes
    cell: Index
    days: NDArray[np.int32]
    group: NDArray[np.int64]
    waited: NDArray[np.int32]
    begins_in: NDArray[np.bool_]
    status: NDArray[np.int64]
    groups: int
    statuses: int
    permits: int
    mark: Codes

    @property
    def persons(self) -> int:
        """How many persons crossed."""
        return len(self.starts) - 1


class Sums(NamedTuple):
    """Expected numbers: by kind, port, days and class; persons, and those present on the first day, by group and class;
    crossings by mark and class."""

    kind: Numbers
    members: Numbers
    present: Numbers
    mark: Numbers


def read_log(
    log: CrossingLog, groups: NDArray[np.int64], first: int, last: int, ports: Index | None = None
) -> Histories:
    """The log as the compiled passes read it, from the first to the last day; `ports` is the group of every port."""
    firsts, lasts = log.starts[:-1], log.starts[1:] - 1
    statuses, status = np.unique(log.given, return_inverse=True)
    permission, permits = kinds_of_permission(log)
    of_ports = np.arange(len(log.ports), dtype=np.int32) if ports is None else ports
    cell = permission * (int(of_ports.max(initial=0)) + 1) + of_ports[log.port]
    following = np.append(log.day[1:], last)
    following[lasts] = last if log.mortality is None else np.minimum(last, log.mortality.died)
    return Histories(
        log.starts,
        kinds_of_rows(log),
        cell.astype(np.int32),
        (following - log.day).astype(np.int32),
        groups,
        (log.day[firsts] - first).astype(np.int32),
        log.is_entry[firsts] == 1,
        status.astype(np.int64),
        int(groups.max(initial=0)) + 1,
        max(1, len(statuses)),
        permits,
        marks_of(log),
    )


def take_sample(histories: Histories, most: int) -> Histories:
    """So many persons at most, evenly spread over all."""
    if histories.persons <= most:
        return histories
    return take_persons(histories, np.linspace(0, histories.persons - 1, most).astype(np.int64))


def take_persons(histories: Histories, persons: Rows) -> Histories:
    """These persons, each as often as named."""
    lengths = np.diff(histories.starts)[persons]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = np.repeat(histories.starts[persons] - starts[:-1], lengths) + np.arange(starts[-1])
    return Histories(
        starts,
        histories.kind[rows],
        histories.cell[rows],
        histories.days[rows],
        histories.group[persons],
        histories.waited[persons],
        histories.begins_in[persons],
        histories.status[persons],
        histories.groups,
        histories.statuses,
        histories.permits,
        histories.mark[rows],
    )


def no_sums(tables: Tables) -> Sums:
    """Sums of nothing yet."""
    return Sums(*(np.zeros(each.shape) for each in (tables.kind, tables.share, tables.share, tables.mark)))


@njit(cache=True, nogil=True)
def kinds_before(person: int, histories: Histories) -> tuple[int, int]:
    """What stood before a first entry, or a first exit, of somebody present on the first day, and absent."""
    begin = len(KINDS) + BEFORE * histories.status[person]
    if histories.begins_in[person]:
        return begin + FIRST_ENTRY_PRESENT, begin + FIRST_ENTRY_ABSENT
    return begin + FIRST_EXIT_PRESENT, begin + FIRST_EXIT_ABSENT


@njit(cache=True, nogil=True)
def weigh_classes(person: int, histories: Histories, tables: Tables, chances: Numbers) -> float:
    """The chances of the classes of one person, filled in; returns the logarithm of the likelihood."""
    low, high = histories.starts[person], histories.starts[person + 1]
    group, waited, cell = histories.group[person], histories.waited[person], histories.cell[low]
    here, elsewhere = kinds_before(person, histories)
    scaled = 0
    for k in range(len(chances)):
        present = tables.present[group, k]
        before = present * tables.kind[here, cell, waited, k]
        before += (1 - present) * tables.kind[elsewhere, cell, waited, k]
        chances[k] = tables.share[group, k] * before + SMALLEST
    for row in range(low, high):
        kind, of_cell, days = histories.kind[row], histories.cell[row], histories.days[row]
        highest = 0.0
        for k in range(len(chances)):
            chances[k] *= tables.kind[kind, of_cell, days, k] * tables.mark[histories.mark[row], k]
            highest = max(highest, chances[k])
        if highest < SCALED:
            scaled += 1
            for k in range(len(chances)):
                chances[k] = chances[k] * BY + SMALLEST
    whole = 0.0
    for k in range(len(chances)):
        whole += chances[k]
    for k in range(len(chances)):
        chances[k] /= whole
    return float(np.log(whole) - scaled * np.log(BY))


@njit(cache=True, nogil=True)
def sum_histories(histories: Histories, tables: Tables, weights: Numbers, fixed: Index, sums: Sums) -> float:
    """Add what all persons show to the sums; returns the logarithm of the likelihood.

    `weights` are those of the persons (a bootstrap's, or 1); `fixed` is the class of each person, -1 where it is to be
    weighed.
    """
    chances = np.empty(tables.share.shape[1])
    likelihood = 0.0
    for person in range(len(histories.starts) - 1):
        weight = weights[person]
        if weight == 0:
            continue
        likelihood += weight * weigh_classes(person, histories, tables, chances)
        if fixed[person] >= 0:
            chances[:] = 0
            chances[fixed[person]] = 1
        for k in range(len(chances)):
            chances[k] *= weight
        _add(person, chances, histories, tables, sums)
    return likelihood


@njit(cache=True, nogil=True)
def _add(person: int, chances: Numbers, histories: Histories, tables: Tables, sums: Sums) -> None:
    low, high = histories.starts[person], histories.starts[person + 1]
    group, waited, cell = histories.group[person], histories.waited[person], histories.cell[low]
    here, elsewhere = kinds_before(person, histories)
    for k in range(len(chances)):
        present = tables.present[group, k]
        there = present * tables.kind[here, cell, waited, k]
        away = (1 - present) * tables.kind[elsewhere, cell, waited, k]
        share = there / (there + away + SMALLEST)
        sums.kind[here, cell, waited, k] += chances[k] * share
        sums.kind[elsewhere, cell, waited, k] += chances[k] * (1 - share)
        sums.present[group, k] += chances[k] * share
        sums.members[group, k] += chances[k]
    for row in range(low, high):
        kind, of_cell, days = histories.kind[row], histories.cell[row], histories.days[row]
        for k in range(len(chances)):
            sums.kind[kind, of_cell, days, k] += chances[k]
            sums.mark[histories.mark[row], k] += chances[k]

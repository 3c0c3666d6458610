"""One possible past: what was not recorded is drawn, given what was; for counting in the memory of a batch only.

For each pair of entries in a row a day of the exit between; for each open entry, whether the person is still here or left
on some day; for each first entry, whether an exit before it was lost. Nothing of this is ever written beside a person.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, Rows
from guzar.process.missing_exits.histories import Histories, weigh_classes
from guzar.process.missing_exits.sojourns import Losses, Numbers, Tables
from guzar.process.residence_kernel import Codes, Days


@dataclass(frozen=True)
class Paths:
    """Crossings of whole persons, recorded and drawn; `permitted_until` of the stay that an entry begins; `given` is, per
    person, the residence on the first day that other sources tell; `is_drawn` marks crossings that nobody recorded."""

    starts: Rows
    day: Days
    is_entry: Codes
    permitted_until: Days
    given: Codes
    is_drawn: NDArray[np.bool_]


def paths_as_recorded(log: CrossingLog) -> Paths:
    """The crossings of a log, and nothing else."""
    return Paths(
        log.starts, log.day, log.is_entry, log.permitted_until, log.given, np.zeros(len(log.day), bool)
    )


def draw_paths(log: CrossingLog, histories: Histories, tables: Tables, losses: Losses, seed: int) -> Paths:
    """Recorded crossings, completed by what chance and the tables put between them.

    Persons of whom nothing at all was recorded stand at the end: those who left once, unseen.
    """
    rows = 2 * len(log.day) + log.persons
    starts = np.zeros(log.persons + 1, np.int64)
    day, is_entry = np.empty(rows, np.int32), np.empty(rows, np.int8)
    until, drawn = np.empty(rows, np.int32), np.zeros(rows, np.bool_)
    length = _draw(histories, tables, losses, log.permitted_until, seed, starts, day, is_entry, until, drawn)
    paths = Paths(starts, day[:length], is_entry[:length], until[:length], log.given, drawn[:length])
    like = _persons_like(histories, tables, losses, seed + 1)
    return _with_never_seen(paths, log.day[log.starts[like]], log.given[like])


def _with_never_seen(paths: Paths, day: Days, given: Codes) -> Paths:
    """The paths, and after them persons who only left, each on a day, and nobody noted it."""
    number = len(day)
    return Paths(
        np.concatenate([paths.starts, paths.starts[-1] + 1 + np.arange(number)]),
        np.concatenate([paths.day, day]),
        np.concatenate([paths.is_entry, np.zeros(number, np.int8)]),
        np.concatenate([paths.permitted_until, np.full(number, NO_LIMIT, np.int32)]),
        np.concatenate([paths.given, given]),
        np.concatenate([paths.is_drawn, np.ones(number, np.bool_)]),
    )


@njit(cache=True, nogil=True)
def _persons_like(histories: Histories, tables: Tables, losses: Losses, seed: int) -> Rows:
    """Persons of whom one exit is all that is recorded, each as often as others like this one left unseen.

    Before an exit is recorded with chance c, a number of others is lost: it is drawn from the geometric distribution.
    """
    np.random.seed(seed)
    chances = np.empty(len(tables.returns))
    like = np.empty(20 * len(histories.starts), np.int64)
    found = 0
    for person in range(len(histories.starts) - 1):
        low = histories.starts[person]
        if histories.starts[person + 1] - low > 1 or histories.is_entry[low]:
            continue
        weigh_classes(person, histories, tables, losses, chances)
        k, port = _pick(chances), histories.port[low]
        away = tables.returns[k] * tables.away[k, histories.last - histories.day[low]]
        gone = (1 - tables.returns[k]) * losses.final_recorded[port]
        is_final = np.random.random() * (away + gone) >= away
        lost = losses.by_final_exit[port] if is_final else losses.by_exit[port]
        while np.random.random() < lost and found < len(like):
            like[found] = person
            found += 1
    return like[:found]


@njit(cache=True, nogil=True)
def _draw(
    histories: Histories,
    tables: Tables,
    losses: Losses,
    permitted_until: Days,
    seed: int,
    starts: Rows,
    day: Days,
    is_entry: Codes,
    until: Days,
    drawn: NDArray[np.bool_],
) -> int:
    np.random.seed(seed)
    chances = np.empty(len(tables.returns))
    at = 0
    for person in range(len(histories.starts) - 1):
        low, high = histories.starts[person], histories.starts[person + 1]
        starts[person] = at
        weigh_classes(person, histories, tables, losses, chances)
        k = _pick(chances)
        unseen = _first_unseen(person, k, histories, tables, losses)
        if unseen >= 0:
            day[at], is_entry[at], until[at] = histories.first + unseen, 0, permitted_until[low]
            drawn[at] = True
            at += 1
        for row in range(low, high):
            entered = histories.is_entry[row]
            day[at], is_entry[at], until[at] = histories.day[row], entered, permitted_until[row]
            at += 1
            left = -1
            if row + 1 < high:
                if histories.is_entry[row + 1] == entered:
                    left = _day_between(k, entered, histories.day[row + 1] - histories.day[row], tables)
            elif entered:
                left = _day_left(k, histories.port[row], histories.last - histories.day[row], tables, losses)
            if left >= 0:
                day[at], is_entry[at] = histories.day[row] + left, 1 - entered
                until[at], drawn[at] = permitted_until[row], True
                at += 1
    starts[len(histories.starts) - 1] = at
    return at


@njit(cache=True, nogil=True)
def _pick(chances: Numbers) -> int:
    """One of the places, by chances that add up to 1."""
    draw = np.random.random()
    for k in range(len(chances) - 1):
        draw -= chances[k]
        if draw < 0:
            return k
    return len(chances) - 1


@njit(cache=True, nogil=True)
def _first_unseen(person: int, k: int, histories: Histories, tables: Tables, losses: Losses) -> int:
    """Days from the first day to an unseen exit before the first entry; -1 where there was none."""
    low = histories.starts[person]
    if not histories.is_entry[low]:
        return -1
    waited = histories.day[low] - histories.first
    there = tables.present[histories.group[person], k]
    unseen = there * losses.returning[histories.port[low]] * tables.first_gap[k, waited]
    if np.random.random() * ((1 - there) * tables.first_entry + unseen) >= unseen:
        return -1
    return _split(tables.first_exit[k], tables.back[k], waited)


@njit(cache=True, nogil=True)
def _day_between(k: int, entered: int, days: int, tables: Tables) -> int:
    """Days until the unseen crossing between two in one direction: an exit after entries, an entry after exits."""
    if entered:
        return _split(tables.stay[k], tables.back[k], days)
    return _split(tables.back[k], tables.stay[k], days)


@njit(cache=True, nogil=True)
def _split(first: Numbers, second: Numbers, days: int) -> int:
    """A day u of 0 … days, drawn with weights first[u] · second[days − u]; half-way where none is possible."""
    whole = 0.0
    for u in range(days + 1):
        whole += first[u] * second[days - u]
    if whole <= 0:
        return days // 2
    draw = np.random.random() * whole
    for u in range(days + 1):
        draw -= first[u] * second[days - u]
        if draw < 0:
            return u
    return days


@njit(cache=True, nogil=True)
def _day_left(k: int, port: int, age: int, tables: Tables, losses: Losses) -> int:
    """Days until the unseen exit of an open entry; -1 for still here."""
    returns = tables.returns[k]
    here = tables.here[k, age]
    returning = losses.returning[port] * returns * tables.left_returning[k, age]
    final = losses.final[port] * (1 - returns) * tables.left[k, age]
    draw = np.random.random() * (here + returning + final)
    if draw < here:
        return -1
    if draw < here + returning:
        return _split(tables.stay[k], tables.away[k], age)
    return _before(tables.stay[k], tables.left[k, age], age)


@njit(cache=True, nogil=True)
def _before(density: Numbers, whole: float, days: int) -> int:
    draw = np.random.random() * whole
    for u in range(days + 1):
        draw -= density[u]
        if draw < 0:
            return u
    return days

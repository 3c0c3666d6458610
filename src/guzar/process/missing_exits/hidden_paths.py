"""One possible past: what was not recorded is drawn, given what was; for counting in the memory of a batch only.

For each person a class; before the first crossing and after each one a chain of sojourns (chains.py), and for a chain of
several the days at which they join: crossings that nobody recorded. Nothing of this is ever written beside a person.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.chains import ENTER, FIRST_OF, GONE, REST_OF, Losses, Tables
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, Rows
from guzar.process.missing_exits.drawn_chains import (
    Chances,
    join_days,
    make_scratch,
    pick,
    way_after,
    way_before,
    weigh_days,
)
from guzar.process.missing_exits.histories import Histories, take_persons, weigh_classes
from guzar.process.missing_exits.mortality import Mortality
from guzar.process.missing_exits.permission_rules import Permissions
from guzar.process.residence_kernel import Codes, Days

COLUMNS = ("day", "is_entry", "permitted_until", "given", "is_drawn", "of_class")
MOST_JOINS = 3  # crossings that nobody recorded in one chain
LOOKED_AT = 50  # crossings, to find an entry with its permission
MORE_ROWS = 1.3  # than recorded ones; made larger where this is too few


@dataclass(frozen=True)
class Paths:
    """Crossings of whole persons, recorded and drawn; `permitted_until` of the stay that an entry begins; `given` is, per
    person, the residence on the first day that other sources tell; `is_drawn` marks crossings that nobody recorded;
    `permissions` are rules of permitted stay and permits held, `mortality` the days of death known, or drawn as well, where
    they are given; `of_class` is the class drawn for each person, those under each kind of permission in turn."""

    starts: Rows
    day: Days
    is_entry: Codes
    permitted_until: Days
    given: Codes
    is_drawn: NDArray[np.bool_]
    permissions: Permissions | None = None
    mortality: Mortality | None = None
    of_class: Codes | None = None


class Filling(NamedTuple):
    """Crossings of persons, being filled."""

    starts: Rows
    day: Days
    is_entry: Codes
    until: Days
    drawn: NDArray[np.bool_]


def paths_as_recorded(log: CrossingLog) -> Paths:
    """The crossings of a log, and nothing else."""
    return Paths(
        log.starts,
        log.day,
        log.is_entry,
        log.permitted_until,
        log.given,
        np.zeros(len(log.day), bool),
        log.permissions,
        log.mortality,
    )


def draw_paths(log: CrossingLog, histories: Histories, tables: Tables, losses: Losses, seed: int) -> Paths:
    """Recorded crossings, completed by what chance and the tables put between them.

    Persons of whom nothing at all was recorded stand at the end: those like somebody seen once only.
    """
    losing = (losses.by_entry, losses.by_exit, losses.by_final_exit)
    first = int(log.day[0] - histories.waited[0]) if len(log.day) else 0
    days = losses.exit_days, losses.entry_days, losses.outage_days
    chances = Chances(tables, *losing, *days, first, make_scratch(tables))
    whole, like = _draw_persons(log, histories, chances, seed, never_seen=False)
    unseen, _ = _draw_persons(
        _once(log, like), take_persons(histories, like), chances, seed + 1, never_seen=True
    )
    joined = {name: np.concatenate([getattr(whole, name), getattr(unseen, name)]) for name in COLUMNS}
    joined["starts"] = np.concatenate([whole.starts, whole.starts[-1] + unseen.starts[1:]])
    permissions = whole.permissions
    if permissions is not None and unseen.permissions is not None:
        permissions = permissions.join(unseen.permissions)
    mortality = whole.mortality
    if mortality is not None and unseen.mortality is not None:
        mortality = mortality.join(unseen.mortality)
    return replace(whole, permissions=permissions, mortality=mortality, **joined)


def _once(log: CrossingLog, like: Rows) -> CrossingLog:
    """The only crossings of these persons, each as a person of one's own."""
    rows = log.starts[like]
    return CrossingLog(
        np.arange(len(like) + 1, dtype=np.int64),
        log.day[rows],
        log.is_entry[rows],
        log.port[rows],
        log.ports,
        log.mode[rows],
        log.citizenship[rows],
        log.citizenships,
        log.permitted_until[rows],
        log.given[like],
        None if log.permissions is None else log.permissions.take(like),
        None if log.mortality is None else log.mortality.take(like).unknown(),
    )


def _draw_persons(
    log: CrossingLog, histories: Histories, chances: Chances, seed: int, *, never_seen: bool
) -> tuple[Paths, Rows]:
    """Paths of all persons of a log; and persons seen once, each as often as others like this one were never seen."""
    rows = int(MORE_ROWS * len(log.day)) + 2 * log.persons + 100
    while True:
        made = Filling(
            np.zeros(log.persons + 1, np.int64),
            np.empty(rows, np.int32),
            np.empty(rows, np.int8),
            np.empty(rows, np.int32),
            np.zeros(rows, np.bool_),
        )
        like = np.empty(0 if never_seen else 2 * log.persons + 100, np.int64)
        of_class = np.empty(log.persons, np.int8)
        filled, found = _draw(
            histories,
            chances,
            log.day,
            log.is_entry,
            log.permitted_until,
            seed,
            never_seen,
            made,
            like,
            of_class,
        )
        if filled >= 0:
            break
        rows *= 2
    paths = Paths(
        made.starts,
        made.day[:filled],
        made.is_entry[:filled],
        made.until[:filled],
        log.given,
        made.drawn[:filled] | never_seen,
        log.permissions,
        log.mortality,
        of_class,
    )
    return paths, like[:found]


@njit(cache=True, nogil=True)
def _draw(  # noqa: C901 - one pass over persons; a call costs more than what most rows need
    histories: Histories,
    chances: Chances,
    recorded: Days,
    entered: Codes,
    permitted_until: Days,
    seed: int,
    never_seen: bool,
    made: Filling,
    like: Rows,
    of_class: Codes,
) -> tuple[int, int]:
    """Fill the paths in; returns how many crossings (-1: more than there is room for) and persons like those never seen."""
    np.random.seed(seed)
    classes = np.empty(chances.tables.share.shape[1])
    joins = np.empty(MOST_JOINS, np.int64)
    ways = chances.tables.ways.chain
    at, found = 0, 0
    for person in range(len(histories.starts) - 1):
        low, high = histories.starts[person], histories.starts[person + 1]
        made.starts[person] = at
        if at + (MOST_JOINS + 1) * (high - low + 1) > len(made.day):
            return -1, 0
        weigh_classes(person, histories, chances.tables, classes)
        if len(chances.outage_days):
            weigh_days(person, histories, recorded[low] - histories.waited[person], chances, classes)
        k = pick(classes)
        permit = histories.cell[high - 1] // chances.tables.ways.weight.shape[1]
        of_class[person] = permit * len(classes) + k
        before, lasted = 0, -1
        if not never_seen:
            waited = histories.waited[person]
            first = recorded[low] - waited
            chain = way_before(person, k, histories, first, chances)
            is_entry = FIRST_OF[chain] in ENTER
            before = join_days(chain, k, waited, histories.cell[low], first, chances, joins)
            at = _fill(at, before, joins, first, is_entry, NO_LIMIT, NO_LIMIT, made)
        for row in range(low, high):
            if lasted < 0:
                lasted = _permission_of_anybody(recorded, entered, permitted_until)
            until = permitted_until[row]
            made.day[at], made.is_entry[at], made.until[at] = recorded[row], entered[row], until
            at += 1
            if entered[row]:
                lasted = NO_LIMIT if until == NO_LIMIT else until - recorded[row]
            cell, days, from_day = histories.cell[row], histories.days[row], recorded[row]
            kind = histories.kind[row]
            chain = ways[kind, 0]
            if (
                ways[kind, 1] < 0 and REST_OF[chain] < 0
            ):  # nothing to choose: most rows, and a call costs more than they do
                np.random.random()  # as if it had been chosen: a seed tells one past, whatever is lost elsewhere
                continue
            chain = way_after(kind, cell, days, k, from_day, chances)
            if REST_OF[chain] >= 0:
                number = join_days(chain, k, days, cell, from_day, chances, joins)
                at = _fill(at, number, joins, recorded[row], not entered[row], until, lasted, made)
        if not never_seen and high - low == 1 and before == 0:
            lost = _lost_alone(histories.cell[low] % len(chances.by_entry), entered[low], chain, chances)
            while np.random.random() < lost and found < len(like):
                like[found] = person
                found += 1
    made.starts[len(histories.starts) - 1] = at
    return at, found


@njit(cache=True, nogil=True)
def _permission_of_anybody(recorded: Days, entered: Codes, permitted_until: Days) -> int:
    """Days of the permission of an entry drawn among a few of the crossings; NO_LIMIT where it has none."""
    for _ in range(LOOKED_AT):
        row = np.random.randint(len(recorded))
        if entered[row]:
            return int(NO_LIMIT if permitted_until[row] == NO_LIMIT else permitted_until[row] - recorded[row])
    return NO_LIMIT


@njit(cache=True, nogil=True)
def _lost_alone(port: int, is_entry: int, after: int, chances: Chances) -> float:
    """The chance to lose the only crossing of somebody: others like this one are never seen."""
    if is_entry:
        return float(chances.by_entry[port])
    is_final = FIRST_OF[after] == GONE
    return float(chances.by_final_exit[port] if is_final else chances.by_exit[port])


@njit(cache=True, nogil=True)
def _fill(
    at: int, number: int, joins: Rows, begin: int, is_entry: bool, until: int, lasted: int, made: Filling
) -> int:
    """Write so many drawn crossings, in turn, at the days after `begin` where sojourns join; returns the next row.

    A lost entry is taken to bring a permission as long as the person's last one that was recorded, or anybody's.
    """
    for join in range(number):
        day = begin + joins[join]
        if is_entry:
            until = NO_LIMIT if lasted == NO_LIMIT else day + lasted
        made.day[at], made.is_entry[at], made.until[at], made.drawn[at] = day, is_entry, until, True
        is_entry = not is_entry
        at += 1
    return at

"""What stands between two recorded crossings, drawn: a chain of sojourns, and the days on which they join.

A chain that loses a crossing on a day of an outage is likelier than one that loses it on a usual day; so are the classes of
persons that leave by then. Compiled passes, one person at a time.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.chains import (
    ALONE,
    FIRST,
    FIRST_OF,
    MOST_WAYS,
    REST_OF,
    SMALLEST,
    STAY,
    UNDER_ONE_PERMIT,
    Tables,
)
from guzar.process.missing_exits.crossing_log import Rows
from guzar.process.missing_exits.cycles import ENTRY_EXIT, EXIT_ENTRY
from guzar.process.missing_exits.histories import Histories, kinds_before, weigh_classes
from guzar.process.missing_exits.sojourns import Numbers

WELL_KNOWN = 1e-12  # chances that a Fourier transform tells to six places
END_WITH_EXIT = (STAY, *FIRST)  # sojourns; the others end with an entry


class Scratch(NamedTuple):
    """Room for what one draw after another needs for a moment: chances of the ways of a kind, and of the days of a split."""

    ways: Numbers
    days: Numbers


class Chances(NamedTuple):
    """What a draw looks up: tables, chances of losing a crossing at its own port, and how much likelier it is on each day."""

    tables: Tables
    by_entry: Numbers
    by_exit: Numbers
    by_final_exit: Numbers
    exit_days: Numbers
    entry_days: Numbers
    outage_days: NDArray[np.int64]
    first_day: int
    scratch: Scratch


def make_scratch(tables: Tables) -> Scratch:
    """Room for one thread; nothing in it outlives a draw."""
    return Scratch(np.empty(MOST_WAYS), np.empty(tables.chain.shape[1]))


@njit(cache=True, nogil=True)
def way_before(person: int, k: int, histories: Histories, first: int, chances: Chances) -> int:
    """The chain before the first crossing of a person of class k."""
    low = histories.starts[person]
    cell, waited = histories.cell[low], histories.waited[person]
    present = chances.tables.present[histories.group[person], k]
    here, elsewhere = kinds_before(person, histories)
    there = present * chances.tables.kind[here, cell, waited, k]
    away = (1 - present) * chances.tables.kind[elsewhere, cell, waited, k]
    if len(chances.outage_days):
        there *= _uneven_kind(here, cell, waited, k, first, chances)
        away *= _uneven_kind(elsewhere, cell, waited, k, first, chances)
    kind = here if np.random.random() * (there + away) < there else elsewhere
    return way_after(kind, cell, waited, k, first, chances)


@njit(cache=True, nogil=True)
def way_after(kind: int, cell: int, days: int, k: int, begin: int, chances: Chances) -> int:
    """One of the chains of a kind, by its chance to last so many days from `begin` on."""
    chain_of, weights, lasting = chances.tables.ways.chain, chances.tables.ways.weight, chances.tables.chain
    likely, is_uneven = chances.scratch.ways, len(chances.outage_days) > 0
    port, under = cell % weights.shape[1], cell // weights.shape[1] * UNDER_ONE_PERMIT
    number, whole = 0, 0.0
    while number < MOST_WAYS and chain_of[kind, number] >= 0:
        chain = chain_of[kind, number] + under
        each = weights[kind, port, number] * lasting[chain, days, k]
        if is_uneven and REST_OF[chain] >= 0:
            each *= _likelier(chain, k, days, cell, begin, chances)
        likely[number] = each
        whole += each
        number += 1
    chosen, draw = chain_of[kind, 0] + under, np.random.random() * whole
    for way in range(number):
        if likely[way] > SMALLEST:
            chosen = chain_of[kind, way] + under
        draw -= likely[way]
        if draw < 0:
            break
    return int(chosen)


@njit(cache=True, nogil=True)
def _likelier(chain: int, k: int, days: int, cell: int, begin: int, chances: Chances) -> float:
    """How much likelier the first crossing that a chain loses is lost on the days on which it may have been than on all."""
    uneven = _on_days(chain, cell, chances)
    whole = chances.tables.chain[chain, days, k]
    if not uneven.shape[0] or whole <= SMALLEST:
        return 1.0
    first, rest = chances.tables.chain[ALONE[chain]], chances.tables.chain[REST_OF[chain]]
    begin -= chances.first_day
    usual = uneven[-1]
    more = 0.0
    for at in range(np.searchsorted(chances.outage_days, begin), len(chances.outage_days)):
        u = chances.outage_days[at] - begin
        if u > days:
            break
        more += (uneven[begin + u] - usual) * first[u, k] * rest[days - u, k]
    return float(max(0.0, usual + more / whole))


@njit(cache=True, nogil=True)
def weigh_days(person: int, histories: Histories, first: int, chances: Chances, classes: Numbers) -> None:
    """The chances of the classes, made right for days on which more was lost: whoever may have left on such a day is likelier
    to be of a class that leaves by then."""
    if not len(chances.outage_days):
        return
    low, high = histories.starts[person], histories.starts[person + 1]
    here, elsewhere = kinds_before(person, histories)
    begin = first
    for row in range(low, high):
        kind, cell, days = histories.kind[row], histories.cell[row], histories.days[row]
        begin += histories.waited[person] if row == low else histories.days[row - 1]
        if kind not in (ENTRY_EXIT, EXIT_ENTRY):
            for k in range(len(classes)):
                classes[k] *= _uneven_kind(kind, cell, days, k, begin, chances)
    for k in range(len(classes)):
        cell, days = histories.cell[low], histories.waited[person]
        present = chances.tables.present[histories.group[person], k]
        there = present * chances.tables.kind[here, cell, days, k]
        away = (1 - present) * chances.tables.kind[elsewhere, cell, days, k]
        uneven = there * _uneven_kind(here, cell, days, k, first, chances)
        uneven += away * _uneven_kind(elsewhere, cell, days, k, first, chances)
        classes[k] *= uneven / (there + away + SMALLEST)
    whole = classes.sum()
    if whole > 0:
        classes /= whole
    else:  # what is impossible in every class says nothing about the class
        weigh_classes(person, histories, chances.tables, classes)


@njit(cache=True, nogil=True)
def _uneven_kind(kind: int, cell: int, days: int, k: int, begin: int, chances: Chances) -> float:
    """How much likelier a kind is from a day on than with losses even over time."""
    ways, likely = chances.tables.ways, 0.0
    port, under = cell % ways.weight.shape[1], cell // ways.weight.shape[1] * UNDER_ONE_PERMIT
    for way in range(MOST_WAYS):
        chain = ways.chain[kind, way] + under
        if chain < under:
            break
        each = ways.weight[kind, port, way] * chances.tables.chain[chain, days, k]
        if REST_OF[chain] >= 0:
            each *= _likelier(chain, k, days, cell, begin, chances)
        likely += each
    return float(likely / chances.tables.kind[kind, cell, days, k])


@njit(cache=True, nogil=True)
def _on_days(chain: int, cell: int, chances: Chances) -> Numbers:
    """By day, and then on usual days, how much likelier the crossing that ends the first sojourn of a chain is lost; empty
    where it is even."""
    uneven: Numbers = chances.exit_days if FIRST_OF[chain] in END_WITH_EXIT else chances.entry_days
    of_port: Numbers = uneven[cell % len(chances.by_entry)]
    return of_port


@njit(cache=True, nogil=True)
def join_days(chain: int, k: int, days: int, cell: int, begin: int, chances: Chances, joins: Rows) -> int:
    """Days from the beginning of a chain to where its sojourns join, filled in; how many there are."""
    number, passed = 0, 0
    while REST_OF[chain] >= 0:
        passed += _split(chain, k, days - passed, cell, begin + passed, chances)
        joins[number] = passed
        number += 1
        chain = REST_OF[chain]
    return number


@njit(cache=True, nogil=True)
def _split(chain: int, k: int, days: int, cell: int, begin: int, chances: Chances) -> int:
    """Days of the first sojourn of a chain that lasts so many, drawn; half-way where none is possible."""
    first, rest = chances.tables.chain[ALONE[chain]], chances.tables.chain[REST_OF[chain]]
    uneven = _on_days(chain, cell, chances)
    is_uneven, begin = uneven.shape[0] > 0, begin - chances.first_day
    whole = chances.tables.chain[chain, days, k]
    if not is_uneven and whole > WELL_KNOWN:
        draw = np.random.random() * whole
        for u in range(days + 1):
            draw -= first[u, k] * rest[days - u, k]
            if draw < 0:
                return u
        return days
    likely, whole = chances.scratch.days, 0.0
    for u in range(days + 1):
        likely[u] = first[u, k] * rest[days - u, k] * (uneven[begin + u] if is_uneven else 1.0)
        whole += likely[u]
    if whole <= 0:
        return days // 2
    draw = np.random.random() * whole
    for u in range(days + 1):
        draw -= likely[u]
        if draw < 0:
            return u
    return days


@njit(cache=True, nogil=True)
def pick(chances: Numbers) -> int:
    """One of the places, by chances that add up to 1."""
    draw = np.random.random()
    for k in range(len(chances) - 1):
        draw -= chances[k]
        if draw < 0:
            return k
    return len(chances) - 1

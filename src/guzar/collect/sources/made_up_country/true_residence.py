"""True residence: which crossings change it, by the 12 of 16 months that follow, with every crossing known.

A crossing decides when 365 of the next 487 days are spent on the new side; nothing is imputed and nothing is missed.
Reference: the outcome rule of Stats NZ, `../shared/reference/microdata.md` A.2 and A.4 (carry-forward form).
"""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.life_courses import DAY, Crossings, Life
from guzar.collect.sources.made_up_country.people import NEVER, People, Period
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Ints


@dataclass
class Residence:
    """True spells of residence in QMA within the deliveries' period, and the migrations between."""

    person: Ints
    begin: Ints  # day; the first day of the period for those who lived here before
    began_by: Ints  # of BEGINNINGS
    end: Ints  # the day of the crossing or death that ends it; NEVER while it lasts
    ended_by: Ints  # of ENDS
    migrant: Ints
    migrated: Ints  # day
    is_arrival: Flags


BEGINNINGS = ("start", "birth", "immigration")
ENDS = ("lasts", "emigration", "death")


def find_residence(
    people: People, life: Life, crossings: Crossings, period: Period, rates: Rates
) -> Residence:
    """Spells of residence and migrations of a batch, from the first to the last day of the deliveries."""
    at_first = life.settled_at(np.maximum(people.born + 1, period.life_first) * DAY)
    changes = _changes(crossings, at_first, len(people), rates)
    person, day = crossings.person[changes], crossings.second[changes] // DAY
    arrives = crossings.is_entry[changes]
    within = (day >= period.first) & (day <= period.last)
    resident = at_first.copy()
    before = day < period.first
    resident[person[before]] = arrives[before]  # the last one before the first day counts
    return _spells(people, resident, person[within], day[within], arrives[within], period)


def _changes(crossings: Crossings, at_first: Flags, count: int, rates: Rates) -> Ints:
    """Places of the crossings that change residence."""
    person, day = crossings.person, crossings.second // DAY
    if not len(person):
        return np.zeros(0, dtype=np.int64)
    days_in = _days_in(person, day, crossings.is_entry, rates["time"]["window_days"])
    window, threshold = rates["time"]["window_days"], rates["time"]["threshold_days"]
    new_side = np.where(crossings.is_entry, days_in, window - days_in)
    decides = new_side >= threshold
    first = np.searchsorted(person, np.arange(count), side="left")[person]
    last_decided = np.maximum.accumulate(np.where(decides, np.arange(len(person)), -1))
    after = np.where(last_decided >= first, crossings.is_entry[last_decided], at_first[person])
    starts = np.arange(len(person)) == first
    before = np.where(starts, at_first[person], np.concatenate([[False], after[:-1]]))
    return np.flatnonzero(after != before)


def _days_in(person: Ints, day: Ints, is_entry: Flags, window: int) -> Ints:
    """Days in the country in the window after each crossing; after the last crossing one stays where one is."""
    following = np.concatenate([day[1:], day[-1:]])
    is_last = np.concatenate([person[1:] != person[:-1], [True]])
    following = np.where(is_last, day + 10 * window, following)
    inside = np.where(is_entry, following - day, 0)
    total = np.cumsum(inside) - inside  # days in before each crossing
    base = int(day.min())
    span = int(day.max()) - base + 20 * window
    key = person * span + day - base
    end = np.searchsorted(key, person * span + day - base + window, side="left") - 1  # last crossing inside
    open_days = np.where(is_entry[end], np.minimum(following[end], day + window) - day[end], 0)
    return np.asarray(total[end] - total + open_days)


def _spells(
    people: People, resident: Flags, person: Ints, day: Ints, arrives: Flags, period: Period
) -> Residence:
    born_later = people.born >= period.first
    exists = (people.born < period.last) & (people.died > period.first)
    starters = np.flatnonzero(resident & exists)
    begin_person = np.concatenate([starters, person[arrives]])
    begin_day = np.concatenate([np.maximum(people.born, period.first)[starters], day[arrives]])
    began_by = np.concatenate([np.where(born_later[starters], 1, 0), np.full(int(arrives.sum()), 2)])
    order = np.lexsort((begin_day, begin_person))
    begin_person, begin_day, began_by = begin_person[order], begin_day[order], began_by[order]
    # Beginnings and departures alternate, so the next departure of the same person ends the spell.
    gone_person, gone_day = person[~arrives], day[~arrives]
    scale = 4 * NEVER
    place = np.searchsorted(gone_person * scale + gone_day, begin_person * scale + begin_day, side="left")
    found = place < len(gone_person)
    safe = np.minimum(place, max(len(gone_person) - 1, 0))
    left = np.full(len(begin_person), NEVER)
    if len(gone_person):
        found &= gone_person[safe] == begin_person
        left = np.where(found, gone_day[safe], NEVER)
    died = people.died[begin_person]
    ended_by = np.where(left < NEVER, 1, np.where(died <= period.last, 2, 0))
    end = np.where(ended_by == 1, left, np.where(ended_by == 2, died, NEVER))
    return Residence(begin_person, begin_day, began_by, end, ended_by, person, day, arrives)

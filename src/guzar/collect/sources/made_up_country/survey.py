"""A household survey of QMA: clusters drawn by stratum, households within them, and members who are abroad.

Households that are away as a whole answer nothing; of those with a member abroad fewer open the door.
"""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.life_courses import DAY, Crossings, Life
from guzar.collect.sources.made_up_country.people import COUNTRIES, DAYS_OF_YEAR, HOME, People, Period
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Floats, Ints, Streams

NONE = -1
SPAN = 2**34  # more than the seconds of any life


@dataclass
class Answers:
    """One place per member of a household that answered."""

    person: Ints
    household: Ints
    weight: Floats
    stratum: Ints
    cluster: Ints
    day: Ints
    age: Ints
    is_absent: Flags
    months: Ints
    country: Ints


def interview(
    people: People, life: Life, crossings: Crossings, period: Period, rates: Rates, streams: Streams
) -> Answers:
    """All rounds of the survey in the period."""
    every = int(rates["survey"]["every_days"])
    seen = _Seen(people, life, crossings)
    days = range(period.first + every // 2, period.last + 1, every) or [period.first]
    rounds = [_round(people, life, seen, day, number, rates, streams) for number, day in enumerate(days)]
    return Answers(*(np.concatenate([getattr(r, n) for r in rounds]) for n in Answers.__dataclass_fields__))


def _round(
    people: People, life: Life, seen: "_Seen", day: int, number: int, rates: Rates, streams: Streams
) -> Answers:
    told = rates["survey"]
    lives = (people.born < day) & (people.died > day)
    inside, since = seen.on(day)
    settled = life.settled_at(np.full(len(people), day * DAY)) | (people.country == HOME)
    member = lives & settled
    absent = member & ~inside & (day - since >= told["absent_from_days"])
    size = int(rates["households"]["cluster_households"])
    head = people.household - people.first_id
    order = np.cumsum(np.concatenate([[True], head[1:] != head[:-1]])) - 1  # of the household in the batch
    cluster = order // size
    drawn = streams.happens(f"cluster {number}", told["share_of_clusters"], len(people))[cluster]
    drawn &= streams.happens(f"household {number}", told["households_asked_share"], len(people))[head]
    with_absent, somebody = _in_household(absent, head), _in_household(member & ~absent, head)
    share = np.where(with_absent, told["answers_share_with_absent"], told["answers_share"])
    answers = streams.numbers(f"answers {number}", len(people))[head] < share
    keep = drawn & answers & member & somebody
    hidden = streams.happens(f"not told {number}", told["absence_not_told_share"], len(people))
    keep &= ~(absent & hidden)
    at = np.flatnonzero(keep)
    weight = 1 / (told["share_of_clusters"] * told["households_asked_share"] * told["answers_share"])
    age = ((day - people.born[at]) / DAYS_OF_YEAR).astype(np.int64)
    wrong = streams.happens(f"age by proxy {number}", told["proxy_age_error_share"], len(people))[at]
    age = np.maximum(age + np.where(wrong, np.where(at % 2 == 0, 2, -1), 0), 0)
    months = ((day - since[at]) / (DAYS_OF_YEAR / 12)).astype(np.int64)
    return Answers(
        person=at,
        household=people.household[at],
        weight=np.full(len(at), weight),
        stratum=people.region[at] * 2 + cluster[at] % 2,
        cluster=people.first_id // size + cluster[at],
        day=np.full(len(at), day),
        age=age,
        is_absent=absent[at],
        months=np.where(absent[at], months, NONE),
        country=np.where(absent[at], _where_abroad(people, at), NONE),
    )


class _Seen:
    """Where everybody is on any day: the last crossing before it tells."""

    def __init__(self, people: People, life: Life, crossings: Crossings) -> None:
        self.crossings, self.begin = crossings, life.borders[:, 0]
        self.key = crossings.person * SPAN + crossings.second
        self.everybody = np.arange(len(people))
        self.at_first = life.settled_at(np.maximum(self.begin, (people.born + 1) * DAY))

    def on(self, day: int) -> tuple[Flags, Ints]:
        """Whether each person is in QMA on the day, and since when."""
        if not len(self.key):
            return self.at_first, self.begin // DAY
        last = np.searchsorted(self.key, self.everybody * SPAN + day * DAY, side="left") - 1
        known = (last >= 0) & (self.crossings.person[last] == self.everybody)
        inside = np.where(known, self.crossings.is_entry[last], self.at_first)
        return inside, np.where(known, self.crossings.second[last], self.begin) // DAY


def _in_household(flags: Flags, head: Ints) -> Flags:
    """Whether anybody in the household is."""
    found = np.zeros(len(flags), dtype=np.bool_)
    found[head[flags]] = True
    return found[head]


def _where_abroad(people: People, at: Ints) -> Ints:
    """The country where an absent member is: one's own, or for citizens of QMA a fixed one of the others."""
    country = people.country[at]
    other = 1 + (people.first_id + at) * 2_654_435_761 % (len(COUNTRIES) - 1)
    return np.where(country == HOME, other, country)

"""A household survey of QMA: clusters drawn by stratum, households within them, and members who are abroad.

A stratum is the towns or the villages of a region; a cluster is so many households of one stratum. In every round a
fixed share of the clusters of each stratum is drawn, in villages a larger one, and in each a fixed share of the
households. The weight is the inverse of the probability with which the household came into the sample, divided by the
share of households that usually answer. Households that are away as a whole answer nothing; of those with a member
abroad fewer open the door, which no weight puts right.
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
    head = people.household - people.first_id
    sample = _draw_sample(people, head, number, rates, streams)
    with_absent, somebody = _in_household(absent, head), _in_household(member & ~absent, head)
    share = np.where(with_absent, told["answers_share_with_absent"], told["answers_share"])
    answers = streams.numbers(f"answers {number}", len(people))[head] < share
    keep = sample.drawn & answers & member & somebody
    hidden = streams.happens(f"not told {number}", told["absence_not_told_share"], len(people))
    keep &= ~(absent & hidden)
    at = np.flatnonzero(keep)
    age = ((day - people.born[at]) / DAYS_OF_YEAR).astype(np.int64)
    wrong = streams.happens(f"age by proxy {number}", told["proxy_age_error_share"], len(people))[at]
    age = np.maximum(age + np.where(wrong, np.where(at % 2 == 0, 2, -1), 0), 0)
    months = ((day - since[at]) / (DAYS_OF_YEAR / 12)).astype(np.int64)
    return Answers(
        person=at,
        household=people.household[at],
        weight=1 / (sample.probability[at] * told["answers_share"]),
        stratum=sample.stratum[at],
        cluster=people.first_id + sample.cluster[at],
        day=np.full(len(at), day),
        age=age,
        is_absent=absent[at],
        months=np.where(absent[at], months, NONE),
        country=np.where(absent[at], _where_abroad(people, at), NONE),
    )


@dataclass
class _Sample:
    """By person: the stratum and cluster of the household, whether it was drawn, and with which probability."""

    stratum: Ints
    cluster: Ints  # the place of the head of its first household
    drawn: Flags
    probability: Floats


def _draw_sample(people: People, head: Ints, number: int, rates: Rates, streams: Streams) -> _Sample:
    """Clusters within strata, then households within clusters; strata and clusters are the same in every round."""
    told = rates["survey"]
    heads = np.flatnonzero(head == np.arange(len(head)))
    is_village = ~streams.happens("town", told["town_share"], len(people))[heads]
    stratum = 2 * people.region[heads] + is_village
    cluster = _cut_clusters(stratum, int(rates["households"]["cluster_households"]))
    first = np.unique(cluster, return_index=True)[1]  # the first household of each cluster
    share = np.where(
        is_village[first], told["share_of_clusters_in_villages"], told["share_of_clusters_in_towns"]
    )
    clusters = _draw(stratum[first], share, streams.numbers(f"cluster {number}", len(first)))
    asked = np.full(len(heads), told["households_asked_share"])
    households = _draw(cluster, asked, streams.numbers(f"household {number}", len(heads)))
    drawn = clusters[0][cluster] & households[0]
    probability = clusters[1][cluster] * households[1]
    mine = np.cumsum(head == np.arange(len(head))) - 1  # the household of each person
    return _Sample(stratum[mine], heads[first][cluster][mine], drawn[mine], probability[mine])


def _cut_clusters(stratum: Ints, size: int) -> Ints:
    """The cluster of each household: so many neighbours of one stratum, numbered from 0."""
    order = np.argsort(stratum, kind="stable")
    starts_new = _rank(stratum[order], np.arange(len(order))) % size == 0
    cluster = np.empty(len(order), dtype=np.int64)
    cluster[order] = np.cumsum(starts_new) - 1
    return cluster


def _draw(group: Ints, share: Floats, lots: Floats) -> tuple[Flags, Floats]:
    """Which units are drawn by their lots, the same share of each group, at least one; with which probability."""
    size = np.bincount(group)[group]
    wanted = np.clip(np.rint(share * size), 1, size)
    return _rank(group, lots) < wanted, wanted / size


def _rank(group: Ints, by: Floats | Ints) -> Ints:
    """The place of each unit within its group, from 0, in the order of `by`."""
    order = np.lexsort((by, group))
    sizes = np.bincount(group)
    begins = np.cumsum(sizes) - sizes
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - begins[group[order]]
    return rank


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

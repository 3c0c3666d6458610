"""Permits of the migration service, and statistical coupons of registrations: what offices make of stays.

In: true stays in QMA. Out: rows as the offices keep them. A coupon is made by rules that changed on given days; when a
registration ends the system books a departure, whether the person left or not.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from guzar.collect.sources.made_up_country.documents import Documents
from guzar.collect.sources.made_up_country.life_courses import DAY, Crossings, Life
from guzar.collect.sources.made_up_country.people import (
    COUNTRIES,
    HOME,
    NEVER,
    TYPES,
    People,
    Period,
    days_since_1970,
)
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Ints, Streams, pick

PERMITS = ("patent", "work", "study", "temporary_residence", "permanent_residence", "family", "visa", "other")
EVENTS = ("arrival", "departure", "renewal", "automatic_departure")
NONE = -NEVER
PATENT_TERM = 30  # days in which the law wants a patent to be applied for


@dataclass
class Stays:
    """True stays in QMA of foreigners: temporary ones between two crossings, settled ones whatever trips they hold."""

    person: Ints
    begin: Ints  # day
    end: Ints  # day of leaving or death; after the last day while it lasts
    is_settled: Flags

    def take(self, which: Flags) -> "Stays":
        """Some of the stays."""
        return Stays(self.person[which], self.begin[which], self.end[which], self.is_settled[which])


@dataclass
class Permits:
    """One place per permit."""

    person: Ints
    document: Ints
    kind: Ints
    issued: Ints
    valid_from: Ints
    valid_to: Ints
    cancelled: Ints


@dataclass
class Coupons:
    """One place per statistical coupon."""

    person: Ints
    document: Ints
    event: Ints
    at_residence: Flags
    day: Ints
    valid_to: Ints
    region: Ints
    previous: Ints  # country, or NONE where the field is empty


def find_stays(people: People, life: Life, crossings: Crossings, period: Period) -> Stays:
    """All stays of foreigners that touch the period."""
    day = crossings.second // DAY
    opens = (
        crossings.is_entry[:-1] & ~crossings.is_move[:-1] & (crossings.person[1:] == crossings.person[:-1])
    )
    at = np.flatnonzero(opens & ~crossings.is_move[1:])
    settled = [np.flatnonzero(life.borders[:, part + 1] > life.borders[:, part]) for part in (1, 3)]
    person = np.concatenate([crossings.person[at], *settled])
    begin = np.concatenate(
        [day[at], *(life.borders[p, part] // DAY for p, part in zip(settled, (1, 3), strict=True))]
    )
    end = np.concatenate(
        [day[at + 1], *(life.borders[p, part + 1] // DAY for p, part in zip(settled, (1, 3), strict=True))]
    )
    is_settled = np.arange(len(person)) >= len(at)
    begin, end = np.maximum(begin, people.born[person]), np.minimum(end, people.died[person])
    keep = (people.country[person] != HOME) & (end >= period.first) & (begin <= period.last) & (end > begin)
    return Stays(person, begin, end, is_settled).take(keep)


# Permits -------------------------------------------------------------------------------------------
def issue_permits(
    people: People, stays: Stays, documents: Documents, period: Period, rates: Rates, streams: Streams
) -> Permits:
    """Permits of those who need one and ask for it; a year at most each, renewed while the stay lasts."""
    told = rates["permits"]
    kind = _kinds_of_permits(people, stays, rates)
    asks = kind != NONE
    share = np.where(stays.is_settled, told["residence_permit_share"], told["applies_share"])
    # The same people work with a permit who are safe from a ban (life_courses).
    obeys = streams.happens("works with permit", told["applies_share"], len(people))[stays.person]
    asks &= np.where(stays.is_settled, streams.numbers("asks", len(stays.person)) < share, obeys)
    late = streams.happens("late permit", told["late_share"], len(stays.person))
    draw = streams.of("delay of permit")
    delay = np.minimum(draw.exponential(told["applies_after_days"], len(stays.person)), PATENT_TERM - 1)
    delay = np.where(
        late, PATENT_TERM + draw.exponential(max(told["late_days"], 1e-9), len(stays.person)), delay
    )
    first = stays.begin + delay.astype(np.int64)
    asks &= first < stays.end
    stays, kind, first = stays.take(asks), kind[asks], first[asks]
    return _renewed(people, stays, kind, first, documents, period, rates, streams)


def _kinds_of_permits(people: People, stays: Stays, rates: Rates) -> Ints:
    """A patent, a work permit, study, residence, by what brings people and by the law for their country."""
    regimes = np.array([rates["countries"][c]["regime"] for c in COUNTRIES])[people.country[stays.person]]
    kind = people.kind[stays.person]
    is_kind = {name: kind == number for number, name in enumerate(TYPES)}
    works = is_kind["seasonal_worker"] & ~stays.is_settled
    long = stays.end - stays.begin > PATENT_TERM
    return np.select(
        [
            stays.is_settled & is_kind["student"],
            stays.is_settled,
            works & long & (regimes == "patent"),
            works & long & (regimes == "visa"),
            (regimes == "visa") & ~works,
        ],
        [PERMITS.index(p) for p in ("study", "temporary_residence", "patent", "work", "visa")],
        NONE,
    )


def _renewed(
    people: People, stays: Stays, kind: Ints, first: Ints, documents: Documents, period: Period, rates: Rates,
    streams: Streams,
) -> Permits:  # fmt: skip
    told = rates["permits"]
    length = int(told["longest_days"])
    last = np.minimum(np.minimum(stays.end, people.naturalised[stays.person]), period.last + 1)
    number = np.maximum(-(-(last - first) // length), 1)
    never_renewed = ~streams.happens("renews permit", told["renewed_share"], len(first))
    number = np.where(never_renewed & ~stays.is_settled, 1, number)
    at = np.repeat(np.arange(len(first)), number)
    step = np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number)
    valid_from = first[at] + step * length
    kind = kind[at]
    long_here = (valid_from - stays.begin[at] >= told["permanent_after_days"]) & (
        kind == PERMITS.index("temporary_residence")
    )
    kind = np.where(long_here, PERMITS.index("permanent_residence"), kind)
    valid_to = valid_from + length - 1
    person = stays.person[at]
    unknown = streams.happens("entered late", told["entered_late_share"], len(at))
    cancelled = streams.happens("cancelled", told["cancelled_share"], len(at))
    day = valid_from + (streams.numbers("day cancelled", len(at)) * length).astype(np.int64)
    keep = (valid_from >= period.first) & (valid_from <= period.last)
    permits = Permits(
        person,
        documents.valid_on(person, valid_from),
        kind,
        np.where(unknown, NONE, valid_from - 1),
        valid_from,
        valid_to,
        np.where(cancelled & (day <= period.last), day, NONE),
    )
    return Permits(*(getattr(permits, name)[keep] for name in Permits.__dataclass_fields__))


# Registrations -------------------------------------------------------------------------------------
def register_stays(
    people: People, stays: Stays, documents: Documents, period: Period, rates: Rates, streams: Streams
) -> Coupons:
    """Coupons of registrations at residence and stay, term by term."""
    told = rates["registration"]
    count = len(stays.person)
    must = stays.end - stays.begin >= told["from_days"]
    does = must & streams.happens("registers", told["registers_share"], count)
    at_residence = stays.is_settled & streams.happens("at residence", told["residence_share"], count)
    terms = np.array(told["term_days"], dtype=np.int64)
    term = terms[pick(np.array(told["term_shares"], dtype=np.float64), streams.numbers("term", count))]
    term = np.where(at_residence, NEVER, np.where(stays.end - stays.begin <= 90, np.minimum(term, 90), term))
    begin = stays.begin + (streams.numbers("registers after", count) * 2 * told["after_days"]).astype(
        np.int64
    )
    does &= begin < stays.end
    extra = _Registered(stays.take(does), begin[does], term[does], at_residence[does])
    return _coupons(people, extra, documents, period, rates, streams)


@dataclass
class _Registered:
    stays: Stays
    begin: Ints
    term: Ints
    at_residence: Flags


def _coupons(
    people: People,
    registered: _Registered,
    documents: Documents,
    period: Period,
    rates: Rates,
    streams: Streams,
) -> Coupons:
    told = rates["registration"]
    stays, begin, term = registered.stays, registered.begin, registered.term
    number = np.where(registered.at_residence, 1, -(-(stays.end - begin) // term))
    renews = streams.happens("renews registration", told["renewed_share"], len(begin))
    number = np.where(renews, number, 1)
    at = np.repeat(np.arange(len(begin)), number)
    step = np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number)
    starts = begin[at] + step * np.where(term[at] == NEVER, 0, term[at])
    ends = np.where(term[at] == NEVER, NEVER, starts + term[at])
    is_last = step == number[at] - 1
    counted = registered.at_residence[at] | (term[at] >= _shortest_term(starts, told["breaks"]))
    anew = streams.happens("booked anew", told["renewed_as_departure_and_arrival"], len(at))
    noted = streams.happens("departure noted", told["departure_noted_share"], len(at))
    arrives = (step == 0) | anew
    leaves = is_last & noted & (stays.end[at] <= np.where(ends == NEVER, NEVER, ends))
    lapses = ~leaves & (ends < NEVER) & (is_last | _next(anew, is_last))
    parts = [
        (counted, starts, np.where(arrives, EVENTS.index("arrival"), EVENTS.index("renewal"))),
        (counted & leaves, stays.end[at], np.full(len(at), EVENTS.index("departure"))),
        (counted & lapses, np.minimum(ends, NEVER), np.full(len(at), EVENTS.index("automatic_departure"))),
    ]
    rows = [
        _rows(people, registered, documents, at[p[0]], p[1][p[0]], p[2][p[0]], ends[p[0]], told, streams)
        for p in parts
    ]
    joined = Coupons(*(np.concatenate([getattr(r, n) for r in rows]) for n in Coupons.__dataclass_fields__))
    keep = (joined.day >= period.first) & (joined.day <= period.last)
    return Coupons(*(getattr(joined, name)[keep] for name in Coupons.__dataclass_fields__))


def _next(flags: Flags, is_last: Flags) -> Flags:
    """What the following term says, where there is one."""
    return np.asarray(np.concatenate([flags[1:], [False]])[: len(flags)] & ~is_last)


def _shortest_term(day: Ints, breaks: list[Rates]) -> Ints:
    """The shortest term for which a coupon is made, by the rule in force on the day."""
    since = np.array([days_since_1970(date.fromisoformat(b["from"])) for b in breaks])
    shortest = np.array([int(b["shortest_term_days"]) for b in breaks])
    return np.asarray(shortest[np.searchsorted(since, day, side="right") - 1])


def _rows(
    people: People, registered: _Registered, documents: Documents, at: Ints, day: Ints, event: Ints, ends: Ints,
    told: Rates, streams: Streams,
) -> Coupons:  # fmt: skip
    person = registered.stays.person[at]
    missing = streams.happens("previous residence missing", told["previous_residence_missing"], len(at))
    comes = (event == EVENTS.index("arrival")) | (event == EVENTS.index("renewal"))
    return Coupons(
        person,
        documents.valid_on(person, registered.begin[at]),
        event,
        registered.at_residence[at],
        day,
        np.where((ends < NEVER) & comes, ends - 1, NONE),
        people.region[person],
        np.where(missing | ~comes, NONE, people.country[person]),
    )

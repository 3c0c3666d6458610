"""Where people are: when they settle and leave, the trips between, and every true crossing of QMA's border.

A life is cut into parts, lived in QMA (settled) or elsewhere; from each part people go on trips to the other side.
"""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.people import (
    COUNTRIES,
    DAYS_OF_YEAR,
    HOME,
    NEVER,
    TYPES,
    People,
    Period,
)
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Ints, Streams, pick_by_row

DAY = 86_400  # seconds
HOUR = 3_600
PARTS = 4  # of a life: elsewhere, in QMA, elsewhere, in QMA


@dataclass
class Life:
    """Parts of lives: four borders in seconds since 1970 for each person; parts 1 and 3 are lived in QMA."""

    borders: Ints  # people × 5

    def settled_at(self, seconds: Ints) -> Flags:
        """Whether each person lives in QMA at that moment."""
        part = (self.borders[:, 1:4] <= seconds[:, None]).sum(axis=1)
        return np.asarray(part % 2 == 1)


@dataclass
class Crossings:
    """True crossings of a batch, by person and time; directions alternate."""

    person: Ints  # place in the batch
    second: Ints  # since 1970, in the time of the post
    is_entry: Flags
    is_move: Flags  # one settles or leaves for good; else it belongs to a trip
    port: Ints

    def take(self, which: Flags | Ints) -> "Crossings":
        """Some of them, in the order given."""
        return Crossings(
            self.person[which],
            self.second[which],
            self.is_entry[which],
            self.is_move[which],
            self.port[which],
        )

    def __len__(self) -> int:
        return len(self.person)


@dataclass
class Refusals:
    """Tries to enter despite a ban: they are refused, and nobody enters."""

    person: Ints
    second: Ints
    port: Ints


def live(people: People, period: Period, rates: Rates, streams: Streams) -> tuple[Life, Crossings, Refusals]:
    """The life of each person, and every true crossing from the first day of the lives to the last."""
    life = _settle(people, period, rates, streams)
    _naturalise(people, life, period, rates, streams)
    trips = _trips(people, life, period, rates, streams)
    trips, refused = _ban(people, trips, rates, streams)
    crossings = _crossings(people, life, trips, period, rates, streams)
    crossings = _follow(people, crossings)
    alive = (crossings.second >= (people.born[crossings.person] + 1) * DAY) & (
        crossings.second < people.died[crossings.person] * DAY
    )
    ports = _ports(people, refused.person, rates, streams, "refused port")
    return life, crossings.take(alive), Refusals(refused.person, refused.begin, ports)


# Parts of lives ------------------------------------------------------------------------------------
def _settle(people: People, period: Period, rates: Rates, streams: Streams) -> Life:
    count = len(people)
    settling = rates["types"]["settling"]
    first, last = period.life_first * DAY, period.life_last * DAY
    span = (period.last - period.life_first) * DAY
    when = first + (streams.numbers("day of move", count) * span).astype(np.int64)
    long_ago = np.full(count, first)
    never = np.full(count, last)
    back = last - (
        settling["years_since_settling"] * DAYS_OF_YEAR * DAY * streams.numbers("settled", count)
    ).astype(np.int64)
    stay = DAY * (
        settling["shortest_days"]
        + streams.of("years settled").exponential(settling["mean_years"] * DAYS_OF_YEAR, count)
    ).astype(np.int64)
    study_begins, study_ends = _study(period, count, settling, streams)
    abroad = DAY * (
        settling["shortest_days"] + streams.of("abroad").exponential(settling["abroad_mean_days"], count)
    )
    comes_back = streams.happens("emigrant returns", settling["emigrants_who_come_back"], count)
    kind, at_home = people.kind, people.country == HOME
    is_kind = {name: kind == number for number, name in enumerate(TYPES)}
    came = np.select([is_kind["settled_migrant"], is_kind["student"]], [back, study_begins], never)
    left = np.select([is_kind["settled_migrant"], is_kind["student"]], [back + stay, study_ends], never)
    came_back = never
    # Returnees: foreigners who go home for good; citizens who lived elsewhere and come back.
    gone_home = is_kind["returnee"] & ~at_home
    came, left = np.where(gone_home, long_ago, came), np.where(gone_home, when, left)
    came = np.where(
        is_kind["returnee"] & at_home, when, np.where(at_home & ~is_kind["returnee"], long_ago, came)
    )
    left = np.where(is_kind["emigrant"] & at_home, when, left)
    again = np.where(comes_back & is_kind["emigrant"], when + abroad.astype(np.int64), never)
    came_back = np.where(at_home, again, came_back)
    borders = np.stack([long_ago, came, left, came_back, never], axis=1).clip(first, last)
    return Life(np.maximum.accumulate(borders, axis=1)[people.leader])


def _study(period: Period, count: int, settling: Rates, streams: Streams) -> tuple[Ints, Ints]:
    """From the end of August to the end of June, some years later."""
    years = np.arange(_year(period.life_first) - 3, _year(period.life_last) + 1)
    begins = _new_year(years[streams.of("study").integers(0, len(years), count)]) + 238
    length = np.array([int(y) for y in settling["student_years"]])[
        streams.choose("years of study", settling["student_years"], count)
    ]
    jitter = (streams.numbers("days of study", count) * 20 * DAY).astype(np.int64)
    return begins * DAY + jitter, (begins + length * 365 - 60) * DAY + jitter


def _year(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) + 1970


def _new_year(years: Ints) -> Ints:
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _naturalise(people: People, life: Life, period: Period, rates: Rates, streams: Streams) -> None:
    """Foreigners who are settled become citizens at a yearly rate, two years after they came at the earliest."""
    rate = rates["documents"]["naturalised_per_year"]
    since = np.maximum(life.borders[:, 1] // DAY + 730, period.life_first)
    years = -np.log1p(-streams.numbers("naturalised", len(people))) / max(rate, 1e-12)
    day = since + np.minimum(years * DAYS_OF_YEAR, NEVER).astype(np.int64)
    settled = np.isin(people.kind, [TYPES.index("settled_migrant"), TYPES.index("returnee")])
    ok = settled & (people.country != HOME) & (day * DAY < life.borders[:, 2]) & (day < period.last)
    people.naturalised = np.where(ok, day, NEVER)


# Trips ---------------------------------------------------------------------------------------------
@dataclass
class _Trips:
    person: Ints
    begin: Ints  # seconds: leaves the side on which one lives
    end: Ints
    into: Flags  # a stay in QMA; else an absence from it

    def take(self, which: Flags | Ints) -> "_Trips":
        return _Trips(self.person[which], self.begin[which], self.end[which], self.into[which])


def _trips(people: People, life: Life, period: Period, rates: Rates, streams: Streams) -> _Trips:
    """All trips, in no order."""
    leaders = np.flatnonzero(people.leader == np.arange(len(people)))
    found = [_seasons(people, period, rates, streams)]
    for part in range(PARTS):
        side = "settled" if part % 2 else "home"
        begin, end = life.borders[leaders, part], life.borders[leaders, part + 1]
        found.append(_repeated(people.kind[leaders], leaders, begin, end, side, rates, streams, part))
    return _Trips(
        *(np.concatenate([getattr(t, name) for t in found]) for name in ("person", "begin", "end", "into"))
    )


def _repeated(
    kind: Ints, person: Ints, begin: Ints, end: Ints, side: str, rates: Rates, streams: Streams, part: int
) -> _Trips:
    """Trips one after another with random times between, inside [begin, end)."""
    table = rates["types"]["trips"]
    none = {"between": 0, "stay": 1, "shortest": 0, "longest": 1}
    told = [table.get(name, {}).get(side, none) for name in TYPES]
    between, stay, shortest, longest = (
        np.array([float(t[name]) for t in told])[kind] for name in ("between", "stay", "shortest", "longest")
    )
    days = (end - begin) / DAY
    goes = (between > 0) & (days > 3)
    expected = np.where(goes, days / np.maximum(between + stay, 1e-9), 0)
    number = np.where(goes, np.ceil(expected + 3.5 * np.sqrt(expected) + 2), 0).astype(np.int64)
    at = np.repeat(np.arange(len(person)), number)
    draw = streams.of(f"trips {part}")
    gap = 0.1 + draw.standard_exponential(len(at)) * (between[at] - 0.1)
    length = shortest[at] + draw.standard_gamma(2.0, len(at)) * (stay[at] - shortest[at]) / 2
    length = np.minimum(length, longest[at])
    total = np.cumsum(gap + length)
    before = np.concatenate([[0.0], total])[np.cumsum(number) - number]
    ends = begin[at] + ((total - before[at]) * DAY).astype(np.int64)
    begins = ends - (length * DAY).astype(np.int64)
    fits = ends < end[at] - HOUR
    into = np.full(len(at), side == "home")
    return _Trips(person[at][fits], begins[fits], ends[fits], into[fits])


def _seasons(people: People, period: Period, rates: Rates, streams: Streams) -> _Trips:
    """One stay a year, in the season."""
    season = rates["types"]["season"]
    workers = np.flatnonzero((people.kind == TYPES.index("seasonal_worker")) & (people.country != HOME))
    years = np.arange(_year(period.life_first), _year(period.life_last) + 1)
    shape = (len(workers), len(years))
    draw = streams.of("season")
    usual = season["begins_on_day"] + season["begins_spread"] * draw.standard_normal((shape[0], 1)).clip(
        -2.5, 2.5
    )
    begin = _new_year(years)[None, :] + usual + season["begins_spread_of_year"] * draw.standard_normal(shape)
    own = season["stay"] + season["stay_spread"] * draw.standard_normal((shape[0], 1))
    length = (own + season["stay_spread"] / 3 * draw.standard_normal(shape)).clip(
        season["shortest"], season["longest"]
    )
    goes = draw.random(shape) < season["goes_in_a_year"]
    latest = np.concatenate([begin[:, 1:], np.full((shape[0], 1), np.inf)], axis=1) - 7
    end = np.minimum(begin + length, latest)
    goes &= (begin > period.life_first + 1) & (end < period.life_last - 1)
    person = np.broadcast_to(workers[:, None], shape)[goes]
    seconds = (begin[goes] * DAY).astype(np.int64), (end[goes] * DAY).astype(np.int64)
    return _Trips(person, *seconds, np.ones(len(person), dtype=np.bool_))


def _ban(people: People, trips: _Trips, rates: Rates, streams: Streams) -> tuple[_Trips, _Trips]:
    """Who stays beyond the law may be banned: later trips do not happen, or end at the border."""
    law = rates["law"]
    limited = np.array([rates["countries"][c]["regime"] in {"patent", "visa"} for c in COUNTRIES])
    works = np.isin(people.kind, [TYPES.index(k) for k in ("seasonal_worker", "settled_migrant", "student")])
    permitted = streams.happens("works with permit", rates["permits"]["applies_share"], len(people)) & works
    too_long = trips.end - trips.begin > law["stay_without_permit"] * DAY
    breach = limited[people.country[trips.person]] & trips.into & too_long & ~permitted[trips.person]
    breach &= streams.happens("ban", law["ban_share"], len(trips.person))
    since = np.full(len(people), NEVER * DAY)
    np.minimum.at(since, trips.person[breach], trips.end[breach])
    begun = trips.begin - since[trips.person]
    banned = trips.into & (begun > 0) & (begun < law["ban_days"] * DAY)
    tries = banned & streams.happens("tries", law["tries_despite_ban"], len(trips.person))
    return trips.take(~banned), trips.take(tries)


# Crossings -----------------------------------------------------------------------------------------
def _crossings(
    people: People, life: Life, trips: _Trips, period: Period, rates: Rates, streams: Streams
) -> Crossings:
    """Two crossings per trip and one per move, by person and time."""
    leaders = people.leader == np.arange(len(people))
    moves = []
    for border in (1, 2, 3):
        at = life.borders[:, border]
        real = leaders & (at > period.life_first * DAY) & (at < period.life_last * DAY)
        real &= (life.borders[:, border + 1] > at) | (border == 3)
        real &= at > life.borders[:, border - 1]
        moves.append((np.flatnonzero(real), at[real], np.full(int(real.sum()), border != 2)))
    person = np.concatenate([trips.person, trips.person, *(m[0] for m in moves)])
    second = np.concatenate([trips.begin, trips.end, *(m[1] for m in moves)]) - period.life_first * DAY
    is_entry = np.concatenate([trips.into, ~trips.into, *(m[2] for m in moves)])
    is_move = np.arange(len(person)) >= 2 * len(trips.person)
    # One number for all four sorts faster than an order of rows: person, second, and two bits.
    packed = np.sort((person << 36) | (second << 2) | (is_entry.astype(np.int64) << 1) | is_move)
    person, second = packed >> 36, ((packed >> 2) & (2**34 - 1)) + period.life_first * DAY
    port = _ports(people, person, rates, streams, "port")
    return Crossings(person, second, (packed & 2) > 0, (packed & 1) > 0, port)


def _ports(people: People, person: Ints, rates: Rates, streams: Streams, name: str) -> Ints:
    """The usual port of the person, or another one that the country uses."""
    weights = np.array([[port["neighbours"].get(c, 0.0) for port in rates["ports"]] for c in COUNTRIES])
    usual = pick_by_row(weights, people.country, streams.numbers("usual port", len(people)))
    draw = streams.numbers(name, 2 * len(person))
    stays = draw[: len(person)] < rates["border"]["usual_port_share"]
    other = ~stays
    port = usual[person]
    port[other] = pick_by_row(weights, people.country[person[other]], draw[len(person) :][other])
    return port


def _follow(people: People, crossings: Crossings) -> Crossings:
    """Those who follow cross when their leader crosses."""
    first = np.searchsorted(crossings.person, people.leader, side="left")
    number = np.searchsorted(crossings.person, people.leader, side="right") - first
    if (people.leader == np.arange(len(people))).all():
        return crossings
    before = np.cumsum(number) - number
    index = np.arange(int(number.sum())) - np.repeat(before, number) + np.repeat(first, number)
    copied = crossings.take(index)
    copied.person = np.repeat(np.arange(len(people)), number)
    return copied

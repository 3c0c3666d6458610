"""Small made-up worlds for lost exits, whose truth is known: stays and losses that are not the estimator's family.

Stays and absences are lognormal with a scale of each person's own, people live in ways (residents who travel, seasonal
workers, visitors, settlers, people who settle for good after some years); hazards are nowhere constant.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.chains import Losses
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, log_of_arrays
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.year_counts import YearCounts, count_years
from guzar.process.residence_kernel import OPEN, classify_persons, rule_in_days
from guzar.process.residence_rule import ResidenceRule

RULE = ResidenceRule(365, 487, date(2016, 1, 1), date(2021, 12, 31))
FIRST, LAST = (RULE.first_day - EPOCH).days, (RULE.last_day - EPOCH).days
AUTUMN, SPRING = 305, 60  # days of the year when work ends, and begins
BEFORE, AFTER = 1500, 500  # days of true life around the window
PORTS = ("AIR", "RAIL", "ROAD", "BRIDGE")
COVERAGE = (0.97, 0.93, 0.90, 0.60)  # one in ten lost, four in ten at one border
# Ways of life: share, home in the country, median and spread of stays and absences, chance of another trip,
# chance that a stay (absence) is of the long kind, median of the long kind.
WAYS = np.array(
    [
        # share home  stay  sd  absence sd returns long_stay median long_absence median
        [0.30, 1.0, 160, 1.0, 9, 0.9, 0.93, 0.00, 900, 0.05, 800],  # residents
        [0.30, 0.0, 190, 0.5, 120, 0.6, 0.85, 0.03, 600, 0.05, 500],  # seasonal workers
        [0.25, 0.0, 10, 1.0, 200, 1.0, 0.55, 0.02, 700, 0.00, 900],  # visitors
        [0.15, 0.0, 300, 1.1, 25, 1.0, 0.80, 0.25, 1100, 0.10, 700],  # settlers
    ]
)


@dataclass(frozen=True)
class World:
    """Which exits are lost, and by how much more or less under special circumstances."""

    coverage: tuple[float, ...] = COVERAGE
    final_odds: float = 1.0  # odds of losing a final exit, as a multiple
    overstay_odds: float = 1.0  # odds of losing the exit of a stay beyond permission, as a multiple
    outages: float = 0.0  # share of port-months in which nine exits of ten are lost
    false_links: float = 0.0  # share of persons whose records stand under another person's number
    splits: float = 0.0  # share of persons who go on under a new number (a renewed passport)
    tail: float = 1.0  # factor of the spread of all lengths
    entries_lost: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)  # share of entries, by port
    heeded: float = 0.0  # share of stays that would outlast their permission and end in its last days instead
    season: float = (
        0.0  # share of stays of strangers that end, and of absences that go on, with the year instead
    )
    persons: int = 4000


@dataclass(frozen=True)
class Made:
    """Recorded crossings, and the counts that are true."""

    log: CrossingLog
    truth: YearCounts
    lost_share: float
    losses: Losses  # true, for an oracle


def make_world(seed: int, world: World | None = None) -> Made:
    """A world of one seed: lives, permissions, records."""
    world = world or World()
    random = np.random.default_rng(seed)
    ways = WAYS[random.choice(len(WAYS), world.persons, p=WAYS[:, 0])]
    ways[:, [3, 5]] *= world.tail
    starts, day, entry, final, port, until = _live(
        ways, int(random.integers(2**31)), FIRST - BEFORE, LAST + AFTER, world
    )
    given = _residence_on(starts, day, entry, ways[:, 1], FIRST)
    inside = (day >= FIRST) & (day <= LAST)
    person = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    lost = 1 - np.asarray(world.coverage)[port]
    beyond = (entry == 0) & (until != NO_LIMIT) & (until < day)
    odds = (
        lost
        / np.maximum(1e-9, 1 - lost)
        * np.where(final, world.final_odds, 1)
        * np.where(beyond, world.overstay_odds, 1)
    )
    gone = (entry == 0) & (random.random(len(day)) < odds / (1 + odds))
    gone |= (entry == 1) & (random.random(len(day)) < np.asarray(world.entries_lost)[port])
    truth = _paths(person[inside], day[inside], entry[inside], until[inside], given)
    gone |= (entry == 0) & _in_outage(day, port, world.outages, random) & (random.random(len(day)) < 0.9)
    seen = inside & ~gone
    log = _record(person, day, entry, port, until, given, seen, world, random)
    lost_share = (gone & inside & (entry == 0)).sum() / (inside & (entry == 0)).sum()
    # Persons of whom nothing is recorded are in the truth, as far as they crossed.
    return Made(log, count_years(truth, RULE), float(lost_share), _true_losses(world))


def _in_outage(day, port, share, random):  # type: ignore[no-untyped-def]
    month = (day - day.min()) // 30
    return random.random((int(month.max(initial=0)) + 1, len(PORTS)))[month, port] < share


def _record(person, day, entry, port, until, given, seen, world, random):  # type: ignore[no-untyped-def]
    """What stands in the log: recorded crossings, under the numbers that linkage gave."""
    persons = len(given)
    number = np.arange(persons)
    wrong = random.random(persons) < world.false_links
    number[wrong] = random.integers(0, persons, int(wrong.sum()))
    renewed = np.where(
        random.random(persons) < world.splits, random.integers(FIRST, LAST, persons), LAST + AFTER
    )
    whose = number[person] + np.where(day > renewed[person], persons, 0)
    rows = np.flatnonzero(seen)
    rows = (
        rows[np.lexsort((entry[rows], day[rows], whose[rows]))] if world.false_links + world.splits else rows
    )
    kept, place = np.unique(whose[rows], return_inverse=True)
    return log_of_arrays(
        _starts(place, len(kept)),
        day[rows],
        entry[rows],
        port[rows],
        PORTS,
        permitted_until=until[rows],
        given=np.where(kept < persons, given[kept % persons], OPEN).astype(np.int8),
    )


def _true_losses(world: World) -> Losses:
    """The chances of an unseen exit as they are: three in four times one's usual port, else any."""
    lost = 1 - np.asarray(world.coverage)
    chance = np.full((len(PORTS), len(PORTS)), (1 - 0.625) / 3)
    np.fill_diagonal(chance, 0.625)
    mean, entries = chance @ lost, np.asarray(world.entries_lost)
    coming = chance @ entries
    pair, back = chance @ (lost * coming), chance @ (entries * mean)
    three = (pair * mean.mean(), pair * mean.mean()), back * coming.mean()
    return Losses(
        mean, mean, coming, np.ones(len(PORTS)), lost, lost, entries, pair, *three[0], back, back, three[1]
    )


def _starts(whose: NDArray[np.int64], persons: int) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.bincount(whose, minlength=persons))]).astype(np.int64)


def _paths(person, day, entry, until, given):  # type: ignore[no-untyped-def]
    kept, whose = np.unique(person, return_inverse=True)
    return Paths(_starts(whose, len(kept)), day, entry, until, given[kept], np.zeros(len(day), bool))


def _residence_on(starts, day, entry, home, first):  # type: ignore[no-untyped-def]
    """Residence on the first day, by the rule on true lives before and after it."""
    rows = len(day)
    observed, inside = np.empty(rows, np.int32), np.empty(rows, np.int32)
    before, after, migration = (np.empty(rows, np.int8) for _ in range(3))
    classify_persons(
        starts, day, entry, home.astype(np.int8), rule_in_days(RULE.threshold_days, RULE.window_days, LAST + AFTER),
        observed, inside, before, after, migration,
    )  # fmt: skip
    reached = np.concatenate([[0], np.cumsum(day < first)])
    number = reached[starts[1:]] - reached[starts[:-1]]
    last = np.maximum(starts[:-1] + number - 1, 0)
    status = np.where(number > 0, after[np.minimum(last, rows - 1)], home.astype(np.int8))
    return np.where(status == OPEN, home, status).astype(np.int8)


def _live(ways, seed, begin, end, world):  # type: ignore[no-untyped-def]
    most = 400 * len(ways)
    starts = np.zeros(len(ways) + 1, np.int64)
    day, entry = np.empty(most, np.int32), np.empty(most, np.int8)
    final, port, until = np.empty(most, np.bool_), np.empty(most, np.int32), np.empty(most, np.int32)
    rows = _live_all(
        ways, seed, begin, end, world.heeded, world.season, NO_LIMIT, starts, day, entry, final, port, until
    )
    return starts, day[:rows], entry[:rows], final[:rows], port[:rows], until[:rows]


@njit(cache=True)
def _moved(now, length, into):  # type: ignore[no-untyped-def]
    """A length that ends within the six weeks after a day of the year, where that is less than a quarter away."""
    day = into + 42 * np.random.random()
    end = now + length - FIRST
    moved = end + (day - end % 365.25 + 182.6) % 365.25 - 182.6
    return moved + FIRST - now if abs(moved - end) < 91 and moved + FIRST > now else length


@njit(cache=True)
def _live_all(ways, seed, begin, end, heeded, season, no_limit, starts, day, entry, final, port, until):  # type: ignore[no-untyped-def]
    np.random.seed(seed)
    at = 0
    for person in range(len(ways)):
        way = ways[person]
        starts[person] = at
        slow_in, slow_out = np.exp(0.4 * np.random.randn()), np.exp(0.4 * np.random.randn())
        usual = np.searchsorted(np.array([0.3, 0.55, 0.8]), np.random.random())
        inside = way[1] > 0
        # Strangers come first at any time; residents are there from the beginning.
        now = begin + (
            np.random.random() * 0.9 * (end - begin) if not inside else np.random.random() * way[2]
        )
        permission = no_limit
        while now < end:
            entry[at] = 0 if inside else 1
            day[at] = int(now)
            port[at] = usual if np.random.random() < 0.75 else np.random.randint(0, 4)
            final[at] = False
            if inside:  # leaves
                until[at] = permission
                final[at] = np.random.random() > way[6]
                long = np.random.random() < way[9]
                length = np.exp(
                    np.log(way[10] if long else way[4] * slow_out)
                    + (0.5 if long else way[5]) * np.random.randn()
                )
                if season > 0 and way[1] == 0 and np.random.random() < season:
                    length = _moved(now, length, SPRING)
            else:
                if way[1] == 0:
                    draw = np.random.random()
                    permission = int(now) + (90 if draw < 0.5 else 365) if draw < 0.85 else no_limit
                until[at] = permission
                long = np.random.random() < way[7]
                length = np.exp(
                    np.log(way[8] if long else way[2] * slow_in)
                    + (0.5 if long else way[3]) * np.random.randn()
                )
                if (
                    heeded > 0
                    and permission != no_limit
                    and now + length > permission
                    and np.random.random() < heeded
                ):
                    length = max(0.0, permission - now - 10 * np.random.random())
                if season > 0 and way[1] == 0 and np.random.random() < season:
                    length = _moved(now, length, AUTUMN)
            at += 1
            if inside and final[at - 1]:
                break
            inside = not inside
            now += length
    starts[len(ways)] = at
    return at


def with_odds(world: World, **changes: float) -> World:
    """The same world, seen worse."""
    return replace(world, **changes)

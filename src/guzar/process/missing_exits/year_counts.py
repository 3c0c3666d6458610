"""Paths of whole persons → counts by year: migrations by the rule of V of W days, residents, stays beyond permission.

The rule is the one of `guzar residence`; what it cannot decide yet is counted apart, and so is what rests on crossings that
were drawn: whoever is counted, or is not, for the sake of crossings that nobody recorded.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import NO_LIMIT
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.permission_days import find_last_days
from guzar.process.residence_kernel import NO, OPEN, YES, Codes, Days, classify_persons, rule_in_days
from guzar.process.residence_rule import ResidenceRule

IMMIGRATIONS, EMIGRATIONS, RESIDENTS, BEYOND, DEATHS = range(5)
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class YearCounts:
    """Counts, by the five kinds (rows) and years (columns); of several draws with the draws first.

    Kinds: immigrations and emigrations in a year, residents and stays beyond recorded permission at its end, deaths of
    residents in a year as far as days of death are known or drawn: residents = those before + net migration − deaths.
    `undecided` is
    what the rule cannot decide yet; `drawn` what rests on crossings nobody recorded: migrations that are such a crossing, or
    are one only beside it; persons who stand after one, or would not be counted by what is recorded; and, `removed`, those
    who would be counted by what is recorded and are not.
    """

    counted: Numbers
    undecided: Numbers
    drawn: Numbers
    removed: Numbers


def years_of(rule: ResidenceRule) -> range:
    """The calendar years that are observed, in whole or in part."""
    return range(rule.first_day.year, rule.last_day.year + 1)


def stack_counts(counts: list[YearCounts]) -> YearCounts:
    """Counts of several draws as one, the draws first."""
    names = [field.name for field in fields(YearCounts)]
    return YearCounts(**{name: np.stack([getattr(each, name) for each in counts]) for name in names})


def count_years(paths: Paths, rule: ResidenceRule) -> YearCounts:
    """Counts of one path per person."""
    last = (rule.last_day - EPOCH).days
    at_start = residence_at_start(paths, rule)
    after, migration = _classify(paths, at_start, rule, last)
    begins = _year_begins(rule)
    year = np.searchsorted(begins, paths.day, side="right") - 1
    counts = YearCounts(*(np.zeros((5, len(begins) - 1)) for _ in range(4)))
    until = find_last_days(paths, (rule.first_day - EPOCH).days)
    plain = _without_drawn(paths, at_start, until, rule)
    _count_migrations(paths, migration, plain, year, counts)
    ends = np.concatenate([begins[:1] - 1, year_ends(rule)])
    latest = latest_rows(paths.starts, paths.day, year_ends(rule))
    for at, end in enumerate(year_ends(rule)):
        row = latest[at]
        status = np.where(row >= 0, after[np.maximum(row, 0)], at_start)
        if (
            paths.mortality is not None
        ):  # who is dead by then is counted once, in the year of death, and nowhere else
            died = paths.mortality.died
            is_dead = (died <= end) & (died > ends[at])
            counts.counted[DEATHS, at] = ((status == YES) & is_dead).sum()
            counts.undecided[DEATHS, at] = ((status == OPEN) & is_dead).sum()
            status, row = np.where(died <= end, NO, status), np.where(died <= end, -1, row)
        counts.undecided[RESIDENTS, at] = (status == OPEN).sum()
        alive = None if paths.mortality is None else paths.mortality.died > end
        known_residents, known_beyond = plain.on(at, int(end), alive)
        after_drawn = ((row >= 0) & paths.is_drawn[np.maximum(row, 0)])[plain.persons]
        beyond = _beyond_on(paths, until, row, at, int(end))
        _count_persons(counts, RESIDENTS, at, status == YES, known_residents, after_drawn, plain.persons)
        _count_persons(counts, BEYOND, at, beyond, known_beyond, after_drawn, plain.persons)
    return counts


@dataclass(frozen=True)
class _Plain:
    """Of the persons in whose paths anything was drawn: what would be counted without it. `rows` of the paths were recorded,
    `migration` says what they would be."""

    persons: Rows
    rows: Rows
    paths: Paths
    at_start: Codes
    after: Codes
    migration: Codes
    until: Days
    latest: Rows  # by year and person

    def on(
        self, year: int, end: int, alive: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Residents, and persons beyond permission, at the end of a year by what is recorded."""
        if not len(self.persons):
            return np.zeros(0, bool), np.zeros(0, bool)
        row = self.latest[year]
        after = self.after[np.maximum(row, 0)] if len(self.after) else self.at_start
        resident = np.where(row >= 0, after, self.at_start) == YES
        beyond = _beyond_on(self.paths, self.until, row, year, end)
        if alive is None:
            return resident, beyond
        return resident & alive[self.persons], beyond & alive[self.persons]


def _without_drawn(paths: Paths, at_start: Codes, until: Days, rule: ResidenceRule) -> _Plain:
    """The recorded crossings of those who have drawn ones, every gap split half-way."""
    lengths = np.diff(paths.starts)
    of_rows = np.repeat(np.arange(len(lengths)), lengths)
    touched = np.bincount(of_rows[paths.is_drawn], minlength=len(lengths)) > 0
    rows = np.flatnonzero(touched[of_rows] & ~paths.is_drawn)
    persons = np.flatnonzero(touched)
    each = np.bincount(of_rows[rows], minlength=len(lengths))[persons]
    recorded = replace(
        paths,
        starts=np.concatenate([[0], np.cumsum(each)]).astype(np.int64),
        day=paths.day[rows],
        is_entry=paths.is_entry[rows],
        permitted_until=paths.permitted_until[rows],
        given=paths.given[persons],
        is_drawn=np.zeros(len(rows), bool),
        permissions=None if paths.permissions is None else paths.permissions.take(persons),
        mortality=None,
        of_class=None,
    )
    after, migration = _classify(recorded, at_start[persons], rule, (rule.last_day - EPOCH).days)
    latest = latest_rows(recorded.starts, recorded.day, year_ends(rule))
    return _Plain(persons, rows, recorded, at_start[persons], after, migration, until[rows], latest)


def _count_migrations(paths: Paths, migration: Codes, plain: _Plain, year: Rows, counts: YearCounts) -> None:
    years = counts.counted.shape[1]
    by_record = migration.copy()
    by_record[plain.rows] = plain.migration
    for kind, side in ((IMMIGRATIONS, YES), (EMIGRATIONS, NO)):
        mine = paths.is_entry == side
        moved, known = mine & (migration == YES), mine & (by_record == YES) & ~paths.is_drawn
        counts.counted[kind] = np.bincount(year[moved], minlength=years)
        counts.undecided[kind] = np.bincount(year[mine & (migration == OPEN)], minlength=years)
        counts.drawn[kind] = np.bincount(year[moved & ~known], minlength=years)
        counts.removed[kind] = np.bincount(year[known & ~moved], minlength=years)


def _count_persons(
    counts: YearCounts,
    kind: int,
    at: int,
    found: NDArray[np.bool_],
    known: NDArray[np.bool_],
    after_drawn: NDArray[np.bool_],
    persons: Rows,
) -> None:
    """Persons of one kind at the end of a year; `known` by what is recorded, of those in whose paths anything was drawn."""
    counts.counted[kind, at] = found.sum()
    counts.drawn[kind, at] = (found[persons] & (after_drawn | ~known)).sum()
    counts.removed[kind, at] = (known & ~found[persons]).sum()


def _classify(paths: Paths, at_start: Codes, rule: ResidenceRule, last: int) -> tuple[Codes, Codes]:
    rows = len(paths.day)
    observed, inside = np.empty(rows, np.int32), np.empty(rows, np.int32)
    before, after, migration = (np.empty(rows, np.int8) for _ in range(3))
    classify_persons(
        paths.starts, paths.day, paths.is_entry, at_start, rule_in_days(rule.threshold_days, rule.window_days, last),
        observed, inside, before, after, migration,
    )  # fmt: skip
    return after, migration


def residence_at_start(paths: Paths, rule: ResidenceRule) -> Codes:
    """Residence on the first day: as given; else what a first crossing V days later or more tells; else OPEN."""
    firsts = paths.starts[:-1]
    told = np.where(paths.is_entry[firsts] == YES, NO, YES)
    late = paths.day[firsts] >= (rule.first_day - EPOCH).days + rule.threshold_days
    return np.where(paths.given != OPEN, paths.given, np.where(late, told, OPEN)).astype(np.int8)


def _year_begins(rule: ResidenceRule) -> Rows:
    years = years_of(rule)
    days = [rule.first_day.replace(year=year, month=1, day=1) for year in (*years, years[-1] + 1)]
    return np.array([(day - EPOCH).days for day in days], dtype=np.int64)


def year_ends(rule: ResidenceRule) -> Rows:
    """The days on which people are counted: the last of every year, and the last observed."""
    return np.minimum(_year_begins(rule)[1:] - 1, (rule.last_day - EPOCH).days)


@njit(cache=True, nogil=True)
def latest_rows(starts: Rows, day: Days, ends: Rows) -> Rows:
    """The row of the latest crossing of every person up to each of these days, which rise: by day and person; -1 for none."""
    latest = np.empty((len(ends), len(starts) - 1), np.int64)
    for person in range(len(starts) - 1):
        row = starts[person]
        for at in range(len(ends)):
            while row < starts[person + 1] and day[row] <= ends[at]:
                row += 1
            latest[at, person] = row - 1 if row > starts[person] else -1
    return latest


def _beyond_on(paths: Paths, until: Days, latest: Rows, year: int, day: int) -> NDArray[np.bool_]:
    """Of every person, whether in the country at the end of a day on a permission, recorded or by a rule, that ended before
    it, and without a permit."""
    if not len(until):
        return np.zeros(len(latest), bool)
    row = np.maximum(latest, 0)
    over = (latest >= 0) & (until[row] != NO_LIMIT) & (until[row] < day) & (paths.is_entry[row] == YES)
    if paths.permissions is not None:
        over &= ~paths.permissions.holds_at_end(year)
    return np.asarray(over, dtype=bool)

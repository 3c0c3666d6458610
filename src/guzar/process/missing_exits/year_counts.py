"""Paths of whole persons → counts by year: migrations by the rule of V of W days, residents, stays beyond permission.

The rule is the one of `guzar residence`; what it cannot decide yet is counted apart, and so is what rests on crossings that
were drawn.
"""

from dataclasses import dataclass

import numpy as np
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
    what the rule cannot decide yet; `drawn` the part of the counts that rests on crossings nobody recorded.
    """

    counted: Numbers
    undecided: Numbers
    drawn: Numbers


def years_of(rule: ResidenceRule) -> range:
    """The calendar years that are observed, in whole or in part."""
    return range(rule.first_day.year, rule.last_day.year + 1)


def stack_counts(counts: list[YearCounts]) -> YearCounts:
    """Counts of several draws as one, the draws first."""
    return YearCounts(
        np.stack([each.counted for each in counts]),
        np.stack([each.undecided for each in counts]),
        np.stack([each.drawn for each in counts]),
    )


def count_years(paths: Paths, rule: ResidenceRule) -> YearCounts:
    """Counts of one path per person."""
    last = (rule.last_day - EPOCH).days
    at_start = residence_at_start(paths, rule)
    after, migration = _classify(paths, at_start, rule, last)
    begins = _year_begins(rule)
    year = np.searchsorted(begins, paths.day, side="right") - 1
    years = len(begins) - 1
    counted, undecided, drawn = (np.zeros((5, years)) for _ in range(3))
    for kind, side in ((IMMIGRATIONS, YES), (EMIGRATIONS, NO)):
        moved = (paths.is_entry == side) & (migration == YES)
        counted[kind] = np.bincount(year[moved], minlength=years)
        drawn[kind] = np.bincount(year[moved & paths.is_drawn], minlength=years)
        open_ = (paths.is_entry == side) & (migration == OPEN)
        undecided[kind] = np.bincount(year[open_], minlength=years)
    until = find_last_days(paths, (rule.first_day - EPOCH).days)
    died = None if paths.mortality is None else paths.mortality.died
    ends = np.concatenate([_year_begins(rule)[:1] - 1, year_ends(rule)])
    for at, end in enumerate(year_ends(rule)):
        row = _latest_row(paths, int(end))
        known = np.maximum(row, 0)
        status = np.where(row >= 0, after[known], at_start)
        if died is not None:  # who is dead by then is counted once, in the year of death, and nowhere else
            is_dead = (died <= end) & (died > ends[at])
            counted[DEATHS, at] = ((status == YES) & is_dead).sum()
            undecided[DEATHS, at] = ((status == OPEN) & is_dead).sum()
            status, row = np.where(died <= end, NO, status), np.where(died <= end, -1, row)
        counted[RESIDENTS, at] = (status == YES).sum()
        undecided[RESIDENTS, at] = (status == OPEN).sum()
        drawn[RESIDENTS, at] = ((status == YES) & (row >= 0) & paths.is_drawn[known]).sum()
        counted[BEYOND, at], drawn[BEYOND, at] = _beyond_on(paths, until, row, at, int(end))
    return YearCounts(counted, undecided, drawn)


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


def _latest_row(paths: Paths, day: int) -> Rows:
    """The row of the latest crossing of every person up to a day; -1 where there is none."""
    reached = np.concatenate([[0], np.cumsum(paths.day <= day)])
    number = reached[paths.starts[1:]] - reached[paths.starts[:-1]]
    return np.where(number > 0, paths.starts[:-1] + number - 1, -1)


def _beyond_on(paths: Paths, until: Days, latest: Rows, year: int, day: int) -> tuple[int, int]:
    """Persons in the country at the end of a day whose permission, recorded or by a rule, ended before it, and who hold no
    permit; and those whom a drawn exit takes out of this number."""
    person = np.flatnonzero(latest >= 0)
    row = latest[person]
    over = (until[row] != NO_LIMIT) & (until[row] < day)
    if paths.permissions is not None:
        over &= ~paths.permissions.holds_at_end(year)[person]
    entered = paths.is_entry[row] == YES
    return int((over & entered).sum()), int((over & ~entered & paths.is_drawn[row]).sum())

"""The last permitted day of every stay of a possible past, by rules of permitted stay.

A recorded permission holds before any rule. A stay whose entry nobody recorded has a permission as long as the person's
last recorded one, if that had one; else the rule. Days of entry and of exit both count as days of stay; days before the
first crossing count from the first day observed. A stay for which no day is left ends, by the rule, the day before it began.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.permission_rules import IN_PERIOD, IN_YEAR, UNLIMITED, RuleTable
from guzar.process.residence_kernel import Codes, Days

Rows = NDArray[np.int64]


def find_last_days(paths: Paths, first_day: int) -> Days:
    """The last permitted day of the stay that each crossing begins, or that a drawn exit ends; NO_LIMIT without one."""
    permissions = paths.permissions
    if permissions is None:
        return paths.permitted_until
    found = paths.permitted_until.copy()
    latest = int(paths.day.max(initial=first_day))
    _find(
        paths.starts,
        paths.day,
        paths.is_entry,
        paths.is_drawn,
        permissions.citizenship,
        permissions.rules,
        _year_begins(first_day, latest),
        first_day,
        found,
    )
    return found


def _year_begins(first_day: int, last_day: int) -> Rows:
    """The first days of all years from the first day's to the second one after the last day's."""
    first, last = (np.datetime64(day, "D").astype("datetime64[Y]") for day in (first_day, last_day))
    return np.arange(first, last + 3).astype("datetime64[D]").astype(np.int64)


@njit(cache=True, nogil=True)
def _find(
    starts: Rows,
    day: Days,
    is_entry: Codes,
    drawn: NDArray[np.bool_],
    citizenship: NDArray[np.int32],
    rules: RuleTable,
    years: Rows,
    first_day: int,
    until: Days,
) -> None:
    """Put into `until`, which holds recorded permissions, what rules say of all other stays."""
    for person in range(len(starts) - 1):
        low, recorded = starts[person], False
        for row in range(low, starts[person + 1]):
            if not is_entry[row]:
                if drawn[row] and row > low:
                    until[row] = until[row - 1]
                continue
            if not drawn[row]:
                recorded = until[row] != NO_LIMIT
            if recorded:
                continue
            rule = _rule_on(day[row], citizenship[person], rules)
            if rule >= 0:
                until[row] = _last_day(rule, low, row, day, is_entry, rules, years, first_day)


@njit(cache=True, nogil=True)
def _rule_on(day: int, citizenship: int, rules: RuleTable) -> int:
    """The first rule in force on a day; -1 where none is."""
    for rule in range(rules.starts[citizenship], rules.starts[citizenship + 1]):
        if rules.first_day[rule] <= day <= rules.last_day[rule]:
            return rule
    return -1


@njit(cache=True, nogil=True)
def _last_day(
    rule: int, low: int, row: int, day: Days, is_entry: Codes, rules: RuleTable, years: Rows, first_day: int
) -> int:
    """The last day on which the stay that begins at a row is permitted by a rule."""
    kind, days, entered = rules.kind[rule], int(rules.days[rule]), int(day[row])
    if kind == UNLIMITED:
        return NO_LIMIT
    if kind == IN_PERIOD:
        last = _last_in_period(low, row, day, is_entry, days, int(rules.period[rule]), first_day)
    elif kind == IN_YEAR:
        last = _last_in_years(low, row, day, is_entry, days, years, first_day)
    else:
        last = entered + days - 1
    if rules.longest[rule] > 0:
        last = min(last, entered + int(rules.longest[rule]) - 1)
    return last


@njit(cache=True, nogil=True)
def _last_in_period(
    low: int, row: int, day: Days, is_entry: Codes, days: int, period: int, first_day: int
) -> int:
    """The last day up to which no period of so many days holds more days of stay than permitted.

    From one day to the next the count rises by one at most: with s days left the next s days are permitted at least.
    """
    at = entered = int(day[row])
    while True:
        used = at - entered + 1 + _days_before(low, row, day, is_entry, first_day, at - period + 1)
        if used > days:
            return at - 1
        at += days - used + 1


@njit(cache=True, nogil=True)
def _last_in_years(
    low: int, row: int, day: Days, is_entry: Codes, days: int, years: Rows, first_day: int
) -> int:
    """The last day up to which no calendar year holds more days of stay than permitted, fewer than a year has."""
    begin = int(day[row])
    year = np.searchsorted(years, begin, side="right") - 1
    left = max(0, days - _days_before(low, row, day, is_entry, first_day, int(years[year])))
    if begin + left >= years[year + 1]:
        begin, left = int(years[year + 1]), days
    return begin + left - 1


@njit(cache=True, nogil=True)
def _days_before(low: int, row: int, day: Days, is_entry: Codes, first_day: int, since: int) -> int:
    """Days in the country before the entry of a row, from a day on; time between two crossings in one direction in a row
    is split half-way."""
    counted, free = 0, int(day[row])
    for at in range(row - 1, low - 2, -1):
        if day[at + 1] < since:
            break
        enters, leaves = at >= low and is_entry[at] == 1, is_entry[at + 1] == 0
        begin, end = int(day[at]) if at >= low else first_day, int(day[at + 1])
        if not (enters or leaves) or (at < low and not leaves):
            continue
        half = begin + (end - begin) // 2
        if enters and not leaves:
            end = half
        elif leaves and not enters and at >= low:
            begin = half
        begin, end = max(begin, since), min(end, free - 1)
        if end >= begin:
            counted += end - begin + 1
            free = begin
    return counted

"""Permissions by how long they were given for: people leave when they end, so stays under each have lengths of their own.

Kinds are told apart where more stays end in the last days of a permission than before. Only lengths that many entries have are told apart; the others go with the nearest. A crossing without an entry of its own
is under the permission of the person's last entry, or of the first to come. Where no permission is recorded, a rule of
permitted stay tells how long a stay may be that uses all its days.
"""

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog
from guzar.process.missing_exits.permission_rules import UNLIMITED
from guzar.process.residence_kernel import NO, YES, Codes

Numbers = NDArray[np.int64]

LONGEST = np.array(
    [45, 105, 200, 400]
)  # days, of the shorter kinds; about a month, three, six, a year, and longer
LEAST_SHARE, LEAST_ENTRIES = 0.05, 500  # of entries, for a length to be told apart
LAST_DAYS, MORE, SURE = (
    15,
    1.5,
    5.0,
)  # of a permission; more stays end in them, beyond chance (standard errors)
UNKNOWN = -1
MARKS = 3  # what a crossing shows of permissions
UNTOLD, WITHOUT, WITH = range(MARKS)  # nothing (an exit); an entry without one, and with one


def find_lengths(log: CrossingLog) -> Numbers:
    """The lengths of permission told apart, by number, 0 for none; without any where they are not heeded."""
    if not are_heeded(log):
        return np.zeros(0, np.int64)
    kind = _kinds_of_entries(log)
    counts = np.bincount(kind, minlength=len(LONGEST) + 2)
    return np.flatnonzero(counts[1:] >= max(LEAST_ENTRIES, LEAST_SHARE * len(kind))) + 1


def kinds_of_permission(log: CrossingLog, lengths: Numbers | None = None) -> tuple[Numbers, int]:
    """The kind of permission under which every crossing stands, 0 for none, and how many kinds there are; `lengths` are those
    told apart (found in the log where they are not given)."""
    told = find_lengths(log) if lengths is None else lengths
    if not len(told):
        return np.zeros(len(log.day), np.int64), 1
    of_rows = np.full(len(log.day), UNKNOWN, np.int64)
    of_rows[log.is_entry == YES] = _nearest(told)[_kinds_of_entries(log)]
    return _filled(log, of_rows), 1 + len(told)


def _kinds_of_entries(log: CrossingLog) -> Numbers:
    entries = np.flatnonzero(log.is_entry == YES)
    limit = limits_of(log)[entries]
    days = np.where(limit == NO_LIMIT, 0, limit - log.day[entries])
    return np.where(limit == NO_LIMIT, 0, 1 + np.searchsorted(LONGEST, days)).astype(np.int64)


def are_heeded(log: CrossingLog) -> bool:
    """Whether more stays end in the last days of a permission than the days before let expect.

    Where they do not, kinds of permission tell nothing, and telling them apart makes estimates worse.
    """
    entries = np.flatnonzero((log.is_entry[:-1] == YES) & (log.is_entry[1:] == NO))
    limit = limits_of(log)[entries]
    same = (log.person[entries] == log.person[entries + 1]) & (limit != NO_LIMIT)
    left = limit[same] - log.day[entries[same] + 1]
    ending = int(((left >= 0) & (left <= LAST_DAYS)).sum())
    usual = ((left > LAST_DAYS) & (left <= 3 * LAST_DAYS)).sum() / 2
    return bool(ending > MORE * usual and ending - usual > SURE * np.sqrt(usual + ending))


def marks_of(log: CrossingLog) -> Codes:
    """The mark of every crossing, as recorded: whoever never needs a permission is known by entries that bring none."""
    permitted = np.where(log.permitted_until == NO_LIMIT, WITHOUT, WITH)
    return np.where(log.is_entry == YES, permitted, UNTOLD).astype(np.int8)


def limits_of(log: CrossingLog) -> Numbers:
    """The last permitted day of every crossing as recorded; else, by the rule in force on the day, of a stay of all its days."""
    limit = log.permitted_until.astype(np.int64)
    if log.permissions is None:
        return limit
    rules, citizenship = log.permissions.rules, log.permissions.citizenship[log.person]
    by_rule = np.full(len(limit), NO_LIMIT, np.int64)
    for code in np.unique(log.permissions.citizenship):
        mine = citizenship == code
        for at in reversed(
            range(int(rules.starts[code]), int(rules.starts[code + 1]))
        ):  # the first in force holds
            meant = mine & (log.day >= rules.first_day[at]) & (log.day <= rules.last_day[at])
            days = min(
                int(each[at]) for each in (rules.days, rules.longest) if each[at] > 0 or each is rules.days
            )
            by_rule[meant] = NO_LIMIT if rules.kind[at] == UNLIMITED else log.day[meant] + days - 1
    return np.where(limit == NO_LIMIT, by_rule, limit)


def _nearest(large: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every kind its number among those told apart: its own, or that of the nearest."""
    number = np.zeros(len(LONGEST) + 2, np.int64)
    if len(large):
        kinds = np.arange(1, len(number))
        number[1:] = 1 + np.abs(kinds[:, None] - large[None, :]).argmin(axis=1)
    return number


def _filled(log: CrossingLog, of_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows without a kind take that of the person's last entry, else of the next, else 0."""
    rows, person = np.arange(len(of_rows)), log.person
    last = np.maximum.accumulate(np.where(of_rows != UNKNOWN, rows, -1))
    next_ = np.minimum.accumulate(np.where(of_rows != UNKNOWN, rows, len(rows))[::-1])[::-1]
    has_last = (last >= 0) & (person[np.maximum(last, 0)] == person)
    has_next = (next_ < len(rows)) & (person[np.minimum(next_, len(rows) - 1)] == person)
    near = np.where(has_last, last, np.where(has_next, next_, rows))
    return np.maximum(of_rows[near], 0)

"""The rule of V of W days, compiled: arrays of whole persons in, arrays of decisions out.

A person's residence changes with a crossing when at least V of the W days from the crossing on are spent on the side
that the person moved to. One pass per person, whatever the number of crossings; persons do not depend on each other.

The rule and its edge cases are those of Stats NZ's `migstat` 1.0.6 (outcomes-based migration, 12/16-month rule); what
`migstat` leaves open although only one answer is possible is decided here as well (docs/methods/residence.md).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Days = NDArray[np.int32]
Codes = NDArray[np.int8]
NO, YES, OPEN = 0, 1, 2  # of statuses and decisions; OPEN: not decidable yet


class RuleDays(NamedTuple):
    """The rule in whole days. `back_from` days back on the old side decide *no*; fewer than `fewest_between` days on the
    side moved to, between an undecided crossing and one back, decide *no* for the latter. Where `last_goes_on`, a person's
    last state is taken to last W days, whatever the last day observed.
    """

    threshold: int
    window: int
    last_day: int
    back_from: int
    fewest_between: int
    last_goes_on: bool


def rule_in_days(threshold: int, window: int, last_day: int) -> RuleDays:
    """V of W days as `migstat` reads the edge cases."""
    return RuleDays(threshold, window, last_day, window - threshold + 1, 2 * threshold - window, False)


@njit(cache=True, nogil=True)
def classify_persons(
    starts: NDArray[np.int64],
    day: Days,
    is_entry: Codes,
    resident_at_start: Codes,
    rule: RuleDays,
    observed: Days,
    in_country: Days,
    before: Codes,
    after: Codes,
    is_migration: Codes,
) -> int:
    """Decide every crossing of every person; returns how many follow a crossing of the same direction.

    Person p has the rows starts[p] to starts[p + 1], in time order; days are whole numbers. `resident_at_start` is
    NO, YES or OPEN per person. The five arrays at the end are filled: days observed after a crossing and days of these
    in the country, statuses before and after, and whether the crossing was a migration (NO, YES, OPEN). Crossings
    after the last day stay OPEN, with no days observed, and count for no other crossing.
    """
    rows = len(day)
    begins, ends = np.empty(rows, np.int32), np.empty(rows, np.int32)
    spent = np.empty(rows + 1, np.int64)
    other_before, other_after = np.empty(rows, np.int8), np.empty(rows, np.int8)
    other_migration = np.empty(rows, np.int8)
    gaps = 0
    for person in range(len(starts) - 1):
        low, high = starts[person], starts[person + 1]
        while high > low and day[high - 1] > rule.last_day:
            high -= 1
            observed[high] = in_country[high] = 0
            before[high] = after[high] = is_migration[high] = OPEN
        until = rule.last_day
        if rule.last_goes_on and high > low:
            until = day[high - 1] + rule.window
        gaps += _find_days(
            low, high, day, is_entry, rule.window, until, begins, ends, spent, observed, in_country
        )
        given = resident_at_start[person]
        first = NO if given == OPEN else given
        _decide(
            low, high, day, is_entry, first, rule, spent, observed, in_country,
            before, after, is_migration,
        )  # fmt: skip
        if given != OPEN:
            continue
        _decide(
            low, high, day, is_entry, YES, rule, spent, observed, in_country,
            other_before, other_after, other_migration,
        )  # fmt: skip
        for row in range(low, high):  # what is the same whatever the status at the start is known
            if before[row] != other_before[row]:
                before[row] = OPEN
            if after[row] != other_after[row]:
                after[row] = OPEN
            if is_migration[row] != other_migration[row]:
                is_migration[row] = OPEN
    return gaps


@njit(cache=True, nogil=True)
def _find_days(
    low: int,
    high: int,
    day: Days,
    is_entry: Codes,
    window: int,
    last_day: int,
    begins: Days,
    ends: Days,
    spent: NDArray[np.int64],
    observed: Days,
    in_country: Days,
) -> int:
    """Days observed and days in the country after each crossing of one person; returns the gaps.

    After each crossing a part of the time until the next is spent in the country: all of it after an entry, none
    after an exit; of two entries in a row (a lost exit) the first half, of two exits the second half.
    """
    gaps = 0
    total = 0
    for row in range(low, high):
        is_last = row + 1 == high
        following = last_day if is_last else day[row + 1]
        begins[row] = ends[row] = day[row]
        if not is_last and is_entry[row] == is_entry[row + 1]:
            gaps += 1
            half = day[row] + (following - day[row]) // 2
            if is_entry[row]:
                ends[row] = half
            else:
                begins[row], ends[row] = half, following
        elif is_entry[row]:
            ends[row] = following
        spent[row] = total
        total += ends[row] - begins[row]
    reaches = low
    for row in range(low, high):
        days = min(last_day - day[row], window)
        end = day[row] + days
        while reaches + 1 < high and day[reaches + 1] < end:
            reaches += 1
        observed[row] = days
        in_country[row] = 0
        if days > 0:
            within = max(0, min(ends[reaches], end) - begins[reaches])
            in_country[row] = spent[reaches] - spent[row] + within
    return gaps


@njit(cache=True, nogil=True)
def _decide(
    low: int,
    high: int,
    day: Days,
    is_entry: Codes,
    resident_at_start: int,
    rule: RuleDays,
    spent: NDArray[np.int64],
    observed: Days,
    in_country: Days,
    before: Codes,
    after: Codes,
    is_migration: Codes,
) -> None:
    """Statuses and migrations of one person whose status at the start is known.

    After the first crossing that cannot be decided yet, no status is known. A later crossing the other way is still
    no migration for certain where fewer than 2V - W days on the side moved to lie between (nobody can then spend V of
    W days there and V of W days back); so is a crossing whose status a crossing before it has to share, because no day
    on the other side lies between the two.
    """
    status = resident_at_start
    undecided = -1
    latest_entry = latest_exit = -1  # since then
    for row in range(low, high):
        moves_to = is_entry[row]
        before[row] = status
        if status == moves_to:
            is_migration[row] = NO
        elif status == OPEN:
            same = latest_entry if moves_to else latest_exit
            never = _can_never_be(row, undecided, same, day, is_entry, spent, rule.fewest_between)
            is_migration[row] = NO if never else OPEN
        else:
            there = in_country[row] if moves_to else observed[row] - in_country[row]
            back = observed[row] - there
            if back >= rule.back_from:
                is_migration[row] = NO
            elif there >= rule.threshold:
                is_migration[row] = YES
                status = moves_to
            else:
                is_migration[row] = OPEN
                status, undecided = OPEN, row
        if status == OPEN and moves_to:
            latest_entry = row
        elif status == OPEN:
            latest_exit = row
        after[row] = status


@njit(cache=True, nogil=True)
def _can_never_be(
    row: int,
    undecided: int,
    same: int,
    day: Days,
    is_entry: Codes,
    spent: NDArray[np.int64],
    fewest: int,
) -> bool:
    """Whether a crossing after an undecided one is no migration whatever is still to come.

    `same` is the latest crossing since then in the same direction, -1 where there is none; `fewest` is 2V - W by `migstat`.
    """
    if same >= 0:
        days_in = spent[row] - spent[same]
        between = day[row] - day[same] - days_in if is_entry[row] else days_in
        if between == 0:
            return True
    if is_entry[row] == is_entry[undecided]:
        return False
    days_in = spent[row] - spent[undecided]
    days_there = days_in if is_entry[undecided] else day[row] - day[undecided] - days_in
    return bool(days_there < fewest)

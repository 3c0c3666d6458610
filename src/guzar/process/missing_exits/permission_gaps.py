"""Entries on days on which no rule of stay was in force: how many, and at the end of which years they leave a number too low.

Whoever enters on such a day counts as somebody without a limit. Where many of those who came long ago, and have not left by
what is recorded, came on such days, the number of stays beyond permission says nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog
from guzar.process.missing_exits.permission_rules import UNLIMITED, Permissions, RuleTable
from guzar.process.residence_kernel import YES

MOST_WITHOUT_RULE = 0.05  # of those whose permission would have ended by now; above it nothing is published
NO_RULE = "no_rule_in_force"  # the reason, in the report
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class RuleGaps:
    """Recorded entries without a rule by year, of citizenships whose stays a rule limits on other days; and of those who
    entered so long before the end of a year that a limit would have passed, and are still in, the share without a rule."""

    entries: dict[int, int]
    share_at_end: dict[int, float]

    @property
    def years_too_low(self) -> tuple[int, ...]:
        """Years at whose end the number would be too low by more than it may be."""
        return tuple(year for year, share in self.share_at_end.items() if share > MOST_WITHOUT_RULE)


def find_rule_gaps(log: CrossingLog, year_ends: Rows) -> RuleGaps:
    """Entries on days without a rule, in a log with rules; none where the log has none. `year_ends` are days since 1970."""
    permissions = log.permissions
    if permissions is None:
        return RuleGaps({}, {})
    least = _least_days(permissions)[permissions.citizenship]  # by person
    entries = np.flatnonzero((log.is_entry == YES) & (least[log.person] > 0))
    person, day = log.person[entries], log.day[entries].astype(np.int64)
    is_lacking = log.permitted_until[entries] == NO_LIMIT
    is_lacking &= ~_in_force(permissions.rules, day, permissions.citizenship[person])
    found, number = np.unique(_years_of(day[is_lacking]), return_counts=True)
    same = np.append(log.person[1:] == log.person[:-1], False)
    until = np.where(same, np.append(log.day[1:], NO_LIMIT), NO_LIMIT)[entries]  # the next crossing
    shares = {}
    for at, end in enumerate(year_ends):
        goes_on = (until > end) & (day + least[person] <= end) & ~permissions.holds_at_end(at)[person]
        shares[int(_years_of(end))] = float(is_lacking[goes_on].mean()) if goes_on.any() else 0.0
    return RuleGaps(dict(zip(found.tolist(), number.tolist(), strict=True)), shares)


def _years_of(days: Rows | np.int64) -> Rows:
    return np.asarray(days, np.int64).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _least_days(permissions: Permissions) -> Rows:
    """By place of a citizenship the fewest days that a rule permits; 0 where none limits stays."""
    rules = permissions.rules
    least = np.zeros(len(rules.starts) - 1, np.int64)
    for place in range(len(least)):
        own = slice(rules.starts[place], rules.starts[place + 1])
        days = rules.days[own][rules.kind[own] != UNLIMITED]
        least[place] = days.min() if len(days) else 0
    return least


def _in_force(rules: RuleTable, day: Rows, citizenship: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether a rule of these citizenships was in force on these days."""
    found = np.zeros(len(day), bool)
    for place in np.unique(citizenship):
        own = np.flatnonzero(citizenship == place)
        for rule in range(rules.starts[place], rules.starts[place + 1]):
            found[own] |= (day[own] >= rules.first_day[rule]) & (day[own] <= rules.last_day[rule])
    return found

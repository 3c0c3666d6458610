"""Rules of permitted stay as dated data, made ready for counting, and the permits that people hold.

A rule says how long citizens of a country may stay, from one day to another: so many days in each stay, in any period of
so many days, in a calendar year, or without limit. The rule in force on the day of entry holds for the whole stay; a rule
that comes later changes no stay that goes on. What each possible past makes of them: permission_days.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

ALWAYS = (np.iinfo(np.int32).min, np.iinfo(np.int32).max)  # days between which a rule without dates holds
OTHERS = ""  # the citizenship of a rule for all who have none of their own
KINDS = ("unlimited", "days_per_stay", "days_in_period", "days_in_calendar_year", "prolonged_by")
UNLIMITED, PER_STAY, IN_PERIOD, IN_YEAR, PROLONGED = range(len(KINDS))
MOST_YEARS = 62  # whose ends fit into the bits of one number
Rows = NDArray[np.int64]
Index = NDArray[np.int32]


@dataclass(frozen=True)
class PermissionRule:
    """One rule, by days since 1970: `citizenship` empty for all others; `longest` days in a row, 0 without such a limit;
    `permit_type` is what prolongs a stay, of the kind prolonged_by."""

    citizenship: str
    first_day: int
    last_day: int
    kind: int
    days: int = 0
    period: int = 0
    longest: int = 0
    permit_type: str = ""


class RuleTable(NamedTuple):
    """Rules by citizenship: that of place c has the rows starts[c] to starts[c + 1]; of several in force the first holds."""

    starts: Rows
    first_day: Rows
    last_day: Rows
    kind: Rows
    days: Rows
    period: Rows
    longest: Rows


@dataclass(frozen=True)
class Permissions:
    """What a log knows of permissions beyond its crossings: rules, each person's place among them, and, bit by bit, at the
    end of which years the person holds a permit that prolongs a stay."""

    rules: RuleTable
    citizenship: Index
    held: Rows

    def take(self, persons: NDArray[np.int64] | NDArray[np.bool_]) -> "Permissions":
        """The same for these persons, in this order."""
        return Permissions(self.rules, self.citizenship[persons], self.held[persons])

    def join(self, others: "Permissions") -> "Permissions":
        """These persons, then the others; the rules are the same."""
        citizenship = np.concatenate([self.citizenship, others.citizenship])
        return Permissions(self.rules, citizenship, np.concatenate([self.held, others.held]))

    def holds_at_end(self, year: int) -> NDArray[np.bool_]:
        """Of every person, whether a permit is valid at the end of a year, counted from the first one observed."""
        return np.asarray((self.held >> year) & 1, dtype=bool)

    @property
    def has_limits(self) -> bool:
        """Whether a rule limits the stays of anybody here."""
        of_rules = np.repeat(np.arange(len(self.rules.starts) - 1), np.diff(self.rules.starts))
        limiting = np.unique(of_rules[self.rules.kind != UNLIMITED])
        return bool(np.isin(self.citizenship, limiting).any())

    @property
    def without_rule(self) -> int:
        """Persons for whose citizenship, or for want of one, there is no rule."""
        return int((np.diff(self.rules.starts)[self.citizenship] == 0).sum())


def tabulate_rules(rules: Sequence[PermissionRule], citizenships: Iterable[str]) -> RuleTable:
    """Rules of stay by the place of a citizenship: its own first, then those of all others; none where it is not known."""
    stays = [rule for rule in rules if rule.kind != PROLONGED]
    others = [rule for rule in stays if rule.citizenship == OTHERS]
    each = [
        [*(rule for rule in stays if rule.citizenship == code), *others] if code != OTHERS else []
        for code in citizenships
    ]
    listed = [rule for some in each for rule in some]
    columns = ("first_day", "last_day", "kind", "days", "period", "longest")
    starts = np.concatenate([[0], np.cumsum([len(some) for some in each])]).astype(np.int64)
    return RuleTable(
        starts, *(np.array([getattr(rule, name) for rule in listed], np.int64) for name in columns)
    )


@dataclass(frozen=True)
class HeldPermits:
    """Permits by person: `persons` in the order of the alphabet, permit p is held by the person at `person[p]`, from one
    day to another; which of them prolong a stay, the rules say. `year_ends` are the days at which it is asked."""

    persons: pa.Array
    person: Rows
    permit_type: NDArray[np.str_]
    first_day: Rows
    last_day: Rows
    rules: tuple[PermissionRule, ...]
    year_ends: Rows

    def held_by(self, persons: pa.Array, citizenships: pa.Array) -> Rows:
        """Bit by bit, at the end of which years each person holds a permit that prolongs a stay."""
        held = np.zeros(len(persons), np.int64)
        mine, whose, prolongs = self._of(persons, citizenships)
        for year, end in enumerate(self.year_ends):
            valid = prolongs & (self.first_day[mine] <= end) & (self.last_day[mine] >= end)
            held[whose[valid]] |= 1 << year
        return held

    def count_of(self, persons: pa.Array, citizenships: pa.Array) -> tuple[int, int]:
        """How many permits are of these persons, and how many of these are of a kind that prolongs a stay."""
        mine, _, prolongs = self._of(persons, citizenships)
        return len(mine), int(prolongs.sum())

    def _of(self, persons: pa.Array, citizenships: pa.Array) -> tuple[Rows, Rows, NDArray[np.bool_]]:
        """The places of permits of these persons, the place of the person of each, and whether it prolongs a stay."""
        place = pc.index_in(self.persons, pc.cast(persons, pa.string()))
        known = np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False))[self.person]
        mine = np.flatnonzero(known >= 0)
        whose = known[mine]
        codes = np.asarray(citizenships.to_numpy(zero_copy_only=False))[whose]
        return mine, whose, self._prolongs(mine, codes)

    def _prolongs(self, permits: Rows, citizenships: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Whether a rule in force on its first day says of each permit that it prolongs a stay."""
        prolongs = np.zeros(len(permits), bool)
        begins, permit_type = self.first_day[permits], self.permit_type[permits]
        for rule in self.rules:
            is_meant = (citizenships == rule.citizenship) | (rule.citizenship == OTHERS)
            in_force = (begins >= rule.first_day) & (begins <= rule.last_day)
            prolongs |= is_meant & in_force & (permit_type == rule.permit_type)
        return prolongs

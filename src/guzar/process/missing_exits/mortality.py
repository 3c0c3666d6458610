"""Deaths as a log of crossings knows them: rates by year and citizenship, and days of death from a linked register.

Rates are of persons like those in the log while they are in the country. Whose day of death is known dies then; what the
rates say of all others is drawn for each possible past: deaths.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

ALIVE = np.iinfo(np.int32).max  # the day of death of somebody who has none
EVERYBODY_ELSE = ""  # the citizenship of a rate for all who have none of their own
DAYS_OF_YEAR = 365.25
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
Days = NDArray[np.int32]
Index = NDArray[np.int32]


@dataclass(frozen=True)
class DeathRates:
    """Deaths per person and day by citizenship and year; `begins` are the first days of the years, since 1970."""

    begins: Rows
    per_day: dict[str, Numbers]

    @property
    def by_citizenship(self) -> bool:
        """Whether some rates are of one citizenship only."""
        return any(code != EVERYBODY_ELSE for code in self.per_day)

    def tabulate(self, citizenships: Iterable[str]) -> tuple[Numbers, NDArray[np.bool_]]:
        """Rates by place of a citizenship and year, 0 where there is none; and whether there is one."""
        none = np.zeros(len(self.begins))
        rest = self.per_day.get(EVERYBODY_ELSE)
        found = [self.per_day.get(code, rest) for code in citizenships]
        table = np.array([none if one is None else one for one in found]).reshape(-1, len(self.begins))
        return table, np.array([one is not None for one in found], bool)


NO_RATES = DeathRates(np.zeros(1, np.int64), {EVERYBODY_ELSE: np.zeros(1)})


@dataclass(frozen=True)
class Mortality:
    """Deaths of the persons of a log: rates per day by group and year, each person's group, and the day of death where it
    is known, else ALIVE; `has_rate` tells of which groups a rate is given."""

    begins: Rows
    per_day: Numbers
    has_rate: NDArray[np.bool_]
    group: Index
    died: Days

    def take(self, persons: NDArray[np.int64] | NDArray[np.bool_]) -> "Mortality":
        """The same for these persons, in this order."""
        return replace(self, group=self.group[persons], died=self.died[persons])

    def join(self, others: "Mortality") -> "Mortality":
        """These persons, then the others; the rates are the same."""
        group = np.concatenate([self.group, others.group])
        return replace(self, group=group, died=np.concatenate([self.died, others.died]))

    def unknown(self) -> "Mortality":
        """The same with no day of death known."""
        return replace(self, died=np.full_like(self.died, ALIVE))

    def where_possible(self, last_crossing: Days) -> "Mortality":
        """The same without days of death before a person's last crossing."""
        return replace(self, died=np.where(self.died < last_crossing, ALIVE, self.died).astype(np.int32))

    @property
    def mean_per_day(self) -> float:
        """Deaths per person and day, over persons and years."""
        return float(self.per_day.mean(axis=1)[self.group].mean()) if len(self.group) else 0.0

    @property
    def without_rate(self) -> int:
        """Persons for whose citizenship there is no rate."""
        return int((~self.has_rate[self.group]).sum())

    def known_until(self, last_day: int) -> int:
        """Persons whose day of death is known and not after a day."""
        return int((self.died <= last_day).sum())


def mortality_of(rates: DeathRates, citizenships: Sequence[str], first: Index, died: Days) -> Mortality:
    """Deaths of persons by the place of the citizenship of their first crossing, and the days of death that are known."""
    per_day, has_rate = rates.tabulate(citizenships)
    return Mortality(rates.begins, per_day, has_rate, first, died)

"""People first seen leaving, later than the lengths of stays explain: records under two numbers, or entries lost.

Whoever is first seen leaving was here on the first day, or entered unseen. Of foreigners who were no residents then, few
can have stayed on for a year and more. Where many did, their entries stand under another number (a renewed passport that
was not linked), or were lost more often than the log says. Own citizens may leave for the first time at any age: only
persons are looked at who were once given a permission that ends, and who are not known as residents on the first day.

For each of them the days until the first exit are held against what stays of their class say, given everything that was
recorded afterwards. One number comes out, nothing about a person.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.stats import norm

from guzar.process.missing_exits.chains import SMALLEST, Tables
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog
from guzar.process.missing_exits.histories import SCALED, Histories, kinds_before
from guzar.process.missing_exits.sojourns import Numbers, Sojourns, densities, here_before
from guzar.process.residence_kernel import NO, YES

MOST_LOOKED_AT = 20_000  # persons first seen leaving
LEAST_LOOKED_AT = 20  # fewer say nothing


@dataclass(frozen=True)
class FirstExits:
    """Persons first seen leaving: how many were looked at, how many left after `threshold` days, and how many would by
    the lengths of stays; `p_value` that so many more did by chance."""

    persons: int
    late: int
    expected: float
    p_value: float


def check_first_exits(
    log: CrossingLog, histories: Histories, sojourns: Sojourns, tables: Tables, threshold: int
) -> FirstExits | None:
    """Held against the stays of each class in equilibrium; None where too few are first seen leaving."""
    persons = _looked_at(log, histories)
    if len(persons) < LEAST_LOOKED_AT:
        return None
    horizon = tables.chain.shape[1] - 1
    usual = np.stack([here_before(*densities(each, horizon)).T for each in sojourns.hazard_in])
    chance = np.empty(len(persons))
    _late(histories, persons, log.given[persons] == NO, tables, usual, threshold, chance)
    late = histories.waited[persons] >= threshold
    spread = np.sqrt(max((chance * (1 - chance)).sum(), 1.0))
    return FirstExits(
        len(persons),
        int(late.sum()),
        float(chance.sum()),
        float(norm.sf((late.sum() - chance.sum() - 0.5) / spread)),
    )


def _looked_at(log: CrossingLog, histories: Histories) -> NDArray[np.int64]:
    """Foreigners first seen leaving who are not known as residents on the first day; many of them at most."""
    limited = (log.is_entry == YES) & (log.permitted_until != NO_LIMIT)
    once = np.zeros(log.persons, bool)
    once[log.person[limited]] = True
    found = np.flatnonzero(once & ~histories.begins_in & (log.given != YES))
    if len(found) > MOST_LOOKED_AT:
        found = found[np.linspace(0, len(found) - 1, MOST_LOOKED_AT).astype(np.int64)]
    return np.asarray(found, np.int64)


@njit(cache=True, nogil=True)
def _late(
    histories: Histories,
    persons: NDArray[np.int64],
    is_short: NDArray[np.bool_],
    tables: Tables,
    usual: Numbers,
    threshold: int,
    chance: Numbers,
) -> None:
    """Fill in, for each person, the chance of a first exit after the threshold: all that was recorded, moved in time.

    What lies between recorded crossings stays; the days before the first and those after the last share what is left.
    `is_short`: whoever was no resident on the first day did not stay on for so long.
    """
    horizon, classes = usual.shape[1] - 1, usual.shape[2]
    early, late = np.empty(classes), np.empty(classes)
    for at, person in enumerate(persons):
        low, last = histories.starts[person], histories.starts[person + 1] - 1
        group, cell = histories.group[person], histories.cell[low]
        permit = cell // tables.ways.weight.shape[1]
        _, absent = kinds_before(person, histories)
        left = histories.waited[person] + histories.days[last]
        for k in range(classes):
            present, before, after = tables.present[group, k], 0.0, 0.0
            for waited in range(min(left, horizon) + 1):
                first = (1 - present) * tables.kind[absent, cell, waited, k]
                if waited < threshold or not is_short[at]:
                    first += present * usual[permit, waited, k]
                both = first * tables.kind[histories.kind[last], histories.cell[last], left - waited, k]
                if waited < threshold:
                    before += both
                else:
                    after += both
            share = tables.share[group, k] * tables.mark[histories.mark[last], k]
            early[k], late[k] = share * before, share * after
        for row in range(low, last):
            highest = 0.0
            for k in range(classes):
                likely = tables.kind[histories.kind[row], histories.cell[row], histories.days[row], k]
                likely *= tables.mark[histories.mark[row], k]
                early[k] *= likely
                late[k] *= likely
                highest = max(highest, early[k] + late[k])
            if highest < SCALED:
                early *= 1 / SCALED
                late *= 1 / SCALED
        chance[at] = late.sum() / (early.sum() + late.sum() + SMALLEST)

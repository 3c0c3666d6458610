"""Histories of crossings read under given chances: whose class is likely, and what was probably not seen.

One pass over whole persons, compiled. Sums by class and by days come out, never anything about a person.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog, Index, Rows
from guzar.process.missing_exits.sojourns import SMALLEST, Losses, Numbers, Tables
from guzar.process.residence_kernel import Codes, Days

WRONG = 1e-7  # chance of what the model has no place for: present on no first day, and yet an exit first


class Histories(NamedTuple):
    """A log as the compiled passes read it: crossings of persons, the group of each person, first and last day."""

    starts: Rows
    day: Days
    is_entry: Codes
    port: Index
    group: NDArray[np.int64]
    first: int
    last: int


class Sums(NamedTuple):
    """Expected numbers by class and days: what the parameters are estimated from."""

    stays: Numbers  # recorded, by days
    absences: Numbers  # recorded, by days
    gaps: Numbers  # two crossings in one direction in a row
    first_gaps: Numbers  # entry first, exit before it unseen
    still_here: Numbers  # open entries, by their age …
    left_returning: Numbers  # … left unseen, will return
    left_for_good: Numbers  # … left unseen, will not
    away: Numbers  # open exits of those who return, by age
    gone: Numbers  # those who do not return, recorded: one number by class
    members: Numbers  # by group and class
    present: Numbers  # by group and class, on the first day


def read_log(log: CrossingLog, groups: NDArray[np.int64], first: int, last: int) -> Histories:
    """The log as the compiled passes read it."""
    return Histories(log.starts, log.day, log.is_entry, log.port, groups, first, last)


def no_sums(classes: int, groups: int, horizon: int) -> Sums:
    """Sums of nothing yet."""
    days, of_groups = (classes, horizon + 1), (groups, classes)
    shapes = [*[days] * 8, (classes,), of_groups, of_groups]
    return Sums._make(np.zeros(shape) for shape in shapes)


@njit(cache=True, nogil=True)
def weigh_classes(
    person: int, histories: Histories, tables: Tables, losses: Losses, chances: Numbers
) -> float:
    """The chances of the classes of one person, filled in; returns the logarithm of the likelihood."""
    low, high = histories.starts[person], histories.starts[person + 1]
    day, is_entry = histories.day, histories.is_entry
    classes = len(tables.returns)
    group = histories.group[person]
    waited = day[low] - histories.first
    age = histories.last - day[high - 1]
    end_port = histories.port[high - 1]
    for k in range(classes):
        total = np.log(tables.share[group, k] + SMALLEST)
        there = tables.present[group, k]
        if is_entry[low]:
            unseen = there * losses.returning[histories.port[low]] * tables.first_gap[k, waited]
            total += np.log((1 - there) * tables.first_entry + unseen + SMALLEST)
        else:
            total += np.log(there * tables.first_exit[k, waited] + WRONG * tables.first_entry)
        for row in range(low, high - 1):
            days = day[row + 1] - day[row]
            if is_entry[row] == is_entry[row + 1]:
                total += tables.log_gap[k, days]
            elif is_entry[row]:
                total += tables.log_stay[k, days]
            else:
                total += tables.log_back[k, days]
        returns = tables.returns[k]
        if is_entry[high - 1]:
            end = tables.here[k, age]
            end += losses.returning[end_port] * returns * tables.left_returning[k, age]
            end += losses.final[end_port] * (1 - returns) * tables.left[k, age]
        else:
            end = returns * tables.away[k, age] + losses.final_recorded[end_port] * (1 - returns)
        chances[k] = total + np.log(end + SMALLEST)
    highest = chances.max()
    whole = 0.0
    for k in range(classes):
        chances[k] = np.exp(chances[k] - highest)
        whole += chances[k]
    for k in range(classes):
        chances[k] /= whole
    return float(highest + np.log(whole))


@njit(cache=True, nogil=True)
def sum_histories(
    histories: Histories, tables: Tables, losses: Losses, weights: Numbers, fixed: Index, sums: Sums
) -> float:
    """Add what all persons show to the sums; returns the logarithm of the likelihood.

    `weights` are those of the persons (a bootstrap's, or 1); `fixed` is the class of each person, -1 where it is to be
    weighed.
    """
    chances = np.empty(len(tables.returns))
    likelihood = 0.0
    for person in range(len(histories.starts) - 1):
        weight = weights[person]
        if weight == 0:
            continue
        likelihood += weight * weigh_classes(person, histories, tables, losses, chances)
        if fixed[person] >= 0:
            chances[:] = 0
            chances[fixed[person]] = 1
        for k in range(len(chances)):
            if weight * chances[k] > 1e-9:
                _add(person, k, weight * chances[k], histories, tables, losses, sums)
    return likelihood


@njit(cache=True, nogil=True)
def _add(
    person: int, k: int, weight: float, histories: Histories, tables: Tables, losses: Losses, sums: Sums
) -> None:
    low, high = histories.starts[person], histories.starts[person + 1]
    day, is_entry, group = histories.day, histories.is_entry, histories.group[person]
    sums.members[group, k] += weight
    waited = day[low] - histories.first
    if is_entry[low]:
        there = tables.present[group, k]
        unseen = there * losses.returning[histories.port[low]] * tables.first_gap[k, waited]
        unseen /= (1 - there) * tables.first_entry + unseen + SMALLEST
        sums.present[group, k] += weight * unseen
        sums.first_gaps[k, waited] += weight * unseen
    else:
        sums.present[group, k] += weight
    for row in range(low, high - 1):
        days = day[row + 1] - day[row]
        if is_entry[row] == is_entry[row + 1]:
            sums.gaps[k, days] += weight
        elif is_entry[row]:
            sums.stays[k, days] += weight
        else:
            sums.absences[k, days] += weight
    _add_end(k, weight, histories.last - day[high - 1], histories.port[high - 1], is_entry[high - 1], tables,
             losses, sums)  # fmt: skip


@njit(cache=True, nogil=True)
def _add_end(
    k: int,
    weight: float,
    age: int,
    port: int,
    entered: int,
    tables: Tables,
    losses: Losses,
    sums: Sums,
) -> None:
    """The open end of a person: still here or left unseen; will come back or will not."""
    returns = tables.returns[k]
    if entered:
        here = tables.here[k, age]
        returning = losses.returning[port] * returns * tables.left_returning[k, age]
        final = losses.final[port] * (1 - returns) * tables.left[k, age]
        all_ways = here + returning + final + SMALLEST
        sums.still_here[k, age] += weight * here / all_ways
        sums.left_returning[k, age] += weight * returning / all_ways
        sums.left_for_good[k, age] += weight * final / all_ways
    else:
        away = returns * tables.away[k, age]
        gone = losses.final_recorded[port] * (1 - returns)
        all_ways = away + gone + SMALLEST
        sums.away[k, age] += weight * away / all_ways
        sums.gone[k] += weight * gone / all_ways

"""Crossings recorded in the wrong direction, told by what stands before and after them: three of one direction in a row.

Three entries in a row need two lost exits; or one exit that was noted as an entry. How likely the first is, follows from the
shares that are lost and from the days between; how likely the second, from the days alone, and from how often directions are
wrong at all. That share has the highest likelihood over all crossings; where it explains the log no better than chance would,
none is taken to be wrong. The same holds of the first, or last, two crossings of a person, and of an only one.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from guzar.process.missing_exits.chains import Tables
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, Rows, take_in_turn
from guzar.process.missing_exits.cycles import kinds_of_rows
from guzar.process.missing_exits.histories import Histories, take_persons, weigh_classes
from guzar.process.missing_exits.permits import UNTOLD
from guzar.process.missing_exits.sojourns import Numbers

ROUNDS = 200  # of expectation and maximisation
LIKELY = 100.0  # logarithm of a likelihood ratio: what lies beyond it is as sure
SURE = 10.83  # twice the logarithm of the likelihood ratio: chance reaches it once in 2,000 times, one-sided


@dataclass(frozen=True)
class WrongDirections:
    """The share of crossings in the wrong direction, its standard error, and how many crossings that is."""

    share: float
    error: float
    crossings: float


@dataclass(frozen=True)
class Turned:
    """Rows that may have been recorded in the wrong direction, and how much more likely the log would be if they were; `run`
    numbers the rows of crossings of one direction in which they stand."""

    rows: Rows
    run: Rows
    times_likelier: Numbers


NONE_WRONG = WrongDirections(0.0, 0.0, 0.0)


def weigh_turned(log: CrossingLog, histories: Histories, tables: Tables) -> Turned:
    """Every crossing that, turned round, would leave fewer gaps, with its likelihood ratio; `histories` are the log's."""
    rows = rows_to_turn(log)
    persons = log.person[rows]
    own, as_is = take_in_turn(log, persons), take_persons(histories, persons)
    as_is = as_is._replace(mark=np.full_like(as_is.mark, UNTOLD))  # a turned crossing showed nothing
    places = own.starts[:-1] + rows - log.starts[persons]
    turned = own.is_entry.copy()
    turned[places] = 1 - turned[places]
    other = as_is._replace(
        kind=kinds_of_rows(replace(own, is_entry=turned)), begins_in=turned[own.starts[:-1]] == 1
    )
    likelier = _log_likelihoods(other, tables) - _log_likelihoods(as_is, tables)
    run = np.unique(_runs(log)[rows], return_inverse=True)[1].astype(np.int64)
    return Turned(rows, run, np.exp(np.clip(likelier, -LIKELY, LIKELY)))


def _runs(log: CrossingLog) -> Rows:
    """The number of every row of crossings of one person in one direction."""
    begins = np.diff(log.is_entry, prepend=-1) != 0
    begins[log.starts[:-1]] = True
    return np.cumsum(begins)


def rows_to_turn(log: CrossingLog) -> Rows:
    """The middle of three of one direction, the first (last) of a person's first (last) two of one direction, and whatever
    is a person's only crossing."""
    entry = log.is_entry == 1
    is_first, is_last = (np.zeros(len(entry), bool) for _ in range(2))
    is_first[log.starts[:-1]], is_last[log.starts[1:] - 1] = True, True
    after = np.append(entry[1:] == entry[:-1], False) & ~is_last
    before = np.append(False, entry[1:] == entry[:-1]) & ~is_first
    return np.flatnonzero((after & before) | (after & is_first) | (before & is_last) | (is_first & is_last))


@njit(cache=True, nogil=True)
def _log_likelihoods(histories: Histories, tables: Tables) -> Numbers:
    chances = np.empty(tables.share.shape[1])
    found = np.empty(len(histories.starts) - 1)
    for person in range(len(found)):
        found[person] = weigh_classes(person, histories, tables, chances)
    return found


def estimate_wrong(turned: Turned, crossings: int) -> WrongDirections:
    """The share of all crossings whose direction is wrong: that of the highest likelihood, or none."""
    if not len(turned.rows):
        return NONE_WRONG
    likelier = np.bincount(turned.run, turned.times_likelier)
    share = 0.001
    for _ in range(ROUNDS):
        share = float((share * likelier / (1 - share + share * likelier)).sum()) / crossings
    gained = np.log1p(share * (likelier - 1)).sum() + (crossings - len(likelier)) * np.log1p(-share)
    if 2 * gained < SURE:
        return NONE_WRONG
    slope = (likelier - 1) / (1 + share * (likelier - 1))
    known = float((slope**2).sum()) + (crossings - len(likelier)) / (1 - share) ** 2
    return WrongDirections(share, float(1 / np.sqrt(known)), share * crossings)


def chances_of_turned(turned: Turned, share: float) -> Numbers:
    """The chance of every row that its direction is wrong, where such a share of all directions is.

    In a row of crossings of one direction one at most is turned round: each would explain what the others explain.
    """
    likelier = np.bincount(turned.run, turned.times_likelier)[turned.run]
    return np.asarray(share * turned.times_likelier / (1 - share + share * likelier))


def turn_round(log: CrossingLog, turned: Turned, share: float, random: np.random.Generator) -> CrossingLog:
    """The log with crossings turned round by their chances, one at most in a row of one direction."""
    if not len(turned.rows):
        return log
    until_here = np.cumsum(chances_of_turned(turned, share))
    before = np.append(0.0, until_here[:-1])
    firsts = np.flatnonzero(np.diff(turned.run, prepend=-1))
    draw = before[firsts][turned.run] + random.random(len(firsts))[turned.run]
    wrong = turned.rows[(before <= draw) & (draw < until_here)]
    is_entry, until = log.is_entry.copy(), log.permitted_until.copy()
    is_entry[wrong] = 1 - is_entry[wrong]
    until[wrong] = NO_LIMIT  # nobody asked the permission of a crossing in this direction
    return replace(log, is_entry=is_entry, permitted_until=until)

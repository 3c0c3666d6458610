"""A log of crossings → port-months with far fewer exits than the months around them and their own entries let expect.

An outage that loses most of a month's exits leaves the entries of that month in place. A closed road, a holiday or a bad
season takes both, and is not taken for one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.deletions import months_of
from guzar.process.missing_exits.sojourns import Numbers
from guzar.process.residence_kernel import NO, YES

AROUND = (-2, -1, 1, 2)  # months that say what may be expected
SHORT = 1 / 3  # of the exits expected: fewer are an outage
LEAST_EXPECTED = 8.0  # exits in a port-month that can be judged
CHANCE = 0.01  # of one outage found by chance in the whole log


@dataclass(frozen=True)
class Outages:
    """Port-months that could be judged, and those short of exits; neither which nor where."""

    judged: int
    short: int


def find_outages(log: CrossingLog) -> Outages:
    """Port-months short of exits."""
    exits, entries = (_by_month(log, side) for side in (NO, YES))
    expected = np.minimum(_usual(exits), entries * _usual(exits / np.maximum(1.0, entries)))
    judged = expected >= LEAST_EXPECTED
    rare = poisson.cdf(exits, expected) < CHANCE / max(1, judged.sum())
    return Outages(int(judged.sum()), int((judged & rare & (exits < SHORT * expected)).sum()))


def _by_month(log: CrossingLog, side: int) -> Numbers:
    """Crossings in one direction by port and month; the last month that is not whole is left out."""
    rows = log.is_entry == side
    month = months_of(log)
    months = int(month.max(initial=0)) + 1
    cell: NDArray[np.int64] = log.port[rows].astype(np.int64) * months + month[rows]
    counts = np.bincount(cell, minlength=months * len(log.ports)).astype(np.float64)
    return np.asarray(counts.reshape(len(log.ports), months)[:, : max(1, months - 1)])


def _usual(values: Numbers) -> Numbers:
    """The median of the months around each month, as far as there are any."""
    months = values.shape[1]
    around = np.full((len(AROUND), *values.shape), np.nan)
    for at, away in enumerate(AROUND):
        here = np.arange(max(0, -away), min(months, months - away))
        around[at][:, here] = values[:, here + away]
    known = ~np.isnan(around).all(axis=0)
    usual = np.zeros_like(values)
    usual[known] = np.nanmedian(around[:, known], axis=0)
    return usual

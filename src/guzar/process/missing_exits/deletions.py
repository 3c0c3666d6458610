"""Exits that are known, deleted from a log on purpose: one by one at random, or all of whole port-months.

What was deleted is known exactly, so what is estimated afterwards can be held against it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import MONTH
from guzar.process.residence_kernel import NO

DELETED_SHARE = 0.10  # of the exits, one by one
DELETED_MONTHS = 0.05  # of the port-months with exits, whole


@dataclass(frozen=True)
class Deletion:
    """A log without some of its exits: how many, what share of those recorded at each port, how many whole port-months."""

    log: CrossingLog
    exits: int
    by_port: NDArray[np.float64]
    port_months: int = 0


def delete_at_random(log: CrossingLog, random: np.random.Generator) -> Deletion:
    """One recorded exit in ten deleted, each as likely as any other."""
    exits = np.flatnonzero(log.is_entry == NO)
    gone = random.choice(exits, round(DELETED_SHARE * len(exits)), replace=False)
    return _delete(log, gone)


def delete_port_months(log: CrossingLog, random: np.random.Generator) -> Deletion:
    """All exits of one port-month in twenty deleted, as an outage would: losses that come together."""
    exits = np.flatnonzero(log.is_entry == NO)
    month = months_of(log)[exits]
    cell = log.port[exits] * (month.max(initial=0) + 1) + month
    cells = np.unique(cell)
    chosen = random.choice(cells, max(1, round(DELETED_MONTHS * len(cells))), replace=False)
    return replace(_delete(log, exits[np.isin(cell, chosen)]), port_months=len(chosen))


def months_of(log: CrossingLog) -> NDArray[np.int64]:
    """The month of every crossing, of 30 days from the first crossing on."""
    days = log.day.astype(np.int64)
    return np.asarray((days - (days.min() if len(days) else 0)) // MONTH, dtype=np.int64)


def _delete(log: CrossingLog, gone: NDArray[np.int64]) -> Deletion:
    before = np.bincount(log.port[log.is_entry == NO], minlength=len(log.ports))
    deleted = np.bincount(log.port[gone], minlength=len(log.ports))
    return Deletion(leave_out_rows(log, gone), len(gone), deleted / np.maximum(1, before))


def leave_out_rows(log: CrossingLog, gone: NDArray[np.int64]) -> CrossingLog:
    """The log without these crossings, and without persons of whom nothing is left."""
    kept = np.ones(len(log.day), bool)
    kept[gone] = False
    each = np.bincount(log.person[kept], minlength=log.persons)
    return replace(
        log,
        starts=np.concatenate([[0], np.cumsum(each[each > 0])]).astype(np.int64),
        day=log.day[kept],
        is_entry=log.is_entry[kept],
        port=log.port[kept],
        mode=log.mode[kept],
        citizenship=log.citizenship[kept],
        permitted_until=log.permitted_until[kept],
        given=log.given[each > 0],
        permissions=None if log.permissions is None else log.permissions.take(each > 0),
        mortality=None if log.mortality is None else log.mortality.take(each > 0),
    )

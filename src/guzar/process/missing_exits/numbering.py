"""The numbers of groups of persons, residences told and kinds of permission: the same in every cleaned log.

Sojourns are learnt from one log, and read with others that are cleaned of false crossings in another way. Numbered anew in
each, a group that is large in one log and not in the next would be read as another one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog, Index
from guzar.process.missing_exits.fit import MOST_GROUPS
from guzar.process.missing_exits.histories import Histories, read_log
from guzar.process.missing_exits.permits import find_lengths, kinds_of_permission

STATUSES = 3  # residences on the first day that may be told: no, yes, not known


class Numbering(NamedTuple):
    """Citizenships with a group of their own, residences told that occur, and lengths of permission told apart."""

    citizenships: NDArray[np.int64]
    statuses: NDArray[np.int64]
    lengths: NDArray[np.int64]


def number_log(log: CrossingLog) -> Numbering:
    """What is told apart in a log."""
    first = log.citizenship[log.starts[:-1]]
    counts = np.bincount(first, minlength=len(log.citizenships))
    large = np.sort(np.argsort(-counts, kind="stable")[:MOST_GROUPS])
    return Numbering(large, np.unique(log.given).astype(np.int64), find_lengths(log))


def read_numbered(log: CrossingLog, numbering: Numbering, first: int, last: int, ports: Index) -> Histories:
    """The log as the compiled passes read it, under given numbers; what these do not know goes with the last of its kind."""
    permission, permits = kinds_of_permission(log, numbering.lengths)
    place = np.full(len(log.citizenships), MOST_GROUPS, np.int64)
    place[numbering.citizenships] = np.arange(len(numbering.citizenships))
    firsts = log.starts[:-1]
    groups = (place[log.citizenship[firsts]] * STATUSES + log.given) * permits + permission[firsts]
    status = np.searchsorted(numbering.statuses, log.given)
    cell = permission * (int(ports.max(initial=0)) + 1) + ports[log.port]
    return read_log(log, np.asarray(groups, dtype=np.int64), first, last, ports)._replace(
        cell=cell.astype(np.int32),
        status=np.minimum(status, max(0, len(numbering.statuses) - 1)).astype(np.int64),
        groups=(MOST_GROUPS + 1) * STATUSES * permits,
        statuses=max(1, len(numbering.statuses)),
        permits=permits,
    )

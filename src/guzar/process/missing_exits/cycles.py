"""A log of crossings → what happened between one crossing and the next: the raw material of every estimate here.

Six kinds: entry→exit (a stay), exit→entry (an absence), entry→entry (an exit was not recorded, or something else went
wrong), exit→exit, and the open ends of a person whose last crossing is an entry or an exit. A cycle begins with an entry
after which the person came back, as a later record shows; only such cycles can tell how many exits are recorded
(coverage.py). Cycles that begin with an exit tell the same of entries.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog, Rows

ENTRY_EXIT, EXIT_ENTRY, ENTRY_ENTRY, EXIT_EXIT, OPEN_ENTRY, OPEN_EXIT = range(6)
KINDS = ("entry_exit", "exit_entry", "entry_entry", "exit_exit", "open_entry", "open_exit")
QUARTER, MONTH = 91, 30  # days
LEAST_CYCLES = (
    200  # of a stratum; smaller ones are put together, by port of the first crossing and then all in one
)


@dataclass(frozen=True)
class ClosedCycles:
    """Cycles by their rows: the crossing that begins, the one of the other direction after it (-1: not recorded), and the
    one that shows that the person came back (or left again)."""

    begin: Rows
    between: Rows
    end: Rows


@dataclass(frozen=True)
class CycleTable:
    """Cycles by stratum: `recorded[s, q]` with the crossing between recorded at port q, `lost[s]` without it."""

    recorded: NDArray[np.float64]
    lost: NDArray[np.float64]


def kinds_of_rows(log: CrossingLog) -> NDArray[np.int8]:
    """What happened after every crossing: one of KINDS per row."""
    is_last = np.zeros(len(log.day), bool)
    is_last[log.starts[1:] - 1] = True
    entry = log.is_entry == 1
    following = np.append(entry[1:], False)
    closed = np.where(
        entry, np.where(following, ENTRY_ENTRY, ENTRY_EXIT), np.where(following, EXIT_ENTRY, EXIT_EXIT)
    )
    return np.where(is_last, np.where(entry, OPEN_ENTRY, OPEN_EXIT), closed).astype(np.int8)


def count_kinds(log: CrossingLog) -> dict[str, int]:
    """How often each kind happened."""
    counts = np.bincount(kinds_of_rows(log), minlength=len(KINDS))
    return {name: int(count) for name, count in zip(KINDS, counts, strict=True)}


def persons_with_gaps(log: CrossingLog) -> NDArray[np.bool_]:
    """Of every person, whether two crossings in one direction follow one another anywhere."""
    kind = kinds_of_rows(log)
    gaps = (kind == ENTRY_ENTRY) | (kind == EXIT_EXIT)
    return np.bincount(log.person[gaps], minlength=log.persons) > 0


def list_closed_cycles(log: CrossingLog, *, of_entries: bool = False) -> ClosedCycles:
    """Cycles that tell how many exits are recorded: entry, exit or none, and any later crossing that shows a return.

    With `of_entries` those that tell it of entries: exit, entry or none, and any later crossing.
    """
    kind = kinds_of_rows(log)
    after = np.append(kind[1:], OPEN_EXIT)
    is_open = (after == OPEN_ENTRY) | (after == OPEN_EXIT)
    turned, same = (EXIT_ENTRY, EXIT_EXIT) if of_entries else (ENTRY_EXIT, ENTRY_ENTRY)
    recorded = np.flatnonzero((kind == turned) & ~is_open)
    lost = np.flatnonzero(kind == same)
    nowhere = np.full(len(lost), -1, np.int64)
    return ClosedCycles(
        np.concatenate([recorded, lost]),
        np.concatenate([recorded + 1, nowhere]),
        np.concatenate([recorded + 2, lost + 1]),
    )


def strata_of(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """The stratum of every cycle: port of the first crossing × citizenship × mode; small ones put together."""
    port = log.port[cycles.begin].astype(np.int64)
    citizens, modes = len(log.citizenships), int(log.mode.max(initial=0)) + 1
    fine = (port * citizens + log.citizenship[cycles.begin]) * modes + log.mode[cycles.begin]
    base = len(log.ports) * citizens * modes
    by_port = np.where(_is_large(fine), fine, base + port)
    rest = base + len(log.ports)
    joined = np.where(_is_large(by_port), by_port, rest)
    return _numbered(joined)


def strata_over_time(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Port of the first crossing × quarter of the middle of the cycle: outages and trends of coverage show there."""
    begin, days = log.day[cycles.begin].astype(np.int64), days_of_cycles(log, cycles)
    quarter = (begin + days // 2) // QUARTER
    return _numbered(log.port[cycles.begin] * (quarter.max(initial=0) + 1) + quarter)


def clusters_of(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Port of the first crossing × month of the middle of the cycle: what an outage touches, it touches together."""
    begin, days = log.day[cycles.begin].astype(np.int64), days_of_cycles(log, cycles)
    month = (begin + days // 2) // MONTH
    return _numbered(log.port[cycles.begin] * (month.max(initial=0) + 1) + month)


def strata_over_length(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Port × tenth of all cycles by length: losses that rise with the stay, and false links, show there."""
    rank = np.argsort(np.argsort(days_of_cycles(log, cycles), kind="stable"), kind="stable")
    return _numbered(log.port[cycles.begin] * 10 + rank * 10 // max(1, len(rank)))


def return_to_begin(log: CrossingLog, cycles: ClosedCycles) -> ClosedCycles:
    """The cycles that end with a crossing of the direction that they begin with: their length is that of a cycle."""
    whole = log.is_entry[cycles.end] == log.is_entry[cycles.begin]
    return ClosedCycles(cycles.begin[whole], cycles.between[whole], cycles.end[whole])


def days_of_cycles(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Days from the crossing that begins every cycle to the one that ends it."""
    return log.day[cycles.end].astype(np.int64) - log.day[cycles.begin]


def _numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _is_large(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(labels):
        return np.zeros(0, bool)
    return np.asarray(np.bincount(labels)[labels] >= LEAST_CYCLES)


def tabulate_cycles(
    log: CrossingLog,
    cycles: ClosedCycles,
    strata: NDArray[np.int64],
    weights: NDArray[np.float64] | None = None,
) -> CycleTable:
    """Cycles by stratum and port of the crossing between; `weights` are those of the cycles (1 where none are given)."""
    each = np.ones(len(cycles.begin)) if weights is None else weights
    count, ports = int(strata.max(initial=-1)) + 1, len(log.ports)
    is_seen = cycles.between >= 0
    cell = strata[is_seen] * ports + log.port[cycles.between[is_seen]]
    recorded = np.bincount(cell, each[is_seen], minlength=count * ports).astype(np.float64)
    lost = np.bincount(strata[~is_seen], each[~is_seen], minlength=count).astype(np.float64)
    return CycleTable(recorded.reshape(count, ports), lost)


def without_indirect(table: CycleTable, indirect: float | NDArray[np.float64]) -> CycleTable:
    """The table with those cycles moved to the lost ones whose crossing between is not the first after the beginning.

    `indirect` is the chance that a person left and came back, or came and left, unseen in between; by stratum and port
    where it differs.
    """
    moved = table.recorded * indirect
    return CycleTable(table.recorded - moved, table.lost + moved.sum(axis=1))

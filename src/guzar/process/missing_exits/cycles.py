"""A log of crossings → what happened between one crossing and the next: the raw material of every estimate here.

Six kinds: entry→exit (a stay), exit→entry (an absence), entry→entry (an exit was not recorded, or something else went
wrong), exit→exit, and the open ends of a person whose last crossing is an entry or an exit. A cycle goes from an entry to
the next recorded entry; it is closed, and only closed cycles can tell how many exits are recorded (exit_coverage.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog, Rows

ENTRY_EXIT, EXIT_ENTRY, ENTRY_ENTRY, EXIT_EXIT, OPEN_ENTRY, OPEN_EXIT = range(6)
KINDS = ("entry_exit", "exit_entry", "entry_entry", "exit_exit", "open_entry", "open_exit")
QUARTER = 91  # days
LEAST_CYCLES = 200  # of a stratum; smaller ones are put together, by port of entry and then all in one


@dataclass(frozen=True)
class ClosedCycles:
    """Cycles from an entry to the next recorded entry: the row of the entry, and of the exit between (-1: none)."""

    entry: Rows
    exit: Rows


@dataclass(frozen=True)
class CycleTable:
    """Closed cycles by stratum: `recorded[s, q]` with an exit recorded at port q, `lost[s]` with none."""

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


def list_closed_cycles(log: CrossingLog) -> ClosedCycles:
    """Cycles that close with a recorded entry, one exit or none between; cycles with two exits in a row are left out."""
    kind = kinds_of_rows(log)
    after = np.append(kind[1:], OPEN_EXIT)
    recorded = np.flatnonzero((kind == ENTRY_EXIT) & (after == EXIT_ENTRY))
    lost = np.flatnonzero(kind == ENTRY_ENTRY)
    return ClosedCycles(
        np.concatenate([recorded, lost]), np.concatenate([recorded + 1, np.full(len(lost), -1, np.int64)])
    )


def strata_of(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """The stratum of every cycle: port of entry × citizenship × mode; small ones put together."""
    port = log.port[cycles.entry].astype(np.int64)
    citizens, modes = len(log.citizenships), int(log.mode.max(initial=0)) + 1
    fine = (port * citizens + log.citizenship[cycles.entry]) * modes + log.mode[cycles.entry]
    base = len(log.ports) * citizens * modes
    by_port = np.where(_is_large(fine), fine, base + port)
    rest = base + len(log.ports)
    joined = np.where(_is_large(by_port), by_port, rest)
    return _numbered(joined)


def strata_over_time(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Port of entry × quarter of the middle of the cycle: outages and trends of coverage show there."""
    begin, days = log.day[cycles.entry].astype(np.int64), days_of_cycles(log, cycles)
    quarter = (begin + days // 2) // QUARTER
    return _numbered(log.port[cycles.entry] * (quarter.max(initial=0) + 1) + quarter)


def strata_over_length(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Port of entry × tenth of all cycles by length: losses that rise with the stay, and false links, show there."""
    rank = np.argsort(np.argsort(days_of_cycles(log, cycles), kind="stable"), kind="stable")
    return _numbered(log.port[cycles.entry] * 10 + rank * 10 // max(1, len(rank)))


def days_of_cycles(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.int64]:
    """Days from the entry of every cycle to the next recorded entry."""
    following = cycles.entry + np.where(cycles.exit >= 0, 2, 1)
    return log.day[following].astype(np.int64) - log.day[cycles.entry]


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
    """Closed cycles by stratum and port of exit; `weights` are those of the persons (1 for all where none are given)."""
    each = np.ones(len(cycles.entry)) if weights is None else weights[log.person[cycles.entry]]
    count, ports = int(strata.max(initial=-1)) + 1, len(log.ports)
    has_exit = cycles.exit >= 0
    cell = strata[has_exit] * ports + log.port[cycles.exit[has_exit]]
    recorded = np.bincount(cell, each[has_exit], minlength=count * ports).astype(np.float64)
    lost = np.bincount(strata[~has_exit], each[~has_exit], minlength=count).astype(np.float64)
    return CycleTable(recorded.reshape(count, ports), lost)

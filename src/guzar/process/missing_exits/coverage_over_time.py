"""Days on which a port recorded far fewer crossings than the days around let expect, though people crossed: outages.

Few crossings may be a closed road or a holiday. Where people crossed unseen, they stand in the log later with a gap: two
entries in a row about that day, at the ports through which those come who leave here. So a spell that is short of exits is taken for an outage only where such gaps are more than
before and after it. What share of a spell's crossings was recorded is the number recorded by the number expected; how many
are recorded on all other days follows from the port's mean share.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import (
    ENTRY_ENTRY,
    ENTRY_EXIT,
    EXIT_ENTRY,
    EXIT_EXIT,
    MONTH,
    ClosedCycles,
    kinds_of_rows,
)
from guzar.process.missing_exits.sojourns import Numbers
from guzar.process.residence_kernel import NO, YES

WINDOWS = {
    1: (7, 14, 21, 28),
    7: (14, 21, 28, 35),
    28: (42, 70, 98),
}  # days, and how far away is compared with
SHORT = 1 / 3  # of what is expected: fewer is a spell
LEAST_EXPECTED = 8.0  # crossings in a window that can be judged
CHANCE = 0.01  # of one window by chance in the whole log, for each length of window
LONGEST_GAP = 120  # days; longer ones say little of any day
USUAL_EXCESS = 0.1  # of those missing, about as many as open gaps of this length at once
CLEAR, SURE = 2.0, 3.0  # standard errors: a spell that is judged by itself; all the others together
Spell = tuple[int, int, int]  # port, first day, day after the last


class Short(NamedTuple):
    """By port and day: the share recorded of what is expected; 1 outside of outages. `expected` are crossings recorded
    on usual days like this one (or of these the ones in closed cycles)."""

    share: Numbers
    expected: Numbers


@dataclass(frozen=True)
class Outages:
    """Short spells of exits and of entries; `spells` counts them."""

    exits: Short
    entries: Short
    spells: int

    @property
    def lost_share(self) -> float:
        """Of all exits that are recorded on usual days, the share lost in outages."""
        return float(1 - (self.exits.share * self.exits.expected).sum() / self.exits.expected.sum())

    @property
    def days(self) -> NDArray[np.int64]:
        """Days, from the first, on which any port is out."""
        return np.flatnonzero(((self.exits.share < 1) | (self.entries.share < 1)).any(axis=0))


def find_short_spells(log: CrossingLog, first: int, days: int) -> Outages | None:
    """Outages by port, in days from the first; None where there is none."""
    kinds = kinds_of_rows(log)
    found, spells = [], 0
    for side, gap in ((NO, ENTRY_ENTRY), (YES, EXIT_EXIT)):
        counts = _by_day(log, log.is_entry == side, first, days)
        expected, is_short = _scan(counts)
        whole = ENTRY_EXIT if gap == ENTRY_ENTRY else EXIT_ENTRY
        covering = _gaps_by_day(log, kinds == gap, kinds == whole, first, days)
        spells_met = [_trimmed(spell, counts, expected) for spell in list_spells(is_short)]
        kept = _with_gaps(spells_met, counts, expected, covering)
        share = np.ones_like(counts)
        for port, begin, end in kept:
            part = slice(begin, end)
            share[port, part] = min(1.0, counts[port, part].sum() / expected[port, part].sum())
        found.append(Short(share, np.where(share < 1, expected, counts)))
        spells += len(kept)
    return Outages(found[0], found[1], spells) if spells else None


def can_be_judged(log: CrossingLog, days: int) -> bool:
    """Whether any port has so many exits in the longest window that few of them would be noticed."""
    exits = np.bincount(log.port[log.is_entry == NO], minlength=1)
    return bool(exits.max() * max(WINDOWS) / max(1, days) >= LEAST_EXPECTED)


def short_months(outages: Outages | None) -> int:
    """Port-months, of 30 days from the first on, on most of whose days exits are short."""
    if outages is None:
        return 0
    short = outages.exits.share < 1
    months = np.pad(short, ((0, 0), (0, -short.shape[1] % MONTH))).reshape(len(short), -1, MONTH)
    return int((months.sum(axis=2) > MONTH / 2).sum())


def weigh_by_cycles(
    outages: Outages | None, log: CrossingLog, cycles: tuple[ClosedCycles, ClosedCycles], first: int
) -> Outages | None:
    """Outages, with what is expected counted in closed cycles of exits and of entries only: from these a port's mean share
    is known, and towards the last day there are fewer of them."""
    if outages is None:
        return None
    sides = ((outages.exits, cycles[0], NO), (outages.entries, cycles[1], YES))
    made = []
    for short, each, side in sides:
        days = short.expected.shape[1]
        closed = np.bincount(log.day[each.between[each.between >= 0]] - first, minlength=days)
        crossed = np.bincount(log.day[log.is_entry == side] - first, minlength=days)
        near = np.ones(MONTH)
        share = np.convolve(closed, near, "same") / np.maximum(1, np.convolve(crossed, near, "same"))
        made.append(short._replace(expected=short.expected * share[:days]))
    return replace(outages, exits=made[0], entries=made[1])


def lost_by_day(short: Short, lost: Numbers) -> Numbers:
    """By port and day, and then on usual days, the share that is lost, from the mean share lost of each port: more in
    outages, less else."""
    recorded = (short.share * short.expected).sum(axis=1)
    usual = (1 - lost) * short.expected.sum(axis=1) / np.maximum(recorded, 1e-9)
    share = np.pad(short.share, ((0, 0), (0, 1)), constant_values=1.0)
    return np.asarray(1 - np.minimum(usual, 1.0)[:, None] * share)


def _by_day(log: CrossingLog, rows: NDArray[np.bool_], first: int, days: int) -> Numbers:
    cell = log.port[rows].astype(np.int64) * days + (log.day[rows] - first)
    counts = np.bincount(cell, minlength=days * len(log.ports)).astype(np.float64)
    return np.asarray(counts.reshape(len(log.ports), days))


def _scan(counts: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """What is expected of each day, and the days of windows that are short; the shortest window that can tell."""
    expected, is_short = np.zeros_like(counts), np.zeros(counts.shape, bool)
    days = counts.shape[1]
    for length, away in WINDOWS.items():
        if days < length + 2 * max(away):
            break
        whole = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
        window = whole[:, length:] - whole[:, :-length]  # by first day
        usual = _median_around(window, away)
        judged = usual >= LEAST_EXPECTED
        rare = poisson.cdf(window, usual) < CHANCE / max(1, judged.sum())
        short = judged & rare & (window < SHORT * usual)
        for port, begin in np.argwhere(short):
            part = slice(begin, begin + length)
            new = ~is_short[port, part]
            expected[port, part][new] = usual[port, begin] / length
            is_short[port, part] = True
    return expected, is_short


def _median_around(window: Numbers, away: tuple[int, ...]) -> Numbers:
    shifted = np.full((2 * len(away), *window.shape), np.nan)
    for at, step in enumerate(away):
        shifted[2 * at][:, step:] = window[:, :-step]
        shifted[2 * at + 1][:, :-step] = window[:, step:]
    return np.asarray(np.nan_to_num(np.nanmedian(shifted, axis=0)))


def list_spells(is_short: NDArray[np.bool_]) -> list[Spell]:
    """Runs of short days, by port."""
    edges = np.diff(np.pad(is_short.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [(int(port), int(begin), int(end)) for (port, begin), (_, end) in zip(begins, ends, strict=True)]


def _trimmed(spell: Spell, counts: Numbers, expected: Numbers) -> Spell:
    """The part of a spell in which crossings are rarest for their number: windows reach beyond an outage."""
    port, begin, end = spell
    gain = (1 - SHORT) * expected[port, begin:end] + np.log(SHORT) * counts[port, begin:end]
    until = np.cumsum(np.pad(gain, (1, 0)))
    lowest = np.minimum.accumulate(until)
    last = int(np.argmax(until - lowest))
    first = int(np.argmin(until[: last + 1]))
    return port, begin + first, begin + last


def _gaps_by_day(
    log: CrossingLog, rows: NDArray[np.bool_], whole: NDArray[np.bool_], first: int, days: int
) -> Numbers:
    """How many gaps are open on each day that may hide a crossing at each port, by weights of the ports where they begin.

    An unseen exit stands between entries at the ports through which those come who leave there, as the `whole` stays show.
    The weights are such that an outage stands out most: shares of those who come through a port by the gaps that are usual
    there; 1 where these are most.
    """
    begins, ports = np.flatnonzero(rows), len(log.ports)
    begin, end = log.day[begins] - first, log.day[begins + 1] - first
    near = end - begin <= LONGEST_GAP
    cell = log.port[begins[near]].astype(np.int64) * (days + 1)
    size = (days + 1) * ports
    open_ = (
        np.bincount(cell + begin[near], minlength=size)
        - np.bincount(cell + end[near] + 1, minlength=size + 1)[:size]
    )
    by_begin = np.cumsum(open_.reshape(ports, days + 1), axis=1)[:, :days].astype(np.float64)
    return np.asarray(_weights_of_ports(log, whole, by_begin.sum(axis=1) + days) @ by_begin)


def _weights_of_ports(log: CrossingLog, whole: NDArray[np.bool_], usual: Numbers) -> Numbers:
    """By port of the crossing that is missing (rows) and of the one before it, 1 at most."""
    rows, ports = np.flatnonzero(whole), len(log.ports)
    cell = log.port[rows + 1].astype(np.int64) * ports + log.port[rows]
    weight = np.bincount(cell, minlength=ports * ports).reshape(ports, ports) / usual
    most = weight.max(axis=1, keepdims=True, initial=0.0)
    return np.where(most > 0, weight / np.maximum(most, 1e-300), np.eye(ports))


def _with_gaps(spells: list[Spell], counts: Numbers, expected: Numbers, covering: Numbers) -> list[Spell]:
    """Spells about which there are more gaps than before and after; what is too small to say by itself goes with all."""
    if not spells:
        return []
    missing = np.array([(expected - counts)[port, begin:end].sum() for port, begin, end in spells])
    excess, error = np.array([_excess(covering[port], begin, end) for port, begin, end in spells]).T
    together = excess.sum() > SURE * np.sqrt((error**2).sum())
    kept = np.where(USUAL_EXCESS * missing > CLEAR * error, excess > error, together)
    return [spell for spell, is_kept in zip(spells, kept, strict=True) if is_kept]


def _excess(covering: Numbers, begin: int, end: int) -> tuple[float, float]:
    """Gaps open in the middle of a spell beyond those open as far before and after it, and their standard error."""
    middle, away = (begin + end) // 2, end - begin + LONGEST_GAP
    around = [covering[at] for at in (middle - away, middle + away) if 0 <= at < len(covering)]
    usual = float(np.mean(around)) if around else float(covering[middle])
    return float(covering[middle] - usual), float(np.sqrt(1 + 1.5 * usual))

"""Entries that were refused: recorded without a permission where nearly all others bring one, and followed by an exit on the
same or next day at the same port, by another entry, or by nothing.

Entries without permission may also be such that nobody wrote it down. These are followed by what follows others: an exit
later on, or at another port, which nobody has who was refused, tells how many there are.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, Rows
from guzar.process.missing_exits.cycles import ENTRY_ENTRY, ENTRY_EXIT, OPEN_ENTRY, kinds_of_rows
from guzar.process.missing_exits.deletions import leave_out_rows
from guzar.process.missing_exits.sojourns import Numbers

BLANK = 0.10  # of entries without permission: where there are more, a missing one says nothing
LEAST_ENTRIES = 200  # of citizenship × mode with a permission
SOON = 1  # days: the same or the next
SURE = 3.0  # standard errors; with less nothing is taken to be false
QUICKLY_OUT, THEN_IN, NOTHING, LATER_OUT = range(4)  # what follows an entry; a refused one has no LATER_OUT


class FalseNumber(NamedTuple):
    """How many crossings are estimated to be false in one way, with a 90 % interval; None where it cannot be told."""

    number: float | None
    lower: float | None
    upper: float | None


NONE_FALSE, NOT_TOLD = FalseNumber(0.0, 0.0, 0.0), FalseNumber(None, None, None)


@dataclass(frozen=True)
class Refused:
    """Entries without permission, the cell and what follows each; by cell: how many, and the shares of entries with one."""

    rows: Rows
    cell: Rows
    follows: Rows
    found: Numbers  # cell × what follows
    usual: Numbers


def find_refused(log: CrossingLog) -> Refused | None:
    """Entries that were perhaps refused; None where there are no more of the pattern than by chance.

    Entries without permission that were not refused are followed by what follows others of their citizenship and mode. An
    exit later on, or elsewhere, shows how many these are.
    """
    cells, cell_of = _cells_with_permission(log)
    if not len(cells):
        return None
    place = np.full(int(cell_of.max(initial=0)) + 1, -1)
    place[cells] = np.arange(len(cells))
    entries = np.flatnonzero(log.is_entry == 1)
    cell = place[cell_of[entries]]
    entries, cell = entries[cell >= 0], cell[cell >= 0]
    follows = what_follows(log)[entries]
    blank = log.permitted_until[entries] == NO_LIMIT
    found, usual = (
        np.bincount(cell[which] * 4 + follows[which], minlength=4 * len(cells)).reshape(-1, 4).astype(float)
        for which in (blank, ~blank)
    )
    refused = Refused(
        entries[blank], cell[blank], follows[blank], found, usual / usual.sum(axis=1, keepdims=True)
    )
    expected = (_genuine(refused, found[:, LATER_OUT])[:, None] * refused.usual)[:, :NOTHING].sum()
    seen = found[:, :NOTHING].sum()
    return refused if seen - expected > SURE * np.sqrt(seen + expected + 1) else None


def _cells_with_permission(log: CrossingLog) -> tuple[Rows, Rows]:
    """Citizenship × mode where nearly all entries bring a permission; and the cell of every crossing."""
    modes = int(log.mode.max(initial=0)) + 1
    cell = log.citizenship.astype(np.int64) * modes + log.mode
    entries = log.is_entry == 1
    has = np.bincount(
        cell[entries & (log.permitted_until != NO_LIMIT)], minlength=int(cell.max(initial=0)) + 1
    )
    every = np.bincount(cell[entries], minlength=len(has))
    return np.flatnonzero((has >= LEAST_ENTRIES) & (every - has <= BLANK * every)), cell


def what_follows(log: CrossingLog) -> NDArray[np.int64]:
    """What follows every entry: an exit soon at its own port, another entry, nothing, or an exit later or elsewhere."""
    kind = kinds_of_rows(log)
    days = np.append(np.diff(log.day), 0)
    stays = np.append(log.port[1:] == log.port[:-1], False)
    quickly = (kind == ENTRY_EXIT) & stays & (days <= SOON)
    return np.select(
        [quickly, kind == ENTRY_ENTRY, kind == OPEN_ENTRY], [QUICKLY_OUT, THEN_IN, NOTHING], LATER_OUT
    ).astype(np.int64)


def _genuine(refused: Refused, later_out: Numbers) -> Numbers:
    """Entries without permission by cell that were not refused."""
    every = refused.found.sum(axis=1)
    return np.asarray(np.minimum(every, later_out / np.maximum(1e-9, refused.usual[:, LATER_OUT])))


def _drawn_genuine(refused: Refused, random: np.random.Generator) -> Numbers:
    return _genuine(refused, random.gamma(refused.found[:, LATER_OUT] + 0.5))


def number_of_refused(log: CrossingLog, refused: Refused | None, random: np.random.Generator) -> FalseNumber:
    """How many entries were refused; where none is found, none, or that it cannot be told without permissions."""
    if refused is None:
        return NONE_FALSE if len(_cells_with_permission(log)[0]) else NOT_TOLD
    every = refused.found.sum()
    drawn = [every - _drawn_genuine(refused, random).sum() for _ in range(200)]
    lower, upper = np.quantile(drawn, [0.05, 0.95])
    return FalseNumber(float(np.mean(drawn)), float(lower), float(upper))


def without_refused(log: CrossingLog, refused: Refused, random: np.random.Generator) -> CrossingLog:
    """The log without the entries that were refused by chance, nor the exits that took these persons back."""
    genuine = _drawn_genuine(refused, random)[:, None] * refused.usual
    chance = 1 - genuine / np.maximum(1e-9, refused.found)
    chance[:, LATER_OUT] = 0.0
    drawn = random.random(len(refused.rows)) < chance[refused.cell, refused.follows]
    gone = refused.rows[drawn]
    back = gone[refused.follows[drawn] == QUICKLY_OUT] + 1
    return leave_out_rows(log, np.concatenate([gone, back]))

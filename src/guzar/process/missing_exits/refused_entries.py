"""Entries that were refused: recorded without a permission where nearly all others bring one, and followed by an exit on the
same or next day at the same port, by another entry, or by nothing.

Entries without permission may also be such that nobody wrote it down. These are followed by what follows others: an exit
later on, or at another port, which nobody has who was refused, tells how many there are. Settlers whose permission is not
written on the entry are followed by nothing more often than others. So of those without permission that nothing follows only as
many are taken to be refused as go with those that another entry follows: who is refused comes again, or not, like who has left.

An exit noted as an entry by mistake has no permission either, and is followed by an entry or by nothing, too. But it follows
an entry, as exits do, while who is refused comes from outside: after an exit, or for the first time. So those without
permission that follow an entry more often than other entries do are exits, and stay in the log: they are left to those who
look for wrong directions.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, Rows
from guzar.process.missing_exits.cycles import (
    ENTRY_ENTRY,
    ENTRY_EXIT,
    EXIT_ENTRY,
    OPEN_ENTRY,
    OPEN_EXIT,
    kinds_of_rows,
)
from guzar.process.missing_exits.deletions import leave_out_rows
from guzar.process.missing_exits.sojourns import Numbers

BLANK = 0.10  # of entries without permission: where there are more, a missing one says nothing
LEAST_ENTRIES = 200  # of citizenship × mode with a permission
SOON = 1  # days: the same or the next
MOST_GONE = 3.0  # times as often as those who left, those refused come never again
SURE = 3.0  # standard errors; with less nothing is taken to be false
QUICKLY_OUT, THEN_IN, NOTHING, LATER_OUT = range(4)  # what follows an entry; a refused one has no LATER_OUT
FIRST_SEEN, AFTER_EXIT, AFTER_ENTRY = range(3)  # what stands before it


class FalseNumber(NamedTuple):
    """How many crossings are estimated to be false in one way, with a 90 % interval; None where it cannot be told."""

    number: float | None
    lower: float | None
    upper: float | None


NONE_FALSE, NOT_TOLD = FalseNumber(0.0, 0.0, 0.0), FalseNumber(None, None, None)


@dataclass(frozen=True)
class Refused:
    """Entries without permission, the cell, what follows each and what stands before it; by cell: how many, and the shares of
    entries with one; and what tells exits among them."""

    rows: Rows
    cell: Rows
    follows: Rows
    before: Rows
    found: Numbers  # cell × what follows
    usual: Numbers
    exits: "ExitsAmong"
    gone_for_good: float  # of exits, those that nothing follows by those that an entry follows

    def share_of_nothing(self, excess: Numbers) -> float:
        """Of entries in excess that nothing follows, the share that may be refused, from the excess by what follows."""
        most = MOST_GONE * max(0.0, excess[THEN_IN]) * self.gone_for_good
        return float(min(1.0, most / max(1e-9, excess[NOTHING])))


class ExitsAmong(NamedTuple):
    """What tells exits noted as entries: entries without permission by what follows and what stands before; of entries with
    one, by what follows, and of exits, the share that follows an entry and not an exit; first crossings by other exits."""

    found: Numbers  # what follows × what stands before
    of_entries: Numbers
    of_exits: float
    firsts: float

    def number(self, found: Numbers) -> Numbers:
        """How many are exits, by what follows and what stands before."""
        after = found[:, AFTER_EXIT] + found[:, AFTER_ENTRY]
        more = found[:, AFTER_ENTRY] - self.of_entries * after
        exits = np.clip(more / np.maximum(0.05, self.of_exits - self.of_entries), 0.0, after)
        exits[[QUICKLY_OUT, LATER_OUT]] = 0.0  # an exit follows at once only where an entry was lost
        made = np.stack([exits * self.firsts, exits * (1 - self.of_exits), exits * self.of_exits], axis=1)
        return np.minimum(made, found)

    def drawn(self, random: np.random.Generator) -> Numbers:
        """The same, one draw of it."""
        return np.minimum(self.number(random.gamma(self.found + 0.5)), self.found)


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
    before = what_stands_before(log)
    refused = Refused(
        entries[blank],
        cell[blank],
        follows[blank],
        before[entries[blank]],
        found,
        usual / usual.sum(axis=1, keepdims=True),
        _tell_exits(before, (entries, follows, blank), before[(log.is_entry == 0) & (place[cell_of] >= 0)]),
        _gone_for_good(log, place[cell_of] >= 0),
    )
    expected = (_genuine(refused, found[:, LATER_OUT])[:, None] * refused.usual)[:, :NOTHING].sum()
    seen = found[:, :NOTHING].sum() - refused.exits.number(refused.exits.found)[:NOTHING].sum()
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


def what_stands_before(log: CrossingLog) -> Rows:
    """What stands before every crossing: nothing of this person, an exit, or an entry with a permission (one without is as
    good as an exit: who is refused may try again)."""
    inside = (log.is_entry == 1) & (log.permitted_until != NO_LIMIT)
    before = np.append(AFTER_EXIT, np.where(inside[:-1], AFTER_ENTRY, AFTER_EXIT))[: len(log.day)]
    before[log.starts[:-1]] = FIRST_SEEN
    return np.asarray(before, dtype=np.int64)


def _gone_for_good(log: CrossingLog, in_cells: NDArray[np.bool_]) -> float:
    kind = kinds_of_rows(log)[in_cells]
    return float(((kind == OPEN_EXIT).sum() + 1) / ((kind == EXIT_ENTRY).sum() + 1))


def _tell_exits(
    before: Rows, of_cells: tuple[Rows, Rows, NDArray[np.bool_]], before_exits: Rows
) -> ExitsAmong:
    entries, follows, blank = of_cells
    found, usual = (
        np.bincount(follows[which] * 3 + before[entries[which]], minlength=12).reshape(4, 3).astype(float)
        for which in (blank, ~blank)
    )
    of_exits = np.bincount(before_exits, minlength=3) + 0.5
    later = of_exits[AFTER_EXIT] + of_exits[AFTER_ENTRY]
    of_entries = (usual[:, AFTER_ENTRY] + 0.5) / (usual[:, AFTER_EXIT] + usual[:, AFTER_ENTRY] + 1)
    return ExitsAmong(
        found, of_entries, float(of_exits[AFTER_ENTRY] / later), float(of_exits[FIRST_SEEN] / later)
    )


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
    drawn = [_number_drawn(refused, random) for _ in range(200)]
    lower, upper = np.quantile(drawn, [0.05, 0.95])
    return FalseNumber(float(np.mean(drawn)), float(lower), float(upper))


def _number_drawn(refused: Refused, random: np.random.Generator) -> float:
    genuine = (_drawn_genuine(refused, random)[:, None] * refused.usual).sum(axis=0)
    excess = refused.found.sum(axis=0) - genuine - refused.exits.drawn(random).sum(axis=1)
    settled = (1 - refused.share_of_nothing(excess)) * max(0.0, excess[NOTHING])
    return float(max(0.0, excess.sum() - settled))


def without_refused(log: CrossingLog, refused: Refused, random: np.random.Generator) -> CrossingLog:
    """The log without the entries that were refused by chance, nor the exits that took these persons back."""
    genuine = _drawn_genuine(refused, random)[:, None] * refused.usual
    chance = 1 - genuine / np.maximum(1e-9, refused.found)
    chance[:, LATER_OUT] = 0.0
    exits = refused.exits.drawn(random)
    excess = (refused.found - genuine).sum(axis=0) - exits.sum(axis=1)
    is_exit = exits / np.maximum(1e-9, refused.exits.found)
    refusal = chance[refused.cell, refused.follows] - is_exit[refused.follows, refused.before]
    refusal[refused.follows == NOTHING] *= refused.share_of_nothing(excess)
    drawn = random.random(len(refused.rows)) < refusal
    gone = refused.rows[drawn]
    back = gone[refused.follows[drawn] == QUICKLY_OUT] + 1
    return leave_out_rows(log, np.concatenate([gone, back]))

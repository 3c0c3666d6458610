"""Insiders: someone who stands alone in a cell knows it, and must not learn from that what another hidden cell holds.

A cell with one person is hidden from everybody but that person. For each such person the adversary is asked again,
with that person's cells known: every other cell that a rule refuses must still have at least two possible counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from guzar.protect.adversary import EXACT, Adversary
from guzar.protect.linked_cells import LinkedCells, totals_of
from guzar.protect.programmes import Floats

AT_LEAST = 1.0  # persons: an interval narrower than this holds one count only
MOST_TOLD = 100  # cells told to insiders that are looked for at once: what protects them protects others
MOST_WORLDS = 300  # that are looked at for each person
MANY_NEW = 200  # worlds met since all were last looked at
MOST_PAIRS = 6  # of worlds that are put together before the solver is asked

Cells = NDArray[np.int64]


@dataclass(frozen=True)
class Telling:
    """A hidden cell that an insider knows exactly, with the prices that prove it; positions among hidden cells.

    `width` is that of the interval before whole numbers are thought of.
    """

    insider: Cells
    cell: int
    prices: Floats
    width: float


def find_lone_persons(linked: LinkedCells, contributors: NDArray[np.float64]) -> list[Cells]:
    """The cells of each person who stands alone in a cell; the same person in a total and in its part is one.

    `contributors` are the persons behind each linked cell.
    """
    is_alone = contributors == 1
    totals = totals_of(linked.sums)
    rows = np.repeat(np.arange(len(totals)), np.diff(linked.sums.indptr))
    parts = linked.sums.indices
    same = is_alone[totals[rows]] & is_alone[parts]
    pairs = sparse.coo_array(
        (np.ones(same.sum()), (totals[rows][same], parts[same])), shape=(len(is_alone), len(is_alone))
    )
    _, person = connected_components(pairs, directed=False)
    alone = np.flatnonzero(is_alone)
    order = alone[np.argsort(person[alone], kind="stable")]
    ends = np.flatnonzero(np.diff(person[order])) + 1
    return [np.sort(cells) for cells in np.split(order, ends)] if len(order) else []


def find_tellings(adversary: Adversary, persons: Sequence[Cells], kept: Floats) -> Iterator[Telling]:
    """Every cell that a lone person works out; persons are given by their linked cells.

    `kept` is, per linked cell, how wide its interval must be for such a person (0: it need not be kept).
    """
    place = np.full(adversary.worlds.cells, -1)
    place[adversary.cells] = np.arange(len(adversary.cells))
    needed = kept[adversary.cells]
    wanted = np.flatnonzero(needed > 0)
    worlds, seen = _telling_most(moves_within(adversary, 0)), len(adversary.worlds.moves)
    known = _WorldsWithout(adversary, needed)
    for cells in persons:
        own = place[cells]
        own = own[own >= 0]
        if len(own) and len(adversary.worlds.moves) - known.worlds > MANY_NEW:
            known = _WorldsWithout(adversary, needed)
        open_ = known.not_shown_wide(own, wanted) if len(own) else own
        if len(open_):
            open_ = open_[_known_width(worlds, own, open_, adversary.whole_numbers) < needed[open_] - EXACT]
            yield from _ask(adversary, own, open_, needed)
            # What one insider's questions showed is possible for the next one as well.
            if len(adversary.worlds.moves) > seen:
                worlds = np.concatenate([worlds, moves_within(adversary, seen)])[-MOST_WORLDS:]
                seen = len(adversary.worlds.moves)


class _WorldsWithout:
    """All worlds met so far, to see at once which cells are wide enough in those that leave an insider's cells alone."""

    def __init__(self, adversary: Adversary, needed: Floats) -> None:
        self.worlds = len(adversary.worlds.moves)
        self._own, self._needed, self._whole = adversary.own, needed, adversary.whole_numbers
        rows = moves_as_rows(adversary)
        self._by_world, self._by_cell = rows, sparse.csc_array(rows)
        lower, upper = np.zeros(len(needed)), np.zeros(len(needed))
        if rows.shape[0]:  # what a world leaves as it is counts as no move
            lower, upper = rows.min(axis=0).toarray().ravel(), rows.max(axis=0).toarray().ravel()
        self._is_open = self._width(np.arange(len(needed)), lower, upper) < needed - EXACT

    def not_shown_wide(self, own: Cells, wanted: Cells) -> Cells:
        """The wanted cells, the insider's own left out, that no worlds show to be wide enough which leave those alone."""
        by_world, by_cell = self._by_world, self._by_cell
        moves_own = np.zeros(by_world.shape[0], dtype=np.bool_)
        touched = self._is_open.copy()
        _mark_what_moves(
            own, by_cell.indptr, by_cell.indices, by_world.indptr, by_world.indices, moves_own, touched
        )
        touched[own] = False
        asked = wanted[touched[wanted]]
        lower, upper = np.zeros(len(asked)), np.zeros(len(asked))
        _reach_without(by_cell.indptr, by_cell.indices, by_cell.data, moves_own, asked, lower, upper)
        found: Cells = asked[self._width(asked, lower, upper) < self._needed[asked] - EXACT]
        return found

    def _width(self, cells: Cells, lower: Floats, upper: Floats) -> Floats:
        if not self._whole:
            spread: Floats = upper - lower
            return spread
        own = self._own[cells]
        width: Floats = np.floor(own + upper + EXACT) - np.ceil(own + lower - EXACT)
        return width


@njit(cache=True, nogil=True)
def _mark_what_moves(
    own: Cells,
    cell_starts: NDArray[np.int32],
    worlds: NDArray[np.int32],
    world_starts: NDArray[np.int32],
    cells: NDArray[np.int32],
    moves_own: NDArray[np.bool_],
    touched: NDArray[np.bool_],
) -> None:
    """Mark the worlds that move one of a person's own cells, and all cells that move in these."""
    for cell in own:
        for at in range(cell_starts[cell], cell_starts[cell + 1]):
            world = worlds[at]
            if not moves_own[world]:
                moves_own[world] = True
                touched[cells[world_starts[world] : world_starts[world + 1]]] = True


@njit(cache=True, nogil=True)
def _reach_without(
    starts: NDArray[np.int32],
    rows: NDArray[np.int32],
    moves: Floats,
    is_left_out: NDArray[np.bool_],
    cells: Cells,
    lower: Floats,
    upper: Floats,
) -> None:
    """How far each cell goes down and up in the worlds that are not left out; `starts, rows, moves` by column."""
    for number in range(len(cells)):
        for at in range(starts[cells[number]], starts[cells[number] + 1]):
            if not is_left_out[rows[at]]:
                lower[number] = min(lower[number], moves[at])
                upper[number] = max(upper[number], moves[at])


def moves_as_rows(adversary: Adversary) -> sparse.csr_array:
    """One row per world met that is still possible, one column per hidden cell."""
    place = np.full(adversary.worlds.cells, -1)
    place[adversary.cells] = np.arange(len(adversary.cells))
    kept = [(place[cells], move) for cells, move in adversary.worlds.moves]
    kept = [(places, move) for places, move in kept if (places >= 0).all()]
    ends = np.cumsum([0, *(len(places) for places, _ in kept)])
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *(places for places, _ in kept)])
    moves = np.concatenate([np.zeros(0), *(move for _, move in kept)])
    return sparse.csr_array((moves, columns, ends), shape=(len(kept), len(adversary.cells)))


def _ask(adversary: Adversary, own: Cells, open_: Cells, kept: Floats) -> Iterator[Telling]:
    if not len(open_):
        return
    needed = np.zeros(len(adversary.cells))
    needed[open_] = kept[open_]
    with adversary.knowing(own):
        adversary.look_around(needed, times=3)
        for cell, prices in adversary.find_tight(needed):
            yield Telling(own, cell, prices, float(adversary.upper[cell] - adversary.lower[cell]))


def moves_within(adversary: Adversary, since: int) -> Floats:
    """One row per world met since then that is still possible, one column per hidden cell."""
    place = np.full(adversary.worlds.cells, -1)
    place[adversary.cells] = np.arange(len(adversary.cells))
    kept = [(cells, move) for cells, move in adversary.worlds.moves[since:] if (place[cells] >= 0).all()]
    worlds = np.zeros((len(kept), len(adversary.cells)))
    for row, (cells, move) in enumerate(kept):
        worlds[row, place[cells]] = move
    return worlds


def _known_width(worlds: Floats, own: Cells, open_: Cells, whole_numbers: bool) -> Floats:
    """How wide the open cells are at least, over worlds met in which the insider's cells stay as they are.

    Two worlds that move the insider's cells up and down, put together in the right proportion, leave them.
    """
    moved = worlds[:, own]
    still = worlds[np.abs(moved).max(axis=1, initial=0) <= EXACT][:, open_]
    first = moved[:, :1]
    even = np.flatnonzero(np.abs(moved - first).max(axis=1) <= EXACT)
    up, down = _ends(even[first[even, 0] > EXACT]), _ends(even[first[even, 0] < -EXACT])
    share = -first[down, 0] / (first[up, 0][:, None] - first[down, 0])
    mixed = (
        share[..., None] * worlds[up][:, None, open_] + (1 - share)[..., None] * worlds[down][None, :, open_]
    )
    every = np.concatenate([still, mixed.reshape(-1, len(open_)), np.zeros((1, len(open_)))])
    if not whole_numbers:
        spread: Floats = every.max(axis=0) - every.min(axis=0)
        return spread
    # The insider's counts are whole numbers, and so are the others': what lies between two of them is none.
    width: Floats = np.floor(every.max(axis=0) + EXACT) - np.ceil(every.min(axis=0) - EXACT)
    return width


def _ends(worlds: Cells) -> Cells:
    """Some worlds met first, which move everything, and some met last, which move what is left."""
    return np.unique(np.concatenate([worlds[:MOST_PAIRS], worlds[-MOST_PAIRS:]]))


def _telling_most(worlds: Floats) -> Floats:
    """The worlds in which most cells differ, those last that say most."""
    order = np.argsort(np.count_nonzero(np.abs(worlds) > EXACT, axis=1), kind="stable")
    return worlds[order[-MOST_WORLDS:]]

"""Cells to hide where the cheapest choice takes too long to find: one world after another.

For a hidden cell that is derived too closely, the cheapest possible world is sought in which its count is as much
higher (or lower) as its protection asks; every cell that differs in that world is hidden. One linear programme per
such cell, and it always ends. What turns out not to be needed is shown again.

After J. P. Kelly, B. L. Golden and A. A. Assad (1992), Cell suppression: disclosure protection for sensitive tabular
data, Networks 22: 397-417.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.adversary import EXACT, Adversary, Worlds, what_is_known
from guzar.protect.insiders import AT_LEAST, find_tellings, moves_within
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.programmes import Floats, Programme

Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]
MOST_REFUSALS = 15  # one after another; then no more cells are tried to be shown again
FREE_MOVE = (
    1e-4  # what it costs to move a cell that is hidden anyway: little, so that no cell moves for nothing
)


@dataclass(frozen=True)
class Terms:
    """On what terms cells are hidden; one entry per linked cell.

    `protection` is the least width of a hidden cell's interval, `cost` what hiding it costs, `may_hide` whether it may
    be hidden for another's sake. No one of `lone_persons` may work out a cell of `kept_from_them`. Counts are
    `whole_numbers`, amounts are not. `step` is called once per cell or round.
    """

    protection: Floats
    cost: Floats
    may_hide: Flags
    lone_persons: Sequence[Cells]
    kept_from_them: Flags
    whole_numbers: bool
    step: Callable[[], None]


class WorldFinder:
    """Finds the cheapest possible world in which one cell differs by a given amount.

    Amounts are rises, then falls, of the cells that may move; the cost of a move is what hiding the cell costs, and
    next to nothing where it is hidden already.
    """

    def __init__(self, linked: LinkedCells, is_hidden: Flags, may_hide: Flags, cost: Floats) -> None:
        self.cells = np.flatnonzero(is_hidden | may_hide)
        self._place = np.full(len(cost), -1)
        self._place[self.cells] = np.arange(len(self.cells))
        self._falls = linked.values[self.cells]
        self._farthest = float(10 * linked.values.max(initial=0) + 1_000)
        own = sparse.csc_array(linked.sums[:, self.cells])
        used = np.flatnonzero(np.asarray(abs(own).sum(axis=1)).ravel() > 0)
        own = own[used]
        each = np.where(is_hidden[self.cells], FREE_MOVE, cost[self.cells] + FREE_MOVE)
        number = len(self.cells)
        self._programme = Programme(
            sparse.csc_array(sparse.hstack([own, -own])),
            cost=np.concatenate([each, each]),
            lower=np.zeros(2 * number),
            upper=np.concatenate([np.full(number, self._farthest), self._falls]),
            must_be=np.zeros(own.shape[0]),
            options={"presolve": "off"},
        )

    def hide(self, cells: Cells) -> None:
        """From now on it costs nothing to move these cells."""
        at = self._place[cells]
        self._programme.set_costs(np.concatenate([at, at + len(self.cells)]), np.full(2 * len(at), FREE_MOVE))

    def find(self, cell: int, needed: float, fixed: Cells) -> tuple[Cells, Floats] | None:
        """The cells that move in the cheapest world in which `cell` is `needed` higher, or else lower, and how far.

        `fixed` cells stay as they are. None where there is no such world.
        """
        number, at = len(self.cells), int(self._place[cell])
        held = self._place[fixed]
        held = held[held >= 0]
        self._bound(held, np.zeros(len(held)), np.zeros(len(held)))
        moves = None
        for moving, still, room in ((at, at + number, self._farthest), (at + number, at, self._falls[at])):
            if needed > room:
                continue
            pair = np.array([moving, still])
            self._programme.set_bounds(pair, np.array([needed, 0.0]), np.array([needed, 0.0]))
            solved = self._programme.solve()
            if solved:
                moves = self._programme.amounts[:number] - self._programme.amounts[number:]
            self._programme.set_bounds(pair, np.zeros(2), self._most(pair))
            if solved:
                break
        self._bound(held, self._falls[held], np.full(len(held), self._farthest))
        if moves is None:
            return None
        moved = np.abs(moves) > EXACT
        return self.cells[moved], moves[moved]

    def _most(self, amounts: Cells) -> Floats:
        number = len(self.cells)
        most: Floats = np.where(amounts < number, self._farthest, self._falls[amounts % number])
        return most

    def _bound(self, at: Cells, falls: Floats, rises: Floats) -> None:
        if len(at):
            both = np.concatenate([at, at + len(self.cells)])
            self._programme.set_bounds(both, np.zeros(len(both)), np.concatenate([rises, falls]))


def grow_until_safe(
    linked: LinkedCells, is_hidden: Flags, terms: Terms, worlds: Worlds, *, heed_insiders: bool
) -> Flags:
    """Hide more cells, until every hidden one is as wide as its protection and no insider works one out.

    Refused (MethodNotApplicable): a cell that no world protects.
    """
    hidden = is_hidden.copy()
    finder = WorldFinder(linked, hidden, terms.may_hide, terms.cost)
    while demands := _demands(linked, hidden, terms, worlds, heed_insiders):
        lower, upper = worlds.reach(hidden)
        for cell, needed, fixed in demands:
            width = float(np.ceil(needed)) if terms.whole_numbers else needed
            if len(fixed) or upper[cell] - lower[cell] < width - EXACT:
                cells, moves = _hide_world(finder, hidden, worlds, cell, width, fixed)
                lower[cells], upper[cells] = np.minimum(lower[cells], moves), np.maximum(upper[cells], moves)
                terms.step()
    return hidden


def _demands(
    linked: LinkedCells, hidden: Flags, terms: Terms, worlds: Worlds, heed_insiders: bool
) -> list[tuple[int, float, Cells]]:
    """Hidden cells that are known too closely, the width that each needs, and what the one who knows it knows."""
    adversary = _adversary(linked, hidden, worlds, terms.whole_numbers)
    needed = terms.protection[adversary.cells]
    adversary.look_around(needed, times=6)
    nobody = np.zeros(0, dtype=np.int64)
    tight = [(int(adversary.cells[at]), float(needed[at]), nobody) for at, _ in adversary.find_tight(needed)]
    if tight or not heed_insiders:
        return tight
    told = find_tellings(adversary, terms.lone_persons, np.flatnonzero(terms.kept_from_them))
    return [(int(adversary.cells[each.cell]), AT_LEAST, adversary.cells[each.insider]) for each in told]


def _adversary(linked: LinkedCells, hidden: Flags, worlds: Worlds, whole_numbers: bool) -> Adversary:
    known = what_is_known(linked.values, hidden)
    return Adversary(linked.values, linked.sums, *known, worlds, whole_numbers=whole_numbers)


def _hide_world(
    finder: WorldFinder, hidden: Flags, worlds: Worlds, cell: int, width: float, fixed: Cells
) -> tuple[Cells, Floats]:
    """Hide every cell that differs in the cheapest world that protects one; worlds found protect others as well."""
    found = finder.find(cell, width, fixed)
    if found is None:
        raise MethodNotApplicable(
            "No choice of cells protects this table.",
            where="{primary} cells are refused by a rule",
            expected="cells that may be hidden beside them",
            do="Allow more cells to be hidden, ask for less protection, or use broader groups.",
            primary=int(hidden.sum()),
        )
    cells, moves = found
    new = cells[~hidden[cells]]
    hidden[new] = True
    finder.hide(new)
    worlds.add(cells, moves)
    return found


def show_what_is_not_needed(
    linked: LinkedCells, is_hidden: Flags, must_stay: Flags, terms: Terms, worlds: Worlds
) -> Flags:
    """Show cells again, the dearest first, as long as every cell that stays hidden keeps its protection."""
    hidden = is_hidden.copy()
    adversary = _adversary(linked, hidden, worlds, terms.whole_numbers)
    needed, cost = terms.protection[adversary.cells], terms.cost[adversary.cells]
    moves, shown, refused = moves_within(adversary, 0), np.zeros(0, dtype=np.int64), 0
    stays = must_stay[adversary.cells]
    for at in np.argsort(-cost, kind="stable"):
        if stays[at] or refused > MOST_REFUSALS:
            continue
        tried = np.append(shown, at)
        wanted = needed.copy()
        wanted[tried] = 0.0
        still = moves[(np.abs(moves[:, at]) <= EXACT)]
        open_ = adversary.width_over(still) < wanted - EXACT
        seen = len(adversary.worlds.moves)
        if open_.any() and _is_told(adversary, tried, np.where(open_, wanted, 0.0)):
            refused += 1
            continue
        refused = 0
        shown, moves = tried, np.concatenate([still, moves_within(adversary, seen)])
        terms.step()
    hidden[adversary.cells[shown]] = False
    return hidden


def _is_told(adversary: Adversary, known: Cells, needed: Floats) -> bool:
    """Whether somebody who knows these cells as well derives another too closely."""
    with adversary.knowing(known):
        adversary.look_around(needed, times=2)
        return next(iter(adversary.find_tight(needed)), None) is not None

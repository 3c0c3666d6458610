"""Cells to hide where the cheapest choice takes too long to find: one world after another.

For a hidden cell that is derived too closely, the cheapest possible world is sought in which its count is as much
higher (or lower) as its protection asks; every cell that differs in that world is hidden. One linear programme per
such cell, and it always ends. What turns out not to be needed is shown again.

After J. P. Kelly, B. L. Golden and A. A. Assad (1992), Cell suppression: disclosure protection for sensitive tabular
data, Networks 22: 397-417.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.adversary import EXACT, Adversary, Worlds, what_is_known
from guzar.protect.insiders import AT_LEAST, MOST_TOLD, find_tellings, moves_within
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.neighbourhoods import Neighbourhoods
from guzar.protect.programmes import Floats, Programme

Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]
NEIGHBOURS = (6, 20)  # of a code in each dimension, for the parts of a table that are searched first
FEWEST, SAMPLE = 3, 20  # neighbours; cells whose parts are measured to choose their number
LARGE = 1_000  # cells: a table of more is searched in parts of about as many first
MANY = 2_500  # hidden cells; where there are more, a cell is not asked for before a world is sought for it
MOST_QUESTIONS = 60  # put to the solver about cells that may be shown again
MOST_REFUSALS = 8  # one after another; then no more cells are tried to be shown again
FREE_MOVE = (
    1e-4  # what it costs to move a cell that is hidden anyway: little, so that no cell moves for nothing
)


@dataclass(frozen=True)
class Terms:
    """On what terms cells are hidden; arrays have one entry per linked cell.

    `protection` is the least width of a hidden cell's interval, `rise` how far above its value it must reach at least
    (0: anywhere), `cost` what hiding it costs, `may_hide` whether it may be hidden for another's sake. `lone_persons`
    are the cells of persons who know them; for them the interval of another cell must be as wide as `kept_from_them`
    (0: not kept). `least` is what a reader takes every hidden cell to have at least. Counts are `whole_numbers`,
    amounts are not. `step` is called once per cell or round.
    """

    protection: Floats
    cost: Floats
    may_hide: Flags
    rise: Floats
    lone_persons: Sequence[Cells]
    kept_from_them: Floats
    least: Floats
    whole_numbers: bool = True
    step: Callable[[], None] = lambda: None


def make_terms(
    linked: LinkedCells,
    is_primary: Flags,
    *,
    protection: Floats,
    may_hide: Flags | None = None,
    cost: Floats | None = None,
    rise: Floats | None = None,
    lone_persons: Sequence[Cells] = (),
    kept_from_them: Floats | None = None,
    least: Floats | None = None,
    whole_numbers: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Terms:
    """Terms with what is usual: a cell costs its value, empty cells are not hidden for another's sake, a lone person
    must not know a primary cell exactly, and a reader knows no more than that no count is negative.
    """
    nothing = np.zeros(len(linked.values))
    return Terms(
        protection,
        linked.values if cost is None else cost,
        linked.values > 0 if may_hide is None else may_hide,
        nothing if rise is None else rise,
        lone_persons,
        np.where(is_primary, AT_LEAST, 0.0) if kept_from_them is None else kept_from_them,
        nothing if least is None else least,
        whole_numbers,
        step,
    )


class WorldFinder:
    """Finds the cheapest possible world in which one cell differs by a given amount.

    Amounts are rises, then falls, of the cells that may move; the cost of a move is what hiding the cell costs, and
    next to nothing where it is hidden already. A large table is searched in parts: first among the cells whose codes
    are the cell's own, their totals, and some neighbours of each; in the whole table only where that is not enough.
    """

    def __init__(self, linked: LinkedCells, is_hidden: Flags, terms: Terms) -> None:
        self._linked, self._hidden, self._terms = linked, is_hidden, terms
        self._sums = sparse.csc_array(linked.sums)
        self._farthest = float(10 * linked.values.max(initial=0) + 1_000)
        self._places = Neighbourhoods(linked)
        self._neighbours: tuple[int, ...] = NEIGHBOURS
        if len(linked.values) > LARGE:
            few = self._few_neighbours()
            self._neighbours = (few, *(more for more in NEIGHBOURS if more > few))

    def _few_neighbours(self) -> int:
        """How many neighbours make a part of a large table that is solved in hundredths of a second."""
        cells = np.linspace(0, len(self._linked.values) - 1, SAMPLE).astype(np.int64).tolist()
        every = np.ones(len(self._linked.values), dtype=np.bool_)
        return max(
            (
                few
                for few in range(FEWEST, max(NEIGHBOURS))
                if np.median([len(self._places.near(cell, few, every, every)) for cell in cells])
                <= LARGE + LARGE // 10
            ),
            default=FEWEST,
        )

    def find(self, cell: int, needed: float, fixed: Cells) -> tuple[Cells, Floats] | None:
        """The cells that move in the cheapest world in which `cell` is `needed` higher, or else lower, and how far.

        `fixed` cells stay as they are. None where there is no such world.
        """
        may_move = self._hidden | self._terms.may_hide
        may_move[fixed] = False
        for neighbours in self._neighbours:
            near = self._places.near(cell, neighbours, self._hidden, may_move)
            found = self._find_among(near[may_move[near]], cell, needed)
            if found is not None or len(near) == len(may_move):
                return found
        return self._find_among(np.flatnonzero(may_move), cell, needed)

    def _find_among(self, cells: Cells, cell: int, needed: float) -> tuple[Cells, Floats] | None:
        number, at = len(cells), int(np.searchsorted(cells, cell))
        if at == number or cells[at] != cell:
            return None
        own = self._sums[:, cells]
        own = sparse.csc_array(sparse.csr_array(own)[np.unique(own.indices)])
        each = np.where(self._hidden[cells], 0.0, self._terms.cost[cells]) + FREE_MOVE
        falls = (self._linked.values - self._terms.least)[cells]
        for moving, still in ((at, at + number), (at + number, at)):
            most = np.concatenate([np.full(number, self._farthest), falls])
            if needed > most[moving]:
                continue
            lower = np.zeros(2 * number)
            lower[moving] = most[moving] = needed
            most[still] = 0.0
            programme = Programme(
                sparse.csc_array(sparse.hstack([own, -own])),
                cost=np.concatenate([each, each]),
                lower=lower,
                upper=most,
                must_be=np.zeros(own.shape[0]),
            )
            if programme.solve():
                moves = programme.amounts[:number] - programme.amounts[number:]
                moved = np.abs(moves) > EXACT
                return cells[moved], moves[moved]
        return None


def grow_until_safe(
    linked: LinkedCells, is_hidden: Flags, terms: Terms, worlds: Worlds, *, heed_insiders: bool
) -> Flags:
    """Hide more cells, until every hidden one is as wide as its protection and no insider works one out.

    Refused (MethodNotApplicable): a cell that no world protects.
    """
    hidden = is_hidden.copy()
    finder = WorldFinder(linked, hidden, terms)
    while demands := _demands(linked, hidden, terms, worlds, heed_insiders):
        lower, upper = worlds.reach(hidden)
        for cell, needed, fixed in demands:
            width = float(np.ceil(needed)) if terms.whole_numbers else needed
            open_ = upper[cell] - lower[cell] < width or upper[cell] < terms.rise[cell]
            if len(fixed) or open_:
                cells, moves = _hide_world(finder, hidden, worlds, cell, width, fixed)
                lower[cells], upper[cells] = np.minimum(lower[cells], moves), np.maximum(upper[cells], moves)
                terms.step()
    return hidden


def _demands(
    linked: LinkedCells, hidden: Flags, terms: Terms, worlds: Worlds, heed_insiders: bool
) -> list[tuple[int, float, Cells]]:
    """Hidden cells that are known too closely, the width that each needs, and what the one who knows it knows."""
    adversary = make_adversary(linked, hidden, terms, worlds)
    needed, rise = terms.protection[adversary.cells], terms.rise[adversary.cells]
    adversary.look_around(needed, times=6)
    nobody = np.zeros(0, dtype=np.int64)
    if len(adversary.cells) > MANY:  # the world sought for a cell that is wide enough hides nothing more
        found = adversary.find_open(needed, rise).tolist()
    else:
        found = [at for at, _ in adversary.find_tight(needed, rise)]
    tight = [(int(adversary.cells[at]), float(max(needed[at], rise[at])), nobody) for at in found]
    if tight or not heed_insiders:
        return tight
    kept = terms.kept_from_them
    return [
        (
            int(adversary.cells[each.cell]),
            float(kept[adversary.cells[each.cell]]),
            adversary.cells[each.insider],
        )
        for each in islice(find_tellings(adversary, terms.lone_persons, kept), MOST_TOLD)
    ]


def make_adversary(linked: LinkedCells, hidden: Flags, terms: Terms, worlds: Worlds) -> Adversary:
    """A reader of the cells that are not hidden."""
    known = what_is_known(linked.values, hidden, terms.least)
    return Adversary(linked.values, linked.sums, *known, worlds, whole_numbers=terms.whole_numbers)


def _hide_world(
    finder: WorldFinder, hidden: Flags, worlds: Worlds, cell: int, width: float, fixed: Cells
) -> tuple[Cells, Floats]:
    """Hide every cell that differs in the cheapest world that protects one; worlds found protect others as well."""
    found = finder.find(cell, width, fixed)
    if found is None:
        raise_not_protected(int(hidden.sum()))
    cells, moves = found
    hidden[cells] = True  # the finder sees the same array
    worlds.add(cells, moves)
    return found


def raise_not_protected(hidden: int) -> NoReturn:
    """Refuse a table that nothing protects."""
    raise MethodNotApplicable(
        "No choice of cells protects this table.",
        where="{primary} cells are refused by a rule",
        expected="cells that may be hidden beside them",
        do="Ask for less protection (--protection, or protection in guzar.toml), or use broader groups.",
        primary=hidden,
    )


def show_what_is_not_needed(
    linked: LinkedCells, is_hidden: Flags, must_stay: Flags, terms: Terms, worlds: Worlds
) -> Flags:
    """Show cells again, the dearest first, as long as every cell that stays hidden keeps its protection."""
    hidden = is_hidden.copy()
    adversary = make_adversary(linked, hidden, terms, worlds)
    needed, cost = terms.protection[adversary.cells], terms.cost[adversary.cells]
    rise = terms.rise[adversary.cells]
    moves, shown, refused, asked = moves_within(adversary, 0), np.zeros(0, dtype=np.int64), 0, 0
    stays = must_stay[adversary.cells]
    for at in np.argsort(-cost, kind="stable"):
        if stays[at] or refused > MOST_REFUSALS or asked > MOST_QUESTIONS:
            continue
        tried = np.append(shown, at)
        wanted = needed.copy()
        wanted[tried] = 0.0
        still = moves[(np.abs(moves[:, at]) <= EXACT)]
        open_ = adversary.width_over(still) < wanted - EXACT
        reaches = still.max(axis=0, initial=0.0) >= rise - EXACT
        open_ |= ~reaches & (wanted > 0)
        seen = len(adversary.worlds.moves)
        asked += int(open_.any())
        if open_.any() and _is_told(
            adversary, tried, np.where(open_, wanted, 0.0), np.where(open_, rise, 0.0)
        ):
            refused += 1
            continue
        refused = 0
        shown, moves = tried, np.concatenate([still, moves_within(adversary, seen)])
        terms.step()
    hidden[adversary.cells[shown]] = False
    return hidden


def _is_told(adversary: Adversary, known: Cells, needed: Floats, rise: Floats) -> bool:
    """Whether somebody who knows these cells as well derives another too closely."""
    with adversary.knowing(known):
        adversary.look_around(needed, times=2)
        return next(iter(adversary.find_tight(needed, rise)), None) is not None

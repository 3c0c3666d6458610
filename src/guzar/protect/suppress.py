"""LinkedCells, cells that a rule refuses → the cells to hide, so that none of them can be worked out.

The cheapest set of cells is found by cutting planes: choose the cheapest set that meets all conditions known; let
the adversary look for a hidden cell that it derives too closely; what proves it is a new condition; again, until
the adversary finds nothing. Conditions that follow from one sum alone are known at the start.

After M. Fischetti and J. J. Salazar (2000), JASA 95: 916-928, with sliding protection: the interval that the
adversary derives for a hidden cell must be at least `protection` wide, wherever it lies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.adversary import Adversary, Worlds, what_is_known
from guzar.protect.grow import Terms, grow_until_safe, show_what_is_not_needed
from guzar.protect.insiders import AT_LEAST, find_tellings
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.programmes import Floats, Programme

Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]
Demand = tuple[int, Floats, float]  # a cell, what hiding each other cell gains it, what it needs
MOST_ROUNDS = 25  # of looking for the cheapest choice; then one that is merely safe is taken
FEWEST_ROUNDS = 3
HOPELESS = 0.1  # a share of the hidden cells; where more are tight after so many rounds, the search ends
NOTHING = 1e-9  # a gain below this is none


@dataclass(frozen=True)
class Suppression:
    """Which cells are hidden: by a rule (primary), or to protect those (secondary).

    `is_cheapest`: no safe choice costs less. `rounds` says how often the adversary was asked, `programmes` how many
    questions it took.
    """

    is_primary: Flags
    is_hidden: Flags
    rounds: int
    programmes: int
    is_cheapest: bool

    @property
    def is_secondary(self) -> Flags:
        """Hidden to protect another cell."""
        return self.is_hidden & ~self.is_primary


def suppress_cells(
    linked: LinkedCells,
    is_primary: Flags,
    *,
    protection: Floats,
    cost: Floats,
    may_hide: Flags,
    must_hide: Flags | None = None,
    lone_persons: Sequence[Cells] = (),
    kept_from_them: Flags | None = None,
    whole_numbers: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Suppression:
    """The cheapest cells to hide, so that every hidden cell's interval is at least as wide as its protection.

    All arrays have one entry per linked cell. `protection` is in the unit of the values, `cost` what it costs to
    hide a cell, `may_hide` whether a cell may be hidden for the sake of another, `must_hide` whether it is hidden
    already elsewhere. `lone_persons` are the cells of persons who know them: none of them may work out another
    cell of `kept_from_them` (default: every primary cell). Counts are `whole_numbers`, amounts are not.
    `step` is called once per round. Refused (MethodNotApplicable): no choice of cells protects the
    table.
    """
    given = is_primary if must_hide is None else is_primary | must_hide
    if not given.any():
        return Suppression(is_primary, is_primary.copy(), 0, 0, is_cheapest=True)
    targets = is_primary if kept_from_them is None else kept_from_them
    choice = _Choice(cost, given, may_hide)
    choice.require_what_sums_say(linked, protection, targets, lone_persons)
    worlds, programmes = Worlds(len(cost)), 0
    for rounds in range(1, MOST_ROUNDS + 1):
        is_hidden = choice.cheapest()
        adversary = Adversary(
            linked.values,
            linked.sums,
            *what_is_known(linked.values, is_hidden),
            worlds,
            whole_numbers=whole_numbers,
        )
        demands = _ask(linked, adversary, protection) or _ask_insiders(
            linked, adversary, targets, lone_persons
        )
        programmes += adversary.programmes
        step()
        if not demands:
            return Suppression(is_primary, is_hidden, rounds, programmes, is_cheapest=True)
        if rounds >= FEWEST_ROUNDS and len(demands) > HOPELESS * is_hidden.sum():
            break
        for cell, gains, needed in demands:
            choice.require(cell, gains, needed)
    terms = Terms(protection, cost, may_hide, lone_persons, targets, whole_numbers, step)
    is_hidden = grow_until_safe(linked, given, terms, worlds, heed_insiders=False)
    is_hidden = show_what_is_not_needed(linked, is_hidden, given, terms, worlds)
    is_hidden = grow_until_safe(linked, is_hidden, terms, worlds, heed_insiders=True)
    return Suppression(is_primary, is_hidden, rounds, programmes, is_cheapest=False)


def _ask(linked: LinkedCells, adversary: Adversary, protection: Floats) -> list[Demand]:
    """What protects every hidden cell that the adversary derives too closely."""
    needed = protection[adversary.cells]
    adversary.look_around(needed, times=6)
    tight = adversary.find_tight(needed)
    return [_demand(linked, adversary, position, prices, needed[position]) for position, prices in tight]


def _ask_insiders(
    linked: LinkedCells, adversary: Adversary, targets: Flags, lone_persons: Sequence[Cells]
) -> list[Demand]:
    """What protects every cell that a lone person works out; that person's own cells protect nothing."""
    demands = []
    for told in find_tellings(adversary, lone_persons, np.flatnonzero(targets)):
        cell, gains, needed = _demand(linked, adversary, told.cell, told.prices, AT_LEAST, told.width)
        gains[adversary.cells[told.insider]] = 0.0
        demands.append((cell, gains, needed))
    return demands


def _demand(
    linked: LinkedCells,
    adversary: Adversary,
    position: int,
    prices: Floats,
    needed: float,
    width: float | None = None,
) -> Demand:
    """The condition that protects one hidden cell. An interval that is wide enough, but holds too few whole numbers,
    must be wider by one or two.
    """
    found = adversary.upper[position] - adversary.lower[position] if width is None else width
    wanted = next(
        needed + more for more in (0.0, 1.0, 2.0, 3.0) if found < needed + more - NOTHING or more > 2
    )
    return int(adversary.cells[position]), _gains(linked, adversary, position, prices, wanted), wanted


def _gains(linked: LinkedCells, adversary: Adversary, position: int, prices: Floats, needed: float) -> Floats:
    """How much wider each cell would make the interval if it were hidden: its reduced cost in the dual, capped.

    A cell can go down to nought only, and up without bound.
    """
    gains = np.zeros(len(linked.values))
    for price, direction in zip(prices, (1.0, -1.0), strict=True):
        slope = -(linked.sums[adversary.rows].T @ price)
        slope[adversary.cells[position]] += direction
        slope[np.abs(slope) < NOTHING] = 0.0
        gains += np.where(slope > 0, slope * adversary.farthest, -slope * linked.values)
    gains[adversary.cells[position]] = 0.0
    capped: Floats = np.minimum(gains, needed)
    return capped


class _Choice:
    """The choice of cells to hide, as an integer programme that grows by conditions."""

    def __init__(self, cost: Floats, is_given: Flags, may_hide: Flags) -> None:
        self.is_given = is_given
        self._programme = Programme(
            sparse.csc_array((0, len(cost))),
            cost=cost,
            lower=is_given.astype(float),
            upper=(is_given | may_hide).astype(float),
            must_be=np.zeros(0),
            whole_numbers=True,
            options={"mip_rel_gap": 0.0},
        )

    def require(self, cell: int, gains: Floats, needed: float) -> None:
        """Where the cell is hidden, others are hidden whose gains add up to what it needs."""
        cells = np.flatnonzero(gains > NOTHING)
        if self.is_given[cell]:
            self._programme.require(cells, gains[cells], needed)
        else:
            self._programme.require(np.append(cells, cell), np.append(gains[cells], -needed), 0.0)

    def require_what_sums_say(
        self, linked: LinkedCells, protection: Floats, targets: Flags, lone_persons: Sequence[Cells]
    ) -> None:
        """What one sum alone demands: no hidden cell stands alone in it, and its parts can make up its width.

        Nor does a primary cell stand alone beside the cells of one lone person.
        """
        person = np.full(len(linked.values), -1)
        for number, own in enumerate(lone_persons):
            person[own] = number
        for total, parts in linked.each_sum():
            cells = np.append(total, parts)
            given = cells[self.is_given[cells]]
            if not len(given):
                continue
            self._require_room(linked, cells, float(protection[given].max()))
            if len(given) == 1 or self._tells(person[given], targets[given]):
                others = cells[~self.is_given[cells] & (linked.values[cells] > 0)]
                self._programme.require(others, np.ones(len(others)), 1.0)

    @staticmethod
    def _tells(person: NDArray[np.int64], is_target: Flags) -> bool:
        """Whether a lone person's cells leave one single other cell that is to be kept from that person."""
        for number in np.unique(person[person >= 0]):
            others = person != number
            if others.sum() == 1 and is_target[others].all():
                return True
        return False

    def _require_room(self, linked: LinkedCells, cells: NDArray[np.int64], needed: float) -> None:
        """With the total shown, no part is wider than all hidden parts together are large."""
        if self.is_given[cells[0]]:
            return
        room = np.minimum(linked.values[cells], needed)
        room[0] = needed  # the first cell of a sum is its total: hidden, it gives room without bound
        if room[self.is_given[cells]].sum() < needed:
            self._programme.require(cells[room > 0], room[room > 0], needed)

    def cheapest(self) -> Flags:
        """The cheapest cells that meet all conditions known so far."""
        if not self._programme.solve():
            raise MethodNotApplicable(
                "No choice of cells protects this table.",
                where="{primary} cells are refused by a rule",
                expected="cells that may be hidden beside them",
                do="Allow more cells to be hidden, ask for less protection, or use broader groups.",
                primary=int(self.is_given.sum()),
            )
        chosen: Flags = self._programme.amounts > 0.5
        return chosen

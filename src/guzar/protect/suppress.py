"""LinkedCells, cells that a rule refuses → the cells to hide, so that none of them can be worked out.

The cheapest set of cells is found by cutting planes: choose the cheapest set that meets all conditions known; let
the adversary look for a hidden cell that it derives too closely; what proves it is a new condition; again, until
the adversary finds nothing. Conditions that follow from one sum alone are known at the start.

After M. Fischetti and J. J. Salazar (2000), JASA 95: 916-928, with sliding protection: the interval that the
adversary derives for a hidden cell must be at least `protection` wide, wherever it lies.
"""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.protect.adversary import EXACT, Adversary, Worlds
from guzar.protect.grow import (
    MANY,
    Terms,
    grow_until_safe,
    make_adversary,
    raise_not_protected,
    show_what_is_not_needed,
)
from guzar.protect.insiders import MOST_TOLD, find_tellings
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.programmes import Floats, Programme

Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]
Demand = tuple[int, Floats, float]  # a cell, what hiding each other cell gains it, what it needs
MOST_CELLS = 30_000  # of linked tables for which the cheapest choice is looked for at all
MOST_NODES = 2_000  # of the search tree of one choice
MOST_ROUNDS = 25  # of looking for the cheapest choice; then one that is merely safe is taken
FEWEST_ROUNDS = 3
BETTER_ROUNDS = 5  # against the adversary of the terms, after the simple one is satisfied
MOST_WORK = 1e9  # steps of the solver times hidden cells, for the adversary's answers in the search for the cheapest choice
HOPELESS = 0.1  # a share of the hidden cells; where more are tight after so many rounds, the search ends
TOO_OPEN = (
    0.4  # a share of many hidden cells; where six worlds leave more too close, the cheapest choice is far off
)
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
    linked: LinkedCells, is_primary: Flags, terms: Terms, *, must_hide: Flags | None = None
) -> Suppression:
    """The cheapest cells to hide, so that every hidden cell's interval is at least as wide as its protection.

    `must_hide` are cells that are hidden already elsewhere. Where the cheapest choice takes too long to find, one that
    is safe and nearly as cheap is taken. Refused (MethodNotApplicable): no choice of cells protects the table.
    """
    given = is_primary if must_hide is None else is_primary | must_hide
    if not given.any():
        return Suppression(is_primary, is_primary.copy(), 0, 0, is_cheapest=True)
    worlds = Worlds(len(given))
    found = None
    if len(given) <= MOST_CELLS:
        found = _find_cheapest(linked, is_primary, given, terms, worlds)
        if found is not None and found.is_cheapest:
            return found
    if found is None:  # from the beginning: nearly every small cell is still told by its sums
        is_hidden = grow_until_safe(linked, given, terms, worlds, heed_insiders=False)
        if is_hidden.sum() <= MANY:  # each cell that is tried asks about all others again
            is_hidden = show_what_is_not_needed(linked, is_hidden, given, terms, worlds)
    else:
        is_hidden = found.is_hidden
    is_hidden = grow_until_safe(linked, is_hidden, terms, worlds, heed_insiders=True)
    return Suppression(is_primary, is_hidden, 0, len(worlds.moves), is_cheapest=False)


def _find_cheapest(
    linked: LinkedCells, is_primary: Flags, given: Flags, terms: Terms, worlds: Worlds
) -> Suppression | None:
    """The cheapest choice of all, by cutting planes; None where too many rounds would be needed.

    First against a reader who knows least and stands in no cell: that is quick, and what protects against a better
    adversary protects against this one, so that its conditions hold for every safe choice. Then against the adversary
    of the terms. Where that one is not satisfied soon, the choice that withstands the first is returned, to grow from.
    """
    simple = replace(terms, least=np.zeros(len(given)), lone_persons=())
    choice = _Choice(terms.cost, given, terms.may_hide)
    choice.require_what_sums_say(linked, terms)
    seen = Worlds(len(given))
    is_hidden = _choose(linked, choice, simple, seen, rounds=MOST_ROUNDS, hopeless_after=FEWEST_ROUNDS)
    if is_hidden is None:
        return None
    if not len(terms.lone_persons) and not terms.least.any():  # the simple reader is the one of the terms
        return Suppression(is_primary, is_hidden, choice.rounds, len(seen.moves), is_cheapest=True)
    for cells, move in seen.moves:  # what the first adversary saw, where the second takes it to be possible
        if (linked.values[cells] + move >= terms.least[cells] - EXACT).all():
            worlds.add(cells, move)
    better = _choose(linked, choice, terms, worlds, rounds=BETTER_ROUNDS, hopeless_after=1)
    if better is None:
        return Suppression(is_primary, is_hidden, choice.rounds, len(worlds.moves), is_cheapest=False)
    return Suppression(is_primary, better, choice.rounds, len(worlds.moves), is_cheapest=True)


def _choose(
    linked: LinkedCells, choice: "_Choice", terms: Terms, worlds: Worlds, *, rounds: int, hopeless_after: int
) -> Flags | None:
    """The cheapest cells that withstand this adversary; None after so many rounds, or where there is no hope."""
    work = 0.0
    for number in range(1, rounds + 1):
        is_hidden = choice.cheapest()
        if is_hidden is None:
            return None
        adversary = make_adversary(linked, is_hidden, terms, worlds)
        demands = _ask(linked, adversary, terms, (MOST_WORK - work) / max(1, len(adversary.cells)))
        work += adversary.steps * len(adversary.cells)
        if demands is None:
            return None
        demands = demands or _ask_insiders(linked, adversary, terms)
        choice.rounds += 1
        terms.step()
        if not demands:
            return is_hidden
        if number >= hopeless_after and len(demands) > HOPELESS * is_hidden.sum():
            return None
        for cell, gains, needed in demands:
            choice.require(cell, gains, needed)
    return None


def _ask(linked: LinkedCells, adversary: Adversary, terms: Terms, most_steps: float) -> list[Demand] | None:
    """What protects every hidden cell that the adversary derives too closely; None where that takes too long."""
    needed, rise = terms.protection[adversary.cells], terms.rise[adversary.cells]
    adversary.look_around(needed, times=6)
    hidden, open_ = len(adversary.cells), len(adversary.find_open(needed, rise))
    if adversary.steps > most_steps or (hidden > MANY and open_ > TOO_OPEN * hidden):
        return None
    demands = []
    for position, prices in adversary.find_tight(needed, rise):
        if adversary.steps > most_steps:
            return None
        width = adversary.upper[position] - adversary.lower[position]
        if adversary.upper[position] < rise[position] - EXACT:
            gains = _gains(linked, adversary, position, prices[:1], rise[position], terms)
            demands.append((int(adversary.cells[position]), gains, float(rise[position])))
        else:
            demands.append(_demand(linked, adversary, position, prices, needed[position], width, terms))
    return demands


def _ask_insiders(linked: LinkedCells, adversary: Adversary, terms: Terms) -> list[Demand]:
    """What protects every cell that a lone person works out; that person's own cells protect nothing."""
    demands = []
    for told in islice(find_tellings(adversary, terms.lone_persons, terms.kept_from_them), MOST_TOLD):
        needed = terms.kept_from_them[adversary.cells[told.cell]]
        cell, gains, wanted = _demand(linked, adversary, told.cell, told.prices, needed, told.width, terms)
        gains[adversary.cells[told.insider]] = 0.0
        demands.append((cell, gains, wanted))
    return demands


def _demand(
    linked: LinkedCells,
    adversary: Adversary,
    position: int,
    prices: Floats,
    needed: float,
    width: float,
    terms: Terms,
) -> Demand:
    """The condition that protects one hidden cell. An interval that is wide enough, but holds too few whole numbers,
    must be wider by one or two.
    """
    wanted = next(
        needed + more for more in (0.0, 1.0, 2.0, 3.0) if width < needed + more - NOTHING or more > 2
    )
    return int(adversary.cells[position]), _gains(linked, adversary, position, prices, wanted, terms), wanted


def _gains(
    linked: LinkedCells, adversary: Adversary, position: int, prices: Floats, needed: float, terms: Terms
) -> Floats:
    """How much wider each cell would make the interval if it were hidden: its reduced cost in the dual, capped.

    A cell can go down to the least that a reader takes it to have, and up without bound. `prices` are those of going
    up and, in a second row, of going down.
    """
    gains = np.zeros(len(linked.values))
    for price, direction in zip(prices, (1.0, -1.0), strict=False):
        slope = -(adversary.sums_over_all @ price)
        slope[adversary.cells[position]] += direction
        slope[np.abs(slope) < NOTHING] = 0.0
        gains += np.where(slope > 0, slope * adversary.farthest, -slope * (linked.values - terms.least))
    gains[adversary.cells[position]] = 0.0
    capped: Floats = np.minimum(gains, needed)
    return capped


class _Choice:
    """The choice of cells to hide, as an integer programme that grows by conditions."""

    def __init__(self, cost: Floats, is_given: Flags, may_hide: Flags) -> None:
        self.is_given = is_given
        self.rounds = 0
        self._programme = Programme(
            sparse.csc_array((0, len(cost))),
            cost=cost,
            lower=is_given.astype(float),
            upper=(is_given | may_hide).astype(float),
            must_be=np.zeros(0),
            whole_numbers=True,
            options={"mip_rel_gap": 0.0, "mip_max_nodes": MOST_NODES},
        )

    def require(self, cell: int, gains: Floats, needed: float) -> None:
        """Where the cell is hidden, others are hidden whose gains add up to what it needs."""
        cells = np.flatnonzero(gains > NOTHING)
        if self.is_given[cell]:
            self._programme.require(cells, gains[cells], needed)
        else:
            self._programme.require(np.append(cells, cell), np.append(gains[cells], -needed), 0.0)

    def require_what_sums_say(self, linked: LinkedCells, terms: Terms) -> None:
        """What one sum alone demands: no hidden cell stands alone in it, and its parts can make up its width.

        Nor does a primary cell stand alone beside the cells of one lone person.
        """
        person = np.full(len(linked.values), -1)
        for number, own in enumerate(terms.lone_persons):
            person[own] = number
        for total, parts in linked.each_sum():
            cells = np.append(total, parts)
            given = cells[self.is_given[cells]]
            if not len(given):
                continue
            self._require_room(linked, cells, float(terms.protection[given].max()))
            if len(given) == 1 or self._tells(person[given], terms.kept_from_them[given] > 0):
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

    def cheapest(self) -> Flags | None:
        """The cheapest cells that meet all conditions known so far; None where the search takes too long."""
        if self._programme.solve():
            chosen: Flags = self._programme.amounts > 0.5
            return chosen
        if self._programme.status == "Infeasible":
            raise_not_protected(int(self.is_given.sum()))
        return None

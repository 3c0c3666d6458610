"""A release → the tightest interval that anyone can derive for every hidden cell.

The attack uses nothing but what is published: the cells that are shown, the sums that bind them, and that nothing
is negative. Whole numbers are used as such: an interval of counts is rounded inwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import TableInvalid
from guzar.protect.adversary import EXACT, Adversary, what_is_known
from guzar.protect.linked_cells import LinkedCells, totals_of
from guzar.protect.programmes import ENDLESS, Floats, Programme


@dataclass(frozen=True)
class Intervals:
    """What can be derived for each hidden cell: bounds, both included; an upper bound of infinity is none."""

    cells: NDArray[np.int64]
    lower: Floats
    upper: Floats
    programmes: int

    def width(self) -> Floats:
        """Upper less lower bound."""
        return self.upper - self.lower


def derive_intervals(
    linked: LinkedCells,
    is_hidden: NDArray[np.bool_],
    *,
    known: tuple[Floats, Floats] | None = None,
    whole_numbers: bool = True,
    wide_enough: float = np.inf,
    step: Callable[[], None] = lambda: None,
) -> Intervals:
    """The tightest interval of every hidden cell; values of hidden cells are not used.

    `known` are bounds of every cell that the release tells as well (quantiles, the greatest noise), if any. A cell
    whose interval is seen to be `wide_enough` is not followed further: its bounds are then those of worlds met, and
    nobody derives narrower ones. `step` is called once per cell. Refused (TableInvalid): what is published does not
    add up.
    """
    least, most = what_is_known(linked.values, is_hidden)
    if known is not None:
        least, most = np.maximum(least, known[0]), np.minimum(most, known[1])
    world = find_possible_world(linked.sums, least, most)
    if not (least < most).any():
        cells = np.flatnonzero(is_hidden)
        return Intervals(cells, world[cells], world[cells], 0)
    adversary = Adversary(world, linked.sums, least, most, whole_numbers=whole_numbers)
    lowest, highest = outer_bounds(linked.sums, least, most)
    adversary.look_around(np.full(len(adversary.cells), wide_enough), times=6)
    _follow_each(adversary, lowest[adversary.cells], highest[adversary.cells], wide_enough, step)
    lower, upper = world.copy(), world.copy()
    lower[adversary.cells] += adversary.lower
    upper[adversary.cells] += np.where(adversary.upper >= adversary.farthest - EXACT, np.inf, adversary.upper)
    if whole_numbers:
        lower, upper = np.ceil(lower - EXACT) + 0.0, np.floor(upper + EXACT)  # no minus nought
    cells = np.flatnonzero(is_hidden)
    return Intervals(cells, lower[cells], upper[cells], adversary.programmes)


def _follow_each(
    adversary: Adversary, lowest: Floats, highest: Floats, wide_enough: float, step: Callable[[], None]
) -> None:
    """Ask for the least and the most of every cell, unless it is known to be wide enough, or as wide as can be."""
    wish = np.zeros(len(adversary.cells))
    for position in range(len(adversary.cells)):
        for direction in (1.0, -1.0):
            if adversary.width()[position] >= wide_enough:
                break
            met, bound = (adversary.upper, highest) if direction > 0 else (adversary.lower, lowest)
            if abs(adversary.own[position] + met[position] - bound[position]) > EXACT:
                wish[position] = direction
                adversary.meet(wish)
                wish[position] = 0.0
        step()


def find_possible_world(sums: sparse.csr_array, least: Floats, most: Floats) -> Floats:
    """Values of all cells that fit what is known of each.

    Refused (TableInvalid) where there is none: the published cells do not add up, or one is negative.
    """
    hidden = np.flatnonzero(least < most)
    shown = np.where(least < most, 0.0, least)
    rest = sums @ shown
    own = sparse.csc_array(sums[:, hidden])
    programme = Programme(
        own,
        cost=np.zeros(len(hidden)),
        lower=least[hidden],
        upper=np.minimum(most[hidden], ENDLESS),
        must_be=-rest,
    )
    # A sum without a hidden cell is no condition on the hidden ones: it holds or it does not.
    free = np.asarray(abs(own).sum(axis=1)).ravel() == 0
    adds_up = (shown >= 0).all() and (least <= most).all() and (np.abs(rest[free]) <= EXACT).all()
    if not adds_up or (len(hidden) and not programme.solve()):
        raise_does_not_add_up(len(least) - len(hidden), len(hidden))
    world = shown.copy()
    if len(hidden):
        world[hidden] = np.clip(programme.amounts, least[hidden], most[hidden])
    return world


def raise_does_not_add_up(shown: int, hidden: int) -> NoReturn:
    """Refuse a release that no counts fit."""
    raise TableInvalid(
        "The published cells do not add up: no counts fit them.",
        where="{shown} published and {hidden} hidden cells",
        expected="margins that are the sums of their parts, and nothing negative",
        do="Check the table: a number is wrong or was perturbed, or groups of codes lack their --hierarchy file.",
        shown=shown,
        hidden=hidden,
    )


def outer_bounds(
    sums: sparse.csr_array, least: Floats, most: Floats, *, rounds: int = 10
) -> tuple[Floats, Floats]:
    """Bounds that follow from one sum at a time, again and again: cheap, and often tight already."""
    lower, upper = least.copy(), most.copy()
    plus, minus = sums.maximum(0), (-sums).maximum(0)
    totals = totals_of(sums)
    for _ in range(rounds):
        before = (lower.copy(), upper.copy())
        _bound_totals(lower, upper, minus, totals)
        _bound_parts(lower, upper, plus, minus, totals)
        if np.array_equal(before[0], lower) and np.array_equal(before[1], upper):
            break
    return lower, upper


def _bound_totals(lower: Floats, upper: Floats, parts: sparse.csr_array, totals: NDArray[np.int64]) -> None:
    """A total lies between the sums of its parts' bounds."""
    np.maximum.at(lower, totals, parts @ lower)
    np.minimum.at(upper, totals, parts @ upper)


def _bound_parts(
    lower: Floats, upper: Floats, plus: sparse.csr_array, parts: sparse.csr_array, totals: NDArray[np.int64]
) -> None:
    """A part lies between the total's bounds less the other parts' bounds."""
    rows = np.repeat(np.arange(parts.shape[0]), np.diff(parts.indptr))
    cells = parts.indices
    finite = np.where(np.isfinite(upper), upper, 0.0)
    endless = parts @ (~np.isfinite(upper)).astype(float)
    others_upper = (parts @ finite)[rows] - finite[cells]
    others_endless = endless[rows] - (~np.isfinite(upper[cells]))
    others_lower = (parts @ lower)[rows] - lower[cells]
    np.minimum.at(upper, cells, upper[totals][rows] - others_lower)
    least = np.where(others_endless > 0, -np.inf, lower[totals][rows] - others_upper)
    np.maximum.at(lower, cells, least)

"""Two releases of the same persons → what somebody learns who lays one beside the other.

Three cases. The same counts under another threshold, or by another breakdown: whoever reads both knows every cell
that one of them shows, so both are attacked as one release. A correction: some counts changed; a small change is a
small group of persons, so nobody may see one, and cells that both releases hide must not become known to somebody who
believes that the correction changed as little as what is seen allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import TableInvalid
from guzar.protect.adversary import EXACT, Adversary
from guzar.protect.attack import find_possible_world, raise_does_not_add_up
from guzar.protect.linked_cells import LinkedCells, place_tables
from guzar.protect.programmes import ENDLESS, Floats, Programme
from guzar.protect.released_cells import ReleasedTable

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TwoEditions:
    """The same cells in an earlier and a later release: counts, NaN where one of them does not show the cell."""

    linked: LinkedCells  # the cells of both, and their sums; values are not used
    earlier: Floats
    later: Floats

    @property
    def change(self) -> Floats:
        """How much each cell changed, where both show it; NaN elsewhere."""
        return self.later - self.earlier

    @cached_property
    def is_correction(self) -> bool:
        """Whether the counts behind the two differ: in a cell that both show, or because no counts fit both."""
        if (np.abs(np.nan_to_num(self.change)) > EXACT).any():
            return True
        known = np.where(np.isnan(self.later), self.earlier, self.later)
        unknown = np.isnan(known)
        try:
            find_possible_world(
                self.linked.sums, np.where(unknown, 0.0, known), np.where(unknown, np.inf, known)
            )
        except TableInvalid:
            return True
        return False

    def small_changes(self, minimum: float) -> Flags:
        """Cells whose visible change is a group of persons smaller than the minimum."""
        moved = np.abs(np.nan_to_num(self.change))
        small: Flags = (moved > EXACT) & (moved < minimum)
        return small


def lay_side_by_side(earlier: Mapping[str, ReleasedTable], later: Mapping[str, ReleasedTable]) -> TwoEditions:
    """The cells of two releases, each once; a cell is the same where its codes are, whichever table holds it."""
    tables = {f"earlier {name}": table for name, table in earlier.items()}
    tables |= {f"later {name}": table for name, table in later.items()}
    linked = place_tables({name: table.dimensions for name, table in tables.items()})
    known = {"earlier": np.full(len(linked.values), np.nan), "later": np.full(len(linked.values), np.nan)}
    for placed, (name, table) in zip(linked.tables, tables.items(), strict=True):
        values = known[name.split(" ", 1)[0]]
        values[placed.cells] = np.where(np.isnan(table.counts), values[placed.cells], table.counts)
    return TwoEditions(linked, known["earlier"], known["later"])


@dataclass(frozen=True)
class CorrectionAttack:
    """Bounds of the counts that a correction leaves hidden, for somebody who believes that it changed little.

    `cells` are hidden in both releases; `lower` and `upper` bound their later counts. `told` are cells, hidden in one
    of the two, whose change is known to be a small group.
    """

    cells: NDArray[np.int64]
    lower: Floats
    upper: Floats
    told: NDArray[np.int64]

    def gives_away(self, *, minimum: float, protection: float) -> NDArray[np.bool_]:
        """Which cells become known too closely as a small group; a large count known better is no disclosure."""
        may_be_small = (self.lower < minimum) & (self.upper > 0)
        found: NDArray[np.bool_] = may_be_small & (self.upper - self.lower < protection - EXACT)
        return found


def attack_correction(editions: TwoEditions, *, minimum: float) -> CorrectionAttack:
    """What can be worked out from an earlier release and its correction.

    The adversary takes the smallest total change of inner cells that explains both releases, and asks what is
    possible under it. Refused (TableInvalid): a release that does not add up.
    """
    cells = np.flatnonzero(np.isnan(editions.earlier) | np.isnan(editions.later))
    both = np.flatnonzero(np.isnan(editions.earlier[cells]) & np.isnan(editions.later[cells]))
    if not len(cells):
        return CorrectionAttack(cells, np.zeros(0), np.zeros(0), cells)
    unknown = _describe_unknown(editions, cells)
    adversary = Adversary(unknown.world, unknown.sums, unknown.least, unknown.most)
    number = len(cells)
    bounds = [_bounds_of(adversary, unknown.world, {number + int(at): 1.0}) for at in both]
    once = np.setdiff1d(np.arange(number), both)
    changes = [_bounds_of(adversary, unknown.world, {number + int(at): 1.0, int(at): -1.0}) for at in once]
    told = [at for at, (low, high) in zip(once, changes, strict=True) if _is_small_group(low, high, minimum)]
    lower, upper = np.array(bounds).reshape(-1, 2).T
    return CorrectionAttack(cells[both], np.ceil(lower - EXACT) + 0.0, np.floor(upper + EXACT), cells[told])


@dataclass(frozen=True)
class _Unknown:
    """What the adversary does not know: earlier and later counts of each cell, its rise and its fall, and a rest.

    One row of amounts in this order; the rest is how much less than the smallest total change a world changes.
    """

    world: Floats
    sums: sparse.csr_array
    least: Floats
    most: Floats


def _describe_unknown(editions: TwoEditions, cells: NDArray[np.int64]) -> _Unknown:
    number = len(cells)
    own = sparse.csr_array(editions.linked.sums[:, cells])
    one = sparse.eye_array(number)
    inner = sparse.csr_array(editions.linked.is_inner[cells].astype(float)[None, :])
    sums = sparse.block_array(
        [
            [own, None, None, None, None],
            [None, own, None, None, None],
            [-one, one, -one, one, None],
            [None, None, inner, inner, np.ones((1, 1))],
        ],
        format="csr",
    )
    must_be = [
        -(editions.linked.sums @ _only_known(each, cells)) for each in (editions.earlier, editions.later)
    ]
    known = np.concatenate([editions.earlier[cells], editions.later[cells], np.full(2 * number + 1, np.nan)])
    least, most = np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), np.inf, known)
    # The smallest change first: without the last row, whose right-hand side it is.
    weight = np.concatenate([np.zeros(2 * number), inner.toarray()[0], inner.toarray()[0], [0.0]])
    programme = Programme(
        sparse.csc_array(sums[:-1]),
        cost=weight,
        lower=least,
        upper=np.minimum(most, ENDLESS),
        must_be=np.concatenate([*must_be, np.zeros(number)]),
    )
    if not programme.solve():
        raise_does_not_add_up(len(editions.earlier) - number, number)
    world = programme.amounts
    world[-1] = 0.0
    return _Unknown(world, sparse.csr_array(sums), least, most)


def _only_known(values: Floats, cells: NDArray[np.int64]) -> Floats:
    """Values of the cells that both releases show; nought for the others."""
    shown = np.nan_to_num(values)
    shown[cells] = 0.0
    return shown


def _bounds_of(adversary: Adversary, world: Floats, amounts: Mapping[int, float]) -> tuple[float, float]:
    """The least and the greatest value of a sum of amounts over all possible worlds."""
    place = {int(cell): at for at, cell in enumerate(adversary.cells)}
    own = sum(weight * world[at] for at, weight in amounts.items())
    wish = np.zeros(len(adversary.cells))
    for at, weight in amounts.items():
        if at in place:
            wish[place[at]] = weight
    reach = []
    for direction in (-1.0, 1.0):
        adversary.meet(direction * wish)
        reach.append(float(wish @ adversary.last))
    endless = reach[1] >= adversary.farthest - EXACT
    return own + reach[0], np.inf if endless else own + reach[1]


def _is_small_group(low: float, high: float, minimum: float) -> bool:
    """Whether a change is known to be more than nobody and fewer than the minimum."""
    surely = low > EXACT or high < -EXACT
    return surely and max(abs(low), abs(high)) < minimum - EXACT

"""LinkedCells, cells that a rule refuses → the cells to hide, so that none of them can be worked out.

The cheapest set of cells is found by cutting planes: choose the cheapest set that meets all conditions known; let
the adversary look for a hidden cell that it derives too tightly; what proves it is a new condition; again, until
the adversary finds nothing. Conditions that follow from one sum alone are known at the start.

After M. Fischetti and J. J. Salazar (2000), JASA 95: 916-928, with sliding protection: the interval that the
adversary derives for a hidden cell must be at least `protection` wide, wherever it lies.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.adversary import EXACT, Adversary, Worlds
from guzar.protect.linked_cells import LinkedCells


@dataclass(frozen=True)
class Suppression:
    """Which cells are hidden, by rule (primary) or to protect those (secondary)."""

    is_primary: NDArray[np.bool_]
    is_hidden: NDArray[np.bool_]
    rounds: int
    programmes: int
    is_cheapest: bool

    @property
    def is_secondary(self) -> NDArray[np.bool_]:
        """Hidden to protect another cell."""
        return self.is_hidden & ~self.is_primary


def suppress_cells(
    linked: LinkedCells,
    is_primary: NDArray[np.bool_],
    *,
    protection: NDArray[np.float64],
    cost: NDArray[np.float64],
    may_hide: NDArray[np.bool_],
) -> Suppression:
    """The cheapest cells to hide, so that every hidden cell's interval is at least as wide as its protection."""
    choice = _Choice(cost, is_primary, may_hide)
    choice.require_from_single_sums(linked, is_primary, protection)
    worlds, rounds, programmes = Worlds(len(cost)), 0, 0
    if not is_primary.any():
        return Suppression(is_primary, is_primary.copy(), 0, 0, True)
    is_hidden = choice.cheapest()
    while True:
        rounds += 1
        adversary = Adversary(linked.values, linked.sums, is_hidden, worlds)
        needed = protection[adversary.cells]
        adversary.look_around(needed, times=6)
        found = 0
        for position, prices in adversary.find_tight(needed):
            choice.require(_condition(linked, adversary, position, prices, needed[position]), adversary.cells[position], needed[position])
            found += 1
        programmes += adversary.programmes
        if not found:
            return Suppression(is_primary, is_hidden, rounds, programmes, True)
        is_hidden = choice.cheapest()


def _condition(linked: LinkedCells, adversary: Adversary, position: int, prices: NDArray[np.float64], needed: float) -> NDArray[np.float64]:
    """How much wider each cell would make the derived interval if it were hidden: the dual's reduced gain per cell."""
    gain = np.zeros(len(linked.values))
    for price, direction in zip(prices, (1.0, -1.0), strict=True):
        slope = -(linked.sums[adversary.rows].T @ price)
        slope[adversary.cells[position]] += direction
        slope[np.abs(slope) < 1e-9] = 0.0
        gain += np.where(slope > 0, slope * adversary.farthest, -slope * linked.values)
    gain[adversary.cells[position]] = 0
    return np.minimum(gain, needed)


class _Choice:
    """The choice of cells as an integer programme that grows by conditions."""

    def __init__(self, cost: NDArray[np.float64], is_primary: NDArray[np.bool_], may_hide: NDArray[np.bool_]) -> None:
        self.is_primary = is_primary
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(cost), 0
        model.col_cost_ = cost
        model.col_lower_ = is_primary.astype(float)
        model.col_upper_ = (is_primary | may_hide).astype(float)
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.zeros(1, dtype=np.int64)
        self._solver = highspy.Highs()
        for option, value in {"output_flag": False, "mip_rel_gap": 0.0}.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)

    def require(self, gain: NDArray[np.float64], cell: int, needed: float) -> None:
        """Where the cell is hidden, others must be hidden whose gains add up to what it needs."""
        cells = np.flatnonzero(gain > 1e-9)
        gains = gain[cells]
        floor = needed
        if not self.is_primary[cell]:
            cells, gains, floor = np.append(cells, cell), np.append(gains, -needed), 0.0
        self._solver.addRow(float(floor), highspy.kHighsInf, len(cells), cells.astype(np.int32), gains)

    def require_from_single_sums(self, linked: LinkedCells, is_primary: NDArray[np.bool_], protection: NDArray[np.float64]) -> None:
        sums = linked.sums
        for row in range(sums.shape[0]):
            cells = sums.indices[sums.indptr[row]:sums.indptr[row + 1]]
            signs = sums.data[sums.indptr[row]:sums.indptr[row + 1]]
            prim = cells[is_primary[cells]]
            if not len(prim):
                continue
            needed = protection[prim].max()
            if signs[0] > 0 and not is_primary[cells[0]]:
                gains = np.minimum(linked.values[cells], needed)
                gains[0] = needed
                if gains[is_primary[cells]].sum() < needed:
                    keep = gains > 0
                    self._solver.addRow(float(needed), highspy.kHighsInf, int(keep.sum()), cells[keep].astype(np.int32), gains[keep])
            if len(prim) == 1:
                others = cells[cells != prim[0]]
                others = others[(linked.values[others] > 0)]
                self._solver.addRow(1.0, highspy.kHighsInf, len(others), others.astype(np.int32), np.ones(len(others)))

    def cheapest(self) -> NDArray[np.bool_]:
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise MethodNotApplicable(
                "No choice of cells protects this table.",
                where="{primary} cells are refused by a rule",
                expected="cells that may be hidden beside them",
                do="Allow more cells to be hidden, ask for less protection, or use broader groups.",
                primary=int(self.is_primary.sum()),
            )
        return np.array(self._solver.getSolution().col_value) > 0.5

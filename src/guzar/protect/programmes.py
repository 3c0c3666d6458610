"""Linear and integer programmes, solved by HiGHS. Only here does guzar speak to the solver.

J. Huangfu and J. A. J. Hall (2018), Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10: 119-142.
"""

from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
ENDLESS = highspy.kHighsInf
# Only the objective changes between two questions of an adversary: the last vertex stays feasible, and the primal
# simplex method goes on from there. The first vertex is found faster by the solver's own way, which first makes the
# programme smaller.
FROM_VERTEX_TO_VERTEX: Mapping[str, bool | int | float | str] = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 4,
}


class Programme:
    """Least cost (or greatest gain) of amounts within bounds, such that `sums @ amounts` is what it must be."""

    def __init__(
        self,
        sums: sparse.csc_array,
        *,
        cost: Floats,
        lower: Floats,
        upper: Floats,
        must_be: Floats,
        maximise: bool = False,
        whole_numbers: bool = False,
        options: Mapping[str, bool | int | float | str] | None = None,
        then: Mapping[str, bool | int | float | str] | None = None,
    ) -> None:
        """`options` of the solver hold from the start, `then` from the second question on."""
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = sums.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
        model.row_lower_ = model.row_upper_ = must_be
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = (
            sums.indptr,
            sums.indices,
            sums.data,
        )
        if maximise:
            model.sense_ = highspy.ObjSense.kMaximize
        if whole_numbers:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in {"output_flag": False, **(options or {})}.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(model)
        self.steps = 0  # of the simplex method, over all questions: the same on every machine, unlike seconds
        self._then = dict(then or {})

    def set_cost(self, cost: Floats) -> None:
        """Ask another question about the same amounts."""
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def set_bounds(self, amounts: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Let some amounts lie between other bounds."""
        self._highs.changeColsBounds(len(amounts), amounts.astype(np.int32), lower, upper)

    def set_costs(self, amounts: NDArray[np.int64], cost: Floats) -> None:
        """Let some amounts cost something else."""
        self._highs.changeColsCost(len(amounts), amounts.astype(np.int32), cost)

    def require(self, cells: NDArray[np.int64], weights: Floats, least: float) -> None:
        """One more condition: the weighted sum of some amounts is at least so much."""
        self._highs.addRow(float(least), ENDLESS, len(cells), cells.astype(np.int32), weights)

    def solve(self) -> bool:
        """Whether the best amounts were found."""
        self._highs.run()
        self.steps += int(self._highs.getInfo().simplex_iteration_count)
        while self._then:
            self._highs.setOptionValue(*self._then.popitem())
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    @property
    def found_some(self) -> bool:
        """Whether amounts were found that meet all conditions, the best ones or not."""
        feasible = highspy.SolutionStatus.kSolutionStatusFeasible
        return bool(self._highs.getInfo().primal_solution_status == feasible)

    @property
    def status(self) -> str:
        """What the solver says of its last run."""
        return str(self._highs.modelStatusToString(self._highs.getModelStatus()))

    @property
    def amounts(self) -> Floats:
        """The amounts of the last solution."""
        return np.array(self._highs.getSolution().col_value, dtype=np.float64)

    @property
    def prices(self) -> Floats:
        """What one more unit of each sum would change: the dual solution."""
        return np.array(self._highs.getSolution().row_dual, dtype=np.float64)

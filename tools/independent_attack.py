"""An attack on a release by other code than guzar's: sums written out anew, two programmes per cell by scipy.

Only for measuring protection. It knows the released rows and the hierarchies, and uses nothing of guzar.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

TOTAL = "_T"
EXACT = 1e-6

Cell = tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """What is published, by cell (None where it is hidden), and the conditions on the hidden cells."""

    shown: Mapping[Cell, float | None]
    hidden: list[Cell]
    sums: sparse.csr_array
    must_be: NDArray[np.float64]
    at_least: float  # what every hidden cell is known to hold

    def interval(self, cell: Cell, known: Mapping[Cell, float] | None = None) -> tuple[float, float]:
        """The least and the greatest count possible for a hidden cell, for somebody who knows some others.

        Rounded inwards to whole numbers; infinity where there is no upper bound.
        """
        at = {each: place for place, each in enumerate(self.hidden)}
        bounds = np.tile([self.at_least, np.inf], (len(self.hidden), 1))
        for each, value in (known or {}).items():
            bounds[at[each]] = value
        wish = np.zeros(len(self.hidden))
        wish[at[cell]] = 1.0
        least = self._best(wish, bounds)
        most = self._best(-wish, bounds)
        return float(np.ceil(least - EXACT)) + 0.0, float(np.floor(-most + EXACT))

    def _best(self, wish: NDArray[np.float64], bounds: NDArray[np.float64]) -> float:
        found = linprog(wish, A_eq=self.sums, b_eq=self.must_be, bounds=bounds, method="highs")
        if found.status == 3:  # unbounded
            return -np.inf
        if found.status != 0:
            raise RuntimeError(f"the independent programme was not solved: {found.message}")
        return float(found.fun)


def read(
    rows: pl.DataFrame,
    dimensions: Sequence[str],
    count: str,
    hierarchies: Mapping[str, list[pl.DataFrame]],
    at_least: float,
) -> Release:
    """The release as conditions on its hidden cells."""
    shown = {tuple(row[:-1]): row[-1] for row in rows.select(*dimensions, count).iter_rows()}
    hidden = [cell for cell, value in shown.items() if value is None]
    place = {cell: at for at, cell in enumerate(hidden)}
    at_row: list[int] = []
    at_column: list[int] = []
    weights: list[float] = []
    must_be: list[float] = []
    for total, parts in _sums(shown, dimensions, hierarchies):
        unknown = [
            (cell, weight) for cell, weight in ((total, 1.0), *((p, -1.0) for p in parts)) if cell in place
        ]
        if not unknown:
            continue
        at_row += [len(must_be)] * len(unknown)
        at_column += [place[cell] for cell, _ in unknown]
        weights += [weight for _, weight in unknown]
        must_be.append(sum(shown[part] or 0.0 for part in parts) - (shown[total] or 0.0))
    sums = sparse.csr_array((weights, (at_row, at_column)), shape=(len(must_be), len(hidden)))
    return Release(shown, hidden, sums, np.array(must_be, dtype=float), at_least)


def _sums(
    shown: Mapping[Cell, float | None],
    dimensions: Sequence[str],
    hierarchies: Mapping[str, list[pl.DataFrame]],
) -> Iterable[tuple[Cell, list[Cell]]]:
    """Every sum of the table: a total cell and its parts, along one dimension."""
    for axis, name in enumerate(dimensions):
        codes = {cell[axis] for cell in shown}
        trees = [dict(each.iter_rows()) for each in hierarchies.get(name, [])]
        for tree in trees or [dict.fromkeys(codes - {TOTAL}, TOTAL)]:
            children = defaultdict(list)
            for code, parent in tree.items():
                children[parent].append(code)
            for cell in shown:
                if cell[axis] in children:
                    yield (
                        cell,
                        [(*cell[:axis], child, *cell[axis + 1 :]) for child in children[cell[axis]]],
                    )

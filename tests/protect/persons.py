"""Made-up persons for tests of the room protect, and an attack of its own to compare with."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.optimize import linprog

from guzar.protect.linked_cells import LinkedCells


def make_persons(seed: int, number: int, **codes: int) -> pl.DataFrame:
    """Persons with a code in each dimension; low codes are common, high ones rare."""
    random = np.random.default_rng(seed)
    columns = {}
    for name, many in codes.items():
        weights = 1 / np.arange(1, many + 1) ** 1.7
        columns[name] = random.choice(many, number, p=weights / weights.sum()).astype(str)
    return pl.DataFrame(columns)


def count_persons(persons: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """One row per cell that is not empty."""
    return persons.group_by(list(by)).agg(persons=pl.len()).sort(list(by))


def possible_values(
    linked: LinkedCells, is_hidden: np.ndarray, cell: int, fixed: Sequence[int] = ()
) -> tuple[float, float]:
    """Least and greatest value of a hidden cell, by SciPy's own linear programmes; `fixed` cells are known as well."""
    sums = linked.sums.toarray()
    free = is_hidden.copy()
    free[list(fixed)] = False
    bounds = [
        (0, None) if hidden else (value, value) for hidden, value in zip(free, linked.values, strict=True)
    ]
    ends = []
    for sign in (1.0, -1.0):
        wish = np.zeros(len(linked.values))
        wish[cell] = sign
        solved = linprog(wish, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs")
        ends.append(np.inf if solved.status == 3 else sign * solved.fun)
    return float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6)) if np.isfinite(ends[1]) else np.inf

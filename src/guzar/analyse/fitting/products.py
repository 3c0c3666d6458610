"""Products of tables of a few hundred areas, on one thread: on so little, threads of a linear-algebra library only wait for each
other when the machine is busy. Cells that are 0 are passed over; most of a stock table is."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@njit(cache=True, nogil=True)
def multiply_transposed(left: Numbers, right: Numbers) -> Numbers:
    """leftᵀ · right: of tables with the same rows, over which it adds up."""
    product = np.zeros((left.shape[1], right.shape[1]))
    for row in range(left.shape[0]):
        for i in range(left.shape[1]):
            factor = left[row, i]
            if factor != 0.0:
                product[i] += factor * right[row]
    return product


def add_up_rows(weights: Numbers, table: Numbers) -> Numbers:
    """Σ_i weights[i] · table[i, ·]."""
    return np.asarray(np.einsum("i,ij->j", weights, table))


def add_up_columns(table: Numbers, weights: Numbers) -> Numbers:
    """Σ_j table[·, j] · weights[j]."""
    return np.asarray(np.einsum("ij,j->i", table, weights))

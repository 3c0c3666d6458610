"""A symmetric system of many small blocks and a border that they share → its solution and its inverse where it is needed.

Corridors are independent of each other given what they share: slopes, biases of reporters, net totals. So the matrix is an arrow:
blocks of years on the diagonal, a border of shared columns. Blocks are eliminated exactly, all at once; what is left is a dense
system as large as the border (Schur complement). Each block touches few columns of the border, and only these are stored.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Arrow:
    """Solved blocks (inverse of each), blocks times border, the border's columns by block, and the inverse of what is left."""

    inverse: Numbers  # blocks × size × size
    lean: Numbers  # blocks × size × columns: inverse times border
    border: Numbers
    columns: Places  # blocks × columns; the size of the border stands for none
    left: Numbers  # inverse of the Schur complement


def solve_arrow(blocks: Numbers, border: Numbers, columns: Places, corner: Numbers) -> Arrow:
    """Eliminate the blocks. `corner` is the border's own part; net totals make it indefinite, which is as it must be."""
    inverse = np.asarray(np.linalg.inv(blocks), np.float64)
    lean = inverse @ border
    taken = np.swapaxes(border, 1, 2) @ lean
    size = len(corner) + 1
    at = columns[:, :, None] * size + columns[:, None, :]
    sums = np.bincount(at.ravel(), taken.ravel(), minlength=size * size).reshape(size, size)[:-1, :-1]
    left = corner - sums
    return Arrow(inverse, lean, border, columns, np.asarray(np.linalg.inv(0.5 * (left + left.T)), np.float64))


def solve_for(arrow: Arrow, blocks: Numbers, corner: Numbers) -> tuple[Numbers, Numbers]:
    """The solution in blocks and border for right-hand sides of both."""
    pulled = np.einsum("cdk,cd->ck", arrow.lean, blocks)
    size = len(corner)
    shared = np.bincount(arrow.columns.ravel(), pulled.ravel(), minlength=size + 1)[:-1]
    found = arrow.left @ (corner - shared)
    local = np.append(found, 0.0)[arrow.columns]
    within = np.einsum("cde,ce->cd", arrow.inverse, blocks)
    return within - np.einsum("cdk,ck->cd", arrow.lean, local), found


def shared_covariance(arrow: Arrow) -> Numbers:
    """By block: the covariance of its own columns of the border."""
    size = len(arrow.left)
    padded = np.zeros((size + 1, size + 1))
    padded[:size, :size] = arrow.left
    return np.asarray(padded[arrow.columns[:, :, None], arrow.columns[:, None, :]])

"""Where a cell stands in its tables, and which cells are near it: parts of a large table that are searched first.

Near a cell are the cells whose codes are its own, codes that share a total with one of these or are parts of it, and
all their totals: a small table that adds up by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.protect.dimensions import Dimension
from guzar.protect.linked_cells import CountTable, LinkedCells

Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]


class Neighbourhoods:
    """Finds the cells near a cell of linked tables."""

    def __init__(self, linked: LinkedCells) -> None:
        self._tables = [_TablePlaces.of(table) for table in linked.tables]

    def near(self, cell: int, neighbours: int, is_hidden: Flags, may_move: Flags) -> Cells:
        """The cells near one cell, in all tables, with so many neighbours of each of its codes."""
        return np.unique(
            np.concatenate([table.near(cell, neighbours, is_hidden, may_move) for table in self._tables])
        )


@dataclass(frozen=True)
class _TablePlaces:
    """Where a linked cell stands in a table, and which codes belong together in each dimension."""

    cells: NDArray[np.int64]
    place: dict[int, int]
    codes: tuple[tuple["_Relatives", ...], ...]  # per dimension and code

    @staticmethod
    def of(table: CountTable) -> "_TablePlaces":
        place = {int(cell): at for at, cell in enumerate(table.cells.ravel())}
        return _TablePlaces(table.cells, place, tuple(_relatives(each) for each in table.dimensions))

    def near(self, cell: int, neighbours: int, is_hidden: Flags, may_move: Flags) -> Cells:
        """The cells of a part of the table around a cell.

        Of its neighbours those come first that may move in the cell's own row, and of these those with most hidden cells.
        """
        if cell not in self.place:
            return np.zeros(0, dtype=np.int64)
        index = np.unravel_index(self.place[cell], self.cells.shape)
        hidden = is_hidden[self.cells]
        codes = []
        for axis, at in enumerate(index):
            others = tuple(each for each in range(hidden.ndim) if each != axis)
            own_row = self.cells[
                tuple(slice(None) if each == axis else index[each] for each in range(hidden.ndim))
            ]
            rank = hidden.sum(axis=others) + hidden.size * may_move[own_row]
            codes.append(self._codes_near(axis, int(at), neighbours, rank))
        found: Cells = self.cells[np.ix_(*codes)].ravel()
        return found

    def _codes_near(self, axis: int, at: int, neighbours: int, rank: NDArray[np.int64]) -> Cells:
        """A code, some codes that share a total with it or are parts of it, those that close the circle, all totals."""
        relatives = self.codes[axis]

        def best(codes: Cells) -> Cells:
            return codes[np.argsort(-rank[codes], kind="stable")[:neighbours]]

        own = relatives[at]
        chosen = np.concatenate([[at], best(own.beside), best(own.below)])
        held = np.unique(np.concatenate([relatives[code].above for code in chosen]))
        closing = [
            code
            for code, each in enumerate(relatives)
            if not len(each.below) and len(each.above) and np.isin(each.above, held).all()
        ]
        near = np.concatenate([chosen, own.beside, own.below])
        chosen = np.append(chosen, best(np.setdiff1d(np.array(closing, dtype=np.int64), near)))
        return np.unique(np.concatenate([chosen, *(relatives[code].above for code in chosen)]))


@dataclass(frozen=True)
class _Relatives:
    """Of one code: the codes that share a total with it directly, its totals and its inner parts at all levels."""

    beside: Cells
    above: Cells
    below: Cells


def _relatives(dimension: Dimension) -> tuple[_Relatives, ...]:
    count = len(dimension.codes)
    totals: list[set[int]] = [set() for _ in range(count)]
    parts: list[set[int]] = [set() for _ in range(count)]
    for each in dimension.sums:
        for part in each.parts:
            totals[part].add(each.total)
            parts[each.total].add(part)
    beside = [
        {other for other in range(count) if other != code and totals[other] & totals[code]}
        for code in range(count)
    ]
    below = [{one for one in _reach(code, parts) if not parts[one]} for code in range(count)]
    above = [_reach(code, totals) for code in range(count)]
    return tuple(
        _Relatives(*(np.array(sorted(codes), dtype=np.int64) for codes in each))
        for each in zip(beside, above, below, strict=True)
    )


def _reach(code: int, steps: Sequence[set[int]]) -> set[int]:
    """All codes that can be reached from one code, step by step."""
    found, waiting = set[int](), list(steps[code])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += steps[one]
    return found

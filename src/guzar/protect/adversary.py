"""The adversary: someone who knows every published cell and every sum, and works out the hidden ones.

Any way to fill the hidden cells so that all sums hold and nothing is negative is a *possible world*. The adversary
knows a hidden cell as tightly as its values over all possible worlds: two linear programmes per cell. Every world
met on the way says something about all cells at once, so most cells need no programme of their own.

After M. Fischetti and J. J. Salazar (2000), Models and algorithms for optimizing cell suppression in tabular data
with linear constraints, JASA 95: 916-928.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.programmes import FROM_VERTEX_TO_VERTEX, Floats, Programme

EXACT = 1e-6  # counts are whole numbers: nothing smaller means anything
FEW = 40  # cells
SEED = 20261122  # which worlds are looked at first; no result depends on it


@dataclass
class Worlds:
    """Possible worlds met so far, as moves away from the true counts: one row per world, one column per cell.

    A move stays possible for as long as every cell that it moves is hidden.
    """

    cells: int
    moves: list[tuple[NDArray[np.int64], Floats]] = field(default_factory=list)

    def add(self, cells: NDArray[np.int64], move: Floats) -> None:
        """Keep a move, given for some of the cells."""
        moved = np.abs(move) > EXACT
        if moved.any():
            self.moves.append((cells[moved], move[moved]))

    def reach(self, is_hidden: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """How far each cell moves down and up in the worlds that are possible with these cells hidden."""
        lower, upper = np.zeros(self.cells), np.zeros(self.cells)
        for cells, move in self.moves:
            if is_hidden[cells].all():
                lower[cells] = np.minimum(lower[cells], move)
                upper[cells] = np.maximum(upper[cells], move)
        return lower, upper


def what_is_known(
    values: Floats, is_hidden: NDArray[np.bool_], least: Floats | float = 0.0
) -> tuple[Floats, Floats]:
    """Bounds of every cell for someone who reads a release: published, or at least so much (nought, if no more is known)."""
    return np.where(is_hidden, least, values), np.where(is_hidden, np.inf, values)


class Adversary:
    """Solves for the worlds that are possible for someone who knows bounds of every cell and every sum.

    `world` is one possible world: what the cells may hold. `lower` and `upper` are what is known of every cell
    beforehand: the same number where it is published, nought and infinity where it is hidden. Amounts are moves away
    from `world`. One linear programme is kept and only its objective changes, so that each solution starts from the
    one before.
    """

    def __init__(
        self,
        world: Floats,
        sums: sparse.csr_array,
        lower: Floats,
        upper: Floats,
        worlds: Worlds | None = None,
        *,
        whole_numbers: bool = True,
    ) -> None:
        self.whole_numbers = whole_numbers
        self.cells = np.flatnonzero(lower < upper)
        self.worlds = worlds if worlds is not None else Worlds(len(world))
        reach_down, reach_up = self.worlds.reach(lower < upper)
        self.lower, self.upper = reach_down[self.cells], reach_up[self.cells]
        self.farthest = float(10 * world.max(initial=0) + 1_000)  # stands for "without bound"
        self.programmes = 0
        self.last = np.zeros(len(self.cells))  # the world met last
        self.own = world[self.cells]
        own, rows = _rows_of_hidden(sums, self.cells)
        self.sums_over_all = sums[rows].T  # of the sums that hold a hidden cell, with all their cells
        self._down = (lower - world)[self.cells]
        self._up = np.minimum((upper - world)[self.cells], self.farthest)
        self._programme = Programme(
            own,
            cost=np.zeros(len(self.cells)),
            lower=self._down,
            upper=self._up,
            must_be=np.zeros(own.shape[0]),
            maximise=True,
            then=FROM_VERTEX_TO_VERTEX,
        )

    @contextmanager
    def knowing(self, positions: NDArray[np.int64]) -> Iterator[None]:
        """For a while, an insider who knows the values of these cells as well (positions among `cells`).

        Worlds met meanwhile are possible for everybody, but they say nothing new about what an outsider knows.
        """
        nothing = np.zeros(len(positions))
        self._programme.set_bounds(positions, nothing, nothing)
        outsider = self.lower, self.upper
        self.lower, self.upper = np.zeros(len(self.cells)), np.zeros(len(self.cells))
        try:
            yield
        finally:
            self._programme.set_bounds(positions, self._down[positions], self._up[positions])
            self.lower = np.minimum(outsider[0], self.lower)
            self.upper = np.maximum(outsider[1], self.upper)

    @property
    def steps(self) -> int:
        """Steps of the solver so far: what the questions cost."""
        return self._programme.steps

    def find_open(self, needed: Floats, rise: Floats) -> NDArray[np.int64]:
        """The positions of the hidden cells that no world met so far shows to be wide enough."""
        return np.flatnonzero(self._is_open(needed, rise))

    def width(self) -> Floats:
        """How wide each hidden cell is known to be at least, in the order of `cells`.

        Whole numbers are counted as such: between 0.4 and 1.4 there is one, and whoever knows that knows it.
        """
        return self.width_over(np.vstack([self.lower, self.upper]))

    def width_over(self, moves: Floats) -> Floats:
        """How wide each hidden cell is over some worlds (one row each) and the true one."""
        lower, upper = moves.min(axis=0, initial=0.0), moves.max(axis=0, initial=0.0)
        if not self.whole_numbers:
            spread: Floats = upper - lower
            return spread
        width: Floats = np.floor(self.own + upper + EXACT) - np.ceil(self.own + lower - EXACT)
        return width

    def meet(self, wish: Floats) -> Floats:
        """Find the possible world that goes farthest in the direction of a wish; returns the price of each sum.

        The prices are those of the programme's dual, one per row of `rows`.
        """
        self._programme.set_cost(wish)
        self.programmes += 1
        if not self._programme.solve():
            raise MethodNotApplicable(
                "The solver stopped without an answer: {status}.",
                do="Protect the table in parts, for example with one dimension less.",
                status=self._programme.status,
            )
        move = self.last = self._programme.amounts
        self.lower, self.upper = np.minimum(self.lower, move), np.maximum(self.upper, move)
        self.worlds.add(self.cells, move)
        return self._programme.prices

    def look_around(self, needed: Floats, *, times: int) -> None:
        """Meet worlds that move many of the cells that are not yet known to be wide enough, at once."""
        random = np.random.default_rng(SEED)
        for _ in range(times):
            open_ = self.width() < needed - EXACT
            if open_.sum() <= FEW:  # these are asked for one by one, which is quicker
                return
            self.meet(np.where(open_, random.choice([-1.0, 1.0], len(open_)), 0.0))

    def find_tight(self, needed: Floats, rise: Floats | None = None) -> Iterator[tuple[int, Floats]]:
        """Each hidden cell that can be derived more tightly than needed, with what proves it.

        A cell is tight as well where its interval does not reach `rise` above its value. The proof is, per sum, its
        price when the cell goes up and when it goes down (two rows).
        """
        most = np.zeros(len(needed)) if rise is None else rise
        for position in np.flatnonzero(self._is_open(needed, most)):
            wish = np.zeros(len(self.cells))
            prices = []
            for direction in (1.0, -1.0):
                if not self._is_open(needed, most)[position]:
                    break
                wish[position] = direction
                prices.append(self.meet(wish))
            if self._is_open(needed, most)[position]:
                yield int(position), np.array(prices)

    def _is_open(self, needed: Floats, rise: Floats) -> NDArray[np.bool_]:
        """Cells that no world met so far shows to be wide enough."""
        return (self.width() < needed - EXACT) | (self.upper < rise - EXACT)


def _rows_of_hidden(
    sums: sparse.csr_array, cells: NDArray[np.int64]
) -> tuple[sparse.csc_array, NDArray[np.int64]]:
    """The sums that hold a hidden cell, over the hidden cells only, each once; and which rows they are."""
    own = sparse.csr_array(sums[:, cells])
    used = np.flatnonzero(np.diff(own.indptr) > 0)
    random = np.random.default_rng(SEED)
    marks = np.round(own[used] @ random.uniform(1, 2, len(cells)), 9)
    _, first = np.unique(np.abs(marks), return_index=True)
    rows = used[np.sort(first)]
    return sparse.csc_array(own[rows]), rows

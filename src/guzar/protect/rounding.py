"""Controlled rounding: every cell to a neighbouring multiple of a base, so that all sums still hold.

Each cell goes to the multiple below or above it; the sum of all changes is as small as the sums allow. Tables of
three and more dimensions sometimes have no such rounding: then single cells may go one multiple further, and the
result says how many did.

After L. H. Cox (1987), A constructive procedure for unbiased controlled rounding, JASA 82: 520-524, as an integer
programme.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.programmes import Programme

FARTHER_COSTS = 100.0  # going one multiple further weighs as much as a hundred ordinary changes


@dataclass(frozen=True)
class Rounding:
    """Rounded values of every cell, and how many cells went further than the neighbouring multiple."""

    values: NDArray[np.float64]
    gone_further: int


def round_cells(linked: LinkedCells, *, base: int, seconds: float = 600.0) -> Rounding:
    """All cells rounded to multiples of `base`, additive. Multiples stay as they are where the sums allow it.

    Refused (MethodNotApplicable): a base below 2, or no rounding found within `seconds`.
    """
    if base < 2:
        raise MethodNotApplicable(
            "Rounding to a base of {base} changes nothing.",
            expected="a base of 2 or more, for example 3, 5 or 10",
            do="Give the base with --protection.",
            base=base,
        )
    below = np.floor(linked.values / base)
    for further in (0, 1):
        multiples = _solve(linked, below, base, further, seconds)
        if multiples is not None:
            gone = (multiples < below) | (multiples > np.ceil(linked.values / base))
            return Rounding(multiples * base, int(gone.sum()))
    raise MethodNotApplicable(
        "No rounding to base {base} was found for {cells} cells.",
        expected="a table whose sums allow it, within {seconds} seconds",
        do="Choose a greater base, or round the table in parts.",
        base=base,
        cells=len(linked.values),
        seconds=int(seconds),
    )


def _solve(
    linked: LinkedCells, below: NDArray[np.float64], base: int, further: int, seconds: float
) -> NDArray[np.float64] | None:
    """Multiples per cell, or None where there are none: steps up (1), and further down and up (2)."""
    cells = len(below)
    above = np.ceil(linked.values / base) - below
    up = (1 - 2 * (linked.values / base - below)) * above
    steps = np.concatenate([up, np.full(2 * cells, FARTHER_COSTS)])
    most = np.concatenate([above, np.minimum(below, further), np.full(cells, further)])
    sums = sparse.csc_array(sparse.hstack([linked.sums, -linked.sums, linked.sums]))
    programme = Programme(
        sums,
        cost=steps,
        lower=np.zeros(3 * cells),
        upper=most,
        must_be=-(linked.sums @ below),
        whole_numbers=True,
        options={"time_limit": seconds, "mip_rel_gap": 0.001},
    )
    programme.solve()
    if not programme.found_some:
        return None
    found = np.round(programme.amounts)
    multiples: NDArray[np.float64] = below + found[:cells] - found[cells : 2 * cells] + found[2 * cells :]
    return multiples

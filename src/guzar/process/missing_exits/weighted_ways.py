"""Between chains and what is recorded: chances of all ways together, and expected numbers shared among the chains.

Compiled, and without a linear-algebra library: its threads wait for one another by spinning, so that a fit beside other
work on the same processors took four times as long.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@njit(cache=True, nogil=True)
def add_ways(chain: Numbers, ways: Places, weight: Numbers, least: float, made: Numbers) -> None:
    """Chances of all ways of each kind together, at least `least`.

    `chain[c, place, n]` by kind of permission, `ways[kind, way]` places of chains (-1: no more), `weight[kind, port, way]`;
    into `made[kind, c, port, n]`.
    """
    kinds, permits, ports, _ = made.shape
    for kind in range(kinds):
        for permit in range(permits):
            for port in range(ports):
                row = made[kind, permit, port]
                row[:] = 0.0
                for way in range(ways.shape[1]):
                    place = ways[kind, way]
                    if place < 0:
                        break
                    _add_times(row, weight[kind, port, way], chain[permit, place])
                for number in range(len(row)):
                    row[number] = max(row[number], least)


@njit(cache=True, nogil=True)
def _add_times(row: Numbers, times: float, added: Numbers) -> None:
    for number in range(len(row)):
        row[number] += times * added[number]


@njit(cache=True, nogil=True)
def share_among_chains(
    expected: Numbers, kinds: Numbers, ways: Places, weight: Numbers, chance: Numbers, made: Numbers
) -> None:
    """Expected numbers by kind, cell, days and class → of each chain, added to `made[place, days, column]`.

    Each is shared among the ways of its kind by their chances. Most are 0: nobody has just so many days.
    """
    _, ports, most = weight.shape
    _, cells, horizon, classes = expected.shape
    for kind in range(len(ways)):
        for cell in range(cells):
            permit, port = cell // ports, cell % ports
            for days in range(horizon):
                for k in range(classes):
                    number = expected[kind, cell, days, k]
                    if number == 0.0:
                        continue
                    each = number / kinds[kind, cell, days, k]
                    column = permit * classes + k
                    for way in range(most):
                        place = ways[kind, way]
                        if place < 0:
                            break
                        made[place, days, column] += (
                            weight[kind, port, way] * each * chance[place, days, column]
                        )

"""Gaps as the model predicts them, one step ahead, beside those that were observed: are two entries in a row as far apart
as a lost exit between them would make them?

For every gap the chances of its length are made from what happened to the person before it alone, so that nothing is
predicted from itself. From the same chances gaps are drawn again and again: how often chance alone lies as far from the
model as the log does is the p-value. What the model does not know (false links, wrong directions, stays of another kind)
shows as gaps that are too short or too long.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.chains import SMALLEST, Tables
from guzar.process.missing_exits.histories import Histories, kinds_before
from guzar.process.missing_exits.sojourns import Numbers

BOUNDS = np.array([0, 1, 3, 7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730, 1080, 1440], np.int64)  # days
REPLICATES = 199
LEAST_GAPS = 20  # fewer say nothing about their lengths
LEAST_EXPECTED = 5.0  # gaps in a bin; smaller bins are put together with the next


@dataclass(frozen=True)
class GapCheck:
    """Gaps of one kind: how many, how many lie in bins of days other than the model says (as a share, beyond what chance
    makes), and the p-value. `observed` and `expected` by bin; `bounds` are the first days of the bins."""

    gaps: int
    misplaced_share: float
    p_value: float
    bounds: NDArray[np.int64]
    observed: Numbers
    expected: Numbers


class Counts(NamedTuple):
    """Gaps by bin: observed, expected, and drawn by replicate."""

    observed: Numbers
    expected: Numbers
    drawn: Numbers


def check_gaps(histories: Histories, tables: Tables, kind: int, seed: int) -> GapCheck | None:
    """Lengths of the gaps of one kind (ENTRY_ENTRY, EXIT_EXIT) beside those predicted; None where there are too few."""
    if (histories.kind == kind).sum() < LEAST_GAPS:
        return None
    until = np.cumsum(tables.kind[kind], axis=1)  # cell, days, class
    bins = len(BOUNDS)
    counts = Counts(np.zeros(bins), np.zeros(bins), np.zeros((REPLICATES, bins)))
    _predict(histories, tables, kind, until, BOUNDS, seed, counts)
    together = _bins_together(counts.expected)
    observed, expected, drawn = (np.add.reduceat(each, together, axis=-1) for each in counts)
    misfit, by_chance = _misfit(observed, expected), _misfit(drawn, expected)
    moved = np.abs(observed - expected).sum() / 2 - np.abs(drawn - expected).sum(axis=1).mean() / 2
    gaps = observed.sum()
    return GapCheck(
        int(gaps),
        float(max(0.0, moved) / gaps),
        float((1 + (by_chance >= misfit).sum()) / (1 + REPLICATES)),
        BOUNDS[together],
        observed,
        expected,
    )


def _misfit(found: Numbers, expected: Numbers) -> Numbers:
    return np.asarray(((found - expected) ** 2 / expected).sum(axis=-1))


def _bins_together(expected: Numbers) -> NDArray[np.int64]:
    """The first of the bins that stand together, so that each has enough expected gaps."""
    firsts, held = [0], 0.0
    for at in range(len(expected)):
        if held >= LEAST_EXPECTED and expected[at:].sum() >= LEAST_EXPECTED:
            firsts.append(at)
            held = 0.0
        held += expected[at]
    return np.array(firsts, np.int64)


@njit(cache=True, nogil=True)
def _predict(
    histories: Histories,
    tables: Tables,
    kind: int,
    until: Numbers,
    bounds: NDArray[np.int64],
    seed: int,
    counts: Counts,
) -> None:
    """Fill the counts in: for every gap the chances of its bin, given what happened to the person before it."""
    np.random.seed(seed)
    horizon = until.shape[1] - 1
    classes, chances = np.empty(tables.share.shape[1]), np.empty(len(bounds))
    for person in range(len(histories.starts) - 1):
        _begin(person, histories, tables, classes)
        left = horizon - histories.waited[person]
        for row in range(histories.starts[person], histories.starts[person + 1]):
            cell, days = histories.cell[row], histories.days[row]
            if histories.kind[row] == kind:
                _chances_of_bins(until[cell], classes, left, bounds, chances)
                counts.observed[np.searchsorted(bounds, days, side="right") - 1] += 1
                counts.expected[:] += chances
                for replicate in range(len(counts.drawn)):
                    counts.drawn[replicate, _drawn_bin(chances)] += 1
            left -= days
            whole = 0.0
            for k in range(len(classes)):
                classes[k] *= tables.kind[histories.kind[row], cell, days, k]
                classes[k] *= tables.mark[histories.mark[row], k]
                whole += classes[k]
            for k in range(len(classes)):
                classes[k] = classes[k] / (whole + SMALLEST) + SMALLEST


@njit(cache=True, nogil=True)
def _begin(person: int, histories: Histories, tables: Tables, classes: Numbers) -> None:
    """The chances of the classes after the first crossing of a person, and nothing more."""
    group, waited = histories.group[person], histories.waited[person]
    cell = histories.cell[histories.starts[person]]
    here, elsewhere = kinds_before(person, histories)
    whole = 0.0
    for k in range(len(classes)):
        present = tables.present[group, k]
        before = present * tables.kind[here, cell, waited, k]
        before += (1 - present) * tables.kind[elsewhere, cell, waited, k]
        classes[k] = tables.share[group, k] * before + SMALLEST
        whole += classes[k]
    for k in range(len(classes)):
        classes[k] /= whole


@njit(cache=True, nogil=True)
def _chances_of_bins(
    until: Numbers, classes: Numbers, left: int, bounds: NDArray[np.int64], chances: Numbers
) -> None:
    """The chances of the bins of a gap that ends within the days that are left."""
    whole = 0.0
    for b in range(len(bounds)):
        chances[b] = 0.0
        first = bounds[b]
        final = min(bounds[b + 1] - 1 if b + 1 < len(bounds) else left, left)
        if first <= final:
            for k in range(len(classes)):
                before = until[first - 1, k] if first > 0 else 0.0
                chances[b] += classes[k] * (until[final, k] - before)
        whole += chances[b]
    for b in range(len(bounds)):
        chances[b] /= whole


@njit(cache=True, nogil=True)
def _drawn_bin(chances: Numbers) -> int:
    draw = np.random.random()
    for b in range(len(chances)):
        draw -= chances[b]
        if draw < 0:
            return b
    return 0

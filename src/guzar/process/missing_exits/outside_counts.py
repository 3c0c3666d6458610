"""Counts of exits from outside the log → the δ that agree with them.

The log cannot tell whether final exits are lost more often than others (A1): under every δ the draws complete it to other
numbers of exits. A count that does not come from the log, with its standard error, tells some of these δ from others.
With X(δ) the exits recorded and drawn, on straight lines between the δ of the grid, O the counts outside, C(δ) = diag(se²) +
(1 + 1/draws) · covariance between draws + the model's own error, T(δ) = (O − X)ᵀ C⁻¹ (O − X): in the interval are the δ whose
T lies no more than t² above the least, with t that of a 90 % interval on Rubin's degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, t

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.residence_kernel import NO

KINDS_OF_COUNTS = ("manual_count_at_posts", "mirror_entries", "other")
FAILED = "outside_counts"  # the name of this diagnostic
CONFIDENCE = 0.90
POOR_FIT = 0.01  # p-value of counts that do not agree with each other under any δ
MODEL_ERROR = 0.04  # of the exits drawn, beside what draws show: as seen in made-up worlds,
LEARNT_FROM = 2000  # where so many exits are drawn in all; with fewer it grows as their root falls
STEPS = 400  # between two δ of the grid
BEYOND = 20.0  # how far lines go on beyond the grid, to find what would fit best
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class OutsideCount:
    """Exits of a period, both days included, through every recorded port, as somebody counted them without the log."""

    kind: str
    counted_from: date
    counted_to: date
    exits: float
    standard_error: float
    counted_by: str


@dataclass(frozen=True)
class DeltaInterval:
    """The δ that agree with the outside counts at 90 %; all of the grid's, and `agrees` False, where none does.

    `best` fits best of those between the ends of the grid.
    """

    lower: float
    upper: float
    best: float
    agrees: bool

    @property
    def holds_zero(self) -> bool:
        """Whether A1 is among what agrees."""
        return self.lower <= 0 <= self.upper


class ExitsDrawn:
    """Exits in the period of every outside count under one δ: all of every draw (rows), and, on average over draws, those
    recorded."""

    def __init__(self, counts: Sequence[OutsideCount], draws: int) -> None:
        self._counts = counts
        self.exits = np.zeros((draws, len(counts)))
        self.recorded_by_draw = np.zeros((draws, len(counts)))
        self.drawn_in_all = np.zeros(draws)  # in the whole log

    @property
    def recorded(self) -> Numbers:
        """Exits recorded, by count; draws of logs cleaned of false crossings differ in them."""
        return np.asarray(self.recorded_by_draw.mean(axis=0))

    def add(self, draw: int, past: Paths) -> None:
        """Count the exits of one draw."""
        counts = [count_exits(past, each.counted_from, each.counted_to) for each in self._counts]
        found = np.array(counts).reshape(-1, 2)  # none where no counts are given
        self.exits[draw], self.recorded_by_draw[draw] = found[:, 0], found[:, 1]
        self.drawn_in_all[draw] = np.count_nonzero((past.is_entry == NO) & past.is_drawn)


def count_exits(past: Paths, first: date, last: date) -> tuple[int, int]:
    """Exits from one day to another, both included: all, and those recorded."""
    begin, end = (first - EPOCH).days, (last - EPOCH).days
    left = (past.is_entry == NO) & (past.day >= begin) & (past.day <= end)
    return int(np.count_nonzero(left)), int(np.count_nonzero(left & ~past.is_drawn))


def narrow_delta(
    counts: Sequence[OutsideCount], drawn: Sequence[ExitsDrawn], deltas: Sequence[float]
) -> DeltaInterval:
    """The δ that agree with outside counts; `drawn` holds the exits of every δ of the grid.

    None agrees where the counts contradict each other under every δ (1 %), or only a δ beyond the grid would explain them.
    """
    lines = _lines_of(counts, drawn, deltas)
    inside = np.unique(np.concatenate([np.linspace(*ends, STEPS + 1) for ends in pairwise(deltas)]))
    below, above = np.linspace(-BEYOND, 0, 1001) + deltas[0], np.linspace(0, BEYOND, 1001) + deltas[-1]
    misfit = lines.misfits(inside)
    least = min(misfit.min(), lines.misfits(below).min(), lines.misfits(above).min())
    best = float(inside[misfit.argmin()])
    agreeing = inside[misfit <= least + lines.reach**2]
    if not len(agreeing) or chi2.sf(least, max(1, len(counts) - 1)) < POOR_FIT:
        return DeltaInterval(float(deltas[0]), float(deltas[-1]), best, agrees=False)
    return DeltaInterval(float(agreeing[0]), float(agreeing[-1]), best, agrees=True)


@dataclass(frozen=True)
class _Lines:
    """Exits expected, and the covariance of their error, at every δ of the grid; straight lines between them."""

    deltas: Numbers
    outside: Numbers
    expected: Numbers
    error: Numbers
    reach: float  # half of a 90 % interval, in standard errors

    def misfits(self, places: Numbers) -> Numbers:
        """T at every place. Lines of exits go on beyond the grid, errors do not."""
        left = np.clip(np.searchsorted(self.deltas, places, side="right") - 1, 0, len(self.deltas) - 2)
        part = (places - self.deltas[left]) / (self.deltas[left + 1] - self.deltas[left])
        step = part[:, None] * (self.expected[left + 1] - self.expected[left])
        grows = np.clip(part, 0, 1)[:, None, None] * (self.error[left + 1] - self.error[left])
        gap = self.outside - self.expected[left] - step
        solved = np.linalg.solve(self.error[left] + grows, gap[:, :, None])[:, :, 0]
        return np.asarray((gap * solved).sum(axis=1))


def _lines_of(counts: Sequence[OutsideCount], drawn: Sequence[ExitsDrawn], deltas: Sequence[float]) -> _Lines:
    expected = np.stack([each.exits.mean(axis=0) for each in drawn])
    between = np.stack([_between(each.exits) for each in drawn])
    known = np.diag([each.standard_error**2 for each in counts]) + np.stack(
        [
            _model_error(each) ** 2 * np.outer(more, more)
            for each, more in zip(drawn, expected - drawn[0].recorded, strict=True)
        ]
    )
    shares = (known / np.maximum(between, 1e-9)).diagonal(axis1=1, axis2=2)
    freedom = (len(drawn[0].exits) - 1) * (1 + shares.min()) ** 2
    return _Lines(
        np.asarray(deltas, dtype=np.float64),
        np.array([each.exits for each in counts]),
        expected,
        known + between,
        float(t.ppf(0.5 + CONFIDENCE / 2, freedom)),
    )


def _model_error(drawn: ExitsDrawn) -> float:
    """What the estimate may be wrong by beyond what draws show, as a share of the exits drawn."""
    return MODEL_ERROR * float(np.sqrt(max(1.0, LEARNT_FROM / max(1.0, drawn.drawn_in_all.mean()))))


def _between(exits: Numbers) -> Numbers:
    """Covariance of counts between draws, with that of their mean."""
    return np.asarray(np.atleast_2d(np.cov(exits, rowvar=False, ddof=1)) * (1 + 1 / len(exits)))


def range_within(
    lower: Sequence[Numbers], upper: Sequence[Numbers], deltas: Sequence[float], within: tuple[float, float]
) -> tuple[Numbers, Numbers]:
    """The least lower and the largest upper bound (cells in columns) over the δ within an interval; straight lines between
    those of the grid."""
    places = [within[0], *(each for each in deltas if within[0] < each < within[1]), within[1]]
    lows, highs = (
        [[np.interp(place, deltas, cell) for cell in np.asarray(bounds).T] for place in places]
        for bounds in (lower, upper)
    )
    return np.min(lows, axis=0), np.max(highs, axis=0)

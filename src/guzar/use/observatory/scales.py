"""From values to pixels, and which values get a label."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A straight scale from ``low``..``high`` to ``start``..``end`` pixels (``end`` may lie before
    ``start``)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def nice_step(span: float, at_most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 × a power of ten that cuts ``span`` into at most ``at_most`` steps."""
    if span <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(span / at_most))
    return next(m * power for m in (1, 2, 2.5, 5, 10, 20) if span / (m * power) <= at_most * (1 + 1e-9))


def nice_ticks(
    values: Iterable[float], at_most: int = 5, from_zero: bool = True, enclose: bool = False
) -> list[float]:
    """Round values for grid lines, at least two, inside the range of the data where there is room for two.

    With ``from_zero`` zero is among them: an axis that leaves it out must be asked for, and the page must say
    so. With ``enclose`` the last tick lies beyond the highest value."""
    # What is smaller than any label can show is zero for an axis.
    known = [round(value, 9) for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    step = nice_step((high - low) or abs(high) or 1.0, at_most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if enclose:
        last = max(last, math.ceil(high / step - 1e-9))
    if last - first < 1:
        first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    return [round(i * step, 10) for i in range(first, last + 1)]


def extent(values: Iterable[float], ticks: Iterable[float]) -> tuple[float, float]:
    """Lowest and highest of data and ticks together: the domain of an axis."""
    both = [*(v for v in values if math.isfinite(v)), *ticks]
    return min(both), max(both)


def year_ticks(first: float, last: float, at_most: int = 5) -> list[int]:
    """Round years inside a period, in steps of 1, 2, 5, 10, 20, 50."""
    span = max(last - first, 1)
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= at_most), 100)
    ticks = range(math.ceil(first / step) * step, math.floor(last) + 1, step)
    return list(ticks) or [math.floor(first)]

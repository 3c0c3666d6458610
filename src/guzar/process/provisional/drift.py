"""How far earlier editions were off, and the interval that follows from it.

If crossings were independent and the model were right, the error of an expected number would have the variance
v = Σ p (1 − p). People move together, and what was learned from earlier months does not hold for later ones: so the errors of
earlier editions, of months that are final now, tell c ≥ 1 and τ² ≥ 0 of

    variance = c v + τ² v²,

by direction and band of ages; τ is the drift between periods, on the scale of log-odds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from guzar.process.provisional.hazards import Numbers

BANDS = (3, 6, 9, 12)  # ages in months at which another band begins
LOWER, UPPER, NORMAL = 0.05, 0.95, 1.6448536269514722
LEAST_VARIANCE = 0.5  # of a cell from whose error anything is learned
MOST_OF_RANGE = 0.9  # of the variance that a number between 0 and U can have


@dataclass(frozen=True)
class Drift:
    """c and τ² by direction and band of ages, and the correlation of the errors of immigration and emigration."""

    factor: Numbers
    between: Numbers
    correlation: float

    def variance(self, direction: int, age: int, independent: Numbers) -> Numbers:
        """The variance of the error of an expected number, from that of independent crossings."""
        band = band_of(age)
        return np.asarray(
            self.factor[direction, band] * independent + self.between[direction, band] * independent**2
        )


def band_of(age: int) -> int:
    """The band of an age in months."""
    return int(np.searchsorted(BANDS, age, side="right"))


def estimate_drift(age: NDArray[np.int64], error: Numbers, independent: Numbers) -> Drift:
    """c, τ² and the correlation from errors of earlier editions: arrays over editions, ages and groups.

    `error` and `independent` have the directions (exit, entry) as their first axis; an error that is not known is NaN.
    """
    factor, between = np.ones((2, len(BANDS) + 1)), np.zeros((2, len(BANDS) + 1))
    band = np.array([band_of(int(each)) for each in age], np.int64)
    for direction in (0, 1):
        for number in range(len(BANDS) + 1):
            use = (band == number) & np.isfinite(error[direction]) & (independent[direction] > LEAST_VARIANCE)
            factor[direction, number], between[direction, number] = _moments(
                error[direction][use], independent[direction][use]
            )
    drift = Drift(factor, between, 0.0)
    sizes = [
        np.array([drift.variance(d, int(a), v) for a, v in zip(age, independent[d], strict=True)])
        for d in (0, 1)
    ]
    return Drift(factor, between, _correlation(error / np.sqrt(np.maximum(sizes, LEAST_VARIANCE))))


def _moments(error: Numbers, independent: Numbers) -> tuple[float, float]:
    """c and τ² by least squares of error² / v on 1 and v, neither below what it can be."""
    if len(error) < 2:
        return 1.0, 0.0
    excess = error**2 / independent
    spread = independent - independent.mean()
    slope = float((spread * excess).sum() / max((spread**2).sum(), 1e-12))
    level = float(excess.mean() - slope * independent.mean())
    if level < 1:
        level, slope = 1.0, float((independent * (excess - 1)).sum() / (independent**2).sum())
    if slope < 0:
        level, slope = max(1.0, float((error**2).sum() / independent.sum())), 0.0
    return level, slope


def _correlation(errors: Numbers) -> float:
    known = np.isfinite(errors).all(axis=0)
    if known.sum() < 2:
        return 0.0
    left, right = errors[:, known]
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / size if size else 0.0


def interval_of(mean: Numbers, variance: Numbers, most: Numbers) -> tuple[Numbers, Numbers]:
    """The 5 % and 95 % points of a number between 0 and `most`, by the beta distribution with this mean and variance."""
    share = np.clip(mean / np.maximum(most, 1e-9), 1e-6, 1 - 1e-6)
    spread = np.clip(variance / np.maximum(most, 1e-9) ** 2, 1e-12, MOST_OF_RANGE * share * (1 - share))
    size = share * (1 - share) / spread - 1
    points = (betaincinv(share * size, (1 - share) * size, at) * most for at in (LOWER, UPPER))
    return round_around(mean, *points)


def round_around(mean: Numbers, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
    """Ends of an interval in whole numbers, and what is expected, as it is told, not outside of them: of few crossings 5 % of
    the chance may lie so far away that both points round to a number that the mean is not."""
    told = np.array([told_mean(each) for each in mean.flat]).reshape(mean.shape)
    return np.minimum(np.round(lower), np.floor(told)), np.maximum(np.round(upper), np.ceil(told))


def told_mean(mean: float) -> float:
    """An expected number of migrations as it stands in a table."""
    return round(float(mean), 1)

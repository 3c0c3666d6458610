"""A stratified sample of clusters → totals and ratios with standard errors by linearisation, and 90 % intervals.

Variance: that of the weighted totals of whole clusters around the mean of their stratum, as if clusters had been drawn
with replacement ("ultimate clusters"); no finite population correction, so that it errs on the large side. A ratio is
linearised to first order (Taylor). Reference: Särndal, Swensson and Wretman, Model Assisted Survey Sampling (1992),
sections 4.5 and 5.5-5.7; Cochran, Sampling Techniques (1977), chapter 11; the definitions agree with `svytotal` and
`svyratio` of the R package survey (written anew here).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

LEVEL = 0.90
ROUNDING = 1e-9  # an error below this part of its estimate is one of arithmetic, not of sampling
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SampleDesign:
    """Who was asked: by answer its weight and the place of its cluster, by cluster the place of its stratum.

    A stratum with one cluster shows no spread of its own; its cluster is centred at the mean of all clusters.
    """

    weight: Floats
    cluster: Ints
    stratum: Ints

    @property
    def clusters_in_strata(self) -> Ints:
        """How many clusters each stratum has."""
        return np.bincount(self.stratum).astype(np.int64)

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters less strata: how much is known of the spread."""
        return len(self.stratum) - len(self.clusters_in_strata)


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error, its 90 % interval, and how it compares with a simple random sample.

    What cannot be told is None: an interval where nothing varies, a design effect where simple sampling had no error.
    """

    value: float
    standard_error: float
    lower: float | None
    upper: float | None
    design_effect: float | None


def make_design(weight: Floats, stratum: Ints, cluster: Ints) -> SampleDesign:
    """The design from the stratum and the cluster of each answer; clusters are told apart within their stratum."""
    pairs, place = np.unique(np.stack([stratum, cluster]), axis=1, return_inverse=True)
    strata = np.unique(pairs[0], return_inverse=True)[1]
    return SampleDesign(weight, place.ravel().astype(np.int64), strata.astype(np.int64))


def estimate_total(design: SampleDesign, amount: Floats) -> Estimate:
    """The total of an amount over the population: weights × amounts; answers outside a group have the amount 0."""
    value = float(design.weight @ amount)
    error = _error(design, amount, value)
    lower, upper = _on_log_scale(value, error, design.degrees_of_freedom)
    return Estimate(value, error, lower, upper, _design_effect(design, amount, error, value))


def estimate_ratio(
    design: SampleDesign, amount: Floats, base: Floats, *, is_share: bool = False
) -> Estimate | None:
    """The total of an amount by that of its base: a mean, or with `is_share` a share between 0 and 1.

    None where the base is 0.
    """
    below = float(design.weight @ base)
    if below == 0:
        return None
    value = float(design.weight @ amount) / below
    residual = (amount - value * base) / below
    error = _error(design, residual, value)
    scale = _on_logit_scale if is_share else _on_log_scale
    lower, upper = scale(value, error, design.degrees_of_freedom)
    return Estimate(value, error, lower, upper, _design_effect(design, residual, error, value))


def _error(design: SampleDesign, amount: Floats, value: float) -> float:
    """The standard error of an estimate; zero where it is the rounding of sums that should not differ."""
    error = _variance(design, amount) ** 0.5
    return error if error > ROUNDING * abs(value) else 0.0


def _variance(design: SampleDesign, amount: Floats) -> float:
    """Of the weighted total of an amount: clusters around the mean of their stratum, n / (n - 1) times."""
    total = np.bincount(design.cluster, design.weight * amount, minlength=len(design.stratum))
    size = design.clusters_in_strata
    centre = np.bincount(design.stratum, total) / size
    centre = np.where(size == 1, total.mean(), centre)
    factor = np.where(size == 1, 1.0, size / np.maximum(size - 1, 1))
    return float((factor[design.stratum] * (total - centre[design.stratum]) ** 2).sum())


def _design_effect(design: SampleDesign, amount: Floats, error: float, value: float) -> float | None:
    """The variance by that of a simple random sample of as many answers; None where either is nothing but rounding."""
    people, answers = design.weight.sum(), len(amount)
    if answers < 2 or people <= 0 or error <= 0:
        return None
    mean = design.weight @ amount / people
    spread = design.weight @ (amount - mean) ** 2 / people * answers / (answers - 1)
    simple = people**2 * spread / answers
    return float(error**2 / simple) if simple > (ROUNDING * value) ** 2 else None


def _on_log_scale(value: float, error: float, freedom: int) -> tuple[float | None, float | None]:
    """5 % and 95 % points that never fall below zero."""
    if value <= 0 or error <= 0 or freedom < 1:
        return None, None
    reach = _points(freedom) * error / value
    return value * float(np.exp(-reach)), value * float(np.exp(reach))


def _on_logit_scale(value: float, error: float, freedom: int) -> tuple[float | None, float | None]:
    """5 % and 95 % points that stay between 0 and 1."""
    if not 0 < value < 1 or error <= 0 or freedom < 1:
        return None, None
    middle, reach = np.log(value / (1 - value)), _points(freedom) * error / (value * (1 - value))
    return float(1 / (1 + np.exp(reach - middle))), float(1 / (1 + np.exp(-reach - middle)))


def _points(freedom: int) -> float:
    return float(student.ppf((1 + LEVEL) / 2, freedom))

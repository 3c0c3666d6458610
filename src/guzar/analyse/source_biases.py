"""Values of one quantity by several sources over years → its truth and the bias of each source, with 90 % intervals.

    value of source s in year t = truth of t + bias of s + error,   error ~ N(0, standard error²)

The truth is free (flat) in each year, or with `is_smooth` a random walk whose step is estimated. A source that is trusted
for its level has no bias; one of which bounds are stated has a bias within them; all others have biases drawn around zero
with one spread, which is unknown: half-Cauchy with the scale `spread`. Given spread and step everything is normal and solved
exactly; these two are summed over on a grid, with the marginal likelihood of what remains once the truth is integrated out
(restricted likelihood). References: Searle, Casella and McCulloch, Variance Components (1992), chapter 9; Gelman, Bayesian
Analysis 1 (2006) 515-534 (half-Cauchy); Rukhin and Vangel, JASA 93 (1998) 303-308 (laboratories with biases).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVEL = 0.90
REACH = float(norm.ppf((1 + LEVEL) / 2))  # 1.645
SMALLEST = 1e-4  # an error of zero is read as this share of the unit of reckoning
SPREADS = np.geomspace(1e-3, 1e2, 61)  # times the scale given
STEPS = np.geomspace(1e-3, 3.0, 25)  # of a smooth truth, times the spread of the values
AT_ONCE = 64


@dataclass(frozen=True)
class SourceValues:
    """Values with their errors, the place of the year and of the source of each; what is known of each source's bias.

    `calendar` holds the number of each year; `middle` and `width` of a source are mean and standard deviation of its bias: width 0 for a reference, NaN where
    nothing is known.
    """

    value: Floats
    error: Floats
    year: Ints
    source: Ints
    calendar: Floats
    middle: Floats
    width: Floats

    @property
    def years(self) -> int:
        """How many years there are."""
        return int(self.year.max()) + 1

    @property
    def is_anchored(self) -> bool:
        """Whether something is known of the bias of any source that has values."""
        return bool((~np.isnan(self.width[self.source])).any())


@dataclass(frozen=True)
class Mixture:
    """Quantities as a mixture of normal distributions: mean and variance (quantities × parts), and weight by part."""

    mean: Floats
    variance: Floats
    share: Floats

    def middle(self) -> Floats:
        """The mean of each quantity."""
        return np.asarray(self.mean @ self.share)

    def point(self, chance: float) -> Floats:
        """The point of each quantity below which it lies with this chance; by halving."""
        spread = np.sqrt(np.maximum(self.variance, 0.0))
        spread = np.maximum(spread, 1e-300)
        low, high = (self.mean - 9 * spread).min(axis=1), (self.mean + 9 * spread).max(axis=1)
        for _ in range(80):
            middle = (low + high) / 2
            below = norm.cdf((middle[:, None] - self.mean) / spread) @ self.share
            low, high = np.where(below < chance, middle, low), np.where(below < chance, high, middle)
        return np.asarray((low + high) / 2)


@dataclass(frozen=True)
class Combined:
    """Truth by year and bias by source, each with 5 % and 95 % points; the weight of each value in its year.

    Of a reference the bias is 0, by assumption.
    """

    truth: Floats
    truth_lower: Floats
    truth_upper: Floats
    bias: Floats
    bias_lower: Floats
    bias_upper: Floats
    weight: Floats


@dataclass(frozen=True)
class Consistency:
    """What remains after the best fit: chi-square, its degrees of freedom and chance; no chance without freedom."""

    chi_square: float
    freedom: int

    @property
    def chance(self) -> float | None:
        """The chance of as much or more if the model holds."""
        return float(chi2.sf(self.chi_square, self.freedom)) if self.freedom > 0 else None


def combine_values(values: SourceValues, spread: float, *, is_smooth: bool = False) -> Combined:
    """Truth and biases of sources whose values hang together; `spread` is the scale of biases nobody knows."""
    level = _level_of(values, spread)
    scaled = _in_units_of(values, level)
    mixture, weight = _sum_over_grid(scaled, max(spread / level, 1e-3), is_smooth)
    middle, lower, upper = (
        level * part for part in (mixture.middle(), mixture.point(0.05), mixture.point(0.95))
    )
    years = values.years
    bias = [_of_sources(values, part[years:]) for part in (middle, lower, upper)]
    return Combined(middle[:years], lower[:years], upper[:years], bias[0], bias[1], bias[2], weight)


def check_consistency(values: SourceValues, *, with_biases: bool = True) -> Consistency:
    """Chi-square of the values around truth free in each year and biases that do not change; or around truth alone.

    What is stated of a bias counts as an observation of it. With `with_biases` false, biases nobody knows are zero.
    """
    level = _level_of(values, float(np.median(np.abs(values.value))))
    scaled = _in_units_of(values, level)
    design, seen, error = _whole_design(scaled)
    free = np.isnan(scaled.width[_biased(scaled)])
    if not with_biases:
        design = design[:, np.concatenate([np.full(values.years, True), ~free])]
    rows = design / error[:, None]
    found, _, rank, _ = np.linalg.lstsq(rows, seen / error, rcond=1e-12)
    remains = seen / error - rows @ found
    return Consistency(float(remains @ remains), len(seen) - int(rank))


def span_of_sources(values: SourceValues, spread: float, *, is_smooth: bool = False) -> tuple[Floats, Floats]:
    """The interval of each year that holds those which follow if this or that source, each in turn, had no bias."""
    ends = [_ends_of_values(values)]
    for chosen in np.unique(values.source):
        width = np.where(np.arange(len(values.width)) == chosen, 0.0, np.nan)
        asked = replace(values, width=width, middle=np.zeros_like(values.middle))
        found = combine_values(asked, spread, is_smooth=is_smooth)
        ends.append((found.truth_lower, found.truth_upper))
    return np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)


def parts_that_hang_together(year: Ints, source: Ints) -> Ints:
    """A number for each value, the same where years and sources link two values to each other."""
    part: Ints = np.arange(len(year))
    is_moving = True
    while is_moving:
        before = part.copy()
        for place in (year, source):
            least = np.full(int(place.max()) + 1, len(year))
            np.minimum.at(least, place, part)
            part = least[place]
        is_moving = not (part == before).all()
    number: Ints = np.unique(part, return_inverse=True)[1].astype(np.int64)
    return number


def _ends_of_values(values: SourceValues) -> tuple[Floats, Floats]:
    low, high = np.full(values.years, np.inf), np.full(values.years, -np.inf)
    np.minimum.at(low, values.year, values.value - REACH * values.error)
    np.maximum.at(high, values.year, values.value + REACH * values.error)
    return low, high


def _level_of(values: SourceValues, spread: float) -> float:
    """The unit of reckoning, so that spreads and errors are neither tiny nor huge beside each other."""
    return max(spread, float(np.median(values.error)), 1e-9 * float(np.abs(values.value).max())) or 1.0


def _in_units_of(values: SourceValues, level: float) -> SourceValues:
    error = np.maximum(values.error / level, SMALLEST)
    return replace(
        values,
        value=values.value / level,
        error=error,
        middle=values.middle / level,
        width=np.where(values.width > 0, np.maximum(values.width / level, SMALLEST), values.width),
    )


def _biased(values: SourceValues) -> Ints:
    """The sources with values that are no reference."""
    present = np.unique(values.source)
    biased: Ints = present[~(values.width[present] == 0)]
    return biased


def _of_sources(values: SourceValues, of_biased: Floats) -> Floats:
    made = np.zeros(len(values.width))
    made[_biased(values)] = of_biased
    return made


def _design(values: SourceValues) -> Floats:
    """Each value as truth of its year plus bias of its source."""
    biased = _biased(values)
    rows = np.arange(len(values.value))
    design = np.zeros((len(rows), values.years + len(biased)))
    design[rows, values.year] = 1.0
    for column, one in enumerate(biased):
        design[values.source == one, values.years + column] = 1.0
    return design


def _whole_design(values: SourceValues) -> tuple[Floats, Floats, Floats]:
    """The design with one more row for each bias of which bounds are stated."""
    biased, years = _biased(values), values.years
    design = _design(values)
    stated = np.flatnonzero(~np.isnan(values.width[biased]))
    more = np.zeros((len(stated), design.shape[1]))
    more[np.arange(len(stated)), years + stated] = 1.0
    whose = biased[stated]
    seen = np.concatenate([values.value, values.middle[whose]])
    return np.vstack([design, more]), seen, np.concatenate([values.error, values.width[whose]])


def _sum_over_grid(values: SourceValues, scale: float, is_smooth: bool) -> tuple[Mixture, Floats]:
    """Truth and biases given each spread of biases and each step of the truth, weighed by their likelihood."""
    design, seen, error = _whole_design(values)
    rows, target = design / error[:, None], seen / error
    years, biased = values.years, _biased(values)
    free = years + np.flatnonzero(np.isnan(values.width[biased]))
    walk = _walk(values.calendar) if is_smooth and years > 1 else None
    spreads = scale * SPREADS if len(free) else np.ones(1)
    steps = (float(np.std(values.value)) or 1.0) * STEPS if walk is not None else np.ones(1)
    pairs = np.stack(np.meshgrid(spreads, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    solved = [
        _solve(values, rows, target, _prior_rows(free, walk, pairs[at : at + AT_ONCE], rows.shape[1]))
        for at in range(0, len(pairs), AT_ONCE)
    ]
    mean, variance, log, weight = (np.concatenate(part) for part in zip(*solved, strict=True))
    # Half-Cauchy density on a grid that is even in logarithms: density × spread.
    of_spread = pairs[:, 0] / (1 + (pairs[:, 0] / scale) ** 2) if len(free) else np.ones(len(pairs))
    chance = log + np.log(of_spread)
    share = np.exp(chance - chance.max())
    share /= share.sum()
    return Mixture(mean.T, variance.T, share), share @ weight


def _prior_rows(free: Ints, walk: Floats | None, pairs: Floats, size: int) -> Floats:
    """For each spread and step the rows that say: biases nobody knows are near 0, years near their neighbours."""
    biases = np.zeros((len(pairs), len(free), size))
    biases[:, np.arange(len(free)), free] = 1 / pairs[:, :1]
    if walk is None:
        return biases
    steps = np.zeros((len(pairs), len(walk), size))
    steps[:, :, : walk.shape[1]] = walk / pairs[:, 1, None, None]
    return np.concatenate([biases, steps], axis=1)


def _solve(
    values: SourceValues, rows: Floats, target: Floats, prior: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Means and variances of truth and biases, logs of the restricted likelihood, weights of values; for each spread and step.

    By orthogonal triangles, not normal equations: errors of next to nothing beside spreads of a hundred would cost these twelve
    digits, and weights would no longer add up to 1.
    """
    whole = np.concatenate([np.broadcast_to(rows, (len(prior), *rows.shape)), prior], axis=1)
    across, triangle = np.linalg.qr(whole)
    inverse = np.linalg.inv(triangle)
    mean = (inverse @ (np.swapaxes(across[:, : len(rows)], 1, 2) @ target)[:, :, None])[:, :, 0]
    left = np.concatenate([target, np.zeros(prior.shape[1])]) - (whole @ mean[:, :, None])[:, :, 0]
    diagonal = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    prior_size = np.log(np.abs(prior).max(axis=2)).sum(axis=1)
    count = len(values.value)
    weight = (across[:, :count] * inverse[:, values.year]).sum(axis=2) / values.error
    log = prior_size - np.log(diagonal).sum(axis=1) - (left**2).sum(axis=1) / 2
    return mean, np.asarray((inverse**2).sum(axis=2)), log, weight


def _walk(calendar: Floats) -> Floats:
    """A random walk by its steps, each over its standard deviation: the variance between two years is their distance."""
    step = np.diff(np.eye(len(calendar)), axis=0)
    return np.asarray(step / np.sqrt(np.diff(calendar))[:, None])

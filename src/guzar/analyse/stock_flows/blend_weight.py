"""Reported moves beside the minimum and independence → how much weight the minimum deserves, and how far flows are from the blend.

Model, for corridors c: ln reported = ln(w·minimum + (1 − w)·independence) + λ + ε. λ is what turns transitions into reports:
in five years more moves are made than people live elsewhere at the end, and offices miss some of them. w and λ cannot be told
apart by reports alone, so λ has a prior, and what it leaves open is in the spread of w. ε is the corridor's own departure
from the blend, with the error of the report; two reports of one flow tell how large the latter is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
# Beta prior of the weight before any report: mean .87 (Azose and Raftery 2019), worth ten observations.
PRIOR_MEAN, PRIOR_SIZE = 0.87, 10.0
# Five years' moves over five-year transitions: with a tenth of newcomers moving on or back each year, exp(.1 × 2.5) = 1.28; the
# rest are the newborn and the dead. Reports find .80 of moves: geometric mean of the coverage of arrivals (.88) and
# departures (.73) elicited for offices of low undercount (Raymer and others 2013). Their errors of judgement: .15 and .20.
RATIO, RATIO_ERROR = float(np.log(1.3 * 0.80)), 0.25
LEAST_CORRIDORS = 10
WEIGHTS = (np.arange(400) + 0.5) / 400
SPREADS = np.exp(np.linspace(np.log(0.1), np.log(3.0), 120))


@dataclass(frozen=True)
class BlendPrior:
    """The weight of the minimum (mean, standard deviation of a Beta) and the spread of ln flow of a corridor about the blend."""

    mean: float
    deviation: float
    spread: float

    @property
    def beta(self) -> tuple[float, float]:
        """Both parameters of the Beta distribution."""
        size = self.mean * (1 - self.mean) / self.deviation**2 - 1
        return self.mean * size, (1 - self.mean) * size


@dataclass(frozen=True)
class WeightEvidence:
    """Probabilities over a grid of weights (rows) and spreads of ε (columns), and λ's mean and deviation given both."""

    probability: Numbers
    ratio: Numbers
    ratio_deviation: Numbers

    def draw(self, draws: int, random: np.random.Generator) -> tuple[Numbers, Numbers, Numbers]:
        """Weights, λ and spreads, together."""
        chosen = random.choice(self.probability.size, draws, p=self.probability.ravel())
        row, column = np.unravel_index(chosen, self.probability.shape)
        weight = np.clip(WEIGHTS[row] + random.uniform(-0.5, 0.5, draws) / len(WEIGHTS), 1e-6, 1 - 1e-6)
        ratio = self.ratio[row, column] + self.ratio_deviation[row, column] * random.standard_normal(draws)
        return weight, ratio, SPREADS[column]

    def prior(self, report_error: float = 0.0) -> BlendPrior:
        """Mean and deviation of the weight, and the corridor's spread less the error of its report (a standard deviation)."""
        by_weight, by_spread = self.probability.sum(axis=1), self.probability.sum(axis=0)
        mean = float(by_weight @ WEIGHTS)
        deviation = float(np.sqrt(by_weight @ (WEIGHTS - mean) ** 2))
        variance = float(by_spread @ SPREADS**2) - report_error**2
        return BlendPrior(mean, deviation, float(np.sqrt(max(variance, 0.0))))


def weigh_reports(
    reported: Numbers,
    least: Numbers,
    independent: Numbers,
    ratio: tuple[float, float] = (RATIO, RATIO_ERROR),
) -> WeightEvidence:
    """What reported flows (persons in the whole period, by corridor) say about weight, λ and spread; exact on a grid.

    `ratio`: prior mean and deviation of λ. Corridors without reported or independent moves say nothing. Raises
    MethodNotApplicable where fewer than ten are left.
    """
    used = (reported > 0) & (independent > 0)
    corridors = int(used.sum())
    if corridors < LEAST_CORRIDORS:
        raise MethodNotApplicable(
            "Corridors with reported moves: {number}.",
            expected="at least {least}",
            do="Use the weight that guzar ships, or more reports.",
            number=corridors,
            least=LEAST_CORRIDORS,
        )
    blended = WEIGHTS[:, None] * least[used] + (1 - WEIGHTS[:, None]) * independent[used]
    gap = np.log(reported[used]) - np.log(blended)  # weights × corridors
    centre, error = ratio
    mean, squares = gap.mean(axis=1)[:, None], ((gap - gap.mean(axis=1)[:, None]) ** 2).sum(axis=1)[:, None]
    within = SPREADS[None, :] ** 2
    of_mean = within / corridors + error**2
    fit = (
        -squares / (2 * within)
        - (corridors - 1) * np.log(SPREADS)[None, :]
        - (mean - centre) ** 2 / (2 * of_mean)
        - 0.5 * np.log(of_mean)
        + _prior_of_weight()[:, None]
    )
    probability = np.exp(fit - fit.max())
    precision = corridors / within + 1 / error**2
    found = (mean * corridors / within + centre / error**2) / precision
    return WeightEvidence(
        probability / probability.sum(), found, np.broadcast_to(1 / np.sqrt(precision), found.shape)
    )


def _prior_of_weight() -> Numbers:
    """Logarithm of the Beta prior, up to a constant."""
    first, second = PRIOR_MEAN * PRIOR_SIZE, (1 - PRIOR_MEAN) * PRIOR_SIZE
    return np.asarray((first - 1) * np.log(WEIGHTS) + (second - 1) * np.log(1 - WEIGHTS))

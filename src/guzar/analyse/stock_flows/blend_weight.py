"""Reported moves beside the minimum and independence → how much weight the minimum deserves, and how far flows are from the blend.

Model, for corridors c: ln reported = ln(w·minimum + (1 − w)·independence) + λ + ε. λ is what turns transitions into reports:
in five years more moves are made than people live elsewhere at the end, and offices miss some of them. w and λ cannot be told
apart by reports alone, so λ has a prior, and what it leaves open is in the spread of w. ε is the corridor's own departure
from the blend, with the error of the report; two reports of one flow tell how large the latter is. ε is smaller where many
move: its standard deviation is a power of the moves of independence, which does not depend on w.
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
SPREADS = np.exp(np.linspace(np.log(0.1), np.log(3.0), 100))
POWERS = np.array([0.0, -0.05, -0.1, -0.15, -0.2])
SIZE = 5_000.0  # moves of independence at which spreads are told
# Of the variance of a corridor's departure from the blend, what it has in common with all others from its origin, and with all to its
# destination: a country that many leave is one that many leave for anywhere. Found in made-up worlds, where every person is followed
# (tests/analyse/stock_flows/test_movement_process.py: .13 and .09); without it sums over corridors seem better known than they are.
SHARED_BY_ORIGIN = SHARED_BY_DESTINATION = 0.125
WIDEST_SPREAD = 1.5  # of ln flow: nobody knows more than 'within a factor of 20'


@dataclass(frozen=True)
class BlendPrior:
    """The weight of the minimum (mean, standard deviation of a Beta); the spread of ln flow of a corridor about the blend.

    The spread is that of a corridor with 5,000 moves by independence; with others it goes as the `power` of their number.
    """

    mean: float
    deviation: float
    spread: float
    power: float

    @property
    def beta(self) -> tuple[float, float]:
        """Both parameters of the Beta distribution."""
        size = self.mean * (1 - self.mean) / self.deviation**2 - 1
        return self.mean * size, (1 - self.mean) * size

    def spreads(self, independent: Numbers) -> Numbers:
        """The spread of ln flow of each corridor, from its moves by independence (persons)."""
        return spreads_by_size(independent, self.spread, self.power)


def spreads_by_size(independent: Numbers, spread: Numbers | float, power: Numbers | float) -> Numbers:
    """Spreads of ln flow of corridors with so many moves by independence; broadcast."""
    return np.minimum(spread * (np.maximum(independent, 1.0) / SIZE) ** power, WIDEST_SPREAD)


# As tools/estimate_blend_weight.py finds them: Eurostat's flows of 2010 to 2019 between countries of Europe that both report,
# beside stocks of UN DESA (2020 revision), births, deaths and populations of WPP 2022. The deviation of the weight holds what
# its estimates differ by when one region of Europe after another is left out.
EUROPE = BlendPrior(0.77, 0.07, 0.59, -0.10)
# Nobody reports both sides elsewhere. Expert judgement: twice the deviation of the weight, a spread a quarter wider.
ELSEWHERE = BlendPrior(EUROPE.mean, 2 * EUROPE.deviation, 1.25 * EUROPE.spread, EUROPE.power)


def draw_departures(random: np.random.Generator, size: int) -> NDArray[np.float32]:
    """Standardised departures of all corridors from the blend: each its own, and parts shared by origin and by destination."""
    own = random.standard_normal((size, size), np.float32)
    of_origin, of_destination = random.standard_normal((2, size), np.float32)
    alone = np.float32(np.sqrt(1 - SHARED_BY_ORIGIN - SHARED_BY_DESTINATION))
    together = np.float32(np.sqrt(SHARED_BY_ORIGIN)) * of_origin[:, None]
    together = together + np.float32(np.sqrt(SHARED_BY_DESTINATION)) * of_destination
    return np.asarray(alone * own + together, np.float32)


@dataclass(frozen=True)
class WeightEvidence:
    """Probabilities over a grid of weights, spreads and powers, in this order; mean and deviation of λ given the three."""

    probability: Numbers
    ratio: Numbers
    ratio_deviation: Numbers

    def draw(self, draws: int, random: np.random.Generator) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Weights, λ, spreads and powers, together."""
        chosen = random.choice(self.probability.size, draws, p=self.probability.ravel())
        at = np.unravel_index(chosen, self.probability.shape)
        weight = WEIGHTS[at[0]] + random.uniform(-0.5, 0.5, draws) / len(WEIGHTS)
        ratio = self.ratio[at] + self.ratio_deviation[at] * random.standard_normal(draws)
        return np.clip(weight, 1e-6, 1 - 1e-6), ratio, SPREADS[at[1]], POWERS[at[2]]

    def prior(self, report_error: float = 0.0, between: float = 0.0) -> BlendPrior:
        """Mean and deviation of the weight, and the corridor's spread less the error of its report (a standard deviation).

        `between`: a standard deviation between regions, which is added to that of the weight.
        """
        of_weight, of_spread, of_power = (
            self.probability.sum(axis=others) for others in ((1, 2), (0, 2), (0, 1))
        )
        mean = float(of_weight @ WEIGHTS)
        variance = float(of_weight @ (WEIGHTS - mean) ** 2) + between**2
        own = float(of_spread @ SPREADS**2) - report_error**2
        return BlendPrior(
            mean, float(np.sqrt(variance)), float(np.sqrt(max(own, 0.0))), float(of_power @ POWERS)
        )


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
    size = np.log(np.maximum(independent[used], 1.0) / SIZE)
    gap = np.log(reported[used]) - np.log(
        WEIGHTS[:, None] * least[used] + (1 - WEIGHTS[:, None]) * independent[used]
    )
    made = [_given_power(gap, size, power, ratio) for power in POWERS]
    fit = np.stack([each[0] for each in made], axis=2)
    probability = np.exp(fit - fit.max())
    return WeightEvidence(
        probability / probability.sum(), *(np.stack([each[k] for each in made], axis=2) for k in (1, 2))
    )


def _given_power(
    gap: Numbers, size: Numbers, power: float, ratio: tuple[float, float]
) -> tuple[Numbers, Numbers, Numbers]:
    """By weight and spread: logarithm of the probability with λ integrated out, mean and deviation of λ.

    With precisions k of the corridors' ε and λ ~ N(centre, error²), the weighted mean of the gaps is N(centre, error² + 1/Σk).
    """
    centre, error = ratio
    relative = np.exp(-2 * power * size)  # precision of a corridor where the spread is 1
    whole = relative.sum()
    mean = (gap @ relative / whole)[:, None]
    squares = ((gap - mean) ** 2 @ relative)[:, None]
    precision = whole / SPREADS[None, :] ** 2
    of_mean = error**2 + 1 / precision
    fit = (
        -squares / (2 * SPREADS[None, :] ** 2)
        - (len(size) - 1) * np.log(SPREADS)[None, :]
        + 0.5 * np.log(relative).sum()
        - 0.5 * np.log(whole)
        - (mean - centre) ** 2 / (2 * of_mean)
        - 0.5 * np.log(of_mean)
        + _prior_of_weight()[:, None]
    )
    both = precision + 1 / error**2
    found = (mean * precision + centre / error**2) / both
    return fit, found, np.broadcast_to(1 / np.sqrt(both), found.shape)


def _prior_of_weight() -> Numbers:
    """Logarithm of the Beta prior, up to a constant."""
    first, second = PRIOR_MEAN * PRIOR_SIZE, (1 - PRIOR_MEAN) * PRIOR_SIZE
    return np.asarray((first - 1) * np.log(WEIGHTS) + (second - 1) * np.log(1 - WEIGHTS))

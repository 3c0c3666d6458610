"""Rates by age (or migrants and population) → the model schedule nearest to them, with intervals of curve and parameters.

Penalised least squares from several starts, all of them fixed: of deviance residuals where migrants and population are known
(Poisson), else of differences of rates. The penalty is a weak prior on logarithms of parameters, near those of Rogers and Castro
(1981) and of rcbayes (Yeung et al. 2023); it keeps components that the data do not show from running away. Intervals are of the
normal approximation at the best fit (Laplace), on logarithms; they grow with the scatter of the data around the curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from guzar.analyse.ages.schedules import FAMILIES, rates_of
from guzar.errors import MethodNotApplicable, SettingsInvalid

Numbers = NDArray[np.float64]
Z = 1.6448536269514722  # of the 95 % point
LEAST_AGES = 5  # more than parameters of the curve
NEAR = 1e-3  # of the least objective: starts that end so near agree
AS_SHARES = 1.0  # the sum of rates by which priors of heights are scaled
# Centre and spread of logarithms, with rates scaled to a sum of 1; of μ₂ and μ₃ in years.
PRIORS = {
    "a1": (np.log(0.02), 1.0),
    "alpha1": (np.log(0.1), 0.7),
    "a2": (np.log(0.06), 1.0),
    "alpha2": (np.log(0.1), 0.7),
    "mu2": (21.0, 5.0),
    "lambda2": (np.log(0.4), 0.7),
    "a3": (np.log(0.002), 1.5),
    "alpha3": (np.log(0.4), 0.7),
    "mu3": (65.0, 4.0),
    "lambda3": (np.log(0.4), 0.7),
    "a4": (np.log(0.0003), 1.5),
    "lambda4": (np.log(0.02), 0.7),
    "c": (np.log(0.003), 1.5),
}
PLACES = ("mu2", "mu3")
STARTS = tuple(product((17.0, 21.0, 26.0, 32.0), (0.25, 0.6)))  # μ₂, λ₂


@dataclass(frozen=True)
class AgeData:
    """Age groups in order: first ages, width in years, rates per person, and persons at risk where they are known."""

    first: NDArray[np.int64]
    width: NDArray[np.int64]
    rates: Numbers
    population: Numbers | None = None


@dataclass(frozen=True)
class FittedSchedule:
    """Parameters and single ages with 5 % and 95 % points; how far the data lie from the curve; starts that agree with the best.

    `gap_percent` is the sum of absolute differences of rates as a share of all rates; `scatter` is deviance (or squared error in
    units of its estimate) per degree of freedom.
    """

    parameters: dict[str, tuple[float, float, float]]
    ages: NDArray[np.int64]
    curve: Numbers
    lower: Numbers
    upper: Numbers
    gap_percent: float
    scatter: float
    starts_that_agree: int
    starts: int

    @property
    def values(self) -> dict[str, float]:
        """Parameters without their intervals."""
        return {name: value for name, (_, value, _) in self.parameters.items()}


def fit_schedule(data: AgeData, family: int) -> FittedSchedule:
    """The schedule of 7, 9, 11 or 13 parameters nearest to rates by age.

    Raises SettingsInvalid for another family, MethodNotApplicable for too few ages or where nobody moves.
    """
    names = _names(family)
    _check(data, names)
    scale = float((data.rates * data.width).sum()) / AS_SHARES
    mean = _means(data)
    ages = np.arange(int(data.first[0]), int((data.first + data.width)[-1]))
    problem = _Problem(data, names, scale, ages, mean)
    spread = 0.05 * float(data.rates.max())
    for _ in range(1 if data.population is not None else 2):
        ends = sorted((problem.solve(start, spread) for start in STARTS), key=lambda end: end[0])
        cost, best = ends[0]
        left = data.rates - mean @ problem.curve(best)
        spread = max(float(np.sqrt((left**2).sum() / (len(left) - len(names)))), 1e-9 * data.rates.max())
    agree = sum(other <= cost * (1 + NEAR) + 1e-9 for other, _ in ends)
    return _with_intervals(problem, best, spread, agree)


class _Problem:
    """Rates of groups are means of the curve over their single ages."""

    def __init__(
        self, data: AgeData, names: Sequence[str], scale: float, ages: NDArray[np.int64], mean: Numbers
    ) -> None:
        self.data, self.names, self.scale, self.ages, self.mean = data, names, scale, ages, mean
        self.centre = np.array([PRIORS[name][0] for name in names])
        self.spread = np.array([PRIORS[name][1] for name in names])

    def parameters(self, at: Numbers) -> dict[str, float]:
        """Parameters from the point where the search stands; heights in the unit of the rates."""
        made = {}
        for name, value in zip(self.names, at, strict=True):
            free = value if name in PLACES else np.exp(value)
            made[name] = float(
                free * self.scale if name[0] in "ac" and not name.startswith("alpha") else free
            )
        return made

    def curve(self, at: Numbers) -> Numbers:
        """Rates by single age."""
        return rates_of(self.ages.astype(np.float64), self.parameters(at))

    def residuals(self, at: Numbers, spread: float) -> Numbers:
        """Of the data, and of the priors."""
        rates = np.maximum(self.mean @ self.curve(at), 1e-300)
        prior = (at - self.centre) / self.spread
        population = self.data.population
        if population is None:
            return np.concatenate([(self.data.rates - rates) / spread, prior])
        seen, likely = self.data.rates * population, rates * population
        logs = np.where(seen > 0, seen * np.log(np.where(seen > 0, seen, 1.0) / likely), 0.0)
        deviance = np.maximum(2 * (logs - (seen - likely)), 0.0)
        return np.concatenate([np.sign(seen - likely) * np.sqrt(deviance), prior])

    def solve(self, start: tuple[float, float], spread: float) -> tuple[float, Numbers]:
        """The objective and the point where it ends from a start; bounded so that no curve overflows."""
        begin = self.centre.copy()
        begin[self.names.index("mu2")] = start[0]
        begin[self.names.index("lambda2")] = np.log(start[1])
        reach = 6 * self.spread
        end = least_squares(
            self.residuals,
            begin,
            args=(spread,),
            bounds=(self.centre - reach, self.centre + reach),
            x_scale=self.spread,
        )
        return float(end.cost), np.asarray(end.x)

    def slopes(self, at: Numbers) -> Numbers:
        """Of the curve by single age and parameter, by central differences."""
        step = 1e-5
        columns = []
        for which in range(len(at)):
            move = np.zeros_like(at)
            move[which] = step
            columns.append((self.curve(at + move) - self.curve(at - move)) / (2 * step))
        return np.column_stack(columns)


def _names(family: int) -> tuple[str, ...]:
    if family not in FAMILIES:
        raise SettingsInvalid(
            "There is no family of {number} parameters.",
            expected="7, 9, 11 or 13",
            do="Choose one of them after --family.",
            number=family,
        )
    return FAMILIES[family]


def _check(data: AgeData, names: Sequence[str]) -> None:
    if len(data.rates) < len(names) + LEAST_AGES:
        raise MethodNotApplicable(
            "{ages} ages or groups are too few for a curve of {number} parameters.",
            expected="{least} or more",
            do="Give single ages, or choose a smaller family.",
            ages=len(data.rates),
            number=len(names),
            least=len(names) + LEAST_AGES,
        )
    if not data.rates.sum() > 0:
        raise MethodNotApplicable(
            "Nobody moves at any age: all rates are 0.",
            expected="rates above 0",
            do="Choose a group in which people move.",
        )


def _means(data: AgeData) -> Numbers:
    """By group and single age: the share of the age in the mean of the group."""
    first = int(data.first[0])
    made = np.zeros((len(data.first), int((data.first + data.width)[-1]) - first))
    for row, (begin, width) in enumerate(zip(data.first - first, data.width, strict=True)):
        made[row, begin : begin + width] = 1 / width
    return made


def _with_intervals(problem: _Problem, best: Numbers, spread: float, agree: int) -> FittedSchedule:
    """The inverse of the information at the best point, widened where the data scatter more than the model says."""
    slopes, curve = problem.slopes(best), problem.curve(best)
    grouped, fitted = problem.mean @ slopes, problem.mean @ curve
    data = problem.data
    free = len(data.rates) - len(best)
    weight = np.full(len(fitted), spread**-2) if data.population is None else data.population / fitted
    residuals = problem.residuals(best, spread)[: len(fitted)]
    scatter = float((residuals**2).sum() / free)
    information = (grouped * weight[:, None]).T @ grouped / max(1.0, scatter)
    covariance = np.linalg.inv(information + np.diag(problem.spread**-2.0))
    deviation = np.sqrt(np.maximum(np.einsum("xi,ij,xj->x", slopes, covariance, slopes), 0.0)) / curve
    low, high = (problem.parameters(best + side * Z * np.sqrt(np.diag(covariance))) for side in (-1.0, 1.0))
    values = problem.parameters(best)
    return FittedSchedule(
        {name: (low[name], values[name], high[name]) for name in problem.names},
        problem.ages,
        curve,
        curve * np.exp(-Z * deviation),
        curve * np.exp(Z * deviation),
        float(100 * (np.abs(data.rates - fitted) * data.width).sum() / (data.rates * data.width).sum()),
        scatter,
        agree,
        len(STARTS),
    )

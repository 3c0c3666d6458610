"""How many of those counted by one minimum stay would be counted by another: four published sets, and their spread.

A number of moves counted with a minimum stay becomes one counted with twelve months when it is multiplied by the factor
of its row. The four sets were estimated for flows between European countries around 2002-2018; none was estimated for
this region, so the factor is their geometric mean and the interval is that of a fifth set, not of the mean of four.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log, sqrt
from statistics import fmean, stdev

MONTHS = (0, 3, 6, 12, 60)  # 60 stands for permanent, or five years
PERMANENT = MONTHS[-1]
TO_TWELVE_MONTHS = {
    "IMEM 2013": (0.53, 0.63, 0.73, 1.0, 2.26),
    "Willekens 2019": (0.51, 0.61, 0.81, 1.0, 1.61),
    "Poisson": (0.79, 0.84, 0.89, 1.0, 2.61),
    "mixture": (0.51, 0.64, 0.71, 1.0, 1.80),
}
SOURCE = f"{', '.join(TO_TWELVE_MONTHS)} (Danko, UndercountMigScores)"
T_95 = 2.353363  # 95 % point of Student's t with three degrees of freedom: four sets less one
STOPS = (3, 9, 12)  # months at which a longer way is split, so that each part can be read and replaced


@dataclass(frozen=True)
class LogInterval:
    """A factor in logarithms: its centre, and how far the 5 % and 95 % points lie below and above."""

    centre: float
    below: float
    above: float


@cache
def log_factors(from_months: float, to_months: float) -> tuple[float, ...]:
    """ln(count with the second minimum stay / count with the first), by each of the four sets; 0 to 60 months.

    Between the published rows by straight lines, as Danko does.
    """
    return tuple(
        log(_to_twelve(row, from_months) / _to_twelve(row, to_months)) for row in TO_TWELVE_MONTHS.values()
    )


@cache
def interval_of_logs(logs: tuple[float, ...]) -> LogInterval:
    """Centre and 90 % interval of what a further set would say.

    Whoever stays longer is among those who stay shorter: a count never grows with its minimum stay, so that the interval
    ends at a factor of 1.
    """
    centre = fmean(logs)
    width = T_95 * stdev(logs) * sqrt(1 + 1 / len(logs))
    below, above = (width, min(width, -centre)) if centre <= 0 else (min(width, centre), width)
    return LogInterval(centre, below, above)


def duration_steps(from_months: float, to_months: float) -> list[tuple[float, float]]:
    """The way from one minimum stay to another, split at three, nine and twelve months."""
    low, high = sorted((from_months, to_months))
    way = [low, *(stop for stop in STOPS if low < stop < high), high]
    ordered = way if from_months <= to_months else way[::-1]
    return list(pairwise(ordered))


def has_factor(months: float) -> bool:
    """Whether the published sets reach this minimum stay."""
    return MONTHS[0] <= months <= PERMANENT


def _to_twelve(row: tuple[float, ...], months: float) -> float:
    """The factor of a minimum stay to twelve months, on the straight line between its neighbours."""
    at = next(place for place, bound in enumerate(MONTHS[1:], 1) if months <= bound)
    share = (months - MONTHS[at - 1]) / (MONTHS[at] - MONTHS[at - 1])
    return row[at - 1] + share * (row[at] - row[at - 1])

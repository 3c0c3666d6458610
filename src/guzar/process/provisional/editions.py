"""One edition of provisional months, and the editions there would have been before it.

An edition is what could be said on a landmark: of every month the decided, what is expected of the undecided, and an interval
from how far earlier editions were off. Hidden editions are made of nothing that was seen after their landmark, and are then
compared with what the months have become.
"""

from dataclasses import dataclass, field

import numpy as np

from guzar.process.provisional.baseline import expect_as_last_year
from guzar.process.provisional.cells import Counted
from guzar.process.provisional.drift import NORMAL, Drift, estimate_drift, interval_of, round_around
from guzar.process.provisional.hazards import (
    AgeCells,
    Expected,
    Numbers,
    arrange_cells,
    expect,
    fit_chances,
    no_coefficients,
)
from guzar.process.provisional.landmarks import LEAST_TRAINING, PROVED, Landmarks

EXIT, ENTRY = 0, 1
PARTS_OF_EXPECTED = ("undecided", "mean", "variance", "final", "still_open")


@dataclass(frozen=True)
class Outlook:
    """What a landmark lets expect: arrays direction (exit, entry) × age × group."""

    undecided: Numbers
    mean: Numbers
    variance: Numbers
    final: Numbers
    still_open: Numbers
    as_last_year: Numbers


@dataclass(frozen=True)
class Edition:
    """Months of one edition: arrays flow (immigration, emigration, net) × age in months × group.

    `decided`, `total`, `lower`, `upper`, `baseline` are migrations; `expected` with its interval is of the undecided.
    """

    place: int
    crossings: Numbers
    decided: Numbers
    undecided: Numbers
    expected: Numbers
    expected_lower: Numbers
    expected_upper: Numbers
    baseline: Numbers

    @property
    def total(self) -> Numbers:
        """Decided and expected together."""
        return self.decided + self.expected


@dataclass
class Editions:
    """Makes editions, each model beginning with the coefficients of the one before."""

    counted: Counted
    landmarks: Landmarks
    cells: tuple[tuple[AgeCells, ...], tuple[AgeCells, ...]] = field(init=False)
    _outlooks: dict[int, Outlook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = arrange_cells(self.counted, self.landmarks)
        ages = self.landmarks.ages
        self._starts = [[no_coefficients() for _ in range(ages)] for _ in (EXIT, ENTRY)]

    @property
    def groups(self) -> int:
        """How many groups are counted apart."""
        return int(self.counted.finals.shape[2])

    def outlook(self, place: int) -> Outlook:
        """What a landmark lets expect, from nothing that was seen after it."""
        if place not in self._outlooks:
            self._outlooks[place] = self._look(place)
        return self._outlooks[place]

    def _look(self, place: int) -> Outlook:
        told: list[list[Expected]] = []
        for direction in (EXIT, ENTRY):
            cells = self.cells[direction]
            chances = fit_chances(cells, place, self._starts[direction])
            told.append(
                [
                    expect(each, chance, place, self.groups)
                    for each, chance in zip(cells, chances, strict=True)
                ]
            )
        parts = {
            name: np.array([[getattr(each, name) for each in one] for one in told])
            for name in PARTS_OF_EXPECTED
        }
        last_year = [
            [
                expect_as_last_year(each, self.landmarks, place, age, self.groups)
                for age, each in enumerate(cells)
            ]
            for cells in self.cells
        ]
        return Outlook(**parts, as_last_year=np.array(last_year))

    def drift(self, place: int) -> Drift:
        """How far the editions before a landmark were off, by months that were final on it."""
        ages = self.landmarks.ages
        errors, variances, age = [], [], []
        for before in self.looked_back(place):
            past = self.outlook(before)
            final = [each for each in range(ages) if place - before + each >= ages]
            error = past.final - past.mean
            errors.append(error[:, final].reshape(2, -1))
            variances.append(past.variance[:, final].reshape(2, -1))
            age += list(np.repeat(final, self.groups))
        return estimate_drift(
            np.array(age, np.int64), np.concatenate(errors, 1), np.concatenate(variances, 1)
        )

    def looked_back(self, place: int) -> range:
        """Earlier landmarks whose errors are learned from, oldest first."""
        ages = self.landmarks.ages
        return range(max(ages + LEAST_TRAINING, place - ages - PROVED), place)

    def edition(self, place: int) -> Edition:
        """The edition of a landmark."""
        outlook = self.outlook(place)
        drift = self.drift(place)
        ages = range(self.landmarks.ages)
        variance = np.array(
            [[drift.variance(d, age, outlook.variance[d, age]) for age in ages] for d in (EXIT, ENTRY)]
        )
        ends = [interval_of(outlook.mean[d], variance[d], outlook.undecided[d]) for d in (EXIT, ENTRY)]
        net = outlook.mean[ENTRY] - outlook.mean[EXIT]
        both = np.sqrt(variance[EXIT] * variance[ENTRY])
        wide = NORMAL * np.sqrt(np.maximum(variance.sum(axis=0) - 2 * drift.correlation * both, 0))
        of_net = round_around(net, net - wide, net + wide)
        counts = self.counted.decisions[place].astype(np.float64).transpose(1, 0, 2, 3)
        return Edition(
            place,
            _flows(counts[..., 0], is_net=False),
            _flows(counts[..., 1], is_net=True),
            _flows(counts[..., 2], is_net=False),
            _with(outlook.mean, net),
            _with(np.array([each[0] for each in ends]), of_net[0]),
            _with(np.array([each[1] for each in ends]), of_net[1]),
            _flows(outlook.as_last_year, is_net=True),
        )


def _flows(by_direction: Numbers, *, is_net: bool) -> Numbers:
    """Immigration and emigration from entries and exits, and the net of the two, or their sum."""
    sign = -1 if is_net else 1
    return _with(by_direction, by_direction[ENTRY] + sign * by_direction[EXIT])


def _with(by_direction: Numbers, third: Numbers) -> Numbers:
    return np.stack([by_direction[ENTRY], by_direction[EXIT], third])

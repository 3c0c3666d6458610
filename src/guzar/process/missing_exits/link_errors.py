"""What errors of linkage do to estimates, found by making more of them: simulation and extrapolation.

Records of one person that stand under two numbers, and of two under one, make stays that nobody had. Their shares are
known from a clerical review, or from a made-up country; whose records they are is not. So as many errors again are put into
the log, and the estimate is made once more: what it moves by is what the errors that are in it moved it by, nearly. Each
count is corrected by so much, and the noise of the correction goes into its draws.

Reference: J. R. Cook and L. A. Stefanski (1994), Simulation-extrapolation estimation in parametric measurement error
models, Journal of the American Statistical Association 89.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid
from guzar.process.missing_exits.crossing_log import CrossingLog, Rows
from guzar.process.missing_exits.draws import SEED, draw_counts, find_recorded, fit_material, prepare
from guzar.process.missing_exits.year_counts import YearCounts
from guzar.process.residence_kernel import OPEN
from guzar.process.residence_rule import ResidenceRule

PAIRS = 6  # of draws, as is and with more errors, that show what these do
MOST_ERRORS = 0.2  # share of persons; above it the line is no line


@dataclass(frozen=True)
class LinkErrors:
    """Shares of persons: whose records stand under two numbers, and whose records stand under another person's."""

    split: float = 0.0
    joined: float = 0.0

    def require_sense(self) -> None:
        """Refuse shares that are none, or so large that a correction would be a guess."""
        wrong = [share for share in (self.split, self.joined) if not 0 <= share <= MOST_ERRORS]
        if wrong:
            raise SettingsInvalid(
                "{share} is no share of persons by which estimates can be corrected.",
                expected="--split-persons and --joined-persons from 0 to {most}, as 0.02",
                do="Correct the option; with more errors than that, link better first.",
                share=wrong[0],
                most=MOST_ERRORS,
            )

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return self.split > 0 or self.joined > 0


def with_more_errors(log: CrossingLog, errors: LinkErrors, random: np.random.Generator) -> CrossingLog:
    """The log with such shares of persons split at a random crossing, and put under another person's number."""
    persons, person = log.persons, log.person
    number = np.arange(persons)
    joined = random.random(persons) < errors.joined
    number[joined] = random.integers(0, persons, int(joined.sum()))
    begins, ends = log.day[log.starts[:-1]], log.day[log.starts[1:] - 1]
    since = begins + random.random(persons) * (ends - begins + 1)
    renewed = np.where(random.random(persons) < errors.split, since, np.inf)
    whose = number[person] + np.where(log.day > renewed[person], persons, 0)
    return _renumbered(log, whose, persons)


def _renumbered(log: CrossingLog, whose: Rows, persons: int) -> CrossingLog:
    """The log in the order of other numbers; what other sources say of the first day stays with the first of them."""
    order = np.lexsort((np.arange(len(whose)), log.day, whose))
    kept, place = np.unique(whose[order], return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(kept)))]).astype(np.int64)
    given = np.where(kept < persons, log.given[kept % persons], OPEN).astype(np.int8)
    columns = ("day", "is_entry", "port", "mode", "citizenship", "permitted_until")
    permissions = None if log.permissions is None else log.permissions.take(kept % persons)
    mortality = None
    if log.mortality is not None:
        mortality = log.mortality.take(kept % persons).where_possible(log.day[order][starts[1:] - 1])
    arrays = {name: getattr(log, name)[order] for name in columns}
    return replace(log, starts=starts, given=given, permissions=permissions, mortality=mortality, **arrays)


def moved_by_errors(
    log: CrossingLog, rule: ResidenceRule, errors: LinkErrors, *, delta: float = 0.0, seed: int = SEED
) -> YearCounts:
    """What as many errors again move the counts by: PAIRS of draws, each the difference of two with the same chances."""
    random = np.random.default_rng((seed, 1))
    as_is = _draw(log, rule, delta, seed)
    more = _draw(with_more_errors(log, errors, random), rule, delta, seed)
    return YearCounts(
        more.counted - as_is.counted,
        more.undecided - as_is.undecided,
        more.drawn - as_is.drawn,
        more.removed - as_is.removed,
    )


def _draw(log: CrossingLog, rule: ResidenceRule, delta: float, seed: int) -> YearCounts:
    material = prepare(log, rule)
    recorded = find_recorded(material)
    fit = fit_material(material, recorded, delta)
    return draw_counts(material, fit, recorded, delta=delta, draws=PAIRS, seed=seed)


def without_errors(draws: YearCounts, moved: YearCounts, seed: int = SEED) -> YearCounts:
    """Draws corrected by what errors of linkage moved them by; each draw by its own bootstrap of the pairs."""
    random = np.random.default_rng((seed, 2))
    chosen = random.integers(0, len(moved.counted), (len(draws.counted), len(moved.counted)))
    shift: NDArray[np.float64] = moved.counted[chosen].mean(axis=1)
    return replace(draws, counted=draws.counted - shift)

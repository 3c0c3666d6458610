"""What errors of linkage do to estimates, found by making more of them: simulation and extrapolation.

Records of one person that stand under two numbers, and of two under one, make stays that nobody had. Their shares are
known from a clerical review, or from a made-up country; whose records they are is not. So as many errors again are put into
the log, and the estimate is made once more: what it moves by is what the errors that are in it moved it by, nearly. Each
count is corrected by so much, and the noise of the correction goes into its draws.

Reference: J. R. Cook and L. A. Stefanski (1994), Simulation-extrapolation estimation in parametric measurement error
models, Journal of the American Statistical Association 89.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid
from guzar.process.missing_exits.crossing_log import CrossingLog, Rows
from guzar.process.missing_exits.draws import SEED, draw_counts, fit_material
from guzar.process.missing_exits.fit import Fit
from guzar.process.missing_exits.material import Material, prepare
from guzar.process.missing_exits.recorded import find_recorded
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
    """What as many errors again move the counts by: PAIRS of draws, each the difference of two with the same chances.

    Whose records the errors are put into is drawn anew for each pair: what they do depends on whom they meet.
    """
    material = prepare(log, rule)
    recorded = find_recorded(material)
    fit = fit_material(material, recorded, delta)
    as_is = draw_counts(material, fit, recorded, delta=delta, draws=PAIRS, seed=seed)
    more = _stack_lots([_draw_with_more(material, fit, errors, delta, seed, pair) for pair in range(PAIRS)])
    return YearCounts(
        more.counted - as_is.counted,
        more.undecided - as_is.undecided,
        more.drawn - as_is.drawn,
        more.removed - as_is.removed,
    )


def _draw_with_more(
    material: Material, begin: Fit, errors: LinkErrors, delta: float, seed: int, pair: int
) -> YearCounts:
    """The draw of a pair, of a log with more errors; its sojourns are found from those of the log as it is on."""
    random = np.random.default_rng((seed, 1, pair))
    worse = prepare(with_more_errors(material.log, errors, random), material.rule, material.numbering)
    recorded = find_recorded(worse)
    fit = fit_material(worse, recorded, delta, begin)
    return draw_counts(worse, fit, recorded, delta=delta, seed=seed, numbers=[pair])


def _stack_lots(lots: Sequence[YearCounts]) -> YearCounts:
    """Counts of lots of draws as one, in turn."""
    names = [field.name for field in fields(YearCounts)]
    return YearCounts(**{name: np.concatenate([getattr(each, name) for each in lots]) for name in names})


def without_errors(draws: YearCounts, moved: YearCounts, seed: int = SEED) -> YearCounts:
    """Draws corrected by what errors of linkage moved them by; each draw by its own bootstrap of the pairs."""
    random = np.random.default_rng((seed, 2))
    chosen = random.integers(0, len(moved.counted), (len(draws.counted), len(moved.counted)))
    shift: NDArray[np.float64] = moved.counted[chosen].mean(axis=1)
    return replace(draws, counted=draws.counted - shift)

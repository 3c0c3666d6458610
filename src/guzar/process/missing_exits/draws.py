"""Multiple imputation of hidden paths: draws, each under its own bootstrap parameters, counted by the residence rule."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.chains import Losses
from guzar.process.missing_exits.crossing_log import CrossingLog, keep_persons
from guzar.process.missing_exits.cycles import (
    persons_with_gaps,
)
from guzar.process.missing_exits.deaths import draw_deaths
from guzar.process.missing_exits.first_permissions import permit_first_entries
from guzar.process.missing_exits.fit import (
    BLIND_CLASSES,
    Fit,
    Recorded,
    fit_sojourns,
)
from guzar.process.missing_exits.hidden_paths import Paths, draw_paths, paths_as_recorded
from guzar.process.missing_exits.material import Material, losses_of, tables_of
from guzar.process.missing_exits.permits import WITH, WITHOUT
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.sojourns import Sojourns
from guzar.process.missing_exits.year_counts import (
    YearCounts,
    count_years,
    residence_at_start,
    stack_counts,
)
from guzar.process.residence_kernel import OPEN
from guzar.process.residence_rule import ResidenceRule

DRAWS, SEED = 20, 20260101
ROUNDS_OF_A_REPLICATE = 12  # from the fit of all persons on
THREADS = 2
Told = Callable[[], None]
Seen = Callable[[int, Paths], None]  # what else is counted in a draw
Made = TypeVar("Made")


def fit_material(material: Material, recorded: Recorded, delta: float = 0.0, begin: Fit | None = None) -> Fit:
    """Sojourns of all persons under a coverage and a δ; from another fit on where it is given.

    Under A1 they are found twice where entries show permissions: with classes that heed them and with classes that do not.
    Neither is surely right (docs/methods/missing-exits.md, section 9), so each makes half of the draws.
    """
    material = material.under(delta)
    losses = losses_of(material, recorded, delta)
    find = partial(
        fit_sojourns, losses=losses, horizon=material.horizon, deaths_per_day=material.deaths_per_day
    )
    blind_begin = None if begin is None else begin.blind or begin.sojourns
    if not {WITH, WITHOUT} <= set(np.unique(material.sample.mark)):
        return find(material.sample, begin=blind_begin, classes=BLIND_CLASSES)
    found = find(material.sample, begin=None if begin is None else begin.sojourns)
    blind = find(material.blind().sample, begin=blind_begin, classes=BLIND_CLASSES)
    return replace(found, blind=blind.sojourns)


def draw_counts(
    material: Material,
    fit: Fit,
    recorded: Recorded,
    *,
    delta: float = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
    told: Told = lambda: None,
    seen: Seen = lambda draw, past: None,
    numbers: Sequence[int] | None = None,
) -> YearCounts:
    """Counts by draw (rows) and year (columns); each draw has the parameters of its own bootstrap.

    The share that is recorded comes from a bootstrap of port-months, sojourns from one of persons. Two draws are made at a
    time; what each draws depends on the seed and its number alone. With `numbers` only these draws are made.
    """

    def one(draw: int) -> YearCounts:
        past = draw_past(material, fit, recorded, draw, delta=delta, seed=seed)
        counts = count_years(past, material.rule)
        seen(draw, past)
        told()
        return counts

    return stack_counts(each_draw(one, range(draws) if numbers is None else numbers))


def each_draw(one: Callable[[int], Made], draws: int | Sequence[int]) -> list[Made]:
    """What is made of every draw, by its number (so many, or these); two at a time."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(draws) if isinstance(draws, int) else draws))


def draw_past(
    material: Material, fit: Fit, recorded: Recorded, draw: int, *, delta: float = 0.0, seed: int = SEED
) -> Paths:
    """The possible past of one draw, under parameters of its own bootstrap; of two draws one heeds permissions shown."""
    material, begin = material.under(delta), fit.sojourns
    if fit.blind is not None and draw % 2:
        material, begin = material.blind(), fit.blind
    random = np.random.default_rng((seed, draw))
    weights = random.poisson(1.0, material.sample.persons).astype(np.float64)
    losses = losses_of(material, find_recorded(material, random, recorded), delta)
    replicate = fit_sojourns(
        material.sample,
        losses,
        weights=weights,
        begin=begin,
        rounds=ROUNDS_OF_A_REPLICATE,
        horizon=material.horizon,
        deaths_per_day=material.deaths_per_day,
    )
    tables = tables_of(material, replicate.sojourns, losses)
    seeds = random.integers(2**31, size=2)
    past = draw_paths(material.log, material.histories, tables, losses, int(seeds[0]))
    past = permit_first_entries(past, int(seeds[1]))
    last = (material.rule.last_day - EPOCH).days
    return draw_deaths(past, replicate.sojourns, last, int(random.integers(2**31)))


def draw_once(material: Material, sojourns: Sojourns, losses: Losses, seed: int) -> YearCounts:
    """Counts of one possible past under given parameters."""
    tables = tables_of(material, sojourns, losses)
    past = draw_paths(material.log, material.histories, tables, losses, seed)
    return count_years(permit_first_entries(past, seed), material.rule)


def count_as_recorded(material: Material) -> YearCounts:
    """Counts of the crossings as recorded, every gap split half-way: what is published where nobody asks."""
    return _count_plainly(material.log, material.rule)


def count_left_out(material: Material) -> YearCounts:
    """Counts of the persons whose recorded entries and exits take turns; whoever has a gap is left out."""
    return _count_plainly(keep_persons(material.log, ~persons_with_gaps(material.log)), material.rule)


def _count_plainly(log: CrossingLog, rule: ResidenceRule) -> YearCounts:
    """Counts as `guzar residence` gives them: a first crossing after V days tells where its person was on the first day,
    whatever other sources say (they may know of a crossing that was lost)."""
    paths = paths_as_recorded(log)
    told = residence_at_start(replace(paths, given=np.full_like(paths.given, OPEN)), rule)
    return count_years(replace(paths, given=np.where(told == OPEN, paths.given, told)), rule)

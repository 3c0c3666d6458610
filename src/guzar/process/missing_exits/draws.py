"""Multiple imputation of hidden paths: draws, each under its own bootstrap parameters, counted by the residence rule."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import (
    ClosedCycles,
    list_closed_cycles,
    strata_of,
    strata_over_length,
    strata_over_time,
    tabulate_cycles,
)
from guzar.process.missing_exits.exit_coverage import ExitCoverage, check_coverage, estimate_exit_coverage
from guzar.process.missing_exits.fit import Fit, find_losses, fit_sojourns, groups_of
from guzar.process.missing_exits.hidden_paths import draw_paths, paths_as_recorded
from guzar.process.missing_exits.histories import Histories, read_log
from guzar.process.missing_exits.sojourns import Losses, Numbers, Sojourns, make_tables
from guzar.process.missing_exits.year_counts import YearCounts, count_years, stack_counts
from guzar.process.residence_rule import ResidenceRule

DRAWS, SEED = 20, 20260101
POOR_FIT = 0.003  # p-value of one of three tests; 1 % for all three together
ROUNDS_OF_A_REPLICATE = 12  # from the fit of all persons on
Told = Callable[[], None]


@dataclass(frozen=True)
class Material:
    """A log made ready: what is the same in every draw."""

    log: CrossingLog
    rule: ResidenceRule
    histories: Histories
    cycles: ClosedCycles
    strata: np.ndarray[tuple[int], np.dtype[np.int64]]


def prepare(log: CrossingLog, rule: ResidenceRule) -> Material:
    """Groups, closed cycles and strata of a log."""
    first, last = (rule.first_day - EPOCH).days, (rule.last_day - EPOCH).days
    cycles = list_closed_cycles(log)
    return Material(log, rule, read_log(log, groups_of(log), first, last), cycles, strata_of(log, cycles))


def find_coverage(
    material: Material, weights: Numbers | None = None, *, together: bool = False
) -> ExitCoverage:
    """Exit coverage of the persons, weighted where weights are given; one for all ports with `together`."""
    table = tabulate_cycles(material.log, material.cycles, material.strata, weights)
    return estimate_exit_coverage(
        table, material.log.ports, together=together, is_replicate=weights is not None
    )


@dataclass(frozen=True)
class Diagnostics:
    """p-values of three tests of one coverage by port: over strata, over time, over the length of cycles."""

    strata: float
    time: float
    length: float

    @property
    def failed(self) -> tuple[str, ...]:
        """The tests that fail."""
        return tuple(name for name, p in vars(self).items() if p < POOR_FIT)


def diagnose(material: Material, coverage: ExitCoverage) -> Diagnostics:
    """Test whether losses depend on more than the port of exit."""
    log, cycles = material.log, material.cycles
    tables = (
        tabulate_cycles(log, cycles, strata(log, cycles)) for strata in (strata_over_time, strata_over_length)
    )
    return Diagnostics(coverage.fits, *(check_coverage(table, coverage) for table in tables))


def fit_material(
    material: Material, coverage: ExitCoverage, delta: float = 0.0, begin: Sojourns | None = None
) -> Fit:
    """Sojourns of all persons under a coverage and a δ."""
    losses = find_losses(material.log, material.cycles, coverage, delta)
    return fit_sojourns(material.histories, losses, begin=begin)


def draw_counts(
    material: Material,
    fit: Fit,
    *,
    delta: float = 0.0,
    together: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
    told: Told = lambda: None,
) -> YearCounts:
    """Counts by draw (rows) and year (columns); each draw has the parameters of its own bootstrap of persons."""
    counts = []
    for draw in range(draws):
        random = np.random.default_rng((seed, draw))
        weights = random.poisson(1.0, material.log.persons).astype(np.float64)
        coverage = find_coverage(material, weights, together=together)
        losses = find_losses(material.log, material.cycles, coverage, delta)
        replicate = fit_sojourns(
            material.histories, losses, weights=weights, begin=fit.sojourns, rounds=ROUNDS_OF_A_REPLICATE
        )
        counts.append(draw_once(material, replicate.sojourns, losses, int(random.integers(2**31))))
        told()
    return stack_counts(counts)


def draw_once(material: Material, sojourns: Sojourns, losses: Losses, seed: int) -> YearCounts:
    """Counts of one possible past under given parameters."""
    tables = make_tables(sojourns, material.histories.last - material.histories.first)
    return count_years(draw_paths(material.log, material.histories, tables, losses, seed), material.rule)


def count_as_recorded(material: Material) -> YearCounts:
    """Counts of the crossings as recorded, every gap split half-way: what is published where nobody asks."""
    return count_years(paths_as_recorded(material.log), material.rule)

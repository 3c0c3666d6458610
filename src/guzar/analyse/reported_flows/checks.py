"""Reports that the field has not seen, beside what it expects of them: leave out a reporter, or one reporter's corridor.

Without a reporter nothing but its prior says how much it counts: intervals are wide, and what is checked is the prior and the model of
flows. Without one corridor of a reporter its share is known from others: what is checked is the spread of reports. Variances stay
those of all reports.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri, pdtr

from guzar.analyse.reported_flows.latent_field import (
    Fit,
    find_mode,
    linear_parts,
    variance_of_counts,
)
from guzar.analyse.reported_flows.tables import FLOW, PERSONS, VOICE, Reports

Numbers = NDArray[np.float64]
Hidden = NDArray[np.bool_]
LEVELS = (0.5, 0.8, 0.95)
POINTS = 200  # of equal probability, for the mixture of Poisson distributions
SOURCE_OUT, CORRIDOR_OUT = "leave_one_source_out", "leave_corridors_out"
FOLDS = 10


@dataclass(frozen=True)
class Expected:
    """Reports that were hidden: their places, median and standard deviation (ln) of what was expected, and where the report lies
    in that distribution (0 to 1)."""

    at: NDArray[np.int64]
    logs: Numbers
    deviation: Numbers
    place: Numbers


def expect_hidden(fit: Fit, hidden: Hidden) -> Expected:
    """What the field expects of reports that it does not see; variances stay as they are."""
    again = find_mode(replace(fit.evidence, seen=~hidden), fit.spreads, fit)
    mean, toward = linear_parts(again.evidence, again.flows, again.shared)
    counts, at = fit.evidence.counts, np.flatnonzero(hidden)
    variance = variance_of_counts(again, toward)[at] + fit.spreads.errors[counts.group[at]] ** 2
    deviation = np.sqrt(variance)
    return Expected(at, mean[at], deviation, places_in_poisson(counts.persons[at], mean[at], deviation))


def places_in_poisson(persons: Numbers, mean: Numbers, deviation: Numbers) -> Numbers:
    """P(count < persons) + ½ P(count = persons) where ln of the expectation is normal."""
    points = ndtri((np.arange(POINTS) + 0.5) / POINTS)
    expected = np.exp(mean[:, None] + deviation[:, None] * points)
    whole = np.floor(persons)[:, None]
    below = np.where(whole > 0, pdtr(np.maximum(whole - 1, 0), expected), 0.0)
    return np.asarray(0.5 * (below + pdtr(whole, expected)).mean(axis=1), np.float64)


def check_field(reports: Reports, fit: Fit, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every report beside what was expected without it, in two ways; and how many lie in intervals of 50, 80 and 95 %.

    The first: one row per way and report. The second: one row per way, and per way and reporter.
    """
    parts = [
        _in_rows(reports, expect_hidden(fit, hidden), way)
        for way, all_hidden in ((SOURCE_OUT, _sources(reports)), (CORRIDOR_OUT, _corridors(reports, seed)))
        for hidden in _as_counts(fit, all_hidden)
    ]
    rows = pl.concat(parts)
    return rows, pl.concat([_coverage(rows, ["check"]), _coverage(rows, ["check", *VOICE])], how="diagonal")


def _sources(reports: Reports) -> Iterator[Hidden]:
    """Each reporter that is no anchor: without an anchor there would be no level."""
    return (reports.voice == at for at in np.flatnonzero(~reports.is_anchor))


def _corridors(reports: Reports, seed: int) -> Iterator[Hidden]:
    """Tenths of all pairs of corridor and reporter, years together."""
    of = np.unique(np.column_stack([reports.corridor, reports.voice]), axis=0, return_inverse=True)[1].ravel()
    fold = np.random.default_rng((seed, 7)).permutation(of.max() + 1) % FOLDS
    return (fold[of] == each for each in range(FOLDS))


def _as_counts(fit: Fit, all_hidden: Iterable[Hidden]) -> Iterator[Hidden]:
    """Transitions stand behind the reports, and are never hidden."""
    size = len(fit.evidence.counts.persons)
    for hidden in all_hidden:
        if hidden.any():
            yield np.concatenate([hidden, np.zeros(size - len(hidden), bool)])


def _in_rows(reports: Reports, expected: Expected, way: str) -> pl.DataFrame:
    return (
        reports.table[expected.at]
        .select(*FLOW, *VOICE, PERSONS)
        .with_columns(
            pl.lit(way).alias("check"),
            pl.Series("expected", np.exp(expected.logs)),
            pl.Series("deviation", expected.deviation),
            pl.Series("place", expected.place),
        )
    )


def _coverage(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    inside = [
        pl.col("place")
        .is_between((1 - level) / 2, (1 + level) / 2)
        .mean()
        .alias(f"inside_{100 * level:.0f}_percent")
        for level in LEVELS
    ]
    ratio = (pl.col(PERSONS).clip(lower_bound=0.5) / pl.col("expected")).log()
    return rows.group_by(by, maintain_order=True).agg(
        pl.len().alias("reports"),
        *inside,
        pl.col("deviation").median().alias("median_deviation"),
        ratio.median().alias("median_error"),
        (ratio**2).mean().sqrt().alias("root_mean_square_error"),
    )

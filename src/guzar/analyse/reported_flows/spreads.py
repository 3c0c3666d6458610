"""Standard deviations of the latent field by EM: expectations under the normal approximation at the mode, then each at its maximum.

Rounds go on until none changes by more than a fifth of a percent; each round takes one step of Newton towards the mode. A little
prior stands in for what no data speak of (one corridor, one year).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from guzar.analyse.reported_flows.blocks import shared_covariance
from guzar.analyse.reported_flows.evidence import Evidence
from guzar.analyse.reported_flows.latent_field import (
    SIDES,
    SMALLEST,
    Fit,
    Spreads,
    covariance_of_years,
    find_mode,
    linear_parts,
    pull_of_counts,
    variance_of_counts,
    variance_of_flows,
)

Numbers = NDArray[np.float64]
ROUNDS, STEADY = 80, 2e-3
MOST_CORRELATED = 0.995
BEGIN = (1.5, 0.3, 0.7)  # ln: of corridors about the mean, of years about the corridor; from year to year
PRIOR_COUNTS, PRIOR_DEVIATION = 2.0, 0.2  # of each variance of errors: as if so many had been seen


def fit_field(evidence: Evidence) -> Fit:
    """The latent field with its variances estimated. Raises MethodNotApplicable where no mode is found."""
    groups = len(evidence.groups)
    spreads = Spreads(*BEGIN, np.full(groups, 0.3), np.full(SIDES, 0.2), 0.4)
    fit = find_mode(evidence, spreads)
    for rounds in range(ROUNDS):
        before, spreads = _as_numbers(spreads), _maximise(fit)
        fit = replace(find_mode(evidence, spreads, fit, steps=1), rounds=rounds + 1)
        if np.abs(np.log(_as_numbers(spreads) / before)).max() < STEADY:
            break
    return replace(find_mode(evidence, spreads, fit), rounds=fit.rounds)


def _as_numbers(spreads: Spreads) -> Numbers:
    stay = -np.log(spreads.from_year_to_year)
    own = [spreads.of_corridors, spreads.of_years, stay, spreads.of_reporters]
    return np.asarray(
        np.maximum(np.concatenate([own, spreads.errors, spreads.kept_errors]), SMALLEST), np.float64
    )


def _maximise(fit: Fit) -> Spreads:
    """Variances at their maximum, given the expectations of what they are variances of."""
    evidence, spreads, years = fit.evidence, fit.spreads, len(fit.evidence.years)
    of_corridors, of_years, stay = _maximise_years(fit, years)
    return Spreads(
        of_corridors,
        of_years,
        stay,
        _maximise_errors(fit),
        _maximise_kept(fit, years),
        _maximise_reporters(evidence, spreads, fit),
    )


def _maximise_years(fit: Fit, years: int) -> tuple[float, float, float]:
    evidence, slopes = fit.evidence, fit.evidence.slopes.shape[2]
    away = fit.flows[:, :years] - evidence.slopes @ fit.shared[:slopes]
    reach = fit.arrow.lean[:, :years].copy()
    reach[:, :, :slopes] += evidence.slopes
    number = len(away)
    squares = away.T @ away + fit.arrow.inverse[:, :years, :years].sum(axis=0)
    squares += np.einsum("ctk,csk->ts", reach @ shared_covariance(fit.arrow), reach, optimize=True)

    def loss(point: Numbers) -> float:
        of = (
            float(np.exp(point[0])),
            float(np.exp(point[1])),
            MOST_CORRELATED / (1 + float(np.exp(-point[2]))),
        )
        covariance = covariance_of_years(years, of)
        _, size = np.linalg.slogdet(covariance)
        fit_of = float(np.trace(np.linalg.solve(covariance, squares)))
        # A little prior keeps what no data speak of (one year, one corridor) where it began.
        return number * float(size) + fit_of + float(((point - begin) ** 2).sum()) * 0.1

    begin = np.array([np.log(BEGIN[0]), np.log(BEGIN[1]), np.log(BEGIN[2] / (MOST_CORRELATED - BEGIN[2]))])
    now = fit.spreads
    stay = now.from_year_to_year
    start = np.array(
        [np.log(now.of_corridors), np.log(now.of_years), np.log(stay / (MOST_CORRELATED - stay))]
    )
    found = minimize(
        loss, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3, "maxiter": 200}
    ).x
    return float(np.exp(found[0])), float(np.exp(found[1])), MOST_CORRELATED / (1 + float(np.exp(-found[2])))


def _maximise_errors(fit: Fit) -> Numbers:
    """Of years: expected squares of their errors, by group."""
    counts = fit.evidence.counts
    mean, toward = linear_parts(fit.evidence, fit.flows, fit.shared)
    pull, _ = pull_of_counts(counts, fit.evidence.seen, mean, fit.spreads)
    variance = fit.spreads.errors[counts.group] ** 2
    expected = np.maximum(counts.persons - pull, 1e-12)
    share = variance / (variance + 1 / expected)
    of_mean = variance_of_counts(fit, toward)
    squares = (variance * pull) ** 2 + share**2 * of_mean + variance * (1 - share)
    groups = len(fit.evidence.groups)
    sums, number = (
        np.bincount(counts.group, squares, minlength=groups),
        np.bincount(counts.group, minlength=groups),
    )
    return np.asarray(
        np.sqrt((sums + PRIOR_COUNTS * PRIOR_DEVIATION**2) / (number + PRIOR_COUNTS)), np.float64
    )


def _maximise_kept(fit: Fit, years: int) -> Numbers:
    """Of corridors: expected squares of the errors that they keep, by side, where the side reports."""
    counts = fit.evidence.counts
    squares = (fit.flows**2 + variance_of_flows(fit))[:, years:]
    told = np.zeros_like(squares)
    kept = counts.side < SIDES
    told[counts.corridor[kept], counts.side[kept]] = 1.0
    sums, number = (squares * told).sum(axis=0), told.sum(axis=0)
    return np.asarray(
        np.sqrt((sums + PRIOR_COUNTS * PRIOR_DEVIATION**2) / (number + PRIOR_COUNTS)), np.float64
    )


def _maximise_reporters(evidence: Evidence, spreads: Spreads, fit: Fit) -> float:
    """Of reporters about the prior of their share, one fixed-point step of the maximum."""
    of = evidence.parameters
    at = np.flatnonzero(of.is_undercount)
    if not len(at):
        return spreads.of_reporters
    added = spreads.of_reporters**2
    whole = of.variance[at] + added
    squares = (fit.shared[at] - of.mean[at]) ** 2 + np.diag(fit.arrow.left)[at]
    share = added / whole
    expected = share**2 * squares + added * (1 - share)
    return float(np.sqrt((expected.sum() + PRIOR_COUNTS * PRIOR_DEVIATION**2) / (len(at) + PRIOR_COUNTS)))

"""Pairs of reports of one flow → a factor for each reporter, by weighted least squares on logarithms.

Minimised is Σ w (ln a + φ_a − ln b − φ_b)² over pairs, with a and b already counts of stays of twelve months; anchors have φ = 0.
The normal equations are the Laplacian of a weighted graph whose nodes are reporters: one sparse solve. Weights are half the harmonic
mean of both counts, up to a limit, as registers differ by more than chance; pairs far off count less (Huber 1964). Years of one
corridor are no independent evidence: what its pairs have in common is estimated and carried into the standard errors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu

from guzar.analyse.reported_flows.tables import Pairs, Reports, components_of

Numbers = NDArray[np.float64]
MOST_WEIGHT = 100.0  # persons: above, counting is not what makes reports differ
HUBER = 1.345  # standard deviations; 95 % efficient where errors are normal
BY_CHANCE = 1.0  # standard deviations: what counting alone explains is not far off
NORMAL_DEVIATION = 1.4826  # standard deviation by median absolute deviation
ROUNDS, SETTLED = 100, 1e-10


@dataclass(frozen=True)
class Factors:
    """By reporter: ln of the factor, with its covariance; group of comparison; pairs that speak of it.

    `is_known`: an anchor is in its group. Elsewhere factors are relative to the group's mean and no level is known. `spread` is
    the variance of ln of one report about the reconciled flow, counting apart.
    """

    logs: Numbers
    covariance: Numbers
    component: NDArray[np.int64]
    is_known: NDArray[np.bool_]
    pairs: NDArray[np.int64]
    spread: float
    left_out: int  # pairs in which a side counts nobody


def fit_log_factors(reports: Reports, pairs: Pairs, counts: Numbers) -> Factors:
    """Factors by log least squares; `counts` are reports in persons who stay twelve months or more."""
    component, anchored = components_of(reports, pairs)
    told = (counts[pairs.first] > 0) & (counts[pairs.second] > 0)
    one, other = pairs.first[told], pairs.second[told]
    basis = _basis(component, reports.is_anchor, anchored)
    differences = _differences(reports, one, other)
    design = csr_array(differences @ basis)
    gap = np.log(counts[one]) - np.log(counts[other])
    by_chance = 1 / reports.persons[one] + 1 / reports.persons[other]
    weights = np.minimum(1 / by_chance, MOST_WEIGHT / 2)
    found, robust = _robust(design, gap, weights)
    errors = gap + design @ found
    covariance = _covariance(design, robust, errors, reports.corridor[one])
    return Factors(
        basis @ found,
        np.asarray((basis @ (basis @ covariance).T).T),
        component,
        anchored,
        np.asarray(
            np.bincount(
                np.concatenate([reports.voice[one], reports.voice[other]]), minlength=reports.voices.height
            ),
            np.int64,
        ),
        spread_of_reports(errors, by_chance, weights, design.shape[1]),
        int((~told).sum()),
    )


def spread_of_reports(errors: Numbers, by_chance: Numbers, weights: Numbers, unknowns: int) -> float:
    """The variance of ln of one report beyond counting: half of that of the difference of two; tails are not cut.

    NaN where there are no more pairs than factors: they fit whatever reports say, and tell nothing of how reports differ.
    """
    free = len(errors) - unknowns
    if free <= 0:
        return float("nan")
    excess = weights @ (errors**2 - by_chance) / max(1e-300, weights.sum()) * len(errors) / free
    # Rounding must not look like chance: a world without noise has none.
    return 0.5 * max(0.0, float(excess))


def _basis(
    component: NDArray[np.int64], is_anchor: NDArray[np.bool_], anchored: NDArray[np.bool_]
) -> csr_array:
    """From unknowns to reporters: anchors are 0; a group without anchor has mean 0, its first reporter being minus the others."""
    first = np.zeros(len(component), bool)
    first[np.unique(component, return_index=True)[1]] = True
    is_free = np.where(anchored, ~is_anchor, ~first)
    place = np.cumsum(is_free) - 1
    at = np.flatnonzero(is_free)
    rows, columns, values = [at], [place[at]], [np.ones(len(at))]
    for leader in np.flatnonzero(first & ~anchored):
        members = np.flatnonzero(component == component[leader])
        others = members[members != leader]
        for row in members:
            rows.append(np.full(len(others), row))
            columns.append(place[others])
            values.append(np.full(len(others), -1.0 / len(members)))
    return csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(component), int(is_free.sum())),
    )


def _differences(reports: Reports, one: NDArray[np.int64], other: NDArray[np.int64]) -> csr_array:
    """By pair and reporter: +1 for the first, −1 for the second."""
    rows = np.arange(len(one))
    signs = np.concatenate([np.ones(len(one)), -np.ones(len(one))])
    voices = np.concatenate([reports.voice[one], reports.voice[other]])
    return csr_array((signs, (np.tile(rows, 2), voices)), shape=(len(one), reports.voices.height))


def _robust(design: csr_array, gap: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Least squares, again and again with less weight for pairs that lie far off; the factors, and the weights at the end."""
    found, used = np.zeros(design.shape[1]), weights
    if not design.shape[1] or not len(gap):
        return found, weights
    for _ in range(ROUNDS):
        before, found = found, solve_weighted(design, used, -gap)
        far = np.abs(gap + design @ found) * np.sqrt(weights)
        scale = max(BY_CHANCE, NORMAL_DEVIATION * float(np.median(far)))
        used = weights * np.minimum(1.0, HUBER * scale / np.maximum(far, 1e-300))
        if np.abs(found - before).max() < SETTLED:
            break
    return found, used


def solve_weighted(design: csr_array, weights: Numbers, wanted: Numbers) -> Numbers:
    """The unknowns of weighted least squares, by one sparse factorisation."""
    normal = csc_array(design.T @ diags_array(weights) @ design)
    return np.asarray(splu(normal).solve(design.T @ (weights * wanted)), np.float64)


def _covariance(design: csr_array, weights: Numbers, errors: Numbers, corridor: NDArray[np.int64]) -> Numbers:
    """Of the unknowns: pairs err by themselves, and all pairs of a corridor err together."""
    size, count = design.shape[1], len(errors)
    if count <= size:
        return np.full((size, size), np.nan)
    weighted = csr_array(diags_array(weights) @ design)
    inverse = np.asarray(splu(csc_array(design.T @ weighted)).solve(np.eye(size)))
    common = common_variance(errors, corridor)
    own = max(0.0, float(weights @ (errors**2 - common))) / max(1, count - size)
    together = csr_array((np.ones(count), (corridor, np.arange(count)))) @ weighted
    middle = own * (design.T @ weighted).toarray() + common * (together.T @ together).toarray()
    return np.asarray(inverse @ middle @ inverse)


def common_variance(errors: Numbers, corridor: NDArray[np.int64]) -> float:
    """The variance of what all pairs of a corridor have in common, by products of errors of different years."""
    sums = np.bincount(corridor, errors)
    squares, counts = np.bincount(corridor, errors**2), np.bincount(corridor)
    products = float((counts * (counts - 1)).sum())
    return max(0.0, float((sums**2 - squares).sum()) / products) if products else 0.0

"""Pairs of reports of one flow → a factor for each reporter, by weighted least squares on persons (Poulain 1999; de Beer et al. 2010).

Minimised is Σ (r_j I − e_i E)² / (I + E) with the factors of anchors 1. Off its diagonal the matrix of this quadratic form has no
number above 0, so where every reporter is compared with an anchor its inverse has none below 0: no factor is below 0, without a
bound that says so. Without an anchor the least sum is 0, at factors that are all 0: there is no such estimate, and it is refused.
Pairs of small flows weigh little, and pairs that differ much pull factors down; both are as published.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu

from guzar.analyse.reported_flows.mirror import Factors, spread_of_reports
from guzar.analyse.reported_flows.tables import Pairs, Reports, components_of
from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]


def fit_poulain_factors(reports: Reports, pairs: Pairs, counts: Numbers) -> Factors:
    """Factors that minimise Poulain's sum; `counts` are reports in persons who stay twelve months or more.

    Raises MethodNotApplicable where no anchor is named.
    """
    require_anchor(reports)
    component, anchored = components_of(reports, pairs)
    used = (counts[pairs.first] + counts[pairs.second] > 0) & anchored[reports.voice[pairs.first]]
    used &= anchored[reports.voice[pairs.second]]
    one, other = pairs.first[used], pairs.second[used]
    whole = _design(reports, one, other, counts)
    is_free = anchored & ~reports.is_anchor
    design = csr_array(whole[:, np.flatnonzero(is_free)])
    fixed = np.asarray(whole @ reports.is_anchor.astype(np.float64))
    weights = 1 / (counts[one] + counts[other])
    factors, covariance = np.ones(reports.voices.height), np.zeros((reports.voices.height,) * 2)
    if is_free.any():
        normal = splu(csc_array(design.T @ diags_array(weights) @ design))
        factors[is_free] = normal.solve(-(design.T @ (weights * fixed)))
        errors = fixed + design @ factors[is_free]
        spread = _sandwich(design, weights * errors, reports.corridor[one], normal)
        covariance[np.ix_(is_free, is_free)] = spread / np.outer(factors[is_free], factors[is_free])
    logs = np.where(anchored, np.log(factors), 0.0)
    both = (counts[one] > 0) & (counts[other] > 0)
    gaps = np.log(counts[one][both] / counts[other][both])
    apart = gaps + (logs[reports.voice[one]] - logs[reports.voice[other]])[both]
    by_chance = (1 / reports.persons[one][both]) + (1 / reports.persons[other][both])
    voices = np.concatenate([reports.voice[one], reports.voice[other]])
    return Factors(
        logs,
        covariance,
        component,
        anchored,
        np.bincount(voices, minlength=len(logs)).astype(np.int64),
        spread_of_reports(apart, by_chance, 1 / by_chance, int(is_free.sum())),
        int(len(pairs.first) - used.sum()),
    )


def require_anchor(reports: Reports) -> None:
    """Refuse where no reporter is named as right."""
    if not reports.is_anchor.any():
        raise MethodNotApplicable(
            "No reporter is named as right: factors of all {number} reporters could be multiplied by any number.",
            expected="at least one reporter whose counts are complete",
            do="Name one after --anchor, for example --anchor SWE:destination.",
            number=reports.voices.height,
        )


def _design(reports: Reports, one: NDArray[np.int64], other: NDArray[np.int64], counts: Numbers) -> csr_array:
    """By pair and reporter: the count of the first, less that of the second."""
    rows = np.tile(np.arange(len(one)), 2)
    values = np.concatenate([counts[one], -counts[other]])
    voices = np.concatenate([reports.voice[one], reports.voice[other]])
    return csr_array((values, (rows, voices)), shape=(len(one), reports.voices.height))


def _sandwich(design: csr_array, pulls: Numbers, corridor: NDArray[np.int64], normal: splu) -> Numbers:
    """The covariance of the factors when all pairs of a corridor may err together (Liang and Zeger 1986)."""
    count, size = design.shape
    if count <= size:
        return np.full((size, size), np.nan)
    groups = csr_array((pulls, (corridor, np.arange(count)))) @ design
    number = max(2, len(np.unique(corridor)))
    inverse = normal.solve(np.eye(size))
    middle = (groups.T @ groups).toarray() * number / (number - 1) * count / max(1, count - size)
    return np.asarray(inverse @ middle @ inverse)

"""Counts of several kinds → true flows by corridor and year, with all biases, by the Laplace approximation of one joint posterior.

ln of a flow is level + slopes + what is peculiar to the corridor + a stationary first-order process over years. A report is
Poisson about the flow × counted share × duration, times an error of the year and an error that the corridor keeps; transitions are
Poisson about the sum over their period × ratio; net migration is normal about arrivals less departures. The mode is found by Newton's
method with the error of the year taken out in closed form, so counts of 0 and of a few persons are what they are, not logarithms of
them. Variances are given here, and estimated in `spreads`.

Sources: Raymer et al. 2013 (IMEM); Rue, Martino and Chopin 2009 (Laplace approximation of latent fields).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import wrightomega

from guzar.analyse.reported_flows.blocks import Arrow, shared_covariance, solve_arrow, solve_for
from guzar.analyse.reported_flows.evidence import Counts, Evidence
from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
SIDES = 2
LONGEST_STEP = 2.0  # ln
STEPS, SETTLED = 100, 1e-7
SMALLEST = 1e-3


@dataclass(frozen=True)
class Spreads:
    """Standard deviations in ln: of corridors and years, from year to year (a correlation), errors by group and by side, and of
    reporters about the prior of their share."""

    of_corridors: float
    of_years: float
    from_year_to_year: float
    errors: Numbers
    kept_errors: Numbers
    of_reporters: float


@dataclass(frozen=True)
class Fit:
    """The mode: ln of flows with two kept errors by corridor (corridors × (years + 2)), biases and slopes; and its precision."""

    evidence: Evidence
    spreads: Spreads
    flows: Numbers
    shared: Numbers
    arrow: Arrow
    rounds: int


def find_mode(evidence: Evidence, spreads: Spreads, begin: Fit | None = None, *, steps: int = STEPS) -> Fit:
    """The mode for given variances. With fewer steps than all, as near as they come."""
    flows, shared = _begin(evidence) if begin is None else (begin.flows, begin.shared)
    columns = _columns(evidence)
    arrow = None
    for _ in range(steps):
        arrow, block, corner = _normal_equations(evidence, spreads, flows, shared, columns)
        change, change_shared = solve_for(arrow, block, corner)
        change_shared = change_shared[: len(shared)]
        largest = max(float(np.abs(change).max()), float(np.abs(change_shared).max()))
        factor = min(1.0, LONGEST_STEP / max(largest, 1e-300))
        flows, shared = flows + factor * change, shared + factor * change_shared
        if largest < SETTLED:
            break
    else:
        if steps == STEPS or not np.isfinite(flows).all():
            raise MethodNotApplicable(
                "The latent field found no most probable flows in {steps} steps.",
                expected="reports, transitions and net migration that can be true together",
                do="Leave out net migration or transitions, or give them larger standard errors.",
                steps=steps,
            )
    assert arrow is not None
    return Fit(evidence, spreads, flows, shared, arrow, 0)


def _begin(evidence: Evidence) -> tuple[Numbers, Numbers]:
    """Every corridor at the mean of what is counted in a year; biases at their priors."""
    counts, size = evidence.counts, evidence.corridors.height
    logs = np.log((counts.persons + 0.5) / (counts.last - counts.first + 1))
    number = np.bincount(counts.corridor, minlength=size)
    level = np.bincount(counts.corridor, logs, minlength=size) / np.maximum(number, 1)
    level[number == 0] = logs.mean()
    flows = np.zeros((size, len(evidence.years) + SIDES))
    flows[:, :-SIDES] = level[:, None]
    shared = evidence.parameters.mean.copy()
    shared[0] = level.mean()
    return flows, shared


def _columns(evidence: Evidence) -> tuple[Places, Places]:
    """By corridor the columns of the border that it touches, slopes first; and by corridor and column its place among them."""
    size, slopes = evidence.corridors.height, evidence.slopes.shape[2]
    whole = len(evidence.parameters.mean) + len(evidence.nets.net)
    none = len(evidence.parameters.mean)
    touched = np.zeros((size, whole), bool)
    touched[:, :slopes] = True
    for bias in evidence.counts.biases.T:
        has = bias < none
        touched[evidence.counts.corridor[has], bias[has]] = True
    touched[evidence.nets.corridor, none + evidence.nets.at] = True
    place = np.cumsum(touched, axis=1) - 1
    widest = int(touched.sum(axis=1).max())
    columns = np.full((size, widest), whole, np.int64)
    rows, found = np.nonzero(touched)
    columns[rows, place[rows, found]] = found
    return columns, place


def linear_parts(evidence: Evidence, flows: Numbers, shared: Numbers) -> tuple[Numbers, Numbers]:
    """By count: ln of its expectation without the error of the year; and its derivative by what its corridor holds."""
    counts, years = evidence.counts, len(evidence.years)
    rows = np.arange(len(counts.persons))
    toward = np.zeros((len(rows), years + SIDES))
    single = counts.first == counts.last
    toward[rows[single], counts.first[single]] = 1.0
    mean = flows[counts.corridor, counts.first]
    for at in rows[~single]:
        part = flows[counts.corridor[at], counts.first[at] : counts.last[at] + 1]
        most = part.max()
        shares = np.exp(part - most)
        mean[at] = most + np.log(shares.sum())
        toward[at, counts.first[at] : counts.last[at] + 1] = shares / shares.sum()
    kept = counts.side < SIDES
    toward[rows[kept], years + counts.side[kept]] = 1.0
    mean = mean + np.where(kept, flows[counts.corridor, years + np.minimum(counts.side, SIDES - 1)], 0.0)
    return mean + np.append(shared, 0.0)[counts.biases].sum(axis=1), toward


def pull_of_counts(
    counts: Counts, seen: NDArray[np.bool_], mean: Numbers, spreads: Spreads
) -> tuple[Numbers, Numbers]:
    """By count: gradient and curvature of its log likelihood by its mean, at the most probable error of its year.

    With η = mean + error, η + σ² e^η = mean + σ² z: Wright's omega function solves it.
    """
    variance = spreads.errors[counts.group] ** 2
    expected = wrightomega(np.log(variance) + mean + variance * counts.persons) / variance
    return (counts.persons - expected) * seen, expected / (1 + variance * expected) * seen


def prior_precision(evidence: Evidence, spreads: Spreads) -> Numbers:
    """Of a corridor's years about level and slopes, and of its two kept errors."""
    years = len(evidence.years)
    whole = np.zeros((years + SIDES,) * 2)
    whole[:years, :years] = np.linalg.inv(covariance_of_years(years, _corridor_numbers(spreads)))
    whole[range(years, years + SIDES), range(years, years + SIDES)] = 1 / spreads.kept_errors**2
    return whole


def _corridor_numbers(spreads: Spreads) -> tuple[float, float, float]:
    return spreads.of_corridors, spreads.of_years, spreads.from_year_to_year


def covariance_of_years(years: int, of: tuple[float, float, float]) -> Numbers:
    """Covariance of the logarithms of one corridor's flows, years × years: what all its years share, and what fades from year to
    year. `of`: standard deviations of corridors and of years, and the correlation of neighbouring years."""
    corridors, own, stay = of
    apart = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    return np.asarray(corridors**2 + own**2 * stay**apart + SMALLEST**2 * np.eye(years), np.float64)


def _normal_equations(
    evidence: Evidence, spreads: Spreads, flows: Numbers, shared: Numbers, columns: tuple[Places, Places]
) -> tuple[Arrow, Numbers, Numbers]:
    """The precision at a point, eliminated, and the gradient in blocks and border."""
    counts, nets, years = evidence.counts, evidence.nets, len(evidence.years)
    local, place = columns
    size, depth, none = len(flows), years + SIDES, len(shared)
    mean, toward = linear_parts(evidence, flows, shared)
    pull, weight = pull_of_counts(counts, evidence.seen, mean, spreads)
    precision, slopes = prior_precision(evidence, spreads), evidence.slopes.shape[2]

    away = flows.copy()
    away[:, :years] -= evidence.slopes @ shared[:slopes]
    gradient = _sum_by(counts.corridor, pull[:, None] * toward, size) - away @ precision
    blocks = precision + _outer_by(counts.corridor, weight, toward, size)
    border = np.zeros((size, depth, local.shape[1]))
    of_years = precision[:years, :years]
    border[:, :years, :slopes] = -(of_years @ evidence.slopes)
    corner = np.zeros((none + len(nets.net),) * 2)
    right = np.zeros(len(corner))

    variance = variance_of_biases(evidence, spreads)
    corner[range(none), range(none)] = 1 / variance
    corner[:slopes, :slopes] += np.einsum(
        "ctp,ts,csq->pq", evidence.slopes, of_years, evidence.slopes, optimize=True
    )
    right[:none] = -(shared - evidence.parameters.mean) / variance
    right[:slopes] += np.einsum("ctp,ct->p", evidence.slopes, away[:, :years] @ of_years)
    for one in counts.biases.T:
        has = one < none
        right[:none] += np.bincount(one[has], pull[has], minlength=none)
        border += _lean_by(
            counts.corridor[has],
            place[counts.corridor[has], one[has]],
            weight[has, None] * toward[has],
            border,
        )
        for other in counts.biases.T:
            both = has & (other < none)
            np.add.at(corner, (one[both], other[both]), weight[both])

    moves = np.exp(flows[nets.corridor, nets.year[nets.at]]) * nets.sign
    border[nets.corridor, nets.year[nets.at], place[nets.corridor, none + nets.at]] = moves
    ends = np.arange(none, len(corner))
    corner[ends, ends] = -(nets.error**2)
    right[none:] = nets.net - np.bincount(nets.at, moves, minlength=len(nets.net))
    return solve_arrow(blocks, border, local, corner), gradient, right


def variance_of_biases(evidence: Evidence, spreads: Spreads) -> Numbers:
    """Prior variances; reporters differ from the prior of their share by a spread that is estimated."""
    of = evidence.parameters
    return of.variance + np.where(of.is_undercount, spreads.of_reporters**2, 0.0)


def _sum_by(corridor: Places, values: Numbers, size: int) -> Numbers:
    depth = values.shape[1]
    at = corridor[:, None] * depth + np.arange(depth)
    sums = np.bincount(at.ravel(), values.ravel(), minlength=size * depth)
    return np.asarray(sums.reshape(size, depth), np.float64)


def _lean_by(corridor: Places, column: Places, values: Numbers, like: Numbers) -> Numbers:
    """By corridor and column: the sum of values, in the shape of the border."""
    size, depth, width = like.shape
    at = (corridor[:, None] * depth + np.arange(depth)) * width + column[:, None]
    sums = np.bincount(at.ravel(), values.ravel(), minlength=size * depth * width)
    return np.asarray(sums.reshape(size, depth, width), np.float64)


def _outer_by(corridor: Places, weight: Numbers, toward: Numbers, size: int) -> Numbers:
    """By corridor: the sum of weight × toward × towardᵀ over its counts."""
    within, most = _order_within(corridor, size)
    padded = np.zeros((size, most, toward.shape[1]))
    padded[corridor, within] = toward * np.sqrt(weight)[:, None]
    return np.asarray(np.swapaxes(padded, 1, 2) @ padded, np.float64)


def _order_within(corridor: Places, size: int) -> tuple[Places, int]:
    """By count: its place among those of its corridor; and how many the corridor with most has."""
    order = np.argsort(corridor, kind="stable")
    begin = np.searchsorted(corridor[order], np.arange(size))
    within = np.empty_like(corridor)
    within[order] = np.arange(len(order)) - begin[corridor[order]]
    return within, int(within.max()) + 1


def variance_of_counts(fit: Fit, toward: Numbers) -> Numbers:
    """By count: the posterior variance of ln of its expectation, without the error of its year."""
    counts, none = fit.evidence.counts, len(fit.shared)
    _, place = _columns(fit.evidence)
    size = len(fit.flows)
    within, most = _order_within(counts.corridor, size)
    padded = np.zeros((size, most, toward.shape[1]))
    padded[counts.corridor, within] = toward
    reach = -(padded @ fit.arrow.lean)
    for bias in counts.biases.T:
        has = bias < none
        own = counts.corridor[has]
        reach[own, within[has], place[own, bias[has]]] += 1.0
    whole = ((padded @ fit.arrow.inverse) * padded).sum(axis=2)
    whole += ((reach @ shared_covariance(fit.arrow)) * reach).sum(axis=2)
    return np.asarray(whole[counts.corridor, within], np.float64)


def variance_of_flows(fit: Fit) -> Numbers:
    """Corridors × (years + 2): the posterior variance of ln of flows, and of kept errors."""
    shared = shared_covariance(fit.arrow)
    own = np.einsum("cdd->cd", fit.arrow.inverse)
    return np.asarray(own + np.einsum("cdk,cdk->cd", fit.arrow.lean @ shared, fit.arrow.lean), np.float64)

"""Closed cycles → the share of exits (or entries) that each port records, in closed form: the moment check.

Among the cycles of a stratum after which the person came back, N_sq have an exit recorded at port q and M_s have none.
If port q records a share c_q = 1 / w_q of exits, then Σ_q N_sq · w_q = N_s. + M_s, with w_q ≥ 1. Numerator and denominator
both come from closed cycles: all complete stays, or the gap rate by port of entry, would be biased. The w are identified
if and only if N has full column rank; strata beyond the number of ports give a χ² test. Least squares are weighted with
Var(r_s) = Σ_q N_sq · w_q · (w_q − 1), again and again until nothing moves. The share of entries that each port records
follows in the same way from cycles that begin with an exit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import chi2

from guzar.errors import MethodNotApplicable
from guzar.process.missing_exits.cycles import CycleTable

Numbers = NDArray[np.float64]
LEAST_EXITS = 100  # recorded at a port in closed cycles; ports with fewer share one coverage
LEAST_COVERAGE = 0.2  # below it almost everything about a port is guessed (A5)
NOISE = (
    2.0  # singular values of a table without structure stay below so many times their largest expected value
)
LEAST_TESTED = 50  # cycles of a stratum in a test by time or by length
NORMAL_90 = 1.6449
ROUNDS = 50


@dataclass(frozen=True)
class Coverage:
    """Share of exits (or entries) recorded, by port, with a 90 % interval; NaN where a port has too little to say by itself.

    `fits` is the p-value of the χ² test over the strata beyond the number of ports (1 where there are none): small where
    losses depend on more than the port of exit.
    """

    share: Numbers
    lower: Numbers
    upper: Numbers
    chi_square: float
    degrees: int
    fits: float
    unknowns: int = 0  # shares that were estimated: ports with few crossings have one together

    @property
    def lost(self) -> Numbers:
        """Share that is not recorded, by port."""
        return 1 - self.share


def estimate_coverage(
    table: CycleTable, ports: tuple[str, ...], *, together: bool = False, is_replicate: bool = False
) -> Coverage:
    """The share of exits that each port records.

    Ports with fewer than LEAST_EXITS exits share one value; with `together` all ports do. Raises MethodNotApplicable where
    no exit is recorded, or (but for a bootstrap replicate of a table that passed) where ports cannot be told apart because
    every stratum leaves through them in the same proportions.
    """
    _require_exits(table.recorded)
    groups = np.zeros(table.recorded.shape[1], np.int64) if together else _groups(table.recorded)
    pooled = _pool(table.recorded, groups)
    if not is_replicate:
        _require_full_rank(pooled, groups, ports)
    kept = (pooled.sum(axis=1) + table.lost) > 0
    pooled, cycles = pooled[kept], (pooled.sum(axis=1) + table.lost)[kept]
    weights, precision = _solve(pooled, cycles)
    chi_square, degrees = _misfit(pooled, cycles, weights), len(cycles) - pooled.shape[1]
    spread = NORMAL_90 * np.sqrt(np.diag(np.linalg.pinv(precision)))
    share, lower = 1 / weights, 1 / (weights + spread)
    upper = 1 / np.maximum(1.0, weights - spread)
    return Coverage(
        share[groups],
        lower[groups],
        upper[groups],
        chi_square,
        degrees,
        float(chi2.sf(chi_square, degrees)) if degrees > 0 else 1.0,
        pooled.shape[1],
    )


def all_recorded(ports: int) -> Coverage:
    """What is taken where nothing can tell of losses: no person left and came back."""
    one = np.ones(ports)
    return Coverage(one, one, one, 0.0, 0, 1.0)


def _require_exits(recorded: Numbers) -> None:
    if not recorded.sum():
        raise MethodNotApplicable(
            "No exit is recorded between two entries: how many exits are lost cannot be told.",
            expected="crossings of persons who come, leave and come again",
            do="Use --missing drop or refuse, and publish no figure that rests on exits.",
        )


def check_coverage(table: CycleTable, coverage: Coverage) -> float:
    """How well a coverage fits cycles cut into other strata, by time or by length: the p-value of χ².

    Whether an exit was recorded says nothing about either, if coverage differs by port alone. Strata under LEAST_TESTED
    cycles are left out; 1 where nothing remains to test.
    """
    cycles = table.recorded.sum(axis=1) + table.lost
    kept = cycles >= LEAST_TESTED
    degrees = int(kept.sum()) - (coverage.unknowns or len(coverage.share))
    if degrees < 1:
        return 1.0
    chi_square = _misfit(table.recorded[kept], cycles[kept], 1 / coverage.share)
    return float(chi2.sf(chi_square, degrees))


def _groups(recorded: Numbers) -> NDArray[np.int64]:
    """The unknown that each port belongs to: one of its own, or the one that small ports share."""
    large = recorded.sum(axis=0) >= LEAST_EXITS
    if not large.any():
        return np.zeros(recorded.shape[1], np.int64)
    own = np.cumsum(large) - 1
    small = int(recorded[:, ~large].sum() >= LEAST_EXITS)
    # What so few exits cannot tell is taken from the largest port's unknown, not from a column of noise.
    shared = large.sum() if small else own[int(np.argmax(recorded.sum(axis=0)))]
    return np.where(large, own, shared).astype(np.int64)


def _pool(recorded: Numbers, groups: NDArray[np.int64]) -> Numbers:
    pooled = np.zeros((recorded.shape[0], int(groups.max(initial=0)) + 1))
    np.add.at(pooled.T, groups, recorded.T)
    return pooled


def _require_full_rank(pooled: Numbers, groups: NDArray[np.int64], ports: tuple[str, ...]) -> None:
    """Refuse a table of strata and ports whose columns differ by no more than chance.

    The table is scaled as in correspondence analysis: its largest singular value is then 1, and those that chance alone
    makes stay below (√strata + √ports) / √cycles.
    """
    rows, columns = pooled.sum(axis=1), pooled.sum(axis=0)
    scaled = pooled[rows > 0] / np.sqrt(np.outer(rows[rows > 0], columns))
    _, singular, directions = np.linalg.svd(scaled, full_matrices=False)
    noise = NOISE * (np.sqrt(scaled.shape[0]) + np.sqrt(scaled.shape[1])) / np.sqrt(pooled.sum())
    missing = pooled.shape[1] - len(singular)
    weak = np.flatnonzero(singular[1:] <= noise) + 1
    if not missing and not len(weak):
        return
    loads = np.abs(directions[weak]).max(axis=0) if len(weak) else np.ones(pooled.shape[1])
    together = loads >= 0.3 * loads.max()
    raise MethodNotApplicable(
        "How many exits are lost cannot be told for each port: these ports cannot be told apart: {ports}.",
        expected="strata (port of entry, citizenship, mode) that leave through these ports in different proportions",
        do="Give the crossings a port, a citizenship and a mode, or give ports that work alike one code.",
        ports=", ".join(ports[q] for q in np.flatnonzero(together[groups])),
    )


def _solve(pooled: Numbers, cycles: Numbers) -> tuple[Numbers, Numbers]:
    """The w ≥ 1 by weighted least squares, again and again, and their precision."""
    weights = np.full(pooled.shape[1], max(1.0, cycles.sum() / max(1.0, pooled.sum())))
    for _ in range(ROUNDS):
        by = 1 / np.sqrt(_variance(pooled, cycles, weights))
        # w = 1 + (something that is not negative)
        beyond, _ = nnls(pooled * by[:, None], (cycles - pooled.sum(axis=1)) * by)
        moved = np.abs(1 + beyond - weights).max()
        weights = 1 + beyond
        if moved < 1e-9:
            break
    by = 1 / np.sqrt(_variance(pooled, cycles, weights))
    scaled = pooled * by[:, None]
    return weights, scaled.T @ scaled


def _variance(pooled: Numbers, cycles: Numbers, weights: Numbers) -> Numbers:
    """Var(r_s) = Σ_q N_sq · w_q · (w_q − 1), with the number of cycles in the place of its estimate Σ_q N_sq · w_q.

    A stratum in which by chance more is lost would otherwise look more precise than others. Never below what half a lost
    exit makes.
    """
    expected = pooled @ weights
    spread = pooled @ (weights * (weights - 1))
    return np.asarray(cycles * spread / np.maximum(expected, 1e-9) + 0.5)


def _misfit(pooled: Numbers, cycles: Numbers, weights: Numbers) -> float:
    return float(((cycles - pooled @ weights) ** 2 / _variance(pooled, cycles, weights)).sum())

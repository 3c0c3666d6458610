"""The moment check: right on a million cycles, both traps are wrong, and what cannot be told is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable
from guzar.process.missing_exits.coverage import estimate_coverage
from guzar.process.missing_exits.cycles import CycleTable

PORTS = ("A", "B", "C")
TRUTH = np.array([0.95, 0.90, 0.60])
# Through which port one leaves, by port of entry and kind of traveller; and how often such people come back.
LEAVES = np.array([[0.72, 0.18, 0.10], [0.15, 0.70, 0.15], [0.10, 0.15, 0.75], [0.40, 0.35, 0.25]])
SHARES = np.array([0.35, 0.30, 0.20, 0.15])
RETURN_AFTER = np.array([0.85, 0.75, 0.55])  # by port of exit: whoever leaves through C comes back less often


def stays_of(
    people: int, leaves: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Stays: stratum, port of exit, whether the exit is recorded, and whether a recorded entry follows."""
    random = np.random.default_rng(seed)
    stratum = random.choice(len(leaves), people, p=SHARES)
    port = (random.random(people)[:, None] > leaves.cumsum(axis=1)[stratum]).sum(axis=1)
    return stratum, port, random.random(people) < TRUTH[port], random.random(people) < RETURN_AFTER[port]


def table_of(stays: tuple[NDArray[np.int64], ...]) -> CycleTable:
    """Cycles that close with a recorded entry."""
    stratum, port, recorded, returns = stays
    strata = len(SHARES)
    closed = np.bincount(stratum[recorded & returns] * 3 + port[recorded & returns], minlength=strata * 3)
    lost = np.bincount(stratum[~recorded & returns], minlength=strata)
    return CycleTable(closed.reshape(strata, 3).astype(float), lost.astype(float))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_million_cycles_tell_the_coverage_of_every_port(seed: int) -> None:
    """Truth .95, .90, .60 within .01, and inside the intervals' neighbourhood."""
    coverage = estimate_coverage(table_of(stays_of(1_450_000, LEAVES, seed)), PORTS)
    assert np.abs(coverage.share - TRUTH).max() < 0.01
    assert ((coverage.lower < coverage.share) & (coverage.share < coverage.upper)).all()
    assert (coverage.upper - coverage.lower).max() < 0.02


def test_both_traps_are_biased() -> None:
    """All complete stays in the numerator, or the gap rate by port of entry: off by more than .03 somewhere."""
    stratum, port, recorded, returns = stays_of(1_450_000, LEAVES, 4)
    right = table_of((stratum, port, recorded, returns))
    all_stays = np.bincount(stratum[recorded] * 3 + port[recorded], minlength=12).reshape(4, 3).astype(float)
    trap = estimate_coverage(CycleTable(all_stays, right.lost), PORTS)
    assert np.abs(trap.share - TRUTH).max() > 0.03
    by_entry = 1 - right.lost[:3] / (right.recorded.sum(axis=1) + right.lost)[:3]
    assert np.abs(by_entry - TRUTH).max() > 0.03
    assert np.abs(estimate_coverage(right, PORTS).share - TRUTH).max() < 0.01


@pytest.mark.parametrize("people", [3_000, 100_000, 1_450_000])
def test_ports_used_in_one_proportion_by_all_are_refused(people: int) -> None:
    """Rank deficient but for chance; the message names the ports that cannot be told apart."""
    same = np.tile([0.5, 0.3, 0.2], (4, 1))
    with pytest.raises(MethodNotApplicable, match="A, B, C"):
        estimate_coverage(table_of(stays_of(people, same, 5)), PORTS)


def test_two_ports_of_three_that_go_together_are_named() -> None:
    """A is told apart, B and C are always used two to one."""
    pair = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2], [0.55, 0.3, 0.15]])
    with pytest.raises(MethodNotApplicable, match=r"apart: B, C\."):
        estimate_coverage(table_of(stays_of(400_000, pair, 6)), PORTS)


def test_fewer_strata_than_ports_are_refused() -> None:
    """One equation cannot tell two ports."""
    with pytest.raises(MethodNotApplicable):
        estimate_coverage(CycleTable(np.array([[5000.0, 3000.0]]), np.array([900.0])), ("A", "B"))


def test_no_exit_at_all_is_refused() -> None:
    """Nothing but entries: no coverage can be told."""
    with pytest.raises(MethodNotApplicable):
        estimate_coverage(CycleTable(np.zeros((2, 1)), np.array([50.0, 40.0])), ("A",))


def test_one_port_is_told_by_hand() -> None:
    """900 recorded and 100 lost: nine in ten. With nothing lost: all."""
    told = estimate_coverage(CycleTable(np.array([[900.0]]), np.array([100.0])), ("A",))
    assert told.share == pytest.approx([0.9])
    whole = estimate_coverage(CycleTable(np.array([[900.0]]), np.array([0.0])), ("A",))
    assert whole.share == pytest.approx([1.0])


def test_losses_by_more_than_the_port_fail_the_test_of_fit() -> None:
    """One kind of traveller loses twice as many exits everywhere: χ² sees it; under the model it does not."""
    stratum, port, recorded, returns = stays_of(400_000, LEAVES, 7)
    assert estimate_coverage(table_of((stratum, port, recorded, returns)), PORTS).fits > 0.001
    random = np.random.default_rng(8)
    worse = recorded & ~((stratum == 3) & (random.random(len(port)) < 0.15))
    assert estimate_coverage(table_of((stratum, port, worse, returns)), PORTS).fits < 1e-6


def test_intervals_hold_the_truth() -> None:
    """90 % intervals over 100 tables of 20,000 cycles: between 80 % and 98 % hold it."""
    held = []
    for seed in range(100):
        told = estimate_coverage(table_of(stays_of(29_000, LEAVES, 100 + seed)), PORTS)
        held.append((told.lower <= TRUTH) & (told.upper >= TRUTH))
    assert 0.80 < np.mean(held) < 0.98

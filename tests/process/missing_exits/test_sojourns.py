"""Tables of sojourns against plain sums, the likelihood of histories by hand, and an estimation that climbs."""

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits.crossing_log import log_of_arrays
from guzar.process.missing_exits.draws import find_coverage, prepare
from guzar.process.missing_exits.fit import find_losses, fit_sojourns, shift_odds
from guzar.process.missing_exits.histories import read_log, weigh_classes
from guzar.process.missing_exits.sojourns import (
    EDGES,
    Losses,
    Sojourns,
    correlate,
    densities,
    hazards_of,
    make_tables,
)

HORIZON = 400
LOSSES = Losses(np.array([0.2]), np.array([0.3]), np.array([0.7 / 0.8]), np.array([0.2]), np.array([0.3]))


def sojourns_of(seed: int = 1) -> Sojourns:
    random = np.random.default_rng(seed)
    hazards = random.uniform(0.002, 0.05, (2, 2, len(EDGES)))
    return Sojourns(
        hazards[0], hazards[1], np.array([0.8, 0.6]), np.array([[0.7, 0.3]]), np.array([[0.4, 0.9]])
    )


def test_a_stay_ends_or_lasts() -> None:
    """Chances of ending on each day, and of lasting longer, add up to 1; bins keep their hazard."""
    ends, lasts = densities(sojourns_of().hazard_in, HORIZON)
    assert ends.cumsum(axis=1) + lasts == pytest.approx(np.ones((2, HORIZON + 1)))
    hazard = ends[0, 45] / lasts[0, 44]
    assert hazard == pytest.approx(sojourns_of().hazard_in[0, np.searchsorted(EDGES, 45, side="right") - 1])


@pytest.mark.parametrize("days", [0, 1, 33, HORIZON])
def test_tables_are_the_sums_of_the_model(days: int) -> None:
    """Each convolution, day by day."""
    tables = make_tables(sojourns_of(), HORIZON)
    for k in range(2):
        pairs = [(u, days - u) for u in range(days + 1)]
        assert tables.gap[k, days] == pytest.approx(
            sum(tables.stay[k, u] * tables.back[k, v] for u, v in pairs)
        )
        unseen = sum(tables.stay[k, u] * tables.away[k, v] for u, v in pairs)
        assert tables.left_returning[k, days] == pytest.approx(unseen)
        first = sum(tables.first_exit[k, u] * tables.back[k, v] for u, v in pairs)
        assert tables.first_gap[k, days] == pytest.approx(first)
    assert tables.first_exit.sum(axis=1) == pytest.approx([1, 1])


def test_a_correlation_is_the_sum_it_stands_for() -> None:
    """Σ_D w[D] · f[D − u], against a loop."""
    random = np.random.default_rng(2)
    weights, density = random.random((2, 30)), random.random((2, 30))
    plain = [
        [sum(w[d] * f[d - u] for d in range(u, 30)) for u in range(30)]
        for w, f in zip(weights, density, strict=True)
    ]
    assert correlate(weights, density) == pytest.approx(np.array(plain))


def test_hazards_come_back_from_many_stays() -> None:
    """Expected ends and stays cut off at the horizon give the hazards that made them."""
    hazard = sojourns_of().hazard_in
    ends, lasts = densities(hazard, HORIZON)
    cut = np.zeros_like(ends)
    cut[:, -1] = lasts[:, -1]
    found = hazards_of(1e7 * ends, 1e7 * cut)
    reached = EDGES <= HORIZON - 30
    assert found[:, reached] == pytest.approx(hazard[:, reached], rel=1e-3)


def test_the_likelihood_of_a_history_by_hand() -> None:
    """Entry on day 10, exit after 40, back after 20, entry after 90, open for 240: five factors a class."""
    day = np.array([10, 50, 70, 160], np.int32)
    log = log_of_arrays(np.array([0, 4]), day, np.array([1, 0, 1, 1], np.int8), np.zeros(4, np.int32), ["P"])
    histories = read_log(log, np.zeros(1, np.int64), 0, HORIZON)
    made, chances = sojourns_of(), np.empty(2)
    tables = make_tables(made, HORIZON)
    told = weigh_classes(0, histories, tables, LOSSES, chances)
    by_hand = []
    for k in range(2):
        f, g, rho, pi = tables.stay[k], tables.back[k], made.returns[k], made.present[0, k]
        first = (1 - pi) / (HORIZON + 1) + pi * 0.2 * tables.first_gap[k, 10]
        gap = sum(f[u] * g[90 - u] for u in range(91))
        unseen = sum(f[u] * tables.away[k, 240 - u] for u in range(241))
        end = tables.here[k, 240] + 0.2 * rho * unseen + 0.3 * (1 - rho) * f[:241].sum()
        by_hand.append(made.share[0, k] * first * f[40] * g[20] * gap * end)
    assert told == pytest.approx(np.log(sum(by_hand)))
    assert chances == pytest.approx(np.array(by_hand) / sum(by_hand))


def test_delta_shifts_log_odds() -> None:
    """.2 is odds of 1/4; doubled 1/2, which is a third. Nothing lost stays nothing."""
    assert shift_odds(np.array([0.2, 0.0]), float(np.log(2))) == pytest.approx([1 / 3, 0])
    assert shift_odds(np.array([0.2]), 0.0) == pytest.approx([0.2])


def test_every_round_climbs() -> None:
    """More rounds of expectation and maximisation never fit worse."""
    material = prepare(make_world(3, World(persons=600)).log, RULE)
    losses = find_losses(material.log, material.cycles, find_coverage(material))
    reached = [
        fit_sojourns(material.histories, losses, rounds=rounds).likelihood for rounds in (8, 16, 32, 64)
    ]
    assert reached == sorted(reached)
    assert reached[-1] > reached[0] + 50

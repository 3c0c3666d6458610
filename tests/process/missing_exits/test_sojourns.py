"""Tables of sojourns against plain sums, the likelihood of histories by hand, and an estimation that climbs."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits.chains import (
    CHAINS,
    FIRST,
    PLACE,
    Losses,
    make_chains,
    make_tables,
    spread_over_sojourns,
)
from guzar.process.missing_exits.crossing_log import NO_LIMIT, log_of_arrays
from guzar.process.missing_exits.fit import CLASSES, fit_sojourns, shift_odds
from guzar.process.missing_exits.histories import read_log, weigh_classes
from guzar.process.missing_exits.material import losses_of, prepare
from guzar.process.missing_exits.permits import MARKS, UNTOLD, WITH, WITHOUT
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.sojourns import (
    EDGES,
    Sojourns,
    bins_of_days,
    densities,
    hazards_by_permit,
    hazards_of,
)

HORIZON = 400
PADDED = ((0, 0), (0, 0), (0, len(EDGES) - bins_of_days(HORIZON)[-1] - 1))  # bins after the last day
ONE = np.ones(1)
LOSSES = Losses(
    *(share * ONE for share in (0.2, 0.3, 0.1, 0.7 / 0.8, 0.2, 0.3, 0.1)),
    *(share * ONE for share in (0.02, 0.004, 0.006, 0.02, 0.03, 0.002)),
)


def sojourns_of(seed: int = 1) -> Sojourns:
    random = np.random.default_rng(seed)
    stays, absences = random.uniform(0.002, 0.05, (2, 2, len(EDGES)))
    firsts = random.uniform(0.2, 1, (2, 1, 2, bins_of_days(HORIZON)[-1] + 1))
    left, came = (np.pad(each / each.sum(axis=-1, keepdims=True), PADDED) for each in firsts)
    shares = np.array([[0.7, 0.3]]), np.array([[0.4, 0.9]])
    return Sojourns(stays[None], absences, np.array([0.8, 0.6]), *shares, left, came, np.ones((MARKS, 2)))


def test_a_stay_ends_or_lasts() -> None:
    """Chances of ending on each day, and of lasting longer, add up to 1; bins keep their hazard."""
    ends, lasts = densities(sojourns_of().hazard_in[0], HORIZON)
    assert ends.cumsum(axis=1) + lasts == pytest.approx(np.ones((2, HORIZON + 1)))
    hazard = ends[0, 45] / lasts[0, 44]
    assert hazard == pytest.approx(
        sojourns_of().hazard_in[0, 0, np.searchsorted(EDGES, 45, side="right") - 1]
    )


def plainly(chain: tuple[int, ...], days: int, single: dict[int, np.ndarray]) -> float:
    """The chance of a chain that lasts so many days, sojourn by sojourn."""
    if len(chain) == 1:
        return float(single[chain[0]][days])
    return sum(single[chain[0]][u] * plainly(chain[1:], days - u, single) for u in range(days + 1))


@pytest.mark.parametrize("days", [0, 1, 9, 33])
def test_chains_are_the_sums_of_the_model(days: int) -> None:
    """Each chain of up to four sojourns, day by day; nobody is lost before the first day."""
    tables = make_tables(sojourns_of(), HORIZON, LOSSES)
    for k in range(2):
        single = {chain[0]: tables.chain[place][:, k] for chain, place in PLACE.items() if len(chain) == 1}
        for place, chain in enumerate(CHAINS):
            assert tables.chain[place, days, k] == pytest.approx(plainly(chain, days, single)), chain
    assert tables.chain[PLACE[(FIRST[0],)]].sum(axis=0) == pytest.approx([1, 1])


def test_expected_sojourns_of_a_chain_add_up() -> None:
    """Of 100 chains of three sojourns and 30 days come 100 of each, and 30 days in all for each of the 100."""
    chains = make_chains(sojourns_of(), HORIZON, LOSSES)
    tables = chains.tables()
    expected = np.zeros_like(tables.kind)
    expected[0, 0, 30, 0] = 100.0  # a stay, or a stay, an absence and a stay
    single = spread_over_sojourns(expected, tables.kind, chains)[0, :, :, 0]
    stay, via = tables.chain[PLACE[(0,)]][30, 0], 0.2 * 0.1 * tables.chain[PLACE[(0, 1, 0)]][30, 0]
    share = via / (stay + via)
    assert single[0].sum() == pytest.approx(100 * (1 + share))
    assert single[1].sum() == pytest.approx(100 * share)
    assert (single.sum(axis=0) * np.arange(HORIZON + 1)).sum() == pytest.approx(100 * 30)


def test_permissions_make_of_a_bin_what_many_stays_say() -> None:
    """Under the second kind of permission everybody leaves in the last two days of a bin: as many last as do, in every class."""
    hazard = sojourns_of().hazard_in[0]
    ends, lasts = densities(hazard, HORIZON)
    first = (
        1 - (1 - hazard[:, 8:9]) ** 30
    )  # who leaves from day 31 to day 60 by the hazards of the class alone
    shorter = ends.copy()
    shorter[:, 31:61] = 0
    shorter[:, 59:61] = 0.45 * lasts[:, 30:31]
    shorter[:, 61:] *= 0.1 / (1 - first)
    cut = lasts[:, -1:] * np.eye(1, HORIZON + 1, HORIZON), (shorter[:, :1] * 0) + 0.0
    left = 1 - shorter.sum(axis=1, keepdims=True)
    censored = np.stack([cut[0], left * np.eye(1, HORIZON + 1, HORIZON)])
    found = hazards_by_permit(1e7 * np.stack([ends, shorter]), 1e7 * censored)
    _, lasting = densities(found[1], HORIZON)
    assert lasting[:, 60] / lasting[:, 30] == pytest.approx(0.1, rel=0.2)


def test_hazards_come_back_from_many_stays() -> None:
    """Expected ends and stays cut off at the horizon give the hazards that made them."""
    hazard = sojourns_of().hazard_in[0]
    ends, lasts = densities(hazard, HORIZON)
    cut = np.zeros_like(ends)
    cut[:, -1] = lasts[:, -1]
    found = hazards_of(1e7 * ends, 1e7 * cut)
    reached = EDGES <= HORIZON - 30
    assert found[:, reached] == pytest.approx(hazard[:, reached], rel=1e-3)


def test_the_likelihood_of_a_history_by_hand() -> None:
    """Entry on day 3, exit after 8, back after 5, entry after 9, open for 10: five factors a class, hidden pairs in each."""
    day, last = np.array([3, 11, 16, 25], np.int32), 35
    log = log_of_arrays(np.array([0, 4]), day, np.array([1, 0, 1, 1], np.int8), np.zeros(4, np.int32), ["P"])
    histories = read_log(log, np.zeros(1, np.int64), 0, last)
    made, chances = sojourns_of(), np.empty(2)
    tables = make_tables(made, HORIZON, LOSSES)
    told = weigh_classes(0, histories, tables, chances)
    stay, back, here, away, gone, before, enter = range(7)
    by_hand = []
    for k in range(2):
        single = {chain[0]: tables.chain[place][:, k] for chain, place in PLACE.items() if len(chain) == 1}

        def of(*chain: int, days: int, single: dict[int, np.ndarray] = single) -> float:
            return plainly(chain, days, single)

        pi = made.present[0, k]
        first = (1 - pi) * (of(enter, days=3) + 0.2 * 0.1 * of(enter, stay, back, days=3))
        first += pi * (0.2 * of(before, back, days=3) + 0.2 * 0.02 * of(before, back, stay, back, days=3))
        out = of(stay, days=8) + 0.2 * 0.1 * of(stay, back, stay, days=8)
        again = of(back, days=5) + 0.1 * 0.2 * of(back, stay, back, days=5)
        gap = 0.2 * of(stay, back, days=9) + 0.2 * 0.02 * of(stay, back, stay, back, days=9)
        end = of(here, days=10) + 0.2 * of(stay, away, days=10) + 0.3 * of(stay, gone, days=10)
        end += 0.2 * 0.1 * of(stay, back, here, days=10) + 0.2 * 0.02 * of(stay, back, stay, away, days=10)
        end += 0.2 * 0.1 * 0.3 * of(stay, back, stay, gone, days=10)
        by_hand.append(made.share[0, k] * first * out * again * gap * end)
    assert told == pytest.approx(np.log(sum(by_hand)))
    assert chances == pytest.approx(np.array(by_hand) / sum(by_hand))


def test_entries_with_and_without_permission_tell_the_class() -> None:
    """Two entries with a permission, one without: chances of the classes are multiplied by those of the marks."""
    day, entry = np.array([3, 11, 16, 25, 30], np.int32), np.array([1, 0, 1, 0, 1], np.int8)
    until = np.array([93, NO_LIMIT, NO_LIMIT, NO_LIMIT, 120], np.int32)
    log = log_of_arrays(
        np.array([0, 5], np.int64), day, entry, np.zeros(5, np.int32), ["P"], permitted_until=until
    )
    histories = read_log(log, np.zeros(1, np.int64), 0, 60)
    assert histories.mark.tolist() == [WITH, UNTOLD, WITHOUT, UNTOLD, WITH]
    marks = np.ones((MARKS, 2))
    marks[WITHOUT], marks[WITH] = (0.9, 0.2), (0.1, 0.8)
    plain, marked = np.empty(2), np.empty(2)
    before = weigh_classes(0, histories, make_tables(sojourns_of(), HORIZON, LOSSES), plain)
    told = weigh_classes(
        0, histories, make_tables(replace(sojourns_of(), marks=marks), HORIZON, LOSSES), marked
    )
    times = np.array([0.1 * 0.9 * 0.1, 0.8 * 0.2 * 0.8])
    assert marked == pytest.approx(plain * times / (plain * times).sum())
    assert told == pytest.approx(before + np.log((plain * times).sum()))


def test_marks_that_are_all_alike_change_nothing() -> None:
    """A log in which no permission is recorded: every class shows the same, and the estimate is that without marks."""
    made = make_world(1, World(persons=400))
    log = replace(made.log, permitted_until=np.full_like(made.log.permitted_until, NO_LIMIT))
    material = prepare(log, RULE)
    losses = losses_of(material, find_recorded(material))
    marked, plain = (
        fit_sojourns(histories, losses, horizon=material.horizon, rounds=8)
        for histories in (
            material.sample,
            material.sample._replace(mark=np.full_like(material.sample.mark, UNTOLD)),
        )
    )
    assert marked.sojourns.marks == pytest.approx(
        np.stack([np.ones(CLASSES), np.ones(CLASSES), np.zeros(CLASSES)]), abs=1e-4
    )
    assert marked.likelihood == pytest.approx(plain.likelihood, abs=0.5)
    assert marked.sojourns.hazard_in == pytest.approx(plain.sojourns.hazard_in, rel=1e-3, abs=1e-6)


def test_classes_show_who_never_needs_a_permission() -> None:
    """W0: 85 in 100 entries of strangers bring a permission, none of residents; classes lie between, some near each end."""
    material = prepare(make_world(3, World(persons=3000)).log, RULE)
    losses = losses_of(material, find_recorded(material))
    marks = fit_sojourns(material.sample, losses, horizon=material.horizon).sojourns.marks
    assert marks[UNTOLD] == pytest.approx(np.ones(marks.shape[1]))
    assert marks[WITHOUT] + marks[WITH] == pytest.approx(np.ones(marks.shape[1]), abs=0.01)
    assert 0.75 < marks[WITH].max() < 0.90
    assert marks[WITH].min() < 0.05


def test_delta_shifts_log_odds() -> None:
    """.2 is odds of 1/4; doubled 1/2, which is a third. Nothing lost stays nothing."""
    assert shift_odds(np.array([0.2, 0.0]), float(np.log(2))) == pytest.approx([1 / 3, 0])
    assert shift_odds(np.array([0.2]), 0.0) == pytest.approx([0.2])


def test_every_round_climbs() -> None:
    """More rounds of expectation and maximisation never fit worse, but for what hazards borrow from each other."""
    material = prepare(make_world(3, World(persons=600, entries_lost=(0.05, 0.05, 0.1, 0.0))).log, RULE)
    losses, horizon = losses_of(material, find_recorded(material)), material.horizon
    reached = [
        fit_sojourns(material.histories, losses, rounds=rounds, horizon=horizon).likelihood
        for rounds in (5, 8, 16, 32, 64)
    ]
    assert (np.diff(reached) > -0.05).all()
    assert reached[-1] > reached[0] + 50

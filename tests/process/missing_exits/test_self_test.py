"""The self-test: passes where losses are as assumed; outages, false links and own citizens otherwise lost are noticed."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.chains import make_tables
from guzar.process.missing_exits.coverage_over_time import can_be_judged, find_short_spells, short_months
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import ENTRY_ENTRY, EXIT_EXIT
from guzar.process.missing_exits.deletions import delete_at_random, delete_port_months, leave_out_rows
from guzar.process.missing_exits.fit import fit_sojourns
from guzar.process.missing_exits.material import losses_of, prepare
from guzar.process.missing_exits.own_citizens import OwnEntries, check_own_entries
from guzar.process.missing_exits.predictive import GapCheck, check_gaps
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.self_test import try_on_own_data
from guzar.process.residence_kernel import NO

ENTRIES_LOST = (0.01, 0.03, 0.03, 0.10)


@pytest.fixture(scope="module")
def log() -> CrossingLog:
    """Crossings of a small world in which losses are as assumed."""
    return make_world(7, World(persons=1500)).log


def test_where_losses_are_as_assumed_every_test_passes(log: CrossingLog) -> None:
    """Small errors, nothing failed; what was deleted comes back, but for a few exits."""
    rows, verdicts = try_on_own_data(log, RULE, draws=5, seed=1)
    assert {verdict.self_test: verdict.passed for verdict in verdicts} == {
        "exits_at_random": True,
        "port_months": True,
        "outages": True,
        "gaps": True,
        "diagnostics": True,
        "own_citizens": None,
    }
    recovered = [row for row in rows if row["tested_measure"] == "exits_recovered"]
    assert len(recovered) == 6
    assert all(abs(row["recovery_error_percent"]) < 35 for row in recovered)
    assert not any(port in str(row.values()) for row in rows for port in log.ports)
    net = [row for row in rows if row["tested_measure"] == "net_migration"]
    assert net
    assert all(abs(row["recovery_error_percent"]) < 15 for row in net)


def test_one_exit_in_ten_is_deleted_and_no_entry(log: CrossingLog) -> None:
    """The persons who remain have crossings, and entries stay as they are."""
    deletion = delete_at_random(log, np.random.default_rng(1))
    exits = (log.is_entry == NO).sum()
    assert deletion.exits == round(0.1 * exits)
    assert (deletion.log.is_entry == NO).sum() == exits - deletion.exits
    assert (deletion.log.is_entry != NO).sum() == (log.is_entry != NO).sum()
    assert (np.diff(deletion.log.starts) > 0).all()
    assert deletion.log.starts[-1] == len(deletion.log.day)
    assert len(deletion.log.given) == deletion.log.persons


def test_a_person_without_crossings_is_left_out(log: CrossingLog) -> None:
    """The second person, all crossings deleted: the third takes the place, with the residence given."""
    gone = np.arange(log.starts[1], log.starts[2])
    left = leave_out_rows(log, gone)
    assert left.persons == log.persons - 1
    assert left.given[1] == log.given[2]
    assert left.day[left.starts[1]] == log.day[log.starts[2]]


def _short(log: CrossingLog) -> int:
    first, days = (RULE.first_day - EPOCH).days, (RULE.last_day - RULE.first_day).days
    return short_months(find_short_spells(log, first, days + 1))


def test_port_months_are_deleted_whole_and_found_again() -> None:
    """Most of those deleted are found where people are many; where exits are lost one by one, none."""
    log = make_world(7, World(persons=12_000)).log
    deletion = delete_port_months(log, np.random.default_rng(1))
    assert deletion.port_months == 15
    assert _short(log) == 0
    assert _short(delete_at_random(log, np.random.default_rng(1)).log) == 0
    assert _short(deletion.log) >= 10


@pytest.mark.parametrize("seed", [1, 2])
def test_outages_are_noticed_where_there_are_any(seed: int) -> None:
    """W6: in one port-month in twenty nine exits of ten are lost."""
    assert _short(make_world(seed, World(persons=4000)).log) == 0
    assert _short(make_world(seed, World(persons=4000, outages=0.05)).log) >= 4


def test_a_log_in_which_no_outage_could_be_seen_is_not_judged() -> None:
    """A handful of exits a month says nothing of any month."""
    assert not can_be_judged(make_world(1, World(persons=30)).log, 2000)
    assert can_be_judged(make_world(1, World(persons=4000)).log, 2000)


def _gaps(world: World, kind: int, seed: int = 1) -> GapCheck | None:
    material = prepare(make_world(seed, world).log, RULE)
    recorded = find_recorded(material)
    losses = losses_of(material, recorded)
    fit = fit_sojourns(material.sample, losses, horizon=material.horizon)
    tables = make_tables(fit.sojourns, material.horizon, losses)
    return check_gaps(material.sample, tables, kind, seed)


def test_gaps_are_as_long_as_the_model_says_where_crossings_are_lost() -> None:
    """Exits and entries lost by the port alone: expected and observed are equal in sum, and near in every bin."""
    check = _gaps(World(persons=3000, entries_lost=ENTRIES_LOST), ENTRY_ENTRY)
    assert check is not None
    assert check.p_value > 0.01
    assert check.misplaced_share < 0.05
    assert check.expected.sum() == pytest.approx(check.gaps)
    assert len(check.bounds) == len(check.observed)


def test_false_links_make_gaps_of_other_lengths() -> None:
    """Records of two persons under one number: two exits in a row are days apart, not an absence and a stay."""
    check = _gaps(World(persons=6000, false_links=0.03), EXIT_EXIT)
    assert check is not None
    assert check.p_value < 0.01
    assert check.misplaced_share > 0.1


def test_too_few_gaps_say_nothing(log: CrossingLog) -> None:
    """All entries are recorded: no exit follows another."""
    assert _gaps(World(persons=1500), EXIT_EXIT) is None


def _own(log: CrossingLog) -> OwnEntries | None:
    material = prepare(log, RULE)
    return check_own_entries(material, find_recorded(material), "KGZ")


def _with_citizens(log: CrossingLog) -> CrossingLog:
    own = (np.arange(log.persons) % 2)[log.person].astype(np.int32)
    return replace(log, citizenship=own, citizenships=("", "KGZ"))


def test_own_citizens_confirm_the_share_of_entries() -> None:
    """Their entries are lost as everybody's: about 4 in 100."""
    own = _own(_with_citizens(make_world(3, World(persons=4000, entries_lost=ENTRIES_LOST)).log))
    assert own is not None
    assert own.share == pytest.approx(0.96, abs=0.02)
    assert own.lower <= own.of_all <= own.upper
    assert own.p_value > 0.01


def test_own_citizens_whose_entries_are_lost_more_often_are_noticed() -> None:
    """One entry in seven of own citizens left out on top: the ports' share does not hold for them."""
    log = _with_citizens(make_world(3, World(persons=4000, entries_lost=ENTRIES_LOST)).log)
    theirs = np.flatnonzero((log.citizenship == 1) & (log.is_entry != NO))
    own = _own(leave_out_rows(log, theirs[::7]))
    assert own is not None
    assert own.share < own.of_all
    assert own.p_value < 0.01


def test_too_few_own_citizens_say_nothing(log: CrossingLog) -> None:
    """Three persons."""
    few = (np.arange(log.persons) < 3)[log.person].astype(np.int32)
    assert _own(replace(log, citizenship=few, citizenships=("", "KGZ"))) is None

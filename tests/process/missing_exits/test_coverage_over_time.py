"""Outages are found where people crossed unseen, not where a road was closed; what was lost then is drawn on those days."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import FIRST, LAST, RULE, World, make_world

from guzar.process.missing_exits.chains import Losses, Tables, make_tables
from guzar.process.missing_exits.coverage_over_time import find_short_spells, lost_by_day
from guzar.process.missing_exits.crossing_log import CrossingLog, log_of_arrays, take_in_turn
from guzar.process.missing_exits.diagnostics import diagnose
from guzar.process.missing_exits.fit import fit_sojourns
from guzar.process.missing_exits.hidden_paths import draw_paths
from guzar.process.missing_exits.material import Material, losses_of, prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.residence_kernel import NO

DAYS = LAST - FIRST + 1


def _without(log: CrossingLog, rows: np.ndarray) -> CrossingLog:
    """The log without these rows; persons who have no other are left out too."""
    kept = np.flatnonzero(~rows)
    sizes = np.bincount(log.person[kept], minlength=log.persons)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    columns = ("day", "is_entry", "port", "mode", "citizenship", "permitted_until")
    shorter = replace(log, starts=starts, **{name: getattr(log, name)[kept] for name in columns})
    return take_in_turn(shorter, np.flatnonzero(sizes))


@pytest.fixture(scope="module")
def log() -> CrossingLog:
    return make_world(5, World(persons=12_000)).log


def _exits_on(log: CrossingLog, port: int, begin: int, days: int) -> np.ndarray:
    day = log.day - FIRST
    return (log.is_entry == NO) & (log.port == port) & (day >= begin) & (day < begin + days)


def _drawn_then(log: CrossingLog, material: Material, tables: Tables, losses: Losses) -> int:
    """Exits drawn on the days of the outage, at all ports."""
    paths = draw_paths(log, material.histories, tables, losses, seed=1)
    return int((paths.is_drawn & (paths.is_entry == NO) & (np.abs(paths.day - FIRST - 1015) <= 15)).sum())


def test_an_outage_is_found_and_its_exits_are_drawn_on_its_days(log: CrossingLog) -> None:
    """All exits of one port are lost for 30 days: the spell is found to a few days, and many exits are drawn on them."""
    gone = _exits_on(log, 0, 1000, 30)
    shorter = _without(log, gone)
    assert find_short_spells(log, FIRST, DAYS) is None
    material = prepare(shorter, RULE)
    assert material.outages is not None
    assert material.outages.spells == 1
    found = np.flatnonzero(material.outages.exits.share[0] < 0.5)
    assert (
        len(np.setdiff1d(found, np.arange(1000, 1030))) + len(np.setdiff1d(np.arange(1000, 1030), found)) <= 6
    )
    losses = losses_of(material, find_recorded(material))
    fit = fit_sojourns(material.sample, losses, rounds=25, horizon=material.horizon)
    tables = make_tables(fit.sojourns, material.horizon, losses)
    even = losses._replace(exit_days=losses.exit_days[:, :0], outage_days=losses.outage_days[:0])
    drawn = [_drawn_then(shorter, material, tables, each) for each in (losses, even)]
    without = _drawn_then(log, prepare(log, RULE), tables, even)
    assert drawn[0] == pytest.approx(without + gone.sum(), rel=0.3)
    assert drawn[1] < 0.8 * (without + gone.sum())
    assert not diagnose(material, find_recorded(material), fit).failed


def test_a_closed_road_is_no_outage(log: CrossingLog) -> None:
    """Nobody crosses at a port for 30 days, in either direction, and nobody crosses unseen: people go before and after."""
    day = log.day - FIRST
    moved = (log.port == 0) & (day >= 1000) & (day < 1030)
    later = replace(log, port=np.where(moved, 1, log.port).astype(np.int32))
    assert find_short_spells(later, FIRST, DAYS) is None


def test_a_mean_share_is_more_in_outages_and_less_else(log: CrossingLog) -> None:
    """Over the days, weighted by who crossed, the share lost is the mean share."""
    outages = find_short_spells(_without(log, _exits_on(log, 0, 1000, 30)), FIRST, DAYS)
    assert outages is not None
    lost = np.full(len(log.ports), 0.1)
    by_day = lost_by_day(outages.exits, lost)
    true = outages.exits.expected  # as many as are recorded on usual days
    assert (true[0] * by_day[0, :-1]).sum() / true[0].sum() == pytest.approx(0.1)
    assert by_day[0, 1015] > 0.9
    assert by_day[0, -1] < 0.1


def test_an_outage_is_found_where_people_enter_through_another_port() -> None:
    """Everybody enters at one port and leaves at another, whose exits are lost for 30 days; a closed road is still none."""
    random = np.random.default_rng(3)
    stay, absence = (random.integers(5, 40, (1500, 60)) for _ in range(2))
    day = np.cumsum(np.stack([absence, stay], axis=2).reshape(1500, 120), axis=1) + FIRST
    entry, port = np.tile([1, 0], 60) * np.ones((1500, 1)), np.tile([0, 1], 60) * np.ones((1500, 1))
    seen = (day <= LAST) & ((entry == 1) | (random.random(day.shape) < 0.9))
    made = log_of_arrays(
        np.concatenate([[0], np.cumsum(seen.sum(axis=1))]).astype(np.int64),
        *(each[seen].astype(kind) for each, kind in ((day, np.int32), (entry, np.int8), (port, np.int32))),
        ("IN", "OUT"),
    )
    assert find_short_spells(made, FIRST, DAYS) is None
    found = find_short_spells(_without(made, _exits_on(made, 1, 1000, 30)), FIRST, DAYS)
    assert found is not None
    assert found.spells == 1
    assert 25 <= (found.exits.share[1] < 0.5).sum() <= 35

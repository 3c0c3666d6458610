"""Persons under two numbers are noticed by those first seen leaving late; nobody is where one number is one person."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits.chains import make_tables
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog
from guzar.process.missing_exits.first_exits import FirstExits, check_first_exits
from guzar.process.missing_exits.fit import fit_sojourns
from guzar.process.missing_exits.material import losses_of, prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.residence_kernel import OPEN

ROUNDS = 30  # of the fit: enough for this


def _check(log: CrossingLog) -> FirstExits | None:
    material = prepare(log, RULE)
    losses = losses_of(material, find_recorded(material))
    fit = fit_sojourns(material.sample, losses, rounds=ROUNDS, horizon=material.horizon)
    tables = make_tables(fit.sojourns, material.horizon, losses)
    return check_first_exits(log, material.histories, fit.sojourns, tables, RULE.threshold_days)


def test_renewed_passports_are_noticed() -> None:
    """W4, a little larger: 4 % of persons go on under a new number. As many first exits as before are late otherwise."""
    found, without = (_check(make_world(1, World(persons=6000, splits=s)).log) for s in (0.04, 0.0))
    assert found is not None
    assert without is not None
    assert found.p_value < 0.002 < without.p_value
    assert found.late > 1.5 * found.expected


def test_where_nobody_tells_residence_first_exits_are_as_late_as_stays_are_long() -> None:
    """No residence on the first day is given: the first exits after a year are those that the lengths of stays say."""
    log = make_world(3, World(persons=6000)).log
    found = _check(replace(log, given=np.full_like(log.given, OPEN)))
    assert found is not None
    assert found.expected == pytest.approx(found.late, rel=0.15)
    assert found.p_value > 0.01


def test_people_without_a_permission_are_not_looked_at() -> None:
    """Own citizens may leave for the first time at any age."""
    log = make_world(4, World(persons=2000)).log
    assert _check(replace(log, permitted_until=np.full_like(log.permitted_until, NO_LIMIT))) is None

"""Kinds of permission: which lengths are told apart, and under which a crossing stands; stays that end with a permission."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits import permits
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, log_of_arrays
from guzar.process.missing_exits.draws import draw_counts, fit_material
from guzar.process.missing_exits.material import prepare
from guzar.process.missing_exits.permission_rules import (
    ALWAYS,
    IN_PERIOD,
    UNLIMITED,
    PermissionRule,
    Permissions,
    tabulate_rules,
)
from guzar.process.missing_exits.permits import kinds_of_permission
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.year_counts import BEYOND


def _log(entries: list[tuple[int, int, int | None]]) -> CrossingLog:
    """One person: day, entry (1) or exit (0), days permitted."""
    day, entry, days = zip(*entries, strict=True)
    until = np.array([NO_LIMIT if d is None else at + d for at, d in zip(day, days, strict=True)], np.int32)
    starts, port = np.array([0, len(day)], np.int64), np.zeros(len(day), np.int32)
    return log_of_arrays(
        starts, np.array(day, np.int32), np.array(entry, np.int8), port, ["P"], permitted_until=until
    )


def test_a_crossing_stands_under_the_permission_of_the_last_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit before any entry under that of the first; lengths of few entries with the nearest that is told apart."""
    monkeypatch.setattr(permits, "LEAST_ENTRIES", 1)
    monkeypatch.setattr(permits, "are_heeded", lambda log: True)
    log = _log(
        [(1, 0, None), (5, 1, 90), (9, 0, None), (11, 1, 365), (400, 1, None), (410, 0, None), (420, 1, 88)]
    )
    kinds, number = kinds_of_permission(log)
    assert kinds.tolist() == [1, 1, 1, 2, 0, 0, 1]
    assert number == 3
    monkeypatch.setattr(permits, "LEAST_ENTRIES", 2)
    kinds, number = kinds_of_permission(log)
    assert kinds.tolist() == [1, 1, 1, 1, 0, 0, 1]
    assert number == 2
    monkeypatch.setattr(permits, "LEAST_ENTRIES", 500)
    assert kinds_of_permission(log)[1] == 1


def test_people_who_leave_when_their_permission_ends_are_not_taken_to_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P0: four in five leave in the last days of a permission. One kind for all takes far more of them to stay on."""
    made = make_world(2, World(persons=4000, heeded=0.8))
    beyond = {}
    for name, least in (("apart", 300), ("one kind", 10**9)):
        monkeypatch.setattr(permits, "LEAST_ENTRIES", least)
        material = prepare(made.log, RULE)
        recorded = find_recorded(material)
        fit = fit_material(material, recorded)
        beyond[name] = draw_counts(material, fit, recorded, draws=4).counted[:, BEYOND].mean(axis=0).sum()
    true = made.truth.counted[BEYOND].sum()
    assert abs(beyond["apart"] - true) < 0.15 * true
    assert beyond["one kind"] - true > 1.5 * abs(beyond["apart"] - true)


def test_kinds_are_not_told_apart_where_nobody_heeds_them() -> None:
    """W0 and P0: stays that end whatever the permission, and stays that end with it."""
    assert not permits.are_heeded(make_world(1, World(persons=3000)).log)
    assert permits.are_heeded(make_world(1, World(persons=3000, heeded=0.8)).log)


def test_rules_give_a_kind_where_no_permission_is_recorded() -> None:
    """90 days in 180 for all but own citizens, and what is recorded holds before that: the same kinds as if written down."""
    made = make_world(1, World(persons=3000, heeded=0.8)).log
    until = np.where(made.permitted_until - made.day == 90, NO_LIMIT, made.permitted_until)
    rules = [PermissionRule("", *ALWAYS, IN_PERIOD, 91, 180), PermissionRule("OWN", *ALWAYS, UNLIMITED)]
    table = tabulate_rules(rules, ["ANY", "OWN"])
    own = np.zeros(made.persons, np.int32)
    own[made.person[made.permitted_until == NO_LIMIT]] = 1
    ruled = Permissions(table, own, np.zeros(made.persons, np.int64))
    log = replace(made, permitted_until=until.astype(np.int32), permissions=ruled)
    limits = permits.limits_of(log)
    blank = (until == NO_LIMIT) & (log.is_entry == 1)
    assert (limits[blank & (own[log.person] == 0)] == made.day[blank & (own[log.person] == 0)] + 90).all()
    assert (limits[blank & (own[log.person] == 1)] == NO_LIMIT).all()
    assert (limits[until != NO_LIMIT] == until[until != NO_LIMIT]).all()
    without = kinds_of_permission(replace(log, permissions=None))[1]
    assert kinds_of_permission(log)[1] >= without
    assert permits.are_heeded(log)

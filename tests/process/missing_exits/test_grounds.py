"""What shares rest on is told: few cycles, few entries, ports of one direction; nobody weighs more than a hundred cycles."""

from dataclasses import replace

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits.crossing_log import CrossingLog, log_of_arrays
from guzar.process.missing_exits.cycles import ClosedCycles, CycleTable
from guzar.process.missing_exits.grounds import (
    MOST_OF_A_PERSON,
    has_gaps,
    one_sided_ports,
    weak_grounds,
    weigh_by_person,
)
from guzar.process.missing_exits.material import prepare

E, X = 1, 0


@pytest.fixture(scope="module")
def log() -> CrossingLog:
    """A small world in which losses are as assumed."""
    return make_world(7, World(persons=1500)).log


def _table(recorded: float, lost: float) -> CycleTable:
    return CycleTable(np.array([[recorded]]), np.array([lost]))


def test_a_usual_log_is_firm(log: CrossingLog) -> None:
    """Cycles enough, entries all recorded, every port in both directions."""
    material = prepare(log, RULE)
    assert weak_grounds(log, material.exits.cycles, _table(500, 0)) == ()
    assert weak_grounds(log, material.exits.cycles, _table(18, 12)) == ("few_entries",)
    assert not has_gaps(_table(18, 1))


def test_a_port_that_records_no_exits_is_named(log: CrossingLog) -> None:
    """All exits of one port are gone, its entries are not."""
    kept = (log.is_entry == E) | (log.port != 2)
    dead = _without(log, ~kept)
    assert one_sided_ports(log).sum() == 0
    assert one_sided_ports(dead).tolist() == [False, False, True, False]


def _without(log: CrossingLog, gone: np.ndarray) -> CrossingLog:  # type: ignore[type-arg]
    person = log.person[~gone]
    whose, number = np.unique(person, return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(number))]).astype(np.int64)
    rows = ("day", "is_entry", "port", "mode", "citizenship", "permitted_until")
    return replace(
        log, starts=starts, given=log.given[whose], **{name: getattr(log, name)[~gone] for name in rows}
    )


def test_one_person_weighs_no_more_than_a_hundred_cycles() -> None:
    """A driver with 1,000 cycles beside one person with one."""
    days = np.concatenate([np.arange(2002), [1, 5, 9]])
    entry = np.concatenate([np.tile([E, X], 1001), [E, X, E]]).astype(np.int8)
    log = log_of_arrays(
        np.array([0, 2002, 2005]), days, entry, np.zeros(2005, np.int32), ("A",), given=np.zeros(2, np.int8)
    )
    begins = np.concatenate([np.arange(0, 2000, 2), [2002]])
    cycles = ClosedCycles(begins, begins + 1, begins + 2)
    weight = weigh_by_person(log, cycles)
    assert weight[:-1].sum() == pytest.approx(MOST_OF_A_PERSON)
    assert weight[-1] == 1.0

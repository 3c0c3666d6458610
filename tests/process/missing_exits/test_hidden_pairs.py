"""A port that loses entries and exits alike: cycles that hide a whole pair are counted where they are."""

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits.cycles import CycleTable, without_indirect
from guzar.process.missing_exits.hidden_pairs import PortsOfCycles, share_indirect
from guzar.process.missing_exits.material import prepare
from guzar.process.missing_exits.recorded import find_recorded


def test_one_port_by_hand() -> None:
    """Half of all exits and entries lost, everybody comes again: a quarter of the exits recorded are not the first."""
    ports = PortsOfCycles(np.ones((1, 1)), np.full((1, 1, 1), 500.0), np.ones(1))
    half = np.array([0.5])
    assert share_indirect(CycleTable(np.array([[100.0]]), np.zeros(1)), ports, half, half) == pytest.approx(
        0.25
    )


def test_pairs_are_hidden_where_both_are_lost() -> None:
    """Two ports that nobody changes between; at the second one half of both is lost. As many exits are the first as exits
    that are recorded: 1,000 people, 1,000 returns."""
    ports = PortsOfCycles(np.eye(2), np.eye(2)[:, None, :] * np.eye(2)[:, :, None] * 900.0, np.ones(2))
    recorded, share = np.diag([1000.0, 500.0 / 0.75]), np.array([1.0, 0.5])
    table = CycleTable(recorded, np.array([0.0, 1000 - 500 / 0.75]))
    indirect = share_indirect(table, ports, share, share)
    assert np.diag(indirect) == pytest.approx([0.0, 0.25], abs=1e-6)
    first = without_indirect(table, indirect)
    assert np.diag(first.recorded) == pytest.approx([1000, 500], rel=1e-5)
    assert first.lost == pytest.approx([0, 500], rel=1e-4)


def test_a_port_that_is_bad_both_ways_is_found_to_be() -> None:
    """Half of its exits and of its entries are lost. Counted over the whole country, .61 of them would seem to be recorded."""
    world = World(persons=20_000, coverage=(0.97, 0.95, 0.90, 0.50), entries_lost=(0.0, 0.02, 0.05, 0.50))
    recorded = find_recorded(prepare(make_world(2, world).log, RULE))
    assert recorded.exits.share == pytest.approx(world.coverage, abs=0.05)
    assert recorded.entries.share == pytest.approx(1 - np.asarray(world.entries_lost), abs=0.05)

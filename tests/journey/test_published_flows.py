"""Flows from the UN stocks of 2020 and WPP 2022 are those that Abel and Cohen published, as far as rounding goes."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The measurement behind docs/acceptance/flows-against-published.md."""
    sys.path.insert(0, str(ROOT / "tools"))  # it imports a neighbour
    place = importlib.util.spec_from_file_location(
        "measure_published_flows", ROOT / "tools" / "measure_published_flows.py"
    )
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    sys.modules[place.name] = module
    place.loader.exec_module(module)
    sys.path.pop(0)
    return module


def test_flows_of_2015_to_2020_are_the_published_ones(tool: ModuleType, shared: Path) -> None:
    """Net migration of Kyrgyzstan and Russia; every corridor of the region, from ten persons on, within 5 % or one person."""
    world = tool.read_world(shared / "data")
    flows = tool.make_flows(world, "pseudo-bayes").table
    nets = tool.net_beside(world, flows)
    net = dict(nets.select("country", "net").iter_rows())
    assert net["KGZ"] == pytest.approx(-140_100, abs=500)
    assert net["RUS"] == pytest.approx(1_753_700, abs=500)
    assert nets.select(pl.col("percent").median()).item() <= 0.02
    assert nets["percent"].max() <= 0.1
    both = tool.beside_published(world, flows, "pseudo-bayes")
    assert tool.correlation(tool.of_the_region(both)) >= 0.999
    assert all(gap <= 1 for gap in tool.gaps(both)["gap"])


def test_differences_of_stocks_are_equal_in_every_cell_of_the_region(tool: ModuleType, shared: Path) -> None:
    """Growth of each stock, to the person; also where the published table has no row."""
    world = tool.read_world(shared / "data")
    both = tool.of_the_region(
        tool.beside_published(world, tool.make_flows(world, "difference-drop").table, "difference-drop")
    )
    assert both.height == 12 * 228 * 2 - 12 * 11
    assert both.filter(pl.col("persons") != pl.col("published")).height == 0
    assert both["persons"].sum() > 1e6

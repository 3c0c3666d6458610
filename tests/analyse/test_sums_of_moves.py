"""Components, sums, lumps and net totals are those of the reference cases; and what the sums obey in any table."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.analyse.reference_files import as_rows, named, square

from guzar.analyse.move_components import split_into_components
from guzar.analyse.net_migration import balance_net, net_from_vital_statistics
from guzar.analyse.sums_of_moves import add_areas, lump_small, sum_areas, sum_pairs
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

ONE_WAY = pl.DataFrame(
    {"origin": ["A", "B", "C"], "destination": ["C", "A", "B"], "persons": [7.0, 3.0, 2.0]}
)


def _golden(shared: Path, case: str) -> Path:
    return shared / "golden" / "flow-estimation" / case


@pytest.mark.parametrize("case", ["example4", "rand50"])
def test_components(shared: Path, case: str) -> None:
    """multi_comp: shares at the edges, all moves in the corner, interactions inside."""
    folder = _golden(shared, f"more_examples/multi_comp/{case}")
    _, moves = square(folder / "in_m.csv")
    _, wanted = square(folder / "out.csv")
    found = split_into_components(moves)
    assert found.overall == pytest.approx(wanted[-1, -1], rel=1e-6)
    assert found.origin == pytest.approx(wanted[:-1, -1], rel=1e-6)
    assert found.destination == pytest.approx(wanted[-1, :-1], rel=1e-6)
    assert found.interaction == pytest.approx(wanted[:-1, :-1], rel=1e-6, abs=1e-6)
    assert found.table == pytest.approx(moves)


@pytest.mark.parametrize("case", ["example4", "rand50"])
def test_sums_of_areas(shared: Path, case: str) -> None:
    """sum_region, sum_country, sum_net."""
    folder = _golden(shared, f"more_examples/sum_region/{case}")
    found = sum_areas(as_rows(folder / "in_m.csv"))
    for file, names in (
        ("out", ["region", "out_mig", "in_mig", "turn", "net"]),
        ("out_country", ["country", "emi", "imm", "turn", "net"]),
    ):
        wanted = pl.read_csv(folder / f"{file}.csv").sort(names[0])
        assert wanted[names[0]].to_list() == found["area"].to_list()
        for column, theirs in zip(("departures", "arrivals", "turnover", "net"), names[1:], strict=True):
            assert found[column].to_list() == pytest.approx(wanted[theirs].to_list(), rel=1e-9)
    net = pl.read_csv(folder / "out_sum_net.csv").sort("name")
    assert found["net"].to_list() == pytest.approx(net["value"].to_list(), rel=1e-9)


def test_areas_beside_regions(shared: Path) -> None:
    """sum_expand: regions and areas in one table; the matrix has the same numbers."""
    folder = _golden(shared, "more_examples/sum_expand/example")
    found = add_areas(as_rows(folder / "in_m.csv"), pl.read_csv(folder / "in_area.csv"))
    wanted = pl.read_csv(folder / "out.csv").rename({"orig": "origin", "dest": "destination"})
    matrix = as_rows(folder / "out_matrix_area_last.csv").rename({"persons": "cell"})
    both = wanted.join(found, on=["origin", "destination"]).join(matrix, on=["origin", "destination"])
    assert both.height == wanted.height == found.height == matrix.height
    assert both["persons"].to_list() == pytest.approx(both["flow"].to_list(), rel=1e-9)
    assert both["persons"].to_list() == pytest.approx(both["cell"].to_list(), rel=1e-9)


@pytest.mark.parametrize("case", ["example4", "rand50"])
def test_small_moves_are_lumped(shared: Path, case: str) -> None:
    """sum_lump: by moves, and by totals of origins and destinations; the sum stays."""
    folder = _golden(shared, f"more_examples/sum_lump/{case}")
    moves = as_rows(folder / "in_m.csv")
    for file, threshold, by in (
        ("out_flow", "in_threshold", ("moves",)),
        ("out_in_out", "in_threshold_inout", ("in", "out")),
    ):
        found = lump_small(moves, float(named(folder / f"{threshold}.csv")[0]), by)
        wanted = pl.read_csv(folder / f"{file}.csv").rename({"orig": "origin", "dest": "destination"})
        both = wanted.join(found, on=["origin", "destination"])
        assert both.height == wanted.height == found.height
        assert both["persons"].to_list() == pytest.approx(both["flow"].to_list(), rel=1e-9)
        assert found["persons"].sum() == pytest.approx(moves["persons"].sum())


def test_net_totals_that_add_up_to_nothing(shared: Path) -> None:
    """rescale_net with its three rules; and the net totals of the random world."""
    folder = _golden(shared, "more_examples/rescale_net/examples")
    net, weights = named(folder / "in_x.csv"), named(folder / "in_w.csv")
    for file, found in (
        ("out_noswitch_real", balance_net(net)),
        ("out_noswitch_weighted", balance_net(net, weights)),
        ("out_switches_real", balance_net(net, keep_signs=False)),
    ):
        assert found == pytest.approx(named(folder / f"{file}.csv"), abs=1e-8)
    random = _golden(shared, "random_n50")
    targets = pl.read_csv(random / "net_targets.csv")
    found = balance_net(targets["net_unbalanced"].cast(pl.Float64).to_numpy())
    assert found == pytest.approx(pl.read_csv(random / "net_rescaled.csv")["net"].to_numpy(), abs=1e-8)
    assert found.sum() == pytest.approx(0, abs=1e-8)


def test_net_migration_of_vital_statistics(shared: Path) -> None:
    """net_vs: growth that is not births less deaths."""
    files = sorted(_golden(shared, "").glob("*/net_vital_statistics.csv"))
    assert len(files) == 9
    for file in files:
        people = pl.read_csv(file.parent / "demography.csv").cast(
            {name: pl.Float64 for name in ("births", "deaths", "population_start", "population_end")}
        )
        start, end, births, deaths = (
            people[name].to_numpy() for name in ("population_start", "population_end", "births", "deaths")
        )
        found = net_from_vital_statistics(start, end, births, deaths)
        assert found == pytest.approx(pl.read_csv(file)["net"].to_numpy(), abs=1e-9)


def test_a_pair_with_one_direction_has_no_counter_move() -> None:
    """A→C 7: nobody moves from C to A. The order of rows does not matter."""
    found = sum_pairs(ONE_WAY)
    assert found.rows() == sum_pairs(ONE_WAY.reverse()).rows()
    assert found.filter(pl.col("origin") == "A").rows() == [
        ("A", "B", 0.0, 3.0, 3.0, -3.0),
        ("A", "C", 7.0, 0.0, 7.0, 7.0),
    ]
    assert found["turnover"].sum() == ONE_WAY["persons"].sum()
    assert sum_areas(ONE_WAY)["net"].sum() == 0


def test_what_cannot_be_summed_is_refused() -> None:
    """A region without an area; an unknown rule; one sign only; nobody moves."""
    with pytest.raises(TableInvalid, match="B, C"):
        add_areas(ONE_WAY, pl.DataFrame({"region": ["A"], "area": ["north"]}))
    with pytest.raises(SettingsInvalid, match="size"):
        lump_small(ONE_WAY, 5, ("size",))
    with pytest.raises(MethodNotApplicable, match="one sign"):
        balance_net(np.array([3.0, 0, 4]))
    with pytest.raises(MethodNotApplicable, match="Nobody moves"):
        split_into_components(np.zeros((3, 3)))

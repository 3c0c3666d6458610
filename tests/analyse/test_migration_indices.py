"""Indices are those of the reference cases by the definitions of the papers, and obey their laws in any system."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.migration_indices import DEFINITIONS, WHOLE, Numbers, all_indices

NAMES = {
    "cmp": "crude_intensity_percent",
    "courgeau_k": "courgeau_k",
    "effectivness": "effectiveness_percent",
    "anmr": "aggregate_net_rate_percent",
    "preference": "preference",
    "velocity": "velocity",
    "connectivity": "connectivity",
    "inequality_equal": "inequality_even",
    "inequality_sim": "inequality_independent",
    "gini_total": "gini",
    "gini_orig_standardized": "gini_rows_share",
    "gini_dest_standardized": "gini_columns_share",
    "acv": "aggregate_variation",
    "distance_mean": "distance_mean_km",
    "distance_median": "distance_median_km",
    "distance_decay": "distance_coefficient",
}
LOOSE = {"inequality_sim": 1e-7, "distance_decay": 1e-7, "distance_median": 1e-6}
SHARES = ("connectivity", "inequality_even", "inequality_independent", "gini", "gini_out", "gini_in")


def _world(folder: Path) -> tuple[tuple[str, ...], Numbers, Numbers, Numbers]:
    people = pl.read_csv(folder / "population.csv")
    names = tuple(people["country"])
    (file,) = folder.glob("flows_for_indices.csv*")
    place = {name: at for at, name in enumerate(names)}
    moves, apart = np.zeros((len(names),) * 2), np.zeros((len(names),) * 2)
    for origin, destination, persons, km in pl.read_csv(file).iter_rows():
        moves[place[origin], place[destination]] = persons
        apart[place[origin], place[destination]] = km
    return names, moves, people["population"].cast(pl.Float64).to_numpy(), apart


def _whole(
    names: tuple[str, ...], moves: Numbers, people: Numbers, apart: Numbers | None = None
) -> dict[str, float | None]:
    return {each.name: each.value for each in all_indices(names, moves, people, apart) if each.area == WHOLE}


@pytest.mark.parametrize("case", ["example_indices", "random_n50"])
def test_indices_of_the_reference_cases(shared: Path, case: str) -> None:
    """Each to its tolerance; exact where the case has it, else the peer's."""
    folder = shared / "golden" / "flow-estimation" / case
    found = _whole(*_world(folder))
    wanted = pl.read_csv(folder / "indices.csv")
    assert set(wanted["measure"]) == set(NAMES)
    for measure, peer, exact in wanted.iter_rows():
        target = peer if exact is None else exact
        assert found[NAMES[measure]] == pytest.approx(target, rel=LOOSE.get(measure, 1e-9)), measure


def test_legacy_definitions_have_names_of_their_own(shared: Path) -> None:
    """What other programs print: weights of the other side over n; the mean inside the root, which depends on the unit."""
    names, moves, people, _ = _world(shared / "golden" / "flow-estimation" / "example_indices")
    found, larger = _whole(names, moves, people), _whole(names, 10 * moves, people)
    assert found["weighted_gini_out_legacy"] == pytest.approx(0.0720, abs=5e-5)
    assert found["weighted_gini_out"] != pytest.approx(found["weighted_gini_out_legacy"])
    assert found["variation"] == pytest.approx(larger["variation"])
    assert larger["variation_legacy"] == pytest.approx(found["variation_legacy"] * np.sqrt(10))
    assert found["gini_legacy"] == pytest.approx(found["gini"] * 11 / 12)


@st.composite
def _systems(draw: st.DrawFn) -> tuple[Numbers, Numbers]:
    size = draw(st.integers(3, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    moves = random.integers(0, 900, (size, size)) * (random.random((size, size)) < 0.7)
    np.fill_diagonal(moves, 0)
    moves[0, 1] += 1
    return moves.astype(np.float64), random.integers(1000, 90000, size).astype(np.float64)


@settings(max_examples=40)
@given(_systems(), st.randoms())
def test_the_order_of_areas_and_the_unit_of_moves_do_not_matter(system, shuffled) -> None:  # type: ignore[no-untyped-def]
    """Permuted areas, the same indices; moves times k change only those per head."""
    moves, people = system
    order = list(range(len(moves)))
    shuffled.shuffle(order)
    names = tuple(f"R{at}" for at in range(len(moves)))
    found = _whole(names, moves, people)
    other = _whole(names, moves[np.ix_(order, order)], people[order])
    scaled = _whole(names, 7 * moves, 7 * people)
    for name, value in found.items():
        assert other[name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), name
        if name != "variation_legacy":
            assert scaled[name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), name


@settings(max_examples=40)
@given(_systems())
def test_indices_lie_within_their_bounds(system) -> None:  # type: ignore[no-untyped-def]
    """Shares between 0 and 1; effectiveness and intensity in percent; shares of the Gini together at most 1; never NaN."""
    moves, people = system
    made = all_indices(tuple(f"R{at}" for at in range(len(moves))), moves, people)
    assert {each.name for each in made} <= set(DEFINITIONS)
    for each in made:
        assert each.value is None or np.isfinite(each.value)
        if each.name in SHARES and each.value is not None:
            assert -1e-12 <= each.value <= 1 + 1e-9, each.name
    whole = {each.name: each.value for each in made if each.area == WHOLE}
    assert 0 <= whole["effectiveness_percent"] <= 100 + 1e-9  # type: ignore[operator]
    assert whole["gini_rows_share"] + whole["gini_columns_share"] <= 1 + 1e-9  # type: ignore[operator]


def test_even_moves_are_not_concentrated() -> None:
    """Every cell alike: no inequality, no net migration, no variation."""
    moves = 5 * (1 - np.eye(4))
    found = _whole(tuple("ABCD"), moves, np.full(4, 100.0))
    for name in ("inequality_even", "inequality_independent", "gini", "variation", "aggregate_variation"):
        assert found[name] == pytest.approx(0, abs=1e-9), name
    assert found["effectiveness_percent"] == 0
    assert found["connectivity"] == 1

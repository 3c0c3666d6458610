"""Moves between regions from arrivals and departures: the published totals of Kazakhstan, and tables without a seed."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from guzar.analyse.fitting.tables import cells_of_margins, fit_cells, fit_net_cells, without_stayers
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

FILE = "data/flows-published/kazakhstan-2024-internal-moves-by-region-month.csv"
ALL_MOVES = 1_510_337  # arrivals, and departures, of all regions in 2024


def _margins(table: pl.DataFrame) -> list[tuple[tuple[str, ...], pl.DataFrame]]:
    return [
        (
            (name,),
            table.group_by(pl.col("region").alias(name)).agg(persons=pl.col(column).sum().cast(pl.Float64)),
        )
        for name, column in (("origin", "departures"), ("destination", "arrivals"))
    ]


def test_regions_of_kazakhstan(shared: Path) -> None:
    """As many come as leave; the independence table has both totals of 20 regions, nobody moves to where they were."""
    file = shared / FILE
    if not file.is_file():
        pytest.skip("the published totals are not here")
    table = pl.read_csv(file)
    assert table["arrivals"].sum() == table["departures"].sum() == ALL_MOVES
    months = table.group_by("month").agg(pl.col("arrivals").sum(), pl.col("departures").sum())
    assert (months["arrivals"] == months["departures"]).all()
    margins = _margins(table)
    found, fit = fit_cells(without_stayers(cells_of_margins(margins)), margins)
    assert found.height == 20 * 19
    assert max(fit.errors.values()) < 1e-6
    assert found["persons"].sum() == pytest.approx(ALL_MOVES)
    for (name,), totals in margins:
        sums = found.group_by(name).agg(found=pl.col("persons").sum()).join(totals, on=name)
        assert sums["found"].to_list() == pytest.approx(sums["persons"].to_list(), abs=1e-5)
    # Independence off the diagonal: of any two origins and two destinations the four cells have a cross-product ratio of 1.
    square = found.pivot("destination", index="origin", values="persons").sort("origin")
    names = square["origin"].to_list()
    cells = square.select(names).to_numpy()
    assert cells[0, 2] * cells[1, 3] == pytest.approx(cells[0, 3] * cells[1, 2], rel=1e-6)
    assert np.isnan(np.diag(cells)).all()


def test_a_region_with_most_moves_cannot_stay_out_of_itself() -> None:
    """More than half leave one region and come to it: no table without a diagonal."""
    table = pl.DataFrame({"region": ["A", "B", "C"], "arrivals": [70, 20, 10], "departures": [60, 20, 20]})
    margins = _margins(table)
    with pytest.raises(MethodNotApplicable):
        fit_cells(without_stayers(cells_of_margins(margins)), margins)
    found, _ = fit_cells(cells_of_margins(margins), margins)
    assert found.filter(pl.col("origin") == "A", pl.col("destination") == "A")[
        "persons"
    ].item() == pytest.approx(42)


def test_structural_zeros_of_a_seed_stay() -> None:
    """A cell that is left out, and one of 0."""
    seed = without_stayers(
        pl.DataFrame(
            {"origin": ["A", "A", "B", "B"], "destination": ["A", "B", "A", "B"], "persons": [9.0, 2, 3, 9]}
        )
    )
    table = pl.DataFrame({"region": ["A", "B"], "arrivals": [4, 6], "departures": [6, 4]})
    found, _ = fit_cells(seed, _margins(table))
    assert found["persons"].to_list() == pytest.approx([6, 4])
    with pytest.raises(TableInvalid, match="destination"):
        without_stayers(seed.drop("destination"))


def test_each_nearness_can_be_asked_for() -> None:
    """By shares, by persons, by squares: all have the net totals; another word, or a total with the last two, is refused."""
    seed = pl.DataFrame(
        {"origin": ["A", "A", "B", "C"], "destination": ["B", "C", "C", "A"], "persons": [5.0, 2, 4, 6]}
    )
    nets = pl.DataFrame({"area": ["A", "B", "C"], "net": [-3.0, 2.0, 1.0]})
    changes = {}
    for nearness in ("entropy", "absolute", "squares"):
        found, fit = fit_net_cells(seed, nets, None, nearness)
        assert fit.error < 1e-6
        changes[nearness] = float((found["persons"] - seed["persons"]).abs().sum())
    assert changes["absolute"] == min(changes.values())
    with pytest.raises(SettingsInvalid, match="nearest"):
        fit_net_cells(seed, nets, None, "nearest")
    with pytest.raises(SettingsInvalid, match="entropy only"):
        fit_net_cells(seed, nets, 20.0, "squares")

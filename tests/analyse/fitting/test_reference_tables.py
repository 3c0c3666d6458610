"""Tables with margins and with net totals are those of the reference cases, within their tolerances."""

from pathlib import Path

import polars as pl
import pytest

from guzar.analyse.fitting.tables import fit_cells, fit_net_cells

IPF = ("example_ipf_three", "example_ipf_four", "example_ipf_indep", "example_ipf_willekens")
NET = ("example_net_ex1", "example_net_ex2", "example_net_ex3", "random_n50")
PAIR = ["origin", "destination"]


def _compare(found: pl.DataFrame, wanted: pl.DataFrame, most: float) -> None:
    both = wanted.join(found, on=PAIR, how="left").fill_null(0.0)
    assert both["persons"].to_list() == pytest.approx(both["exact"].to_list(), abs=most)


@pytest.mark.parametrize("case", IPF)
def test_tables_with_row_and_column_totals(shared: Path, case: str) -> None:
    """Two margins."""
    folder = shared / "golden" / "flow-estimation" / case
    seed = pl.read_csv(folder / "ipf_seed.csv").rename({"value": "persons"}).cast({"persons": pl.Float64})
    margins = pl.read_csv(folder / "ipf_margins.csv").cast(
        {"row_total": pl.Float64, "column_total": pl.Float64}
    )
    totals = [
        (
            (name,),
            margins.select(pl.col("country").alias(name), persons=column).filter(
                pl.col("persons").is_not_null()
            ),
        )
        for name, column in (("origin", "row_total"), ("destination", "column_total"))
    ]
    found, _ = fit_cells(seed, totals)
    _compare(found, pl.read_csv(folder / "ipf_result.csv"), 1e-7)


@pytest.mark.parametrize("case", NET)
def test_tables_with_net_totals(shared: Path, case: str) -> None:
    """Arrivals less departures of every area; the diagonal stays."""
    folder = shared / "golden" / "flow-estimation" / case
    (prior,), (targets,), (result,) = (
        folder.glob(f"net_{name}.csv*") for name in ("prior", "targets", "result")
    )
    cells = pl.read_csv(prior).rename({"value": "persons"}).cast({"persons": pl.Float64})
    nets = pl.read_csv(targets).select(area="country", net=pl.col("net_balanced").cast(pl.Float64))
    found, fitted = fit_net_cells(cells, nets)
    _compare(found, pl.read_csv(result), 1e-6)
    assert fitted.error < 1e-7

"""What is no table, or has no solution, is refused by name; net totals by three distances are met, each nearest in its own."""

import numpy as np
import polars as pl
import pytest

from guzar.analyse.fitting.net_totals import fit_net, fit_net_absolute, fit_net_squares
from guzar.analyse.fitting.tables import fit_cells, fit_net_cells
from guzar.analyse.stock_flows.tables import read_stocks
from guzar.errors import MethodNotApplicable, TableInvalid

CELLS = pl.DataFrame({"origin": ["A", "A", "B"], "destination": ["B", "C", "C"], "persons": [5.0, 2.0, 4.0]})


def _totals(column: str, codes: list[str], persons: list[float]) -> tuple[tuple[str, ...], pl.DataFrame]:
    return (column,), pl.DataFrame({column: codes, "persons": persons})


def test_margins_that_disagree_are_refused() -> None:
    """11 persons leave, 12 come."""
    margins = [_totals("origin", ["A", "B"], [7.0, 4.0]), _totals("destination", ["B", "C"], [5.0, 7.0])]
    with pytest.raises(MethodNotApplicable, match="sums: 11 and 12 persons"):
        fit_cells(CELLS, margins)


def test_totals_that_no_cells_can_carry_are_refused() -> None:
    """B sends people to C only, and C takes fewer."""
    margins = [_totals("origin", ["A", "B"], [2.0, 9.0]), _totals("destination", ["B", "C"], [8.0, 3.0])]
    with pytest.raises(MethodNotApplicable, match="No table"):
        fit_cells(CELLS, margins)


@pytest.mark.parametrize("persons", [-1.0, float("nan"), None])
def test_cells_that_are_no_persons_are_refused(persons: float | None) -> None:
    """Below 0, not a number, empty."""
    cells = CELLS.with_columns(persons=pl.Series([5.0, persons, 4.0], dtype=pl.Float64))
    with pytest.raises(TableInvalid, match="A C"):
        fit_cells(cells, [_totals("origin", ["A", "B"], [7.0, 4.0])])


def test_net_totals_that_cannot_be_reached_name_the_areas() -> None:
    """Nobody can come to A; net totals may be below 0, but add up to 0."""
    nets = pl.DataFrame({"area": ["A", "B", "C"], "net": [1.0, 0.0, -1.0]})
    with pytest.raises(MethodNotApplicable, match=r"A(, B)? should gain"):
        fit_net_cells(CELLS, nets)
    with pytest.raises(MethodNotApplicable, match="add up to"):
        fit_net_cells(CELLS, nets.with_columns(net=pl.Series([1.0, 0.0, 0.0])))


def test_each_distance_is_least_by_its_own_measure() -> None:
    """Entropy, absolute changes, squares: all meet the net totals; none is nearer by another's measure."""
    random = np.random.default_rng(1)
    table = random.lognormal(3, 1, (6, 6))
    np.fill_diagonal(table, 0)
    net = random.normal(0, 30, 6)
    net -= net.mean()
    names = list("ABCDEF")
    made = [fit(table, net, names).table for fit in (fit_net, fit_net_absolute, fit_net_squares)]
    for each in made:
        assert each.sum(axis=0) - each.sum(axis=1) == pytest.approx(net, abs=1e-6)
        assert (each >= 0).all()
    absolute = [np.abs(each - table).sum() for each in made]
    squares = [((each - table) ** 2).sum() for each in made]
    assert absolute[1] <= min(absolute) + 1e-6
    assert squares[2] <= min(squares) + 1e-6


def test_stocks_that_are_damaged_are_refused_by_cell() -> None:
    """A cell twice, a year that is not there, deaths below 0."""
    stocks = pl.DataFrame(
        {
            "birth_country": ["A", "B", "A", "B"],
            "residence_country": ["B", "A", "B", "A"],
            "year": [2015, 2015, 2020, 2020],
            "persons": [5.0, 6.0, 7.0, 8.0],
        }
    )
    people = pl.DataFrame(
        {
            "country": ["A", "B"],
            "births": [1.0, 1.0],
            "deaths": [1.0, 1.0],
            "population_start": [100.0, 90.0],
            "population_end": [101.0, 91.0],
        }
    )
    read, left_out = read_stocks(stocks, people, 2015, 2020)
    assert read.start.tolist() == [[94.0, 5.0], [6.0, 85.0]]
    assert not left_out.places
    with pytest.raises(TableInvalid, match="A B 2015"):
        read_stocks(pl.concat([stocks, stocks.head(1)]), people, 2015, 2020)
    with pytest.raises(TableInvalid, match="No stocks of 2010"):
        read_stocks(stocks, people, 2010, 2020)
    with pytest.raises(TableInvalid, match="deaths"):
        read_stocks(stocks, people.with_columns(deaths=pl.Series([1.0, -1.0])), 2015, 2020)

"""What is no table, or has no solution, is refused by name; net totals by three distances are met, each nearest in its own."""

import numpy as np
import polars as pl
import pytest

from guzar.analyse.fitting.feasible import find_obstacle
from guzar.analyse.fitting.net_totals import fit_net, fit_net_absolute, fit_net_squares
from guzar.analyse.fitting.tables import check_cells, fit_cells, fit_net_cells
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


@pytest.mark.parametrize("nearness", ["entropy", "absolute", "squares"])
@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e9])
def test_net_totals_are_met_and_refused_in_any_unit(nearness: str, unit: float) -> None:
    """Billionths of persons are fitted as well as persons; what cannot be is refused in every unit."""
    random = np.random.default_rng(2)
    pairs = [(i, j) for i in "ABCD" for j in "ABCD" if i != j]
    cells = pl.DataFrame(pairs, schema=["origin", "destination"], orient="row").with_columns(
        persons=pl.Series(unit * random.lognormal(3, 1, len(pairs)))
    )
    nets = pl.DataFrame({"area": list("ABCD"), "net": [12 * unit, -7 * unit, -5 * unit, 0.0]})
    fitted = fit_net_cells(cells, nets, nearness=nearness)[0]
    came, went = (
        fitted.group_by(area=name).agg(pl.col("persons").sum()) for name in ("destination", "origin")
    )
    net = came.join(went, on="area", suffix="_out").sort("area")
    assert (net["persons"] - net["persons_out"]).to_numpy() == pytest.approx(
        nets["net"].to_numpy(), abs=1e-6 * unit
    )
    with pytest.raises(MethodNotApplicable, match="add up to"):
        fit_net_cells(
            cells, nets.with_columns(net=pl.col("net") + unit * pl.Series([1.0, 0, 0, 0])), nearness=nearness
        )
    one_way = cells.filter(pl.col("destination") != "A")
    with pytest.raises(MethodNotApplicable, match="should gain"):
        fit_net_cells(one_way, nets, nearness=nearness)


def test_what_cannot_be_carried_is_named_on_its_own_side() -> None:
    """One row too large is that row; one column that a single row fills is that column, and not all other rows."""
    from_one, size = np.ones((6, 6)), 6
    from_one[1:, 5] = 0.0  # column 5 has the first row alone
    rows, columns = np.full(size, 10.0), np.array([5.0, 5.0, 5.0, 5.0, 5.0, 35.0])
    found = find_obstacle(from_one, rows, columns)
    assert found is not None
    assert (found.are_rows, found.places.tolist(), found.wanted) == (False, [5], 35.0)
    assert found.room == pytest.approx(10.0)
    to_one = find_obstacle(from_one.T, columns, rows)
    assert to_one is not None
    assert (to_one.are_rows, to_one.places.tolist(), to_one.wanted, to_one.room) == (True, [5], 35.0, 10.0)
    assert find_obstacle(from_one, rows, np.full(size, 10.0)) is None


def test_a_row_that_just_fits_is_not_blamed() -> None:
    """Whole units of the flow leave a little over in rows that reach their columns exactly: rounding names nobody."""
    table = np.eye(7)
    table[6, 5] = 1.0
    rows = np.array([1 / 3, 1e6 / 7, 17.0, 5 / 9, 1e5, 20.0, 30.0])
    columns = rows.copy()
    columns[[5, 6]] = 35.0, 15.0
    columns[6] += rows.sum() - columns.sum()
    impossible = table.copy()
    impossible[6, 5] = 0.0
    found = find_obstacle(impossible, rows, columns)
    assert found is not None
    named = found.places.tolist()
    assert (found.are_rows, named) in [(True, [6]), (False, [5])]


@pytest.mark.parametrize(("column", "said"), [("net", "can be used"), ("persons", "no number of persons")])
def test_a_refusal_says_what_a_column_holds(column: str, said: str) -> None:
    """Net totals may be below 0 and are no persons who live somewhere."""
    table = pl.DataFrame({"area": ["A"], column: [float("nan")]})
    with pytest.raises(TableInvalid, match=said) as caught:
        check_cells(table, ["area"], column)
    assert ("0 or more" in caught.value.message()) == (column == "persons")

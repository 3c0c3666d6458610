"""Countries that are called one thing in the stocks and another in the population table."""

import polars as pl
import pytest

from guzar.analyse.stock_flows.tables import read_stocks
from guzar.errors import TableInvalid

PLACES = ("KGZ", "RUS", "UZB")


def stocks(small: float = 1.0) -> pl.DataFrame:
    """Persons by birth and residence; `small`: those who live in one more place."""
    rows = [
        (born, living, year, 1e6 if born == living else 5e4)
        for born in PLACES
        for living in PLACES
        for year in (2015, 2020)
    ]
    rows += [("KGZ", "ISL", year, small) for year in (2015, 2020)]
    columns = ("birth_country", "residence_country", "year", "persons")
    return pl.DataFrame(rows, schema=columns, orient="row")


def people(*names: str) -> pl.DataFrame:
    """Births, deaths and populations of countries."""
    counted = {"births": 1e5, "deaths": 5e4, "population_start": 1.1e6, "population_end": 1.1e6}
    return pl.DataFrame({"country": names}).with_columns(**{name: pl.lit(n) for name, n in counted.items()})


def test_a_country_under_another_name_is_refused() -> None:
    """XXZ stands where UZB should: both are named, with the persons concerned."""
    with pytest.raises(TableInvalid) as refused:
        read_stocks(stocks(), people("KGZ", "RUS", "XXZ"), 2015, 2020)
    said = refused.value.message(str)
    assert "UZB" in said
    assert "XXZ" in said
    assert "2200000" in said.replace(",", "").replace(" ", "")
    assert refused.value.exit_code == 3


def test_small_places_of_one_table_are_left_out_and_told() -> None:
    """A thousandth of all persons, at most; and countries that only the other table has."""
    made, left_out = read_stocks(stocks(), people(*PLACES, "TWN"), 2015, 2020)
    assert made.countries == PLACES
    assert left_out.places == ("ISL",)
    with pytest.raises(TableInvalid):
        read_stocks(stocks(small=9e4), people(*PLACES, "TWN"), 2015, 2020)


def test_a_table_without_a_country_leaves_it_out() -> None:
    """Nothing stands in its place: it is no other name."""
    _, left_out = read_stocks(stocks(), people("KGZ", "RUS"), 2015, 2020)
    assert left_out.places == ("ISL", "UZB")

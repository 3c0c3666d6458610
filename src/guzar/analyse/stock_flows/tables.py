"""Tables of stocks and of births and deaths → the arrays that flows are made from; what was left out is counted.

Checked before any arithmetic: columns, numbers of persons, one row per cell, countries in both tables, both years. An empty cell
is not zero: nobody knows it, and it is refused.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.fitting.tables import check_cells
from guzar.analyse.stock_flows.accounts import Stocks
from guzar.errors import TableInvalid

BIRTH, LIVING, YEAR, PERSONS = "birth_country", "residence_country", "year", "persons"
STOCK_COLUMNS = (BIRTH, LIVING, YEAR, PERSONS)
PEOPLE_COLUMNS = ("country", "births", "deaths", "population_start", "population_end")
COUNTED = PEOPLE_COLUMNS[1:]
MOST_NAMED = 8
MOST_UNMATCHED = 0.001  # of all persons, living in a country that the other table lacks
APART_PERCENT = 5  # by which a population may differ from the sum of stocks without a word
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class LeftOut:
    """Places of birth or residence that are not in both tables, and the persons in their cells, by year."""

    places: tuple[str, ...]
    persons_start: float
    persons_end: float


def read_stocks(cells: pl.DataFrame, people: pl.DataFrame, start: int, end: int) -> tuple[Stocks, LeftOut]:
    """Stocks of two years with those born in the country on the diagonal, births and deaths between them.

    `cells`: birth_country, residence_country, year, persons; those born in the country may be left out, and are then who is not
    born elsewhere. `people`: country, births, deaths, population_start, population_end. Raises TableInvalid.
    """
    check_cells(cells, (BIRTH, LIVING, YEAR))
    for counted in COUNTED:
        check_cells(people, ("country",), counted, least=0.0)
    _require_years(cells, start, end)
    cells = cells.filter(pl.col(YEAR).is_in([start, end]))
    names = tuple(sorted(set(people["country"]) & (set(cells[BIRTH]) | set(cells[LIVING]))))
    if len(names) < 2:
        raise TableInvalid(
            "The tables have fewer than two countries in common.",
            expected="the same names or codes of countries in both",
            do="Compare the columns birth_country, residence_country and country.",
        )
    _require_labels(cells, people, names)
    people = people.filter(pl.col("country").is_in(names)).sort("country")
    before = _table(cells, names, start, people["population_start"])
    after = _table(cells, names, end, people["population_end"])
    births, deaths = (people[name].to_numpy().astype(np.float64) for name in ("births", "deaths"))
    return Stocks(names, before, after, births, deaths), _left_out(cells, names, start, end)


def _require_labels(cells: pl.DataFrame, people: pl.DataFrame, names: tuple[str, ...]) -> None:
    """Refuse a country that is called one thing in one table and another in the other: both have countries that the other
    lacks, and one of them is where many live. (Small places that one publisher lists are left out and told.)"""
    unknown = set(people["country"]) - set(names)
    living = cells.filter(~pl.col(LIVING).is_in(names)).group_by(LIVING).agg(pl.col(PERSONS).sum())
    large = living.filter(pl.col(PERSONS) > MOST_UNMATCHED * float(cells[PERSONS].sum())).sort(LIVING)
    if unknown and large.height:
        raise TableInvalid(
            "Countries of residence that the other table does not have, with {persons} persons: {places}. It has {others} in "
            "their place.",
            expected="one name or code for a country in both tables",
            do="Give them the same codes, or leave them out of the stocks yourself.",
            persons=round(large[PERSONS].sum()),
            places=", ".join(large[LIVING].head(MOST_NAMED)),
            others=", ".join(sorted(unknown)[:MOST_NAMED]),
        )


def _table(cells: pl.DataFrame, names: tuple[str, ...], year: int, population: pl.Series) -> Numbers:
    """Persons by birth and residence; the diagonal as told, else who is not born elsewhere."""
    place = pl.DataFrame({"name": names, "at": range(len(names))})
    found = (
        cells.filter(pl.col(YEAR) == year)
        .join(place.rename({"name": BIRTH, "at": "row"}), on=BIRTH)
        .join(place.rename({"name": LIVING, "at": "column"}), on=LIVING)
    )
    table = np.full((len(names), len(names)), np.nan)
    table[found["row"].to_numpy(), found["column"].to_numpy()] = found[PERSONS].to_numpy()
    told = ~np.isnan(np.diag(table))
    table = np.asarray(np.nan_to_num(table), np.float64)
    born_abroad = table.sum(axis=0) - np.diag(table)
    table[np.diag_indices_from(table)] = np.where(told, np.diag(table), population.to_numpy() - born_abroad)
    return table


def _left_out(cells: pl.DataFrame, names: tuple[str, ...], start: int, end: int) -> LeftOut:
    outside = cells.filter(~(pl.col(BIRTH).is_in(names) & pl.col(LIVING).is_in(names)))
    places = (set(outside[BIRTH]) | set(outside[LIVING])) - set(names)
    by_year = [float(outside.filter(pl.col(YEAR) == year)[PERSONS].sum()) for year in (start, end)]
    return LeftOut(tuple(sorted(places)), *by_year)


def populations_apart(cells: pl.DataFrame, people: pl.DataFrame, start: int, end: int) -> set[str]:
    """Countries whose stocks, those born there among them, do not add up to the population that is told of a date."""
    whole = cells.group_by(LIVING, YEAR).agg(
        pl.col(PERSONS).sum(), told=(pl.col(BIRTH) == pl.col(LIVING)).any()
    )
    found: set[str] = set()
    for year, name in ((start, "population_start"), (end, "population_end")):
        both = whole.filter(pl.col("told") & (pl.col(YEAR) == year)).join(
            people, left_on=LIVING, right_on="country"
        )
        is_apart = (pl.col(PERSONS) - pl.col(name)).abs() > APART_PERCENT / 100 * pl.col(PERSONS)
        found |= set(both.filter(is_apart)[LIVING])
    return found


def _require_years(cells: pl.DataFrame, start: int, end: int) -> None:
    held = set(cells[YEAR])
    missing = [str(year) for year in (start, end) if year not in held]
    if missing or start >= end:
        raise TableInvalid(
            "No stocks of {years}." if missing else "The second year is not after the first: {start}, {end}.",
            where="table of {table}",
            expected="stocks of both years, the earlier one first; there are {held}",
            do="Give years that the table has after --start and --end.",
            years=", ".join(missing),
            start=start,
            end=end,
            held=", ".join(
                str(year) for year in sorted(year for year in held if year is not None)[:MOST_NAMED]
            )
            or "-",
            table=("stocks",),
        )

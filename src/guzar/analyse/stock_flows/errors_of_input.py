"""Stocks, births, deaths and populations as published → the same as they may truly be: one draw of their errors.

A stock is in error by a factor: ln published = ln true + u + v. u belongs to the corridor and is the same at both dates (who is
not reached by a register, who is called a migrant); v is of one date alone. Only v makes moves where there were none, so it
matters that u has 80 to 95 % of the variance. How large errors are depends on what the country of residence has: a census of
that year, a register, or a model between other years. No publisher states these sizes: they are expert judgement, made wide
rather than narrow, and written down here to be disputed.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.stock_flows.accounts import Stocks
from guzar.errors import TableInvalid

CENSUS, REGISTER, MODELLED = "census", "register", "modelled"
DATA_TYPE, LIVING, YEAR = "data_type", "residence_country", "year"
Numbers = NDArray[np.float64]
Types = NDArray[np.str_]


@dataclass(frozen=True)
class ErrorSizes:
    """Standard deviations of logarithms; shares of the variance that both dates have in common."""

    stock: float
    stock_shared: float
    population: float
    population_shared: float
    births: float
    deaths: float


# Expert judgement. A register repeats its own faults, two censuses differ in coverage, a model invents what it does not know.
# For scale: coverage errors of censuses are 1 to 5 % of all inhabitants and several times that of foreigners.
SIZES = {
    REGISTER: ErrorSizes(0.05, 0.95, 0.005, 0.99, 0.005, 0.005),
    CENSUS: ErrorSizes(0.08, 0.80, 0.010, 0.99, 0.010, 0.020),
    MODELLED: ErrorSizes(0.15, 0.90, 0.020, 0.99, 0.030, 0.050),
}
WIDEST = MODELLED  # what is taken where nobody told


@dataclass(frozen=True)
class DataTypes:
    """What each country of residence has at the first and at the second date: census, register or modelled."""

    start: Types
    end: Types

    @property
    def modelled(self) -> int:
        """Countries of which either date is modelled, or was not told."""
        return int(((self.start == MODELLED) | (self.end == MODELLED)).sum())


def read_data_types(cells: pl.DataFrame, countries: tuple[str, ...], start: int, end: int) -> DataTypes:
    """From the column `data_type` of the stocks, one for each country of residence and year; the widest where it is not told.

    Raises TableInvalid for other words, and for a country with two of them in a year.
    """
    if DATA_TYPE not in cells.columns:
        nothing = np.full(len(countries), WIDEST)
        return DataTypes(nothing, nothing)
    told = cells.filter(pl.col(DATA_TYPE).is_not_null()).select(LIVING, YEAR, DATA_TYPE).unique()
    _check_words(told)
    twice = told.filter(pl.struct(LIVING, YEAR).is_duplicated())
    if twice.height:
        raise TableInvalid(
            "{country} has more than one data_type in {year}.",
            expected="one for each country of residence and year",
            do="Choose the one that most of its stocks rest on.",
            country=twice[LIVING][0],
            year=twice[YEAR][0],
        )
    found = []
    for year in (start, end):
        of_year = dict(told.filter(pl.col(YEAR) == year).select(LIVING, DATA_TYPE).iter_rows())
        found.append(np.array([of_year.get(country, WIDEST) for country in countries]))
    return DataTypes(*found)


def _check_words(told: pl.DataFrame) -> None:
    unknown = sorted(set(told[DATA_TYPE]) - set(SIZES))
    if unknown:
        raise TableInvalid(
            "{word} is not a data_type.",
            expected="one of {known}, or an empty cell",
            do="Correct the column data_type of the stocks.",
            word=unknown[0],
            known=", ".join(SIZES),
        )


def draw_inputs(stocks: Stocks, types: DataTypes, random: np.random.Generator) -> Stocks:
    """Stocks, births and deaths as they may truly be, given what was published; the same shapes and units.

    Populations are drawn too: those born in a country are its population less those born abroad, both drawn, so that an error
    of the stocks of foreigners is an error of the natives in the other direction.
    """
    size = len(stocks.countries)
    shared, populations = random.standard_normal((size, size)), random.standard_normal(size)
    tables = []
    for table, kinds in ((stocks.start, types.start), (stocks.end, types.end)):
        abroad = _in_error(table, shared, kinds, "stock", random)
        abroad[np.diag_indices(size)] = 0.0
        inhabitants = _in_error(table.sum(axis=0), populations, kinds, "population", random)
        tables.append(abroad + np.diag(inhabitants - abroad.sum(axis=0)))
    births, deaths = (
        counted * np.exp(_sizes(types.end, name) * random.standard_normal(size))
        for name, counted in (("births", stocks.births), ("deaths", stocks.deaths))
    )
    return Stocks(stocks.countries, tables[0], tables[1], births, deaths, stocks.mortality)


def _in_error(
    published: Numbers, shared: Numbers, kinds: Types, name: str, random: np.random.Generator
) -> Numbers:
    """Published numbers times the factors of both errors; `shared` is the standardised error of both dates."""
    size, part = _sizes(kinds, name), _sizes(kinds, f"{name}_shared")
    own = random.standard_normal(published.shape)
    return np.asarray(published * np.exp(size * (np.sqrt(part) * shared + np.sqrt(1 - part) * own)))


def _sizes(kinds: Types, name: str) -> Numbers:
    return np.array([getattr(SIZES[str(kind)], name) for kind in kinds])

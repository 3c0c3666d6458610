"""Reference cases of flows from stocks: files of ../shared/golden as arrays."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.stock_flows.accounts import Stocks

CASES = (
    "example_abel_2013",
    "example_abel_2013_births_deaths_unbalanced",
    "example_abel_2018",
    "example_abel_2018_births_deaths",
    "example_abel_cohen_2019",
    "example_abel_sander_2014_births_deaths",
    "example_simple_methods",
    "random_n5",
    "random_n50",
)


def read(folder: Path, name: str) -> pl.DataFrame:
    """A file of a case, packed or not."""
    (file,) = folder.glob(name + ".csv*")
    return pl.read_csv(file)


def as_table(
    cells: pl.DataFrame, rows: str, columns: str, value: str, names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Cells as a square table; 0 where there are none."""
    place = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for row, column, each in cells.select(rows, columns, value).iter_rows():
        table[place[row], place[column]] = each
    return table


def stocks_of(folder: Path) -> Stocks:
    """Stocks of both years, births and deaths of a case."""
    people, cells = read(folder, "demography"), read(folder, "stocks")
    names = tuple(people["country"])
    start, end = (
        as_table(cells.filter(pl.col("year") == year), "birth_country", "residence_country", "persons", names)
        for year in sorted(cells["year"].unique())
    )
    births, deaths = (people[name].to_numpy().astype(np.float64) for name in ("births", "deaths"))
    return Stocks(names, start, end, births, deaths)

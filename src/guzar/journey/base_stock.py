"""The population from which a stock is carried on, and the births and deaths of the years after it, from a table."""

from pathlib import Path

from guzar.errors import TableInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.process.missing_exits.statuses import BaseStock

COUNTS = ("population", "births", "deaths")
FIRST_YEAR = 1500
MOST = 1e11  # persons: more than ever lived


def read_base_stock(path: Path) -> BaseStock:
    """Population at the end of the first year of a table, births and deaths of the years after it.

    Raises SettingsInvalid for a file that is not there, TableInvalid for cells that are no number, for years with gaps and for
    counts below zero: a stock carried on from them would be wrong without a word.
    """
    table = read_numbers(path, COUNTS, whole=("year",))
    if {"year", *COUNTS} - set(table.columns) or table.is_empty():
        raise _base_stock_refused(path)
    needed = table.select("year", *COUNTS).sort("year")
    base, after = needed["population"][0], needed[1:]
    told = [base, *after["births"], *after["deaths"]]
    years = needed["year"].to_list()
    is_whole = None not in years and years == list(range(years[0], years[0] + len(years)))
    if not is_whole or not all(years[0] >= FIRST_YEAR and _is_count(one) for one in told):
        raise _base_stock_refused(path)
    natural = (after["births"] - after["deaths"]).to_list()
    return BaseStock(years[0], float(base), dict(zip(years[1:], natural, strict=True)))


def _is_count(number: float | None) -> bool:
    return number is not None and 0 <= number <= MOST


def _base_stock_refused(path: Path) -> TableInvalid:
    return TableInvalid(
        "{file} gives no base for a stock.",
        expected="a table with the columns year, population, births, deaths: the population at the end of the first year, then "
        "births and deaths of every year after it",
        do="Complete the table, or leave out --base-stock: residents seen in crossings are then counted.",
        file=path.name,
    )

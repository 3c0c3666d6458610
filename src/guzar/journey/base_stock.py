"""The population from which a stock is carried on, and the births and deaths of the years after it, from a table."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl

from guzar.errors import Phrase, TableInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.process.missing_exits.statuses import BaseStock
from guzar.process.residence_rule import ResidenceRule

NATURAL = ("births", "deaths")
COUNTS = ("population", *NATURAL)
FIRST_YEAR = 1500
MOST = 1e11  # persons: more than ever lived


def read_base_stock(path: Path, rule: ResidenceRule) -> BaseStock:
    """Population at the end of the first year of a table, births and deaths of the years right after it.

    Births and deaths of the first row are not used; a later row in which both are empty, or that is missing, ends what is
    known: nothing is taken to be 0. Raises SettingsInvalid for a file that is not there; TableInvalid, with columns and years,
    for cells that are no number or no count, for years with gaps, and for a base that is not joined to what is observed.
    """
    table = read_numbers(path, COUNTS, whole=("year",))
    lacking = [name for name in ("year", *COUNTS) if name not in table.columns]
    if lacking:
        raise _refused(path, [Phrase("no column {names}", {"names": ", ".join(lacking)})])
    needed = table.select("year", *COUNTS).sort("year")
    wrong = [*_wrong_years(needed["year"].to_list())]
    wrong = wrong or [*_wrong_counts(needed)] or [*_wrong_place(needed["year"][0], rule)]
    if wrong:
        raise _refused(path, wrong)
    natural: dict[int, float] = {}
    for year, births, deaths in needed[1:].select("year", *NATURAL).iter_rows():
        if births is None:
            break
        natural[year] = births - deaths
    first = needed["year"][0]
    if not natural:
        raise _refused(path, [Phrase("births and deaths of {year} are not given", {"year": first + 1})])
    last_whole = (rule.last_day + timedelta(days=1)).year - 1
    return BaseStock(first, float(needed["population"][0]), natural, last_whole)


def _wrong_years(years: list[int | None]) -> Iterator[Phrase]:
    known = [year for year in years if year is not None]
    if not years:
        yield Phrase("no row below the heading")
    elif len(known) < len(years) or known[0] < FIRST_YEAR:
        yield Phrase("column year: empty, or no year")
    elif known != list(range(known[0], known[0] + len(known))):
        yield Phrase("column year: a year twice, or missing between {first} and {last}", _ends(known))


def _ends(years: list[int]) -> dict[str, object]:
    return {"first": years[0], "last": years[-1]}


def _wrong_counts(table: pl.DataFrame) -> Iterator[Phrase]:
    """The population of the first row, and births and deaths after it, as far as they are no counts."""
    text = "column {column}, year {year}: empty, or no count of persons"
    for at, row in enumerate(table.iter_rows(named=True)):
        if at and row["births"] is None and row["deaths"] is None:
            continue
        for column in NATURAL if at else ("population",):
            if not _is_count(row[column]):
                yield Phrase(text, {"column": column, "year": row["year"]})


def _is_count(number: float | None) -> bool:
    return number is not None and 0 <= number <= MOST


def _wrong_place(first: int, rule: ResidenceRule) -> Iterator[Phrase]:
    """Nobody counted who came and left between the base and the first day observed."""
    least, most = (rule.first_day - timedelta(days=1)).year, rule.last_day.year - 1
    if not least <= first <= most:
        text = "the first year is {first}; migration of all years after it has to be observed, so it is from {least} to {most}"
        yield Phrase(text, {"first": first, "least": least, "most": most})


def _refused(path: Path, wrong: list[Phrase]) -> TableInvalid:
    return TableInvalid(
        "{file} gives no base for a stock.",
        where="{wrong}",
        expected="a table with the columns year, population, births, deaths: the population at the END of the first year, then "
        "births and deaths of each year after it",
        do="Complete the table, or leave out --base-stock: residents seen in crossings are then counted.",
        file=path.name,
        wrong=tuple(wrong),
    )

"""The population from which a stock is carried on, and the births and deaths of the years after it, from a table."""

from pathlib import Path

import polars as pl

from guzar.errors import GuzarError, TableInvalid
from guzar.process.missing_exits.statuses import BaseStock


def read_base_stock(path: Path) -> BaseStock:
    """Population at the end of the first year of a table, births and deaths of the years after it."""
    try:
        table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
        needed = table.select(
            pl.col("year").cast(pl.Int32, strict=True),
            *(pl.col(name).cast(pl.Float64, strict=True) for name in ("population", "births", "deaths")),
        ).sort("year")
    except (OSError, pl.exceptions.PolarsError, GuzarError):
        raise _base_stock_refused(path) from None
    after = needed[1:]
    years = needed["year"].to_list()
    is_whole = years and years == list(range(years[0], years[0] + len(years)))
    if (
        not is_whole
        or needed["population"][0] is None
        or after.select("births", "deaths").null_count().sum_horizontal()[0]
    ):
        raise _base_stock_refused(path)
    natural = (after["births"] - after["deaths"]).to_list()
    return BaseStock(years[0], float(needed["population"][0]), dict(zip(years[1:], natural, strict=True)))


def _base_stock_refused(path: Path) -> TableInvalid:
    return TableInvalid(
        "{file} gives no base for a stock.",
        expected="a table with the columns year, population, births, deaths: the population at the end of the first year, then "
        "births and deaths of every year after it",
        do="Complete the table, or leave out --base-stock: residents seen in crossings are then counted.",
        file=path.name,
    )

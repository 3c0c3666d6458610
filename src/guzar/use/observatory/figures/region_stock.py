"""The migrant stock of the twelve areas: which cells, totals and repeated mixes the start page speaks of."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.published import Published, Value, to_value

STOCK = "un_stock_by_origin"
HOSTED = "un_stock_hosted"
REGION = "GUZAR12"
MODELLED = "modelled_from_modelled"
HALF_OF_THEM = 0.5


def region_cells(published: Published) -> pl.DataFrame:
    """Stock cells among the twelve areas, both sexes, by the newest edition.

    The year is the last one in which the origins of at least half of the destinations do not repeat an older mix; where
    there is none, the last year at all, and then every cell is hatched.
    """
    rows = published.rows(
        "migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE), counterpart=list(THE_TWELVE)
    )
    newest = rows.filter(
        (pl.col("area") != pl.col("counterpart")) & (pl.col("edition") == pl.col("edition").max())
    )
    if not newest.height:
        return newest
    repeats = newest.group_by("year", "area").agg(
        (pl.col("observation_status") == MODELLED).any().alias("repeats")
    )
    years = (
        repeats.group_by("year")
        .agg(pl.col("repeats").mean())
        .filter(pl.col("repeats") <= HALF_OF_THEM)["year"]
    )
    return newest.filter(pl.col("year") == (years if years.len() else newest["year"]).max())


def repeating_destinations(published: Published) -> pl.DataFrame:
    """For the newest edition's last year: one row for each of the twelve, with `repeats` and a cell's evidence.

    Rows are released cells of the table by origin, one for each destination; `repeats` says whether its origins are an
    older mix times one factor.
    """
    rows = published.rows("migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE))
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    last = newest.filter(pl.col("year") == pl.col("year").max())
    marked = last.with_columns(repeats=pl.col("observation_status") == MODELLED)
    return marked.sort("repeats", "last_observed", descending=[True, False], nulls_last=True).unique(
        "area", keep="first", maintain_order=True
    )


def hosted(published: Published) -> pl.DataFrame:
    """Printed totals of the twelve, all origins, newest edition, last year."""
    rows = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE)).filter(
        pl.col("value").is_not_null()
    )
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    return newest.filter(pl.col("year") == pl.col("year").max())


def hosted_total(published: Published) -> Value | None:
    """People living in the twelve and born in any other country, as released; not where it is modelled from modelled."""
    total = published.value("migrant_stock", REGION, sex="_T")
    return total if total and total.is_headline else None


def values_of(rows: pl.DataFrame) -> list[Value]:
    """Released rows as values."""
    return [to_value(row) for row in rows.select(list(Value.__dataclass_fields__)).iter_rows(named=True)]


def year_of(rows: pl.DataFrame) -> int:
    """The last year of some rows."""
    return int(rows["year"].max())  # type: ignore[arg-type]

"""Observations of migrant stocks → people abroad, origins listed and not listed.

In: the cells of a table by origin and destination (`un_stock_by_origin`) and the totals printed for destinations
(`un_stock_hosted`). Out: observations of derived indicators, by sex, period and edition.
A corridor A>B is counterpart = A (where born), area = B (where living).
Source of the tables: United Nations, DESA, Population Division, International Migrant Stock.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import sum_parts
from guzar.define.areas import ALL, areas
from guzar.define.tables.figures import Observations

CELLS = "un_stock_by_origin"
HOSTED = "un_stock_hosted"


def cells_of(observations: pl.DataFrame) -> pl.DataFrame:
    """The cells by origin and destination: both ends are listed areas, nobody at home, no totals, no "other"."""
    return observations.filter(
        (pl.col("definition") == CELLS)
        & is_listed("counterpart")
        & is_listed("area")
        & (pl.col("counterpart") != pl.col("area"))
    )


def is_listed(column: str) -> pl.Expr:
    """Whether the code is an area: not a total, region or printed group, nor people of unknown or no country."""
    listed = areas().filter(pl.col("kind").is_in(["country", "territory", "former"]))["code"]
    return pl.col(column).is_in(listed.implode())


def count_emigrants(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """`emigrant_stock`: people born in an area who live in any listed destination outside it; area = where born."""
    born = cells_of(observations).with_columns(area=pl.col("counterpart"))
    return sum_parts(born, {"counterpart": ALL}, definition="guzar_emigrant_stock")


def count_listed_origins(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """`migrant_stock_listed_origins`: migrants hosted by an area, added up over the origins that the table lists."""
    return sum_parts(cells_of(observations), {"counterpart": ALL}, definition="guzar_stock_listed_origins")


def count_unlisted_origins(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """`migrant_stock_unlisted_origins`: the printed total minus the listed origins, people of unknown origin inside.

    Only where both are held for the area, sex, period and edition. Below zero, rounding or a revision of one of
    the two tables is the reason; the row is left out, as a count of people cannot be negative.
    """
    keys = ["area", "sex", "period", "source", "edition"]
    listed = count_listed_origins(observations).select(*keys, listed="value")
    totals = observations.filter((pl.col("definition") == HOSTED) & pl.col("value").is_not_null())
    gaps = totals.join(listed, on=keys, how="inner").with_columns(value=pl.col("value") - pl.col("listed"))
    parts = gaps.filter(pl.col("value") >= 0).select(Observations.column_names())
    return sum_parts(parts, {"counterpart": ALL}, definition="guzar_stock_unlisted_origins")

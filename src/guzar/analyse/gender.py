"""Observations by sex → share of women, in per cent, from the counts themselves.

Rule: women divided by both sexes, of the same area, counterpart, period and edition. A printed share stays beside
it under its own definition. Birth-based numbers carry the caveat "born elsewhere in the USSR before 1991" as the
note of their definition.
"""

import dataframely as dy
import polars as pl

from guzar.define.areas import ALL
from guzar.define.definitions import find_definition
from guzar.define.tables.figures import Observations

BOTH, WOMEN = "_T", "F"


def share_of_women(counts: dy.DataFrame[Observations], *, definition: str) -> dy.DataFrame[Observations]:
    """Women per hundred persons of both sexes wherever both counts are held; `definition` names the result.

    `counts` hold one indicator. Status and evidence age are those of the count of both sexes.
    """
    meaning = find_definition(definition)
    keys = ["indicator", "area", "counterpart", "period", "definition", "source", "edition"]
    women = counts.filter(pl.col("sex") == WOMEN).select(*keys, women="value")
    both = counts.filter((pl.col("sex") == BOTH) & (pl.col("value") > 0)).join(women, on=keys, how="inner")
    shares = both.filter(pl.col("women").is_not_null()).with_columns(
        value=100 * pl.col("women") / pl.col("value"),
        sex=pl.lit(WOMEN),
        indicator=pl.lit(meaning.indicator),
        unit=pl.lit(meaning.unit),
        definition=pl.lit(definition),
    )
    return Observations.cast(shares.select(Observations.column_names()))


def women_among_migrants(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """`migrant_stock_female_percent` of every corridor; for totals over all origins the publisher prints the share."""
    corridors = observations.filter((pl.col("indicator") == "migrant_stock") & (pl.col("counterpart") != ALL))
    return share_of_women(Observations.cast(corridors), definition="guzar_stock_female_percent")


def women_among_emigrants(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """`emigrant_stock_female_percent` of everybody born in an area who lives abroad."""
    emigrants = observations.filter(pl.col("indicator") == "emigrant_stock")
    return share_of_women(Observations.cast(emigrants), definition="guzar_emigrant_female_percent")

"""Observations of members → observations of the regions and corridors of regions that somebody asks about.

Rule: the sum over all members of one definition in one edition, never a part of them; shares of women from the sums;
other shares, rates and prices of a region are not made. In a table by origin and destination a cell that is not
there is zero only for migrant stocks, whose publisher leaves out empty cells.
"""

from collections.abc import Iterable

import dataframely as dy
import polars as pl

from guzar.analyse.combine import ADDITIVE, sum_parts
from guzar.analyse.gender import share_of_women
from guzar.analyse.stocks import CELLS, HOSTED, count_emigrants
from guzar.define.areas import Region
from guzar.define.definitions import definitions
from guzar.define.tables.figures import Observations

EMIGRANTS = "guzar_emigrant_stock"
NOT_ENDS = ("_T", "_Z")


def total_claimed_regions(
    observations: dy.DataFrame[Observations], named: Iterable[Region], corridors: Iterable[tuple[str, str]]
) -> dy.DataFrame[Observations]:
    """Totals of the named regions, and of corridors (from, to) with a region at one end or both; new rows only."""
    by_id = {region.id: region for region in named}
    held = pl.concat([observations, _emigrants_where_missing(observations)])
    additive = [d.id for d in definitions().values() if d.measure in ADDITIVE]
    countable = held.filter(
        pl.col("definition").is_in(additive) & ~pl.col("definition").str.starts_with("guzar_region")
    )
    parts = [part for region in by_id.values() for part in _total_region(countable, region)]
    parts += [_total_corridor(countable, by_id, start, end) for start, end in sorted(set(corridors))]
    made = pl.concat([Observations.create_empty(), *parts, held.slice(observations.height)])
    fresh = made.join(observations, on=Observations.primary_key(), how="anti", nulls_equal=True)
    return Observations.validate(fresh.unique(Observations.primary_key(), keep="first", maintain_order=True))


def _emigrants_where_missing(observations: dy.DataFrame[Observations]) -> pl.DataFrame:
    """People abroad by country of birth, where the observations hold cells but not these sums."""
    if observations.filter(pl.col("indicator") == "emigrant_stock").height:
        return observations.clear()
    abroad = count_emigrants(observations)
    return pl.concat([abroad, share_of_women(abroad, definition="guzar_emigrant_female_percent")])


def _total_region(countable: pl.DataFrame, region: Region) -> list[pl.DataFrame]:
    """Totals over all counterparts, and the shares of women that follow from them."""
    of_members = countable.filter(
        pl.col("area").is_in(region.members) & pl.col("counterpart").is_in(NOT_ENDS)
    )
    keys = ["definition", "counterpart", "sex", "period", "source", "edition"]
    complete = of_members.filter(pl.col("area").n_unique().over(keys) == len(region.members))
    sums = sum_parts(complete, {"area": region.id})
    hosted, abroad = (
        Observations.validate(sums.filter(pl.col("definition") == d)) for d in (HOSTED, EMIGRANTS)
    )
    return [
        sums,
        share_of_women(hosted, definition="guzar_region_female_percent"),
        share_of_women(abroad, definition="guzar_region_emigrant_female_percent"),
    ]


def _total_corridor(countable: pl.DataFrame, by_id: dict[str, Region], start: str, end: str) -> pl.DataFrame:
    """What goes from the members of one end to those of the other; nobody counts as going to where they are."""
    starts, ends = (by_id[e].members if e in by_id else (e,) for e in (start, end))
    cells = countable.filter(
        pl.col("counterpart").is_in(starts)
        & pl.col("area").is_in(ends)
        & (pl.col("counterpart") != pl.col("area"))
    )
    expected = sum(a != b for a in starts for b in ends)
    keys = ["definition", "sex", "period", "source", "edition"]
    has_ends = (pl.col("area").n_unique().over(keys) >= min(len(ends), expected)) & (
        pl.col("counterpart").n_unique().over(keys) >= min(len(starts), expected)
    )
    whole = (pl.len().over(keys) == expected) | (pl.col("definition").is_in([CELLS]) & has_ends)
    return sum_parts(cells.filter(whole), {"counterpart": start, "area": end})

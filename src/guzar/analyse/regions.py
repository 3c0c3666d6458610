"""Observations of the members of a region → totals of the region: hosted, abroad, inside, coming in, going out.

A region is a membership list with a publisher and a date; every result names them. Moves between members are part
of "hosted" and of "abroad" alike, so the two are never added: intra-region, incoming and outgoing stand apart.

    hosted, listed origins = intra + incoming        abroad = intra + outgoing

Rule: a total is given only where every member has a number for the same definition, sex, period and edition.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import ADDITIVE, sum_parts
from guzar.analyse.gender import share_of_women
from guzar.analyse.stocks import HOSTED, cells_of
from guzar.define.areas import ALL, REST_OF_WORLD, THE_TWELVE, Region, members, regions
from guzar.define.definitions import definitions, find_definition
from guzar.define.tables.evidence import RegionalTotals
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

LISTED = "guzar_stock_listed_origins"
EMIGRANTS = "guzar_emigrant_stock"
AT = ["sex", "period", "source", "edition"]


def total_regions(observations: dy.DataFrame[Observations]) -> dy.DataFrame[RegionalTotals]:
    """Every stock indicator of every named region: see `total_region_stocks`."""
    named = [total_region_stocks(observations, region) for region in regions().values()]
    return RegionalTotals.validate(pl.concat(named))


def total_region_stocks(observations: dy.DataFrame[Observations], region: Region) -> dy.DataFrame[RegionalTotals]:
    """The stock indicators of one region, by sex, period and edition.

    `migrant_stock` (all origins; and NCA9 > NCA9, inside), `migrant_stock_listed_origins`,
    `migrant_stock_from_outside_region`, `emigrant_stock`, `emigrant_stock_outside_region`, and the share of women
    among migrants and emigrants. Needs the printed totals, the cells, and the sums of `analyse.stocks`.
    """
    inside = total_corridor(observations, region.id, region.id)
    hosted = total_members(observations, region, HOSTED, definition="guzar_region_hosted")
    listed = total_members(observations, region, LISTED, definition="guzar_region_listed_origins")
    abroad = total_members(observations, region, EMIGRANTS, definition="guzar_region_emigrants")
    parts = [
        hosted, listed, abroad, inside,
        _subtract(listed, inside, definition="guzar_region_incoming"),
        _subtract(abroad, inside, definition="guzar_region_outgoing"),
        share_of_women(hosted, definition="guzar_region_female_percent"),
        share_of_women(abroad, definition="guzar_region_emigrant_female_percent"),
    ]
    return name_region(pl.concat(parts), region)


def total_members(
    observations: dy.DataFrame[Observations], region: Region, of: str, *, definition: str | None = None
) -> dy.DataFrame[Observations]:
    """The sum of one definition over all members; no row where a member has none. Shares and prices are refused."""
    if find_definition(of).measure not in ADDITIVE:
        raise MethodNotApplicable(
            "{definition} of a region is not the sum of its members.",
            where="{region}, {definition}",
            expected="a count or an amount",
            do="Ask for the members one by one: {members}.",
            region=region.id, definition=of, members=" ".join(region.members),
        )
    of_members = observations.filter((pl.col("definition") == of) & pl.col("area").is_in(region.members))
    complete = pl.col("area").n_unique().over("counterpart", *AT) == len(region.members)
    return sum_parts(of_members.filter(complete), {"area": region.id}, definition=definition)


def total_corridor(observations: dy.DataFrame[Observations], origin: str, destination: str) -> dy.DataFrame[Observations]:
    """`migrant_stock` born in the members of one region and living in those of another; a single area may be either.

    People who live where they were born are no migrants and are left out.
    """
    born, living = members(origin), members(destination)
    cells = cells_of(observations)
    chosen = cells.filter(pl.col("counterpart").is_in(born) & pl.col("area").is_in(living))
    return sum_parts(chosen, {"counterpart": origin, "area": destination}, definition="guzar_region_corridor")


def total_corridors_of_regions(observations: dy.DataFrame[Observations]) -> dy.DataFrame[RegionalTotals]:
    """`migrant_stock` between every named region and each of the twelve areas, both directions, both sexes together."""
    cells = Observations.validate(cells_of(observations).filter(pl.col("sex") == "_T"))
    parts = []
    for region in regions().values():
        for area in THE_TWELVE:
            ends = pl.concat([total_corridor(cells, region.id, area), total_corridor(cells, area, region.id)])
            parts.append(name_region(ends, region))
    return RegionalTotals.validate(pl.concat(parts))


def total_figures(
    observations: dy.DataFrame[Observations], indicator: str, area: str, counterpart: str | None = None
) -> dy.DataFrame[Observations]:
    """Any additive indicator of a region, or of a corridor with a region at either end, added up from its members.

    Used where no such total is held. Raises MethodNotApplicable for shares, rates and prices.
    """
    if counterpart in regions() or (area in regions() and counterpart not in (None, ALL)):
        return _total_any_corridor(observations, indicator, str(counterpart), area)
    ids = {d.id for d in definitions().values() if d.indicator == indicator}
    held = observations.filter(pl.col("definition").is_in(ids))["definition"].unique().sort()
    region = regions()[area]
    sums = [total_members(observations, region, of) for of in held]
    return Observations.validate(pl.concat(sums)) if sums else Observations.create_empty()


def _total_any_corridor(
    observations: dy.DataFrame[Observations], indicator: str, origin: str, destination: str
) -> dy.DataFrame[Observations]:
    if indicator == "migrant_stock":
        return total_corridor(observations, origin, destination)
    cells = observations.filter(
        (pl.col("indicator") == indicator) & (pl.col("counterpart") != pl.col("area"))
        & pl.col("counterpart").is_in(members(origin)) & pl.col("area").is_in(members(destination))
        & (pl.col("counterpart") != REST_OF_WORLD) & (pl.col("area") != REST_OF_WORLD)
    )
    refused = [d for d in cells["definition"].unique().sort() if find_definition(d).measure not in ADDITIVE]
    if refused:
        raise MethodNotApplicable(
            "{definition} is a {measure} and cannot be added up.",
            where="{definition}", expected="counts or amounts",
            do="Add up numerator and denominator apart and divide the sums.",
            definition=refused[0], measure=find_definition(refused[0]).measure,
        )
    return sum_parts(cells, {"counterpart": origin, "area": destination})


def _subtract(
    whole: dy.DataFrame[Observations], part: dy.DataFrame[Observations], *, definition: str
) -> dy.DataFrame[Observations]:
    meaning = find_definition(definition)
    parts = part.select(*AT, part="value")
    rest = whole.join(parts, on=AT, how="inner").with_columns(
        value=pl.col("value") - pl.col("part"), counterpart=pl.lit(ALL), definition=pl.lit(definition),
        indicator=pl.lit(meaning.indicator), unit=pl.lit(meaning.unit),
    )
    return Observations.validate(rest.select(Observations.column_names()))


def name_region(observations: pl.DataFrame, region: Region) -> dy.DataFrame[RegionalTotals]:
    """The same rows with the publisher, date and members of the region beside them."""
    return RegionalTotals.validate(observations.with_columns(
        region_publisher=pl.lit(region.publisher), region_as_of=pl.lit(region.as_of),
        region_members=pl.lit(" ".join(region.members)),
    ).select(RegionalTotals.column_names()))

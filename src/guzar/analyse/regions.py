"""Observations of the members of a region → totals of the region: hosted, abroad, inside, coming in, going out.

A region is a membership list with a publisher and a date; every result names them. Moves between members are part
of "hosted" and of "abroad" alike, so the two are never added: intra-region, incoming and outgoing stand apart.

    hosted, listed origins = intra + incoming        abroad = intra + outgoing

Rule: a total is given only where every member has a number for the same definition, sex, period and edition.
"""

from collections.abc import Iterable

import dataframely as dy
import polars as pl

from guzar.analyse.combine import ADDITIVE, sum_parts
from guzar.analyse.gender import share_of_women
from guzar.analyse.stocks import CELLS, HOSTED, cells_of
from guzar.define.areas import ALL, THE_TWELVE, Region, members, regions
from guzar.define.definitions import find_definition
from guzar.define.tables.evidence import RegionalTotals
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

LISTED = "guzar_stock_listed_origins"
EMIGRANTS = "guzar_emigrant_stock"
AT = ["sex", "period", "source", "edition"]


def total_regions(
    observations: dy.DataFrame[Observations], named: Iterable[Region] | None = None
) -> dy.DataFrame[RegionalTotals]:
    """The stock indicators of regions (all named ones by default), by sex, period and edition.

    `migrant_stock` (all origins; and NCA9 > NCA9, inside), `migrant_stock_listed_origins`,
    `migrant_stock_from_outside_region`, `emigrant_stock`, `emigrant_stock_outside_region`, and the share of women
    among migrants and emigrants. Needs the printed totals, the cells, and the sums of `analyse.stocks`.
    """
    lists = _membership(regions().values() if named is None else named)
    hosted = _total_members(observations, lists, HOSTED, definition="guzar_region_hosted")
    listed = _total_members(observations, lists, LISTED, definition="guzar_region_listed_origins")
    abroad = _total_members(observations, lists, EMIGRANTS, definition="guzar_region_emigrants")
    inside = _total_inside(observations, lists)
    parts = [
        hosted,
        listed,
        abroad,
        inside,
        _subtract(listed, inside, definition="guzar_region_incoming"),
        _subtract(abroad, inside, definition="guzar_region_outgoing"),
        share_of_women(hosted, definition="guzar_region_female_percent"),
        share_of_women(abroad, definition="guzar_region_emigrant_female_percent"),
    ]
    return name_regions(pl.concat(parts))


def total_corridors_of_regions(observations: dy.DataFrame[Observations]) -> dy.DataFrame[RegionalTotals]:
    """`migrant_stock` between every named region and each of the twelve areas, both directions, both sexes together."""
    lists = _membership(regions().values())
    cells = cells_of(observations.filter(pl.col("sex") == "_T"))
    parts = []
    for region_end, other_end in (("counterpart", "area"), ("area", "counterpart")):
        towards = cells.filter(pl.col(other_end).is_in(THE_TWELVE))
        relabelled = towards.join(lists, left_on=region_end, right_on="member").with_columns(
            pl.col("region").alias(region_end)
        )
        parts.append(sum_parts(relabelled, {}, definition="guzar_region_corridor"))
    return name_regions(pl.concat(parts))


def total_members(
    observations: dy.DataFrame[Observations], region: Region, of: str, *, definition: str | None = None
) -> dy.DataFrame[Observations]:
    """The sum of one definition over all members; no row where a member has none. Shares and prices are refused."""
    _require_additive(of, region.id)
    return _total_members(observations, _membership([region]), of, definition=definition)


def total_corridor(
    observations: dy.DataFrame[Observations], origin: str, destination: str
) -> dy.DataFrame[Observations]:
    """`migrant_stock` born in the members of one region and living in those of another; a single area may be either.

    People who live where they were born are no migrants and are left out.
    """
    born, living = members(origin), members(destination)
    cells = cells_of(observations)
    chosen = cells.filter(pl.col("counterpart").is_in(born) & pl.col("area").is_in(living))
    return sum_parts(chosen, {"counterpart": origin, "area": destination}, definition="guzar_region_corridor")


def total_figures(
    observations: dy.DataFrame[Observations], indicator: str, area: str, counterpart: str | None = None
) -> dy.DataFrame[Observations]:
    """Any additive indicator of a region, or of a corridor with a region at either end, added up from its members.

    Used where no such total is held. Raises MethodNotApplicable for shares, rates and prices.
    """
    held = Observations.cast(observations.filter(pl.col("indicator") == indicator))
    if counterpart is not None and counterpart != ALL:
        return _total_any_corridor(held, counterpart, area)
    sums = [total_members(held, regions()[area], of) for of in held["definition"].unique().sort()]
    return Observations.cast(pl.concat(sums)) if sums else Observations.create_empty()


def _total_any_corridor(
    held: dy.DataFrame[Observations], origin: str, destination: str
) -> dy.DataFrame[Observations]:
    cells = held.filter(
        (pl.col("counterpart") != pl.col("area"))
        & pl.col("counterpart").is_in(members(origin))
        & pl.col("area").is_in(members(destination))
    )
    for of in cells["definition"].unique().sort():
        _require_additive(of, f"{origin}>{destination}")
    if set(cells["definition"].unique()) <= {CELLS}:
        return total_corridor(held, origin, destination)
    return sum_parts(cells, {"counterpart": origin, "area": destination})


def name_regions(observations: pl.DataFrame) -> dy.DataFrame[RegionalTotals]:
    """The same rows with the publisher, date and members of their region beside them."""
    lists = pl.DataFrame(
        [
            {
                "region": r.id,
                "region_publisher": r.publisher,
                "region_as_of": r.as_of,
                "region_members": " ".join(r.members),
            }
            for r in regions().values()
        ]
    )
    region = pl.when(pl.col("area").is_in(list(regions()))).then("area").otherwise("counterpart")
    named = observations.with_columns(region=region).join(
        lists, on="region", how="left", maintain_order="left"
    )
    return RegionalTotals.validate(named.select(RegionalTotals.column_names()))


def _membership(named: Iterable[Region]) -> pl.DataFrame:
    """One row per region and member: region, member, size."""
    return pl.DataFrame(
        [
            {"region": region.id, "member": member, "size": len(region.members)}
            for region in named
            for member in region.members
        ]
    )


def _require_additive(definition: str, region: str) -> None:
    if find_definition(definition).measure not in ADDITIVE:
        raise MethodNotApplicable(
            "{definition} of a region is not the sum of its members.",
            where="{region}, {definition}",
            expected="a count or an amount",
            do="Ask for the members one by one, or for the numerator and the denominator.",
            region=region,
            definition=definition,
        )


def _total_members(
    observations: pl.DataFrame, lists: pl.DataFrame, of: str, *, definition: str | None = None
) -> dy.DataFrame[Observations]:
    of_members = observations.filter(pl.col("definition") == of).join(
        lists, left_on="area", right_on="member"
    )
    complete = pl.col("area").n_unique().over("region", "counterpart", *AT) == pl.col("size")
    relabelled = of_members.filter(complete).with_columns(area=pl.col("region"))
    return sum_parts(relabelled, {}, definition=definition)


def _total_inside(observations: pl.DataFrame, lists: pl.DataFrame) -> dy.DataFrame[Observations]:
    """Corridors with both ends in the region, as the corridor of the region with itself."""
    living = cells_of(observations).join(lists.select("region", area="member"), on="area")
    inside = living.join(lists.select("region", counterpart="member"), on=["region", "counterpart"])
    return sum_parts(
        inside.with_columns(area=pl.col("region"), counterpart=pl.col("region")),
        {},
        definition="guzar_region_corridor",
    )


def _subtract(
    whole: dy.DataFrame[Observations], part: dy.DataFrame[Observations], *, definition: str
) -> dy.DataFrame[Observations]:
    meaning = find_definition(definition)
    keys = ["area", *AT]
    rest = whole.join(part.select(*keys, part="value"), on=keys, how="inner").with_columns(
        value=pl.col("value") - pl.col("part"),
        counterpart=pl.lit(ALL),
        definition=pl.lit(definition),
        indicator=pl.lit(meaning.indicator),
        unit=pl.lit(meaning.unit),
    )
    return Observations.validate(rest.select(Observations.column_names()))

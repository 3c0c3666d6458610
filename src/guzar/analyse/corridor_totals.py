"""Corridors → totals over one end: the rest of the world (ROW), all origins, all destinations.

The rest of the world is every listed area outside the twelve: as counterpart where people, flows or money come
from, as area where they are. People of unknown origin, stateless people and printed groups ("Other North") are no
area and stay out of it; totals over all origins hold them, and the definition of each total says which.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import sum_parts
from guzar.analyse.stocks import is_listed
from guzar.define.areas import ALL, REST_OF_WORLD, THE_TWELVE, WORLD
from guzar.define.exact_numbers import without_noise
from guzar.define.tables.figures import Observations

FLOW_METHODS = ("sd_drop_neg", "sd_rev_neg", "mig_rate", "da_min_open", "da_min_closed", "da_pb_closed")

# Definition of the corridors → definition of the total.
REST_OF_WORLD_OF = {
    "un_stock_by_origin": "guzar_stock_rest_of_world",
    "wb_bilateral_remittances": "guzar_bilateral_remittances_rest_of_world",
    "unhcr_refugees": "guzar_refugees_rest_of_world",
    "unhcr_asylum_seekers": "guzar_asylum_seekers_rest_of_world",
    **{f"abel_cohen_{method}": f"guzar_{method}_rest_of_world" for method in FLOW_METHODS},
}
ALL_ORIGINS_OF = {
    "unhcr_refugees": "guzar_refugees_hosted",
    "unhcr_asylum_seekers": "guzar_asylum_seekers_hosted",
    "unhcr_stateless": "guzar_stateless_hosted",
}
ALL_DESTINATIONS_OF = {
    "unhcr_refugees": "guzar_refugees_abroad",
    "unhcr_asylum_seekers": "guzar_asylum_seekers_abroad",
}


def total_corridors(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """Every total that is defined for the corridors given, by sex and period, each edition apart."""
    sums = [sum_rest_of_world(observations)]
    for corridors, result in ALL_ORIGINS_OF.items():
        sums.append(sum_parts(_corridors(observations, corridors), {"counterpart": ALL}, definition=result))
    for corridors, result in ALL_DESTINATIONS_OF.items():
        abroad = _corridors(observations, corridors).filter(pl.col("area") != pl.col("counterpart"))
        abroad = abroad.with_columns(area=pl.col("counterpart"))
        sums.append(sum_parts(abroad, {"counterpart": ALL}, definition=result))
    return Observations.cast(pl.concat(sums))


def sum_rest_of_world(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """Both ends of the rest of the world for every definition that has such sums, each edition apart."""
    sums = [_sum_rest(observations, corridors, result) for corridors, result in REST_OF_WORLD_OF.items()]
    return Observations.cast(pl.concat(sums))


def _corridors(observations: pl.DataFrame, definition: str) -> pl.DataFrame:
    """The cells of one definition; a printed total over all origins or of the world is no part of a total."""
    is_part = ~pl.col("counterpart").is_in([ALL, WORLD]) & (pl.col("area") != WORLD)
    return observations.filter((pl.col("definition") == definition) & is_part)


def _sum_rest(observations: pl.DataFrame, corridors: str, result: str) -> dy.DataFrame[Observations]:
    cells = _corridors(observations, corridors).filter(
        is_listed("area") & is_listed("counterpart") & (pl.col("area") != pl.col("counterpart"))
    )
    at_home, from_home = pl.col("area").is_in(THE_TWELVE), pl.col("counterpart").is_in(THE_TWELVE)
    from_rest = sum_parts(
        cells.filter(at_home & ~from_home), {"counterpart": REST_OF_WORLD}, definition=result
    )
    to_rest = sum_parts(cells.filter(from_home & ~at_home), {"area": REST_OF_WORLD}, definition=result)
    return Observations.cast(pl.concat([from_rest, to_rest]).with_columns(without_noise(pl.col("value"))))

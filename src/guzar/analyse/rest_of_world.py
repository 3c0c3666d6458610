"""Corridors between all areas → corridors between each of the twelve and the rest of the world (ROW).

The rest of the world is every listed area outside the twelve: as counterpart where people, flows or money come
from, as area where they are. People of unknown origin, stateless people and printed groups ("Other North") are no
area and stay out; the definition of each sum says so.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import sum_parts
from guzar.analyse.stocks import is_listed
from guzar.define.areas import REST_OF_WORLD, THE_TWELVE
from guzar.define.tables.figures import Observations

# Definition of the corridors, and of the sum over the rest of the world.
SUMS = {
    "un_stock_by_origin": "guzar_stock_rest_of_world",
    "wb_bilateral_remittances": "guzar_bilateral_remittances_rest_of_world",
}


def sum_rest_of_world(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """Both ends of the rest of the world for every definition that has such sums, each edition apart."""
    sums = [_sum_one(observations, corridors, result) for corridors, result in SUMS.items()]
    return Observations.validate(pl.concat(sums))


def _sum_one(observations: pl.DataFrame, corridors: str, result: str) -> dy.DataFrame[Observations]:
    cells = observations.filter(
        (pl.col("definition") == corridors) & is_listed("area") & is_listed("counterpart")
        & (pl.col("area") != pl.col("counterpart"))
    )
    at_home, from_home = pl.col("area").is_in(THE_TWELVE), pl.col("counterpart").is_in(THE_TWELVE)
    from_rest = sum_parts(cells.filter(at_home & ~from_home), {"counterpart": REST_OF_WORLD}, definition=result)
    to_rest = sum_parts(cells.filter(from_home & ~at_home), {"area": REST_OF_WORLD}, definition=result)
    return Observations.validate(pl.concat([from_rest, to_rest]))

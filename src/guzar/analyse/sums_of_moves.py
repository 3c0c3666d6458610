"""Moves in rows (origin, destination, persons) → sums of areas, of pairs, with areas of regions, with small ones lumped.

Every sum is a keyed one: the counter-move of a pair is looked up by its key, so a pair with one direction only has a counter-move
of 0, and no order of rows matters.
"""

from collections.abc import Collection

import polars as pl

from guzar.analyse.fitting.tables import DESTINATION, ORIGIN, PERSONS, check_cells
from guzar.errors import SettingsInvalid, TableInvalid

PAIR = [ORIGIN, DESTINATION]
REGION, AREA, OTHER = "region", "area", "other"
MOVES, IN, OUT = "moves", "in", "out"
WAYS = (MOVES, IN, OUT)
MOST_NAMED = 8


def sum_areas(moves: pl.DataFrame) -> pl.DataFrame:
    """area, departures, arrivals, turnover, net (persons); moves inside an area are left out."""
    check_cells(moves, PAIR)
    between = moves.filter(pl.col(ORIGIN) != pl.col(DESTINATION))
    names = pl.concat([moves[ORIGIN], moves[DESTINATION]]).unique().sort().alias(AREA).to_frame()
    made = names
    for column, name in ((ORIGIN, "departures"), (DESTINATION, "arrivals")):
        sums = between.group_by(pl.col(column).alias(AREA)).agg(pl.col(PERSONS).sum().alias(name))
        made = made.join(sums, on=AREA, how="left", maintain_order="left")
    out, in_ = pl.col("departures"), pl.col("arrivals")
    return made.fill_null(0.0).with_columns(turnover=out + in_, net=in_ - out)


def sum_pairs(moves: pl.DataFrame) -> pl.DataFrame:
    """origin, destination, persons, counter_persons, turnover, net: each pair once, in alphabetical order of its areas."""
    check_cells(moves, PAIR)
    between = moves.filter(pl.col(ORIGIN) != pl.col(DESTINATION)).select(*PAIR, PERSONS)
    back = between.select(
        pl.col(DESTINATION).alias(ORIGIN),
        pl.col(ORIGIN).alias(DESTINATION),
        pl.col(PERSONS).alias("counter_persons"),
    )
    both = between.join(back, on=PAIR, how="full", coalesce=True).fill_null(0.0)
    there, here = pl.col(PERSONS), pl.col("counter_persons")
    once = both.filter(pl.col(ORIGIN) < pl.col(DESTINATION)).sort(PAIR)
    return once.with_columns(turnover=there + here, net=there - here)


def add_areas(moves: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """The moves of regions, and with them those of areas (region, area): from and to each, moves inside an area among them.

    Raises TableInvalid for a region without an area.
    """
    check_cells(moves, PAIR)
    known = set(areas[REGION])
    unknown = sorted((set(moves[ORIGIN]) | set(moves[DESTINATION])) - known)
    if unknown:
        raise TableInvalid(
            "Regions whose area is not given: {regions}.",
            expected="a row region,area for each of them",
            do="Add them, or leave their moves out.",
            regions=", ".join(unknown[:MOST_NAMED]),
        )
    itself = areas.select(pl.col(REGION), pl.col(REGION).alias("sum"))
    sums = pl.concat([itself, areas.select(REGION, pl.col(AREA).alias("sum"))]).unique(maintain_order=True)
    made = moves
    for column in PAIR:
        joined = made.join(sums.rename({REGION: column}), on=column, maintain_order="left")
        made = joined.drop(column).rename({"sum": column})
    return made.group_by(PAIR).agg(pl.col(PERSONS).sum()).sort(PAIR)


def lump_small(moves: pl.DataFrame, least: float, by: Collection[str] = (MOVES,)) -> pl.DataFrame:
    """The moves with what is below `least` persons under `other`: single moves (both ends), or origins, destinations by totals."""
    check_cells(moves, PAIR)
    _check_ways(by)
    sums = sum_areas(moves)
    made = moves
    for way, column, total in ((OUT, ORIGIN, "departures"), (IN, DESTINATION, "arrivals")):
        if way in by:
            small = sums.filter(pl.col(total) < least)[AREA].implode()
            made = made.with_columns(
                pl.when(pl.col(column).is_in(small))
                .then(pl.lit(OTHER))
                .otherwise(pl.col(column))
                .alias(column)
            )
    if MOVES in by:
        is_small = pl.col(PERSONS) < least
        made = made.with_columns(
            pl.when(is_small).then(pl.lit(OTHER)).otherwise(pl.col(name)).alias(name) for name in PAIR
        )
    return made.group_by(PAIR).agg(pl.col(PERSONS).sum()).sort(PAIR)


def _check_ways(by: Collection[str]) -> None:
    unknown = [way for way in by if way not in WAYS]
    if unknown or not by:
        raise SettingsInvalid(
            "Nothing can be lumped by {ways}.",
            expected="one or more of {known}",
            do="Choose among them.",
            ways=", ".join(unknown) or "-",
            known=", ".join(WAYS),
        )

"""Stocks of one corridor and year that two publishers hold → the bridge between them, from the definitions held."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.definition_bridge import BASES, STOCK, Count, bridge
from guzar.define.areas import THE_TWELVE
from guzar.define.definitions import Definition, find_definition
from guzar.define.tables.bridges import DefinitionBridges
from guzar.journey.processing import load_observations
from guzar.store import Workspace

INDICATOR = "migrant_stock"
KEY = ["area", "counterpart", "year"]
DAY_IN_WORDS = "at 1 July"  # how the rule of a definition names the day of its stocks


def bridge_held(workspace: Workspace | None) -> dy.DataFrame[DefinitionBridges]:
    """The bridges of the corridors between the twelve areas, newest edition of each publisher, numbers above 0.

    No factor is known for what such definitions differ in: every step says so, and the whole ratio stays unexplained.
    """
    held = _stocks(load_observations(workspace))
    rows = [row for part in held.partition_by(KEY, maintain_order=True) for row in _bridges(part)]
    schema = {name: column.dtype for name, column in DefinitionBridges.columns().items()}
    return DefinitionBridges.validate(pl.DataFrame(rows, schema=schema))


def _stocks(observations: pl.DataFrame) -> pl.DataFrame:
    """One row per corridor, year and publisher, where two publishers have it."""
    rows = observations.filter(
        (pl.col("indicator") == INDICATOR)
        & pl.col("area").is_in(THE_TWELVE)
        & pl.col("counterpart").is_in(THE_TWELVE)
        & (pl.col("sex") == "_T")
        & (pl.col("value") > 0)
        & (pl.col("unit") == "persons")
    )
    newest = rows.filter(pl.col("edition") == pl.col("edition").max().over([*KEY, "source"]))
    one_each = newest.sort("definition").unique([*KEY, "source"], keep="first", maintain_order=True)
    return one_each.filter(pl.len().over(KEY) > 1).sort(*KEY, "source")


def _bridges(part: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The steps between each two publishers of one corridor and year."""
    for first, second in combinations(part.iter_rows(named=True), 2):
        steps = bridge(_count(first), _count(second))
        about = {name: first[name] for name in KEY} | _both(first, second)
        for place, step in enumerate(steps, 1):
            yield about | {
                "bridge_line": place,
                "bridge_step": step.step,
                "definition_from": step.definition_from,
                "definition_to": step.definition_to,
                "bridge_factor": step.known.factor if step.known else None,
                "factor_status": step.status,
            }


def _both(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    named = {"source": "source", "edition": "edition", "definition": "series", "observation_status": "status"}
    named |= {"value": "number"}
    ends = (("from", first), ("to", second))
    return {f"{name}_{end}": row[column] for end, row in ends for column, name in named.items()}


def _count(row: Mapping[str, Any]) -> Count:
    meaning = find_definition(row["definition"])
    return Count(
        row["value"],
        row["source"],
        measure=STOCK,
        origin_basis=meaning.concept if meaning.concept in BASES else None,
        reference_date=_day(meaning, row["year"]),
        coverage=meaning.coverage,
    )


def _day(meaning: Definition, year: int) -> date | None:
    """The day of a stock where its definition names one; «around 2000» names none."""
    return date(year, 7, 1) if DAY_IN_WORDS in meaning.rule else None

"""ReleasedFigures of a dataflow and the record of their release → facts for its reference metadata, without words.

Everything is taken from the rows and from `release.json`: what is not there is not said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.publishers import Publisher, publisher_of
from guzar.define.tables.releases import ReleasedFigures
from guzar.share.sdmx.writers import frequency_of


@dataclass(frozen=True)
class HeldEdition:
    """One edition of a source, with the number of its values and the year in which its last period ends."""

    source: str
    edition: str
    values: int
    last_year: int


@dataclass(frozen=True)
class FlowFacts:
    """What is known of the rows of one dataflow; codes and numbers only."""

    release: str
    date: str  # ISO 8601
    publisher: Publisher | None
    rows: int
    rows_without_value: int
    withheld: int
    statuses: Mapping[str, int]  # rows by kind of number
    indicators: tuple[str, ...]
    definitions: tuple[str, ...]
    areas: tuple[str, ...]
    units: tuple[str, ...]
    frequencies: tuple[str, ...]
    first_year: int
    last_year: int  # in which the last period begins or ends
    editions: tuple[HeldEdition, ...]
    is_public_already: bool  # every value was public before
    files: int  # that the release was taken from


def facts_of_flow(figures: dy.DataFrame[ReleasedFigures], record: Mapping[str, Any]) -> FlowFacts:
    """The facts of the rows of one dataflow (at least one); `record` is the content of `release.json`."""
    period = pl.col("period")
    first = period.str.slice(0, 4).cast(pl.Int32).min()
    last = period.str.extract(r"(\d{4})(?:-Q\d)?$").cast(pl.Int32).max()
    statuses = figures.group_by("observation_status").len().sort("observation_status")
    held = figures.group_by("source", "edition").agg(pl.len(), last.alias("last")).sort("source", "edition")
    return FlowFacts(
        release=str(record["release"]),
        date=str(record["date"]),
        publisher=publisher_of(record),
        rows=figures.height,
        rows_without_value=figures["value"].null_count(),
        withheld=figures.filter(pl.col("observation_status") == "withheld").height,
        statuses=dict(statuses.iter_rows()),
        indicators=_codes(figures, "indicator"),
        definitions=_codes(figures, "definition"),
        areas=_codes(figures, "area"),
        units=_codes(figures, "unit"),
        frequencies=_codes(figures.select(frequency_of(period).alias("frequency")), "frequency"),
        first_year=figures.select(first).item(),
        last_year=figures.select(last).item(),
        editions=tuple(HeldEdition(*row) for row in held.iter_rows()),
        is_public_already=bool((figures["release_path"] == "public_already").all()),
        files=len(record.get("made_from", ())),
    )


def _codes(figures: pl.DataFrame, column: str) -> tuple[str, ...]:
    return tuple(figures[column].unique().sort().to_list())

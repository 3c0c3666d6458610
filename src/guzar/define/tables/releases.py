"""Tables of what leaves: figures that passed the door, and the same figures as SDMX names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define import columns
from guzar.define.columns import Secrecy
from guzar.define.tables.figures import Observations


class ReleasedFigures(Observations):
    """One row per value that may leave: an observation with its licence and the path by which it may leave.

    Only the room `protect` makes this table, and only this table is accepted by `share`.
    """

    licence = columns.licence()
    release_path = columns.release_path()


class SdmxFigures(dy.Schema):
    """One row per value as SDMX sees it; the data structure is built from this table.

    Columns of the key are dimensions, the value is the measure, the others are attributes. The edition is
    part of the key: a value that a later edition changed is another row, so that no release loses a revision.
    """

    frequency = columns.frequency(primary_key=True)
    indicator = columns.indicator(primary_key=True)
    area = columns.area(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    sex = columns.sex(primary_key=True)
    definition = columns.definition(primary_key=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    time_period = columns.time_period(primary_key=True)
    value = columns.value(nullable=True)
    unit = columns.unit()
    decimals = columns.decimals()
    observation_status_code = columns.observation_status_code()
    observation_status = columns.observation_status()
    confidentiality_status = columns.confidentiality_status()
    last_observed = columns.last_observed(nullable=True)
    missing_mark = columns.missing_mark(nullable=True)
    licence = columns.licence()


@dataclass(frozen=True)
class ReleasedTable:
    """A table beside the figures (treaties, verdicts on claims) that passed the door, with its schema."""

    name: str
    table: type[dy.Schema]
    frame: pl.DataFrame


@dataclass(frozen=True)
class ProtectedTable:
    """Counts or amounts made from records about persons, as they may leave: one row per cell.

    `frame` has the codes of `dimensions`, the column `count` (empty where a cell is hidden) and
    `confidentiality_status` (F free, C hidden); where counts carry noise or are rounded, `disclosure_method` in its place.
    `about` says what was done to them: rule, cells hidden, information
    lost, input; never who is in them. Only the room `protect` makes this: what it did not seal is refused.
    """

    name: str
    dimensions: tuple[str, ...]
    count: str
    unit: str
    frame: pl.DataFrame
    about: Mapping[str, Any]


def identifying_columns(table: type[dy.Schema]) -> list[str]:
    """The columns of a table that are declared to identify a person, directly or indirectly."""
    declared = table.columns().items()
    return [name for name, column in declared if (column.metadata or {}).get("secrecy") != Secrecy.OPEN]

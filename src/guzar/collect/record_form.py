"""What an agency delivers about persons: one form per source, made of the table that the source fills.

A module in `sources` says its form in `RECORDS`. Columns, codes and ranges are those of the table's own declaration;
a form adds only which dates cannot lie in the future and which cannot come before which.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import dataframely as dy
import polars as pl

from guzar.collect import sources as record_modules
from guzar.define.areas import areas
from guzar.define.columns.records import AREA_CODE
from guzar.define.nearest import did_you_mean
from guzar.errors import SettingsInvalid

# The made-up country and its neighbours: ISO 3166 leaves QMA to QZZ to its users.
MADE_UP = ("QMA", "QMB", "QMC", "QMD", "QME", "QMF", "QMG")
NO_COUNTRIES = "aggregate"  # kind of areas that nobody is a citizen of
AREA_COLUMNS = ("citizenship", "birth_place", "previous_residence", "absent_in")


@dataclass(frozen=True)
class RecordForm:
    """One kind of records: the source, the table as it is delivered, the table as it is kept."""

    source: str
    title: str  # shown by `guzar collect --list`
    delivered: type[dy.Schema]
    kept: type[dy.Schema]
    table: str  # name of what is kept in the workspace
    event: str  # the date of what happened: nobody is born after it
    past: tuple[str, ...]  # dates that cannot lie after the day of receipt
    in_order: tuple[tuple[str, str], ...] = ()  # (earlier, later)
    example: Mapping[str, str] = field(default_factory=dict)  # a made-up row for the template

    @property
    def columns(self) -> dict[str, dy.Column]:
        """The columns of a delivery, in the order of the template."""
        return dict(self.delivered.columns())

    @property
    def required(self) -> list[str]:
        """Columns that no delivery can lack."""
        return [name for name, column in self.columns.items() if not column.nullable]


@cache
def record_forms() -> dict[str, RecordForm]:
    """All forms of records, by source."""
    names = sorted(module.name for module in pkgutil.iter_modules(record_modules.__path__))
    modules = [importlib.import_module(f"{record_modules.__name__}.{name}") for name in names]
    return {module.RECORDS.source: module.RECORDS for module in modules if hasattr(module, "RECORDS")}


def find_record_form(source: str) -> RecordForm:
    """The form of a source; SettingsInvalid, with the nearest name, where there is none."""
    if source in record_forms():
        return record_forms()[source]
    near = did_you_mean(source, record_forms())
    raise SettingsInvalid(
        "There are no records of the kind {source}. Did you mean {near}?"
        if near
        else "There are no records of the kind {source}.",
        expected="one of: {known}",
        do="List the sources with: guzar collect --list",
        source=source,
        near=near,
        known=", ".join(sorted(record_forms())),
    )


def codes_of(form: RecordForm, column: str) -> list[str]:
    """The codes that a column may hold, in the order of its declaration; empty where any text may stand."""
    if column in AREA_COLUMNS:
        known = areas().filter((pl.col("kind") != NO_COUNTRIES) & pl.col("code").str.contains(AREA_CODE))
        return list(dict.fromkeys([*known["code"].to_list(), *MADE_UP]))
    pattern = getattr(form.columns[column], "regex", None)
    return pattern.strip("^$()").split("|") if pattern else []


def is_date(column: dy.Column) -> bool:
    """Whether a column holds a day, with or without the time of the day."""
    return column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime)

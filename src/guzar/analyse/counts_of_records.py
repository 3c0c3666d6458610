"""Records under pseudonyms → unprotected counts: stocks, flows, stays, crossings, registrations, permits.

What is counted names its column and its unit, so that persons, crossings, registrations and permits cannot be added.
Outcome (what crossings show people did) and declared (what registrations and permits say) are never in one table.
Counts made here have not passed the room `protect`: they may not leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from guzar.errors import SettingsInvalid, TableInvalid

AGES = (0, 15, 25, 45, 65)
DURATIONS = ((90, "under_3_months"), (183, "3_to_6_months"), (365, "6_to_12_months"))
LONGEST = "12_months_or_more"
NOT_ENDED, NOT_KNOWN = "not_ended", "unknown"
YEAR, AGE_GROUP, FLOW, DURATION = "year", "age_group", "flow", "duration"
ON_DAY = "stock_day"
LIFE = ("birth_year", "died_on")


@dataclass(frozen=True)
class Measure:
    """What is counted: from which columns a table is known, the name and unit of the count, on which concept."""

    name: str
    needs: tuple[str, ...]
    count: str
    concept: str  # outcome: what people did; declared: what they or an office said; recorded: acts as such
    always_by: tuple[str, ...]


MEASURES = {
    each.name: each
    for each in (
        Measure("stock", ("person_id", "residence_before", "residence_after"), "persons", "outcome", (YEAR,)),
        Measure("flow", ("person_id", "is_migration", "direction"), "migrations", "outcome", (YEAR, FLOW)),
        Measure("stays", ("person_id", "entered_on", "left_on"), "stays", "outcome", (YEAR,)),
        Measure("absences", ("person_id", "left_on", "returned_on"), "absences", "outcome", (YEAR,)),
        Measure("crossings", ("crossing_date", "direction"), "crossings", "recorded", (YEAR, "direction")),
        Measure(
            "registrations",
            ("registration_event", "event_date"),
            "registrations",
            "declared",
            (YEAR, "registration_event"),
        ),
        Measure("permits", ("permit_type", "valid_from"), "permits", "declared", (YEAR,)),
    )
}


@dataclass(frozen=True)
class Counted:
    """Counts by year and codes; how many persons or records could not be counted, and why."""

    measure: Measure
    table: pl.DataFrame
    not_decided: int


def count_records(
    register: pl.LazyFrame,
    measure: str,
    by: Sequence[str],
    *,
    persons: pl.LazyFrame | None = None,
    days: Sequence[date] = (),
    ages: Sequence[int] = AGES,
) -> Counted:
    """Counts of one measure: `year`, the columns of `by`, and a column named for what is counted.

    `persons` (one row per person) gives columns that the register does not have. `days` are the days of a stock;
    without them the last days of the years observed. `age_group` is made from `birth_year` and `ages`, the first years
    of the groups. Refused: a measure that the table does not hold (TableInvalid), a column that is nowhere
    (SettingsInvalid).
    """
    chosen = MEASURES[measure]
    _require(register, chosen)
    wanted = [name for name in by if name not in chosen.always_by]
    rows, not_decided = _rows_to_count(register, chosen, days)
    rows = _with_columns_of_persons(rows, _needed(wanted), persons)
    if measure == "stock":
        rows = _living(rows, persons)
    if AGE_GROUP in wanted:
        rows = rows.with_columns(_age_group(ages).alias(AGE_GROUP))
    keys = [*chosen.always_by, *wanted]
    counted = (
        rows.group_by(pl.col(key).cast(pl.String).fill_null(NOT_KNOWN) for key in keys)
        .agg(pl.len().cast(pl.Int64).alias(chosen.count))
        .sort(keys)
        .collect(engine="streaming")
    )
    return Counted(chosen, counted, not_decided)


def _require(register: pl.LazyFrame, measure: Measure) -> None:
    missing = [name for name in measure.needs if name not in register.collect_schema().names()]
    if missing:
        raise TableInvalid(
            "The measure {measure} cannot be counted from this table.",
            where="columns that are missing: {columns}",
            expected="stock and flow: what guzar residence wrote; stays, absences: what guzar stays wrote; crossings, "
            "registrations, permits: pseudonymous records",
            do="Choose another --measure, or the table that it needs.",
            measure=measure.name,
            columns=", ".join(missing),
        )


def _needed(by: Sequence[str]) -> list[str]:
    made = {AGE_GROUP: "birth_year"}
    return [made.get(name, name) for name in by if name != DURATION]


def _with_columns_of_persons(
    rows: pl.LazyFrame, needed: Sequence[str], persons: pl.LazyFrame | None
) -> pl.LazyFrame:
    own = rows.collect_schema().names()
    lacking = [name for name in needed if name not in own]
    known = persons.collect_schema().names() if persons is not None else []
    nowhere = [name for name in lacking if name not in known]
    if nowhere:
        raise SettingsInvalid(
            "There is no column to count by: {columns}.",
            expected="columns of the register or of --persons; age_group needs birth_year",
            do="Correct --by, or give a table of persons with --persons.",
            columns=", ".join(nowhere),
        )
    if persons is None or not lacking:
        return rows
    return rows.join(persons.select("person_id", *lacking), on="person_id", how="left")


def _living(residents: pl.LazyFrame, persons: pl.LazyFrame | None) -> pl.LazyFrame:
    """Residents who are born by the year of the stock, and not known to be dead by its day, as far as this is known.

    Crossings say nothing about either: who first leaves as a child of two has been a resident since before birth.
    """
    known = persons.collect_schema().names() if persons is not None else []
    rows = _with_columns_of_persons(
        residents, [name for name in LIFE if name in [*known, *residents.collect_schema().names()]], persons
    )
    held = rows.collect_schema().names()
    if "birth_year" in held:
        rows = rows.filter((pl.col("birth_year") <= pl.col(YEAR)).fill_null(True))
    if "died_on" in held:
        rows = rows.filter((pl.col("died_on") > pl.col(ON_DAY)).fill_null(True))
    return rows


def _rows_to_count(
    register: pl.LazyFrame, measure: Measure, days: Sequence[date]
) -> tuple[pl.LazyFrame, int]:
    """One row per person, act or stay to count, with its year; and how many could not be decided."""
    if measure.name == "stock":
        return _residents_on(register, days)
    if measure.name == "flow":
        return _migrations(register)
    if measure.name in ("stays", "absences"):
        return _spells(register, *measure.needs[1:]), 0
    day = pl.col(
        {"crossings": "crossing_date", "registrations": "event_date"}.get(measure.name, "valid_from")
    )
    return register.with_columns(day.dt.year().alias(YEAR)), 0


def _residents_on(register: pl.LazyFrame, days: Sequence[date]) -> tuple[pl.LazyFrame, int]:
    """The residents seen in crossings at the end of each day of a stock, one row per person and day.

    A status holds from a crossing until the next one; that before the first crossing holds from the beginning. Rows
    stand in the order of persons and time, as `guzar residence` writes them.
    """
    inside = register.filter("in_window").with_columns(pl.col("crossing_date").cast(pl.Date))
    person, crossed = pl.col("person_id"), pl.col("crossing_date")
    spells = inside.with_columns(
        until=pl.when(person == person.shift(-1)).then(crossed.shift(-1)),
        is_first=(person != person.shift(1)).fill_null(True),
    )
    at = list(days) or _ends_of_years(inside)
    every = pl.concat(
        spells.filter(
            ((crossed <= day) & (pl.col("until") > day).fill_null(True))
            | (pl.col("is_first") & (crossed > day))
        ).with_columns(
            pl.lit(day.year).alias(YEAR),
            pl.lit(day).alias(ON_DAY),
            status=pl.when(crossed <= day).then("residence_after").otherwise("residence_before"),
        )
        for day in at
    )
    open_ = every.filter(pl.col("status").is_null() & (pl.col(YEAR) == at[-1].year)) if at else every
    return every.filter(pl.col("status") == "resident"), _height(open_)


def _ends_of_years(inside: pl.LazyFrame) -> list[date]:
    """The last days of all years observed."""
    seen = inside.select(
        first=pl.col("crossing_date").min().dt.year(), last=pl.col("crossing_date").max().dt.year()
    ).collect(engine="streaming")
    first, last = seen.row(0)
    return [date(year, 12, 31) for year in range(first, last + 1)] if first is not None else []


def _migrations(register: pl.LazyFrame) -> tuple[pl.LazyFrame, int]:
    """One row per migration, with its year and whether it was an immigration or an emigration."""
    inside = register.filter("in_window")
    moved = inside.filter("is_migration").with_columns(
        pl.col("crossing_date").dt.year().alias(YEAR),
        pl.when(pl.col("direction") == "entry")
        .then(pl.lit("immigration"))
        .otherwise(pl.lit("emigration"))
        .alias(FLOW),
    )
    return moved, _height(inside.filter(pl.col("is_migration").is_null()))


def _spells(register: pl.LazyFrame, begin: str, end: str) -> pl.LazyFrame:
    """One row per stay or absence, in the year in which it began, with its duration."""
    days = (pl.col(end) - pl.col(begin)).dt.total_days()
    duration = pl.lit(LONGEST)
    for most, name in reversed(DURATIONS):
        duration = pl.when(days < most).then(pl.lit(name)).otherwise(duration)
    ended = pl.when(days.is_null()).then(pl.lit(NOT_ENDED)).otherwise(duration)
    return register.filter(pl.col(begin).is_not_null()).with_columns(
        pl.col(begin).dt.year().alias(YEAR), ended.alias(DURATION)
    )


def _age_group(ages: Sequence[int]) -> pl.Expr:
    """The group of the age reached in the year, as 15-24 or 65+."""
    age = pl.col(YEAR).cast(pl.Int32) - pl.col("birth_year")
    group = pl.lit(None, pl.String)
    for first, following in pairwise([*ages, None]):
        name = f"{first}+" if following is None else f"{first}-{following - 1}"
        group = pl.when(age >= first).then(pl.lit(name)).otherwise(group)
    return group


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())

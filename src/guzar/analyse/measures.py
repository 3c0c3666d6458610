"""What can be counted, and the rows that stand for it: one per person, act or stay, with its year or day.

Stocks, flows and movements are read from the table that `guzar residence` wrote; stays, absences, returns and circular
patterns from that of `guzar stays`; acts from records under pseudonyms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from guzar.analyse.durations import (
    BEGINNING_LOST,
    END_LOST,
    LONGEST,
    NOT_ENDED,
    TWELVE_MONTHS,
    days_between,
    group_days,
)
from guzar.analyse.movements import MOVEMENT, class_movements
from guzar.analyse.patterns_of_absence import NUMBER, PATTERN, find_patterns
from guzar.analyse.rows_of_persons import require_in_order

NOT_KNOWN = "unknown"
YEAR, DAY, AGE_GROUP, FLOW, DURATION = "year", "day", "age_group", "flow", "duration"
NOT_SEEN = "not_seen"  # how an end is known of which no later crossing tells


@dataclass(frozen=True)
class Measure:
    """What is counted: from which columns a table is known, the name and unit of the count, on which concept."""

    name: str
    needs: tuple[str, ...]
    count: str
    concept: str  # outcome: what people did; declared: what they or an office said; recorded: acts as such
    always_by: tuple[str, ...]


RESIDENCE = ("person_id", "crossing_date", "direction", "residence_before", "is_migration")
ABSENCES = ("person_id", "left_on", "returned_on", "return_known_by")
MEASURES = {
    each.name: each
    for each in (
        Measure("stock", ("person_id", "residence_before", "residence_after"), "persons", "outcome", (YEAR,)),
        Measure("flow", ("person_id", "is_migration", "direction"), "migrations", "outcome", (YEAR, FLOW)),
        Measure(
            "stays", ("person_id", "entered_on", "left_on", "exit_known_by"), "stays", "outcome", (YEAR,)
        ),
        Measure("absences", ABSENCES, "absences", "outcome", (YEAR,)),
        Measure("movements", RESIDENCE, "movements", "outcome", (YEAR, MOVEMENT, "direction")),
        Measure("returns", ABSENCES, "returns", "outcome", (YEAR, DURATION)),
        Measure("circular", ABSENCES, "persons", "outcome", (NUMBER, PATTERN)),
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
class Observed:
    """The days of which the crossings tell; a change of residence can be decided so many days after it at the earliest,
    and is decided so many after it at the latest. Where the state after a last crossing goes on by assumption, nothing is
    left undecided.
    """

    first: date
    last: date
    earliest: int = 0
    latest: int = 0
    goes_on: bool = False
    readings: str = ""  # of edge cases, where they are not the usual ones


def rows_to_count(
    register: pl.LazyFrame,
    measure: Measure,
    days: Sequence[date],
    observed: Observed | None,
    concept: str | None = None,
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per person, act or stay to count, with its year; and one per person or act that is not decidable.

    Movements are classed under a `concept` (un_1998, un_2021); what is not decidable is a class of them.
    """
    made = {
        "stock": lambda: _residents_on(register, days or _ends_of_years(register, measure, observed)),
        "flow": lambda: _migrations(register),
        "movements": lambda: _movements(register, str(concept)),
        "stays": lambda: _spells_by(register, measure, days),
        "absences": lambda: _spells_by(register, measure, days),
        "returns": lambda: _returns(register),
        "circular": lambda: _persons_absent(register),
    }
    return made.get(measure.name, lambda: _acts(register, measure))()


def _acts(register: pl.LazyFrame, measure: Measure) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per act, in its year; every act is decidable."""
    on = pl.col({"crossings": "crossing_date", "registrations": "event_date"}.get(measure.name, "valid_from"))
    inside = register.filter("in_window") if "in_window" in register.collect_schema().names() else register
    every = inside.with_columns(on.dt.year().alias(YEAR))
    return every, every.clear()


def _movements(register: pl.LazyFrame, concept: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per crossing with its class and year; what is not decidable is a class."""
    every = class_movements(register, concept).with_columns(pl.col("crossing_date").dt.year().alias(YEAR))
    return every, every.clear()


def _persons_absent(absences: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per person with an absence; nobody is left out."""
    persons = find_patterns(absences)
    return persons, persons.clear()


def _spells_by(
    register: pl.LazyFrame, measure: Measure, days: Sequence[date]
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    begin, end, known_by = measure.needs[1:]
    if days:
        return _spells_on(register, begin, end, known_by, days)
    return _spells(register, begin, end, known_by)


def _residents_on(register: pl.LazyFrame, days: Sequence[date]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The residents seen in crossings at the end of each day of a stock, one row per person and day; and who is open.

    A status holds from a crossing until the next one; that before the first crossing holds from the beginning. Rows
    stand in the order of persons and time, as `guzar residence` writes them.
    """
    inside = register.filter("in_window").with_columns(pl.col("crossing_date").cast(pl.Date))
    person, crossed = pl.col("person_id"), pl.col("crossing_date")
    require_in_order(inside)
    spells = inside.with_columns(
        until=pl.when(person == person.shift(-1)).then(crossed.shift(-1)),
        is_first=(person != person.shift(1)).fill_null(True),
    )
    every = pl.concat(
        [
            _on_day(
                spells.filter(
                    ((crossed <= day) & (pl.col("until") > day).fill_null(True))
                    | (pl.col("is_first") & (crossed > day))
                ).with_columns(
                    status=pl.when(crossed <= day).then("residence_after").otherwise("residence_before")
                ),
                day,
            )
            for day in dict.fromkeys(days)
        ]
        or [_on_day(spells.clear().with_columns(status=pl.lit(None, pl.String)), date.min)]
    )
    return every.filter(pl.col("status") == "resident"), every.filter(pl.col("status").is_null())


def _on_day(rows: pl.LazyFrame, day: date) -> pl.LazyFrame:
    return rows.with_columns(pl.lit(day.year).alias(YEAR), pl.lit(day).alias(DAY))


def _ends_of_years(register: pl.LazyFrame, measure: Measure, observed: Observed | None) -> list[date]:
    """The last days of all years observed, those left out at which nobody's last change can be decided yet."""
    known = observed or days_seen(register, measure)
    last = known.last - timedelta(days=known.earliest)
    years = range(known.first.year, known.last.year + 1) if known.first <= known.last else ()
    ends = [date(year, 12, 31) for year in years]
    return [day for day in ends if observed is None or day <= last]


def _migrations(register: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per migration, with its year and whether it was an immigration or an emigration; and what is open."""
    inside = register.filter("in_window").with_columns(
        pl.col("crossing_date").dt.year().alias(YEAR),
        pl.when(pl.col("direction") == "entry")
        .then(pl.lit("immigration"))
        .otherwise(pl.lit("emigration"))
        .alias(FLOW),
    )
    return inside.filter("is_migration"), inside.filter(pl.col("is_migration").is_null())


def _spells(register: pl.LazyFrame, begin: str, end: str, known_by: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per stay or absence, in the year in which it began, with its duration; and those that began unseen.

    What is still open counts as twelve months or more where the crossings reach so far; an end that only a later
    crossing tells of has no day, and no duration.
    """
    last = register.select(pl.max_horizontal(pl.col(begin).max(), pl.col(end).max())).collect().item()
    so_far = days_between(pl.col(begin), pl.lit(last))
    is_open = pl.col(end).is_null() & (pl.col(known_by).cast(pl.String) == NOT_SEEN)
    ended = (
        pl.when(pl.col(end).is_not_null())
        .then(group_days(days_between(pl.col(begin), pl.col(end))))
        .when(is_open & (so_far >= TWELVE_MONTHS))
        .then(pl.lit(LONGEST))
        .when(is_open)
        .then(pl.lit(NOT_ENDED))
        .otherwise(pl.lit(END_LOST))
    )
    seen = register.filter(pl.col(begin).is_not_null())
    unseen = register.filter(pl.col(begin).is_null())
    return (
        seen.with_columns(pl.col(begin).dt.year().alias(YEAR), ended.alias(DURATION)),
        unseen.with_columns(pl.col(end).dt.year().alias(YEAR)),
    )


def _returns(absences: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per recorded return, in its year, by how long the absence was; and absences whose return was not recorded,
    in the year in which they began.
    """
    days = days_between(pl.col("left_on"), pl.col("returned_on"))
    duration = pl.when(days.is_null()).then(pl.lit(BEGINNING_LOST)).otherwise(group_days(days))
    back = absences.filter(pl.col("returned_on").is_not_null())
    lost = pl.col("returned_on").is_null() & (pl.col("return_known_by").cast(pl.String) != NOT_SEEN)
    return (
        back.with_columns(pl.col("returned_on").dt.year().alias(YEAR), duration.alias(DURATION)),
        absences.filter(lost).with_columns(pl.col("left_on").dt.year().alias(YEAR)),
    )


def _spells_on(
    register: pl.LazyFrame, begin: str, end: str, known_by: str, days: Sequence[date]
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """One row per stay or absence that goes on at the end of a day, with its duration so far; and those of which nobody
    knows whether they go on, because their end was not recorded. Such a one is over when the next of the person begins.
    """
    is_lost = pl.col(end).is_null() & (pl.col(known_by).cast(pl.String) != NOT_SEEN)
    next_begins = pl.col(begin).shift(-1).over("person_id", order_by=begin)
    spells = register.with_columns(over_by=pl.when(is_lost).then(next_begins).otherwise(pl.col(end)))
    every = pl.concat(
        [
            _on_day(
                spells.filter(
                    (pl.col(begin) <= day) & (pl.col("over_by") > day).fill_null(True)
                ).with_columns(group_days(days_between(pl.col(begin), day)).alias(DURATION)),
                day,
            )
            for day in dict.fromkeys(days)
        ]
    )
    return every.filter(~is_lost), every.filter(is_lost)


def days_seen(register: pl.LazyFrame, measure: Measure) -> Observed:
    """The first and the last day of which a crossing tells."""
    inside = register.filter("in_window") if measure.name == "stock" else register
    names = ["crossing_date"] if measure.name == "stock" else list(measure.needs[1:3])
    each = [pl.col(name).cast(pl.Date) for name in names]
    ends = inside.select(first=pl.min_horizontal(each).min(), last=pl.max_horizontal(each).max())
    first, last = ends.collect(engine="streaming").row(0)
    return Observed(first or date.max, last or date.min)

"""Records under pseudonyms → unprotected counts: stocks, flows, stays, crossings, registrations, permits.

What is counted names its column and its unit, so that persons, crossings, registrations and permits cannot be added.
Outcome (what crossings show people did) and declared (what registrations and permits say) are never in one table.
Counts made here have not passed the room `protect`: they may not leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from guzar.analyse.measures import (
    AGE_GROUP,
    DAY,
    DURATION,
    MEASURES,
    NOT_KNOWN,
    YEAR,
    Measure,
    Observed,
    days_seen,
    rows_to_count,
)
from guzar.errors import SettingsInvalid, TableInvalid

AGES = (0, 15, 25, 45, 65)
LIFE = ("birth_year", "died_on")
PERSON_KEYS = ("person_id", "person_token")
CONTRIBUTORS = "contributors"


@dataclass(frozen=True)
class Counted:
    """Counts by year (or day) and codes; how many could not be counted, by year (or day): of stocks persons whose
    residence is not decidable, of flows crossings, of stays and absences those whose beginning nobody recorded.
    """

    measure: Measure
    table: pl.DataFrame
    not_decided: dict[str, int]
    not_complete: tuple[str, ...] = ()  # years of which the rule has not decided every crossing yet
    no_total_over: tuple[str, ...] = ()  # a person stands in the stock of every day


def count_records(
    register: pl.LazyFrame,
    measure: str,
    by: Sequence[str],
    *,
    persons: pl.LazyFrame | None = None,
    days: Sequence[date] = (),
    ages: Sequence[int] = AGES,
    where: Mapping[str, str] | None = None,
    observed: Observed | None = None,
) -> Counted:
    """Counts of one measure: `year`, the columns of `by`, and a column named for what is counted.

    `persons` (one row per person) gives columns that the register does not have. With `days`, those who are resident
    (stock), here (stays) or away (absences) on each, by `day` instead of `year`; a stock without them stands at the ends
    of the years observed at which residents can be decided. `age_group` is made from `birth_year` and `ages`, the first
    years of the groups; `where` keeps the rows with these codes. Refused: a measure that the table does not hold
    (TableInvalid), a column that is nowhere, a day that was not observed (SettingsInvalid).
    """
    chosen = MEASURES[measure]
    _require(register, chosen)
    _require_observed(register, chosen, days, observed)
    always = (DAY,) if days else chosen.always_by
    wanted = [name for name in dict.fromkeys(by) if name not in (*always, YEAR)]
    _require_codes(register, persons, [*wanted, *(where or {})])
    rows, open_ = rows_to_count(register, chosen, days, observed)
    rows, open_ = (_choose(each, wanted, where or {}, persons) for each in (rows, open_))
    if measure == "stock":
        rows = _living(rows, persons)
    if AGE_GROUP in wanted:
        rows = rows.with_columns(_age_group(ages).alias(AGE_GROUP))
    keys = [*always, *wanted]
    counted = (
        rows.group_by(pl.col(key).cast(pl.String).fill_null(NOT_KNOWN) for key in keys)
        .agg(pl.len().cast(pl.Int64).alias(chosen.count), *_contributors(rows, chosen))
        .sort(keys)
        .collect(engine="streaming")
    )
    open_by = open_.group_by(pl.col(always[0]).cast(pl.String)).len().sort(always[0]).collect()
    is_stock = chosen.name == "stock" or bool(days)
    told = () if not observed or days or chosen.concept != "outcome" else _not_complete(observed)
    not_complete = tuple(year for year in told if chosen.name != "stock" or year in set(counted[YEAR]))
    return Counted(chosen, counted, dict(open_by.iter_rows()), not_complete, always if is_stock else ())


def _contributors(rows: pl.LazyFrame, measure: Measure) -> list[pl.Expr]:
    """Different persons behind a count of acts, for `protect`: ten crossings may be those of one person.

    Records that are not linked know a person by the token of the document only.
    """
    held = rows.collect_schema().names()
    known = [name for name in PERSON_KEYS if name in held]
    if measure.count == "persons" or not known:
        return []
    # Acts without a token count as those of one more person: they may be.
    return [pl.col(known[0]).n_unique().cast(pl.Int64).alias(CONTRIBUTORS)]


def _not_complete(observed: Observed) -> tuple[str, ...]:
    """Years with crossings that the rule may still decide: it looks so many days ahead."""
    last = observed.last - timedelta(days=observed.latest)
    years = range(observed.first.year, observed.last.year + 1)
    return tuple(str(year) for year in years if date(year, 12, 31) > last)


def _require_codes(register: pl.LazyFrame, persons: pl.LazyFrame | None, names: Sequence[str]) -> None:
    """Refuse to count by what stands for one person or one moment: that is a list, and no statistic."""
    kinds = dict(persons.collect_schema()) if persons is not None else {}
    kinds |= dict(register.collect_schema())
    wrong = [
        name
        for name in names
        if name in (*PERSON_KEYS, "record_id")
        or (name in kinds and (kinds[name].is_temporal() or kinds[name].is_float()))
    ]
    if wrong:
        raise SettingsInvalid(
            "Counts by these columns would be a list of persons or moments: {columns}.",
            expected="columns with codes, as sex, citizenship or port; age_group and duration are made here",
            do="Correct --by.",
            columns=", ".join(wrong),
        )


def _choose(
    rows: pl.LazyFrame, by: Sequence[str], where: Mapping[str, str], persons: pl.LazyFrame | None
) -> pl.LazyFrame:
    """Rows with the columns that they are counted by, and only those with the codes asked for."""
    rows = _with_columns_of_persons(rows, [*_needed(by), *where], persons)
    for name, code in where.items():
        rows = rows.filter(pl.col(name).cast(pl.String) == code)
    return rows


def _require_observed(
    register: pl.LazyFrame, measure: Measure, days: Sequence[date], observed: Observed | None
) -> None:
    """Refuse days of which the crossings do not tell."""
    if not days:
        return
    if measure.name not in ("stock", "stays", "absences"):
        raise SettingsInvalid(
            "The measure {measure} has no day: it is counted over a year.",
            expected="--on with stock, stays or absences",
            do="Leave out --on.",
            measure=measure.name,
        )
    known = observed or days_seen(register, measure)
    wrong = [day.isoformat() for day in days if not known.first <= day <= known.last]
    if wrong:
        raise SettingsInvalid(
            "These days were not observed: {days}.",
            expected="days from {first} to {last}",
            do="Correct --on.",
            days=", ".join(wrong),
            first=known.first.isoformat(),
            last=known.last.isoformat(),
        )


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
    lacking = [name for name in dict.fromkeys(needed) if name not in own]
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
        rows = rows.filter((pl.col("died_on") > pl.col(DAY)).fill_null(True))
    return rows


def _age_group(ages: Sequence[int]) -> pl.Expr:
    """The group of the age reached in the year, as 15-24 or 65+."""
    age = pl.col(YEAR).cast(pl.Int32) - pl.col("birth_year")
    group: pl.Expr = pl.when((age >= 0) & (age < ages[0])).then(pl.lit(f"under_{ages[0]}"))
    for first, following in pairwise([*ages, None]):
        name = f"{first}+" if following is None else f"{first}-{following - 1}"
        group = pl.when(age >= first).then(pl.lit(name)).otherwise(group)
    return group

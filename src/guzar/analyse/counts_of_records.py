"""Records under pseudonyms → unprotected counts: stocks, flows, movements, stays, absences, crossings and other acts.

What is counted names its column and its unit, so that persons, crossings, registrations and permits cannot be added.
Outcome (what crossings show people did) and declared (what registrations and permits say) are never in one table.
Counts made here have not passed the room `protect`: they may not leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from guzar.analyse.countable import (
    PERSON_KEYS,
    require_codes,
    require_concept,
    require_groups,
    require_observed,
    require_table,
)
from guzar.analyse.durations import count_at_least
from guzar.analyse.measures import (
    AGE_GROUP,
    DAY,
    DURATION,
    MEASURES,
    NOT_KNOWN,
    YEAR,
    Measure,
    Observed,
    rows_to_count,
)
from guzar.analyse.movements import POPULATION_GROUP, group_population
from guzar.analyse.patterns_of_absence import LENGTH_UNKNOWN
from guzar.define.migration_concepts import name_residence_rule
from guzar.errors import SettingsInvalid

AGES = (0, 15, 25, 45, 65)
LIFE = ("birth_year", "died_on")
CONTRIBUTORS = "contributors"
CONCEPT, RULE = "migration_concept", "residence_rule"


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
    migration_concept: str | None = None  # of movements: un_1998 or un_2021
    residence_rule: str | None = None  # by which residence was decided, where the table says so
    persons_of_unknown_length: int = 0  # of circular: with an absence that may put them into a higher class

    @property
    def constants(self) -> tuple[str, ...]:
        """Columns that say of the whole table under which concept and rule it was made: no dimensions."""
        return tuple(name for name in (CONCEPT, RULE) if name in self.table.columns)

    def at_least(self) -> dict[str, dict[str, int]]:
        """Of stays or absences on days, by `duration`: all, and those of at least 3, 6 and 12 months, by day."""
        if not {DAY, DURATION} <= set(self.table.columns):
            return {}
        return count_at_least(self.table, self.measure.count)


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
    concept: str | None = None,
    own: str | None = None,
) -> Counted:
    """Counts of one measure: `year`, the columns of `by`, and a column named for what is counted.

    `persons` (one row per person) gives columns that the register does not have. With `days`, those who are resident
    (stock), here (stays) or away (absences) on each, by `day` instead of `year`; a stock without them stands at the ends
    of the years observed at which residents can be decided. `age_group` is made from `birth_year` and `ages`, the first
    years of the groups; `where` keeps the rows with these codes. Movements need a `concept` and a table that says by which
    rule residence was decided; `own`, the citizenship of the country, makes `population_group`. Refused: a measure that
    the table does not hold (TableInvalid), a column that is nowhere, a day that was not observed (SettingsInvalid), a
    concept that the rule does not fit (MethodNotApplicable).
    """
    chosen, rule = MEASURES[measure], _rule_of(observed)
    require_table(register, chosen)
    require_observed(register, chosen, days, observed)
    always = (DAY,) if days else chosen.always_by
    wanted = [name for name in dict.fromkeys(by) if name not in (*always, YEAR)]
    require_concept(chosen, concept, rule)
    require_groups(wanted, concept, own)
    require_codes(register, persons, [*wanted, *(where or {})])
    rows, open_ = rows_to_count(register, chosen, days, observed, concept)
    rows, open_ = (_choose(each, wanted, where or {}, persons) for each in (rows, open_))
    if measure == "stock":
        rows = _living(rows, persons)
    counted = _count(rows, chosen, [*always, *wanted], ages, own)
    open_by = open_.group_by(pl.col(always[0]).cast(pl.String)).len().sort(always[0]).collect()
    is_stock = chosen.name == "stock" or bool(days)
    told = () if not observed or days or chosen.concept != "outcome" else _not_complete(observed)
    return Counted(
        chosen,
        _with_constants(counted, concept, rule),
        dict(open_by.iter_rows()),
        tuple(year for year in told if chosen.name != "stock" or year in set(counted[YEAR])),
        always if is_stock else (),
        concept,
        name_residence_rule(*rule) if rule else None,
        _of_unknown_length(rows),
    )


def _count(
    rows: pl.LazyFrame, measure: Measure, keys: Sequence[str], ages: Sequence[int], own: str | None
) -> pl.DataFrame:
    """The rows by their codes, with the groups that are made here; who has no code is `unknown`."""
    if AGE_GROUP in keys:
        rows = rows.with_columns(_age_group(ages).alias(AGE_GROUP))
    if POPULATION_GROUP in keys:
        rows = rows.with_columns(group_population(str(own)).alias(POPULATION_GROUP))
    return (
        rows.group_by(pl.col(key).cast(pl.String).fill_null(NOT_KNOWN) for key in keys)
        .agg(pl.len().cast(pl.Int64).alias(measure.count), *_contributors(rows, measure))
        .sort(keys)
        .collect(engine="streaming")
    )


def _with_constants(table: pl.DataFrame, concept: str | None, rule: tuple[int, int] | None) -> pl.DataFrame:
    """Under which concept and by which rule, in columns of their own: a class means nothing without its concept.

    `guzar protect` takes the columns that are declared, and leaves these out; the release says both in words.
    """
    if concept is None or rule is None:
        return table
    return table.with_columns(pl.lit(concept).alias(CONCEPT), pl.lit(name_residence_rule(*rule)).alias(RULE))


def _rule_of(observed: Observed | None) -> tuple[int, int] | None:
    """V and W days, from what is known of when a change of residence can be decided."""
    return (observed.latest - observed.earliest, observed.latest) if observed and observed.latest else None


def _of_unknown_length(rows: pl.LazyFrame) -> int:
    if LENGTH_UNKNOWN not in rows.collect_schema().names():
        return 0
    return int(rows.select(pl.col(LENGTH_UNKNOWN).sum()).collect().item())


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


def _choose(
    rows: pl.LazyFrame, by: Sequence[str], where: Mapping[str, str], persons: pl.LazyFrame | None
) -> pl.LazyFrame:
    """Rows with the columns that they are counted by, and only those with the codes asked for."""
    rows = _with_columns_of_persons(rows, [*_needed(by), *where], persons)
    for name, code in where.items():
        rows = rows.filter(pl.col(name).cast(pl.String) == code)
    return rows


def _needed(by: Sequence[str]) -> list[str]:
    made = {AGE_GROUP: "birth_year", POPULATION_GROUP: "citizenship"}
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

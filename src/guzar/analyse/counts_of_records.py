"""Records under pseudonyms → unprotected counts: stocks, flows, movements, stays, absences, crossings and other acts.

What is counted names its column and its unit, so that persons, crossings, registrations and permits cannot be added.
Outcome (what crossings show people did) and declared (what registrations and permits say) are never in one table.
Counts made here have not passed the room `protect`: they may not leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

import polars as pl

from guzar.analyse.completeness import (
    BIRTH_YEAR,
    DIED_ON,
    Life,
    living,
    mark_alive,
    not_decided_yet,
    require_decidable,
    share_in_percent,
    tell_life,
)
from guzar.analyse.countable import require_concept, require_groups, require_observed, require_table
from guzar.analyse.durations import count_at_least
from guzar.analyse.identifying_columns import PERSON_KEYS, require_codes, require_known_codes
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
from guzar.analyse.movements import POPULATION_GROUP, count_not_decided, group_population
from guzar.analyse.own_citizens import CITIZENSHIP, IS_OWN, OwnCitizens, how_known, mark_own_citizens
from guzar.analyse.patterns_of_absence import LENGTH_UNKNOWN
from guzar.define.migration_concepts import name_residence_rule
from guzar.errors import SettingsInvalid

AGES = (0, 15, 25, 45, 65)
CONTRIBUTORS = "contributors"
CONCEPT, RULE = "migration_concept", "residence_rule"


@dataclass(frozen=True)
class Counted:
    """Counts by year (or day) and codes; how many could not be counted, by year (or day): of stocks persons whose
    residence is not decidable, of flows crossings, of stays and absences those whose beginning nobody recorded, of returns
    absences whose end nobody recorded. Movements that are not decided are counted, in a class of their own.
    """

    measure: Measure
    table: pl.DataFrame
    not_decided: dict[str, int]
    not_complete: tuple[str, ...] = ()  # years or days of which the rule has not decided every crossing yet
    no_total_over: tuple[str, ...] = ()  # a person stands in the stock of every day
    migration_concept: str | None = None  # of movements: un_1998 or un_2021
    residence_rule: str | None = None  # by which residence was decided, where the table says so
    persons_of_unknown_length: int = 0  # of circular: with an absence that may put them into a higher class
    by_assumption: tuple[str, ...] = ()  # years or days that rest on «everybody stays where they went»
    days: tuple[str, ...] = ()  # that were asked for
    not_decidable_percent: Mapping[str, int] = field(
        default_factory=dict
    )  # of a stock: of all who may be residents
    life: Life | None = None  # of a stock: what is known of births and deaths
    readings: str = ""  # of edge cases by which residence was decided, where they are not the usual ones
    own_citizens_by: str | None = None  # how own citizens are known, where they were asked for

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
    own: OwnCitizens | None = None,
) -> Counted:
    """Counts of one measure: `year`, the columns of `by`, and a column named for what is counted.

    `persons` (one row per person) gives columns that the register does not have. With `days`, those who are resident
    (stock), here (stays) or away (absences) on each, by `day` instead of `year`; a stock without them stands at the ends
    of the years observed at which residents can be decided. `age_group` is made from `birth_year` and `ages`, the first
    years of the groups; `where` keeps the rows with these codes. Movements need a `concept` and a table that says by which
    rule residence was decided; `own` citizens make `population_group`, or are the only ones counted. Refused: a measure
    that the table does not hold (TableInvalid), a column or a code that is nowhere, a column that tells one person, a day
    that was not observed (SettingsInvalid), a concept that the rule does not fit, a day on which too many persons are not
    decidable (MethodNotApplicable).
    """
    chosen, rule = MEASURES[measure], _rule_of(observed)
    require_table(register, chosen)
    require_observed(register, chosen, days, observed)
    always = (DAY,) if days else chosen.always_by
    wanted = [name for name in dict.fromkeys(by) if name not in (*always, YEAR)]
    require_concept(chosen, concept, rule)
    require_groups(wanted, concept, own.code if own else None)
    tables = _Tables(register, persons, where or {})
    require_codes(register, persons, [*wanted, *tables.where])
    require_known_codes(register, persons, tables.where)
    known_by = how_known(register, persons, all_are=own.are_all) if own and _asks(own, wanted) else None
    made = rows_to_count(register, chosen, days, observed, concept)
    require_known_codes(made[0], None, tables.of_made_columns())
    rows, open_ = (_choose(_of_own(each, tables, own, known_by), wanted, tables) for each in made)
    rows, open_, life = _alive(rows, open_, persons, always[0]) if measure == "stock" else (rows, open_, None)
    counted = _count(rows, chosen, [*always, *wanted], ages)
    told = Counted(
        chosen,
        _with_constants(counted, concept, rule),
        dict(open_.group_by(pl.col(always[0]).cast(pl.String)).len().sort(always[0]).collect().iter_rows()),
        days=tuple(day.isoformat() for day in dict.fromkeys(days)),
        migration_concept=concept,
        residence_rule=name_residence_rule(*rule) if rule else None,
        persons_of_unknown_length=_of_unknown_length(rows),
        life=life,
        readings=observed.readings if observed else "",
        own_citizens_by=known_by,
    )
    return _with_limits(told, observed, days, always[0])


@dataclass(frozen=True)
class _Tables:
    """What is counted from: the register, persons, and the codes that rows must have."""

    register: pl.LazyFrame
    persons: pl.LazyFrame | None
    where: Mapping[str, str]

    def of_made_columns(self) -> dict[str, str]:
        """The codes asked for of columns that stand in no table, and are made for the count."""
        known = self.register.collect_schema().names()
        if self.persons is not None:
            known = [*known, *self.persons.collect_schema().names()]
        return {name: code for name, code in self.where.items() if name not in known}


def _asks(own: OwnCitizens, by: Sequence[str]) -> bool:
    return own.alone or POPULATION_GROUP in by


def _of_own(
    rows: pl.LazyFrame, tables: _Tables, own: OwnCitizens | None, known_by: str | None
) -> pl.LazyFrame:
    """Rows marked as those of own citizens, where they were asked for; of these alone in the view of the origin."""
    if own is None or known_by is None:
        return rows
    marked = mark_own_citizens(rows, tables.register, tables.persons, own.code, known_by)
    return marked.filter(IS_OWN) if own.alone else marked


def _alive(
    rows: pl.LazyFrame, open_: pl.LazyFrame, persons: pl.LazyFrame | None, when: str
) -> tuple[pl.LazyFrame, pl.LazyFrame, Life]:
    """Residents, and who may be one, without those who are not born or dead; and what is known of both."""
    residents, others = (mark_alive(_with_life(each, persons)) for each in (rows, open_))
    return living(residents), living(others), tell_life(residents, when)


def _with_life(rows: pl.LazyFrame, persons: pl.LazyFrame | None) -> pl.LazyFrame:
    """With the year of birth and the day of death, as far as a table tells them."""
    known = [
        *(persons.collect_schema().names() if persons is not None else []),
        *rows.collect_schema().names(),
    ]
    return _with_columns_of_persons(rows, [name for name in (BIRTH_YEAR, DIED_ON) if name in known], persons)


def _with_limits(told: Counted, observed: Observed | None, days: Sequence[date], when: str) -> Counted:
    """With years or days that are not complete, or rest on an assumption, and what is not decidable of a stock."""
    is_stock, table, open_ = told.measure.name == "stock", told.table, told.not_decided
    late: tuple[str, ...] = ()
    if observed and told.measure.concept == "outcome" and (is_stock or not days):
        shown = {*table[when], *told.days}
        late = tuple(one for one in not_decided_yet(observed, days) if not is_stock or one in shown)
    counted = dict(table.group_by(when).agg(pl.col(told.measure.count).sum()).iter_rows()) if is_stock else {}
    if is_stock and days:
        require_decidable(counted, open_, observed)
    goes_on = observed is not None and observed.goes_on
    return replace(
        told,
        not_decided=count_not_decided(table) if told.measure.name == "movements" else open_,
        not_complete=() if goes_on else late,
        by_assumption=late if goes_on else (),
        # One number alone is told with its day; nothing is added over it.
        no_total_over=(when,) if (is_stock or days) and table.height != 1 else (),
        not_decidable_percent=share_in_percent(counted, open_) if is_stock else {},
    )


def _count(rows: pl.LazyFrame, measure: Measure, keys: Sequence[str], ages: Sequence[int]) -> pl.DataFrame:
    """The rows by their codes, with the groups that are made here; who has no code is `unknown`."""
    if AGE_GROUP in keys:
        rows = rows.with_columns(_age_group(ages).alias(AGE_GROUP))
    if POPULATION_GROUP in keys:
        rows = rows.with_columns(group_population().alias(POPULATION_GROUP))
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


def _choose(rows: pl.LazyFrame, by: Sequence[str], tables: _Tables) -> pl.LazyFrame:
    """Rows with the columns that they are counted by, and only those with the codes asked for."""
    rows = _with_columns_of_persons(rows, [*_needed(by), *tables.where], tables.persons)
    for name, code in tables.where.items():
        rows = rows.filter(pl.col(name).cast(pl.String) == code)
    return rows


def _needed(by: Sequence[str]) -> list[str]:
    made = {AGE_GROUP: "birth_year", POPULATION_GROUP: CITIZENSHIP}
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


def _age_group(ages: Sequence[int]) -> pl.Expr:
    """The group of the age reached in the year, as 15-24 or 65+."""
    age = pl.col(YEAR).cast(pl.Int32) - pl.col("birth_year")
    group: pl.Expr = pl.when((age >= 0) & (age < ages[0])).then(pl.lit(f"under_{ages[0]}"))
    for first, following in pairwise([*ages, None]):
        name = f"{first}+" if following is None else f"{first}-{following - 1}"
        group = pl.when(age >= first).then(pl.lit(name)).otherwise(group)
    return group

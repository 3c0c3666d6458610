"""Every crossing of a residence table → one class of movement under a concept that is named: migration or not.

Away from the side on which somebody lives goes a movement; back goes a return. Whether residence changed is what the
table decided, by its rule; how long a movement without such a change lasted is the time to the next crossing. Nothing
is guessed: what the rule has not decided, and what ended on a day that nobody recorded, are classes of their own.

Concepts and their sources: `guzar.define.migration_concepts`; words in docs/methods/residence.md.
"""

import polars as pl

from guzar.analyse.durations import DURATIONS, LONGEST, THREE_MONTHS, days_between
from guzar.analyse.own_citizens import CITIZENSHIP, IS_OWN
from guzar.analyse.rows_of_persons import PERSON_KEY, require_in_order
from guzar.define.migration_concepts import UN_1998

MOVEMENT, POPULATION_GROUP = "movement", "population_group"
LONG_TERM, SHORT_TERM, SHORT_TERM_AT_MOST, VISIT = (
    "long_term_migration",
    "short_term_migration",
    "short_term_migration_at_most",
    "visit",
)
MIGRATION, TEMPORARY = "migration", "temporary_mobility"
RETURN, NOT_DECIDED, END_NOT_RECORDED = "return", "not_decided", "end_not_recorded"

# Purposes for which the recommendations of 1998 call no stay below twelve months a migration: holidays, visits, business
# and passing through. Treatment and pilgrimage stand under `other` in the records, so `other` is not known.
NO_MIGRATION = ("visit", "trade", "transit")
MAY_BE_MIGRATION = ("work", "study", "family", "residence")

NO_GROUP, CITIZENSHIP_UNKNOWN = "not_applicable", "citizenship_unknown"


def class_movements(register: pl.LazyFrame, concept: str) -> pl.LazyFrame:
    """The crossings inside the days observed, each with its `movement` under the concept (un_1998, un_2021).

    `register` is what `guzar residence` wrote, by a rule that fits the concept. Raises TableInvalid where its rows do
    not stand in the order of persons and time.
    """
    inside = register.filter("in_window")
    require_in_order(inside)
    person, crossed, direction = pl.col(PERSON_KEY), pl.col("crossing_date"), pl.col("direction")
    follows = person == person.shift(-1)
    told = inside.with_columns(
        direction.cast(pl.String),
        next_direction=pl.when(follows).then(direction.cast(pl.String).shift(-1)),
        days_until_next=pl.when(follows).then(days_between(crossed, crossed.shift(-1))),
    )
    kinds = _kinds_of_1998(register) if concept == UN_1998 else _kinds_of_2021()
    migration = LONG_TERM if concept == UN_1998 else MIGRATION
    return told.with_columns(_class_of(migration, kinds).alias(MOVEMENT))


def count_not_decided(table: pl.DataFrame) -> dict[str, int]:
    """Of counted movements those in the class that is not decided, by year."""
    of_class = table.filter(pl.col(MOVEMENT) == NOT_DECIDED)
    return dict(of_class.group_by("year").agg(pl.col("movements").sum()).sort("year").iter_rows())


def _class_of(migration: str, without_change: pl.Expr) -> pl.Expr:
    """The class of a crossing; of those that changed no residence and ended on a known day, by their length."""
    away = (pl.col("direction") == "entry") == (pl.col("residence_before") == "non_resident")
    return (
        pl.when(pl.col("is_migration"))
        .then(pl.lit(migration))
        .when(away.is_null())
        .then(pl.lit(NOT_DECIDED))
        .when(~away)
        .then(pl.lit(RETURN))
        .when(pl.col("is_migration").is_null() | pl.col("next_direction").is_null())
        .then(pl.lit(NOT_DECIDED))
        .when(pl.col("next_direction") == pl.col("direction"))
        .then(pl.lit(END_NOT_RECORDED))
        .otherwise(without_change)
    )


def _kinds_of_1998(register: pl.LazyFrame) -> pl.Expr:
    """Visits and short-term migration; where no purpose is known, the second is an upper bound and is called so."""
    has_purpose = "purpose" in register.collect_schema().names()
    purpose = pl.col("purpose").cast(pl.String) if has_purpose else pl.lit(None, pl.String)
    return (
        pl.when((pl.col("days_until_next") < THREE_MONTHS) | purpose.is_in(NO_MIGRATION).fill_null(False))
        .then(pl.lit(VISIT))
        .when(purpose.is_in(MAY_BE_MIGRATION))
        .then(pl.lit(SHORT_TERM))
        .otherwise(pl.lit(SHORT_TERM_AT_MOST))
    )


def _kinds_of_2021() -> pl.Expr:
    kind = pl.lit(f"{TEMPORARY}_{LONGEST}")  # only where the threshold of the rule is above 365 days
    for most, name in reversed(DURATIONS):
        kind = pl.when(pl.col("days_until_next") < most).then(pl.lit(f"{TEMPORARY}_{name}")).otherwise(kind)
    return kind


def group_population() -> pl.Expr:
    """The group of the framework of 2021 to which a movement belongs, from its direction and whose it is.

    Rows are marked by `mark_own_citizens`; of others, who has no `citizenship` is in the group of the unknown.
    """
    is_own = pl.when(IS_OWN).then(pl.lit(True)).when(pl.col(CITIZENSHIP).is_not_null()).then(pl.lit(False))
    who = pl.when(is_own).then(pl.lit("nationals")).otherwise(pl.lit("foreign_citizens"))
    is_entry, movement = pl.col("direction") == "entry", pl.col(MOVEMENT)
    moved = pl.when(is_entry).then(pl.lit("immigrating_")).otherwise(pl.lit("emigrating_"))
    came = pl.when(is_entry).then(pl.lit("temporarily_present_")).otherwise(pl.lit("temporarily_absent_"))
    return (
        pl.when((movement != MIGRATION) & ~movement.str.starts_with(TEMPORARY))
        .then(pl.lit(NO_GROUP))
        .when(is_own.is_null())
        .then(pl.lit(CITIZENSHIP_UNKNOWN))
        .when(movement == MIGRATION)
        .then(pl.concat_str(moved, who))
        .otherwise(pl.concat_str(came, who))
    )

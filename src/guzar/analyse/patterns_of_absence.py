"""Absences → one row per person: how many of three to twelve months, and in which pattern they repeat. Aggregated only.

The numbers that make a pattern stand here, each with its reason in docs/methods/residence.md. They describe absences
between two recorded crossings; what began or ended on a day that nobody recorded makes no pattern, and how many persons
have such an absence is counted beside.
"""

from dataclasses import dataclass

import polars as pl

from guzar.analyse.durations import THREE_MONTHS, TWELVE_MONTHS, days_between
from guzar.analyse.rows_of_persons import PERSON_KEY

NUMBER, PATTERN, LENGTH_UNKNOWN = "absences_of_3_to_12_months", "pattern", "has_absence_of_unknown_length"
SEASONAL, CIRCULAR, REPEATED, COMMUTING, SINGLE, OTHER = (
    "seasonal",
    "circular",
    "repeated",
    "commuting",
    "single",
    "other",
)
NUMBERS = {0: "none", 1: "one", 2: "two"}
MANY = "three_or_more"


@dataclass(frozen=True)
class PatternRules:
    """Days and numbers that make a pattern."""

    shortest: int = THREE_MONTHS  # from here on an absence is no visit
    longest: int = TWELVE_MONTHS  # from here on it is a year, and a question of migration
    year: int = 365
    tolerance: int = 60  # days around the same time of the next year: one season
    home: int = THREE_MONTHS  # days at home in one piece, between two absences of a circle
    between_seasons: int = 60  # days at home in one piece, between two seasons: more than a long leave
    short_absences: int = 12  # in one calendar year: once a month


RULES = PatternRules()


def find_patterns(absences: pl.LazyFrame, rules: PatternRules = RULES) -> pl.LazyFrame:
    """One row per person with an absence: the number of those of 3 to 12 months, the pattern, whether one has no length, and
    the last year observed.

    `absences` is what `guzar stays --view origin` wrote.
    """
    by_time = absences.with_columns(pl.coalesce("left_on", "returned_on").alias("seen_on")).sort(
        PERSON_KEY, "seen_on", maintain_order=True
    )
    last = pl.max_horizontal(pl.col("left_on").max(), pl.col("returned_on").max())
    days = days_between(pl.col("left_on"), pl.col("returned_on"))
    is_open = pl.col("returned_on").is_null() & (pl.col("return_known_by").cast(pl.String) == "not_seen")
    at_home = days_between(pl.col("returned_on").shift(1).over(PERSON_KEY), pl.col("left_on"))
    told = by_time.with_columns(
        is_long=((days >= rules.shortest) & (days < rules.longest)).fill_null(False),
        is_short=(days < rules.shortest).fill_null(False),
        is_unknown=days.is_null() & ~(is_open & (days_between(pl.col("left_on"), last) >= rules.longest)),
        homes=_number_so_far(at_home >= rules.home),
        winters=_number_so_far(at_home >= rules.between_seasons),
    )
    counted = told.group_by(PERSON_KEY).agg(
        pl.col("is_long").sum().alias("long"),
        (pl.col("homes").filter("is_long").n_unique() > 1).alias("is_circular"),
        pl.col("is_unknown").any().fill_null(True).alias(LENGTH_UNKNOWN),
    )
    return (
        counted.join(_seasonal(told, rules), on=PERSON_KEY, how="left")
        .join(_most_short(told), on=PERSON_KEY, how="left")
        .select(
            PERSON_KEY,
            pl.col("long").replace_strict(NUMBERS, default=MANY, return_dtype=pl.String).alias(NUMBER),
            _pattern(rules).alias(PATTERN),
            LENGTH_UNKNOWN,
        )
        .join(absences.select(year=last.dt.year()), how="cross")
    )


def _number_so_far(is_so: pl.Expr) -> pl.Expr:
    """How often it was so in the life of a person until this absence; two absences with one number had none between."""
    return is_so.fill_null(False).cast(pl.Int32).cum_sum().over(PERSON_KEY)


def _pattern(rules: PatternRules) -> pl.Expr:
    """The first pattern that fits: nobody stands in two."""
    return (
        pl.when(pl.col("is_seasonal").fill_null(False))
        .then(pl.lit(SEASONAL))
        .when("is_circular")
        .then(pl.lit(CIRCULAR))
        .when(pl.col("long") > 1)
        .then(pl.lit(REPEATED))
        .when(pl.col("most_short").fill_null(0) >= rules.short_absences)
        .then(pl.lit(COMMUTING))
        .when(pl.col("long") == 1)
        .then(pl.lit(SINGLE))
        .otherwise(pl.lit(OTHER))
    )


def _seasonal(told: pl.LazyFrame, rules: PatternRules) -> pl.LazyFrame:
    """Persons with an absence of 3 to 12 months that begins a year after another, within the tolerance, with a stay at home
    between. The last absence that begins in time is the one to look at: stays at home only add up.
    """
    began = told.filter("is_long").select(PERSON_KEY, "winters", at=pl.col("left_on"))
    latest = rules.year + rules.tolerance
    due = began.with_columns(pl.col("at").dt.offset_by(f"{latest}d")).sort("at")
    met = due.join_asof(
        began.sort("at"),
        on="at",
        by=PERSON_KEY,
        tolerance=f"{2 * rules.tolerance}d",
        suffix="_next",
        check_sortedness=False,  # sorted above; it cannot be checked by person
    )
    is_seasonal = (pl.col("winters_next") > pl.col("winters")).fill_null(False).any()
    return met.group_by(PERSON_KEY).agg(is_seasonal.alias("is_seasonal"))


def _most_short(told: pl.LazyFrame) -> pl.LazyFrame:
    """The most absences under three months that a person began in one calendar year."""
    by_year = told.filter("is_short").group_by(PERSON_KEY, pl.col("left_on").dt.year().alias("year"))
    return by_year.agg(pl.len().alias("short")).group_by(PERSON_KEY).agg(most_short=pl.col("short").max())

"""What can be estimated from the answers of a household survey: totals of persons, shares and means.

Each is a total, or a ratio of two totals, of amounts that every answer has. What is counted are households' words about
their members: of a household whose members are all abroad nobody tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

AGE_GROUP, DURATION, NOT_KNOWN = "age_group", "duration", "unknown"
DURATIONS = ((3, "under_3_months"), (6, "3_to_6_months"), (12, "6_to_12_months"))
LONGEST, NOT_ABSENT = "12_months_or_more", "not_absent"
ABSENT = pl.col("is_absent")


@dataclass(frozen=True)
class SurveyMeasure:
    """What is estimated: the amount of each answer, for a ratio its base, the column and the unit of the result."""

    name: str
    column: str
    needs: tuple[str, ...]
    amount: pl.Expr
    base: pl.Expr | None = None
    is_share: bool = False  # of a hundred
    is_of_all: bool = False  # the base is everybody, not only the cell
    complement: pl.Expr | None = (
        None  # the other persons of the cell: what is left of `persons` tells of them
    )

    @property
    def is_total(self) -> bool:
        """Whether persons are counted, so that the result is a count for `protect`."""
        return self.base is None

    @property
    def adds_up(self) -> bool:
        """Whether the cells of a table sum to something that is known: persons, or a hundred per cent."""
        return self.is_total or self.is_of_all


SURVEY_MEASURES = {
    each.name: each
    for each in (
        SurveyMeasure("persons", "persons", (), pl.lit(1)),
        SurveyMeasure("present", "persons", ("is_absent",), ~ABSENT, complement=ABSENT),
        SurveyMeasure("absent", "persons", ("is_absent",), ABSENT, complement=~ABSENT),
        SurveyMeasure("share", "percent", (), pl.lit(1), pl.lit(1), is_share=True, is_of_all=True),
        SurveyMeasure("absent_share", "percent", ("is_absent",), ABSENT, pl.lit(1), is_share=True),
        SurveyMeasure("mean_age", "years", ("age",), pl.col("age"), pl.col("age").is_not_null()),
        SurveyMeasure(
            "mean_months_absent",
            "months",
            ("is_absent", "months_absent"),
            pl.when(ABSENT).then("months_absent"),
            ABSENT & pl.col("months_absent").is_not_null(),
        ),
    )
}


def with_groups(answers: pl.DataFrame, by: Sequence[str], ages: Sequence[int]) -> pl.DataFrame:
    """Answers with the columns that are made here where they are asked for: `age_group`, and `duration` of absence."""
    if AGE_GROUP in by and "age" in answers.columns:
        answers = answers.with_columns(_age_group(ages).alias(AGE_GROUP))
    if DURATION in by and {"is_absent", "months_absent"} <= set(answers.columns):
        answers = answers.with_columns(_duration().alias(DURATION))
    return answers


def _age_group(ages: Sequence[int]) -> pl.Expr:
    """The group of completed years, as 15-24 or 65+."""
    age = pl.col("age")
    group: pl.Expr = pl.when(age < ages[0]).then(pl.lit(f"under_{ages[0]}")).otherwise(pl.lit(NOT_KNOWN))
    for first, following in pairwise([*ages, None]):
        name = f"{first}+" if following is None else f"{first}-{following - 1}"
        group = pl.when(age >= first).then(pl.lit(name)).otherwise(group)
    return group


def _duration() -> pl.Expr:
    """The group of completed months abroad so far."""
    group: pl.Expr = pl.lit(LONGEST)
    for most, name in reversed(DURATIONS):
        group = pl.when(pl.col("months_absent") < most).then(pl.lit(name)).otherwise(group)
    known = pl.when(pl.col("months_absent").is_null()).then(pl.lit(NOT_KNOWN)).otherwise(group)
    return pl.when(ABSENT).then(known).otherwise(pl.lit(NOT_ABSENT))

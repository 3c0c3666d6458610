"""What answers of a survey must hold before anything is estimated from them; refused with one message each."""

from collections.abc import Sequence

import polars as pl

from guzar.analyse.survey_measures import AGE_GROUP, DURATION
from guzar.errors import SettingsInvalid, TableInvalid

WEIGHT, DAY, RECORD = "survey_weight", "interview_date", "record_id"
DESIGN = (WEIGHT, "stratum", "cluster")
LARGEST_WEIGHT = 1e9  # persons; no answer stands for more
OF_ONE = ("record_id", "household_id", "cluster", "person_id", "person_token")


def require_columns(answers: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse a table without what is asked for."""
    missing = [name for name in dict.fromkeys(names) if name not in answers.columns]
    if missing:
        raise TableInvalid(
            "The survey has no column for what is asked: {columns}.",
            expected="the answers of a survey as guzar collect survey keeps them: weight, stratum and cluster, and what is "
            "measured",
            do="Give the table survey_answers.parquet of the workspace, or name the columns as it does.",
            columns=", ".join(missing),
        )


def require_whole(rows: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse answers that no estimate can use: they would fall out of it without a word."""
    weight = pl.col(WEIGHT).cast(pl.Float64)
    is_wrong = pl.any_horizontal(_is_empty(name) for name in names) | ~weight.is_finite() | (weight < 0)
    wrong = rows.select(is_wrong.fill_null(True).sum()).item()
    if wrong or not rows[WEIGHT].sum():
        raise TableInvalid(
            "Answers without a weight, a stratum or a cluster cannot be used: {count}.",
            where="columns: {columns}",
            expected="in each row a weight that is not below zero, a stratum and a cluster; some weight above zero",
            do="Complete the rows, or ask the statistical office for the design of the sample.",
            count=wrong,
            columns=", ".join(names),
        )
    _require_weights_of_persons(rows)


def _is_empty(name: str) -> pl.Expr:
    """Missing, or nothing but blanks: a stratum without a name would be one of all that have none."""
    column = pl.col(name)
    return column.is_null() | (column.cast(pl.String).str.strip_chars() == "")


def _require_weights_of_persons(rows: pl.DataFrame) -> None:
    large = rows.filter(pl.col(WEIGHT).cast(pl.Float64) > LARGEST_WEIGHT).height
    if large:
        raise TableInvalid(
            "Weights above a thousand million: {count}. No answer stands for so many persons.",
            where="column {column}",
            expected="in each row the number of persons for whom the answer stands",
            do="Check the units and the decimal point of the weights.",
            count=large,
            column=WEIGHT,
        )


def require_single_records(rows: pl.DataFrame) -> None:
    """Refuse answers that stand in the table twice: they would make the population and the sample larger."""
    if RECORD not in rows.columns:
        return
    numbers = rows.filter(~_is_empty(RECORD))[RECORD]
    again = len(numbers) - numbers.n_unique()
    if again:
        raise TableInvalid(
            "Answers that repeat the number of another: {count} of {rows}.",
            where="column {column}",
            expected="each answer once, under a number of its own, in other rounds under another",
            do="Leave repeated rows out, or take the survey in with guzar collect survey, which knows them again.",
            count=again,
            rows=rows.height,
            column=RECORD,
        )


def require_codes(rows: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse columns that are nowhere, and those by which an estimate would be a list of persons or moments."""
    kinds = dict(rows.schema)
    nowhere = [name for name in names if name not in kinds]
    if nowhere:
        raise SettingsInvalid(
            "There is no column to estimate by: {columns}.",
            expected="columns of the survey; {age_group} needs age, {duration} needs is_absent and months_absent",
            do="Correct --by or --where.",
            columns=", ".join(nowhere),
            age_group=AGE_GROUP,
            duration=DURATION,
        )
    wrong = [
        name
        for name in names
        if name in OF_ONE or name in DESIGN[:1] or kinds[name].is_temporal() or kinds[name].is_float()
    ]
    if wrong:
        raise SettingsInvalid(
            "Estimates by these columns would be a list of persons or moments: {columns}.",
            expected="columns with codes, as sex, citizenship or stratum; age_group and duration are made here",
            do="Correct --by.",
            columns=", ".join(wrong),
        )


def refuse_single_clusters(alone: int, strata: int) -> None:
    """Refuse strata that show no spread, and say what can be done."""
    raise TableInvalid(
        "Strata with one cluster show no spread: {alone} of {strata}.",
        expected="two clusters or more in each stratum",
        do="Say --single-cluster grand-mean: their clusters are then compared with the mean of all clusters, which errs on the "
        "large side. Or join strata before the survey is collected.",
        alone=alone,
        strata=strata,
    )

"""Answers of a household survey → estimated persons, shares and means by codes, each with its error and interval.

In: SurveyAnswers, the answers of one round of a survey or of several together. Out: one row per cell with the estimate,
its standard error, 90 % interval, and the answers and clusters behind it. A cell with too few of either stays empty and
says why. Estimates of small groups tell about persons as counts do: totals (whole persons) go through `protect`, with answers
as contributors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.survey_design import (
    Estimate,
    Flags,
    Floats,
    SampleDesign,
    estimate_ratio,
    estimate_total,
    make_design,
)
from guzar.analyse.survey_measures import (
    AGE_GROUP,
    DURATION,
    NOT_KNOWN,
    SURVEY_MEASURES,
    SurveyMeasure,
    with_groups,
)
from guzar.errors import SettingsInvalid, TableInvalid

AGES = (0, 15, 25, 45, 65)
WEIGHT, DAY = "survey_weight", "interview_date"
DESIGN = (WEIGHT, "stratum", "cluster")
CONTRIBUTORS = "contributors"
MINIMUM_ANSWERS, MINIMUM_CLUSTERS = 25, 5
MINIMUM_OF_A_SHARE = 5  # answers that count in it, and answers that do not
REFUSE, GRAND_MEAN = "refuse", "grand-mean"  # what becomes of strata with one cluster
FEW_ANSWERS, FEW_CLUSTERS = "too_few_answers", "too_few_clusters"
NO_FREEDOM, ALIKE = "as_many_strata_as_clusters", "all_answers_alike"
OF_ONE = ("record_id", "household_id", "cluster", "person_id", "person_token")
FOUND = ("standard_error", "lower", "upper", "design_effect", "effective_sample_size")


@dataclass(frozen=True)
class SurveyQuestion:
    """What is asked of a survey: which answers and groups, and how few of them are too few."""

    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    first: date | None = None  # interviews from this day
    last: date | None = None
    rounds: int = 1  # rounds of the survey that the interviews are of: their mean is estimated
    ages: tuple[int, ...] = AGES
    single_cluster: str = REFUSE
    minimum_answers: int = MINIMUM_ANSWERS
    minimum_clusters: int = MINIMUM_CLUSTERS


@dataclass(frozen=True)
class SurveyEstimates:
    """The estimates, one row per cell, and the sample of which they are made."""

    measure: SurveyMeasure
    table: pl.DataFrame
    answers: int
    clusters: int
    strata: int
    strata_of_one_cluster: int
    first_interview: date | None
    last_interview: date | None

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters less strata."""
        return self.clusters - self.strata


def estimate_survey(answers: pl.DataFrame, measure: str, asked: SurveyQuestion) -> SurveyEstimates:
    """Estimates of one measure (of SURVEY_MEASURES), a row per combination of the codes of `by`.

    A cell and `where` are groups within the sample: clusters without an answer of the group count with zero. Refused:
    answers without weight, stratum or cluster, strata of one cluster unless they are centred at the grand mean, several
    rounds as if they were one (TableInvalid); a column that is nowhere (SettingsInvalid).
    """
    chosen = SURVEY_MEASURES[measure]
    _require_columns(answers, (*DESIGN, *chosen.needs, *([DAY] if asked.first or asked.last else [])))
    rows = _interviewed(answers, asked)
    _require_whole(rows, (*DESIGN, *(name for name in chosen.needs if name == "is_absent")))
    _require_rounds(rows, asked.rounds)
    groups = (*asked.by, *asked.where)
    rows = with_groups(rows, groups, asked.ages)
    _require_codes(rows, groups)
    design = _design_of(rows, asked.rounds)
    alone = int((design.clusters_in_strata == 1).sum())
    if alone and asked.single_cluster == REFUSE:
        _refuse_single_clusters(alone, len(design.clusters_in_strata))
    days = rows.select(DAY).drop_nulls().to_series().to_list() if DAY in rows.columns else []
    return SurveyEstimates(
        chosen,
        _cells(rows, design, chosen, asked),
        rows.height,
        len(design.stratum),
        len(design.clusters_in_strata),
        alone,
        min(days, default=None),
        max(days, default=None),
    )


def _cells(
    rows: pl.DataFrame, design: SampleDesign, measure: SurveyMeasure, asked: SurveyQuestion
) -> pl.DataFrame:
    """One row per combination of codes that an answer of the measure has, in the order of the codes."""
    amount = _numbers(rows, measure.amount)
    base = None if measure.base is None else _numbers(rows, measure.base)
    counts = (amount if base is None else base) > 0  # whom the measure is about
    codes = rows.select(
        pl.col(name).cast(pl.String).fill_null(NOT_KNOWN) for name in (*asked.by, *asked.where)
    )
    chosen = np.ones(rows.height, dtype=np.bool_)
    for name, code in asked.where.items():
        chosen &= (codes[name] == code).to_numpy()
    groups = _groups(codes.select(asked.by), chosen & counts)
    made: list[dict[str, Any]] = []
    for cell, members in groups:
        found: Estimate | None
        if base is None:
            found = estimate_total(design, amount * members)
        else:
            below = base * (chosen if measure.is_of_all else members)
            found = estimate_ratio(design, amount * members, below, is_share=measure.is_share)
        behind = members & counts
        few = _is_share_of_few(amount, behind, measure)
        numbers = _tell(found, design, behind, measure, asked, FEW_ANSWERS if few else None)
        made.append(dict(zip(asked.by, cell, strict=True)) | numbers)
    table = pl.DataFrame(made, schema=_schema(measure, asked.by))
    # Counts of persons are whole, as `protect` takes them; their errors are not counts.
    return table.with_columns(pl.col(measure.column).round().cast(pl.Int64)) if measure.is_total else table


def _groups(codes: pl.DataFrame, counts: Flags) -> list[tuple[tuple[str, ...], Flags]]:
    """The cells that somebody counts in, with their answers; one cell of everybody where there are no codes."""
    if not codes.width:
        return [((), counts)] if counts.any() else []
    place = codes.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy()
    first = {int(place[at]): at for at in np.flatnonzero(counts)[::-1]}
    return [(codes.row(int(first[cell])), counts & (place == cell)) for cell in sorted(first)]


def _tell(
    found: Estimate | None,
    design: SampleDesign,
    behind: Flags,
    measure: SurveyMeasure,
    asked: SurveyQuestion,
    refused: str | None,
) -> dict[str, Any]:
    """The numbers of one cell; the estimate and its error only where enough answers and clusters are behind it."""
    answers, clusters = int(behind.sum()), len(np.unique(design.cluster[behind]))
    told: dict[str, Any] = {CONTRIBUTORS: answers, "clusters": clusters, "reason": None}
    reason = refused or _reason(answers, clusters, design, asked)
    if reason is not None or found is None:
        return {**told, measure.column: None, **dict.fromkeys(FOUND), "reason": reason}
    times = 100.0 if measure.is_share else 1.0
    effect = found.design_effect
    size = len(design.weight) if measure.is_total or measure.is_of_all else answers
    return {
        **told,
        measure.column: found.value * times,
        "standard_error": found.standard_error * times,
        "lower": None if found.lower is None else found.lower * times,
        "upper": None if found.upper is None else found.upper * times,
        "design_effect": effect,
        "effective_sample_size": size / effect if effect else None,
        "reason": ALIKE if found.lower is None else None,
    }


def _is_share_of_few(amount: Floats, behind: Flags, measure: SurveyMeasure) -> bool:
    """Whether a share would tell of a handful: one absent of five hundred is one person."""
    if not measure.is_share or measure.is_of_all:
        return False
    having = int((amount[behind] > 0).sum())
    return min(having, int(behind.sum()) - having) < MINIMUM_OF_A_SHARE


def _reason(answers: int, clusters: int, design: SampleDesign, asked: SurveyQuestion) -> str | None:
    if answers < asked.minimum_answers:
        return FEW_ANSWERS
    if clusters < asked.minimum_clusters:
        return FEW_CLUSTERS
    return NO_FREEDOM if design.degrees_of_freedom < 1 else None


def _schema(measure: SurveyMeasure, by: Sequence[str]) -> dict[str, Any]:
    numbers = dict.fromkeys((measure.column, *FOUND), pl.Float64)
    counts = dict.fromkeys((CONTRIBUTORS, "clusters"), pl.Int64)
    return {**dict.fromkeys(by, pl.String), **numbers, **counts, "reason": pl.String}


def _numbers(rows: pl.DataFrame, made: pl.Expr) -> Floats:
    column = rows.with_columns(made.cast(pl.Float64).fill_null(0.0).alias("_made"))["_made"]
    return column.to_numpy().astype(np.float64)


def _design_of(rows: pl.DataFrame, rounds: int) -> SampleDesign:
    codes = [
        rows[name].cast(pl.String).rank("dense").to_numpy().astype(np.int64)
        for name in ("stratum", "cluster")
    ]
    return make_design(rows[WEIGHT].cast(pl.Float64).to_numpy() / rounds, *codes)


def _interviewed(answers: pl.DataFrame, asked: SurveyQuestion) -> pl.DataFrame:
    """The answers of the days asked for; refused where nobody was interviewed."""
    if asked.first is not None:
        answers = answers.filter(pl.col(DAY) >= asked.first)
    if asked.last is not None:
        answers = answers.filter(pl.col(DAY) <= asked.last)
    if answers.is_empty():
        raise TableInvalid(
            "There are no answers to estimate from.",
            expected="answers of one round of a survey",
            do="Check the table, and the days after --from and --to.",
        )
    return answers


def _require_columns(answers: pl.DataFrame, names: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(names) if name not in answers.columns]
    if missing:
        raise TableInvalid(
            "The survey has no column for what is asked: {columns}.",
            expected="the answers of a survey as guzar collect survey keeps them: weight, stratum and cluster, and what is "
            "measured",
            do="Give the table survey_answers.parquet of the workspace, or name the columns as it does.",
            columns=", ".join(missing),
        )


def _require_whole(rows: pl.DataFrame, names: Sequence[str]) -> None:
    """Refuse answers that no estimate can use: they would fall out of it without a word."""
    weight = pl.col(WEIGHT).cast(pl.Float64)
    is_wrong = (
        pl.any_horizontal(pl.col(name).is_null() for name in names) | ~weight.is_finite() | (weight < 0)
    )
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


def _require_rounds(rows: pl.DataFrame, rounds: int) -> None:
    """Refuse several rounds as one: the weights of each round make up the whole population."""
    if rounds > 1 or not {"household_id", DAY} <= set(rows.columns):
        return
    days = rows.group_by("household_id").agg(pl.col(DAY).n_unique())
    again = days.filter(pl.col(DAY) > 1).height
    if again:
        raise TableInvalid(
            "Households that were interviewed on more than one day: {count}. Several rounds of a survey stand in the table.",
            expected="one round: its weights make up the population, those of two rounds twice the population",
            do="Choose the days of one round with --from and --to; or say with --rounds how many there are, and their mean is "
            "estimated.",
            count=again,
        )


def _require_codes(rows: pl.DataFrame, names: Sequence[str]) -> None:
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


def _refuse_single_clusters(alone: int, strata: int) -> None:
    raise TableInvalid(
        "Strata with one cluster show no spread: {alone} of {strata}.",
        expected="two clusters or more in each stratum",
        do="Join strata before the survey is collected, or say --single-cluster grand-mean: their clusters are then compared "
        "with the mean of all clusters, which errs on the large side.",
        alone=alone,
        strata=strata,
    )

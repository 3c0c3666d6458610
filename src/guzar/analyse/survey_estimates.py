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

from guzar.analyse.survey_checks import (
    DAY,
    DESIGN,
    WEIGHT,
    refuse_single_clusters,
    require_codes,
    require_columns,
    require_single_records,
    require_whole,
)
from guzar.analyse.survey_design import (
    Estimate,
    Flags,
    Floats,
    SampleDesign,
    estimate_ratio,
    estimate_total,
    make_design,
)
from guzar.analyse.survey_hidden import (
    FEW_ANSWERS,
    Behind,
    Cell,
    Codes,
    Limits,
    answers_behind,
    hide_cells,
)
from guzar.analyse.survey_measures import (
    NOT_KNOWN,
    SURVEY_MEASURES,
    SurveyMeasure,
    with_groups,
)
from guzar.analyse.survey_rounds import Interviews, choose_interviews, interviews_of, require_rounds

AGES = (0, 15, 25, 45, 65)
CONTRIBUTORS = "contributors"
MINIMUM_ANSWERS, MINIMUM_CLUSTERS = 25, 5
LARGEST_SHARE = 0.2  # of the weight behind an estimate, of one answer
MINIMUM_OF_A_SHARE = 5  # answers that count in it, and answers that do not
REFUSE, GRAND_MEAN = "refuse", "grand-mean"  # what becomes of strata with one cluster
NO_FREEDOM, ALIKE = "as_many_strata_as_clusters", "all_answers_alike"
FOUND = ("standard_error", "lower", "upper", "design_effect", "effective_sample_size")


@dataclass(frozen=True)
class SurveyQuestion:
    """What is asked of a survey: which answers and groups, and how few of them are too few."""

    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    first: date | None = None  # interviews from this day
    last: date | None = None
    rounds: int | None = (
        None  # that the interviews are of: their mean is estimated; None: there is one, or it is refused
    )
    ages: tuple[int, ...] = AGES
    single_cluster: str = REFUSE
    minimum_answers: int = MINIMUM_ANSWERS
    minimum_clusters: int = MINIMUM_CLUSTERS
    largest_share: float = LARGEST_SHARE

    @property
    def limits(self) -> Limits:
        """How many answers and clusters an estimate needs, and how much of it one answer may carry."""
        return Limits(self.minimum_answers, self.minimum_clusters, self.largest_share)


@dataclass(frozen=True)
class SurveyEstimates:
    """The estimates, one row per cell, and the sample of which they are made."""

    measure: SurveyMeasure
    table: pl.DataFrame
    answers: int
    clusters: int
    strata: int
    strata_of_one_cluster: int
    degrees_of_freedom: int
    without_weight: int  # answers of weight 0, which stand for nobody and count nowhere
    interviews: Interviews


def estimate_survey(answers: pl.DataFrame, measure: str, asked: SurveyQuestion) -> SurveyEstimates:
    """Estimates of one measure (of SURVEY_MEASURES), a row per combination of the codes of `by`.

    A cell and `where` are groups within the sample: clusters without an answer of the group count with zero. Refused:
    answers without weight, stratum or cluster, strata of one cluster unless they are centred at the grand mean, several
    rounds as if they were one (TableInvalid); a column that is nowhere (SettingsInvalid).
    """
    chosen = SURVEY_MEASURES[measure]
    require_columns(answers, (*DESIGN, *chosen.needs, *([DAY] if asked.first or asked.last else [])))
    rows = choose_interviews(answers, asked.first, asked.last)
    require_whole(rows, (*DESIGN, *(name for name in chosen.needs if name == "is_absent")))
    require_single_records(rows)
    require_rounds(rows, asked.rounds)
    groups = (*asked.by, *asked.where)
    rows = with_groups(rows, groups, asked.ages)
    require_codes(rows, groups)
    counted = rows.filter(pl.col(WEIGHT) > 0)
    design, strata, alone = _design_of(counted, asked)
    return SurveyEstimates(
        chosen,
        _cells(rows, design, chosen, asked),
        counted.height,
        len(design.stratum),
        strata,
        alone,
        design.degrees_of_freedom,
        rows.height - counted.height,
        interviews_of(counted),
    )


@dataclass(frozen=True)
class _Amounts:
    """By answer that weighs: its amount and base, whether the measure is about it, its complement, or `where`."""

    amount: Floats
    base: Floats | None
    about: Flags
    others: Flags | None
    chosen: Flags


def _cells(
    rows: pl.DataFrame, design: SampleDesign, measure: SurveyMeasure, asked: SurveyQuestion
) -> pl.DataFrame:
    """One row per combination of codes that an answer of the measure has, in the order of the codes.

    Answers of weight 0 have cells, which stay empty, and are nowhere else.
    """
    codes = rows.select(_code(name) for name in (*asked.by, *asked.where))
    chosen = np.ones(rows.height, dtype=np.bool_)
    for name, code in asked.where.items():
        chosen &= (codes[name] == code).to_numpy()
    every = _amounts_of(rows, measure, chosen)
    groups = _groups(codes.select(asked.by), chosen)
    listed = [cell for cell, members in groups.items() if (members & every.about).any()]
    weighs = (rows[WEIGHT] > 0).to_numpy()
    held = {cell: members[weighs] for cell, members in groups.items()}
    amounts = _amounts_of(rows.filter(weighs), measure, chosen[weighs])
    hidden = _hidden(held, design, amounts, measure, asked)
    made: list[dict[str, Any]] = []
    for cell in listed:
        empty: dict[str, Any] = dict.fromkeys((measure.column, *FOUND, CONTRIBUTORS, "clusters"))
        told = (
            {**empty, "reason": hidden[cell]}
            if cell in hidden
            else _estimate(held[cell], design, amounts, measure)
        )
        made.append(dict(zip(asked.by, cell, strict=True)) | told)
    return _rounded(pl.DataFrame(made, schema=_schema(measure, asked.by)), measure)


def _groups(codes: pl.DataFrame, chosen: Flags) -> dict[Codes, Flags]:
    """The cells that somebody is in, with their answers; one cell of everybody where there are no codes."""
    if not codes.width:
        return {(): chosen} if chosen.any() else {}
    place = codes.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy()
    first = {int(place[at]): at for at in np.flatnonzero(chosen)[::-1]}
    return {codes.row(int(first[cell])): chosen & (place == cell) for cell in sorted(first)}


def _hidden(
    held: Mapping[Codes, Flags],
    design: SampleDesign,
    amounts: _Amounts,
    measure: SurveyMeasure,
    asked: SurveyQuestion,
) -> dict[Codes, str]:
    """The cells that are not told, and why."""

    def behind(answers: Flags) -> Behind:
        return answers_behind(design.weight, design.cluster, answers)

    sides = [amounts.about, *([] if amounts.others is None else [amounts.others])]
    cells = {
        cell: Cell(behind(members), tuple(behind(members & side) for side in sides))
        for cell, members in held.items()
    }
    hidden = hide_cells(cells, asked.limits, adds_up=measure.adds_up)
    for cell, members in held.items():
        if not cells[cell].sides[0].answers:
            hidden.setdefault(cell, FEW_ANSWERS)
        elif measure.is_share and not measure.is_of_all:
            having = amounts.amount > 0
            if _is_few(behind(members & having)) or _is_few(behind(members & ~having)):
                hidden[cell] = FEW_ANSWERS
        if design.degrees_of_freedom < 1:
            hidden.setdefault(cell, NO_FREEDOM)
    return hidden


def _is_few(side: Behind) -> bool:
    """Whether one side of a share is a handful: one absent of five hundred is one person."""
    return side.why_hidden(Limits(MINIMUM_OF_A_SHARE, 1, 1.0)) is not None


def _estimate(
    members: Flags, design: SampleDesign, amounts: _Amounts, measure: SurveyMeasure
) -> dict[str, Any]:
    """The numbers of one cell that is told."""
    found: Estimate | None
    if amounts.base is None:
        found = estimate_total(design, amounts.amount * members)
    else:
        below = amounts.base * (amounts.chosen if measure.is_of_all else members)
        found = estimate_ratio(design, amounts.amount * members, below, is_share=measure.is_share)
    if found is None:
        raise ArithmeticError("a ratio of nothing")  # a cell that is told has a base
    behind = members & amounts.about
    answers, effect = int(behind.sum()), found.design_effect
    size = len(design.weight) if measure.adds_up else answers
    times = 100.0 if measure.is_share else 1.0
    return {
        measure.column: found.value * times,
        "standard_error": found.standard_error * times,
        "lower": None if found.lower is None else found.lower * times,
        "upper": None if found.upper is None else found.upper * times,
        "design_effect": effect,
        "effective_sample_size": size / effect if effect else None,
        CONTRIBUTORS: answers,
        "clusters": len(np.unique(design.cluster[behind])),
        "reason": ALIKE if found.lower is None else None,
    }


def _rounded(table: pl.DataFrame, measure: SurveyMeasure) -> pl.DataFrame:
    """No more digits than a sample can tell; counts of persons whole, as `protect` takes them."""
    decimals = 0 if measure.is_total else 1
    table = table.with_columns(
        pl.col(measure.column, "lower", "upper").round(decimals),
        pl.col("standard_error").round(0 if measure.is_total else 2),
        pl.col("design_effect").round(2),
        pl.col("effective_sample_size").round(0),
    )
    return table.with_columns(pl.col(measure.column).cast(pl.Int64)) if measure.is_total else table


def _schema(measure: SurveyMeasure, by: Sequence[str]) -> dict[str, Any]:
    numbers = dict.fromkeys((measure.column, *FOUND), pl.Float64)
    counts = dict.fromkeys((CONTRIBUTORS, "clusters"), pl.Int64)
    return {**dict.fromkeys(by, pl.String), **numbers, **counts, "reason": pl.String}


def _code(name: str) -> pl.Expr:
    """The code of each answer as text; what is missing, or nothing but blanks, is not known."""
    text = pl.col(name).cast(pl.String)
    return pl.when(text.str.strip_chars() != "").then(text).otherwise(pl.lit(NOT_KNOWN)).alias(name)


def _amounts_of(rows: pl.DataFrame, measure: SurveyMeasure, chosen: Flags) -> _Amounts:
    amount = _numbers(rows, measure.amount)
    base = None if measure.base is None else _numbers(rows, measure.base)
    others = None if measure.complement is None else _numbers(rows, measure.complement) > 0
    return _Amounts(amount, base, (amount if base is None else base) > 0, others, chosen)


def _numbers(rows: pl.DataFrame, made: pl.Expr) -> Floats:
    column = rows.with_columns(made.cast(pl.Float64).fill_null(0.0).alias("_made"))["_made"]
    return column.to_numpy().astype(np.float64)


def _design_of(rows: pl.DataFrame, asked: SurveyQuestion) -> tuple[SampleDesign, int, int]:
    """The design, its strata, and how many of them have one cluster; without strata where every one has."""
    stratum, cluster = (
        rows[name].cast(pl.String).rank("dense").to_numpy().astype(np.int64)
        for name in ("stratum", "cluster")
    )
    weight = rows[WEIGHT].cast(pl.Float64).to_numpy() / (asked.rounds or 1)
    design = make_design(weight, stratum, cluster)
    strata, alone = len(design.clusters_in_strata), int((design.clusters_in_strata == 1).sum())
    if alone and asked.single_cluster == REFUSE:
        refuse_single_clusters(alone, strata)
    if alone == strata:  # nothing is known of the spread within strata: that of all clusters is larger
        design = SampleDesign(weight, design.cluster, np.zeros_like(design.stratum))
    return design, strata, alone

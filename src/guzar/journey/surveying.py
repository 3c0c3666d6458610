"""Surveying: the answers of a household survey in a file or a workspace → estimates with their errors, and what they are about."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.survey_design import LEVEL
from guzar.analyse.survey_estimates import SurveyEstimates, SurveyQuestion, estimate_survey
from guzar.analyse.survey_measures import SURVEY_MEASURES
from guzar.define.tables.records import SurveyAnswers
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.held_records import held_editions
from guzar.store import open_workspace, write_about

SURVEY_MEASURE_NAMES = tuple(SURVEY_MEASURES)
ANSWERS = {"true": True, "false": False, "1": True, "0": False}
HELD = "survey_answers"  # the table of a workspace
WHOLE_HOUSEHOLDS = "households all of whose members are abroad cannot be asked: persons abroad are too few"


def estimate_file(answers: Path, measure: str, asked: SurveyQuestion) -> SurveyEstimates:
    """Estimates of one measure from the answers in a file (.csv, .csv.gz, .parquet), as SurveyAnswers names them.

    Raises SettingsInvalid for a measure or a file that is not there, TableInvalid for answers that cannot be used.
    """
    _require_measure(measure)
    return estimate_survey(_read(answers), measure, asked)


def estimate_held(workspace: Path, measure: str, asked: SurveyQuestion) -> SurveyEstimates:
    """Estimates of one measure from the answers that a workspace holds of one survey, each as it came last.

    Raises SettingsInvalid for a measure that is not there, or where no survey or those of several holders are held.
    """
    _require_measure(measure)
    held = held_editions(open_workspace(workspace), HELD)
    holders = sorted({one.stored.source for one in held})
    if not held:
        raise SettingsInvalid(
            "{folder} holds no answers of a survey.",
            expected="answers that were taken in with guzar collect survey",
            do="Take in the survey, or give its answers as a file.",
            folder=workspace.name,
        )
    if len(holders) > 1:
        raise SettingsInvalid(
            "The workspace holds surveys of several holders: {holders}.",
            expected="one survey: the weights of each make up the population",
            do="Give the table of one of them as a file: data/collect/{table}/… in the workspace.",
            holders=", ".join(holders),
            table=HELD,
        )
    every = pl.concat([pl.read_parquet(one.stored.file(f"{HELD}.parquet")) for one in held])
    return estimate_survey(every.unique("record_id", keep="last", maintain_order=True), measure, asked)


def _require_measure(measure: str) -> None:
    if measure not in SURVEY_MEASURES:
        raise SettingsInvalid(
            "guzar knows no measure {measure}.",
            expected="one of: {known}",
            do="Correct --measure.",
            measure=measure,
            known=", ".join(SURVEY_MEASURES),
        )


def tell_estimates(done: SurveyEstimates, asked: SurveyQuestion, out: Path) -> None:
    """Write down beside a table of estimates what was estimated, from which sample, and its named bias."""
    write_about(out, about_estimates(done, asked))


def about_estimates(done: SurveyEstimates, asked: SurveyQuestion) -> dict[str, Any]:
    """What is estimated, by which method, from which sample; what the sample cannot show."""
    days = done.interviews.days
    return {
        "made_by": "guzar survey",
        "measure": done.measure.name,
        "unit": done.measure.column,
        "concept": "reported",
        "where": dict(asked.where),
        "first_interview": _day(min(days, default=None)),
        "last_interview": _day(max(days, default=None)),
        "interview_days": len(days),
        "interview_periods": len(done.interviews.periods),
        "answers_without_a_day": done.interviews.without_day,
        "rounds": asked.rounds or 1,
        "answers": done.answers,
        "answers_of_weight_zero": done.without_weight,
        "clusters": done.clusters,
        "strata": done.strata,
        "degrees_of_freedom": done.degrees_of_freedom,
        "strata_of_one_cluster": done.strata_of_one_cluster,
        "single_cluster": asked.single_cluster,
        "variance": "linearised, ultimate clusters with replacement",
        "interval_percent": round(100 * LEVEL),
        "minimum_answers": asked.minimum_answers,
        "minimum_clusters": asked.minimum_clusters,
        "largest_share_of_one_answer": asked.largest_share,
        "whole_household_absence": WHOLE_HOUSEHOLDS,
    }


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _read(file: Path) -> pl.DataFrame:
    name = file.name.lower()
    if not file.is_file() or not name.endswith((".parquet", ".csv", ".csv.gz")):
        raise SettingsInvalid(
            "There is no table {path}.",
            expected="a file that ends in .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=file,
        )
    try:
        is_parquet = name.endswith(".parquet")
        table = pl.read_parquet(file) if is_parquet else pl.read_csv(file, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError):  # its words may quote a row
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a whole table with one header row, as .csv, .csv.gz or .parquet",
            do="Check the file, or ask for it again.",
            file=file.name,
        ) from None
    return _typed(table, file)


def _typed(table: pl.DataFrame, file: Path) -> pl.DataFrame:
    """Weights, ages, days and answers as such; refused where a cell holds something else."""
    declared: Mapping[str, Any] = SurveyAnswers.columns()
    kinds = {
        name: declared[name].dtype
        for name in table.columns
        if name in declared and table.schema[name] != declared[name].dtype
    }
    made = table.with_columns(_as(name, kind, table.schema[name]) for name, kind in kinds.items())
    lost = [name for name in kinds if made[name].null_count() > table[name].null_count()]
    if lost:
        raise TableInvalid(
            "Cells of the survey hold something else than their columns: {columns}.",
            where="{file}",
            expected="weights and ages as numbers, days as 2024-12-31, is_absent as true or false",
            do="Correct these columns, or give the table that guzar collect survey kept.",
            file=file.name,
            columns=", ".join(lost),
        )
    return made


def _as(name: str, kind: Any, held: Any) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Boolean and held == pl.String:
        return (
            column.str.strip_chars()
            .str.to_lowercase()
            .replace_strict(ANSWERS, default=None, return_dtype=pl.Boolean)
        )
    if kind == pl.Date and held == pl.String:
        return column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return column.cast(kind, strict=False)

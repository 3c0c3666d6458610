"""What may be combined: one quantity, by sources with names, in whole rows, of no persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from guzar.analyse.identifying_columns import names_of_persons
from guzar.analyse.source_biases import (
    REACH,
)
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

NEEDED = ("source", "measure", "year", "value")
ERRORS = ("standard_error", "lower", "upper")
STATED = ("is_reference", "bias_lower", "bias_upper")
OF_ONE = ("measure", "unit", "definition")  # one in the whole table
NOT_STATED = "not_stated"  # the unit or the definition, where nobody gave it
TOLD = (*NEEDED, *ERRORS, *STATED, *OF_ONE)
AMOUNT, PERCENT = "amount", "percent"
YEARS, MOST = (1500, 2500), 1e15  # beyond, a typing error


@dataclass(frozen=True)
class CombineQuestion:
    """How to combine: biases as an amount or in per cent, their scale in per cent of the level, a smooth truth."""

    biases: str = AMOUNT
    bias_scale_percent: float = 10.0
    is_smooth: bool = False


def require_settings(asked: CombineQuestion) -> None:
    if asked.biases not in (AMOUNT, PERCENT) or not 0 < asked.bias_scale_percent <= 1000:
        raise SettingsInvalid(
            "guzar cannot combine with these biases: {biases}, scale {scale} per cent.",
            expected="--biases amount or percent; --bias-scale above 0 and at most 1000 per cent",
            do="Correct the option.",
            biases=asked.biases,
            scale=asked.bias_scale_percent,
        )


def require_one_quantity(reports: pl.DataFrame) -> dict[str, str]:
    """Measure, unit and definition, each one in the whole table; other things are never averaged."""
    missing = [name for name in NEEDED if name not in reports.columns]
    if missing:
        raise TableInvalid(
            "The table of sources lacks columns: {columns}.",
            expected="source, measure, year, value; standard_error, or lower and upper",
            do="Add these columns.",
            columns=", ".join(missing),
        )
    if reports.is_empty():
        raise TableInvalid(
            "The table of sources has no rows.",
            expected="one row per source, year and group",
            do="Check the file.",
        )
    named = {
        name: reports[name].cast(pl.String).unique().to_list() for name in OF_ONE if name in reports.columns
    }
    several = [name for name, codes in named.items() if len(codes) > 1]
    if several:
        raise MethodNotApplicable(
            "The sources do not count the same: {columns} has more than one code.",
            expected="one measure in one unit under one definition; what is defined otherwise is bridged first",
            do="Keep the rows of one definition, or convert the others before.",
            columns=", ".join(several),
        )
    _require_measure_and_names(reports, named["measure"])
    return {name: codes[0] for name, codes in named.items() if codes[0] is not None}


def _require_measure_and_names(reports: pl.DataFrame, measures: Sequence[str | None]) -> None:
    """Refuse a measure nobody names, and one source under two spellings: it would be weighed twice."""
    names = reports["source"].cast(pl.String).drop_nulls().unique(maintain_order=True).to_list()
    spelt: dict[str, list[str]] = {}
    for name in names:
        spelt.setdefault(" ".join(name.casefold().split()), []).append(name)
    double = [name for several in spelt.values() if len(several) > 1 for name in several]
    if double or measures == [None]:
        raise TableInvalid(
            "The measure is empty, or one source is spelt in several ways: {names}.",
            expected="one measure, named in every row; one spelling for each source",
            do="Correct these cells: two spellings count as two sources, and weigh twice.",
            names=", ".join(double) or "-",
        )


def require_whole(rows: pl.DataFrame, groups: Sequence[str]) -> None:
    """Refuse rows without value or error, biases stated by halves, and two values of a source for one cell."""
    value, error = pl.col("_value"), pl.col("_error")
    low, high = pl.col("bias_lower"), pl.col("bias_upper")
    is_wrong = (
        value.is_null() | ~value.is_finite() | error.is_null() | ~error.is_finite() | (error < 0)
        | pl.col("source").is_null() | pl.col("year").is_null()
        | (low.is_null() != high.is_null()) | (low > high) | ~low.is_finite() | ~high.is_finite()
        | (pl.col("value") < pl.col("lower")) | (pl.col("value") > pl.col("upper"))
        | ~pl.col("year").is_between(*YEARS) | (value.abs() > MOST) | (error > MOST) | _differ_in_width()
    )  # fmt: skip
    wrong = rows.select(is_wrong.fill_null(False)).to_series()
    if wrong.any():
        raise TableInvalid(
            "Rows of sources that cannot be used: {count}.",
            where="rows below the heading: {rows}",
            expected="a source, a year, a value, and its standard_error or lower and upper, which are its 5 % and 95 % points "
            "and hold the value; both errors, if given, agree; bias_lower and bias_upper both or none, the lower one first",
            do="Complete these rows or leave them out; a value whose error nobody knows has no weight. Points of 95 % "
            "(2.5 % and 97.5 %) are not what is meant: divide their distance by 3.92 and give standard_error.",
            count=wrong.sum(),
            rows=numbers_of(wrong),
        )
    _require_single(rows, groups)


def numbers_of(wrong: pl.Series) -> str:
    """The first rows that are wrong, as a person counts them below the heading."""
    at = wrong.arg_true()
    return ", ".join([*(str(row + 1) for row in at[:3]), *(["…"] if len(at) > 3 else [])])


def _differ_in_width() -> pl.Expr:
    """Whether a standard error and the 5 % and 95 % points beside it say different things, as with points of 95 %."""
    half = (pl.col("upper") - pl.col("lower")) / (2 * REACH)
    error = pl.col("standard_error")
    return (half - error).abs() > 0.1 * pl.max_horizontal(half, error)


def require_free_names(groups: Sequence[str], made: Mapping[str, Any]) -> None:
    taken = [name for name in groups if name in made or name.startswith("_")]
    if taken:
        raise SettingsInvalid(
            "Columns have the names of what guzar combine writes: {columns}.",
            expected="groups under other names",
            do="Rename or drop these columns.",
            columns=", ".join(taken),
        )


def require_no_persons(groups: Sequence[str]) -> None:
    persons = names_of_persons(groups)
    if persons:
        raise MethodNotApplicable(
            "This is a table of persons: {columns}.",
            expected="totals by group, of many persons each",
            do="Count first; nothing about one person is estimated here.",
            columns=", ".join(persons),
        )


def _require_single(rows: pl.DataFrame, groups: Sequence[str]) -> None:
    double = rows.height - rows.select("source", "year", *groups).n_unique()
    known = rows.group_by("source", *groups).agg(pl.col(name).n_unique() for name in STATED)
    if double or known.filter(pl.max_horizontal(STATED) > 1).height:
        raise TableInvalid(
            "A source has two values for one cell, or two statements about its bias.",
            where="rows too many: {count}",
            expected="one row per source, year and group; is_reference, bias_lower and bias_upper the same in all rows of a "
            "source",
            do="Keep one of them; every further column of the table counts as a group.",
            count=double,
        )

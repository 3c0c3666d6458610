"""Register, border and survey on one quantity → one value per cell by precision, each source's bias, both inputs kept.

Each series (a measure in an area and a group) is combined by itself, in `source_biases`. Where the data cannot tell the
level there is no value: two sources that differ and no reference, or sources that contradict each other beyond their
errors and biases that do not change, give an interval that holds what each of them would mean if it were right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.identifying_columns import names_of_persons
from guzar.analyse.source_biases import (
    REACH,
    Combined,
    Consistency,
    Floats,
    SourceValues,
    check_consistency,
    combine_values,
    parts_that_hang_together,
    span_of_sources,
)
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

NEEDED = ("source", "measure", "year", "value")
ERRORS = ("standard_error", "lower", "upper")
STATED = ("is_reference", "bias_lower", "bias_upper")
OF_ONE = ("measure", "unit", "definition")  # one in the whole table
NOT_STATED = "not_stated"  # the unit or the definition, where nobody gave it
TOLD = (*NEEDED, *ERRORS, *STATED, *OF_ONE)
AMOUNT, PERCENT = "amount", "percent"
BY_REFERENCE = "identified_by_reference"
BY_STATED = "identified_by_stated_bias"
IF_BALANCED = "identified_if_biases_balance"
ONE_SOURCE, BOUNDED = "one_source", "bounded"
CANNOT_BE_TOLD, TWO_DIFFER, CONTRADICT = "bias_cannot_be_told", "two_sources_differ", "sources_contradict"
YEARS, MOST = (1500, 2500), 1e15  # beyond, a typing error
DIFFER, CONTRADICTION = 0.05, 0.01  # chances below which sources count as different, as contradicting


@dataclass(frozen=True)
class CombineQuestion:
    """How to combine: biases as an amount or in per cent, their scale in per cent of the level, a smooth truth."""

    biases: str = AMOUNT
    bias_scale_percent: float = 10.0
    is_smooth: bool = False


@dataclass(frozen=True)
class CombinedSources:
    """One row per series and year, what was combined, and which sources are trusted or bounded."""

    table: pl.DataFrame
    groups: tuple[str, ...]
    sources: tuple[str, ...]
    references: tuple[str, ...]
    stated: tuple[str, ...]
    one: Mapping[str, str]

    def counts(self) -> dict[str, int]:
        """How many cells have each status."""
        return dict(sorted(self.table["status"].value_counts().iter_rows()))


def combine_sources(reports: pl.DataFrame, asked: CombineQuestion) -> CombinedSources:
    """Values of several sources as one value per cell, with what each contributed and how far each seems to be off.

    Raises TableInvalid for reports that cannot be used, MethodNotApplicable where they do not count the same.
    """
    _require_settings(asked)
    one = _require_one_quantity(reports)
    groups = tuple(name for name in reports.columns if name not in TOLD)
    _require_no_persons(groups)
    rows = _with_errors(reports, asked)
    _require_whole(rows, groups)
    sources = tuple(sorted(rows["source"].unique()))
    _require_free_names(groups, _schema(rows, (), sources))
    made = []
    for series in rows.partition_by(groups, maintain_order=True) if groups else [rows]:
        made += _combine_series(series, groups, sources, asked)
    table = pl.DataFrame(made, schema=_schema(rows, groups, sources), orient="row")
    flagged = {name: rows.filter(pl.col(f"_{name}")) for name in ("trusted", "bounded")}
    known = [tuple(sorted(each["source"].unique())) for each in flagged.values()]
    named = [pl.lit(one.get(name, NOT_STATED)).alias(name) for name in OF_ONE]
    ordered = table.sort([*groups, "year"]).select(*named, pl.all())
    return CombinedSources(ordered, groups, sources, known[0], known[1], one)


def _combine_series(
    series: pl.DataFrame, groups: Sequence[str], sources: Sequence[str], asked: CombineQuestion
) -> list[dict[str, Any]]:
    """The rows of one series. Without a smooth truth, sources that share no year with others stand alone."""
    place = {name: at for at, name in enumerate(sources)}
    whose = series["source"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    year = series["year"].rank("dense").cast(pl.Int64).to_numpy() - 1
    part = np.zeros(len(year), np.int64) if asked.is_smooth else parts_that_hang_together(year, whose)
    made = []
    for one in np.unique(part):
        rows = series.filter(pl.Series(part == one))
        made += _combine_part(rows, groups, sources, asked)
    return made


def _combine_part(
    rows: pl.DataFrame, groups: Sequence[str], sources: Sequence[str], asked: CombineQuestion
) -> list[dict[str, Any]]:
    values = _as_values(rows, sources)
    spread = _scale_of(values, asked)
    found = combine_values(values, spread, is_smooth=asked.is_smooth)
    test = check_consistency(values)
    status, reason = _status_of(values, rows, test)
    told = _Told(found, values, status, reason, test, asked)
    if status == BOUNDED:
        told = told.within(*span_of_sources(values, spread, is_smooth=asked.is_smooth))
    return [
        {name: rows[name][0] for name in groups} | told.row(at, rows, sources) for at in range(values.years)
    ]


@dataclass(frozen=True)
class _Told:
    """What is said of one part of a series, row by row, in the unit of the values."""

    found: Combined
    values: SourceValues
    status: str
    reason: str | None
    test: Consistency
    asked: CombineQuestion
    span: tuple[Floats, Floats] | None = None

    def within(self, lower: Floats, upper: Floats) -> "_Told":
        """The same as a range only: no value, no weights, no biases."""
        return _Told(self.found, self.values, self.status, self.reason, self.test, self.asked, (lower, upper))

    def row(self, at: int, rows: pl.DataFrame, sources: Sequence[str]) -> dict[str, Any]:
        """The row of one year."""
        here = np.flatnonzero(self.values.year == at)
        value, lower, upper = self._estimate(at, int(here[0]))
        told: dict[str, Any] = {
            "year": int(self.values.calendar[at]),
            "value": None if value is None else self._back(value),
            "lower": self._back(lower),
            "upper": self._back(upper),
            "status": self.status,
            "status_reason": self.reason,
            "sources": len(here),
            "chi_square": self.test.chi_square if self.test.freedom else None,
            "degrees_of_freedom": self.test.freedom,
            "chi_square_chance": self.test.chance,
        }
        for one in here:
            told |= self._of_source(int(one), sources[int(self.values.source[one])], rows)
        return told

    @property
    def _is_as_given(self) -> bool:
        """One source of whose bias nothing is known: its values stand as they are."""
        return self.status == ONE_SOURCE and self.reason is not None

    def _estimate(self, at: int, first: int) -> tuple[float | None, float, float]:
        if self.span is not None:
            return None, float(self.span[0][at]), float(self.span[1][at])
        if self._is_as_given:
            value, reach = float(self.values.value[first]), REACH * float(self.values.error[first])
            return value, value - reach, value + reach
        found = self.found
        return float(found.truth[at]), float(found.truth_lower[at]), float(found.truth_upper[at])

    def _of_source(self, one: int, name: str, rows: pl.DataFrame) -> dict[str, Any]:
        """What a source says, kept as it was given; its weight in this value, and its bias."""
        given = rows.row(one, named=True)
        told = {f"{name}_{end}": given[f"_given_{end}"] for end in ("value", "lower", "upper")}
        if self.span is not None or self._is_as_given:
            return told
        bias = self.found
        ends = (bias.bias, bias.bias_lower, bias.bias_upper)
        whose = int(self.values.source[one])
        names = (f"{name}_bias", f"{name}_bias_lower", f"{name}_bias_upper")
        told |= {key: self._as_bias(float(end[whose])) for key, end in zip(names, ends, strict=True)}
        return told | {f"{name}_weight": float(self.found.weight[one])}

    def _back(self, number: float) -> float:
        return float(np.exp(number)) if self.asked.biases == PERCENT else float(number)

    def _as_bias(self, number: float) -> float:
        return 100 * float(np.expm1(number)) if self.asked.biases == PERCENT else number


def _status_of(values: SourceValues, rows: pl.DataFrame, test: Consistency) -> tuple[str, str | None]:
    """What the level rests on, or why it cannot be told."""
    count = len(np.unique(values.source))
    if count == 1:
        return ONE_SOURCE, None if values.is_anchored else CANNOT_BE_TOLD
    if test.chance is not None and test.chance < CONTRADICTION:
        return BOUNDED, CONTRADICT
    if rows["_trusted"].any():
        return BY_REFERENCE, None
    if values.is_anchored:
        return BY_STATED, None
    alike = check_consistency(values, with_biases=False).chance
    if count == 2 and (alike is None or alike < DIFFER):
        return BOUNDED, TWO_DIFFER
    return IF_BALANCED, None


def _as_values(rows: pl.DataFrame, sources: Sequence[str]) -> SourceValues:
    place = {name: at for at, name in enumerate(sources)}
    whose = rows["source"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    middle, width = np.zeros(len(sources)), np.full(len(sources), np.nan)
    middle[whose], width[whose] = rows["_bias"].to_numpy(), rows["_bias_width"].to_numpy()
    return SourceValues(
        rows["_value"].to_numpy(),
        rows["_error"].to_numpy(),
        rows["year"].rank("dense").cast(pl.Int64).to_numpy() - 1,
        whose,
        np.sort(rows["year"].unique().to_numpy()).astype(np.float64),
        middle,
        width,
    )


def _scale_of(values: SourceValues, asked: CombineQuestion) -> float:
    share = asked.bias_scale_percent / 100
    if asked.biases == PERCENT:
        return float(np.log1p(share))
    return share * (float(np.median(np.abs(values.value))) or float(np.abs(values.value).max()) or 1.0)


def _with_errors(reports: pl.DataFrame, asked: CombineQuestion) -> pl.DataFrame:
    """Reports with value, error and stated bias as they are combined: as given, or as logarithms."""
    held = reports.with_columns(
        pl.lit(None, dtype=pl.Boolean if name == "is_reference" else pl.Float64).alias(name)
        for name in (*ERRORS, *STATED)
        if name not in reports.columns
    )
    error, (low, high) = pl.col("standard_error"), (pl.col("lower"), pl.col("upper"))
    given = held.with_columns(
        pl.col("value").alias("_given_value"),
        pl.coalesce(low, pl.col("value") - REACH * error).alias("_given_lower"),
        pl.coalesce(high, pl.col("value") + REACH * error).alias("_given_upper"),
        pl.col("is_reference").fill_null(False).alias("_trusted"),
        pl.col("bias_lower").is_not_null().alias("_bounded"),
    )
    if asked.biases == PERCENT:
        return _on_log_scale(given)
    bias = pl.col("bias_lower"), pl.col("bias_upper")
    return given.with_columns(
        pl.col("value").alias("_value"),
        pl.coalesce(error, (high - low) / (2 * REACH)).alias("_error"),
        *_stated(*bias),
    )


def _on_log_scale(given: pl.DataFrame) -> pl.DataFrame:
    """Values, errors and biases of per cent as logarithms; refused where one is not above zero."""
    lowest, below = pl.min_horizontal("value", "lower"), pl.min_horizontal("bias_lower", "bias_upper")
    wrong = given.select(((lowest <= 0).fill_null(False)) | ((below <= -100).fill_null(False))).to_series()
    if wrong.any():
        raise MethodNotApplicable(
            "Biases in per cent need values above zero.",
            where="rows below the heading: {rows}",
            expected="values and lower ends above zero, stated biases above -100 per cent",
            do="Take --biases amount, as for net migration.",
            rows=_numbers_of(wrong),
        )
    log_width = (pl.col("upper").log() - pl.col("lower").log()) / (2 * REACH)
    bias = [(pl.col(name) / 100 + 1).log() for name in ("bias_lower", "bias_upper")]
    return given.with_columns(
        pl.col("value").log().alias("_value"),
        pl.coalesce(pl.col("standard_error") / pl.col("value"), log_width).alias("_error"),
        *_stated(*bias),
    )


def _stated(low: pl.Expr, high: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Mean and standard deviation of a bias from its 5 % and 95 % points; none for a reference."""
    trusted = pl.col("_trusted")
    middle = pl.when(trusted).then(0.0).otherwise(((low + high) / 2).fill_null(0.0))
    width = pl.when(trusted).then(0.0).otherwise(((high - low) / (2 * REACH)).fill_null(float("nan")))
    return middle.alias("_bias"), width.alias("_bias_width")


def _schema(rows: pl.DataFrame, groups: Sequence[str], sources: Sequence[str]) -> dict[str, Any]:
    ends = ("value", "lower", "upper", "weight", "bias", "bias_lower", "bias_upper")
    return {
        **{name: rows.schema[name] for name in groups},
        "year": pl.Int64,
        **dict.fromkeys(("value", "lower", "upper"), pl.Float64),
        **dict.fromkeys(("status", "status_reason"), pl.String),
        "sources": pl.Int64,
        **{f"{name}_{end}": pl.Float64 for name in sources for end in ends},
        "chi_square": pl.Float64,
        "degrees_of_freedom": pl.Int64,
        "chi_square_chance": pl.Float64,
    }


def _require_settings(asked: CombineQuestion) -> None:
    if asked.biases not in (AMOUNT, PERCENT) or not 0 < asked.bias_scale_percent <= 1000:
        raise SettingsInvalid(
            "guzar cannot combine with these biases: {biases}, scale {scale} per cent.",
            expected="--biases amount or percent; --bias-scale above 0 and at most 1000 per cent",
            do="Correct the option.",
            biases=asked.biases,
            scale=asked.bias_scale_percent,
        )


def _require_one_quantity(reports: pl.DataFrame) -> dict[str, str]:
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


def _require_whole(rows: pl.DataFrame, groups: Sequence[str]) -> None:
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
            rows=_numbers_of(wrong),
        )
    _require_single(rows, groups)


def _numbers_of(wrong: pl.Series) -> str:
    """The first rows that are wrong, as a person counts them below the heading."""
    at = wrong.arg_true()
    return ", ".join([*(str(row + 1) for row in at[:3]), *(["…"] if len(at) > 3 else [])])


def _differ_in_width() -> pl.Expr:
    """Whether a standard error and the 5 % and 95 % points beside it say different things, as with points of 95 %."""
    half = (pl.col("upper") - pl.col("lower")) / (2 * REACH)
    error = pl.col("standard_error")
    return (half - error).abs() > 0.1 * pl.max_horizontal(half, error)


def _require_free_names(groups: Sequence[str], made: Mapping[str, Any]) -> None:
    taken = [name for name in groups if name in made or name.startswith("_")]
    if taken:
        raise SettingsInvalid(
            "Columns have the names of what guzar combine writes: {columns}.",
            expected="groups under other names",
            do="Rename or drop these columns.",
            columns=", ".join(taken),
        )


def _require_no_persons(groups: Sequence[str]) -> None:
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

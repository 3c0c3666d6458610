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

from guzar.analyse.combinable import (
    ERRORS,
    NOT_STATED,
    OF_ONE,
    PERCENT,
    STATED,
    TOLD,
    CombineQuestion,
    numbers_of,
    require_free_names,
    require_no_persons,
    require_one_quantity,
    require_settings,
    require_whole,
)
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
from guzar.errors import MethodNotApplicable

BY_REFERENCE = "identified_by_reference"
BY_STATED = "identified_by_stated_bias"
IF_BALANCED = "identified_if_biases_balance"
ONE_SOURCE, BOUNDED = "one_source", "bounded"
CANNOT_BE_TOLD, TWO_DIFFER, CONTRADICT = "bias_cannot_be_told", "two_sources_differ", "sources_contradict"
DIFFER, CONTRADICTION = 0.05, 0.01  # chances below which sources count as different, as contradicting


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
    require_settings(asked)
    one = require_one_quantity(reports)
    groups = tuple(name for name in reports.columns if name not in TOLD)
    require_no_persons(groups)
    rows = _with_errors(reports, asked)
    require_whole(rows, groups)
    sources = tuple(sorted(rows["source"].unique()))
    require_free_names(groups, _schema(rows, (), sources))
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
            rows=numbers_of(wrong),
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

"""Observations → doubts: women and men that are not the total, and totals smaller than their listed parts.

Rule: in one edition of one source a printed sum is the sum of its printed parts, up to the rounding of their last
digits. A part that the publisher withholds or does not know is no zero: such a sum is not looked at. Sums that guzar
made itself are left out: they repeat the slips of their parts.
"""

from typing import Any

import polars as pl
from polars.dataframe.group_by import GroupBy

from guzar.analyse.doubts import MOST_ROWS_PER_SERIES, doubt_cell, printed_quantum, show_number
from guzar.analyse.paired_series import is_computed_by_guzar
from guzar.define.areas import areas
from guzar.define.definitions import definitions

SERIES = ["indicator", "source", "edition", "definition"]
SUBJECT = ["indicator", "source", "edition"]
COUNTED_BY_SEX = ("persons", "registrations", "permits")
COUNTED_BY_COUNTERPART = ("persons", "usd", "usd_million")

SEXES_UNLIKE_TOTAL = (
    "In {source}, edition {edition}, women and men do not add up to the total in {cells} cells of {indicator}; the "
    "widest gap is for {areas}, {period}: {found} against {expected}."
)
TOTAL_BELOW_PARTS = (
    "In {source}, edition {edition}, the parts of {indicator} add up to more than the printed total in {cells} cells; "
    "the widest gap is for {areas}, {period}: total {found} against a sum of parts of {expected}."
)


def find_sexes_unlike_total(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Cells where women and men, both or one of them printed, do not add up to the printed total."""
    key = ["edition", "source", "definition", "area", "counterpart", "period"]
    printed = held.filter(pl.col("unit").is_in(COUNTED_BY_SEX) & ~is_computed_by_guzar())
    of_one_sex = pl.col("sex").is_in(["F", "M"])
    by_sex = printed.filter(of_one_sex)["definition"].unique().implode()
    cells = _group(
        printed.filter(pl.col("definition").is_in(by_sex)).with_columns(
            both=pl.when(pl.col("sex") == "_T").then("value"),
            of_one=pl.when(of_one_sex).then("value"),
            is_unknown=of_one_sex & pl.col("value").is_null(),
        ),
        key,
    ).agg(
        indicator=pl.col("indicator").first(),
        total=pl.col("both").max(),
        summed=pl.col("of_one").sum(),
        parts=pl.col("of_one").count(),
        is_unknown=pl.col("is_unknown").any(),
    )
    whole = cells.filter(
        (pl.col("parts") > 0) & ~pl.col("is_unknown") & pl.col("total").is_not_null()
    ).with_columns(
        gap=(pl.col("summed") - pl.col("total")).abs(), found=pl.lit("summed"), expected=pl.lit("total")
    )
    return _write_gaps(printed, whole, "sexes_unlike_total", SEXES_UNLIKE_TOTAL)


def find_totals_below_parts(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Printed totals over all counterparts that are smaller than the listed counterparts of the same source."""
    known = areas().filter(pl.col("kind") != "aggregate")["code"].implode()
    printed = held.filter(
        pl.col("unit").is_in(COUNTED_BY_COUNTERPART) & pl.col("value").is_not_null() & ~is_computed_by_guzar()
    )
    totals = printed.filter(pl.col("counterpart") == "_T")
    with_total = totals.select(SUBJECT).unique()
    listed = printed.filter(pl.col("counterpart").is_in(known)).join(with_total, on=SUBJECT, how="semi")
    cell = [*SUBJECT, "unit", "area", "sex", "period"]
    sums = (
        _group(listed, [*cell, "definition"])
        .agg(summed=pl.col("value").sum(), parts=pl.len())
        .group_by(cell)
        .agg(pl.col("summed", "parts").max())
    )
    named = totals.select(pl.col(cell).cast(pl.Categorical), "definition", total="value")
    gaps = named.join(sums, on=cell).with_columns(
        gap=pl.col("summed") - pl.col("total"),
        found=pl.lit("total"),
        expected=pl.lit("summed"),
        counterpart=pl.lit("_T"),
    )
    return _write_gaps(printed, gaps, "total_below_parts", TOTAL_BELOW_PARTS)


def _group(rows: pl.DataFrame, key: list[str]) -> GroupBy:
    """Rows by key; millions of texts are grouped four times faster by the numbers that stand for them."""
    return rows.with_columns(pl.col(key).cast(pl.Categorical)).group_by(key)


def _write_gaps(
    printed: pl.DataFrame, gaps: pl.DataFrame, check: str, explanation: str
) -> list[dict[str, Any]]:
    """Doubts for sums that miss their total by more than rounding: each cell, or once per series where many do."""
    computing = 1e-9 * pl.col("total").abs()  # what floating-point sums lose
    missed = gaps.filter(pl.col("gap") > computing).with_columns(pl.col(pl.Categorical).cast(pl.String))
    rounding = pl.col("slack") * (pl.col("parts") + 1) + computing
    slacks = _slack_of_series(printed.join(missed.select(SERIES).unique(), on=SERIES, how="semi"))
    wide = missed.join(slacks, on=SERIES).filter(pl.col("gap") > rounding)
    return [
        doubt
        for _, of_series in sorted(wide.partition_by(SERIES, as_dict=True).items())
        for doubt in _write_series(of_series, check, explanation)
    ]


def _slack_of_series(printed: pl.DataFrame) -> pl.DataFrame:
    """By series, half a unit of the last printed digit; nothing where persons are counted one by one."""
    series = printed.group_by(SERIES).agg(pl.col("value").unique())
    slacks = [
        _half_unit(values, definition)
        for values, definition in zip(series["value"], series["definition"], strict=True)
    ]
    return series.select(SERIES).with_columns(slack=pl.Series(slacks, dtype=pl.Float64))


def _half_unit(values: pl.Series, definition: str) -> float:
    quantum = printed_quantum(values, definition)
    is_exact = quantum == 1 and definition in definitions() and definitions()[definition].scale == "1"
    return 0.0 if is_exact else quantum / 2


def _write_series(wide: pl.DataFrame, check: str, explanation: str) -> list[dict[str, Any]]:
    """The widest gap stands first; where two are equally wide, the order of the names decides."""
    ties = [name for name in ("area", "counterpart", "sex", "period") if name in wide.columns]
    ordered = wide.sort("gap", *ties, descending=[True, *[False] * len(ties)])
    is_many = wide.height > MOST_ROWS_PER_SERIES
    return [
        doubt_cell(
            row,
            check,
            found=show_number(row[row["found"]]),
            expected=show_number(row[row["expected"]]),
            explanation=explanation,
            values={"cells": wide.height if is_many else 1},
        )
        for row in ordered.head(1 if is_many else wide.height).iter_rows(named=True)
    ]

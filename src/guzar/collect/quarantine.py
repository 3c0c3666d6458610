"""Quarantine: sift candidate rows into figures and refused rows with a reason each.

One set of rules for every source: a cell is a number or a missing mark; areas, sexes and periods are known; a
count is not negative; no series gives two values for the same key. Nothing is dropped: what is not kept is in
the quarantine, and what appears twice word for word is kept once and set aside once.
"""

import re

import dataframely as dy
import polars as pl

from guzar.define import columns
from guzar.define.areas import fold_spelling, spellings
from guzar.define.definitions import definitions
from guzar.define.sources import shipped_sources
from guzar.define.tables.figures import PublishedFigures, RefusedRows

# Marks that publishers print instead of a number. None of them is a zero.
MISSING_MARKS = ("..", "...", "…", "-", "–", "—", "~", "N", "NA", "N/A", "n/a", "n.a.", "na", "x", "X", "*")
BLANK = "blank"
BLANKS = r"[\s\x{00A0}\x{202F}]"
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
YEAR = "(1[89][0-9]{2}|2[01][0-9]{2}|2200)"  # as the column `year` allows
SPAN = rf"^{YEAR}\s*[-–]\s*{YEAR}$"
PERIOD = rf"^{YEAR}e?$|{SPAN}|^{YEAR}[-_ ]?Q[1-4]$|^{YEAR}_[1-4]Q$"
SEXES = ("total", "both", "both sexes", "male", "female", "m", "f", "t", "_t", "_z", "u", "unknown")
KEY = (
    "series",
    "reported_area",
    "reported_counterpart",
    "reported_sex",
    "reported_period",
    "reported_edition",
    "reported_part",
)

NOT_A_NUMBER = "the cell is neither a number nor a known missing mark"
UNKNOWN_AREA = "the area is not in the list of areas"
UNKNOWN_SEX = "the sex is neither male, female, both nor unknown"
UNKNOWN_PERIOD = "the period is neither a year, a quarter nor a span of years"
BACKWARDS = "the span of years runs backwards"
UNKNOWN_EDITION = "the date of publication is not a date"
OUT_OF_RANGE = "the number is too large or too small to be kept exactly"
NEGATIVE = "a count, amount or share cannot be negative"
TWICE = "the row is delivered twice, word for word; the first is kept"
CONTRADICTS = "the delivery gives different values for the same series, area and period"
UNKNOWN_SERIES = "the series is not defined for this source"


def sift(
    candidates: pl.DataFrame,
    source: str,
    *,
    decimal: str = ".",
    thousands: str = "",
    missing: tuple[str, ...] = (),
) -> tuple[dy.DataFrame[PublishedFigures], dy.DataFrame[RefusedRows]]:
    """Split candidate rows of a published file into figures and refused rows.

    `candidates` has the columns of PublishedFigures but for `missing_mark`; `value` may hold the number that the
    file itself carries (Excel, Parquet), else it is read from `reported_value` with the decimal and thousands
    signs that the layout declares; `missing` are marks of this table beside the usual ones.
    """
    rows = _with_all_columns(candidates)
    rows = _read_numbers(rows, decimal, thousands, (*MISSING_MARKS, *missing))
    rows = rows.with_columns(reason=_first_reason(rows, source)).with_row_index("order")
    rows = _refuse_repetitions(rows)
    kept = rows.filter(pl.col("reason").is_null()).select(PublishedFigures.column_names())
    refused = rows.filter(pl.col("reason").is_not_null()).select("place", "reason", row_content=_content())
    return PublishedFigures.validate(kept), RefusedRows.validate(refused)


def _with_all_columns(candidates: pl.DataFrame) -> pl.DataFrame:
    optional = {
        "reported_counterpart": pl.String,
        "reported_sex": pl.String,
        "reported_edition": pl.String,
        "reported_status": pl.String,
        "reported_part": pl.String,
        "parts_printed": pl.Int32,
        "reported_last_observed": pl.Int32,
        "value": pl.Float64,
        "reported_value": pl.String,
    }
    missing = [
        pl.lit(None, kind).alias(name) for name, kind in optional.items() if name not in candidates.columns
    ]
    return candidates.with_columns(missing)


def _read_numbers(rows: pl.DataFrame, decimal: str, thousands: str, marks: tuple[str, ...]) -> pl.DataFrame:
    printed = pl.col("reported_value").str.strip_chars()
    # Blanks stand between groups of three digits only: `1 2` is not twelve.
    grouped = printed.str.contains(rf"^[+-]?\s*[0-9]{{1,3}}({BLANKS}[0-9]{{3}})+([.,][0-9]+)?$")
    plain = pl.when(grouped).then(printed.str.replace_all(BLANKS, "")).otherwise(printed)
    if thousands:
        # Only groups of three are thousands: `1,5` is not one thousand and five hundred.
        grouped = plain.str.contains(
            rf"^-?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+({re.escape(decimal)}[0-9]+)?$"
        )
        plain = pl.when(grouped).then(plain.str.replace_all(thousands, "", literal=True)).otherwise(plain)
    if decimal != ".":
        # Where the comma is the decimal sign, `1.234` may be a thousand or a little more than one: not a number.
        other = plain.str.contains(".", literal=True)
        plain = pl.when(other).then(pl.lit("")).otherwise(plain.str.replace(decimal, ".", literal=True))
    looks_like_number = plain.str.contains(NUMBER)
    number = pl.when(looks_like_number).then(plain).cast(pl.Float64, strict=False)
    # `1e-400` is no zero: its digits say so, but 64 bits cannot hold it.
    is_lost = looks_like_number & (number == 0) & plain.str.contains(r"^[+-]?[0.]*[1-9]")
    blank = printed.is_null() | (printed == "")
    mark = (
        pl.when(pl.col("value").is_not_null())
        .then(None)
        .when(blank)
        .then(pl.lit(BLANK))
        .when(printed.is_in(marks))
        .then(printed)
    )
    return rows.with_columns(
        value=pl.coalesce("value", number).fill_nan(None), missing_mark=mark, is_lost=is_lost
    ).with_columns(value=pl.when(pl.col("missing_mark").is_null()).then("value"))


def _first_reason(rows: pl.DataFrame, source: str) -> pl.Expr:
    known_series = {d.series for d in definitions().values() if d.source == source and d.series}
    signed = [
        d.series for d in definitions().values() if d.source == source and d.direction in ("net", "signed")
    ]
    negative = (pl.col("value") < 0) & ~pl.col("series").is_in(signed)
    neither = pl.col("value").is_null() & pl.col("missing_mark").is_null()
    # Only tables that ship with guzar have figures of no area at all.
    no_area = ["_T"] if source in shipped_sources() else ["_T", "_Z"]
    unknown_area = (
        pl.col("reported_area").is_null()
        | pl.col("reported_area").is_in(no_area)
        | _is_unknown(rows, "reported_area")
    )
    return (
        pl.when(~pl.col("series").is_in(list(known_series)))
        .then(pl.lit(UNKNOWN_SERIES))
        .when(unknown_area | _is_unknown(rows, "reported_counterpart"))
        .then(pl.lit(UNKNOWN_AREA))
        .when(~pl.col("reported_sex").str.to_lowercase().is_in(SEXES))
        .then(pl.lit(UNKNOWN_SEX))
        .when(~pl.col("reported_period").str.contains(PERIOD).fill_null(False))
        .then(pl.lit(UNKNOWN_PERIOD))
        .when(~pl.col("reported_edition").str.contains(columns.EDITION))
        .then(pl.lit(UNKNOWN_EDITION))
        .when(_runs_backwards())
        .then(pl.lit(BACKWARDS))
        .when(_is_out_of_range(source))
        .then(pl.lit(OUT_OF_RANGE))
        .when(neither)
        .then(pl.lit(NOT_A_NUMBER))
        .when(negative)
        .then(pl.lit(NEGATIVE))
    )


def _runs_backwards() -> pl.Expr:
    first, last = (pl.col("reported_period").str.extract(SPAN, group).cast(pl.Int32) for group in (1, 2))
    return (first > last).fill_null(False)


def _is_out_of_range(source: str) -> pl.Expr:
    """Whether a number, or the number brought to its unit, leaves what 64 bits hold: infinite, or lost to zero."""
    told = [d for d in definitions().values() if d.source == source and d.series]
    largest = {d.series: max(float(o.scale) for o in told if o.series == d.series) for d in told}
    scale = pl.col("series").replace_strict(largest, default=1.0, return_dtype=pl.Float64)
    scaled = pl.col("value") * scale
    lost = (scaled == 0) & (pl.col("value") != 0) | pl.col("is_lost")
    return (scaled.is_infinite() | lost).fill_null(False)


def _is_unknown(rows: pl.DataFrame, column: str) -> pl.Expr:
    """Whether a label is in no list of areas. Each distinct label is folded once: a delivery repeats few of them."""
    labels = (
        rows.select(label=pl.col(column).unique())
        .drop_nulls()
        .with_columns(spelling=fold_spelling(pl.col("label")))
    )
    unknown = labels.join(spellings(), on="spelling", how="anti").filter(~pl.col("label").is_in(["_T", "_Z"]))
    return pl.col(column).is_in(unknown["label"].to_list())


def _refuse_repetitions(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the same key: word for word the same (all but the first refused), or contradicting (all refused)."""
    repeated = rows.filter(rows.select(KEY).is_duplicated())
    if repeated.is_empty():
        return rows
    contradict = pl.struct("value", "missing_mark").n_unique().over(KEY) > 1
    later = pl.col("order") > pl.col("order").min().over(KEY)
    found = repeated.select(
        "order", repetition=pl.when(contradict).then(pl.lit(CONTRADICTS)).when(later).then(pl.lit(TWICE))
    )
    rows = rows.join(found, on="order", how="left", maintain_order="left")
    return rows.with_columns(reason=pl.coalesce("reason", "repetition")).drop("repetition")


def _content() -> pl.Expr:
    cells = [pl.col(name).fill_null("") for name in (*KEY, "reported_value")]
    return pl.concat_str(cells, separator=" | ")

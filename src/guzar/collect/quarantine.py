"""Quarantine: sift candidate rows into figures and refused rows with a reason each.

One set of rules for every source: a cell is a number or a missing mark; areas, sexes and periods are known; a
count is not negative; no series gives two values for the same key. Nothing is dropped: what is not kept is in
the quarantine, and what appears twice word for word is kept once and set aside once.
"""

import dataframely as dy
import polars as pl

from guzar.define.areas import fold_spelling, spellings
from guzar.define.definitions import definitions
from guzar.define.tables.figures import PublishedFigures, RefusedRows

# Marks that publishers print instead of a number. None of them is a zero.
MISSING_MARKS = ("..", "...", "…", "-", "–", "—", "~", "N", "NA", "n/a", "n.a.", "na", "x", "X", "*")
BLANK = "blank"
PERIOD = r"^\d{4}e?$|^\d{4}\s*[-–]\s*\d{4}$|^\d{4}[-_ ]?Q[1-4]$|^\d{4}_[1-4]Q$"
SEXES = ("total", "both", "both sexes", "male", "female", "m", "f", "t", "_t", "_z", "u", "unknown")
KEY = ("series", "reported_area", "reported_counterpart", "reported_sex", "reported_period", "reported_edition")

EDITION = r"^\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?$"
NOT_A_NUMBER = "the cell is neither a number nor a known missing mark"
UNKNOWN_AREA = "the area is not in the list of areas"
UNKNOWN_SEX = "the sex is neither male, female, both nor unknown"
UNKNOWN_PERIOD = "the period is neither a year, a quarter nor a span of years"
UNKNOWN_EDITION = "the date of publication is not a date"
NEGATIVE = "a count, amount or share cannot be negative"
TWICE = "the row is delivered twice, word for word; the first is kept"
CONTRADICTS = "the delivery gives different values for the same series, area and period"
UNKNOWN_SERIES = "the series is not defined for this source"


def sift(candidates: pl.DataFrame, source: str, *, decimal: str = ".", thousands: str = "") -> tuple[
    dy.DataFrame[PublishedFigures], dy.DataFrame[RefusedRows]
]:
    """Split candidate rows of a published file into figures and refused rows.

    `candidates` has the columns of PublishedFigures but for `missing_mark`; `value` may hold the number that the
    file itself carries (Excel, Parquet), else it is read from `reported_value` with the decimal and thousands
    signs that the layout declares.
    """
    rows = _with_all_columns(candidates)
    rows = _read_numbers(rows, decimal, thousands)
    rows = rows.with_columns(reason=_first_reason(source)).with_row_index("order")
    rows = rows.with_columns(reason=pl.coalesce("reason", _repetition()))
    kept = rows.filter(pl.col("reason").is_null()).select(PublishedFigures.column_names())
    refused = rows.filter(pl.col("reason").is_not_null()).select("place", "reason", row_content=_content())
    return PublishedFigures.validate(kept), RefusedRows.validate(refused)


def _with_all_columns(candidates: pl.DataFrame) -> pl.DataFrame:
    optional = {"reported_counterpart": pl.String, "reported_sex": pl.String, "reported_edition": pl.String,
                "reported_status": pl.String, "value": pl.Float64, "reported_value": pl.String}
    missing = [pl.lit(None, kind).alias(name) for name, kind in optional.items() if name not in candidates.columns]
    return candidates.with_columns(missing)


def _read_numbers(rows: pl.DataFrame, decimal: str, thousands: str) -> pl.DataFrame:
    printed = pl.col("reported_value").str.strip_chars()
    plain = printed.str.replace_all(r"[\s\x{00A0}\x{202F}]", "")
    if thousands:
        # Only groups of three are thousands: `1,5` is not one thousand and five hundred.
        grouped = plain.str.contains(rf"^-?\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?$")
        plain = pl.when(grouped).then(plain.str.replace_all(thousands, "", literal=True)).otherwise(plain)
    if decimal != ".":
        plain = plain.str.replace(decimal, ".", literal=True)
    looks_like_number = plain.str.contains(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    number = pl.when(looks_like_number).then(plain).cast(pl.Float64, strict=False)
    blank = printed.is_null() | (printed == "")
    mark = (
        pl.when(pl.col("value").is_not_null()).then(None)
        .when(blank).then(pl.lit(BLANK))
        .when(printed.is_in(MISSING_MARKS)).then(printed)
    )
    return rows.with_columns(value=pl.coalesce("value", number).fill_nan(None), missing_mark=mark).with_columns(
        value=pl.when(pl.col("missing_mark").is_null()).then("value")
    )


def _first_reason(source: str) -> pl.Expr:
    known_series = {d.series for d in definitions().values() if d.source == source}
    signed = [d.series for d in definitions().values() if d.source == source and d.direction in ("net", "signed")]
    negative = (pl.col("value") < 0) & ~pl.col("series").is_in(signed)
    neither = pl.col("value").is_null() & pl.col("missing_mark").is_null()
    return (
        pl.when(~pl.col("series").is_in(list(known_series))).then(pl.lit(UNKNOWN_SERIES))
        .when(~_known_area("reported_area") | ~_known_area("reported_counterpart")).then(pl.lit(UNKNOWN_AREA))
        .when(~pl.col("reported_sex").str.to_lowercase().is_in(SEXES)).then(pl.lit(UNKNOWN_SEX))
        .when(~pl.col("reported_period").str.contains(PERIOD)).then(pl.lit(UNKNOWN_PERIOD))
        .when(~pl.col("reported_edition").str.contains(EDITION)).then(pl.lit(UNKNOWN_EDITION))
        .when(neither).then(pl.lit(NOT_A_NUMBER))
        .when(negative).then(pl.lit(NEGATIVE))
    )


def _known_area(column: str) -> pl.Expr:
    folded = fold_spelling(pl.col(column))
    return pl.col(column).is_null() | folded.is_in(spellings()["spelling"].implode()) | pl.col(column).is_in(["_T", "_Z"])


def _repetition() -> pl.Expr:
    """Rows with the same key: word for word the same (set aside but the first), or contradicting (all)."""
    same = pl.struct("value", "missing_mark")
    contradict = same.n_unique().over(KEY) > 1
    later = pl.col("order") > pl.col("order").min().over(KEY)
    return pl.when(contradict).then(pl.lit(CONTRADICTS)).when(later).then(pl.lit(TWICE))


def _content() -> pl.Expr:
    cells = [pl.col(name).fill_null("") for name in (*KEY, "reported_value")]
    return pl.concat_str(cells, separator=" | ")

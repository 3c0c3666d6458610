"""Sift price quotes: the publisher's table into PublishedPriceQuotes and refused rows with a reason each.

A quote is kept when its number is its own, both ends of its corridor are known and differ, its round is a
quarter, its prices are numbers, and no amount, fee or rate is negative. A negative margin is a promotion and
stays.
"""

import dataframely as dy
import polars as pl

from guzar.collect.quarantine import (
    CONTRADICTS,
    NEGATIVE,
    NOT_A_NUMBER,
    PERIOD,
    TWICE,
    UNKNOWN_AREA,
    UNKNOWN_PERIOD,
)
from guzar.define.areas import fold_spelling, spellings
from guzar.define.tables.figures import RefusedRows
from guzar.define.tables.prices import PublishedPriceQuotes

SAME_ENDS = "the corridor starts and ends in the same area"
NO_NUMBER_OF_ITS_OWN = "the quote has no number of its own, or no amount or currency"

TEXTS = {
    "id": "quote_id",
    "destination": "reported_area",
    "source": "reported_counterpart",
    "period": "reported_period",
    "date": "reported_survey_date",
    "firm": "firm",
    "firm_type": "firm_type",
    "product": "product",
    "sending.location": "sending_location",
    "pick.up.method": "pick_up_method",
    "coverage": "coverage",
    "speed.actual": "speed",
    "transparent": "reported_transparent",
    "cc1.lcu.code": "currency_200",
    "cc2.lcu.code": "currency_500",
}
NUMBERS = {
    "cc1.lcu.amount": "amount_local_200",
    "cc1.denomination.amount": "amount_usd_200",
    "cc1.lcu.fee": "fee_local_200",
    "cc1.lcu.fx.rate": "exchange_rate_200",
    "cc1.fx.margin": "margin_percent_200",
    "cc1.total.cost..": "total_cost_percent_200",
    "cc2.lcu.amount": "amount_local_500",
    "cc2.denomination.amount": "amount_usd_500",
    "cc2.lcu.fee": "fee_local_500",
    "cc2.lcu.fx.rate": "exchange_rate_500",
    "cc2.fx.margin": "margin_percent_500",
    "cc2.total.cost..": "total_cost_percent_500",
    "inter.lcu.bank.fx": "interbank_rate",
}
NOTES = ("note1", "note2")  # the publisher's remarks in sentences; they stay in the delivery
QUOTE_COLUMNS = (*TEXTS, *NUMBERS, *NOTES)
MAY_BE_NEGATIVE = (
    "margin_percent_200",
    "margin_percent_500",
    "total_cost_percent_200",
    "total_cost_percent_500",
)


def sift_quotes(table: pl.DataFrame) -> tuple[dy.DataFrame[PublishedPriceQuotes], dy.DataFrame[RefusedRows]]:
    """Split the publisher's table into quotes and refused rows; no row is in both or in neither."""
    printed = table.with_row_index("row", offset=1).with_columns(pl.col(*QUOTE_COLUMNS).cast(pl.String))
    rows = printed.select(
        "row",
        *[_text(column).alias(name) for column, name in TEXTS.items()],
        *[pl.col(column).cast(pl.Float64, strict=False).alias(name) for column, name in NUMBERS.items()],
        is_number=pl.all_horizontal(_is_number_or_blank(column) for column in NUMBERS),
        content=pl.concat_str(
            [pl.col(c).fill_null("") for c in QUOTE_COLUMNS if c not in NOTES], separator=" | "
        ),
        place=pl.format("row {}", "row"),
    )
    rows = rows.with_columns(reason=pl.coalesce(_first_reason(), _repetition()))
    kept = rows.filter(pl.col("reason").is_null()).select(PublishedPriceQuotes.column_names())
    refused = rows.filter(pl.col("reason").is_not_null()).select("place", "reason", row_content="content")
    return PublishedPriceQuotes.validate(kept), RefusedRows.validate(refused)


def _text(column: str) -> pl.Expr:
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _is_number_or_blank(column: str) -> pl.Expr:
    return _text(column).is_null() | _text(column).cast(pl.Float64, strict=False).is_not_null()


def _first_reason() -> pl.Expr:
    known = spellings()["spelling"].implode()
    ends_known = pl.all_horizontal(
        fold_spelling(pl.col(c)).is_in(known) for c in ("reported_area", "reported_counterpart")
    )
    never_negative = [name for name in NUMBERS.values() if name not in MAY_BE_NEGATIVE]
    required = pl.any_horizontal(pl.col("quote_id", "firm", "amount_local_200", "currency_200").is_null())
    return (
        pl.when(~ends_known.fill_null(False))
        .then(pl.lit(UNKNOWN_AREA))
        .when(pl.col("reported_area") == pl.col("reported_counterpart"))
        .then(pl.lit(SAME_ENDS))
        .when(~pl.col("reported_period").str.contains(PERIOD).fill_null(False))
        .then(pl.lit(UNKNOWN_PERIOD))
        .when(~pl.col("is_number"))
        .then(pl.lit(NOT_A_NUMBER))
        .when(required)
        .then(pl.lit(NO_NUMBER_OF_ITS_OWN))
        .when(pl.any_horizontal(pl.col(never_negative) < 0))
        .then(pl.lit(NEGATIVE))
    )


def _repetition() -> pl.Expr:
    """Quotes with the same number: the same word for word (all but the first), or contradicting (all)."""
    contradict = pl.col("content").n_unique().over("quote_id") > 1
    later = pl.col("row") > pl.col("row").min().over("quote_id")
    return pl.when(contradict).then(pl.lit(CONTRADICTS)).when(later).then(pl.lit(TWICE))

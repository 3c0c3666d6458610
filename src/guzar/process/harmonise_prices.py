"""PublishedPriceQuotes → PriceQuotes: corridor in codes, quarter, speed in hours; prices stay as quoted.

Speed is a band in words ("3-5 days"); its upper end in hours lets services be compared with a limit such as
five days. An open band ("6 days or more") has no upper end and stays empty, as does "N/A".
"""

import dataframely as dy
import polars as pl

from guzar.define.areas import fold_spelling, spellings
from guzar.define.tables.prices import PriceQuotes, PublishedPriceQuotes

# Upper end of each band of speed that the publisher uses, in hours.
LONGEST_WAIT_HOURS = {
    "less than one hour": 1,
    "same day": 24,
    "next day": 48,
    "2 days": 48,
    "3-5 days": 120,
}


def harmonise_prices(
    quotes: dy.DataFrame[PublishedPriceQuotes], *, source: str, edition: str
) -> dy.DataFrame[PriceQuotes]:
    """The quotes of one delivery with codes, quarter and edition: same quotes, same prices, none averaged."""
    rows = _code_ends(quotes.lazy())
    rows = rows.with_columns(
        **_quarter(),
        survey_date=pl.col("reported_survey_date").str.to_date("%d/%b/%Y", strict=False),
        longest_wait_hours=_longest_wait(),
        is_transparent=pl.col("reported_transparent")
        .str.to_lowercase()
        .replace_strict({"yes": True, "no": False}, default=None, return_dtype=pl.Boolean),
        source=pl.lit(source),
        edition=pl.lit(edition),
    )
    return PriceQuotes.validate(rows.select(PriceQuotes.column_names()).collect(), cast=True)


def _code_ends(rows: pl.LazyFrame) -> pl.LazyFrame:
    codes = spellings().lazy()
    for end in ("area", "counterpart"):
        folded = fold_spelling(pl.col(f"reported_{end}")).alias("spelling")
        rows = (
            rows.with_columns(folded)
            .join(codes.rename({"code": end}), on="spelling", how="left", maintain_order="left")
            .drop("spelling")
        )
    return rows


def _quarter() -> dict[str, pl.Expr]:
    """`2014_2Q` as the period 2014-Q2."""
    year = pl.col("reported_period").str.slice(0, 4)
    quarter = pl.col("reported_period").str.extract(r"_([1-4])Q$")
    return {"period": year + "-Q" + quarter, "year": year.cast(pl.Int32)}


def _longest_wait() -> pl.Expr:
    return (
        pl.col("speed")
        .str.to_lowercase()
        .replace_strict(LONGEST_WAIT_HOURS, default=None, return_dtype=pl.Int32)
    )

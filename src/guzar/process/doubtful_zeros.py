"""Zeros that most likely mean no data, marked as such: the number printed becomes `not_known`.

KNOMAD's June 2023 edition fills years without data with an exact 0 (TJK 2000 and 2001, UZB 2000 to 2004, TKM
in every year), where the edition of 2014 prints `..`. The rule, for the editions listed in
`codelists/doubtful_zeros.csv` and for nothing else: an exact 0 before the first or after the last positive
value of an area's series, or in a series without any positive value, is no data. A 0 between two positive
values stays. The printed 0 stays in the collected table and in the mark.
"""

import polars as pl

from guzar.define.codelist import read_codelist

MARK = "0 (no data)"


def mark_doubtful_zeros(rows: pl.LazyFrame, source: str) -> pl.LazyFrame:
    """Observations in the making, with zeros at the edges of the listed series turned into `not_known`.

    Needs `source`, `edition`, `definition`, `area`, `counterpart`, `year`, `value`, `observation_status`,
    `missing_mark`; all other columns and the order stay.
    """
    listed = (
        read_codelist("doubtful_zeros")
        .filter(pl.col("source") == source)
        .with_columns(is_listed=pl.lit(True))
        .lazy()
    )
    if listed.limit(1).collect().is_empty():
        return rows
    series = ["source", "edition", "definition", "area", "counterpart", "sex"]
    positive_year = pl.when(pl.col("value") > 0).then("year")
    first, last = positive_year.min().over(series), positive_year.max().over(series)
    at_edge = (first.is_null() | (pl.col("year") < first) | (pl.col("year") > last)) & (pl.col("value") == 0)
    rows = rows.join(listed, on=["source", "edition", "definition"], how="left", maintain_order="left")
    rows = rows.with_columns(doubtful=(at_edge & pl.col("is_listed").fill_null(False)).fill_null(False))
    return rows.with_columns(
        value=pl.when(~pl.col("doubtful")).then("value"),
        missing_mark=pl.when("doubtful").then(pl.lit(MARK)).otherwise("missing_mark"),
        observation_status=pl.when("doubtful").then(pl.lit("not_known")).otherwise("observation_status"),
    ).drop("doubtful", "is_listed")

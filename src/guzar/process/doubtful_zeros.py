"""Zeros that most likely mean no data, marked as such: the number printed becomes `not_known`.

KNOMAD's June 2023 edition fills years without data with an exact 0 (TJK 2000 and 2001, UZB 2000 to 2004, TKM
in every year), where the edition of 2014 prints `..`; a share of GDP over such an amount is an exact 0 too (GEO
2022, paid). The rule, for the editions and series listed in `codelists/doubtful_zeros.csv` and for nothing else:
an exact 0 is no data, wherever it stands in the series. A whole country that neither sends nor receives a dollar
in a year between two years of millions (UKR 2001, paid) has not been seen; at best the 0 is an amount rounded
away. The printed 0 stays in the collected table and in the mark.
"""

import polars as pl

from guzar.define.codelist import read_codelist

MARK = "0 (no data)"


def mark_doubtful_zeros(rows: pl.LazyFrame, source: str) -> pl.LazyFrame:
    """Observations in the making, with exact zeros of the listed series turned into `not_known`.

    Needs `source`, `edition`, `definition`, `value`, `observation_status`, `missing_mark`; all other columns and
    the order stay.
    """
    listed = (
        read_codelist("doubtful_zeros")
        .filter(pl.col("source") == source)
        .with_columns(is_listed=pl.lit(True))
        .lazy()
    )
    if listed.limit(1).collect().is_empty():
        return rows
    rows = rows.join(listed, on=["source", "edition", "definition"], how="left", maintain_order="left")
    is_zero = (pl.col("value") == 0).fill_null(False)
    rows = rows.with_columns(doubtful=is_zero & pl.col("is_listed").fill_null(False))
    return rows.with_columns(
        value=pl.when(~pl.col("doubtful")).then("value"),
        missing_mark=pl.when("doubtful").then(pl.lit(MARK)).otherwise("missing_mark"),
        observation_status=pl.when("doubtful").then(pl.lit("not_known")).otherwise("observation_status"),
    ).drop("doubtful", "is_listed")

"""Totals that a publisher prints only in parts: age groups of a population, procedures of asylum applications.

In: observations in the making, some of them parts of a total (`reported_part`). Out: the same rows, parts added up.
A total is made only where every part that the delivery prints was kept; with one part missing it is `not_known`,
because a sum without one age group would look like a smaller population. A total is no better known than the part
that is known least: it has that part's status, and its evidence age where every part has one.
"""

import polars as pl

from guzar.define.tables.figures import Observations

MARK = "part missing"
WEAKEST_FIRST = ("forecast", "modelled_from_modelled", "provisional", "estimated", "observed")


def add_up_parts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of whole totals as they are, and one row per total that was printed in parts.

    Needs the columns of Observations, `reported_part` and `parts_printed` (how many parts the delivery prints).
    """
    columns = Observations.column_names()
    whole = rows.filter(pl.col("reported_part").is_null()).select(columns)
    parts = rows.filter(pl.col("reported_part").is_not_null()).group_by(
        [*Observations.primary_key(), "year", "unit"]
    )
    totals = parts.agg(
        pl.col("value").sum(),
        observation_status=_weakest(pl.col("observation_status")),
        last_observed=pl.when(pl.col("last_observed").null_count() == 0).then(pl.col("last_observed").min()),
        is_whole=pl.col("value").count() == pl.col("parts_printed").max(),
    )
    return pl.concat([whole, _mark_incomplete(totals).select(columns)], how="vertical_relaxed")


def _weakest(statuses: pl.Expr) -> pl.Expr:
    """The status, of those that a number can have, that promises least; the parts stand in no order."""
    weakest = pl.coalesce(
        pl.when((statuses == status).any()).then(pl.lit(status)) for status in WEAKEST_FIRST
    )
    return weakest.fill_null(statuses.min())


def _mark_incomplete(totals: pl.LazyFrame) -> pl.LazyFrame:
    return totals.with_columns(
        pl.when("is_whole").then("value").alias("value"),
        pl.when("is_whole").then("last_observed").alias("last_observed"),
        observation_status=pl.when("is_whole").then("observation_status").otherwise(pl.lit("not_known")),
        missing_mark=pl.when("is_whole").then(None).otherwise(pl.lit(MARK)),
    )

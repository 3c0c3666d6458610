"""Observations → RemittanceShares: how large remittances are beside gross domestic product.

Numerator and denominator stay apart, each with its edition; the published share stands beside the recomputed one.
The share of remittances paid, which nobody publishes, is derived in the same way.
"""

import dataframely as dy
import polars as pl

from guzar.define.tables.figures import Observations
from guzar.define.tables.remittances import RemittanceShares

AMOUNTS = {"received": "remittances_received_usd", "paid": "remittances_paid_usd"}
SHARES = {"received": "remittances_received_percent_gdp", "paid": "remittances_paid_percent_gdp"}
PAID_SHARE_DEFINITION = "guzar_remittances_paid_percent_gdp"
OUTPUT = "gdp_usd"


def compute_remittance_shares(held: dy.DataFrame[Observations]) -> dy.DataFrame[RemittanceShares]:
    """Amount, gross domestic product and share for every area and year, received and paid.

    The denominator is the latest edition held; the published share is the one of the amount's own source and
    edition. `relative_gap` is published over recomputed, minus one.
    """
    sides = [_shares_of_side(held, side) for side in AMOUNTS]
    return RemittanceShares.validate(pl.concat(sides), cast=True)


def _shares_of_side(held: pl.DataFrame, side: str) -> pl.DataFrame:
    amounts = yearly_numbers(held, AMOUNTS[side]).select(
        "area", "year", amount_usd="value", amount_source="source", amount_edition="edition"
    )
    published = yearly_numbers(held, SHARES[side]).select(
        "area",
        "year",
        amount_source="source",
        amount_edition="edition",
        published_percent="value",
        share_edition="edition",
    )
    joined = amounts.join(_latest_output(held), on=["area", "year"], how="left").join(
        published, on=["area", "year", "amount_source", "amount_edition"], how="left"
    )
    recomputed = 100 * pl.col("amount_usd") / pl.col("output_usd")
    return (
        joined.with_columns(transfer_side=pl.lit(side), recomputed_percent=recomputed)
        .with_columns(
            relative_gap=_where_positive(pl.col("published_percent") / pl.col("recomputed_percent") - 1)
        )
        .select(RemittanceShares.column_names())
    )


def _where_positive(ratio: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("recomputed_percent") > 0).then(ratio)


def yearly_numbers(held: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """Whole-area yearly values of one indicator that hold a number."""
    whole = pl.col("counterpart").is_in(["_T", "_Z"]) & (pl.col("period") == pl.col("year").cast(pl.String))
    return held.filter((pl.col("indicator") == indicator) & whole & pl.col("value").is_not_null())


def _latest_output(held: pl.DataFrame) -> pl.DataFrame:
    latest = yearly_numbers(held, OUTPUT).filter(
        pl.col("edition") == pl.col("edition").max().over("area", "year")
    )
    return (
        latest.sort("source", "definition")
        .unique(["area", "year"], keep="first", maintain_order=True)
        .select("area", "year", output_usd="value", output_source="source", output_edition="edition")
    )


def derive_paid_shares(held: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """The share of remittances paid, which nobody publishes: one row per paid amount of the World Bank with a GDP."""
    paid = _shares_of_side(held, "paid").filter(
        (pl.col("amount_source") == "world_bank") & pl.col("recomputed_percent").is_not_null()
    )
    rows = paid.select(
        "area",
        "year",
        indicator=pl.lit(SHARES["paid"]),
        counterpart=pl.lit("_T"),
        sex=pl.lit("_Z"),
        period=pl.col("year").cast(pl.String),
        value="recomputed_percent",
        unit=pl.lit("percent"),
        definition=pl.lit(PAID_SHARE_DEFINITION),
        source="amount_source",
        edition="amount_edition",
        observation_status=pl.lit("estimated"),
        last_observed=pl.lit(None, pl.Int32),
        missing_mark=pl.lit(None, pl.String),
    )
    return Observations.validate(rows.select(Observations.column_names()))

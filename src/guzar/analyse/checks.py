"""Observations and delivered code lists → SourceDoubts: general tests that find publishers' slips, unaided.

Every test states a law that published figures keep when nothing slipped, and writes down what breaks it. None
knows a country. A doubt is a question to the publisher; nothing is corrected. The tests stand in modules of their
own: two publications side by side (`misplaced_values`, `slipped_rows`), one series (`series_slips`), sums
(`sums_and_totals`), code lists (`exchanged_codes`); two laws of single cells stand here.
"""

from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.doubts import doubt_cell, gather_doubts, show_number
from guzar.analyse.exchanged_codes import find_exchanged_codes
from guzar.analyse.misplaced_values import find_misplaced_of_pair
from guzar.analyse.paired_series import pair_series, published_numbers
from guzar.analyse.series_slips import find_repeated_series, find_unit_slips
from guzar.analyse.slipped_rows import find_slips_of_pair
from guzar.analyse.sums_and_totals import find_sexes_unlike_total, find_totals_below_parts
from guzar.define.definitions import definitions
from guzar.define.tables.checks import DeliveredCodes, SourceDoubts
from guzar.define.tables.figures import Observations

SMALLEST_MATRIX_RATIO = 0.8  # a column sum below this part of the reported total is far from it
SERIES = ("indicator", "source", "edition", "definition")

ONE_SENDER = (
    "In {source}, edition {edition}, all of what {areas} receives in {period} comes from one sender, {sender}, and the "
    "sum is {found} against {expected} reported by {other_source}, edition {other_edition}. The sum is then what one "
    "sender pays, not what the area receives."
)
OUTSIDE_PERCENT = (
    "{source}, edition {edition}, holds a share outside 0 to 100 per cent in {cells} cells for {areas}; the furthest "
    "is {found} for {period}. Numerator and denominator may be of different kinds; we would be grateful for a check."
)


def find_source_doubts(
    held: dy.DataFrame[Observations], codes: dy.DataFrame[DeliveredCodes] | None = None
) -> dy.DataFrame[SourceDoubts]:
    """All doubts that the general tests raise about everything held, one row each."""
    numbers = published_numbers(held)
    rows = [
        doubt
        for paired in pair_series(numbers)
        for find in (find_misplaced_of_pair, find_slips_of_pair)
        for doubt in find(held, paired)
    ]
    rows += [
        *find_single_sender_totals(held),
        *find_shares_outside_range(held),
        *find_sexes_unlike_total(held),
        *find_totals_below_parts(held),
        *find_unit_slips(numbers),
        *find_repeated_series(numbers),
        *([] if codes is None else find_exchanged_codes(codes)),
    ]
    return gather_doubts(rows)


def find_single_sender_totals(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Receivers of a bilateral matrix with one sender only, whose sum is far from the total reported elsewhere."""
    is_corridor = (pl.col("indicator") == "remittances_bilateral_usd") & ~pl.col("counterpart").is_in(
        ["_T", "_Z"]
    )
    columns = (
        published_numbers(held.filter(is_corridor))
        .group_by(*SERIES, "area", "period")
        .agg(pl.col("value").sum(), senders=pl.len(), sender=pl.col("counterpart").first())
    )
    totals = (
        held.filter((pl.col("indicator") == "remittances_received_usd") & (pl.col("value") > 0))
        .select("area", "period", total="value", source_other="source", edition_other="edition")
        .sort("edition_other", "source_other")
        .unique(["area", "period"], keep="last", maintain_order=True)
    )
    far = (pl.col("value") < SMALLEST_MATRIX_RATIO * pl.col("total")) | (
        pl.col("value") * SMALLEST_MATRIX_RATIO > pl.col("total")
    )
    alone = (
        columns.with_columns(pl.col(pl.Categorical).cast(pl.String))
        .join(totals, on=["area", "period"])
        .filter((pl.col("senders") == 1) & far)
        .sort(*SERIES, "area", "period")
    )
    return [
        doubt_cell(
            row,
            "one_sender_only",
            areas=[row["area"]],
            found=show_number(row["value"]),
            expected=show_number(row["total"]),
            explanation=ONE_SENDER,
            values={"sender": row["sender"]},
            other="_other",
        )
        for row in alone.iter_rows(named=True)
    ]


def find_shares_outside_range(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Series with shares below 0 or above 100 per cent, once each; prices and growth rates are no shares."""
    shares = [
        d.id
        for d in definitions().values()
        if d.unit == "percent" and d.measure == "rate" and d.direction not in ("net", "signed") and d.series
    ]
    outside = held.filter(pl.col("definition").is_in(shares) & ~pl.col("value").is_between(0, 100))
    line = [*SERIES, "area", "counterpart"]
    distance = (pl.col("value") - 50).abs()
    worst = outside.sort(
        *line, distance, "sex", "period", descending=[*[False] * len(line), True, False, False]
    )
    first = worst.with_columns(cells=pl.len().over(line)).unique(line, keep="first", maintain_order=True)
    return [
        doubt_cell(
            row,
            "share_outside_range",
            found=show_number(row["value"]),
            expected="0–100",
            explanation=OUTSIDE_PERCENT,
            values={"cells": row["cells"]},
        )
        for row in first.iter_rows(named=True)
    ]

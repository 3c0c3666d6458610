"""Observations and delivered code lists → SourceDoubts: general tests that find publishers' slips, unaided.

Every test states a law that published figures keep when nothing slipped, and writes down what breaks it. None
knows a country. A doubt is a question to the publisher; nothing is corrected.
"""

from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.doubts import (
    MOST_ROWS_PER_SERIES,
    gather_doubts,
    printed_quantum,
    show_number,
    write_doubt,
)
from guzar.analyse.misplaced_values import find_misplaced_values
from guzar.analyse.paired_series import is_computed_by_guzar, published_numbers
from guzar.analyse.series_slips import find_repeated_series, find_unit_slips
from guzar.analyse.slipped_rows import find_slipped_rows
from guzar.define.areas import area_name, areas, fold_spelling, spellings
from guzar.define.definitions import definitions
from guzar.define.tables.checks import DeliveredCodes, SourceDoubts
from guzar.define.tables.figures import Observations

FEWEST_LISTED = 20  # a shorter list of codes is not a list of countries
SMALLEST_MATRIX_RATIO = 0.8  # a column sum below this part of the reported total is far from it
SERIES = ("indicator", "source", "edition", "definition")

CODES_EXCHANGED = (
    "In a list of codes delivered with {source}, edition {edition} ({place}), the names of {areas} stand beside "
    "each other's codes: {found}. Expected: {expected}. Codes from this list would put values on the wrong area; "
    "we would be grateful for a check."
)
CODE_OF_ANOTHER = (
    "In a list of codes delivered with {source}, edition {edition} ({place}), a name stands beside the code of "
    "another area: {found}. Expected: {expected}. We would be grateful for a check."
)
ONE_SENDER = (
    "In {source}, edition {edition}, all of what {areas} receives in {period} comes from one sender, {sender}, and the "
    "sum is {found} against {expected} reported by {other_source}, edition {other_edition}. The sum is then what one "
    "sender pays, not what the area receives."
)
OUTSIDE_PERCENT = (
    "{source}, edition {edition}, holds a share outside 0 to 100 per cent in {cells} cells for {areas}; the furthest "
    "is {found} for {period}. Numerator and denominator may be of different kinds; we would be grateful for a check."
)
SEXES_UNLIKE_TOTAL = (
    "In {source}, edition {edition}, women and men do not add up to the total in {cells} cells of {indicator}; the "
    "widest gap is for {areas}, {period}: {found} against {expected}."
)
TOTAL_BELOW_PARTS = (
    "In {source}, edition {edition}, the parts of {indicator} add up to more than the printed total in {cells} cells; "
    "the widest gap is for {areas}, {period}: total {found} against a sum of parts of {expected}."
)


def find_source_doubts(
    held: dy.DataFrame[Observations], codes: dy.DataFrame[DeliveredCodes] | None = None
) -> dy.DataFrame[SourceDoubts]:
    """All doubts that the general tests raise about everything held, one row each."""
    rows = [
        *find_misplaced_values(held),
        *find_slipped_rows(held),
        *find_single_sender_totals(held),
        *find_shares_outside_range(held),
        *find_sexes_unlike_total(held),
        *find_totals_below_parts(held),
        *find_unit_slips(held),
        *find_repeated_series(held),
        *([] if codes is None else find_exchanged_codes(codes)),
    ]
    return gather_doubts(rows)


def find_exchanged_codes(codes: dy.DataFrame[DeliveredCodes]) -> list[dict[str, Any]]:
    """Names that stand beside another area's code; two that have each other's are one doubt."""
    lists = codes.filter(pl.len().over("source", "edition") >= FEWEST_LISTED)
    aggregates = areas().filter(pl.col("kind") == "aggregate")["code"].implode()
    # A region and a country may share a name (Micronesia): such a name does not tell which is meant.
    meant = spellings().rename({"spelling": "folded"}).filter(~pl.col("code").is_in(aggregates))
    read = (
        lists.with_columns(folded=fold_spelling(pl.col("reported_area")))
        .join(meant.rename({"code": "named"}), on="folded")
        .with_columns(folded=fold_spelling(pl.col("reported_code")))
        .join(meant.rename({"code": "coded"}), on="folded")
    )
    wrong = read.filter(pl.col("named") != pl.col("coded")).unique(
        ["source", "edition", "named", "coded"], maintain_order=True
    )
    return [_write_codes(wrong, row) for row in wrong.iter_rows(named=True) if _is_first_of_pair(wrong, row)]


def _partner(wrong: pl.DataFrame, row: dict[str, Any]) -> dict[str, Any] | None:
    same_list = (pl.col("source") == row["source"]) & (pl.col("edition") == row["edition"])
    found = wrong.filter(same_list & (pl.col("named") == row["coded"]) & (pl.col("coded") == row["named"]))
    return found.row(0, named=True) if found.height else None


def _is_first_of_pair(wrong: pl.DataFrame, row: dict[str, Any]) -> bool:
    return _partner(wrong, row) is None or row["named"] < row["coded"]


def _write_codes(wrong: pl.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    partner = _partner(wrong, row)
    rows = [row, partner] if partner else [row]
    return write_doubt(
        "exchanged_codes" if partner else "code_of_another_area",
        source=row["source"],
        edition=row["edition"],
        areas=[r["named"] for r in rows],
        found=", ".join(f"{r['reported_area']} = {r['reported_code']}" for r in rows),
        expected=", ".join(f"{r['reported_area']} = {r['named']}" for r in rows),
        explanation=CODES_EXCHANGED if partner else CODE_OF_ANOTHER,
        values={"place": row["place"], "coded": area_name(row["coded"])},
    )


def find_single_sender_totals(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Receivers of a bilateral matrix with one sender only, whose sum is far from the total reported elsewhere."""
    columns = (
        published_numbers(held)
        .filter(
            (pl.col("indicator") == "remittances_bilateral_usd") & ~pl.col("counterpart").is_in(["_T", "_Z"])
        )
        .group_by("source", "edition", "definition", "indicator", "area", "period")
        .agg(pl.col("value").sum(), senders=pl.len(), sender=pl.col("counterpart").first())
    )
    totals = (
        held.filter((pl.col("indicator") == "remittances_received_usd") & (pl.col("value") > 0))
        .select("area", "period", total="value", other_source="source", other_edition="edition")
        .sort("other_edition", "other_source")
        .unique(["area", "period"], keep="last", maintain_order=True)
    )
    far = (pl.col("value") < SMALLEST_MATRIX_RATIO * pl.col("total")) | (
        pl.col("value") * SMALLEST_MATRIX_RATIO > pl.col("total")
    )
    alone = (
        columns.join(totals, on=["area", "period"])
        .filter((pl.col("senders") == 1) & far)
        .sort(*SERIES, "area", "period")
    )
    return [
        write_doubt(
            "one_sender_only",
            source=row["source"],
            edition=row["edition"],
            areas=[row["area"]],
            found=show_number(row["value"]),
            expected=show_number(row["total"]),
            explanation=ONE_SENDER,
            indicator=row["indicator"],
            definition=row["definition"],
            period=row["period"],
            other_source=row["other_source"],
            other_edition=row["other_edition"],
            values={"sender": row["sender"]},
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
    worst = outside.sort(*line, (pl.col("value") - 50).abs(), descending=[False] * len(line) + [True])
    first = worst.with_columns(cells=pl.len().over(line)).unique(line, keep="first", maintain_order=True)
    return [
        write_doubt(
            "share_outside_range",
            source=row["source"],
            edition=row["edition"],
            areas=_corridor(row),
            found=show_number(row["value"]),
            expected="0–100",
            explanation=OUTSIDE_PERCENT,
            indicator=row["indicator"],
            definition=row["definition"],
            period=row["period"],
            values={"cells": row["cells"]},
        )
        for row in first.iter_rows(named=True)
    ]


def _corridor(row: dict[str, Any]) -> list[str]:
    return [row["area"]] if row["counterpart"] in ("_T", "_Z") else [f"{row['counterpart']}>{row['area']}"]


def find_sexes_unlike_total(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Cells where women and men, both or one of them printed, do not add up to the printed total."""
    key = [*SERIES, "area", "counterpart", "period"]
    counted = _printed(held).filter(
        pl.col("unit").is_in(["persons", "registrations", "permits"]) & pl.col("sex").is_in(["F", "M", "_T"])
    )
    is_total = pl.col("sex") == "_T"
    wide = counted.group_by(key).agg(
        total=pl.col("value").filter(is_total).first(),
        summed=pl.col("value").filter(~is_total).sum(),
        parts=pl.col("value").filter(~is_total).count(),
        slack=pl.col("slack").first(),
    )
    both = wide.filter((pl.col("parts") > 0) & pl.col("total").is_not_null())
    gaps = both.with_columns(
        gap=(pl.col("summed") - pl.col("total")).abs(), found=pl.lit("summed"), expected=pl.lit("total")
    )
    return _write_gaps(gaps, "sexes_unlike_total", SEXES_UNLIKE_TOTAL)


def find_totals_below_parts(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Printed totals over all counterparts that are smaller than the listed counterparts of the same source."""
    known = areas().filter(pl.col("kind") != "aggregate")["code"].implode()
    key = ["indicator", "source", "edition", "area", "sex", "period"]
    counted = _printed(held).filter(pl.col("unit").is_in(["persons", "usd", "usd_million"]))
    totals = counted.filter(pl.col("counterpart") == "_T").select(*key, "definition", "slack", total="value")
    listed = counted.filter(pl.col("counterpart").is_in(known)).group_by([*key, "definition"])
    sums = (
        listed.agg(summed=pl.col("value").sum(), parts=pl.len())
        .group_by(key)
        .agg(pl.col("summed", "parts").max())
    )
    joined = totals.join(sums, on=key)
    gaps = joined.with_columns(
        gap=pl.col("summed") - pl.col("total"), found=pl.lit("total"), expected=pl.lit("summed")
    )
    return _write_gaps(gaps, "total_below_parts", TOTAL_BELOW_PARTS)


def _printed(held: pl.DataFrame) -> pl.DataFrame:
    """Rows that a publisher printed, with `slack`: half a unit of the last digit, none where persons are counted.

    Sums that guzar made itself are left out: they repeat the slips of their parts.
    """
    printed = pl.col("value").is_not_null() & ~is_computed_by_guzar()
    rows = held.filter(printed)
    series = ["source", "edition", "definition"]
    slack = (
        rows.group_by(series)
        .agg("value")
        .with_columns(
            slack=pl.struct("definition", "value").map_elements(
                lambda row: _half_unit(pl.Series(row["value"]), row["definition"]), return_dtype=pl.Float64
            )
        )
    )
    return rows.join(slack.select(*series, "slack"), on=series)


def _half_unit(values: pl.Series, definition: str) -> float:
    quantum = printed_quantum(values, definition)
    is_exact = quantum == 1 and definition in definitions() and definitions()[definition].scale == "1"
    return 0.0 if is_exact else quantum / 2


def _write_gaps(gaps: pl.DataFrame, check: str, explanation: str) -> list[dict[str, Any]]:
    """Doubts for sums that miss their total by more than rounding: each cell, or once per series where many do."""
    rounding = pl.col("slack") * (pl.col("parts") + 1) + 1e-9 * pl.col("total").abs()
    series = gaps.filter(pl.col("gap") > rounding).partition_by(
        "source", "edition", "definition", maintain_order=True
    )
    rows = []
    for wide in series:
        ordered = wide.sort("gap", "area", "period", descending=[True, False, False])
        is_many = wide.height > MOST_ROWS_PER_SERIES
        cells = wide.height if is_many else 1
        for row in ordered.head(1 if is_many else wide.height).iter_rows(named=True):
            rows.append(_write_gap(row, check, explanation, cells))
    return rows


def _write_gap(row: dict[str, Any], check: str, explanation: str, cells: int) -> dict[str, Any]:
    return write_doubt(
        check,
        source=row["source"],
        edition=row["edition"],
        areas=_corridor({"counterpart": "_T", **row}),
        found=show_number(row[row["found"]]),
        expected=show_number(row[row["expected"]]),
        explanation=explanation,
        indicator=row["indicator"],
        definition=row["definition"],
        period=row["period"],
        values={"cells": cells},
    )

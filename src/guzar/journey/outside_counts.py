"""Counts of exits from outside the log: read from a table that an analyst brings, and what they say of δ."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.tables.missing_exits import OutsideCounts
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.process.missing_exits.link_errors import LinkErrors
from guzar.process.missing_exits.outside_counts import (
    KINDS_OF_COUNTS,
    DeltaInterval,
    ExitsDrawn,
    OutsideCount,
)
from guzar.process.missing_exits.statuses import DELTAS, Findings, state_measures
from guzar.process.residence_rule import ResidenceRule

NUMBERS = ("exits", "standard_error", "relative_error_percent")
NEEDED = ("kind", "counted_from", "counted_to", "exits", "counted_by")
DAYS = ("counted_from", "counted_to")
MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"  # of days that stand as moments in Parquet
LARGEST_ERROR = 100.0  # per cent


def read_outside_counts(path: Path, rule: ResidenceRule) -> tuple[OutsideCount, ...]:
    """The counts of a table (.csv, .csv.gz, .parquet) by OutsideCounts, of periods within what is observed.

    Raises SettingsInvalid for a file that is not there, TableInvalid where a row is no count of the whole country.
    """
    table = read_numbers(path, NUMBERS)
    missing = [name for name in NEEDED if name not in table.columns]
    if missing or not table.height:
        raise _refused(path, missing or NEEDED, [], rule)
    if "port" in table.columns and table["port"].null_count() < table.height:
        raise TableInvalid(
            "{file} gives counts by port.",
            expected="exits through all recorded ports: an exit that nobody recorded has no port",
            do="Add the ports up, or leave these rows out; then leave out the column port.",
            file=path.name,
        )
    whole = [name for name in OutsideCounts.column_names() if name not in table.columns]
    frame = table.with_columns(
        *(pl.lit(None, pl.Float64 if name in NUMBERS else pl.String).alias(name) for name in whole)
    ).with_columns(pl.col(DAYS).str.replace(MIDNIGHT, "").str.to_date("%Y-%m-%d", strict=False))
    _require_sense(frame, path, rule)
    _require_no_overlap(frame, path)
    held = OutsideCounts.validate(frame.select(OutsideCounts.column_names()), cast=True)
    error = pl.coalesce("standard_error", pl.col("relative_error_percent") / 100 * pl.col("exits"))
    rows = held.select(*NEEDED, error.alias("standard_error")).iter_rows(named=True)
    return tuple(OutsideCount(**row) for row in rows)


def _require_sense(frame: pl.DataFrame, path: Path, rule: ResidenceRule) -> None:
    first, last = (pl.col(name) for name in DAYS)
    absolute, relative = pl.col("standard_error"), pl.col("relative_error_percent")
    rules = {
        "kind": pl.col("kind").is_in(KINDS_OF_COUNTS),
        "counted_from": first >= rule.first_day,
        "counted_to": (last <= rule.last_day) & (last >= first),
        "exits": (pl.col("exits") > 0) & pl.col("exits").is_finite(),
        "standard_error": (absolute > 0) & absolute.is_finite() & relative.is_null()
        | (relative > 0) & (relative < LARGEST_ERROR) & absolute.is_null(),
        "counted_by": pl.col("counted_by").is_not_null(),
    }
    good = frame.select(holds.fill_null(value=False).alias(name) for name, holds in rules.items())
    wrong = [name for name in rules if not good[name].all()]
    if wrong:
        rows = (~good.select(pl.all_horizontal(pl.all())).to_series()).arg_true()
        raise _refused(path, wrong, [row + 1 for row in rows.to_list()], rule)


def _require_no_overlap(frame: pl.DataFrame, path: Path) -> None:
    """Two counts by one office of the same days are no independent evidence."""
    of = ["kind", "counted_by"]
    after = frame.sort(*of, *DAYS).with_columns(pl.col("counted_to").shift(1).over(of).alias("before"))
    if after.filter(pl.col("counted_from") <= pl.col("before")).height:
        raise TableInvalid(
            "Two counts of {file} by one source share days.",
            expected="periods of one kind and source, one after the other: what is counted twice is no evidence twice",
            do="Keep one of the two.",
            file=path.name,
        )


def _refused(path: Path, columns: Sequence[str], rows: Sequence[int], rule: ResidenceRule) -> TableInvalid:
    listed = ", ".join([*(str(row) for row in rows[:3]), *(["…"] if len(rows) > 3 else [])])
    return TableInvalid(
        "{file} gives no outside counts that can be used: {columns}.",
        where="{file}; rows below the heading: {rows}" if rows else "{file}",
        expected="kind ({kinds}); counted_from, counted_to (days from {first} to {last}); exits; standard_error or "
        "relative_error_percent (one of them, above 0); counted_by; note if you like",
        do="Correct the table, or leave out --outside-counts.",
        file=path.name,
        columns=", ".join(columns),
        rows=listed,
        kinds=", ".join(KINDS_OF_COUNTS),
        first=rule.first_day,
        last=rule.last_day,
    )


def require_outside_usable(open_borders: Sequence[str], link_errors: LinkErrors) -> None:
    """Refuse (SettingsInvalid) outside counts where no exits of the whole country are estimated to hold them against."""
    if open_borders or link_errors.any:
        raise SettingsInvalid(
            "Outside counts are held against all exits of the log, as they are estimated.",
            expected="--outside-counts without --open-borders, --split-persons and --joined-persons",
            do="Correct the options.",
        )


def tell_outside(
    counts: Sequence[OutsideCount], drawn: Sequence[ExitsDrawn], found: DeltaInterval
) -> dict[str, Any]:
    """What outside counts said, for the file of assumptions: totals of the country only."""
    told = [
        {
            **vars(each),
            "counted_from": str(each.counted_from),
            "counted_to": str(each.counted_to),
            "exits_recorded": round(float(drawn[0].recorded[at])),
            "exits_estimated": [
                {"delta": float(delta), "exits": round(float(one.exits[:, at].mean()))}
                for delta, one in zip(DELTAS, drawn, strict=True)
            ],
        }
        for at, each in enumerate(counts)
    ]
    return {
        "delta_lower": found.lower,
        "delta_upper": found.upper,
        "delta_best": found.best,
        "agree": found.agrees,
        "counts": told,
    }


def tell_narrowed(before: Findings, after: Findings) -> dict[str, float | None]:
    """How wide the ranges of net migration are beside those over all δ, in per cent; None where they have no width."""
    widths = [
        sum(
            row["range_upper"] - row["range_lower"]
            for row in state_measures(one)
            if row["measure"] == "net_migration"
        )
        for one in (before, after)
    ]
    return {"net_range_percent": round(100 * widths[1] / widths[0], 1) if widths[0] > 0 else None}

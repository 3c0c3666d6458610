"""Released rows → the serving index: one SQLite file, written once, from which every query of a release is answered.

Per dataflow (numbered k) it has

    series_k          id in the order of the key; one column per dimension (d0, d1, …); the number of its set of attributes;
                      how many observations it has, how many of them are of the latest edition, and their first and last periods
    observations_k    per series: periods, values, numbers of attribute sets, each as one text with tabs between; `latest`
                      as a text of 0 and 1, empty where all are of the latest edition
    sets_k            per number: attributes of an observation, and when the release came out in which the row first stood so
    series_sets_k     per number: attributes that follow from a dimension

Observations of one series lie in one row, so that a series is one read and a million observations are a hundred thousand.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.structures import MEASURE
from guzar.share.sdmx.dataflows import Dataflow

FORMAT = 1
EDITION = "EDITION"
RELEASED = "released_at"  # when the release came out in which a row first stood as it does
AT_ONCE = 20_000  # series
BOUNDS = ("first", "last", "latest_first", "latest_last")
SEPARATOR = "\t"


@dataclass(frozen=True)
class ServedTable:
    """The rows of one dataflow: columns as its components name them, values as printed, and `released_at`."""

    flow: Dataflow
    rows: pl.DataFrame


def write_index(path: Path, tables: Sequence[ServedTable], about: dict[str, Any]) -> None:
    """Write the index of a release to a new file; `about` is what it says of itself (release, date, …)."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192; PRAGMA cache_size=-65536;"
            "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);"
            "CREATE TABLE flows (number INTEGER PRIMARY KEY, described TEXT);"
        )
        told = {**about, "format": FORMAT}
        connection.executemany(
            "INSERT INTO about VALUES (?, ?)", [(k, json.dumps(v)) for k, v in told.items()]
        )
        for number, table in enumerate(tables):
            _write_table(connection, number, table)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    finally:
        connection.close()


def _write_table(connection: sqlite3.Connection, number: int, table: ServedTable) -> None:
    flow, keys = table.flow, [one.column for one in table.flow.dimensions]
    connection.execute(
        "INSERT INTO flows VALUES (?, ?)", (number, json.dumps(asdict(flow), ensure_ascii=False))
    )
    rows, sets, series_sets = _numbered(table)
    _write_sets(connection, f"sets_{number}", sets)
    _write_sets(connection, f"series_sets_{number}", series_sets)
    columns = ", ".join(f"d{place} TEXT NOT NULL" for place in range(len(keys)))
    connection.execute(
        f"CREATE TABLE series_{number} (id INTEGER PRIMARY KEY, {columns + ',' if keys else ''}"
        " attributes INTEGER, observations INTEGER, latest INTEGER, first TEXT, last TEXT, latest_first TEXT,"
        " latest_last TEXT)"
    )
    connection.execute(
        f"CREATE TABLE observations_{number} (id INTEGER PRIMARY KEY, at TEXT, vals TEXT, sets TEXT, latest TEXT)"
    )
    packed = _pack(rows, keys)
    marks = ",".join("?" * (len(keys) + 8))
    for part in packed.iter_slices(AT_ONCE):
        series = part.select("id", *keys, "series_set", "observations", "latest_observations", *BOUNDS)
        connection.executemany(f"INSERT INTO series_{number} VALUES ({marks})", series.iter_rows())  # noqa: S608 - numbers
        stored = part.select("id", "at", "vals", "sets", "latest")
        connection.executemany(f"INSERT INTO observations_{number} VALUES (?,?,?,?,?)", stored.iter_rows())  # noqa: S608
    for name, columns in _indexes(packed, keys):
        connection.execute(f"CREATE INDEX {name}_{number} ON series_{number} ({columns})")


def _numbered(table: ServedTable) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows in the order of the key, with numbers in place of attributes; and the two lists of attribute sets."""
    flow = table.flow
    keys = [one.column for one in flow.dimensions]
    time = flow.time.column if flow.time else None
    own = [one.column for one in flow.observation_attributes] + [RELEASED]
    shared = [one.column for one in flow.series_attributes]
    rows = table.rows.sort([*keys, *([time] if time else [])])
    sets = rows.select(own).unique(maintain_order=True).with_row_index("number")
    series_sets = (
        rows.select(shared).unique(maintain_order=True).with_row_index("number")
        if shared
        else pl.DataFrame({"number": [0]})
    )
    rows = rows.join(
        sets.rename({"number": "set"}), on=own, nulls_equal=True, how="left", maintain_order="left"
    )
    if shared:
        rows = rows.join(
            series_sets.rename({"number": "series_set"}),
            on=shared,
            nulls_equal=True,
            how="left",
            maintain_order="left",
        )
    else:
        rows = rows.with_columns(series_set=0)
    value = next(one.column for one in flow.components if one.role == MEASURE)
    rows = rows.with_columns(
        at=pl.col(time) if time else pl.lit(""),
        val=pl.col(value).fill_null(""),
        is_latest=_is_latest(flow, keys),
    )
    return rows, sets.select("number", *own), series_sets


def _is_latest(flow: Dataflow, keys: list[str]) -> pl.Expr:
    """Whether no later edition has a row for the same key and period."""
    edition = next((one.column for one in flow.dimensions if one.id == EDITION), None)
    if edition is None:
        return pl.lit(True)
    same = [key for key in keys if key != edition] + ([flow.time.column] if flow.time else [])
    out = last_days(pl.col(edition))
    return (out == out.max().over(same)) & (
        pl.col(edition) == pl.col(edition).sort_by(out, pl.col(edition)).last().over(same)
    )


def last_days(edition: pl.Expr) -> pl.Expr:
    """The day by which an edition was surely out, as text: see `last_day_of_edition`."""
    month_end = (
        (edition + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end().dt.to_string("%Y-%m-%d")
    )
    length = edition.str.len_chars()
    return pl.when(length == 4).then(edition + "-12-31").when(length == 7).then(month_end).otherwise(edition)


def _pack(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """One row per series: its observations as texts with tabs between, in the order of their periods."""
    periods, latest_periods = pl.col("at"), pl.col("at").filter("is_latest")
    told = {
        "at": pl.col("at").str.join(SEPARATOR),
        "vals": pl.col("val").str.join(SEPARATOR),
        "sets": pl.col("set").cast(pl.String).str.join(SEPARATOR),
        "latest": pl.col("is_latest").cast(pl.Int8).cast(pl.String).str.join(),
        "series_set": pl.col("series_set").first(),
        "observations": pl.len(),
        "latest_observations": pl.col("is_latest").sum(),
        "first": periods.min(),
        "last": periods.max(),
        "latest_first": latest_periods.min(),
        "latest_last": latest_periods.max(),
    }
    grouped = rows.group_by(keys, maintain_order=True).agg(**told) if keys else rows.select(**told)
    packed = grouped.with_row_index("id")
    all_latest = pl.col("latest_observations") == pl.col("observations")
    return packed.with_columns(latest=pl.when(all_latest).then(pl.lit("")).otherwise(pl.col("latest")))


def _write_sets(connection: sqlite3.Connection, name: str, sets: pl.DataFrame) -> None:
    columns = ", ".join(f"a{place} TEXT" for place in range(sets.width - 1))
    connection.execute(f"CREATE TABLE {name} (number INTEGER PRIMARY KEY{', ' + columns if columns else ''})")
    marks = ",".join("?" * sets.width)
    texts = sets.with_columns(pl.exclude("number").cast(pl.String))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", texts.iter_rows())  # noqa: S608 - numbers


def _indexes(packed: pl.DataFrame, keys: list[str]) -> Iterator[tuple[str, str]]:
    """One index over the whole key, the dimension with most codes first; one for each other dimension with many codes."""
    many = sorted(keys, key=lambda key: (-packed[key].n_unique(), key))
    if many:
        yield "whole", ", ".join(f"d{keys.index(key)}" for key in many)
    for key in many[1:]:
        if packed[key].n_unique() >= 8:  # a scan is quicker where each code has an eighth of all series
            yield f"by_{keys.index(key)}", f"d{keys.index(key)}"

"""A release as anyone reads it → its cells, hidden ones not known, linked with those of other releases.

A release has every combination of codes, one row each; the count of a hidden cell is empty. Two releases of the same
persons are linked like two tables: a cell that one of them shows is known to whoever reads both.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable, ReleaseRefused, TableInvalid
from guzar.protect.dimensions import Dimension, make_dimension
from guzar.protect.formulas import require_no_formulas
from guzar.protect.linked_cells import LinkedCells, link_arrays
from guzar.protect.named_cells import name_cells
from guzar.protect.programmes import Floats

STATUS = "confidentiality_status"
FREE, HIDDEN = (
    "F",
    "C",
)  # SDMX CL_CONF_STATUS; one code for all hidden cells: why one is hidden is a secret too
DISCLOSURE_METHOD = (
    "disclosure_method"  # of a blurred table: `cell_key` or `rounded`; it shows every cell, none exactly
)
TABLE = "table"  # which of several linked tables a row belongs to
LEAST, MOST = "lower", "upper"  # quantiles of an imputed count, where a release tells them

Hierarchies = Mapping[str, Sequence[pl.DataFrame]]


@dataclass(frozen=True)
class ReleasedTable:
    """One table of a release: dimensions, counts (NaN where hidden), and bounds that it tells besides."""

    dimensions: tuple[Dimension, ...]
    counts: Floats
    least: Floats
    most: Floats


@dataclass(frozen=True)
class ReadersKnowledge:
    """What a reader of one or several releases knows: linked cells (NaN where hidden), bounds, and the sums."""

    linked: LinkedCells
    least: Floats
    most: Floats
    counts: tuple[Floats, ...]  # of each table by itself, NaN where it hides a cell

    @property
    def is_hidden(self) -> NDArray[np.bool_]:
        """Cells that no release shows."""
        return np.isnan(self.linked.values)


def read_release(
    release: pl.DataFrame, *, dimensions: Sequence[str], count: str, hierarchies: Hierarchies | None = None
) -> dict[str, ReleasedTable]:
    """The tables of a release, by name; one, without a name, where there is no column `table`.

    Refused (TableInvalid): missing columns, negative counts, a cell twice, combinations of codes that are not there, codes
    that a spreadsheet would run;
    (MethodNotApplicable): counts with noise, or rounded.
    """
    _require_not_blurred(release)
    _require_columns(release, [*dimensions, count])
    _require_status(release, dimensions, count)
    codes = (str(code) for each in dimensions for code in release[each].drop_nulls().unique().to_list())
    require_no_formulas("release", [*dimensions, *codes])
    if TABLE not in release.columns:
        return {"": _read_table("", release, dimensions, count, hierarchies or {})}
    parts = release.partition_by(TABLE, as_dict=True)
    return {
        str(name): _read_table(str(name), part, _own_dimensions(part, dimensions), count, hierarchies or {})
        for (name,), part in parts.items()
    }


def link_releases(tables: Mapping[str, ReleasedTable]) -> ReadersKnowledge:
    """What a reader of all these tables knows. Refused (TableInvalid): tables that disagree on a cell."""
    linked = link_arrays({name: (table.dimensions, table.counts) for name, table in tables.items()})
    least, most = np.zeros(len(linked.values)), np.full(len(linked.values), np.inf)
    for placed, table in zip(linked.tables, tables.values(), strict=True):
        np.maximum.at(least, placed.cells, table.least)
        np.minimum.at(most, placed.cells, table.most)
    is_shown = ~np.isnan(linked.values)
    least[is_shown] = most[is_shown] = linked.values[is_shown]
    return ReadersKnowledge(linked, least, most, tuple(table.counts for table in tables.values()))


def _own_dimensions(part: pl.DataFrame, dimensions: Sequence[str]) -> list[str]:
    """The dimensions that a linked table has: those that are not empty."""
    return [name for name in dimensions if part[name].null_count() < part.height]


def _read_table(
    name: str, rows: pl.DataFrame, dimensions: Sequence[str], count: str, hierarchies: Hierarchies
) -> ReleasedTable:
    slim = rows.select(
        *[pl.col(each).cast(pl.String) for each in dimensions],
        pl.col(count).cast(pl.Float64).alias("count"),
        (pl.col(LEAST) if LEAST in rows.columns else pl.lit(None)).cast(pl.Float64).alias(LEAST),
        (pl.col(MOST) if MOST in rows.columns else pl.lit(None)).cast(pl.Float64).alias(MOST),
    )
    _require_counts(name, slim, dimensions)
    made = [
        make_dimension(each, slim[each].unique().to_list(), hierarchies.get(each, ())) for each in dimensions
    ]
    shape = [len(each.codes) for each in made]
    _require_every_combination(name, slim.height, math.prod(shape))
    at = tuple(
        slim[each.name]
        .replace_strict({c: i for i, c in enumerate(each.codes)}, return_dtype=pl.Int64)
        .to_numpy()
        for each in made
    )
    columns = []
    for column, unknown in (("count", np.nan), (LEAST, 0.0), (MOST, np.inf)):
        array = np.full(shape, np.nan)
        array[at] = slim[column].fill_null(unknown).to_numpy()
        columns.append(array)
    return ReleasedTable(tuple(made), *columns)


def _require_columns(release: pl.DataFrame, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in release.columns]
    if missing or not release.schema[wanted[-1]].is_numeric():
        raise TableInvalid(
            "The release lacks a column: {missing}.",
            where="columns found: {found}",
            expected="the dimensions, and counts in numbers, empty where a cell is hidden",
            do="Name the columns with --dimensions and --count.",
            missing=", ".join(missing or [wanted[-1]]),
            found=", ".join(release.columns),
        )


def _require_not_blurred(release: pl.DataFrame) -> None:
    """A table that says of itself that its counts are not the true ones hides no cell that could be attacked."""
    if DISCLOSURE_METHOD not in release.columns:
        return
    raise MethodNotApplicable(
        "This is no table with hidden cells: its counts carry noise or are rounded ({methods}).",
        where="column {column}",
        expected="a release that shows true counts and hides some",
        do="Attack a table made with --method suppress. How closely blurred counts can be derived stands in the report: "
        "guzar protect … --report",
        methods=", ".join(release[DISCLOSURE_METHOD].cast(pl.String).drop_nulls().unique().sort()),
        column=DISCLOSURE_METHOD,
    )


def _require_status(release: pl.DataFrame, dimensions: Sequence[str], count: str) -> None:
    """A cell that is marked as hidden shows nothing, and one that is free shows its count."""
    if STATUS not in release.columns:
        return
    is_free, is_empty = pl.col(STATUS) == FREE, pl.col(count).is_null()
    told = release.filter(~is_free & ~is_empty)
    if told.height:
        raise ReleaseRefused(
            "Cells that are marked as hidden and show their count all the same: {count}.",
            where="columns {status} and {column}; cells: {cells}",
            expected="an empty count wherever the status is not F (free)",
            do="Do not publish this file; protect its counts again.",
            count=told.height,
            status=STATUS,
            column=count,
            cells=name_cells(told, dimensions),
        )
    lost = release.filter(is_free & is_empty)
    if lost.height:
        raise TableInvalid(
            "Cells that are marked as free and show no count: {count}.",
            where="columns {status} and {column}; cells: {cells}",
            expected="a count wherever the status is F (free)",
            do="Attack the file as it was released.",
            count=lost.height,
            status=STATUS,
            column=count,
            cells=name_cells(lost, dimensions),
        )


def _require_counts(name: str, rows: pl.DataFrame, dimensions: Sequence[str]) -> None:
    bounds = pl.col("count", LEAST, MOST)
    faults = {
        "Rows of the release with a negative or an endless count: {count}.": pl.any_horizontal(
            (bounds < 0) | bounds.is_infinite() | bounds.is_nan()
        ),
        "Rows of the release without a code: {count}.": pl.any_horizontal(pl.col(dimensions).is_null()),
        "Rows of the release that give a cell more than once: {count}.": pl.struct(
            dimensions
        ).is_duplicated(),
    }
    for what, fault in faults.items():
        wrong = rows.filter(fault)
        if wrong.height:
            raise TableInvalid(
                what,
                where="table {table}, cells: {cells}" if name else "cells: {cells}",
                expected="one row per cell: its codes, and a count of zero or more, empty where it is hidden",
                do="Attack the file as it was released; give linked tables a column named table.",
                count=wrong.height,
                table=name,
                cells=name_cells(wrong, dimensions),
            )


def _require_every_combination(name: str, rows: int, wanted: int) -> None:
    if rows != wanted:
        raise TableInvalid(
            "The release has {rows} rows where its codes make {wanted} combinations.",
            where="table {table}" if name else "",
            expected="every combination of inner codes and totals, hidden cells with an empty count",
            do="Attack the whole release; an unlisted cell is neither shown nor hidden.",
            rows=rows,
            wanted=wanted,
            table=name,
        )

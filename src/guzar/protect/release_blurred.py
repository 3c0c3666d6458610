"""Counts → ProtectedTables by noise from cell keys, or rounded so that all sums still hold.

A blurred table shows every cell, none of them exactly. What a reader can still work out is told in the report: each
true count lies near its published one, and the sums bind the true counts.
"""

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from guzar.define.seals import seal_frame
from guzar.define.tables.releases import ProtectedTable
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.protect.attack import outer_bounds
from guzar.protect.cell_keys import Keys, make_record_keys, noise_of_cells
from guzar.protect.linked_cells import LinkedCells, link_cells, sum_inner_keys
from guzar.protect.noise_tables import make_noise_table
from guzar.protect.programmes import Floats
from guzar.protect.release_counts import Protected
from guzar.protect.released_cells import DISCLOSURE_METHOD, Hierarchies
from guzar.protect.report import Report, describe_tables, told_in_public
from guzar.protect.rounding import round_cells

# The floor below which noise protects nobody: docs/methods/protection.md, cell keys.
LEAST_NOISE, MOST_NOISE = 2, 20  # persons; more than that takes minutes to work out, and blurs a table away
LEAST_VARIANCE = 1.0
SMALL_COUNTS = (1, 2, 3, 4)
MOST_UNCHANGED = 0.6  # how likely a small count may be to stay as it is

CELL_KEY = "cell_key"  # the sum of the record keys behind an inner cell, modulo 2^64
BLURRED_BY = {"perturb": "cell_key", "round": "rounded"}  # what the rows of a blurred table say of themselves


@dataclass(frozen=True)
class NoiseRules:
    """How much noise: at most `greatest` persons, of this variance, and never a result of 1 to `never_up_to`."""

    greatest: int = 5
    variance: float = 3.0
    never_up_to: int = 2

    def __post_init__(self) -> None:
        is_enough = MOST_NOISE >= self.greatest >= LEAST_NOISE and LEAST_VARIANCE <= self.variance < math.inf
        if not is_enough or self.never_up_to < 0:
            raise SettingsInvalid(
                "This noise cannot be used for a release: {greatest},{variance:g},{never_up_to}.",
                where="noise in guzar.toml, or --noise",
                expected="a greatest noise from {least} to {most} and a variance of {floor:g} or more: less leaves small "
                "counts as they are",
                do="Choose more noise; 5,3,2 is the default.",
                **asdict(self),
                least=LEAST_NOISE,
                most=MOST_NOISE,
                floor=LEAST_VARIANCE,
            )


def perturb_counts(
    counts: Mapping[str, pl.DataFrame],
    *,
    dimensions: Sequence[str],
    count: str,
    noise: NoiseRules,
    secret: bytes | None = None,
    hierarchies: Hierarchies | None = None,
    unit: str = "persons",
) -> Protected:
    """Linked tables of counts with the noise of their cell keys: the same persons, the same noise, in every table.

    Inner cells bring their keys in a column `cell_key`; where there is none, keys are made from `secret` and the
    codes of the cell, so that the noise repeats for the same cells only. Empty cells stay empty, totals are not the
    sums of their parts. Refused (TableInvalid): some tables with keys and some without, one cell with two keys, or keys
    that are all the same or all zero;
    (SettingsInvalid): neither keys nor a secret.
    """
    linked = link_cells(counts, dimensions=dimensions, count=count, hierarchies=hierarchies)
    keys = _keys_of(linked, _with_keys(counts, dimensions, secret))
    table = make_noise_table(noise.greatest, noise.variance, never_up_to=noise.never_up_to)
    require_enough_noise(table)
    moved = noise_of_cells(linked.values.astype(np.int64), keys, table)
    about = {
        "method": "perturb",
        "noise": {
            **asdict(noise),
            "cells_moved": int((moved != 0).sum()),
            "mean": round(float(moved.mean()), 4),
            "variance_seen": round(float(moved.var()), 4),
        },
    }
    return _release(linked, linked.values + moved, noise.greatest, dimensions, count, {**about, "unit": unit})


def require_enough_noise(table: pl.DataFrame) -> None:
    """Refuse (MethodNotApplicable) a noise table that leaves a small count as it is more often than not.

    `table` as `make_noise_table` makes it; counts above its last one behave like the last.
    """
    unchanged = table.filter(
        pl.col("count").is_in(SMALL_COUNTS),
        pl.col("noise") == 0,
        pl.col("probability") > MOST_UNCHANGED,
    )
    if unchanged.height:
        raise MethodNotApplicable(
            "The noise leaves small counts as they are too often: {counts}.",
            where="the noise table; counts from 1 to {last}",
            expected="a small count stays as it is with a probability of at most {most}",
            do="Choose a greater variance; 5,3,2 is the default.",
            counts=", ".join(str(count) for count in unchanged["count"]),
            last=SMALL_COUNTS[-1],
            most=MOST_UNCHANGED,
        )


def round_counts(
    counts: Mapping[str, pl.DataFrame],
    *,
    dimensions: Sequence[str],
    count: str,
    base: int,
    hierarchies: Hierarchies | None = None,
    unit: str = "persons",
) -> Protected:
    """Linked tables of counts rounded to multiples of `base`, so that all sums still hold.

    A count goes to the multiple below or above it, not always to the nearer one, and so moves by less than `base`; where
    no such rounding exists single counts go one multiple further, by less than twice `base`.
    """
    linked = link_cells(counts, dimensions=dimensions, count=count, hierarchies=hierarchies)
    rounded = round_cells(linked, base=base)
    farthest = 2 * base - 1 if rounded.gone_further else base - 1
    about = {
        "method": "round",
        "base": base,
        "gone_further": rounded.gone_further,
        "greatest_change": int(np.abs(rounded.values - linked.values).max()),
        "unit": unit,
    }
    return _release(linked, rounded.values, farthest, dimensions, count, about)


def _with_keys(
    counts: Mapping[str, pl.DataFrame], dimensions: Sequence[str], secret: bytes | None
) -> dict[str, pl.DataFrame]:
    """Every table with a column of cell keys."""
    having = [name for name, table in counts.items() if CELL_KEY in table.columns]
    if having and len(having) < len(counts):
        raise TableInvalid(
            "{having} of {tables} tables have a column cell_key, the others have none.",
            expected="keys in every table, or in none",
            do="Count all tables with the same record keys.",
            having=len(having),
            tables=len(counts),
        )
    if having:
        _require_keys(counts)
        return dict(counts)
    if secret is None:
        raise SettingsInvalid(
            "Noise needs keys: the tables have no column cell_key, and no secret is given.",
            expected="a column cell_key (sums of record keys), or a secret of the workspace",
            do="Count with record keys, or name a file with a secret: --key-file F",
        )
    return {name: _keyed_by_codes(table, dimensions, secret) for name, table in counts.items()}


def _require_keys(counts: Mapping[str, pl.DataFrame]) -> None:
    for name, table in counts.items():
        if (
            not table.schema[CELL_KEY].is_integer()
            or table[CELL_KEY].null_count()
            or (table[CELL_KEY] < 0).any()
        ):
            raise TableInvalid(
                "The column cell_key of {table} holds something else than keys.",
                expected="whole numbers from 0 to 2^64 - 1, none missing",
                do="Count the table again with record keys.",
                table=name,
            )


def _keyed_by_codes(table: pl.DataFrame, dimensions: Sequence[str], secret: bytes) -> pl.DataFrame:
    own = [name for name in dimensions if name in table.columns]
    cells = table.select(
        pl.concat_str([pl.format("{}={}", pl.lit(name), pl.col(name)) for name in own], separator="|")
    )
    return table.with_columns(pl.Series(CELL_KEY, make_record_keys(cells.to_series().to_list(), secret)))


def make_secret() -> bytes:
    """A new secret: 32 random bytes of the system."""
    return secrets.token_bytes(32)


def _keys_of(linked: LinkedCells, counts: Mapping[str, pl.DataFrame]) -> Keys:
    """The key of every linked cell; a cell that two tables hold has one."""
    keys, is_known = (
        np.zeros(len(linked.values), dtype=np.uint64),
        np.zeros(len(linked.values), dtype=np.bool_),
    )
    for table in linked.tables:
        own = sum_inner_keys(counts[table.name], table.dimensions, CELL_KEY)
        apart = int((is_known[table.cells] & (keys[table.cells] != own)).sum())
        if apart:
            raise TableInvalid(
                "{count} cells that two tables share have different keys.",
                where="table {table}",
                expected="tables counted from the same records with the same keys",
                do="Count the tables with record keys, in a column cell_key: without them only one table can be perturbed.",
                count=apart,
                table=table.name,
            )
        inner = tuple(slice(1, 1 + each.inner) for each in table.dimensions)
        _require_secret(table.name, own[inner][linked.values[table.cells[inner]] > 0])
        keys[table.cells] = own
        is_known[table.cells] = True
    return keys


def _require_secret(name: str, filled: Keys) -> None:
    """Refuse keys that anybody can guess: sums of random keys are never all zero, and never all the same.

    `filled` are the keys of inner cells with a count; those of empty cells are nought by right.
    """
    is_zero = len(filled) > 0 and not filled.any()
    if is_zero or (len(filled) > 1 and bool((filled == filled[0]).all())):
        raise TableInvalid(
            "The keys of {table} are no secret: all are zero."
            if is_zero
            else "The keys of {table} are no secret: all are the same.",
            where="column {column}; {cells} inner cells that are not empty",
            expected="sums of random record keys, which differ from cell to cell",
            do="Count the table again with record keys; without true keys, leave the column out and use a secret.",
            table=name,
            column=CELL_KEY,
            cells=len(filled),
        )


def _release(
    linked: LinkedCells,
    published: Floats,
    farthest: int,
    dimensions: Sequence[str],
    count: str,
    about: Mapping[str, Any],
) -> Protected:
    least = np.where(published > 0, np.maximum(published - farthest, 0), 0.0)
    lower, upper = outer_bounds(linked.sums, least, published + farthest)
    facts = {
        **about,
        "tables": describe_tables(linked),
        "attack": {
            "cells_attacked": len(published),
            "known_exactly": int((upper - lower < 1).sum()),
            "narrowest": float((upper - lower).min()),
            "median": float(np.median(upper - lower)),
        },
    }
    tables = []
    for table in linked.tables:
        own = [name for name in dimensions if name in {each.name for each in table.dimensions}]
        frame = table.with_cells(**{count: published.astype(np.int64)}).with_columns(
            pl.lit(BLURRED_BY[str(about["method"])]).alias(DISCLOSURE_METHOD)
        )
        frame = frame.select(*own, count, DISCLOSURE_METHOD)
        seal_frame(frame)
        tables.append(
            ProtectedTable(table.name, tuple(own), count, str(about["unit"]), frame, told_in_public(facts))
        )
    return Protected(tuple(tables), Report(facts, pl.DataFrame()))

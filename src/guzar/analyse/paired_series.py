"""Two publications of one indicator side by side, cell by cell, and the groups in which a row can slip.

A row slips along one axis: among the areas of one counterpart, or among the counterparts of one area. Figures that
guzar computes itself are left out, because their slips are those of what they were computed from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from guzar.analyse.doubts import printed_quantum
from guzar.define.areas import REST_OF_WORLD, area_name, regions

SERIES = ("source", "edition", "definition")
AXES = ("area", "counterpart")
FEWEST_SHARED = 30  # below this, agreement on "most cells" says little
SMALLEST_COUNT = 100.0  # persons: smaller counts coincide too often to tell anything


@dataclass(frozen=True)
class PairedGroup:
    """The shared cells of two publications along one axis in one period, in alphabetical order of the names."""

    axis: str
    cells: pl.DataFrame  # label, value, value_other, agrees and the keys of both series


@dataclass(frozen=True)
class PairedSeries:
    """Two publications of one indicator: their shared cells, and how far rounding may set them apart."""

    cells: pl.DataFrame
    tolerance: float

    def groups(self, axis: str, *, fewest: int = FEWEST_SHARED) -> Iterator[PairedGroup]:
        """The groups along one axis in which at least two cells disagree."""
        fixed = [name for name in ("area", "counterpart", "sex", "period") if name != axis]
        counted = self.cells.group_by(fixed).agg(shared=pl.len(), apart=(~pl.col("agrees")).sum())
        worth = counted.filter((pl.col("shared") >= fewest) & (pl.col("apart") >= 2))
        chosen = self.cells.join(worth, on=fixed, how="semi").with_columns(
            name=pl.col(axis).replace_strict(_names(self.cells[axis]), return_dtype=pl.String),
            label=_label(axis),
        )
        for group in chosen.sort("name").partition_by(fixed, maintain_order=True):
            yield PairedGroup(axis, group)


def _names(codes: pl.Series) -> dict[str, str]:
    return {code: area_name(code) for code in codes.unique()}


def _label(axis: str) -> pl.Expr:
    """An area, or a corridor where both ends are named."""
    other = "counterpart" if axis == "area" else "area"
    alone = pl.col(other).is_in(["_T", "_Z"])
    return pl.when(alone).then(pl.col(axis)).otherwise(pl.col("counterpart") + ">" + pl.col("area"))


def is_computed_by_guzar() -> pl.Expr:
    """Whether a row is a figure that guzar computes: it repeats the slips of what it is computed from."""
    combined = [REST_OF_WORLD, *regions()]
    is_combined = pl.col("area").is_in(combined) | pl.col("counterpart").is_in(combined)
    return pl.col("definition").str.starts_with("guzar_") | is_combined


def published_numbers(held: pl.DataFrame) -> pl.DataFrame:
    """Rows with a number other than zero that a publisher printed; no aggregates, nothing computed by guzar."""
    return held.filter(
        pl.col("value").is_not_null()
        & (pl.col("value") != 0)
        & ~pl.col("area").is_in(["WLD"])
        & ~pl.col("counterpart").is_in(["WLD"])
        & ~is_computed_by_guzar()
    )


def pair_series(held: pl.DataFrame) -> Iterator[PairedSeries]:
    """Every pair of publications of one indicator that share at least thirty cells."""
    numbers = published_numbers(held).filter(pl.col("sex").is_in(["_T", "_Z"]))
    for indicator in numbers["indicator"].unique().sort():
        series = numbers.filter(pl.col("indicator") == indicator).partition_by(SERIES, maintain_order=True)
        for one, other in combinations(series, 2):
            paired = _pair(one, other)
            if paired.cells.height >= FEWEST_SHARED:
                yield paired


def _pair(one: pl.DataFrame, other: pl.DataFrame) -> PairedSeries:
    kept = ["indicator", "unit", "area", "counterpart", "sex", "period", "value", *SERIES]
    cell = ["area", "counterpart", "sex", "period"]
    joined = (
        one.select(kept)
        .join(other.select(*cell, "value", *SERIES), on=cell, suffix="_other")
        .filter((pl.col("unit") != "persons") | (pl.max_horizontal("value", "value_other") >= SMALLEST_COUNT))
    )
    # One per cent more than half a unit of the coarser last digit: publishers round halves both ways.
    quanta = [printed_quantum(series["value"], series["definition"][0]) for series in (one, other)]
    tolerance = 0.505 * max(quanta)
    slack = pl.max_horizontal(pl.lit(tolerance), 1e-9 * pl.col("value").abs())
    return PairedSeries(
        joined.with_columns(agrees=(pl.col("value") - pl.col("value_other")).abs() <= slack), tolerance
    )

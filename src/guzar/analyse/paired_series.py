"""Two publications of one indicator side by side, cell by cell, and the groups in which a row can slip.

A row slips along one axis: among the areas of one counterpart, or among the counterparts of one area. Figures that
guzar computes itself are left out, because their slips are those of what they were computed from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from guzar.analyse.doubts import printed_quantum
from guzar.define.areas import REST_OF_WORLD, WORLD, area_name, regions

SERIES = ("source", "edition", "definition")
AXES = ("area", "counterpart")
CELL = ("area", "counterpart", "sex", "period")
EVERY_CELL = pl.col("agrees").is_not_null()
FEWEST_SHARED = 30  # below this, agreement on "most cells" says little
FEWEST_APART = 2  # one cell alone cannot have changed places
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

    def groups(
        self, axis: str, *, among: pl.Expr = EVERY_CELL, fewest_among: int = 0
    ) -> Iterator[PairedGroup]:
        """The groups along one axis that share enough cells and in which at least two of them disagree.

        A group holds its cells `among` those that are asked for, and is left out where they are too few.
        """
        fixed = [name for name in CELL if name != axis]
        counted = self.cells.group_by(fixed).agg(
            shared=pl.len(), apart=(~pl.col("agrees")).sum(), among=among.sum()
        )
        worth = counted.filter(
            (pl.col("shared") >= FEWEST_SHARED)
            & (pl.col("apart") >= FEWEST_APART)
            & (pl.col("among") >= fewest_among)
        )
        chosen = self.cells.filter(among).join(worth, on=fixed, how="semi")
        chosen = chosen.with_columns(
            name=pl.col(axis).cast(pl.String).replace_strict(_names(chosen[axis]), return_dtype=pl.String),
            label=_label(axis),
        )
        ordered = chosen.sort(*fixed, "name")
        start = 0
        for size in ordered.group_by(fixed, maintain_order=True).len()["len"]:
            yield PairedGroup(axis, ordered.slice(start, size))
            start += size


def _names(codes: pl.Series) -> dict[str, str]:
    return {code: area_name(code) for code in codes.unique()}


def _label(axis: str) -> pl.Expr:
    """An area, or a corridor where both ends are named."""
    alone = pl.col("counterpart" if axis == "area" else "area").is_in(["_T", "_Z"])
    area, counterpart = pl.col("area").cast(pl.String), pl.col("counterpart").cast(pl.String)
    return pl.when(alone).then(pl.col(axis).cast(pl.String)).otherwise(counterpart + ">" + area)


def is_computed_by_guzar() -> pl.Expr:
    """Whether a row is a figure that guzar computes: it repeats the slips of what it is computed from."""
    combined = [REST_OF_WORLD, *regions()]
    is_combined = pl.col("area").is_in(combined) | pl.col("counterpart").is_in(combined)
    return pl.col("definition").cast(pl.String).str.starts_with("guzar_") | is_combined


def published_numbers(held: pl.DataFrame) -> pl.DataFrame:
    """Rows with a number other than zero that a publisher printed; no aggregates, nothing computed by guzar.

    Their texts are categories: millions of rows are grouped and joined several times faster by the numbers behind.
    """
    rows = held.filter(
        pl.col("value").is_not_null()
        & (pl.col("value") != 0)
        & (pl.col("area") != WORLD)
        & (pl.col("counterpart") != WORLD)
        & ~is_computed_by_guzar()
    )
    return rows.with_columns(pl.col("indicator", "unit", *CELL, *SERIES).cast(pl.Categorical))


def pair_series(held: pl.DataFrame) -> Iterator[PairedSeries]:
    """Every pair of publications of one indicator that share at least thirty cells."""
    numbers = published_numbers(held).filter(pl.col("sex").is_in(["_T", "_Z"]))
    for _, of_indicator in sorted(numbers.partition_by("indicator", as_dict=True).items()):
        # The last printed digit is read off once for each series, and not again for each of its partners.
        series = [
            (one, printed_quantum(one["value"], one["definition"][0]))
            for one in of_indicator.partition_by(SERIES, maintain_order=True)
        ]
        for (one, one_quantum), (other, other_quantum) in combinations(series, 2):
            paired = _pair(one, other, max(one_quantum, other_quantum))
            if paired.cells.height >= FEWEST_SHARED:
                yield paired


def _pair(one: pl.DataFrame, other: pl.DataFrame, quantum: float) -> PairedSeries:
    """The cells that both publications hold; `quantum` is the coarser of their last printed digits."""
    joined = (
        one.select("indicator", "unit", *CELL, "value", *SERIES)
        .join(other.select(*CELL, "value", *SERIES), on=CELL, suffix="_other")
        .filter((pl.col("unit") != "persons") | (pl.max_horizontal("value", "value_other") >= SMALLEST_COUNT))
    )
    # One per cent more than half a unit of the coarser last digit: publishers round halves both ways.
    tolerance = 0.505 * quantum
    slack = pl.max_horizontal(pl.lit(tolerance), 1e-9 * pl.col("value").abs())
    return PairedSeries(
        joined.with_columns(agrees=(pl.col("value") - pl.col("value_other")).abs() <= slack), tolerance
    )


def misfit_of_both(held: pl.DataFrame, cells: pl.DataFrame) -> tuple[float, float]:
    """How far the values of either publication lie from what the same rows usually hold in other periods.

    In orders of e, added up over the cells; a disagreement alone does not tell whose values moved.
    """
    line = ["indicator", "area", "counterpart", "sex"]
    rows = cells.with_columns(pl.col(*line, "period").cast(pl.String))
    others = held.filter(
        (pl.col("indicator") == rows["indicator"][0])
        & (pl.col("period") != rows["period"][0])
        & (pl.col("value") > 0)
    ).join(rows, on=line, how="semi")
    usual = others.group_by(line).agg(usual=pl.col("value").log().median())
    known = rows.join(usual, on=line).filter((pl.col("value") > 0) & (pl.col("value_other") > 0))
    first, second = ((known[name].log() - known["usual"]).abs().sum() for name in ("value", "value_other"))
    return float(first), float(second)

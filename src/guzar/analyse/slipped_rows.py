"""Whole runs of values on the wrong rows: the same numbers as in another publication, under other names.

When rows slip, a table keeps its numbers and loses their places. Where many cells of one column differ between two
publications, their values are put side by side in order of size: if they are then the same numbers, up to one common
factor by which a total was revised, they were shuffled and not revised. Nothing here knows a country.
"""

from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.doubts import doubt_cell, show_number
from guzar.analyse.paired_series import AXES, PairedSeries, misfit_of_both, pair_series

FEWEST_APART = 10  # a shorter run is left to the search for circles and chains
SURELY_APART = 0.05  # cells that differ by less than a twentieth may be an ordinary revision
SAME_NUMBER = 0.0005  # up to the common factor, values within a two-thousandth are one number
SMALLEST_SHARE = 0.8  # of the cells apart that must turn up on another row
# With any other factor the same values must not fit: where they do, the numbers are dense and prove nothing.
PLACEBO_FACTORS = (0.93, 0.97, 1.03, 1.07)
LARGEST_PLACEBO_SHARE = 0.3
SHOWN = 4

SHUFFLED = (
    "In {source}, edition {edition}, {moved} of {apart} values of {period} that differ from {other_source}, edition "
    "{other_edition}, are the values of other rows there (times {factor}): {found}, against {expected}. Rows seem to "
    "have slipped; we would be grateful for a check."
)


def find_slipped_rows(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Doubts of the check `slipped_rows` over every pair of comparable series, along both axes."""
    return [doubt for paired in pair_series(held) for doubt in find_slips_of_pair(held, paired)]


def find_slips_of_pair(held: pl.DataFrame, paired: PairedSeries) -> list[dict[str, Any]]:
    """The same for one pair of series."""
    are_positive = (pl.col("value") > 0) & (pl.col("value_other") > 0)
    surely_apart = are_positive & ((pl.col("value") / pl.col("value_other")).log().abs() > SURELY_APART)
    groups = (
        group for axis in AXES for group in paired.groups(axis, among=surely_apart, fewest_among=FEWEST_APART)
    )
    return [doubt for group in groups for doubt in _check_group(held, group.cells, paired.tolerance)]


def _check_group(held: pl.DataFrame, apart: pl.DataFrame, tolerance: float) -> list[dict[str, Any]]:
    ours, theirs = apart["value"].to_numpy(), apart["value_other"].to_numpy()
    factor = float(np.median(np.sort(ours) / np.sort(theirs)))
    fewest_moved = SMALLEST_SHARE * apart.height
    if count_with_twin(ours / factor, theirs, tolerance) < fewest_moved:
        return []  # most groups: too few values have an equal at all, wherever it may stand
    moved = count_moved(ours / factor, theirs, tolerance)
    if moved < fewest_moved:
        return []
    placebo = max(count_moved(ours / (factor * other), theirs, tolerance) for other in PLACEBO_FACTORS)
    return [] if placebo > LARGEST_PLACEBO_SHARE * apart.height else [_write(held, apart, factor, moved)]


def count_with_twin(ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> int:
    """How many of our values are those of any other row of theirs: never fewer than `count_moved` finds."""
    ordered = np.sort(theirs)
    slack = _slack(ours, tolerance)
    # A little wider than the slack itself, so that no rounding of the two ends can lose a twin.
    wide = slack + 1e-12 * np.abs(ours)
    near = np.searchsorted(ordered, ours + wide, "right") - np.searchsorted(ordered, ours - wide, "left")
    own = np.abs(theirs - ours) <= wide
    return int((near - own > 0).sum())


def _slack(ours: np.ndarray, tolerance: float) -> np.ndarray:
    """How far a number of theirs may be from each of ours and still be the same number."""
    return np.maximum(SAME_NUMBER * ours, 2 * tolerance)


def count_moved(ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> int:
    """How many of our values are, as numbers, those of another row of theirs; each of theirs serves once.

    `tolerance` is how far rounding sets one printed number from another; both ends are rounded.
    """
    free = np.ones(len(theirs), dtype=bool)
    slack = _slack(ours, tolerance)
    moved = 0
    for i in np.argsort(-ours):
        away = np.abs(theirs - ours[i])
        away[~free] = np.inf
        away[i] = np.inf
        nearest = int(np.argmin(away))
        if away[nearest] <= slack[i]:
            moved += 1
            free[nearest] = False
    return moved


def _write(held: pl.DataFrame, apart: pl.DataFrame, factor: float, moved: int) -> dict[str, Any]:
    largest = apart.sort(pl.max_horizontal("value", "value_other"), descending=True)
    first_misfit, second_misfit = misfit_of_both(held, apart)
    second = second_misfit > first_misfit
    doubted, other = ("_other", "") if second else ("", "_other")
    return doubt_cell(
        largest.row(0, named=True),
        "slipped_rows",
        areas=largest["label"],
        found=_list(largest, f"value{doubted}"),
        expected=_list(largest, f"value{other}"),
        explanation=SHUFFLED,
        values={"moved": moved, "apart": apart.height, "factor": f"{1 / factor if second else factor:.4f}"},
        doubted=doubted,
        other=other,
    )


def _list(rows: pl.DataFrame, column: str) -> str:
    shown = [
        f"{label} {show_number(value)}"
        for label, value in rows.select("label", column).head(SHOWN).iter_rows()
    ]
    return ", ".join([*shown, "…"])

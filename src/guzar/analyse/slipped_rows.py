"""Whole runs of values on the wrong rows: the same numbers as in another publication, under other names.

When rows slip, a table keeps its numbers and loses their places. Where many cells of one column differ between two
publications, their values are put side by side in order of size: if they are then the same numbers, up to one common
factor by which a total was revised, they were shuffled and not revised. Nothing here knows a country.
"""

from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.doubts import show_number, write_doubt
from guzar.analyse.paired_series import AXES, PairedGroup, pair_series

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
    found = []
    for paired in pair_series(held):
        for axis in AXES:
            for group in paired.groups(axis):
                found += _check_group(held, group, paired.tolerance)
    return found


def _check_group(held: pl.DataFrame, group: PairedGroup, tolerance: float) -> list[dict[str, Any]]:
    gap = (pl.col("value") / pl.col("value_other")).log().abs()
    apart = group.cells.filter((pl.col("value") > 0) & (pl.col("value_other") > 0)).filter(gap > SURELY_APART)
    if apart.height < FEWEST_APART:
        return []
    ours, theirs = apart["value"].to_numpy(), apart["value_other"].to_numpy()
    factor = float(np.median(np.sort(ours) / np.sort(theirs)))
    moved = count_moved(ours / factor, theirs, tolerance)
    placebo = max(count_moved(ours / (factor * other), theirs, tolerance) for other in PLACEBO_FACTORS)
    if moved < SMALLEST_SHARE * apart.height or placebo > LARGEST_PLACEBO_SHARE * apart.height:
        return []
    return [_write(held, apart, factor, moved)]


def count_moved(ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> int:
    """How many of our values are, as numbers, those of another row of theirs; each of theirs serves once.

    `tolerance` is how far rounding sets one printed number from another; both ends are rounded.
    """
    free = np.ones(len(theirs), dtype=bool)
    moved = 0
    for i in np.argsort(-ours):
        away = np.abs(theirs - ours[i])
        away[~free] = np.inf
        away[i] = np.inf
        nearest = int(np.argmin(away))
        if away[nearest] <= max(SAME_NUMBER * ours[i], 2 * tolerance):
            moved += 1
            free[nearest] = False
    return moved


def _write(held: pl.DataFrame, apart: pl.DataFrame, factor: float, moved: int) -> dict[str, Any]:
    largest = apart.sort(pl.max_horizontal("value", "value_other"), descending=True)
    row = largest.row(0, named=True)
    second = _second_is_in_doubt(held, apart)
    doubted, other = ("_other", "") if second else ("", "_other")
    return write_doubt(
        "slipped_rows",
        source=row[f"source{doubted}"],
        edition=row[f"edition{doubted}"],
        areas=largest["label"],
        found=_list(largest, f"value{doubted}"),
        expected=_list(largest, f"value{other}"),
        explanation=SHUFFLED,
        indicator=row["indicator"],
        definition=row[f"definition{doubted}"],
        period=row["period"],
        other_source=row[f"source{other}"],
        other_edition=row[f"edition{other}"],
        values={"moved": moved, "apart": apart.height, "factor": f"{1 / factor if second else factor:.4f}"},
    )


def _list(rows: pl.DataFrame, column: str) -> str:
    shown = [
        f"{label} {show_number(value)}"
        for label, value in rows.select("label", column).head(SHOWN).iter_rows()
    ]
    return ", ".join([*shown, "…"])


def _second_is_in_doubt(held: pl.DataFrame, apart: pl.DataFrame) -> bool:
    """Which publication fits the same rows in other years worse."""
    line = ["indicator", "area", "counterpart", "sex"]
    others = held.filter((pl.col("period") != apart["period"][0]) & (pl.col("value") > 0)).join(
        apart, on=line, how="semi"
    )
    known = apart.join(others.group_by(line).agg(usual=pl.col("value").log().median()), on=line)
    ours, theirs = ((known[name].log() - known["usual"]).abs().sum() for name in ("value", "value_other"))
    return bool(theirs > ours)

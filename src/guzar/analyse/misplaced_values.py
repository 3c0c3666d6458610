"""Values that sit with another area: two publishers of one indicator, and the cells on which they disagree.

Where two publications agree on most cells, the cells that differ are looked at together. If the one publication
holds for an area exactly what the other holds for another area of the same period, the values may have moved: two
exchanged, three in a circle, or a chain in one direction. How many such patterns the same cells would show by
chance is worked out from how often values of that period coincide anyway and from how near to each other the two
names stand in the alphabet, where rows slip. Nothing here knows a country or an indicator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import factorial
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.doubts import doubt_cell, show_number
from guzar.analyse.paired_series import AXES, PairedGroup, PairedSeries, misfit_of_both, pair_series

SMALLEST_AGREEMENT = 0.8
MOST_DISAGREEING = 60  # above this in one period the table was revised, not shuffled
LARGEST_CHANCE = 0.05

EXCHANGED = (
    "{source}, edition {edition}, and {other_source}, edition {other_edition}, agree on {agreeing} of {shared} shared "
    "cells of {period}. For {areas} they hold each other's values: {found}, against {expected}. "
    "The values of {source} may have been exchanged; we would be grateful for a check."
)
MOVED = (
    "{source}, edition {edition}, and {other_source}, edition {other_edition}, agree on {agreeing} of {shared} shared "
    "cells of {period}. For {areas} a value of the one stands with another area in the other: {found}, against "
    "{expected}. The values of {source} may have slipped by a row; we would be grateful for a check."
)


@dataclass(frozen=True)
class Pattern:
    """A circle or chain of cells: positions, kind, how likely by chance, and in which view it was met."""

    positions: tuple[int, ...]
    is_cycle: bool
    expected_by_chance: float
    found_in_second: bool


@dataclass(frozen=True)
class Cells:
    """The shared cells of two publications in one period: areas in alphabetical order of their English names."""

    labels: tuple[str, ...]
    ours: np.ndarray
    theirs: np.ndarray
    tolerance: float

    def coincide(self, one: float, others: np.ndarray) -> np.ndarray:
        """Which of the other values are the same number, as far as it is printed."""
        near: np.ndarray = np.abs(others - one) <= np.maximum(self.tolerance, 1e-9 * np.abs(one))
        return near

    def disagreeing(self) -> list[int]:
        """Positions of the cells on which the two publications differ."""
        return [
            i for i in range(len(self.labels)) if not self.coincide(self.ours[i], self.theirs[i : i + 1])[0]
        ]


def find_misplaced_values(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Doubts of the checks `exchanged_values` and `displaced_values` over every pair of comparable series."""
    return [doubt for paired in pair_series(held) for doubt in find_misplaced_of_pair(held, paired)]


def find_misplaced_of_pair(held: pl.DataFrame, paired: PairedSeries) -> list[dict[str, Any]]:
    """The same for one pair of series."""
    if paired.cells["agrees"].sum() < SMALLEST_AGREEMENT * paired.cells.height:
        return []
    groups = [group for axis in AXES for group in paired.groups(axis) if _is_mostly_agreed(group.cells)]
    return [
        doubt for group in groups for doubt in _doubts_of_group(held, group, paired.tolerance, len(groups))
    ]


def _is_mostly_agreed(cells: pl.DataFrame) -> bool:
    apart = cells.height - int(cells["agrees"].sum())
    return apart <= min(MOST_DISAGREEING, (1 - SMALLEST_AGREEMENT) * cells.height)


def _doubts_of_group(
    held: pl.DataFrame, group: PairedGroup, tolerance: float, groups_tested: int
) -> list[dict[str, Any]]:
    rows = group.cells
    cells = Cells(tuple(rows["label"]), rows["value"].to_numpy(), rows["value_other"].to_numpy(), tolerance)
    swapped = Cells(cells.labels, cells.theirs, cells.ours, tolerance)
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    for view in (cells, swapped):
        for pattern, is_cycle, chance in find_patterns(view):
            # A rare pattern is bound to turn up somewhere when many groups are searched.
            expected = chance * groups_tested
            if expected > LARGEST_CHANCE or set(pattern) <= seen:
                continue
            seen |= set(pattern)
            found.append(_write(held, rows, cells, Pattern(pattern, is_cycle, expected, view is swapped)))
    return found


def find_patterns(cells: Cells) -> Iterator[tuple[tuple[int, ...], bool, float]]:
    """Circles and chains among the disagreeing cells, circles first: positions, whether a circle, chance.

    In a pattern (a, b, c) our value for a is their value for b, ours for b theirs for c; in a circle ours for c is
    theirs for a. The chance is the expected number of patterns of this kind, this long and this near together.
    """
    disagreeing = cells.disagreeing()
    links = {
        i: [j for j in disagreeing if j != i and cells.coincide(cells.ours[i], cells.theirs[j : j + 1])[0]]
        for i in disagreeing
    }
    same = _share_of_coinciding_pairs(cells)
    used: set[int] = set()
    for circle in [*_circles(links, 2), *_circles(links, 3)]:
        if used.isdisjoint(circle):
            used |= set(circle)
            yield circle, True, _chance(circle, len(disagreeing), len(cells.labels), same, is_cycle=True)
    for chain in _chains(links, used):
        yield chain, False, _chance(chain, len(disagreeing), len(cells.labels), same, is_cycle=False)


def _share_of_coinciding_pairs(cells: Cells) -> float:
    """How often our value for one area is, as printed, their value for another: the base rate of coincidences.

    At least one coincidence is assumed, so that no pattern is ever called impossible.
    """
    count = len(cells.labels)
    theirs = np.sort(cells.theirs)
    slack = np.maximum(cells.tolerance, 1e-9 * np.abs(cells.ours))
    near = np.searchsorted(theirs, cells.ours + slack, "right") - np.searchsorted(
        theirs, cells.ours - slack, "left"
    )
    own = sum(bool(cells.coincide(cells.ours[i], cells.theirs[i : i + 1])[0]) for i in range(count))
    return max(1.0, float(near.sum() - own)) / (count * (count - 1))


def _circles(links: Mapping[int, list[int]], length: int) -> list[tuple[int, ...]]:
    paths: list[tuple[int, ...]] = [(start,) for start in links]
    for _ in range(length - 1):
        paths = [(*path, j) for path in paths for j in links[path[-1]] if j > path[0] and j not in path]
    return [path for path in paths if path[0] in links[path[-1]]]


def _chains(links: Mapping[int, list[int]], used: set[int]) -> list[tuple[int, ...]]:
    """The longest chains of links outside the circles, each cell in one chain only, nearest names preferred."""
    free = {i: [j for j in after if j not in used] for i, after in links.items() if i not in used}
    nearest = {i: min(after, key=partial(_distance, i)) for i, after in free.items() if after}
    chains = [chain for start in nearest if len(chain := _follow(nearest, start)) > 1]
    kept: list[tuple[int, ...]] = []
    for chain in sorted(chains, key=lambda chain: (-len(chain), chain)):
        if not any(set(chain) & set(longer) for longer in kept):
            kept.append(chain)
    return kept


def _distance(one: int, other: int) -> int:
    return abs(other - one)


def _follow(nearest: Mapping[int, int], start: int) -> tuple[int, ...]:
    chain = [start]
    while (after := nearest.get(chain[-1])) is not None and after not in chain:
        chain.append(after)
    return tuple(chain)


def _chance(pattern: tuple[int, ...], disagreeing: int, shared: int, same: float, *, is_cycle: bool) -> float:
    links = len(pattern) if is_cycle else len(pattern) - 1
    ways = factorial(disagreeing) / factorial(disagreeing - len(pattern)) / (len(pattern) if is_cycle else 1)
    near = 1.0
    # In a circle the last step back is as long as the others make it: one factor less.
    for a, b in pairwise(pattern):
        distance = abs(a - b)
        near *= min(1.0, distance * (2 * shared - distance - 1) / (shared * (shared - 1)))
    return float(ways * same**links * near)


def _write(held: pl.DataFrame, rows: pl.DataFrame, cells: Cells, pattern: Pattern) -> dict[str, Any]:
    row = rows.row(pattern.positions[0], named=True)
    second = _second_is_in_doubt(held, rows, pattern)
    ours, theirs = (cells.theirs, cells.ours) if second else (cells.ours, cells.theirs)
    doubted, other = ("_other", "") if second else ("", "_other")
    doubt = doubt_cell(
        row,
        "exchanged_values" if pattern.is_cycle else "displaced_values",
        areas=[cells.labels[i] for i in pattern.positions],
        found=_list(cells, ours, pattern),
        expected=_list(cells, theirs, pattern),
        explanation=EXCHANGED if pattern.is_cycle else MOVED,
        values={"agreeing": len(cells.labels) - len(cells.disagreeing()), "shared": len(cells.labels)},
        doubted=doubted,
        other=other,
    )
    return doubt | {"expected_by_chance": pattern.expected_by_chance}


def _list(cells: Cells, values: np.ndarray, pattern: Pattern) -> str:
    return ", ".join(f"{cells.labels[i]} {show_number(float(values[i]))}" for i in pattern.positions)


def _second_is_in_doubt(held: pl.DataFrame, rows: pl.DataFrame, pattern: Pattern) -> bool:
    """Which publication fits its areas' other years worse: a pattern alone does not tell who moved the values."""
    first, second = misfit_of_both(held, rows[list(pattern.positions)])
    return pattern.found_in_second if first == second else second > first

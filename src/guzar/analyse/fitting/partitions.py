"""Sizes of areas → numbers of blocks and stripes of a square table: partitions of its cells that may be margins.

A block is where the regions of one area meet those of another; a stripe is where one region (row) meets an area. Any other
partition of cells may be a margin too: give each cell the number of its part.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.margins import Margin
from guzar.errors import SettingsInvalid

Groups = NDArray[np.int64]
Numbers = NDArray[np.float64]


def number_blocks(sizes: Sequence[int]) -> Groups:
    """By region and region the number of the block, from 0: area of the row × areas + area of the column."""
    area = _area_of_regions(sizes)
    return np.asarray(area[:, None] * len(sizes) + area[None, :])


def number_stripes(sizes: Sequence[int]) -> Groups:
    """By region and region the number of the stripe, from 0: row × areas + area of the column."""
    area = _area_of_regions(sizes)
    return np.asarray(np.arange(len(area))[:, None] * len(sizes) + area[None, :])


def sum_parts(table: Numbers, parts: Groups) -> Numbers:
    """Persons in each part of a table, by its number."""
    return np.asarray(
        np.bincount(parts.ravel(), table.ravel(), minlength=int(parts.max()) + 1), dtype=np.float64
    )


def margin_of_parts(parts: Groups, totals: Numbers, name: str, names: Sequence[str]) -> Margin:
    """A margin for the fitting engine: `totals` (persons) and `names` by the number of a part."""
    return Margin(parts.ravel(), totals, name, names)


def _area_of_regions(sizes: Sequence[int]) -> Groups:
    if not len(sizes) or min(sizes) < 1:
        raise SettingsInvalid(
            "Areas of {sizes} regions are none.",
            expected="1 region or more in every area",
            do="Leave empty areas out.",
            sizes=", ".join(str(size) for size in sizes) or "-",
        )
    return np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)

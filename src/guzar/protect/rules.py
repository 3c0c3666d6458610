"""Counts or amounts → cells that may not be shown as they are (primary), and how wide each must stay.

A rule looks at one cell, its contributors, or the cells beside it. What it refuses is hidden; what must be hidden
so that it cannot be worked out is the work of `suppress`.

Sources: A. Hundepool and others (2012), Statistical Disclosure Control, chapters 4 and 5.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid
from guzar.protect.linked_cells import LinkedCells

SENSITIVE_MINIMUM = (
    10  # persons: health, trafficking, gender-based violence, ethnicity, religion; national only
)

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CountRules:
    """Rules for tables of counts, as declared for a table in `guzar.toml`.

    `minimum`: the least count that may be shown. `zeros`: whether an empty cell is refused as well.
    `full_cells`: whether a cell that holds all persons of its total is refused: it tells about every one of them.
    `protection`: how wide the interval must be that anyone can derive for a hidden cell.
    """

    minimum: int = 5
    zeros: bool = False
    full_cells: bool = False
    sensitive: bool = False
    protection: float = 5.0

    def __post_init__(self) -> None:
        if self.minimum < 1 or self.protection < 1 or self.least() > 1_000_000:
            raise SettingsInvalid(
                "The rules of a table cannot be met: minimum {minimum}, protection {protection}.",
                expected="a minimum and a protection of 1 or more",
                do="Correct the rules in guzar.toml or on the command line.",
                minimum=self.minimum,
                protection=self.protection,
            )

    def least(self) -> int:
        """The least count that may be shown; never below ten for a sensitive class."""
        return max(self.minimum, SENSITIVE_MINIMUM) if self.sensitive else self.minimum


def find_primary_cells(linked: LinkedCells, rules: CountRules) -> Flags:
    """The cells that a rule refuses: too few persons, nobody (where zeros are refused), all of a total."""
    is_primary: Flags = (linked.values > 0) & (linked.values < rules.least())
    if rules.zeros:
        is_primary |= linked.values == 0
    if rules.full_cells:
        is_primary |= _full_cells(linked)
    return is_primary


def _full_cells(linked: LinkedCells) -> Flags:
    """Cells that hold every person of a total that has other parts: group disclosure."""
    full = np.zeros(len(linked.values), dtype=np.bool_)
    for row in range(linked.sums.shape[0]):
        cells = linked.sums.indices[linked.sums.indptr[row] : linked.sums.indptr[row + 1]]
        parts = cells[1:]
        filled = parts[linked.values[parts] > 0]
        if len(parts) > 1 and len(filled) == 1:
            full[filled[0]] = True
    return full


# --- amounts ---------------------------------------------------------------------------------------------------

Contributions = NDArray[np.float64]


def is_dominated(contributions: Contributions, *, largest: int, percent: float) -> bool:
    """(n, k) dominance: whether the n largest contributors make more than k per cent of the amount."""
    ordered = np.sort(contributions)[::-1]
    return bool(ordered[:largest].sum() > percent / 100 * ordered.sum())


def is_estimated_closely(contributions: Contributions, *, percent: float) -> bool:
    """p %: whether the second largest contributor can estimate the largest to within p per cent of it."""
    ordered = np.sort(contributions)[::-1]
    if not len(ordered):
        return False
    return bool(ordered[2:].sum() < percent / 100 * ordered[0])


def has_few_contributors(contributions: Contributions, *, fewest: int) -> bool:
    """Whether fewer contributors than allowed stand behind an amount that is not nought."""
    return 0 < int((contributions > 0).sum()) < fewest


AMOUNT_RULES: dict[str, Callable[..., bool]] = {
    "dominance": is_dominated,
    "p_percent": is_estimated_closely,
    "few_contributors": has_few_contributors,
}

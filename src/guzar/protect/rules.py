"""Counts → cells that may not be shown as they are (primary), and how wide each must stay.

A rule looks at one cell, or the cells beside it. What it refuses is hidden; what must be hidden so that it cannot be
worked out is the work of `suppress`. Rules for amounts, which look at contributors, are in `amounts`.

Sources: A. Hundepool and others (2012), Statistical Disclosure Control, chapters 4 and 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid
from guzar.protect.linked_cells import LinkedCells

SENSITIVE_MINIMUM = (
    10  # persons: health, trafficking, gender-based violence, ethnicity, religion; national only
)
MOST = 1_000_000  # persons: a greater minimum or protection hides every table

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CountRules:
    """Rules for tables of counts, as declared for a table in `guzar.toml`.

    `minimum`: the least count that may be shown. `zeros`: whether an empty cell is refused as well.
    `full_cells`: whether a cell that holds all persons of its total is refused: it tells about every one of them.
    `insiders`: whether someone who stands alone in a cell must not learn another. `filled`: whether the
    adversary also uses that hidden cells hold somebody, where empty ones are shown: much more is hidden then.
    `protection`: how wide the interval must be that anyone can derive for a hidden cell.
    """

    minimum: int = 5
    zeros: bool = False
    full_cells: bool = False
    sensitive: bool = False
    insiders: bool = True
    filled: bool = False
    protection: float = 5.0

    def __post_init__(self) -> None:
        is_wide_enough = 1 <= self.protection <= MOST  # not where it is no number
        if self.minimum < 1 or not is_wide_enough or self.least() > MOST:
            raise SettingsInvalid(
                "The rules of a table cannot be met: minimum {minimum}, protection {protection}.",
                expected="a minimum and a protection from 1 to {most}",
                do="Correct the rules in guzar.toml or on the command line.",
                minimum=self.minimum,
                protection=self.protection,
                most=MOST,
            )

    def least(self) -> int:
        """The least count that may be shown; never below ten for a sensitive class."""
        return max(self.minimum, SENSITIVE_MINIMUM) if self.sensitive else self.minimum


def find_primary_cells(linked: LinkedCells, rules: CountRules) -> Flags:
    """The cells that a rule refuses: too few persons, nobody (where zeros are refused), all of a total."""
    is_primary: Flags = np.any(list(primary_by_rule(linked, rules).values()), axis=0)
    return is_primary


def primary_by_rule(linked: LinkedCells, rules: CountRules) -> dict[str, Flags]:
    """The cells that each rule refuses, by the rule's name."""
    nobody = np.zeros(len(linked.values), dtype=np.bool_)
    return {
        "too_few_persons": (linked.values > 0) & (linked.values < rules.least()),
        "nobody": linked.values == 0 if rules.zeros else nobody,
        "all_of_a_total": _full_cells(linked) if rules.full_cells else nobody,
    }


def _full_cells(linked: LinkedCells) -> Flags:
    """Cells that hold every person of a total that has other parts: group disclosure."""
    full = np.zeros(len(linked.values), dtype=np.bool_)
    for _, parts in linked.each_sum():
        filled = parts[linked.values[parts] > 0]
        if len(parts) > 1 and len(filled) == 1:
            full[filled[0]] = True
    return full

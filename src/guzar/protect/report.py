"""What the disclosure officer is told: what was hidden and why, what it cost, what an attacker can still learn.

Everything here is a count of cells or a share; a derived interval is what any reader could work out. No hidden value
stands in a report. It is for the officer all the same: which cells a rule refused tells that they are small.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.protect.adversary import EXACT, Worlds
from guzar.protect.attack import Intervals
from guzar.protect.grow import Terms, make_adversary
from guzar.protect.linked_cells import LinkedCells
from guzar.protect.programmes import Floats

Flags = NDArray[np.bool_]
WIDTHS = (0, 1, 2, 5, 10, 20, 50, 100, 1000)  # borders of the classes in which intervals are counted


@dataclass(frozen=True)
class Report:
    """A report as plain data (`facts`), and one row per hidden cell with the interval that anyone can derive."""

    facts: Mapping[str, Any]
    hidden_cells: pl.DataFrame


NOISE_RULES = ("greatest", "variance", "never_up_to")
PUBLIC = ("method", "rules", "unit", "noise", "base")


def told_in_public(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What goes out with a table: the rule, and nothing that was computed from hidden counts.

    A share of hidden persons, beside what is shown, gives a hidden total away.
    """
    told = {name: facts[name] for name in PUBLIC if name in facts}
    if "noise" in told:  # what the noise came to would tell the true sum of all cells
        told["noise"] = {name: told["noise"][name] for name in NOISE_RULES}
    return told


def describe_tables(linked: LinkedCells) -> list[dict[str, Any]]:
    """Name, dimensions and number of cells of every table."""
    return [
        {
            "name": table.name,
            "dimensions": [each.name for each in table.dimensions],
            "cells": table.cells.size,
        }
        for table in linked.tables
    ]


def describe_cost(linked: LinkedCells, is_hidden: Flags) -> dict[str, Any]:
    """How many cells and persons a reader loses; counts of inner cells add up to the persons of the table."""
    inner_hidden = is_hidden & linked.is_inner
    held = linked.values[linked.is_inner].sum()
    return {
        "cells": len(linked.values),
        "cells_hidden": int(is_hidden.sum()),
        "share_of_cells": _share(is_hidden.sum(), len(linked.values)),
        "inner_cells_hidden": int(inner_hidden.sum()),
        "margins_hidden": int((is_hidden & ~linked.is_inner).sum()),
        "share_of_amount_in_hidden_inner_cells": _share(linked.values[inner_hidden].sum(), held),
    }


def describe_attack(is_hidden: Flags, intervals: Intervals | None, protection: Floats) -> dict[str, Any]:
    """How closely hidden cells can be derived: how many too closely, and classes of widths.

    Without intervals only what the last look before the door says: none is tighter than its protection.
    """
    if intervals is None:
        return {"cells_attacked": int(is_hidden.sum()), "tighter_than_protection": 0}
    width = intervals.width()
    borders = [*WIDTHS, np.inf]
    return {
        "cells_attacked": len(width),
        "known_exactly": int((width < 1).sum()),
        "tighter_than_protection": int((width < protection[intervals.cells] - EXACT).sum()),
        "narrowest": _number(width.min(initial=np.inf)),
        "median": _number(float(np.median(width))) if len(width) else None,
        "without_upper_bound": int(np.isinf(intervals.upper).sum()),
        "widths": [
            {
                "from": low,
                "below": _number(high),
                "cells": int(((width >= low) & ((width < high) | np.isinf(high))).sum()),
            }
            for low, high in pairwise(borders)
        ],
        "linear_programmes": intervals.programmes,
    }


def describe_naive(linked: LinkedCells, is_primary: Flags, terms: Terms) -> dict[str, Any]:
    """What the same attack does where only the cells that a rule refuses are hidden, and nothing beside them."""
    adversary = make_adversary(linked, is_primary, terms, Worlds(len(is_primary)))
    needed = terms.protection[adversary.cells]
    adversary.look_around(needed, times=6)
    tight = [position for position, _ in adversary.find_tight(needed)]
    width = adversary.width()[tight]
    return {
        "cells_hidden": int(is_primary.sum()),
        "tighter_than_protection": len(tight),
        "known_exactly": int((width < 1).sum()),
    }


def list_hidden_cells(
    linked: LinkedCells,
    is_hidden: Flags,
    intervals: Intervals | None,
    reasons: Mapping[str, Flags],
    protection: Floats,
) -> pl.DataFrame:
    """One row per hidden cell and table: its codes, why it is hidden, the interval that anyone can derive.

    `protection` is the width that the interval needs.
    """
    reason = np.full(len(linked.values), "", dtype=object)
    for name, flags in reasons.items():
        reason[flags & (reason == "")] = name
    lower, upper = np.full((2, len(linked.values)), np.nan)
    if intervals is not None:
        lower[intervals.cells], upper[intervals.cells] = intervals.lower, intervals.upper
    parts = [
        table.with_cells(
            hidden_because=reason.astype(str),
            protection=protection,
            lower=lower,
            upper=np.where(np.isinf(upper), np.nan, upper),
            hidden=is_hidden,
        )
        .filter("hidden")
        .drop("hidden")
        .with_columns(pl.col("lower", "upper").fill_nan(None), table=pl.lit(table.name))
        for table in linked.tables
    ]
    return pl.concat(parts, how="diagonal")


def _share(part: float, whole: float) -> float:
    return round(float(part) / float(whole), 6) if whole else 0.0


def _number(value: float) -> float | None:
    return None if not np.isfinite(value) else float(value)

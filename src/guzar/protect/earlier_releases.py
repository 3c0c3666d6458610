"""Counts beside an earlier release of the same persons → what must be hidden now, and what is public already.

Nothing that was shown can be taken back, and nothing that was hidden may be shown later: either would let somebody
difference the two releases to a small cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import ReleaseRefused
from guzar.protect.attack import derive_intervals, find_possible_world
from guzar.protect.attack_release import attack_release
from guzar.protect.differencing import TwoEditions, lay_side_by_side
from guzar.protect.linked_cells import LinkedCells, link_arrays
from guzar.protect.programmes import Floats
from guzar.protect.released_cells import ReleasedTable
from guzar.protect.rules import CountRules

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Constraints:
    """The cells of now, linked with those of earlier releases, and what those releases leave open.

    `is_now` are the cells of the tables to be protected, `is_public` those that an earlier release shows, `must_hide`
    those that one hides, `changed_little` those whose correction would show a small group.
    """

    linked: LinkedCells
    is_now: Flags
    is_public: Flags
    must_hide: Flags
    changed_little: Flags
    most_protection: Floats  # the widest interval that is still possible, given what was shown
    is_correction: bool = False


def heed_earlier(linked: LinkedCells, earlier: Mapping[str, ReleasedTable], rules: CountRules) -> Constraints:
    """What an earlier release demands of these cells; nothing where there is none."""
    none = np.zeros(len(linked.values), dtype=np.bool_)
    if not earlier:
        return Constraints(linked, ~none, none, none, none, np.full(len(none), np.inf))
    editions = lay_side_by_side(earlier, as_released(linked, none))
    if editions.is_correction:
        return _heed_corrected(linked, editions, rules.least())
    return _heed_same_counts(linked, earlier, rules)


def as_released(linked: LinkedCells, is_hidden: Flags) -> dict[str, ReleasedTable]:
    """The tables as a reader would see them with these cells hidden."""
    shown = np.where(is_hidden, np.nan, linked.values)
    return {
        table.name: ReleasedTable(
            table.dimensions,
            shown[table.cells],
            np.zeros(table.cells.shape),
            np.full(table.cells.shape, np.inf),
        )
        for table in linked.tables
    }


def _heed_same_counts(
    linked: LinkedCells, earlier: Mapping[str, ReleasedTable], rules: CountRules
) -> Constraints:
    """All tables as one: cells shown earlier are public, cells hidden earlier stay hidden.

    What nobody knows here (cells of an earlier breakdown, hidden there) is filled with one possible world: which one
    does not matter, because the worlds possible for a reader are the same.
    """
    tables = {f"earlier {name}": (table.dimensions, table.counts) for name, table in earlier.items()}
    tables |= {table.name: (table.dimensions, linked.values[table.cells]) for table in linked.tables}
    joined = link_arrays(tables)
    is_now, is_public = (
        np.zeros(len(joined.values), dtype=np.bool_),
        np.zeros(len(joined.values), dtype=np.bool_),
    )
    is_earlier = is_public.copy()
    for placed in joined.tables[: len(earlier)]:
        table = earlier[placed.name.removeprefix("earlier ")]
        is_earlier[placed.cells] = True
        is_public[placed.cells] |= ~np.isnan(table.counts)
    for placed in joined.tables[len(earlier) :]:
        is_now[placed.cells] = True
    unknown = np.isnan(joined.values)
    world = find_possible_world(
        joined.sums, np.where(unknown, 0.0, joined.values), np.where(unknown, np.inf, joined.values)
    )
    whole = LinkedCells(world, joined.sums, joined.is_inner, joined.tables[len(earlier) :])
    must_hide = is_earlier & ~is_public
    nothing_little = np.zeros(len(world), dtype=np.bool_)
    return Constraints(
        whole,
        is_now,
        is_public,
        must_hide,
        nothing_little,
        _widest(whole, is_public, must_hide, least_of_hidden(np.where(is_now, world, 0.0), rules)),
    )


def least_of_hidden(persons: Floats, rules: CountRules) -> Floats:
    """What a reader takes a hidden cell to have at least: where empty cells are shown, a hidden one holds somebody."""
    least: Floats = np.minimum(persons, 0.0 if rules.zeros or not rules.filled else 1.0)
    return least


def _widest(linked: LinkedCells, is_public: Flags, must_hide: Flags, least: Floats) -> Floats:
    """How wide the interval of a cell that was hidden can stay, if nothing more is shown; endless for other cells."""
    intervals = derive_intervals(linked, ~is_public, known=(least, np.full(len(least), np.inf)))
    width = np.full(len(linked.values), np.inf)
    width[intervals.cells] = np.where(must_hide[intervals.cells], intervals.width(), np.inf)
    return width


def _heed_corrected(linked: LinkedCells, editions: TwoEditions, minimum: float) -> Constraints:
    """Hidden earlier, hidden now; what changed by a small group is hidden as well."""
    own = np.zeros(len(linked.values), dtype=np.int64)
    placed = {table.name: table for table in editions.linked.tables}
    for table in linked.tables:
        own[table.cells] = placed[f"later {table.name}"].cells
    earlier_tables = [table for table in editions.linked.tables if table.name.startswith("earlier ")]
    held = np.zeros(len(editions.earlier), dtype=np.bool_)
    for table in earlier_tables:
        held[table.cells] = True
    none = np.zeros(len(linked.values), dtype=np.bool_)
    return Constraints(
        linked,
        ~none,
        none,
        (held & np.isnan(editions.earlier))[own],
        editions.small_changes(minimum)[own],
        np.full(len(none), np.inf),
        is_correction=True,
    )


def require_not_differenced(
    linked: LinkedCells, is_hidden: Flags, earlier: Mapping[str, ReleasedTable], rules: CountRules
) -> None:
    """Refuse (ReleaseRefused) a correction from which somebody works out a small group or a hidden cell."""
    found = attack_release(as_released(linked, is_hidden), earlier, minimum=rules.least())
    tight = sum(found.closer_than(rules.protection, inner=inner) for inner in (True, False))
    if tight or found.small_changes:
        raise ReleaseRefused(
            "The correction can be differenced: {tight} hidden cells become known, {small} small changes are seen.",
            where="beside the earlier release",
            expected="a correction that nobody can trace to a few persons",
            do="Gather corrections until they are larger, or use broader groups.",
            tight=tight,
            small=found.small_changes,
        )

"""Which share of exits and entries is recorded at each port, found from closed cycles until they agree with themselves."""

import numpy as np

from guzar.errors import MethodNotApplicable
from guzar.process.missing_exits.coverage import (
    LEAST_EXITS,
    Coverage,
    all_recorded,
    estimate_coverage,
)
from guzar.process.missing_exits.cycles import (
    CycleTable,
    tabulate_cycles,
    without_indirect,
)
from guzar.process.missing_exits.fit import (
    Recorded,
)
from guzar.process.missing_exits.grounds import has_gaps
from guzar.process.missing_exits.hidden_pairs import (
    share_indirect,
)
from guzar.process.missing_exits.material import Material

REDRAWN = 20  # times, a bootstrap of port-months in which no exit is recorded
ROUNDS_OF_COVERAGE, AGREED = 12, 1e-4  # after the first; shares that move by less agree


def find_recorded(
    material: Material, random: np.random.Generator | None = None, like: Recorded | None = None
) -> Recorded:
    """How many exits and entries are recorded, by port; with `random` those of a bootstrap of port-months.

    Where ports cannot be told apart, one share is taken for all; `like` says of a bootstrap for which this holds, and stands
    where it draws nothing that tells. A cycle in which a person left and came back unseen looks like another: how often
    follows from the shares themselves, so they are found again until they agree. Raises MethodNotApplicable where no exit
    stands between two entries.
    """
    for _ in range(REDRAWN):
        try:
            return _find_recorded(material, random, like)
        except MethodNotApplicable:
            if random is None or like is None:
                raise
    return like if like is not None else _find_recorded(material, random, like)


def _find_recorded(material: Material, random: np.random.Generator | None, like: Recorded | None) -> Recorded:
    log = material.log
    tables = [
        tabulate_cycles(log, each.cycles, each.strata, each.bootstrap(random) if random else each.weight)
        for each in (material.exits, material.entries)
    ]
    is_replicate = like is not None
    exits, entries = tables
    found = _find_both(exits, entries, log.ports, like, is_replicate=is_replicate)
    for _ in range(ROUNDS_OF_COVERAGE):
        shares = found.exits.share, found.entries.share
        of_exits = share_indirect(exits, material.exits.ports, *shares)
        of_entries = share_indirect(entries, material.entries.ports, *shares[::-1])
        exits, entries = without_indirect(tables[0], of_exits), without_indirect(tables[1], of_entries)
        found = _find_both(exits, entries, log.ports, found, is_replicate=is_replicate)
        moved = zip((found.exits.share, found.entries.share), shares, strict=True)
        if max(float(np.abs(now - before).max(initial=0)) for now, before in moved) < AGREED:
            break
    return found


def _find_both(
    exits: CycleTable,
    entries: CycleTable,
    ports: tuple[str, ...],
    like: Recorded | None,
    *,
    is_replicate: bool,
) -> Recorded:
    """Coverage of exits and entries from tables; `like` says where ports are put together."""
    of_exits, exits_apart = find_share(exits, ports, like is None or like.exits_apart, is_replicate)
    if entries.recorded.sum() < LEAST_EXITS and not (entries.recorded.any() and has_gaps(entries)):
        return Recorded(of_exits, all_recorded(len(ports)), exits_apart, entries_apart=True)
    of_entries, entries_apart = find_share(entries, ports, like is None or like.entries_apart, is_replicate)
    return Recorded(of_exits, of_entries, exits_apart, entries_apart)


def find_share(
    table: CycleTable, ports: tuple[str, ...], is_apart: bool, is_replicate: bool
) -> tuple[Coverage, bool]:
    """Coverage by port; where ports cannot be told apart, one for all, and False."""
    try:
        if is_apart:
            return estimate_coverage(table, ports, is_replicate=is_replicate), True
    except MethodNotApplicable:
        if not table.recorded.sum():
            raise
    return estimate_coverage(table, ports, together=True, is_replicate=True), False

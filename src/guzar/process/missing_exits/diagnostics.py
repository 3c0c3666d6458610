"""Tests of the model against the log: p-values, outages, and what is too weak to make intervals from."""

from dataclasses import dataclass

import numpy as np

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.coverage import (
    check_coverage,
)
from guzar.process.missing_exits.cycles import (
    ClosedCycles,
    return_to_begin,
    strata_of,
    strata_over_length,
    strata_over_time,
    tabulate_cycles,
)
from guzar.process.missing_exits.first_exits import check_first_exits
from guzar.process.missing_exits.fit import (
    Fit,
    Recorded,
    with_room,
)
from guzar.process.missing_exits.grounds import weak_grounds
from guzar.process.missing_exits.hidden_pairs import (
    tabulate_direct,
)
from guzar.process.missing_exits.material import Material, losses_of, tables_of
from guzar.process.missing_exits.recorded import find_share

POOR_FIT = 0.002  # p-value of one of five tests; 1 % for all together
MOST_IN_OUTAGES = 0.02  # of exits: with 4 %, 90 % intervals held the truth of made-up worlds in 70 to 80 %
LEAST_PORT_MONTHS = 12  # of which a bootstrap can say how much they differ


@dataclass(frozen=True)
class Diagnostics:
    """p-values of tests of one coverage by port: of exits over strata, over time and over the length of cycles, of entries
    over strata; and of one number for each person: first exits no later than stays explain. And the share of exits lost in outages,
    port-months with cycles of exits, from which intervals are made, and what is weak by name (grounds.py)."""

    strata: float
    time: float
    length: float
    entries: float
    first_exits: float
    lost_in_outages: float = 0.0
    port_months: int = LEAST_PORT_MONTHS
    weak: tuple[str, ...] = ()

    @property
    def p_values(self) -> dict[str, float]:
        """Of the tests."""
        counts = ("lost_in_outages", "port_months", "weak")
        return {name: value for name, value in vars(self).items() if name not in counts}

    @property
    def failed(self) -> tuple[str, ...]:
        """The tests that fail; and outages, or port-months, where so much was lost in outages, or there are so few port-months,
        that intervals are known to be too narrow."""
        failed = tuple(name for name, p in self.p_values.items() if p < POOR_FIT)
        narrow = {
            "outages": self.lost_in_outages > MOST_IN_OUTAGES,
            "port_months": self.port_months < LEAST_PORT_MONTHS,
        }
        return (*failed, *(name for name, holds in narrow.items() if holds), *self.weak)


def diagnose(material: Material, recorded: Recorded, fit: Fit) -> Diagnostics:
    """Test whether losses depend on more than the port, and whether people are first seen leaving later than stays explain."""
    log, lost, entries = material.log, losses_of(material, recorded), material.entries
    shares = recorded.exits.share, recorded.entries.share
    cycles = _apart_from_outages(material, return_to_begin(log, material.exits.cycles))
    usual = recorded.exits
    if material.outages is not None and (cycles.between >= 0).any():
        table = tabulate_direct(log, cycles, strata_of(log, cycles), *shares)
        usual = find_share(table, log.ports, recorded.exits_apart, is_replicate=True)[0]
    time, length = (
        check_coverage(tabulate_direct(log, cycles, strata(log, cycles), *shares), usual)
        for strata in (strata_over_time, strata_over_length)
    )
    sojourns = with_room(fit.sojourns, material.histories)
    tables = tables_of(material, sojourns, lost)
    firsts = check_first_exits(log, material.histories, sojourns, tables, material.rule.threshold_days)
    return Diagnostics(
        recorded.exits.fits,
        time,
        length,
        recorded.entries.fits,
        1.0 if firsts is None else firsts.p_value,
        0.0 if material.outages is None else material.outages.lost_share,
        int(material.exits.clusters.max(initial=-1)) + 1,
        weak_grounds(log, material.exits.cycles, tabulate_cycles(log, entries.cycles, entries.strata)),
    )


def _apart_from_outages(material: Material, cycles: ClosedCycles) -> ClosedCycles:
    """Cycles that touch no outage of any port, whether their exit was recorded or not: of them coverage should be even."""
    if material.outages is None:
        return cycles
    is_short = np.any(material.outages.exits.share < 1, axis=0)
    until = np.concatenate([[0], np.cumsum(is_short)])
    first = (material.rule.first_day - EPOCH).days
    begin, end = (material.log.day[rows] - first for rows in (cycles.begin, cycles.end))
    kept = until[end + 1] == until[begin]
    return ClosedCycles(cycles.begin[kept], cycles.between[kept], cycles.end[kept])

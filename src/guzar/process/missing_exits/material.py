"""A log of crossings made ready for draws: groups, closed cycles and outages; and what the compiled passes look up of it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable
from guzar.process.histories import EPOCH
from guzar.process.missing_exits.chains import Losses, Tables, make_tables
from guzar.process.missing_exits.coverage_over_time import Outages, find_short_spells, weigh_by_cycles
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import (
    ClosedCycles,
    clusters_of,
    list_closed_cycles,
    strata_of,
)
from guzar.process.missing_exits.fit import (
    Recorded,
    find_losses,
    group_ports,
    with_room,
)
from guzar.process.missing_exits.grounds import weigh_by_person
from guzar.process.missing_exits.hidden_pairs import (
    PortsOfCycles,
    ports_of_cycles,
)
from guzar.process.missing_exits.histories import Histories, take_sample
from guzar.process.missing_exits.numbering import Numbering, number_log, read_numbered
from guzar.process.missing_exits.permits import UNTOLD
from guzar.process.missing_exits.sojourns import Numbers, Sojourns
from guzar.process.residence_rule import ResidenceRule

MOST_LEARNT_FROM = 60_000  # persons: enough for sojourns; the bootstrap of as many says for what it is not


@dataclass(frozen=True)
class Evidence:
    """Cycles that tell how many crossings of one direction are recorded, their strata, and the port-months that a bootstrap
    draws whole: crossings lost in one outage are no independent evidence."""

    cycles: ClosedCycles
    strata: NDArray[np.int64]
    clusters: NDArray[np.int64]
    ports: PortsOfCycles
    weight: Numbers

    def bootstrap(self, random: np.random.Generator) -> Numbers:
        """A weight for each cycle: that of its port-month, as often as it is drawn."""
        drawn = random.poisson(1.0, int(self.clusters.max(initial=-1)) + 1)
        return np.asarray(drawn[self.clusters] * self.weight, dtype=np.float64)


@dataclass(frozen=True)
class Material:
    """A log made ready: what is the same in every draw. `sample` holds the persons from whom sojourns are learnt."""

    log: CrossingLog
    rule: ResidenceRule
    histories: Histories
    sample: Histories
    exits: Evidence
    entries: Evidence
    outages: Outages | None
    numbering: Numbering

    @property
    def horizon(self) -> int:
        """Days from the first to the last day."""
        return (self.rule.last_day - self.rule.first_day).days

    @property
    def deaths_per_day(self) -> float:
        """Deaths per person and day in the country, over persons and years; 0 where no rate is given."""
        return 0.0 if self.log.mortality is None else self.log.mortality.mean_per_day

    def under(self, delta: float) -> "Material":
        """As it is read under a δ: what entries show of permissions tells the class under A1 only.

        Where final exits are lost more often, classes that tell holders of permissions apart explain too much of it, and the
        range over δ becomes too narrow (W1 in docs/methods).
        """
        return self if delta == 0 else self.blind()

    def blind(self) -> "Material":
        """As if no entry showed whether a permission was recorded with it."""
        sample, histories = (
            each._replace(mark=np.full_like(each.mark, UNTOLD)) for each in (self.sample, self.histories)
        )
        return replace(self, sample=sample, histories=histories)


def prepare(log: CrossingLog, rule: ResidenceRule, numbering: Numbering | None = None) -> Material:
    """Groups, closed cycles and strata of a log; groups are numbered as in another log where its numbering is given.

    Refused: crossings that span fewer days than make a residence.
    """
    _require_long(log, rule)
    first, last = (rule.first_day - EPOCH).days, (rule.last_day - EPOCH).days
    numbers = number_log(log) if numbering is None else numbering
    histories = read_numbered(log, numbers, first, last, group_ports(log))
    exits, entries = (
        _evidence_of(log, cycles)
        for cycles in (list_closed_cycles(log), list_closed_cycles(log, of_entries=True))
    )
    sample = take_sample(histories, MOST_LEARNT_FROM)
    spells = find_short_spells(log, first, last - first + 1)
    outages = weigh_by_cycles(spells, log, (exits.cycles, entries.cycles), first)
    return Material(log, rule, histories, sample, exits, entries, outages, numbers)


def _evidence_of(log: CrossingLog, cycles: ClosedCycles) -> Evidence:
    strata = strata_of(log, cycles)
    return Evidence(
        cycles,
        strata,
        clusters_of(log, cycles),
        ports_of_cycles(log, cycles, strata),
        weigh_by_person(log, cycles),
    )


def tables_of(material: Material, sojourns: Sojourns, losses: Losses) -> Tables:
    """What the compiled passes look up, with room for all groups of the log and with its deaths."""
    fitting = with_room(sojourns, material.histories)
    return make_tables(fitting, material.horizon, losses, material.deaths_per_day)


def losses_of(material: Material, recorded: Recorded, delta: float = 0.0) -> Losses:
    """Chances that crossings are not recorded, under a δ."""
    exits, entries = ((each.cycles, each.ports) for each in (material.exits, material.entries))
    return find_losses(material.log, exits, entries, recorded, delta, material.outages)


def _require_long(log: CrossingLog, rule: ResidenceRule) -> None:
    days = int(log.day.max() - log.day.min()) if len(log.day) else 0
    if log.persons and days < rule.threshold_days:
        raise MethodNotApplicable(
            "The crossings span {days} days: how long people stay cannot be learnt from them.",
            expected="crossings over V days or more, here {threshold}",
            do="Give more of the log, or do not impute.",
            days=days,
            threshold=rule.threshold_days,
        )

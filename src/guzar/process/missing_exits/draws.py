"""Multiple imputation of hidden paths: draws, each under its own bootstrap parameters, counted by the residence rule."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable
from guzar.process.histories import EPOCH
from guzar.process.missing_exits.chains import Losses, Tables, make_tables
from guzar.process.missing_exits.coverage import (
    LEAST_EXITS,
    Coverage,
    all_recorded,
    check_coverage,
    estimate_coverage,
)
from guzar.process.missing_exits.coverage_over_time import Outages, find_short_spells, weigh_by_cycles
from guzar.process.missing_exits.crossing_log import CrossingLog, keep_persons
from guzar.process.missing_exits.cycles import (
    ClosedCycles,
    CycleTable,
    clusters_of,
    list_closed_cycles,
    persons_with_gaps,
    return_to_begin,
    strata_of,
    strata_over_length,
    strata_over_time,
    tabulate_cycles,
    without_indirect,
)
from guzar.process.missing_exits.deaths import draw_deaths
from guzar.process.missing_exits.first_exits import check_first_exits
from guzar.process.missing_exits.first_permissions import permit_first_entries
from guzar.process.missing_exits.fit import (
    BLIND_CLASSES,
    Fit,
    Recorded,
    find_losses,
    fit_sojourns,
    group_ports,
    with_room,
)
from guzar.process.missing_exits.grounds import has_gaps, weak_grounds, weigh_by_person
from guzar.process.missing_exits.hidden_pairs import (
    PortsOfCycles,
    ports_of_cycles,
    share_indirect,
    tabulate_direct,
)
from guzar.process.missing_exits.hidden_paths import Paths, draw_paths, paths_as_recorded
from guzar.process.missing_exits.histories import Histories, take_sample
from guzar.process.missing_exits.numbering import Numbering, number_log, read_numbered
from guzar.process.missing_exits.permits import UNTOLD, WITH, WITHOUT
from guzar.process.missing_exits.sojourns import Numbers, Sojourns
from guzar.process.missing_exits.year_counts import (
    YearCounts,
    count_years,
    residence_at_start,
    stack_counts,
)
from guzar.process.residence_kernel import OPEN
from guzar.process.residence_rule import ResidenceRule

DRAWS, SEED = 20, 20260101
POOR_FIT = 0.002  # p-value of one of five tests; 1 % for all together
MOST_IN_OUTAGES = 0.02  # of exits: with 4 %, 90 % intervals held the truth of made-up worlds in 70 to 80 %
ROUNDS_OF_A_REPLICATE = 12  # from the fit of all persons on
MOST_LEARNT_FROM = 60_000  # persons: enough for sojourns; the bootstrap of as many says for what it is not
THREADS = 2
REDRAWN = 20  # times, a bootstrap of port-months in which no exit is recorded
LEAST_PORT_MONTHS = 12  # of which a bootstrap can say how much they differ
ROUNDS_OF_COVERAGE, AGREED = 12, 1e-4  # after the first; shares that move by less agree
Told = Callable[[], None]
Seen = Callable[[int, Paths], None]  # what else is counted in a draw
Made = TypeVar("Made")


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
    of_exits, exits_apart = _find_one(exits, ports, like is None or like.exits_apart, is_replicate)
    if entries.recorded.sum() < LEAST_EXITS and not (entries.recorded.any() and has_gaps(entries)):
        return Recorded(of_exits, all_recorded(len(ports)), exits_apart, entries_apart=True)
    of_entries, entries_apart = _find_one(entries, ports, like is None or like.entries_apart, is_replicate)
    return Recorded(of_exits, of_entries, exits_apart, entries_apart)


def _find_one(
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
        usual = _find_one(table, log.ports, recorded.exits_apart, is_replicate=True)[0]
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


def tables_of(material: Material, sojourns: Sojourns, losses: Losses) -> Tables:
    """What the compiled passes look up, with room for all groups of the log and with its deaths."""
    fitting = with_room(sojourns, material.histories)
    return make_tables(fitting, material.horizon, losses, material.deaths_per_day)


def losses_of(material: Material, recorded: Recorded, delta: float = 0.0) -> Losses:
    """Chances that crossings are not recorded, under a δ."""
    exits, entries = ((each.cycles, each.ports) for each in (material.exits, material.entries))
    return find_losses(material.log, exits, entries, recorded, delta, material.outages)


def fit_material(material: Material, recorded: Recorded, delta: float = 0.0, begin: Fit | None = None) -> Fit:
    """Sojourns of all persons under a coverage and a δ; from another fit on where it is given.

    Under A1 they are found twice where entries show permissions: with classes that heed them and with classes that do not.
    Neither is surely right (docs/methods/missing-exits.md, section 9), so each makes half of the draws.
    """
    material = material.under(delta)
    losses = losses_of(material, recorded, delta)
    find = partial(
        fit_sojourns, losses=losses, horizon=material.horizon, deaths_per_day=material.deaths_per_day
    )
    blind_begin = None if begin is None else begin.blind or begin.sojourns
    if not {WITH, WITHOUT} <= set(np.unique(material.sample.mark)):
        return find(material.sample, begin=blind_begin, classes=BLIND_CLASSES)
    found = find(material.sample, begin=None if begin is None else begin.sojourns)
    blind = find(material.blind().sample, begin=blind_begin, classes=BLIND_CLASSES)
    return replace(found, blind=blind.sojourns)


def draw_counts(
    material: Material,
    fit: Fit,
    recorded: Recorded,
    *,
    delta: float = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
    told: Told = lambda: None,
    seen: Seen = lambda draw, past: None,
    numbers: Sequence[int] | None = None,
) -> YearCounts:
    """Counts by draw (rows) and year (columns); each draw has the parameters of its own bootstrap.

    The share that is recorded comes from a bootstrap of port-months, sojourns from one of persons. Two draws are made at a
    time; what each draws depends on the seed and its number alone. With `numbers` only these draws are made.
    """

    def one(draw: int) -> YearCounts:
        past = draw_past(material, fit, recorded, draw, delta=delta, seed=seed)
        counts = count_years(past, material.rule)
        seen(draw, past)
        told()
        return counts

    return stack_counts(each_draw(one, range(draws) if numbers is None else numbers))


def each_draw(one: Callable[[int], Made], draws: int | Sequence[int]) -> list[Made]:
    """What is made of every draw, by its number (so many, or these); two at a time."""
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(draws) if isinstance(draws, int) else draws))


def draw_past(
    material: Material, fit: Fit, recorded: Recorded, draw: int, *, delta: float = 0.0, seed: int = SEED
) -> Paths:
    """The possible past of one draw, under parameters of its own bootstrap; of two draws one heeds permissions shown."""
    material, begin = material.under(delta), fit.sojourns
    if fit.blind is not None and draw % 2:
        material, begin = material.blind(), fit.blind
    random = np.random.default_rng((seed, draw))
    weights = random.poisson(1.0, material.sample.persons).astype(np.float64)
    losses = losses_of(material, find_recorded(material, random, recorded), delta)
    replicate = fit_sojourns(
        material.sample,
        losses,
        weights=weights,
        begin=begin,
        rounds=ROUNDS_OF_A_REPLICATE,
        horizon=material.horizon,
        deaths_per_day=material.deaths_per_day,
    )
    tables = tables_of(material, replicate.sojourns, losses)
    seeds = random.integers(2**31, size=2)
    past = draw_paths(material.log, material.histories, tables, losses, int(seeds[0]))
    past = permit_first_entries(past, int(seeds[1]))
    last = (material.rule.last_day - EPOCH).days
    return draw_deaths(past, replicate.sojourns, last, int(random.integers(2**31)))


def draw_once(material: Material, sojourns: Sojourns, losses: Losses, seed: int) -> YearCounts:
    """Counts of one possible past under given parameters."""
    tables = tables_of(material, sojourns, losses)
    past = draw_paths(material.log, material.histories, tables, losses, seed)
    return count_years(permit_first_entries(past, seed), material.rule)


def count_as_recorded(material: Material) -> YearCounts:
    """Counts of the crossings as recorded, every gap split half-way: what is published where nobody asks."""
    return _count_plainly(material.log, material.rule)


def count_left_out(material: Material) -> YearCounts:
    """Counts of the persons whose recorded entries and exits take turns; whoever has a gap is left out."""
    return _count_plainly(keep_persons(material.log, ~persons_with_gaps(material.log)), material.rule)


def _count_plainly(log: CrossingLog, rule: ResidenceRule) -> YearCounts:
    """Counts as `guzar residence` gives them: a first crossing after V days tells where its person was on the first day,
    whatever other sources say (they may know of a crossing that was lost)."""
    paths = paths_as_recorded(log)
    told = residence_at_start(replace(paths, given=np.full_like(paths.given, OPEN)), rule)
    return count_years(replace(paths, given=np.where(told == OPEN, paths.given, told)), rule)

"""A log of crossings → the sojourns that explain it best: expectation and maximisation, over persons and classes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.chains import (
    AWAY,
    BACK,
    BEFORE,
    CHAINS,
    ENTER,
    EVEN,
    FIRST,
    GONE,
    HERE,
    MOST_PORTS,
    NO_DAYS,
    STAY,
    Losses,
    end_with_deaths,
    make_chains,
    spread_over_sojourns,
)
from guzar.process.missing_exits.coverage import Coverage
from guzar.process.missing_exits.coverage_over_time import Outages, lost_by_day
from guzar.process.missing_exits.crossing_log import CrossingLog, Index
from guzar.process.missing_exits.cycles import ENTRY_ENTRY, ENTRY_EXIT, KINDS, OPEN_ENTRY, ClosedCycles
from guzar.process.missing_exits.hidden_pairs import PortsOfCycles, ports_of_return
from guzar.process.missing_exits.histories import Histories, Sums, no_sums, sum_histories
from guzar.process.missing_exits.permits import MARKS, UNTOLD, WITH
from guzar.process.missing_exits.sojourns import (
    EDGES,
    Numbers,
    Sojourns,
    densities,
    firsts_of,
    hazards_by_permit,
    hazards_of,
    here_before,
)
from guzar.process.residence_kernel import NO, YES

Turned = tuple[ClosedCycles, PortsOfCycles]
MOST_LOST_ALONE = 0.8  # of crossings at a port; where more are lost, nothing is estimated from them (A5)
# with three, migrations come out 0.5 % of the gross flow too high in made-up worlds; two or so are of people without permissions
CLASSES = 6
BLIND_CLASSES = 5  # where nothing tells people without permissions apart, more change nothing
MOST_GROUPS = 8  # of citizenship, the rest together
ROUNDS, CLOSE = (
    150,
    1e-6,
)  # of expectation and maximisation; change of the likelihood per person that is small


@dataclass(frozen=True)
class Fit:
    """Sojourns, the likelihood that they reach (logarithm), and rounds that it took; `blind` are those of classes that do not
    heed whether entries show a permission, where some do and some do not."""

    sojourns: Sojourns
    likelihood: float
    rounds: int
    blind: Sojourns | None = None


@dataclass(frozen=True)
class Recorded:
    """How much is recorded: of exits and of entries, by port."""

    exits: Coverage
    entries: Coverage
    exits_apart: bool = True  # False where ports could not be told apart, and one share is taken for all
    entries_apart: bool = True


def group_ports(log: CrossingLog) -> Index:
    """The group of every port: the largest each by itself, the rest together; tables grow with the groups."""
    crossed = np.bincount(log.port, minlength=len(log.ports))
    order = np.argsort(-crossed, kind="stable")
    group = np.full(len(log.ports), MOST_PORTS - 1, np.int32)
    group[order[:MOST_PORTS]] = np.arange(min(MOST_PORTS, len(order)))
    return group


def find_losses(
    log: CrossingLog,
    exits: Turned,
    entries: Turned,
    recorded: Recorded,
    delta: float = 0.0,
    outages: Outages | None = None,
) -> Losses:
    """Chances that crossings are not recorded, by group of ports. δ is added to the log-odds of losing a final exit.

    `exits` are the cycles that tell of exits and their ports, `entries` those that tell of entries; on the days of `outages`
    more is lost.
    """
    lost, final = recorded.exits.lost, shift_odds(recorded.exits.lost, delta)
    leaves = _ports_after(log, exits[0], recorded.exits)
    comes = _ports_after(log, entries[0], recorded.entries)
    back = ports_of_return(exits[1], recorded.entries.share)  # of who left unseen
    away = ports_of_return(entries[1], recorded.exits.share)
    unseen_back = np.einsum("pq,pqr->pr", leaves * lost, back) * recorded.entries.lost
    left_again = np.einsum("qr,qrp->qp", comes * recorded.entries.lost, away)
    unseen_away = left_again * lost
    entered = _crossed(log, YES)
    left = _crossed(log, NO)
    returning, gone, entering = leaves @ lost, leaves @ final, comes @ recorded.entries.lost
    groups = group_ports(log)
    by_day = (EVEN, EVEN, NO_DAYS) if outages is None else _by_day(log, leaves, comes, recorded, outages)
    return Losses(
        _by_group(returning, entered, groups),
        _by_group(gone, entered, groups),
        _by_group(entering, left, groups),
        _by_group((1 - final) / recorded.exits.share, left, groups),
        _by_group(lost, left, groups),
        _by_group(final, left, groups),
        _by_group(recorded.entries.lost, entered, groups),
        _by_group(unseen_back.sum(axis=1), entered, groups),
        _by_group(unseen_back @ returning, entered, groups),
        _by_group(unseen_back @ gone, entered, groups),
        _by_group(unseen_away.sum(axis=1), left, groups),
        _by_group(left_again @ final, left, groups),
        _by_group(unseen_away @ entering, left, groups),
        *by_day,
    )


def _by_day(
    log: CrossingLog, leaves: Numbers, comes: Numbers, recorded: Recorded, outages: Outages
) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """How much likelier than on all days an exit, and an entry, is lost on each and on usual days, by group of the port of
    the crossing before; and the days of outages."""
    made = []
    for ports, short, lost, side in (
        (leaves, outages.exits, recorded.exits.lost, YES),
        (comes, outages.entries, recorded.entries.lost, NO),
    ):
        crossed, groups = _crossed(log, side), group_ports(log)
        daily, mean = ports @ lost_by_day(short, lost), ports @ lost
        of_days = np.zeros((MOST_PORTS, daily.shape[1]))
        np.add.at(of_days, groups, daily * crossed[:, None])
        of_all = np.bincount(groups, mean * crossed, minlength=MOST_PORTS)
        made.append(of_days / np.maximum(of_all, 1e-12)[:, None])
    return made[0], made[1], outages.days


def _crossed(log: CrossingLog, side: int) -> Numbers:
    """Recorded entries, or exits, by port; a little at ports with none, so that they can be averaged over."""
    return np.bincount(log.port[log.is_entry == side], minlength=len(log.ports)).astype(np.float64) + 1e-9


def _by_group(values: Numbers, crossed: Numbers, groups: Index) -> Numbers:
    """Means over the ports of each group, weighted by those who crossed there."""
    return np.asarray(np.bincount(groups, values * crossed) / np.bincount(groups, crossed))


def _ports_after(log: CrossingLog, cycles: ClosedCycles, coverage: Coverage) -> Numbers:
    """κ: of those who crossed at a port (row), the shares that cross back at each port (column), recorded or not."""
    seen, ports = cycles.between >= 0, len(log.ports)
    cell = log.port[cycles.begin[seen]].astype(np.int64) * ports + log.port[cycles.between[seen]]
    each = np.bincount(cell, minlength=ports * ports).reshape(ports, ports) / coverage.share[None, :]
    each += 0.5 * each.sum(axis=0, keepdims=True) / max(1.0, each.sum()) + 1e-9
    return np.asarray(each / each.sum(axis=1, keepdims=True))


def shift_odds(lost: Numbers, delta: float) -> Numbers:
    """Shares whose log-odds are δ higher."""
    odds = lost * np.exp(delta)
    return np.asarray(odds / (1 - lost + odds))


def fit_sojourns(
    histories: Histories,
    losses: Losses,
    *,
    classes: int = CLASSES,
    weights: Numbers | None = None,
    begin: Sojourns | None = None,
    rounds: int = ROUNDS,
    horizon: int,
    deaths_per_day: float = 0.0,
) -> Fit:
    """The sojourns of the highest likelihood; from `begin` on where it is given, else from classes by length of stay.

    With a rate of deaths in the country, stays without an exit end by death for some.
    """
    persons = histories.persons
    each = (np.ones(persons) if weights is None else weights) * _with_those_never_seen(histories, losses)
    fixed = np.full(persons, -1, np.int32) if begin is not None else _classes_by_stay(histories, classes)
    sojourns = _anything(classes, histories) if begin is None else with_room(begin, histories)
    before, done = -np.inf, 0

    def improve(from_: Sojourns) -> tuple[Sojourns, float]:
        return _improve(from_, histories, each, fixed, losses, horizon, deaths_per_day)

    for done in range(1, rounds + 1):
        sojourns, likelihood = improve(sojourns)
        if begin is None and done == 3:  # the classes begin to find themselves
            fixed = np.full(persons, -1, np.int32)
        elif done > 4 and abs(likelihood - before) < CLOSE * max(1.0, each.sum()):
            break
        before = likelihood
    return Fit(sojourns, float(before), done)


def _improve(
    sojourns: Sojourns,
    histories: Histories,
    weights: Numbers,
    fixed: Index,
    losses: Losses,
    horizon: int,
    deaths_per_day: float,
) -> tuple[Sojourns, float]:
    """One round: what is expected of all persons under these sojourns, and the sojourns that this makes likeliest; with the
    likelihood of the first."""
    chains = make_chains(sojourns, horizon, losses, deaths_per_day)
    tables = chains.tables()
    sums = no_sums(tables)
    likelihood = sum_histories(histories, tables, weights, fixed, sums)
    expected = spread_over_sojourns(sums.kind, tables.kind, chains)
    if deaths_per_day:
        for permit, hazard in enumerate(sojourns.hazard_in):
            lasting, here = densities(hazard, horizon)[1].T, tables.chain[permit * len(CHAINS) + HERE]
            expected[permit, HERE] = end_with_deaths(expected[permit, HERE], here, lasting, deaths_per_day)
    return _maximise(sums, expected), likelihood


def with_room(sojourns: Sojourns, histories: Histories) -> Sojourns:
    """Sojourns with room for the groups of persons, residences told and kinds of permission; new ones are like the last."""
    missing = max(0, histories.groups - len(sojourns.share))
    unknown = max(0, histories.statuses - sojourns.statuses)
    permits = max(0, histories.permits - sojourns.permits)
    if not missing + unknown + permits:
        return sojourns
    stays = np.concatenate([sojourns.hazard_in, np.repeat(sojourns.hazard_in[-1:], permits, axis=0)])
    share, present = (
        np.concatenate([each, np.repeat(each[-1:], missing, axis=0)])
        for each in (sojourns.share, sojourns.present)
    )
    left, came = (
        np.concatenate([each, np.repeat(each[-1:], unknown, axis=0)])
        for each in (sojourns.left, sojourns.came)
    )
    return replace(sojourns, hazard_in=stays, share=share, present=present, left=left, came=came)


def _with_those_never_seen(histories: Histories, losses: Losses) -> Numbers:
    """Of whoever crossed once, for how many this one stands: others lost their only crossing and are not in the log."""
    firsts = histories.starts[:-1]
    alone = np.diff(histories.starts) == 1
    port, entered = histories.cell[firsts] % len(losses.by_entry), histories.begins_in
    lost = np.where(entered, losses.by_entry[port], losses.by_exit[port])
    return np.where(alone, 1 / (1 - np.minimum(lost, MOST_LOST_ALONE)), 1.0)


def _anything(classes: int, histories: Histories) -> Sojourns:
    groups, statuses = histories.groups, histories.statuses
    return Sojourns(
        np.full((histories.permits, classes, len(EDGES)), 0.01),
        np.full((classes, len(EDGES)), 0.01),
        np.full(classes, 0.8),
        np.full((groups, classes), 1 / classes),
        np.full((groups, classes), 0.3),
        np.full((statuses, classes, len(EDGES)), 1 / len(EDGES)),
        np.full((statuses, classes, len(EDGES)), 1 / len(EDGES)),
        np.ones((MARKS, classes)),
    )


def _classes_by_stay(histories: Histories, classes: int) -> NDArray[np.int32]:
    """A class to begin with: persons by the mean of the logarithm of their stays, cut into equal parts; whoever never
    showed a permission in classes apart, in proportion."""
    persons = histories.persons
    person = np.repeat(np.arange(persons), np.diff(histories.starts))
    entry = np.isin(histories.kind, (ENTRY_EXIT, ENTRY_ENTRY, OPEN_ENTRY))
    length = np.log1p(histories.days)
    number = np.bincount(person[entry], minlength=persons)
    mean = np.bincount(person[entry], length[entry], minlength=persons) / np.maximum(1, number)
    mean[number == 0] = np.median(mean[number > 0]) if (number > 0).any() else 0.0
    permitted = np.bincount(person[histories.mark == WITH], minlength=persons) > 0
    apart = int(np.clip(round(classes * (1 - permitted.mean())), 1, classes - 1)) if persons else 0
    if apart > (~permitted).sum() or classes - apart > permitted.sum():
        return _cut(mean, classes)
    found = np.empty(persons, np.int32)
    found[~permitted] = _cut(mean[~permitted], apart)
    found[permitted] = apart + _cut(mean[permitted], classes - apart)
    return found


def _cut(values: Numbers, parts: int) -> NDArray[np.int32]:
    """The number of the part of each value, from small to large, in parts of equal size."""
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(rank * parts // max(1, len(values)), dtype=np.int32)


def _marks_of_classes(shown: Numbers) -> Numbers:
    """Chances of the marks of entries by class, from expected numbers; one entry of all classes together is lent to each.

    A crossing that shows nothing is as likely in every class.
    """
    entries = np.delete(shown, UNTOLD, axis=0)
    of_all = (entries.sum(axis=1, keepdims=True) + 0.5) / (
        entries.sum() + 1
    )  # never none, in a bootstrap too
    own = (entries + of_all) / (entries.sum(axis=0) + 1)
    return np.insert(own, UNTOLD, 1.0, axis=0)


def _maximise(sums: Sums, sojourns: Numbers) -> Sojourns:
    """Parameters from expected numbers of persons, and of sojourns by days: what was not seen is spread over the days
    on which it may have been."""
    stays, here = (sojourns[:, name].transpose(0, 2, 1) for name in (STAY, HERE))
    of_all_permits = sojourns.sum(axis=0)
    absences, away = (of_all_permits[name].T for name in (BACK, AWAY))
    returned = absences.sum(axis=1) + away.sum(axis=1)
    gone = of_all_permits[GONE].sum(axis=0)
    of_all = sums.members.sum(axis=0) / max(1e-9, sums.members.sum())
    present = sums.present.sum(axis=0) / np.maximum(1e-9, sums.members.sum(axis=0))
    usual = here_before(*densities(hazards_of(stays.sum(axis=0), here.sum(axis=0)), stays.shape[2] - 1))
    even = np.ones_like(usual)
    statuses = (len(sums.kind) - len(KINDS)) // BEFORE
    return Sojourns(
        hazards_by_permit(stays, here),
        hazards_of(absences, away),
        (returned + 1) / (returned + gone + 2),
        (sums.members + of_all) / (sums.members.sum(axis=1, keepdims=True) + 1),
        np.clip((sums.present + present) / (sums.members + 1), 1e-6, 1 - 1e-6),
        np.stack([firsts_of(of_all_permits[first].T, usual) for first in FIRST[:statuses]]),
        np.stack([firsts_of(of_all_permits[enter].T, even) for enter in ENTER[:statuses]]),
        _marks_of_classes(sums.mark),
    )

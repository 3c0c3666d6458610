"""A log of crossings → the sojourns that explain it best: expectation and maximisation, over persons and classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import ClosedCycles
from guzar.process.missing_exits.exit_coverage import ExitCoverage
from guzar.process.missing_exits.histories import Histories, Sums, no_sums, sum_histories
from guzar.process.missing_exits.sojourns import (
    EDGES,
    Losses,
    Numbers,
    Sojourns,
    Tables,
    correlate,
    hazards_of,
    make_tables,
)

CLASSES = (
    5  # with three, migrations come out 0.5 % of the gross flow too high in made-up worlds (docs/methods)
)
MOST_GROUPS = 8  # of citizenship, the rest together
ROUNDS, CLOSE = (
    150,
    1e-6,
)  # of expectation and maximisation; change of the likelihood per person that is small


@dataclass(frozen=True)
class Fit:
    """Sojourns, the likelihood that they reach (logarithm), and rounds that it took."""

    sojourns: Sojourns
    likelihood: float
    rounds: int


def groups_of(log: CrossingLog) -> NDArray[np.int64]:
    """The group of every person: the citizenship of the first crossing, and the residence that other sources give."""
    first = log.citizenship[log.starts[:-1]].astype(np.int64)
    counts = np.bincount(first, minlength=len(log.citizenships))
    large = np.argsort(-counts, kind="stable")[:MOST_GROUPS]
    place = np.full(len(log.citizenships), MOST_GROUPS, np.int64)
    place[large] = np.arange(len(large))
    return np.asarray(place[first] * 3 + log.given, dtype=np.int64)


def find_losses(log: CrossingLog, cycles: ClosedCycles, coverage: ExitCoverage, delta: float = 0.0) -> Losses:
    """Chances of an unseen exit by port of entry. δ is added to the log-odds of losing a final exit."""
    final = shift_odds(coverage.lost, delta)
    seen = cycles.exit >= 0
    ports = len(log.ports)
    cell = log.port[cycles.entry[seen]].astype(np.int64) * ports + log.port[cycles.exit[seen]]
    leaves = np.bincount(cell, minlength=ports * ports).reshape(ports, ports) / coverage.share[None, :]
    leaves += 0.5 * leaves.sum(axis=0, keepdims=True) / max(1.0, leaves.sum()) + 1e-9
    chance = leaves / leaves.sum(axis=1, keepdims=True)
    return Losses(chance @ coverage.lost, chance @ final, (1 - final) / coverage.share, coverage.lost, final)


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
) -> Fit:
    """The sojourns of the highest likelihood; from `begin` on where it is given, else from classes by length of stay."""
    persons, horizon = len(histories.starts) - 1, histories.last - histories.first
    each = np.ones(persons) if weights is None else weights
    groups = int(histories.group.max(initial=0)) + 1
    fixed = np.full(persons, -1, np.int32) if begin is not None else _classes_by_stay(histories, classes)
    sojourns = begin or _anything(classes, groups)
    before, done = -np.inf, 0
    for done in range(1, rounds + 1):
        tables = make_tables(sojourns, horizon)
        sums = no_sums(classes, groups, horizon)
        likelihood = sum_histories(histories, tables, losses, each, fixed, sums)
        sojourns = _maximise(sums, tables)
        if begin is None and done == 3:  # the classes begin to find themselves
            fixed = np.full(persons, -1, np.int32)
        elif done > 4 and abs(likelihood - before) < CLOSE * max(1.0, each.sum()):
            break
        before = likelihood
    return Fit(sojourns, float(before), done)


def _anything(classes: int, groups: int) -> Sojourns:
    return Sojourns(
        np.full((classes, len(EDGES)), 0.01),
        np.full((classes, len(EDGES)), 0.01),
        np.full(classes, 0.8),
        np.full((groups, classes), 1 / classes),
        np.full((groups, classes), 0.3),
    )


def _classes_by_stay(histories: Histories, classes: int) -> NDArray[np.int32]:
    """A class to begin with: persons by the mean of the logarithm of their stays, cut into equal parts."""
    persons = len(histories.starts) - 1
    person = np.repeat(np.arange(persons), np.diff(histories.starts))
    following = np.append(histories.day[1:], histories.last)
    following[histories.starts[1:] - 1] = histories.last
    entry = histories.is_entry == 1
    length = np.log1p(np.maximum(0, following - histories.day))
    number = np.bincount(person[entry], minlength=persons)
    mean = np.bincount(person[entry], length[entry], minlength=persons) / np.maximum(1, number)
    mean[number == 0] = np.median(mean[number > 0]) if (number > 0).any() else 0.0
    rank = np.argsort(np.argsort(mean, kind="stable"), kind="stable")
    return np.asarray(rank * classes // max(1, persons), dtype=np.int32)


def _maximise(sums: Sums, tables: Tables) -> Sojourns:
    """Parameters from expected numbers: what was not seen is spread over the days on which it may have been."""
    gaps = sums.gaps / tables.gap
    first_gaps = sums.first_gaps / tables.first_gap
    returning = sums.left_returning / tables.left_returning
    for_good = sums.left_for_good / np.maximum(tables.left, 1e-12)
    until = np.cumsum(for_good[:, ::-1], axis=1)[:, ::-1]  # left on day u at the latest when the age is a ≥ u
    ends_in = sums.stays + tables.stay * (
        correlate(gaps, tables.back) + correlate(returning, tables.away) + until
    )
    ends_out = sums.absences + tables.back * (
        correlate(gaps, tables.stay) + correlate(first_gaps, tables.first_exit)
    )
    lasting_out = sums.away + tables.away * correlate(returning, tables.stay)
    returned = ends_out.sum(axis=1) + lasting_out.sum(axis=1)
    gone = sums.gone + sums.left_for_good.sum(axis=1)
    of_all = sums.members.sum(axis=0) / max(1e-9, sums.members.sum())
    present = sums.present.sum(axis=0) / np.maximum(1e-9, sums.members.sum(axis=0))
    return Sojourns(
        hazards_of(ends_in, sums.still_here),
        hazards_of(ends_out, lasting_out),
        (returned + 1) / (returned + gone + 2),
        (sums.members + of_all) / (sums.members.sum(axis=1, keepdims=True) + 1),
        np.clip((sums.present + present) / (sums.members + 1), 1e-6, 1 - 1e-6),
    )

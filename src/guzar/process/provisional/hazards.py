"""The chance that a crossing not decidable yet turns out to be a migration: a hazard model by age in months.

At every age the undecided of the latest 36 landmarks either are decided by the next landmark or go on to the next age.
Beginning with the oldest age, a logistic regression tells the chance from what was seen: its target is 1 or 0 for the
decided, and for those who go on the chance that the model of the next age gives to what was seen of them then. So the newest
transitions count, which are a month old, and not only crossings whose outcome is final, which are sixteen. Newer transitions
weigh more. All numbers are of cells; a chance stands nowhere beside a crossing.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.provisional.cells import (
    CITIZENS,
    PASTS,
    PERMITS,
    TERMS,
    Counted,
    Whole,
    unpack,
    unpack_fixed,
)
from guzar.process.provisional.landmarks import TRAINING, Landmarks
from guzar.process.provisional.seen import PARTS, SAID_NO, SAID_YES, STATES
from guzar.process.residence_kernel import OPEN, YES

Numbers = NDArray[np.float64]
HALF_LIFE = 12.0  # months, of the weight of a transition
RECENT = 12  # months in which a change of level is looked for
RECENT_VARIANCE = 0.01  # of that change in log-odds, as a normal prior
PENALTY = 1.0  # of a level's departure, as a normal prior of variance one
PENALTY_OF_MEAN = 1e-3
STEPS, CLOSE = 25, 1e-4
SHARES = 4  # of days in the country, in `past`
LEVELS = (STATES, PARTS, PASTS, CITIZENS, PERMITS * TERMS, 12, 12 * SHARES, CITIZENS * 4)
CITIZENSHIP_FACTOR = 3
GONE = -1


@dataclass(frozen=True)
class AgeCells:
    """Undecided crossings of one age and direction: rows of cells in the order of landmarks, and what they share.

    `design` has one row per kind (equal in all that the model looks at), with a level for each factor; `kind` is the
    kind of each row, `next_kind` that of the next age, GONE where there is none.
    """

    place: Whole
    count: Numbers
    kind: Whole
    next_kind: Whole
    following: Whole
    final: Whole
    group: Whole
    citizenship: Whole
    permit: Whole
    design: Whole

    def within(self, first: int, last: int) -> slice:
        """Rows of landmarks from the first to the last, both included."""
        return slice(
            int(np.searchsorted(self.place, first)), int(np.searchsorted(self.place, last, side="right"))
        )


@dataclass(frozen=True)
class Expected:
    """Of the undecided of one landmark, age and direction, by group: how many, the expected number of migrations, the
    variance of independent crossings, and migrations and undecided ones as they are on the last landmark."""

    undecided: Numbers
    mean: Numbers
    variance: Numbers
    final: Numbers
    still_open: Numbers


def arrange_cells(
    counted: Counted, landmarks: Landmarks
) -> tuple[tuple[AgeCells, ...], tuple[AgeCells, ...]]:
    """Cells by direction (exit, entry) and age."""
    parts = unpack(counted.keys)
    counts = counted.counts.astype(np.float64)
    told = []
    for direction in (0, 1):
        ages: list[AgeCells] = []
        kinds: Whole = np.empty(0, np.int64)
        for age in reversed(range(landmarks.ages)):
            rows = np.flatnonzero((parts["is_entry"] == direction) & (parts["age"] == age))
            each, kinds = _arrange(
                {name: part[rows] for name, part in parts.items()}, counts[rows], kinds, landmarks, age
            )
            ages.append(each)
        told.append(tuple(reversed(ages)))
    return told[0], told[1]


def _arrange(
    parts: dict[str, Whole], count: Numbers, older: Whole, landmarks: Landmarks, age: int
) -> tuple[AgeCells, Whole]:
    """The cells of one age; `older` are the kinds of the next age."""
    season = (landmarks.months[0] + parts["place"] - age) % 12
    fixed = parts["fixed"] * 12 + season
    kinds, kind = np.unique(parts["state"] + 256 * fixed, return_inverse=True)
    wanted = parts["following"] + 256 * fixed
    at = np.searchsorted(older, wanted)
    found = (at < len(older)) & (parts["following"] < SAID_NO)
    found[found] = older[at[found]] == wanted[found]
    known = unpack_fixed(parts["fixed"])
    cells = AgeCells(
        parts["place"], count, kind, np.where(found, at, GONE), parts["following"], parts["final"],
        parts["group"], known.citizenship, known.permit, _design(kinds),
    )  # fmt: skip
    return cells, kinds


def _design(kinds: Whole) -> Whole:
    """The level of every factor, for every kind."""
    rest, code = np.divmod(kinds, 256)
    rest, season = np.divmod(rest, 12)
    known = unpack_fixed(rest)
    state, part = np.divmod(code, PARTS)
    there, has_been_back = (state // 15) % 2, (state // 3) % 5 > 0
    return np.stack(
        [
            state,
            part,
            known.past,
            known.citizenship,
            known.permit * TERMS + known.term,
            season,
            season * SHARES + known.past % SHARES,
            known.citizenship * 4 + there * 2 + has_been_back,
        ],
        axis=1,
    )


def fit_chances(cells: tuple[AgeCells, ...], seen_at: int, starts: list[Numbers]) -> list[Numbers]:
    """The chance of every kind of every age, from transitions seen by one landmark.

    `starts` holds coefficients of each age to begin with; it is brought up to date.
    """
    chances: list[Numbers] = [np.empty(0)] * len(cells)
    older = np.empty(0)
    for age in reversed(range(len(cells))):
        each = cells[age]
        rows = each.within(seen_at - TRAINING, seen_at - 1)
        target, is_known = _targets(each, rows, older)
        weight = each.count[rows] * 0.5 ** ((seen_at - 1 - each.place[rows]) / HALF_LIFE) * is_known
        kinds = len(each.design)
        total = np.bincount(each.kind[rows], weight, kinds).astype(np.float64)
        yes = np.bincount(each.kind[rows], weight * target, kinds).astype(np.float64)
        starts[age] = fit_logistic(each.design, total, yes, starts[age])
        odds = linear(each.design, starts[age])
        recent = each.within(seen_at - RECENT, seen_at - 1)
        odds += _recent_shift(
            each, odds, recent, weight[len(weight) - (recent.stop - recent.start) :], target
        )
        older = chances[age] = 1 / (1 + np.exp(-odds))
    return chances


def _recent_shift(cells: AgeCells, odds: Numbers, recent: slice, weight: Numbers, target: Numbers) -> Numbers:
    """By how much the log-odds of each citizenship moved in the latest months, drawn towards no change."""
    kind, who = cells.kind[recent], cells.citizenship[recent]
    chance = 1 / (1 + np.exp(-odds[kind]))
    off = np.bincount(who, weight * (target[len(target) - len(kind) :] - chance), CITIZENS)
    known = np.bincount(who, weight * chance * (1 - chance), CITIZENS)
    shift = off / (known + 1 / RECENT_VARIANCE)
    return np.asarray(shift[cells.design[:, CITIZENSHIP_FACTOR]])


def _targets(cells: AgeCells, rows: slice, older: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """The target of every row: decided, or the chance at the next age; and whether it has one."""
    following, next_kind = cells.following[rows], cells.next_kind[rows]
    target = (following == SAID_YES).astype(np.float64)
    goes_on = next_kind != GONE
    target[goes_on] = older[next_kind[goes_on]]
    return target, goes_on | (following == SAID_YES) | (following == SAID_NO)


def no_coefficients() -> Numbers:
    """Coefficients to begin with: the mean, then every level of every factor."""
    return np.zeros(1 + sum(LEVELS))


def linear(design: Whole, coefficients: Numbers) -> Numbers:
    """The log-odds of every kind."""
    offsets = np.cumsum([1, *LEVELS[:-1]])
    return np.asarray(coefficients[0] + coefficients[design + offsets].sum(axis=1))


def fit_logistic(design: Whole, total: Numbers, yes: Numbers, start: Numbers) -> Numbers:
    """Coefficients of a logistic regression on counts (yes of total, both may be fractions), drawn towards the mean.

    Newton's method; steps that do not lessen the penalised deviance are halved.
    """
    seen = total > 0
    design, total, yes = design[seen], total[seen], yes[seen]
    penalty = np.full(len(start), PENALTY)
    penalty[0] = PENALTY_OF_MEAN
    now, value = start, _loss(design, total, yes, start, penalty)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-linear(design, now)))
        slope = _sums(design, yes - total * chance) - penalty * now
        step = _solve(_curvature(design, total * chance * (1 - chance)) + np.diag(penalty), slope)
        size = 1.0
        while (after := _loss(design, total, yes, now + size * step, penalty)) > value and size > 1e-4:
            size /= 2
        now, before, value = now + size * step, value, after
        if before - value < CLOSE * (1 + abs(value)) * 0.01:
            break
    return now


def _loss(design: Whole, total: Numbers, yes: Numbers, coefficients: Numbers, penalty: Numbers) -> float:
    odds = linear(design, coefficients)
    return float((total * np.logaddexp(0, odds) - yes * odds).sum() + (penalty * coefficients**2).sum() / 2)


def _sums(design: Whole, weight: Numbers) -> Numbers:
    """The sum of weights over all, and over every level of every factor."""
    parts = [np.bincount(design[:, i], weight, levels) for i, levels in enumerate(LEVELS)]
    return np.concatenate([[weight.sum()], *parts])


def _curvature(design: Whole, weight: Numbers) -> Numbers:
    """Sums of weights over every pair of levels: the lower half of a matrix."""
    offsets = np.cumsum([1, *LEVELS])
    matrix = np.zeros((offsets[-1], offsets[-1]))
    _add_pairs(design + offsets[:-1], weight, matrix)
    return matrix


@njit(cache=True, nogil=True)
def _add_pairs(columns: Whole, weight: Numbers, matrix: Numbers) -> None:
    """The lower half of the sums; columns grow from factor to factor."""
    for row in range(len(columns)):
        each = weight[row]
        matrix[0, 0] += each
        for i in range(columns.shape[1]):
            left = columns[row, i]
            matrix[left, 0] += each
            for j in range(i + 1):
                matrix[left, columns[row, j]] += each


@njit(cache=True, nogil=True, fastmath=True)
def _solve(matrix: Numbers, right: Numbers) -> Numbers:
    """The solution for a positive matrix of which the lower half is given, by Cholesky; the matrix is used up.

    Without the threads of a linear algebra library, which on a busy machine wait for each other longer than this takes.
    """
    size = len(right)
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = np.sqrt(total) if i == j else total / matrix[j, j]
    solution = right.copy()
    for i in range(size):
        for k in range(i):
            solution[i] -= matrix[i, k] * solution[k]
        solution[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        solution[i] /= matrix[i, i]
        for k in range(i):
            solution[k] -= matrix[i, k] * solution[i]
    return solution


def expect(cells: AgeCells, chance: Numbers, place: int, groups: int) -> Expected:
    """What is expected of the undecided of one landmark."""
    rows = cells.within(place, place)
    count, group = cells.count[rows], cells.group[rows]
    each = chance[cells.kind[rows]] if len(chance) else np.empty(0)
    final = cells.final[rows]
    sums = (
        np.bincount(group, weight, groups).astype(np.float64)
        for weight in (
            count,
            count * each,
            count * each * (1 - each),
            count * (final == YES),
            count * (final == OPEN),
        )
    )
    return Expected(*sums)

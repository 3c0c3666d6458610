"""A log without times → crossings of one day in the likelier order, where a lost crossing leaves both orders open.

An entry and an exit of one day are a day here or a day away. The order that follows the crossing before (`crossing_order`) is
certain only if the crossing after fits it too. If it does not, a crossing is lost before these, after them, or, of several such
days in turn, between them; taken as lost after, every lost exit of somebody who comes for days would turn into a long stay.
Whether a person's days are days here or days away is told by one's days that are certain, and by everybody's where one has few.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.residence_kernel import Codes

Rows = NDArray[np.int64]
Numbers = NDArray[np.float64]

OF_ALL = 1.0  # days of everybody that count with one's own
LEAST_LOST = 0.001  # of crossings, where none is seen to be
ENDED = -1  # no crossing after


def order_of_days(starts: Rows, day: NDArray[np.int32], is_entry: Codes, follows: NDArray[np.bool_]) -> Rows:
    """Rows with days in the likelier order; `follows` marks those whose order after the row before nobody recorded.

    Draws depend on the person's crossings alone.
    """
    order = np.arange(len(day))
    if not follows.any():
        return order
    pairs = _pairs(is_entry, follows)
    days = np.zeros((len(starts) - 1, 2))  # away, here
    gaps = np.zeros((2, 2))  # closed, open; by the direction lost
    _count(starts, is_entry, pairs, days, gaps)
    usual = (days.sum(axis=0) + 0.5) / (days.sum() + 1.0)
    own = (days + OF_ALL * usual) / (days.sum(axis=1, keepdims=True) + OF_ALL)
    lost = np.maximum(LEAST_LOST, gaps[1] / np.maximum(1.0, gaps.sum(axis=0)))
    _settle(starts, day, is_entry, pairs, own, lost, order)
    return order


def _pairs(is_entry: Codes, follows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The first rows of entries and exits of one day that nothing else of the day touches."""
    first = np.append(follows[1:], False) & ~follows
    after = np.append(follows[2:], [False, False])
    turned = np.append(is_entry[1:] != is_entry[:-1], False)
    return np.asarray(first & turned & ~after)


@njit(cache=True, nogil=True)
def _count(starts: Rows, is_entry: Codes, pairs: NDArray[np.bool_], days: Numbers, gaps: Numbers) -> None:
    """Days away and here that are certain, by person; crossings between others, closed and open."""
    for person in range(len(starts) - 1):
        before, number = ENDED, 0
        row = starts[person]
        while row < starts[person + 1]:
            if pairs[row]:
                number += 1
                row += 2
                continue
            if before != ENDED:
                is_open = is_entry[row] == before
                gaps[int(is_open), 1 - before] += 1
                if not is_open:
                    days[person, 1 - before] += number
            before, number = is_entry[row], 0
            row += 1


@njit(cache=True, nogil=True)
def _settle(
    starts: Rows,
    day: NDArray[np.int32],
    is_entry: Codes,
    pairs: NDArray[np.bool_],
    own: Numbers,
    lost: Numbers,
    order: Rows,
) -> None:
    """Turn the days after the crossing that was lost, wherever between two certain crossings it was."""
    for person in range(len(starts) - 1):
        before, row = ENDED, starts[person]
        while row < starts[person + 1]:
            if not pairs[row]:
                before = is_entry[row]
                row += 1
                continue
            begin, number = row, 0
            while row < starts[person + 1] and pairs[row]:
                number += 1
                row += 2
            after = is_entry[row] if row < starts[person + 1] else ENDED
            if before == ENDED or after == 1 - before:
                continue
            kept = _kept_days(
                number,
                own[person, 1 - before],
                lost[1 - before],
                after == ENDED,
                day[begin],
                begin - starts[person],
            )
            for at in range(begin + 2 * kept, row, 2):
                order[at], order[at + 1] = at + 1, at


@njit(cache=True, nogil=True)
def _kept_days(number: int, as_before: float, lost: float, has_ended: bool, day: int, place: int) -> int:
    """How many days stand as they do before the lost crossing; all of them where none is lost."""
    chances = np.zeros(number + 1)
    for kept in range(number + 1):
        chances[kept] = as_before**kept * (1 - as_before) ** (number - kept)
        if has_ended and kept < number:
            chances[kept] *= lost
    draw = _even(day, place) * chances.sum()
    for kept in range(number + 1):
        draw -= chances[kept]
        if draw < 0:
            return kept
    return number


@njit(cache=True, nogil=True)
def _even(day: int, place: int) -> float:
    """A number between 0 and 1 that looks like chance, the same for the same crossing (golden ratio and its square)."""
    mixed = (day * 0.6180339887498949 + place * 0.7548776662466927) % 1.0
    return (mixed * 9301.0 + 0.49297) % 1.0

"""Crossings of whole persons → what was seen of each on every landmark, counted in cells; no person goes further.

Every crossing is decided anew with each landmark as the last day, as an office would have done it then. Of one that is not
decidable it is told: how old it is, whether the person is still on the side moved to, the days back and the days since the
last crossing, and what was known when it happened (crossings and days in the country in the window before, citizenship,
permit).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from guzar.errors import TableInvalid
from guzar.process.histories import CITIZENSHIP, Histories, days_of, read_histories
from guzar.process.provisional.cells import Counted, pack, pack_fixed
from guzar.process.provisional.landmarks import Landmarks
from guzar.process.residence_kernel import OPEN, YES, Codes, Days, RuleDays, classify_persons

BEFORE, IS_MIGRATION, PERMIT, PERMITTED = "residence_before", "is_migration", "permit_type", "permitted_until"
SAID_NO, SAID_YES, NOT_SEEN = 253, 254, 255  # in the place of a state
STATES, PARTS = 60, 3
BACK_PARTS = (0.0, 0.125, 0.375, 0.625)  # of the days back that decide *no*
LATELY, NOT_LATELY = 15, 60  # days since the last crossing
TERMS = (90, 180, 365)  # days that a permit is good for
Cells = NDArray[np.uint8]


@dataclass(frozen=True)
class Groups:
    """Codes of citizenship and permit that a model tells apart, and the columns and codes that are counted by."""

    citizenships: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    combinations: tuple[tuple[str, ...], ...] = ((),)


def count_seen(
    residence: pa.Table, rule: RuleDays, landmarks: Landmarks, groups: Groups, counted: Counted
) -> None:
    """Add what was seen of the crossings of whole persons, by landmark and cell.

    Raises TableInvalid where the table says otherwise than the rule on the last day: then it was not made by it.
    """
    histories = read_histories(residence)
    group = _group_of(histories.crossings, groups)
    month = _months_of(histories.day)
    fixed = _fixed(histories, rule.window, groups)
    at_start = _told(histories.crossings.column(BEFORE).take(pa.array(histories.starts[:-1])))
    state = np.full(len(month), NOT_SEEN, np.uint8)
    final = _look(histories, at_start, rule, counted, state)
    _require_same(histories.crossings, final)
    counted.add_final(month, histories.is_entry, group, final, landmarks)
    counts = counted.decisions
    before = np.full(len(month), NOT_SEEN, np.uint8)
    for place, day in enumerate(landmarks.days):
        state = np.full(len(month), NOT_SEEN, np.uint8)
        migration = _look(histories, at_start, rule._replace(last_day=day), counted, state)
        _count_decisions(
            counts[place],
            landmarks.months[place],
            month,
            histories.is_entry,
            group,
            migration,
            day,
            histories.day,
        )
        if place:
            _add(counted, landmarks, place - 1, before, state, month, histories.is_entry, group, fixed, final)
        before = state
    nothing = np.full(len(month), NOT_SEEN, np.uint8)
    _add(
        counted,
        landmarks,
        len(landmarks.days) - 1,
        before,
        nothing,
        month,
        histories.is_entry,
        group,
        fixed,
        final,
    )
    counted.fold()


def _add(
    counted: Counted,
    landmarks: Landmarks,
    place: int,
    state: Cells,
    following: Cells,
    month: Days,
    is_entry: Codes,
    group: NDArray[np.int64],
    fixed: NDArray[np.int64],
    final: Codes,
) -> None:
    """One landmark: crossings undecided on it, with what became of them until the next and in the end."""
    age = landmarks.months[place] - month
    rows = np.flatnonzero((state < SAID_NO) & (month >= landmarks.first_month) & (age < landmarks.ages))
    counted.add(
        pack(
            place,
            age[rows],
            is_entry[rows],
            group[rows],
            state[rows],
            following[rows],
            final[rows],
            fixed[rows],
        )
    )


def _look(histories: Histories, at_start: Codes, rule: RuleDays, counted: Counted, state: Cells) -> Codes:
    """Decide all crossings as on the last day of the rule; `state` is filled."""
    rows = len(histories.day)
    observed, inside = np.empty(rows, np.int32), np.empty(rows, np.int32)
    before, after, migration = (np.empty(rows, np.int8) for _ in range(3))
    classify_persons(
        histories.starts, histories.day, histories.is_entry, at_start, rule,
        observed, inside, before, after, migration,
    )  # fmt: skip
    _find_states(
        histories.starts, histories.day, histories.is_entry, observed, inside, before, migration,
        rule.last_day, rule.back_from, state,
    )  # fmt: skip
    return migration


@njit(cache=True, nogil=True)
def _find_states(
    starts: NDArray[np.int64],
    day: Days,
    is_entry: Codes,
    observed: Days,
    inside: Days,
    before: Codes,
    migration: Codes,
    last_day: int,
    back_from: int,
    state: Cells,
) -> None:
    """The state of every crossing on the last day: decided, or one of 60 states × three parts of a month."""
    for person in range(len(starts) - 1):
        low, high = starts[person], starts[person + 1]
        while high > low and day[high - 1] > last_day:
            high -= 1
        for row in range(low, high):
            if migration[row] != OPEN:
                state[row] = SAID_YES if migration[row] == YES else SAID_NO
                continue
            days_back = observed[row] - inside[row] if is_entry[row] else inside[row]
            share = days_back / back_from
            back = 0
            for part in BACK_PARTS:
                back += share > part
            since = last_day - day[high - 1]
            lately = 0 if since < LATELY else (1 if since < NOT_LATELY else 2)
            there = is_entry[high - 1] == is_entry[row]
            first = before[row] != OPEN
            code = ((first * 2 + there) * 5 + back) * 3 + lately
            state[row] = code * PARTS + min(PARTS - 1, (last_day - day[row]) % 30 // 10)


@njit(cache=True, nogil=True)
def _count_decisions(
    counts: NDArray[np.int64],
    seen_in: int,
    month: Days,
    is_entry: Codes,
    group: NDArray[np.int64],
    migration: Codes,
    last_day: int,
    day: Days,
) -> None:
    """Crossings, migrations and undecided ones of one landmark, by age in months, direction and group."""
    for row in range(len(month)):
        age = seen_in - month[row]
        if age < 0 or age >= counts.shape[0] or day[row] > last_day:
            continue
        cell = counts[age, is_entry[row], group[row]]
        cell[0] += 1
        cell[1] += migration[row] == YES
        cell[2] += migration[row] == OPEN


def _require_same(crossings: pa.Table, final: Codes) -> None:
    if not (_told(crossings.column(IS_MIGRATION)) == final).all():
        raise TableInvalid(
            "The table does not say what the rule says of its crossings.",
            expected="a table as guzar residence wrote it, every crossing of every person, unchanged",
            do="Run guzar residence again, and give its table as it is.",
        )


def _told(column: pa.ChunkedArray) -> Codes:
    """Statuses or answers as YES, NO, OPEN."""
    texts = pc.utf8_lower(pc.cast(column, pa.string()))
    known = pc.index_in(texts, pa.array(["non_resident", "resident", "false", "true"]))
    codes = pc.fill_null(known.cast(pa.int8()), OPEN + 2).combine_chunks()
    held = np.array(codes.to_numpy(zero_copy_only=False))
    return np.where(held == OPEN + 2, OPEN, held % 2).astype(np.int8)


def _months_of(day: Days) -> Days:
    since = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(since + 1970 * 12, np.int32)


def _group_of(crossings: pa.Table, groups: Groups) -> NDArray[np.int64]:
    """The place of every crossing among the combinations that are counted by."""
    if not groups.by:
        return np.zeros(crossings.num_rows, np.int64)
    texts = [
        pc.fill_null(pc.cast(crossings.column(name), pa.string()), "").combine_chunks() for name in groups.by
    ]
    joined = pc.binary_join_element_wise(*texts, "\x1f")
    known = pa.array(["\x1f".join(each) for each in groups.combinations])
    return np.asarray(pc.index_in(joined, known).to_numpy(zero_copy_only=False), np.int64)


def _fixed(histories: Histories, window: int, groups: Groups) -> NDArray[np.int64]:
    """What is known of every crossing when it happens, as one number."""
    crossings = histories.crossings
    number, inside = np.empty(len(histories.day), np.int32), np.empty(len(histories.day), np.int32)
    _look_back(histories.starts, histories.day, histories.is_entry, window, number, inside)
    past = np.searchsorted([1, 3, 7], number, side="right") * 4 + np.searchsorted(
        [0.1, 0.5, 0.9], inside / window
    )
    permit = _places(crossings, PERMIT, groups.permits)
    return pack_fixed(
        past, _places(crossings, CITIZENSHIP, groups.citizenships), permit, _terms(crossings, histories.day)
    )


@njit(cache=True, nogil=True)
def _look_back(
    starts: NDArray[np.int64], day: Days, is_entry: Codes, window: int, number: Days, inside: Days
) -> None:
    """Crossings, and days in the country, in the window before each crossing; a gap is split half-way."""
    for person in range(len(starts) - 1):
        for row in range(starts[person], starts[person + 1]):
            count, days, at = 0, 0, row - 1
            begin = day[row] - window
            while at >= starts[person] and day[at] >= begin:
                length = day[at + 1] - day[at]
                if is_entry[at] and not is_entry[at + 1]:
                    days += length
                elif is_entry[at] == is_entry[at + 1]:
                    days += length // 2
                count, at = count + 1, at - 1
            first = at + 1
            if not is_entry[first]:  # who leaves first was inside before
                days += max(0, day[first] - begin)
            number[row], inside[row] = count, days


def _places(crossings: pa.Table, name: str, known: Sequence[str]) -> NDArray[np.int64]:
    """1 and on for the codes known, 0 for others and none."""
    if name not in crossings.column_names:
        return np.zeros(crossings.num_rows, np.int64)
    texts = pc.cast(crossings.column(name), pa.string()).combine_chunks()
    found = pc.fill_null(pc.index_in(texts, pa.array(list(known), pa.string())), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64) + 1


def _terms(crossings: pa.Table, day: Days) -> NDArray[np.int64]:
    """How long a permit is good for, from the crossing on: 0 none told, then by TERMS."""
    if PERMITTED not in crossings.column_names:
        return np.zeros(crossings.num_rows, np.int64)
    until = crossings.column(PERMITTED)
    if pa.types.is_string(until.type) or pa.types.is_large_string(until.type):
        until = pc.strptime(
            pc.utf8_slice_codeunits(until, 0, 10), format="%Y-%m-%d", unit="s", error_is_null=True
        )
    last = days_of(until)
    return np.where(last < 0, 0, 1 + np.searchsorted(TERMS, last.astype(np.int64) - day))

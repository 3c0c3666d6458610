"""Crossings of whole persons → residence before and after each crossing, and whether it was a migration.

The rule of V of W days: whoever spends at least V of the W days from a crossing on, on the side moved to, has changed
residence with that crossing (12/16 months: 365 of 487 days, the outcome rule of Stats NZ; 9/12 and 6/12 by the same
code). It says what people did, not what they declared. Nothing after the last day observed is used.

Reference: Stats NZ, `migstat` 1.0.6 (MIT); definitions in docs/methods/residence.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.process.residence_kernel import NO, OPEN, YES, Codes, Days, classify_persons
from guzar.process.residence_plain import decide_plainly

EPOCH = date(1970, 1, 1)
STATUSES = pa.array(["non_resident", "resident"])
PERSON, DATE, DIRECTION, SEQUENCE, GIVEN = (
    "person_id",
    "crossing_date",
    "direction",
    "sequence",
    "resident_at_start_given",
)
MADE = (
    "in_window",
    "days_observed",
    "days_in_country",
    "residence_before",
    "residence_after",
    "is_migration",
)


@dataclass(frozen=True)
class ResidenceRule:
    """V of W days, observed from the first to the last day.

    `missing` says what becomes of persons with two crossings in the same direction in a row: the time between is split
    half-way (midpoint), they are left out (drop), or the whole table is refused (refuse). So many persons are
    classified a second time by the plain rule.
    """

    threshold_days: int
    window_days: int
    first_day: date
    last_day: date
    missing: str = "midpoint"
    persons_checked_again: int = 0

    def require_applicable(self) -> None:
        """Refuse a rule that does not decide: V above W, or W of 2 V or more, or no day observed."""
        if not 0 < self.threshold_days <= self.window_days < 2 * self.threshold_days:
            raise MethodNotApplicable(
                "The rule of {threshold} of {window} days cannot be applied.",
                expected="a threshold V and a window W with V ≤ W < 2 V, for example 365 of 487 or 183 of 365 days",
                do="Choose --threshold-days and --window-days again.",
                threshold=self.threshold_days,
                window=self.window_days,
            )
        if self.last_day <= self.first_day:
            raise MethodNotApplicable(
                "The observation from {first} to {last} holds no day.",
                expected="a last day after the first",
                do="Correct --observed-from and --observed-to.",
                first=self.first_day,
                last=self.last_day,
            )


@dataclass
class Tally:
    """What a run met: numbers of rows, persons and decisions, never who they are."""

    persons: int = 0
    crossings: int = 0
    before_first_day: int = 0
    after_last_day: int = 0
    gaps: int = 0
    persons_with_gaps_left_out: int = 0
    immigrations: int = 0
    emigrations: int = 0
    undecided: int = 0
    checked_again: int = 0  # persons

    @property
    def gap_share(self) -> float:
        """Share of crossings that follow one of the same direction: a crossing between them was not recorded."""
        return self.gaps / max(1, self.crossings - self.after_last_day)


def classify_residence(crossings: pa.Table, rule: ResidenceRule, tally: Tally) -> pa.Table:
    """Decide every crossing of whole persons in time order; the columns MADE are added, the tally goes on counting.

    Crossings before the first day are left out and counted. Raises TableInvalid where a row has no person, day or
    direction.
    """
    first, last = (rule.first_day - EPOCH).days, (rule.last_day - EPOCH).days
    crossings, starts, day, is_entry = read_whole_persons(crossings)
    if (early := day < first).any():
        tally.before_first_day += int(early.sum())
        kept = np.flatnonzero(~early)
        crossings, day, is_entry = crossings.take(kept), day[kept], is_entry[kept]
        starts = _starts_of(crossings)
    if rule.missing == "drop":
        crossings, starts, day, is_entry = _without_gaps(crossings, starts, day, is_entry, last, tally)
    at_start = _status_at_start(crossings, starts, day, is_entry, first + rule.threshold_days)
    return _decide(crossings, starts, day, is_entry, at_start, rule, last, tally)


def read_whole_persons(crossings: pa.Table) -> tuple[pa.Table, NDArray[np.int64], Days, Codes]:
    """Crossings in turn, the first row of every person, days since 1970, and whether each is an entry.

    Where no sequence is given, crossings of one moment are put in turn. Raises TableInvalid where a row has no person,
    day or direction.
    """
    day = days_of(crossings.column(DATE))
    is_entry = _entries_of(crossings.column(DIRECTION))
    _require_known(crossings, day, is_entry)
    starts = _starts_of(crossings)
    if SEQUENCE not in crossings.column_names:
        crossings, is_entry = _alternate(crossings, starts, is_entry)
    return crossings, starts, day, is_entry


def _decide(
    crossings: pa.Table,
    starts: NDArray[np.int64],
    day: Days,
    is_entry: Codes,
    at_start: Codes,
    rule: ResidenceRule,
    last: int,
    tally: Tally,
) -> pa.Table:
    rows = len(day)
    observed, inside = np.empty(rows, np.int32), np.empty(rows, np.int32)
    before, after, migration = (np.empty(rows, np.int8) for _ in range(3))
    gaps = classify_persons(
        starts, day, is_entry, at_start, rule.threshold_days, rule.window_days, last,
        observed, inside, before, after, migration,
    )  # fmt: skip
    in_window = day <= last
    tally.persons += len(starts) - 1
    tally.crossings += rows
    tally.after_last_day += rows - int(in_window.sum())
    tally.gaps += gaps
    tally.immigrations += int(((migration == YES) & (is_entry == YES)).sum())
    tally.emigrations += int(((migration == YES) & (is_entry == NO)).sum())
    tally.undecided += int((in_window & (migration == OPEN)).sum())
    if gaps and rule.missing == "refuse":
        raise TableInvalid(
            "Persons have two crossings in the same direction in a row: {gaps} of {crossings} crossings so far.",
            expected="entries and exits in turn, as --missing refuse asks",
            do="Choose --missing midpoint or drop, or complete the crossings.",
            gaps=tally.gaps,
            crossings=tally.crossings,
        )
    if tally.checked_again < rule.persons_checked_again:
        _check_again(starts, day, is_entry, at_start, after, rule, last, tally)
    made = (
        pa.array(in_window),
        pa.array(observed),
        pa.array(inside),
        _statuses(before),
        _statuses(after),
        pa.array(migration == YES, mask=migration == OPEN),
    )
    for name, column in zip(MADE, made, strict=True):
        crossings = crossings.append_column(name, column)
    return crossings


def _check_again(
    starts: NDArray[np.int64],
    day: Days,
    is_entry: Codes,
    at_start: Codes,
    after: Codes,
    rule: ResidenceRule,
    last: int,
    tally: Tally,
) -> None:
    """Classify the first persons by the plain rule as well; refused where one status differs."""
    status = {True: YES, False: NO, None: OPEN}
    for person in range(min(len(starts) - 1, rule.persons_checked_again - tally.checked_again)):
        rows = np.arange(starts[person], starts[person + 1])
        rows = rows[day[rows] <= last]
        crossings = [(EPOCH + timedelta(days=int(day[row])), bool(is_entry[row])) for row in rows]
        ways = [True, False] if at_start[person] == OPEN else [bool(at_start[person])]
        told = [
            decide_plainly(crossings, way, rule.threshold_days, rule.window_days, rule.last_day)
            for way in ways
        ]
        plain = [
            status[one.pop()] if len(one := set(answers)) == 1 else OPEN
            for answers in zip(*told, strict=True)
        ]
        if plain != after[rows].tolist():
            raise MethodNotApplicable(
                "The self-test found a person whose residence the plain rule decides otherwise.",
                expected="the same status by both rules",
                do="Do not use the result; report it to the developers of guzar with made-up crossings that show it.",
            )
        tally.checked_again += 1


def days_of(dates: pa.ChunkedArray) -> Days:
    """Whole days since 1970 of dates or timestamps; the smallest number where there is none."""
    days = pc.cast(pc.cast(dates, pa.date32(), safe=False), pa.int32())
    known = pc.fill_null(days, np.iinfo(np.int32).min).combine_chunks()
    return np.array(
        known.to_numpy(zero_copy_only=False)
    )  # a copy of one's own: the kernel is compiled for these


def _entries_of(directions: pa.ChunkedArray) -> Codes:
    """YES for an entry, NO for an exit, OPEN for anything else."""
    if pa.types.is_boolean(directions.type):  # an engine may have said it shorter
        codes = pc.cast(directions, pa.int8())
    else:
        codes = pc.index_in(directions, pa.array(["exit", "entry"])).cast(pa.int8())
    return np.array(pc.fill_null(codes, OPEN).combine_chunks().to_numpy(zero_copy_only=False))


def _require_known(crossings: pa.Table, day: Days, is_entry: Codes) -> None:
    lacks = {
        PERSON: crossings.column(PERSON).null_count,
        DATE: int((day == np.iinfo(np.int32).min).sum()),
        DIRECTION: int((is_entry == OPEN).sum()),
    }
    wrong = {name: count for name, count in lacks.items() if count}
    if wrong:
        raise TableInvalid(
            "Crossings without a person, a day or a direction cannot be classified.",
            where="rows met so far, by column: {places}",
            expected="person_id; crossing_date as 2025-12-31 or 2025-12-31 23:59:59; direction entry or exit",
            do="Correct these rows, or leave them out and say how many.",
            places=", ".join(f"{name}: {count}" for name, count in wrong.items()),
        )


def _starts_of(crossings: pa.Table) -> NDArray[np.int64]:
    """The first row of every person, and the number of rows."""
    if not crossings.num_rows:
        return np.zeros(1, np.int64)
    persons = crossings.column(PERSON).combine_chunks()
    differs = pc.not_equal(persons.slice(1), persons.slice(0, len(persons) - 1))
    begins = np.flatnonzero(np.asarray(differs.to_numpy(zero_copy_only=False), dtype=bool)) + 1
    return np.concatenate([[0], begins, [len(persons)]]).astype(np.int64)


def _alternate(crossings: pa.Table, starts: NDArray[np.int64], is_entry: Codes) -> tuple[pa.Table, Codes]:
    """Crossings of one moment put in turn, entry after exit: where no sequence is given, the likeliest order."""
    moments = pc.cast(crossings.column(DATE), pa.timestamp("us"), safe=False)
    times = pc.cast(moments, pa.int64()).combine_chunks().to_numpy(zero_copy_only=False)
    order = np.arange(len(times))
    if not _put_in_turn(starts, times, is_entry, order):
        return crossings, is_entry
    return crossings.take(order), is_entry[order]


@njit(cache=True, nogil=True)
def _put_in_turn(
    starts: NDArray[np.int64], times: NDArray[np.int64], is_entry: Codes, order: NDArray[np.int64]
) -> bool:
    changed = False
    for person in range(len(starts) - 1):
        low, end = starts[person], starts[person + 1]
        row = low
        while row < end:
            stop = row + 1
            while stop < end and times[stop] == times[row]:
                stop += 1
            if stop - row > 1:
                changed |= _turn(row, stop, low, end, is_entry, order)
            row = stop
    return changed


@njit(cache=True, nogil=True)
def _turn(row: int, stop: int, low: int, end: int, is_entry: Codes, order: NDArray[np.int64]) -> bool:
    """Order the rows of one moment: the other way than the crossing before, and so on in turn."""
    entries = 0
    for at in range(row, stop):
        entries += is_entry[at]
    exits = stop - row - entries
    if entries == 0 or exits == 0:
        return False
    if row > low:
        wanted = 1 - is_entry[order[row - 1]]
    elif entries != exits:
        wanted = 1 if entries > exits else 0
    else:  # as many of both: end the other way than the crossing after
        wanted = is_entry[stop] if stop < end else 1
    # In one moment the rows of each direction keep their order.
    own = np.empty((2, stop - row), np.int64)
    filled, taken = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for at in range(row, stop):
        side = is_entry[at]
        own[side, filled[side]] = at
        filled[side] += 1
    changed = False
    for at in range(row, stop):
        if taken[wanted] == filled[wanted]:
            wanted = 1 - wanted
        order[at] = own[wanted, taken[wanted]]
        taken[wanted] += 1
        wanted = 1 - wanted
        changed |= order[at] != at
    return changed


def _without_gaps(
    crossings: pa.Table, starts: NDArray[np.int64], day: Days, is_entry: Codes, last: int, tally: Tally
) -> tuple[pa.Table, NDArray[np.int64], Days, Codes]:
    """Leave out persons who have two crossings in the same direction in a row, and count them."""
    same = np.zeros(len(day), bool)
    same[1:] = (is_entry[1:] == is_entry[:-1]) & (day[1:] <= last)
    same[starts[:-1]] = False
    person = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    has_gap = np.bincount(person[same], minlength=len(starts) - 1) > 0
    tally.persons_with_gaps_left_out += int(has_gap.sum())
    kept = np.flatnonzero(~has_gap[person])
    crossings = crossings.take(kept)
    return crossings, _starts_of(crossings), day[kept], is_entry[kept]


def _status_at_start(
    crossings: pa.Table, starts: NDArray[np.int64], day: Days, is_entry: Codes, sure_from: int
) -> Codes:
    """Whether each person was resident on the first day.

    Whoever crosses first V days after it or later stood on that side all the time. Before that what another source
    says of the first crossing is taken; where none says anything, the status is OPEN.
    """
    firsts = starts[:-1]
    inferred = (1 - is_entry[firsts]).astype(np.int8)
    if GIVEN not in crossings.column_names:
        return np.where(day[firsts] >= sure_from, inferred, OPEN).astype(np.int8)
    given = pc.cast(crossings.column(GIVEN).take(pa.array(firsts)), pa.int8())
    told = pc.fill_null(given, OPEN).combine_chunks().to_numpy(zero_copy_only=False)
    return np.where(day[firsts] >= sure_from, inferred, told).astype(np.int8)


def _statuses(codes: Codes) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == OPEN), STATUSES)

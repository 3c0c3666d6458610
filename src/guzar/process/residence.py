"""Crossings of whole persons → residence before and after each crossing, and whether it was a migration.

The rule of V of W days: whoever spends at least V of the W days from a crossing on, on the side moved to, has changed
residence with that crossing (12/16 months: 365 of 487 days, the outcome rule of Stats NZ; 9/12 and 6/12 by the same
code). It says what people did, not what they declared. Nothing after the last day observed is used.

Reference: Stats NZ, `migstat` 1.0.6 (MIT); definitions in docs/methods/residence.md.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.process.histories import CITIZENSHIP, EPOCH, GIVEN, Histories, read_histories
from guzar.process.residence_kernel import NO, OPEN, YES, Codes, Days, classify_persons
from guzar.process.residence_plain import decide_plainly
from guzar.process.residence_rule import ResidenceRule

STATUSES = pa.array(["non_resident", "resident"])
MADE = (
    "in_window",
    "days_observed",
    "days_in_country",
    "residence_before",
    "residence_after",
    "is_migration",
)
ABROAD = "days_abroad"  # made too where residence is seen from the country of origin


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
    double_scans: int = 0
    other_citizens_left_out: int = 0  # persons

    @property
    def gap_share(self) -> float:
        """Share of crossings that follow one of the same direction: a crossing between them was not recorded."""
        return self.gaps / max(1, self.crossings - self.after_last_day)


@dataclass(frozen=True)
class Decided:
    """Of every crossing: days observed and in the country after it, statuses before and after, whether it was one."""

    observed: Days
    inside: Days
    before: Codes
    after: Codes
    migration: Codes


def made_columns(rule: ResidenceRule) -> tuple[str, ...]:
    """The columns that a rule adds to crossings."""
    return (*MADE, ABROAD) if rule.own_citizens else MADE


def classify_residence(crossings: pa.Table, rule: ResidenceRule, tally: Tally) -> pa.Table:
    """Decide every crossing of whole persons in time order; the columns of `made_columns` are added, the tally goes on
    counting.

    Crossings before the first day are left out and counted, double scans and other citizens where the rule asks for it.
    Raises TableInvalid where a row has no person, day or direction.
    """
    histories = _leave_out(read_histories(crossings), rule, tally)
    if rule.missing == "drop":
        histories = _without_gaps(histories, rule.in_days.last_day, tally)
    at_start = _status_at_start(histories, (rule.first_day - EPOCH).days + rule.threshold_days)
    decided, gaps = _decide(histories, at_start, rule)
    _count(histories, decided, gaps, rule, tally)
    if tally.checked_again < rule.persons_checked_again:
        _check_again(histories, at_start, decided, rule, tally)
    return _with_columns(histories, decided, rule)


def _leave_out(histories: Histories, rule: ResidenceRule, tally: Tally) -> Histories:
    """What the rule does not look at: crossings before the first day, double scans, persons of other citizenship."""
    if rule.own_citizens:
        own = histories.has_any(_of_citizens(histories.crossings, rule.own_citizens))
        tally.other_citizens_left_out += int((~own).sum())
        histories = histories.keep_persons(own)
    early = histories.day < (rule.first_day - EPOCH).days
    tally.before_first_day += int(early.sum())
    histories = histories.keep(~early)
    if rule.readings.double_scan_minutes:
        double = histories.double_scans(rule.readings.double_scan_minutes)
        tally.double_scans += int(double.sum())
        histories = histories.keep(~double)
    return histories


def _of_citizens(crossings: pa.Table, code: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    if CITIZENSHIP not in crossings.column_names:
        raise TableInvalid(
            "The crossings do not tell citizenship: whose residence is meant cannot be seen.",
            expected="a column citizenship, for --view origin",
            do="Add the column, or choose --view destination.",
        )
    citizenship = pc.cast(crossings.column(CITIZENSHIP), pa.string())
    own = pc.fill_null(pc.equal(citizenship, code), False).combine_chunks()
    return np.asarray(own.to_numpy(zero_copy_only=False), dtype=bool)


def _decide(histories: Histories, at_start: Codes, rule: ResidenceRule) -> tuple[Decided, int]:
    rows = len(histories.day)
    days = (np.empty(rows, np.int32), np.empty(rows, np.int32))
    before, after, migration = (np.empty(rows, np.int8) for _ in range(3))
    gaps = classify_persons(
        histories.starts, histories.day, histories.is_entry, at_start, rule.in_days,
        *days, before, after, migration,
    )  # fmt: skip
    return Decided(*days, before, after, migration), gaps


def _count(histories: Histories, decided: Decided, gaps: int, rule: ResidenceRule, tally: Tally) -> None:
    """Add to the tally; refused where the rule allows no gaps and there are some."""
    in_window = histories.day <= rule.in_days.last_day
    is_one = decided.migration == YES
    tally.persons += histories.persons
    tally.crossings += len(in_window)
    tally.after_last_day += len(in_window) - int(in_window.sum())
    tally.gaps += gaps
    tally.immigrations += int((is_one & (histories.is_entry == YES)).sum())
    tally.emigrations += int((is_one & (histories.is_entry == NO)).sum())
    tally.undecided += int((in_window & (decided.migration == OPEN)).sum())
    if gaps and rule.missing == "refuse":
        raise TableInvalid(
            "Persons have two crossings in the same direction in a row: {gaps} of {crossings} crossings so far.",
            expected="entries and exits in turn, as --missing refuse asks",
            do="Complete the crossings, or choose --missing impute (lost exits estimated, totals only), midpoint or drop.",
            gaps=tally.gaps,
            crossings=tally.crossings,
        )


def _with_columns(histories: Histories, decided: Decided, rule: ResidenceRule) -> pa.Table:
    made = [
        pa.array(histories.day <= rule.in_days.last_day),
        pa.array(decided.observed),
        pa.array(decided.inside),
        _statuses(decided.before),
        _statuses(decided.after),
        pa.array(decided.migration == YES, mask=decided.migration == OPEN),
    ]
    if rule.own_citizens:
        made.append(pa.array(decided.observed - decided.inside))
    crossings = histories.crossings
    for name, column in zip(made_columns(rule), made, strict=True):
        crossings = crossings.append_column(name, column)
    return crossings


def _check_again(
    histories: Histories, at_start: Codes, decided: Decided, rule: ResidenceRule, tally: Tally
) -> None:
    """Decide the crossings of the first persons by the plain rule as well; refused where one differs."""
    starts, day, is_entry = histories.starts, histories.day, histories.is_entry
    for person in range(min(histories.persons, rule.persons_checked_again - tally.checked_again)):
        rows = np.arange(starts[person], starts[person + 1])
        rows = rows[day[rows] <= rule.in_days.last_day]
        crossings = [(EPOCH + timedelta(days=int(day[row])), bool(is_entry[row])) for row in rows]
        ways = [True, False] if at_start[person] == OPEN else [bool(at_start[person])]
        told = [decide_plainly(crossings, way, rule) for way in ways]
        status, migrated = (
            [_code_of({way[row][what] for way in told}) for row in range(len(crossings))] for what in (0, 1)
        )
        if status != decided.after[rows].tolist() or migrated != decided.migration[rows].tolist():
            raise MethodNotApplicable(
                "The self-test found a person whose residence the plain rule decides otherwise.",
                expected="the same status by both rules",
                do="Do not use the result; report it to the developers of guzar with made-up crossings that show it.",
            )
        tally.checked_again += 1


def _code_of(answers: set[bool | None]) -> int:
    """The answer on which all ways agree; OPEN where they do not, or where one is open."""
    return {True: YES, False: NO, None: OPEN}[answers.pop()] if len(answers) == 1 else OPEN


def _without_gaps(histories: Histories, last: int, tally: Tally) -> Histories:
    """Leave out persons who have two crossings in the same direction in a row, and count them."""
    same = np.zeros(len(histories.day), bool)
    same[1:] = (histories.is_entry[1:] == histories.is_entry[:-1]) & (histories.day[1:] <= last)
    has_gap = histories.has_any(same & ~histories.begins)
    tally.persons_with_gaps_left_out += int(has_gap.sum())
    return histories.keep_persons(~has_gap)


def _status_at_start(histories: Histories, sure_from: int) -> Codes:
    """Whether each person was resident on the first day.

    Whoever crosses first V days after it or later stood on that side all the time. Before that what another source
    says of the first crossing is taken; where none says anything, the status is OPEN.
    """
    firsts = histories.starts[:-1]
    is_sure = histories.day[firsts] >= sure_from
    inferred = (1 - histories.is_entry[firsts]).astype(np.int8)
    if GIVEN not in histories.crossings.column_names:
        return np.where(is_sure, inferred, OPEN).astype(np.int8)
    given = pc.cast(histories.crossings.column(GIVEN).take(pa.array(firsts)), pa.int8())
    told = pc.fill_null(given, OPEN).combine_chunks().to_numpy(zero_copy_only=False)
    return np.where(is_sure, inferred, told).astype(np.int8)


def _statuses(codes: Codes) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == OPEN), STATUSES)

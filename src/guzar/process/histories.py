"""A table of crossings of whole persons, read: in turn, with the days as numbers and where each person begins."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guzar.errors import TableInvalid
from guzar.process.crossing_order import find_double_scans, moments_of, put_in_turn
from guzar.process.residence_kernel import OPEN, Codes, Days

EPOCH = date(1970, 1, 1)
PERSON, DATE, DIRECTION, SEQUENCE, GIVEN, CITIZENSHIP = (
    "person_id",
    "crossing_date",
    "direction",
    "sequence",
    "resident_at_start_given",
    "citizenship",
)
NO_DAY = np.iinfo(np.int32).min


@dataclass(frozen=True)
class Histories:
    """Crossings of whole persons in person and time order: person p has the rows starts[p] to starts[p + 1].

    `day` is days since 1970, `is_entry` YES or NO; `crossings` holds the rows themselves.
    """

    crossings: pa.Table
    starts: NDArray[np.int64]
    day: Days
    is_entry: Codes

    @property
    def persons(self) -> int:
        """How many persons crossed."""
        return len(self.starts) - 1

    @property
    def begins(self) -> NDArray[np.bool_]:
        """Whether each row is the first of its person."""
        first = np.zeros(len(self.day), bool)
        first[self.starts[:-1]] = True
        return first

    @property
    def person(self) -> NDArray[np.int64]:
        """The place of the person of every row."""
        return np.repeat(np.arange(self.persons), np.diff(self.starts))

    def keep(self, rows: NDArray[np.bool_]) -> "Histories":
        """These rows only; a person without any is left out."""
        if rows.all():
            return self
        kept = np.flatnonzero(rows)
        firsts = np.flatnonzero(np.diff(self.person[kept], prepend=-1))
        starts = np.concatenate([firsts, [len(kept)]]).astype(np.int64)
        return Histories(self.crossings.take(kept), starts, self.day[kept], self.is_entry[kept])

    def keep_persons(self, persons: NDArray[np.bool_]) -> "Histories":
        """All rows of these persons."""
        return self.keep(persons[self.person])

    def has_any(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of every person, whether any row is one of these."""
        return np.bincount(self.person[rows], minlength=self.persons) > 0

    def order_unknown(self) -> NDArray[np.bool_]:
        """Rows of the same moment as the row before, where no sequence tells which came first."""
        same = np.zeros(len(self.day), bool)
        if SEQUENCE not in self.crossings.column_names and len(same) > 1:
            same[1:] = np.diff(moments_of(self.crossings.column(DATE))) == 0
        return same & ~self.begins

    def double_scans(self, minutes: int) -> NDArray[np.bool_]:
        """Rows that repeat the row before: the same person, direction and port, so many minutes later at most."""
        times = moments_of(self.crossings.column(DATE))
        return find_double_scans(self.crossings, times, self.begins, self.is_entry, minutes)


def read_histories(crossings: pa.Table) -> Histories:
    """Crossings of whole persons in time order, read.

    Where no sequence is given, crossings of one moment are put in turn. Raises TableInvalid where a row has no person,
    day or direction.
    """
    day = days_of(crossings.column(DATE))
    is_entry = _entries_of(crossings.column(DIRECTION))
    _require_known(crossings, day, is_entry)
    starts = _starts_of(crossings)
    if SEQUENCE not in crossings.column_names:
        crossings, is_entry = put_in_turn(crossings, moments_of(crossings.column(DATE)), starts, is_entry)
    return Histories(crossings, starts, day, is_entry)


def days_of(dates: pa.ChunkedArray) -> Days:
    """Whole days since 1970 of dates or timestamps; the smallest number where there is none."""
    days = pc.cast(pc.cast(dates, pa.date32(), safe=False), pa.int32())
    known = pc.fill_null(days, NO_DAY).combine_chunks()
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
        DATE: int((day == NO_DAY).sum()),
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

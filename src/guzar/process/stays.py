"""Crossings of whole persons → stays in the country, or absences from it, with how each end is known.

The destination's view: a stay begins with an entry and ends with the next exit. The origin's view of the same crossings:
an absence begins with an exit and ends with the next entry. Of two crossings in one direction in a row the one between
was not recorded: on which day it was nobody knows, and that end stays empty. Nothing is filled in here: what lost
crossings mean for statistics is for the methods that estimate them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from guzar.process.histories import PERSON, read_histories
from guzar.process.residence_kernel import Codes

RECORDED, NEXT, PREVIOUS, NOT_SEEN = range(4)


@dataclass(frozen=True)
class View:
    """Which time is looked at: that between an entry and an exit (destination), or between an exit and an entry (origin)."""

    name: str
    begins_with_entry: bool
    columns: tuple[str, str, str, str]
    known_by: tuple[str, str, str, str]


VIEWS = {
    view.name: view
    for view in (
        View(
            "destination",
            True,
            ("entered_on", "left_on", "entry_known_by", "exit_known_by"),
            ("crossing", "next_entry", "previous_exit", "not_seen"),
        ),
        View(
            "origin",
            False,
            ("left_on", "returned_on", "exit_known_by", "return_known_by"),
            ("crossing", "next_exit", "previous_entry", "not_seen"),
        ),
    )
}


def pair_crossings_into_stays(crossings: pa.Table, view: str = "destination") -> pa.Table:
    """One row per stay (or absence) of whole persons in time order: `person_id` and the columns of the view.

    Days are empty where no crossing was recorded. Raises TableInvalid where a row has no person, day or direction.
    """
    chosen = VIEWS[view]
    histories = read_histories(crossings)
    day, is_entry = histories.day, histories.is_entry
    begins = is_entry if chosen.begins_with_entry else (1 - is_entry).astype(np.int8)
    begin, end = np.full(len(day), -1, np.int64), np.full(len(day), -1, np.int64)
    begin_by, end_by = np.zeros(len(day), np.int8), np.zeros(len(day), np.int8)
    spells = _pair(histories.starts, begins, begin, end, begin_by, end_by)
    begin, end = begin[:spells], end[:spells]
    dates = pc.cast(pa.array(day, pa.int32()), pa.date32())
    known_by = pa.array(chosen.known_by)
    made = (
        dates.take(pa.array(begin, mask=begin < 0)),
        dates.take(pa.array(end, mask=end < 0)),
        pa.DictionaryArray.from_arrays(pa.array(begin_by[:spells]), known_by),
        pa.DictionaryArray.from_arrays(pa.array(end_by[:spells]), known_by),
    )
    either = np.where(begin >= 0, begin, end)
    return pa.table(
        {
            PERSON: histories.crossings.column(PERSON).take(either),
            **dict(zip(chosen.columns, made, strict=True)),
        }
    )


@njit(cache=True, nogil=True)
def _pair(
    starts: NDArray[np.int64],
    begins: Codes,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    begin_by: Codes,
    end_by: Codes,
) -> int:
    """The rows at which every spell begins and ends, -1 where none was recorded; returns the number of spells."""
    spells = 0
    for person in range(len(starts) - 1):
        low, high = starts[person], starts[person + 1]
        for row in range(low, high):
            follows_same = row > low and begins[row - 1] == begins[row]
            if begins[row]:
                if follows_same:
                    end_by[spells - 1] = NEXT
                begin[spells], end_by[spells] = row, NOT_SEEN
                spells += 1
            elif row > low and not follows_same:
                end[spells - 1], end_by[spells - 1] = row, RECORDED
            else:
                end[spells] = row
                end_by[spells] = RECORDED
                begin_by[spells] = PREVIOUS if follows_same else NOT_SEEN
                spells += 1
    return spells

"""Crossings of whole persons → stays in the country, with how each end is known.

A stay begins with an entry and ends with the next exit. Of two entries in a row the exit between was not recorded: the
stay ended on some day before the second entry, which day nobody knows; its end stays empty. So with two exits in a
row. Nothing is filled in here: what lost crossings mean for statistics is for the methods that estimate them.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from guzar.process.residence import PERSON, read_whole_persons
from guzar.process.residence_kernel import Codes

STAYS_MADE = ("entered_on", "left_on", "entry_known_by", "exit_known_by")
KNOWN_BY = pa.array(["crossing", "next_entry", "previous_exit", "not_seen"])
CROSSING, NEXT_ENTRY, PREVIOUS_EXIT, NOT_SEEN = range(4)


def pair_crossings_into_stays(crossings: pa.Table) -> pa.Table:
    """One row per stay of whole persons in time order: `person_id, entered_on, left_on, entry_known_by, exit_known_by`.

    Days are empty where no crossing was recorded. Raises TableInvalid where a row has no person, day or direction.
    """
    crossings, starts, day, is_entry = read_whole_persons(crossings)
    entry, leave = np.full(len(day), -1, np.int64), np.full(len(day), -1, np.int64)
    entry_by, exit_by = np.zeros(len(day), np.int8), np.zeros(len(day), np.int8)
    stays = _pair(starts, is_entry, entry, leave, entry_by, exit_by)
    entry, leave = entry[:stays], leave[:stays]
    dates = pc.cast(pa.array(day, pa.int32()), pa.date32())
    either = np.where(entry >= 0, entry, leave)
    return pa.table(
        {
            PERSON: crossings.column(PERSON).take(either),
            "entered_on": dates.take(pa.array(entry, mask=entry < 0)),
            "left_on": dates.take(pa.array(leave, mask=leave < 0)),
            "entry_known_by": pa.DictionaryArray.from_arrays(pa.array(entry_by[:stays]), KNOWN_BY),
            "exit_known_by": pa.DictionaryArray.from_arrays(pa.array(exit_by[:stays]), KNOWN_BY),
        }
    )


@njit(cache=True, nogil=True)
def _pair(
    starts: NDArray[np.int64],
    is_entry: Codes,
    entry: NDArray[np.int64],
    leave: NDArray[np.int64],
    entry_by: Codes,
    exit_by: Codes,
) -> int:
    """The rows of entry and exit of every stay, -1 where none was recorded; returns the number of stays."""
    stays = 0
    for person in range(len(starts) - 1):
        low, high = starts[person], starts[person + 1]
        for row in range(low, high):
            follows_same = row > low and is_entry[row - 1] == is_entry[row]
            if is_entry[row]:
                if follows_same:
                    exit_by[stays - 1] = NEXT_ENTRY
                entry[stays], exit_by[stays] = row, NOT_SEEN
                stays += 1
            elif row > low and not follows_same:
                leave[stays - 1], exit_by[stays - 1] = row, CROSSING
            else:
                leave[stays] = row
                exit_by[stays] = CROSSING
                entry_by[stays] = PREVIOUS_EXIT if follows_same else NOT_SEEN
                stays += 1
    return stays

"""Rows that are held already are found however they stand: as often as they are held, and never others."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from guzar.process.repeated_rows import find_repeated

MOMENTS = [datetime(1950, 1, 1), datetime(2019, 1, 1, 8, 0, 0, 1), datetime(2019, 1, 1) + timedelta(days=9)]
ROW = st.tuples(
    st.integers(0, 3),
    st.sampled_from(MOMENTS),
    st.sampled_from(["entry", "exit"]),
    st.sampled_from(["A", None]),
    st.sampled_from([0.5, float("nan"), None]),
)
RUN = st.lists(ROW, max_size=12).map(lambda rows: sorted(rows, key=lambda row: row[:2]))
NAMES = ["person_id", "crossing_date", "direction", "port", "weight"]
KINDS = [pa.int64(), pa.timestamp("us"), pa.string(), pa.string(), pa.float64()]


def as_table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[]] * len(NAMES)
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, KINDS, strict=True)], names=NAMES
    )


@given(held=RUN, left_out=RUN, new=RUN, scale=st.sampled_from([1, 10_000_000]))
def test_of_each_row_as_many_are_repeated_as_are_held(
    held: list[Any], left_out: list[Any], new: list[Any], scale: int
) -> None:
    """Empty cells are alike, numbers that are none too; many persons with moments to the microsecond have keys as well."""
    every = as_table([*held, *left_out, *new])
    ranks = every.column("person_id").to_numpy() * scale
    repeated = find_repeated(every, ranks, [len(held), len(left_out), len(new)])
    known = Counter(map(repr, [*held, *left_out]))
    given_again = Counter(map(repr, new))
    old = len(held) + len(left_out)
    assert not repeated[:old].any()
    assert Counter(repr(new[row]) for row in np.flatnonzero(repeated[old:])) == known & given_again

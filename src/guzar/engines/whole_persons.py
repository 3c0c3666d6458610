"""Batches of rows in the order of persons → batches that hold whole persons: the same cut for every engine.

In: Arrow batches sorted by person, cut anywhere. Out: tables in which no person stands in two.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Step = Callable[..., pa.Table]


def cut_between_persons(batches: Iterable[pa.RecordBatch], person: str) -> Iterator[pa.Table]:
    """Batches joined and cut so that no person stands in two; a person larger than a batch makes one of its own size."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        begins = starts_of_persons(batch.column(person))
        if waiting and batch.column(person)[0] != waiting[-1].column(person)[-1]:
            begins = np.append(0, begins)
        if not len(begins):  # nobody new begins here
            waiting.append(batch)
            continue
        yield from _joined([*waiting, batch.slice(0, begins[-1])])
        waiting = [batch.slice(begins[-1])]
    yield from _joined(waiting)


def take_step(step: Step, persons: pa.Table, tally: Any | None) -> pa.Table:
    """What a step makes of whole persons; a step that counts is given its tally by name."""
    return step(persons) if tally is None else step(persons, tally=tally)


def starts_of_persons(persons: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows at which another person begins, the first row of all left out."""
    if pa.types.is_integer(persons.type) and not persons.null_count:
        numbers = persons.to_numpy(zero_copy_only=False)
        return np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    differs = pc.fill_null(pc.not_equal(persons.slice(1), persons.slice(0, len(persons) - 1)), True)
    return np.flatnonzero(np.asarray(differs.to_numpy(zero_copy_only=False), dtype=bool)) + 1


def _joined(batches: Sequence[pa.RecordBatch]) -> Iterator[pa.Table]:
    filled = [batch for batch in batches if batch.num_rows]
    if filled:
        yield pa.Table.from_batches(filled).combine_chunks()

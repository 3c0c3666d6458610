"""New crossings that are held already: the same person and moment, and the same in every other column.

A row that stands several times on both sides is as often one and the same as it stands on the side where it is rarer: of
two files that overlap, each row counts as often as in the file that has it more often, in whatever order they come.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guzar.process.crossing_order import moments_of
from guzar.process.histories import DATE, PERSON

Rows = NDArray[np.int64]


def find_repeated(every: pa.Table, ranks: Rows, runs: list[int]) -> NDArray[np.bool_]:
    """Whether each row repeats one that is held; True for new rows only.

    `every` holds runs of so many rows, each by person and time, whole persons in all; the new rows are the last of them.
    `ranks` is the place of every row's person. Empty cells are alike.
    """
    repeated = np.zeros(every.num_rows, bool)
    old = sum(runs[:-1])
    if not old or old == every.num_rows:
        return repeated
    rows = _of_shared_moments(key_of(ranks, moments_of(every.column(DATE))), runs)
    if len(rows) and rows[-1] >= old:
        alike = _group_alike(every, rows, ranks)
        is_new = rows >= old
        copies = np.bincount(alike[~is_new], minlength=len(rows))
        groups = alike[is_new]
        repeated[rows[is_new]] = _place_in_group(groups) < copies[groups]
    return repeated


def key_of(person: Rows, time: Rows) -> Rows:
    """One number for person and time, in their order."""
    step = 1_000_000 if not (time % 1_000_000).any() else 1  # moments are mostly whole seconds
    since = (time - time.min()) // step
    if (int(person.max()) + 1) * (int(since.max()) + 1) >= 2**63:
        since = np.unique(time, return_inverse=True)[1].astype(np.int64)
    return np.asarray(person * (int(since.max()) + 1) + since, np.int64)


def _of_shared_moments(keys: Rows, runs: list[int]) -> Rows:
    """Rows of persons and moments that stand among the new ones and in another run, in the order of the rows."""
    *held, new = np.split(keys, np.cumsum(runs)[:-1])
    is_shared = np.zeros(len(new), bool)
    marked = []
    for run in held:
        low, high = np.searchsorted(run, new, "left"), np.searchsorted(run, new, "right")
        is_shared |= high > low
        edges = np.bincount(low, minlength=len(run) + 1) - np.bincount(high, minlength=len(run) + 1)
        marked.append(np.cumsum(edges[:-1]) > 0)
    return np.flatnonzero(np.concatenate([*marked, is_shared]))


def _group_alike(every: pa.Table, rows: Rows, ranks: Rows) -> Rows:
    """A number for each of these rows, the same where all columns are."""
    chosen = every.drop_columns([PERSON]).take(pa.array(rows))
    alike = ranks[rows]
    for column in chosen.columns:
        codes = column.combine_chunks().dictionary_encode(null_encoding="encode").indices.to_numpy()
        alike = np.unique(alike * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    return np.asarray(alike, np.int64)


def _place_in_group(groups: Rows) -> Rows:
    """How many rows of its group stand before each row."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered, "left")
    return places

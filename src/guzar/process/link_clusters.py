"""Pairs of identities → clusters, one per person, and pairs and clusters spread over the records that hold them.

Joined is what a pair at or above the threshold joins, directly or through others. A cluster of more identities than one
person can have is a chain of coincidences: it is cut again at higher and higher thresholds until it falls into parts
that one person can have.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LARGEST = 60  # different identities (spellings, documents) of one person; more are a chain of coincidences
STRICTER = (0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999)


@dataclass(frozen=True)
class Clustered:
    """`identity, cluster` of every identity, whether its copies are one person, and how many clusters had to be cut."""

    clusters: pl.DataFrame
    cut: int


def cluster_identities(
    identities: pl.DataFrame, pairs: pl.DataFrame, alone: pl.DataFrame, *, threshold: float, largest: int
) -> Clustered:
    """Clusters of identities joined at the threshold, none with more than `largest` identities.

    pairs: `first, second, match_probability`; alone: `identity, match_probability` of two copies of one identity.
    """
    count = identities.height
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    probability = pairs["match_probability"].to_numpy()
    labels = _components(count, first, second, probability >= threshold)
    labels, cut = _cut_chains(labels, first, second, probability, threshold, largest)
    sizes = np.bincount(labels, minlength=1)[labels] if count else labels
    copies_are_one = (alone["match_probability"].to_numpy() >= threshold) | (sizes > 1)
    frame = pl.DataFrame({"identity": identities["identity"], "cluster": labels, "is_one": copies_are_one})
    return Clustered(frame, cut)


def spread_over_records(
    clustered: Clustered, pairs: pl.DataFrame, alone: pl.DataFrame, members: pl.DataFrame, *, is_link: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs and clusters of records: `record_id_left, record_id_right, match_probability`; `record_id, person_id`.

    Every record of one identity is paired with the first record of the other, and the first with every one of the other;
    within one table, identical records with their first. Persons are numbered in the order of their first records.
    """
    first_of = members.group_by("identity").agg(first_record=pl.col("record_id").min())
    held = members.with_row_index("place").join(first_of, on="identity", maintain_order="left")
    between = _pairs_between(pairs, held)
    if not is_link:
        between = pl.concat([between, _pairs_within(alone, held)])
    return between.unique().sort("record_id_left", "record_id_right"), _persons(clustered, held)


def _pairs_between(pairs: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    left = held.select(first="identity", record_left="record_id", first_left="first_record")
    right = held.select(second="identity", record_right="record_id", first_right="first_record")
    starts = held.filter(pl.col("record_id") == pl.col("first_record"))
    first_right = starts.select(second="identity", record_right="record_id")
    first_left = starts.select(first="identity", record_left="record_id")
    to_first = pairs.join(left, on="first").join(first_right, on="second")
    from_first = pairs.join(first_left, on="first").join(right, on="second")
    chosen = ["record_left", "record_right", "match_probability"]
    return _named(pl.concat([to_first.select(chosen), from_first.select(chosen)]))


def _pairs_within(alone: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    copies = held.filter(pl.col("record_id") != pl.col("first_record")).join(alone, on="identity")
    return _named(copies.select("match_probability", record_left="first_record", record_right="record_id"))


def _named(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        record_id_left="record_left", record_id_right="record_right", match_probability="match_probability"
    )


def _persons(clustered: Clustered, held: pl.DataFrame) -> pl.DataFrame:
    placed = held.join(clustered.clusters, on="identity", maintain_order="left")
    apart = pl.when(pl.col("is_one")).then(None).otherwise("place")
    placed = placed.with_columns(start=pl.col("place").min().over("cluster", apart))
    numbered = placed.with_columns(person_id=pl.col("start").rank("dense").cast(pl.Int64) - 1)
    return numbered.select("record_id", "person_id").sort("record_id")


def _components(count: int, first: np.ndarray, second: np.ndarray, joined: np.ndarray) -> np.ndarray:
    if not count:
        return np.zeros(0, dtype=np.int64)
    edges = (np.ones(int(joined.sum()), dtype=np.int8), (first[joined], second[joined]))
    _, labels = connected_components(coo_array(edges, shape=(count, count)), directed=False)
    return np.asarray(labels, dtype=np.int64)


def _cut_chains(
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    probability: np.ndarray,
    threshold: float,
    largest: int,
) -> tuple[np.ndarray, int]:
    """Clusters above the largest size cut at stricter thresholds; what holds even then falls apart wholly."""
    cut = int((np.bincount(labels, minlength=1) > largest).sum()) if labels.size else 0
    for stricter in (*[each for each in STRICTER if each > threshold], np.inf):
        too_large = np.bincount(labels, minlength=1)[labels] > largest
        if not too_large.any():
            break
        joined = np.where(too_large[first], probability >= stricter, probability >= threshold)
        same = labels[first] == labels[second]
        labels = _components(len(labels), first, second, joined & same)
    return labels, cut

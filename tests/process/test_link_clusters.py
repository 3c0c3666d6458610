"""Clusters: joined through others, cut where too much hangs together, spread over equal records."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from guzar.process.link_clusters import cluster_identities, spread_over_records


def _cluster(count: int, pairs: list[tuple[int, int, float]], largest: int = 60, copies: float = 1.0):  # type: ignore[no-untyped-def]
    identities = pl.DataFrame({"identity": list(range(count))}, schema={"identity": pl.Int64})
    schema = {"first": pl.Int64, "second": pl.Int64, "match_probability": pl.Float64}
    frame = pl.DataFrame(pairs, schema=schema, orient="row")
    alone = identities.with_columns(match_probability=pl.lit(copies))
    return cluster_identities(identities, frame, alone, threshold=0.9, largest=largest), frame, alone


def test_joined_through_others() -> None:
    made, _, _ = _cluster(5, [(0, 1, 0.95), (1, 2, 0.9), (3, 4, 0.89)])
    labels = made.clusters["cluster"].to_list()
    assert labels[0] == labels[1] == labels[2]
    assert len(set(labels)) == 3


def test_a_chain_is_cut_at_its_weakest_links() -> None:
    chain = [(number, number + 1, 0.92 if number % 3 == 2 else 0.9999) for number in range(9)]
    made, _, _ = _cluster(10, chain, largest=4)
    sizes = sorted(made.clusters.group_by("cluster").len()["len"].to_list())
    assert made.cut == 1
    assert sizes == [1, 3, 3, 3]


def test_a_chain_without_weak_links_falls_apart() -> None:
    made, _, _ = _cluster(8, [(number, number + 1, 1.0) for number in range(7)], largest=4)
    assert made.clusters["cluster"].n_unique() == 8


@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14), st.floats(0, 1)), max_size=60),
    st.integers(1, 6),
)
def test_no_cluster_is_larger_than_allowed(pairs: list[tuple[int, int, float]], largest: int) -> None:
    ordered = [(min(a, b), max(a, b), p) for a, b, p in pairs if a != b]
    made, _, _ = _cluster(15, ordered, largest=largest)
    assert made.clusters.group_by("cluster").len()["len"].max() <= largest


def test_equal_records_are_one_person_only_where_that_is_likely() -> None:
    members = pl.DataFrame({"record_id": ["a", "b", "c", "d"], "identity": [0, 0, 1, 1]})
    likely, pairs, alone = _cluster(2, [], copies=0.95)
    between, clusters = spread_over_records(likely, pairs, alone, members, is_link=False)
    assert clusters["person_id"].to_list() == [0, 0, 1, 1]
    assert between.height == 2
    unlikely, pairs, alone = _cluster(2, [], copies=0.2)
    _, clusters = spread_over_records(unlikely, pairs, alone, members, is_link=False)
    assert clusters["person_id"].to_list() == [0, 1, 2, 3]


def test_pairs_of_equal_records_hold_together_without_all_of_them() -> None:
    members = pl.DataFrame(
        {"record_id": [f"r{n:03}" for n in range(200)], "identity": [n // 100 for n in range(200)]}
    )
    made, pairs, alone = _cluster(2, [(0, 1, 0.97)], copies=0.1)
    between, clusters = spread_over_records(made, pairs, alone, members, is_link=True)
    assert clusters["person_id"].n_unique() == 1
    assert between.height == 199
    assert set(between["record_id_left"]) | set(between["record_id_right"]) == set(members["record_id"])

"""The same persons get the same noise, in any order and in every table."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from guzar.protect.cell_keys import count_with_keys, make_record_keys, noise_of_cells
from guzar.protect.noise_tables import make_noise_table

TABLE = make_noise_table(3, 2.0, never_up_to=1)


def records(persons: int) -> pl.DataFrame:
    random = np.random.default_rng(7)
    keys = make_record_keys([f"p{number}" for number in range(persons)], b"secret of the workspace")
    return pl.DataFrame(
        {
            "region": random.choice(["A", "B", "C"], persons),
            "sex": random.choice(["F", "M"], persons),
            "key": keys,
        }
    )


@given(st.randoms(use_true_random=False))
def test_order_does_not_change_the_noise(shuffler: object) -> None:
    """Keys are whole numbers: their sums do not depend on the order of adding."""
    straight = records(500)
    order = list(range(500))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    one, two = (
        count_with_keys(each, by=["region", "sex"], record_key="key") for each in (straight, straight[order])
    )
    assert one.equals(two)


def test_keys_of_parts_add_up_to_the_key_of_the_whole() -> None:
    """Modulo 2^64: an engine may count in parts."""
    whole = count_with_keys(records(900), by=["region"], record_key="key")
    parts = count_with_keys(records(900), by=["region", "sex"], record_key="key")
    added = parts.group_by("region").agg(persons=pl.col("persons").sum(), cell_key=pl.col("cell_key").sum())
    assert added.sort("region").equals(whole)


def test_keys_are_fixed_by_the_secret_and_cannot_be_guessed_without_it() -> None:
    """The bits of a key are those of HMAC-SHA-256, and another secret gives other keys."""
    first = make_record_keys(["p1", "p2"], b"one")
    assert first.tolist() == make_record_keys(pl.Series(["p1", "p2"]), b"one").tolist()
    assert not set(first.tolist()) & set(make_record_keys(["p1", "p2"], b"two").tolist())


def test_noise_follows_the_table() -> None:
    """Uniform keys give each noise as often as the table says; empty cells stay empty."""
    random = np.random.default_rng(1)
    keys = random.integers(0, 2**64, 200_000, dtype=np.uint64)
    for count in (0, 1, 2, 40):
        noise = noise_of_cells(np.full(len(keys), count), keys, TABLE)
        told = TABLE.filter(pl.col("count") == min(count, int(TABLE["count"].max())))  # type: ignore[arg-type]
        for value, probability in told.select("noise", "probability").iter_rows():
            assert abs((noise == value).mean() - probability) < 0.006

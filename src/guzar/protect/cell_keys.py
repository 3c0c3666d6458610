"""Cell keys: the same persons get the same noise in every table, whoever counts them, wherever, in any order.

Every record has a permanent random key of 64 bits. A cell's key is the sum of its records' keys, modulo 2^64:
whole numbers, because sums of whole numbers do not depend on the order of adding, so that every engine and every
number of threads gives the same noise to the bit. The cell's count and key pick the noise from a noise table.
Empty cells stay empty. Keys are secrets of the workspace and stand in no output.

After B. Fraser and J. Wooton (2005), A proposed method for confidentialising tabular output to protect against
differencing, UNECE work session on statistical data confidentiality.
"""

import hashlib
import hmac
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

KEY_BITS = 64
RESOLUTION = 53  # bits of a cell key that pick the noise: as many as a share between 0 and 1 holds exactly

# The same sum on DuckDB and on Spark, which have no unsigned sum that wraps round: exact, whatever the order.
CELL_KEY_SQL = "sum(cast({record_key} as decimal(38, 0))) % 18446744073709551616"

Keys = NDArray[np.uint64]


def make_record_keys(records: Sequence[str] | pl.Series, secret: bytes) -> Keys:
    """One key per record, from its pseudonym and the workspace's secret: permanent, and without pattern.

    HMAC-SHA-256 (RFC 2104), the first 64 bits.
    """
    digests = (hmac.new(secret, str(record).encode(), hashlib.sha256).digest()[:8] for record in records)
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def count_with_keys(records: pl.DataFrame, *, by: Sequence[str], record_key: str) -> pl.DataFrame:
    """One row per inner cell: its codes, `persons`, and `cell_key` (the sum of record keys modulo 2^64)."""
    # A sum of unsigned 64-bit numbers wraps round in polars as in DuckDB's and Spark's bit arithmetic.
    return (
        records.group_by(list(by))
        .agg(persons=pl.len().cast(pl.Int64), cell_key=pl.col(record_key).cast(pl.UInt64).sum())
        .sort(list(by))
    )


def noise_of_cells(
    counts: NDArray[np.int64], cell_keys: Keys, noise_table: pl.DataFrame
) -> NDArray[np.int64]:
    """The noise of every cell, from its count and key."""
    share = (cell_keys >> np.uint64(KEY_BITS - RESOLUTION)).astype(np.float64) / float(1 << RESOLUTION)
    last = int(noise_table["count"].max())  # type: ignore[arg-type]
    noise = np.zeros(len(counts), dtype=np.int64)
    for count in range(1, last + 1):
        rows = noise_table.filter(pl.col("count") == count)
        here = counts >= count if count == last else counts == count
        # A key of exactly nought belongs to the first noise: intervals are open on the left.
        picked = np.searchsorted(rows["to_key"].to_numpy(), share[here], side="left")
        noise[here] = rows["noise"].to_numpy()[np.minimum(picked, rows.height - 1)]
    return noise

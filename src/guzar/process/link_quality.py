"""How good a linkage is: precision and recall beside a known truth, and a sample of pairs for clerks to look at.

Pairs are those that clusters imply: records of one cluster are pairs, whether they were compared or not. Precision is
the share of found pairs that are true, recall the share of true pairs that were found; intervals are Wilson's, from the
5 % to the 95 % point, and take pairs as independent, which those of one person are not: they are somewhat too narrow.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from guzar.errors import TableInvalid

Z = 1.6448536269514722  # normal deviate of the 95 % point
ALL, DIFFERENT, UNKNOWN = "_T", "differ", "unknown"
BANDS = (0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)


def quality_of_links(
    clusters: pl.DataFrame, truth: pl.DataFrame, by: Sequence[str] = ("citizenship", "sex", "script")
) -> pl.DataFrame:
    """Precision and recall of clusters beside the truth, overall and by what the truth tells of the records.

    clusters: `record_id, person_id`; truth: the same, and any columns of `by`. One row per `by` and `value`; pairs whose
    records differ in a column stand in the row `differ`. Columns: `true_pairs, found_pairs, right_pairs`, `precision`
    and `recall` with `_lower` and `_upper`, empty where there is no pair.
    """
    records = _records(clusters, truth)
    overall = _count(records)
    rows = [{"by": ALL, "value": ALL, **overall}]
    for column in [each for each in by if each in truth.columns]:
        rows += _rows_by(records, column, overall)
    return pl.DataFrame(rows, schema=_SCHEMA).with_columns(
        *_share("precision", "found_pairs"), *_share("recall", "true_pairs")
    )


def sample_for_review(considered: pl.DataFrame, *, pairs_per_band: int = 50, seed: int) -> pl.DataFrame:
    """Pairs for clerks, as many of each band of probability: `band`, `pairs_in_band`, the pair, its probability.

    Only numbers of records: a clerk looks the names up in the linking zone. A judged sample gives the share of true pairs
    of each band, and weighted by `pairs_in_band` the precision at any threshold.
    """
    upper = [*BANDS[1:-1], np.inf]
    place = pl.sum_horizontal(pl.col("match_probability") >= limit for limit in upper[:-1])
    labels = {k: f"{low:g}-{high:g}" for k, (low, high) in enumerate(pairwise(BANDS))}
    banded = considered.sort("record_id_left", "record_id_right").with_columns(band=place)
    lots = np.random.Generator(np.random.PCG64(seed)).random(banded.height)
    drawn = banded.with_columns(lot=pl.Series(lots), pairs_in_band=pl.len().over("band")).sort("band", "lot")
    chosen = drawn.group_by("band", maintain_order=True).head(pairs_per_band)
    return chosen.select(
        pl.col("band").replace_strict(labels, return_dtype=pl.String),
        "pairs_in_band",
        "record_id_left",
        "record_id_right",
        "match_probability",
    )


def wilson_interval(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Wilson's interval of a share, 5 % and 95 % points; null without trials."""
    share = successes / trials
    middle = share + Z**2 / (2 * trials)
    spread = Z * (share * (1 - share) / trials + Z**2 / (4 * trials**2)).sqrt()
    scale = 1 + Z**2 / trials
    lower = pl.when(successes == 0).then(0.0).otherwise((middle - spread) / scale)
    upper = pl.when(successes == trials).then(1.0).otherwise((middle + spread) / scale)
    known = trials > 0
    return pl.when(known).then(lower), pl.when(known).then(upper)


_SCHEMA = {
    "by": pl.String,
    "value": pl.String,
    "true_pairs": pl.Int64,
    "found_pairs": pl.Int64,
    "right_pairs": pl.Int64,
}


def _records(clusters: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    found = clusters.select("record_id", found="person_id")
    joined = truth.rename({"person_id": "true"}).join(found, on="record_id", how="inner")
    if joined.height != clusters.height:
        raise TableInvalid(
            "The truth and the linkage are not about the same records.",
            where="{linked} records linked, {common} of them in the truth once",
            expected="one row of the truth for each record",
            do="Give the truth of the records that were linked.",
            linked=clusters.height,
            common=joined.height,
        )
    return joined


def _rows_by(records: pl.DataFrame, column: str, overall: dict[str, int]) -> list[dict[str, object]]:
    values = records.with_columns(pl.col(column).cast(pl.String).fill_null(UNKNOWN))
    parts = {str(value): _count(part) for (value,), part in sorted(values.group_by(column), key=_name)}
    rest = {name: overall[name] - sum(part[name] for part in parts.values()) for name in overall}
    return [{"by": column, "value": value, **counts} for value, counts in {**parts, DIFFERENT: rest}.items()]


def _name(part: tuple[tuple[object, ...], pl.DataFrame]) -> str:
    return str(part[0][0])


def _count(records: pl.DataFrame) -> dict[str, int]:
    return {
        "true_pairs": _pairs(records, ["true"]),
        "found_pairs": _pairs(records, ["found"]),
        "right_pairs": _pairs(records, ["true", "found"]),
    }


def _pairs(records: pl.DataFrame, columns: list[str]) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(records.group_by(columns).len().select((size * (size - 1) // 2).sum()).item() or 0)


def _share(name: str, of: str) -> list[pl.Expr]:
    right, trials = pl.col("right_pairs"), pl.col(of)
    lower, upper = wilson_interval(right, trials)
    share = pl.when(trials > 0).then(right / trials)
    return [share.alias(name), lower.alias(f"{name}_lower"), upper.alias(f"{name}_upper")]

"""Precision and recall by hand, their intervals, and the sample for clerks."""

import polars as pl
import pytest

from guzar.errors import TableInvalid
from guzar.process.link_quality import quality_of_links, sample_for_review, wilson_interval

TRUTH = pl.DataFrame(
    {
        "record_id": list("abcdef"),
        "person_id": [1, 1, 1, 2, 2, 3],
        "sex": ["F", "F", "F", "M", "M", None],
        "script": ["latin", "latin", "cyrillic", "latin", "latin", "latin"],
    }
)
CLUSTERS = pl.DataFrame({"record_id": list("abcdef"), "person_id": [0, 0, 1, 2, 2, 2]})


def test_pairs_are_those_that_clusters_imply() -> None:
    quality = quality_of_links(CLUSTERS, TRUTH)
    overall = quality.row(0, named=True)
    assert (overall["true_pairs"], overall["found_pairs"], overall["right_pairs"]) == (4, 4, 2)
    assert (overall["precision"], overall["recall"]) == (0.5, 0.5)
    assert 0 < overall["precision_lower"] < 0.5 < overall["precision_upper"] < 1


def test_groups_and_what_lies_between_them_add_up() -> None:
    quality = quality_of_links(CLUSTERS, TRUTH)
    for column in ("sex", "script"):
        parts = quality.filter(pl.col("by") == column)
        for counted in ("true_pairs", "found_pairs", "right_pairs"):
            assert parts[counted].sum() == quality[counted][0]
    women = quality.filter((pl.col("by") == "sex") & (pl.col("value") == "F")).row(0, named=True)
    assert (women["true_pairs"], women["right_pairs"], women["precision"]) == (3, 1, 1.0)
    across = quality.filter((pl.col("by") == "script") & (pl.col("value") == "differ")).row(0, named=True)
    assert (across["true_pairs"], across["recall"], across["precision"]) == (2, 0.0, None)


def test_wilson_interval_against_its_formula() -> None:
    """Of 100 trials 90 right: 0.8385 to 0.9398 (solved from |p - 0.9| = z sqrt(p (1 - p) / 100), z = 1.6449)."""
    row = pl.DataFrame({"right": [90, 0, 100], "of": [100, 100, 100]}).select(
        *(
            each.alias(name)
            for each, name in zip(wilson_interval(pl.col("right"), pl.col("of")), "lu", strict=True)
        )
    )
    for p in row.row(0):
        assert abs(p - 0.9) == pytest.approx(1.6448536 * (p * (1 - p) / 100) ** 0.5, abs=1e-9)
    assert row["l"][1] == 0.0
    assert row["u"][2] == 1.0


def test_truth_of_other_records_is_refused() -> None:
    with pytest.raises(TableInvalid, match="not about the same records"):
        quality_of_links(CLUSTERS, TRUTH.head(4))


def test_sample_takes_as_many_of_each_band_and_no_name() -> None:
    pairs = pl.DataFrame(
        {
            "record_id_left": [f"l{n:04}" for n in range(3000)],
            "record_id_right": [f"r{n:04}" for n in range(3000)],
            "match_probability": [0.05] * 1000 + [0.93] * 1000 + [0.9995] * 995 + [0.3] * 5,
        }
    )
    sample = sample_for_review(pairs, pairs_per_band=20, seed=4)
    assert dict(sample.group_by("band").len().iter_rows()) == {
        "0.01-0.1": 20,
        "0.1-0.5": 5,
        "0.9-0.95": 20,
        "0.999-1": 20,
    }
    assert sample.filter(pl.col("band") == "0.999-1")["pairs_in_band"].unique().to_list() == [995]
    assert sample.equals(sample_for_review(pairs.reverse(), pairs_per_band=20, seed=4))
    assert set(sample.columns) == {
        *("band", "pairs_in_band", "record_id_left", "record_id_right", "match_probability")
    }

"""Zeros that are no data: only in the listed editions and series, and never a number changed."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from guzar.process.doubtful_zeros import MARK, mark_doubtful_zeros


def _series(
    values: list[float | None], edition: str = "2023-06", definition: str = "knomad_received"
) -> pl.LazyFrame:
    missing = [None if value is not None else ".." for value in values]
    return pl.LazyFrame(
        {
            "source": "knomad",
            "edition": edition,
            "definition": definition,
            "area": "TJK",
            "counterpart": "_T",
            "sex": "_Z",
            "year": list(range(2000, 2000 + len(values))),
            "value": values,
            "observation_status": ["not_known" if mark else "estimated" for mark in missing],
            "missing_mark": missing,
        },
        schema_overrides={"value": pl.Float64, "missing_mark": pl.String},
    )


@given(st.lists(st.one_of(st.none(), st.sampled_from([0.0, 1.5, 1e9])), min_size=1, max_size=12))
def test_the_rule(values: list[float | None]) -> None:
    marked = mark_doubtful_zeros(_series(values), "knomad").collect()
    for value, row in zip(values, marked.iter_rows(named=True), strict=True):
        if value == 0:
            assert (row["value"], row["missing_mark"], row["observation_status"]) == (None, MARK, "not_known")
        else:
            assert row["value"] == value
            assert row["missing_mark"] == (".." if value is None else None)


@given(st.lists(st.sampled_from([0.0, 1.5]), min_size=1, max_size=6))
def test_other_editions_are_left_alone(values: list[float]) -> None:
    assert (
        mark_doubtful_zeros(_series(list(values), "2014-04"), "knomad").collect()["value"].to_list() == values
    )


@given(st.lists(st.sampled_from([0.0, 1.5]), min_size=1, max_size=6))
def test_doing_it_twice_changes_nothing(values: list[float]) -> None:
    once = mark_doubtful_zeros(_series(list(values)), "knomad")
    assert mark_doubtful_zeros(once, "knomad").collect().equals(once.collect())


def test_another_source_is_left_alone() -> None:
    rows = _series([0.0, 1.5, 0.0])
    assert mark_doubtful_zeros(rows, "world_bank").collect().equals(rows.collect())


def test_paid_amounts_and_shares_of_gdp_follow_the_same_rule() -> None:
    """Ukraine paid 5, 0 and 4 million; Georgia's one printed share is an exact 0: neither 0 was measured."""
    for definition, values in (
        ("knomad_paid", [5e6, 0.0, 4e6]),
        ("knomad_paid_percent_gdp", [0.0]),
        ("knomad_received_percent_gdp", [0.0]),
    ):
        marked = mark_doubtful_zeros(_series(list(values), definition=definition), "knomad").collect()
        assert marked["value"].to_list() == [value or None for value in values], definition
        assert marked["missing_mark"].drop_nulls().to_list() == [MARK], definition

"""Totals printed in parts: the sum of all parts, or not known."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from guzar.process.totals_of_parts import add_up_parts


def _rows(values: list[float | None], printed: int | None) -> pl.LazyFrame:
    parts = [f"part {i}" if printed else None for i in range(len(values))]
    return pl.LazyFrame(
        {"reported_part": parts, "value": values}, schema={"reported_part": pl.String, "value": pl.Float64}
    ).with_columns(
        indicator=pl.lit("population"),
        area=pl.lit("KGZ"),
        counterpart=pl.lit("_Z"),
        sex=pl.lit("F"),
        period=pl.lit("2020"),
        year=pl.lit(2020, pl.Int32),
        unit=pl.lit("persons"),
        definition=pl.lit("d"),
        source=pl.lit("s"),
        edition=pl.lit("2019"),
        observation_status=pl.lit("estimated"),
        last_observed=pl.lit(2009, pl.Int32),
        missing_mark=pl.lit(None, pl.String),
        parts_printed=pl.lit(printed, pl.Int32),
    )


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=21))
def test_all_parts_make_the_total(values: list[int]) -> None:
    made = add_up_parts(_rows([float(v) for v in values], len(values))).collect()
    assert made.select("value", "observation_status", "last_observed").rows() == [
        (sum(values), "estimated", 2009)
    ]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20), st.booleans())
def test_a_missing_part_makes_the_total_unknown(values: list[int], as_blank: bool) -> None:
    given_values: list[float | None] = [*map(float, values), *([None] if as_blank else [])]
    made = add_up_parts(_rows(given_values, len(values) + 1)).collect()
    assert made.select("value", "observation_status", "missing_mark").rows() == [
        (None, "not_known", "part missing")
    ]


def test_whole_totals_pass_through() -> None:
    rows = _rows([1.0, 2.0], None)
    assert add_up_parts(rows).collect()["value"].to_list() == [1.0, 2.0]


@given(st.permutations([("estimated", 2009), ("provisional", 2019), ("observed", None), ("observed", 2021)]))
def test_the_weakest_part_says_what_the_total_is(parts: list[tuple[str, int | None]]) -> None:
    """In whatever order they are printed; evidence that is not known for one part is not known for the total."""
    rows = _rows([1.0] * len(parts), len(parts)).with_columns(
        observation_status=pl.Series([status for status, _ in parts]),
        last_observed=pl.Series([year for _, year in parts], dtype=pl.Int32),
    )
    made = add_up_parts(rows).collect()
    assert made.select("value", "observation_status", "last_observed").rows() == [(4.0, "provisional", None)]

"""Revisions and growth: one period and two editions, or one edition and two periods, never both at once."""

from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import observe

from guzar.analyse.revisions import list_growth, list_revisions, revision_triangle
from guzar.define.tables.figures import Observations

SHARE = "wb_carried_received_percent_gdp"


def _editions(values: dict[str, dict[str, float]]) -> pl.DataFrame:
    parts = [
        observe(*[(SHARE, "UZB", "_T", "_Z", year, v) for year, v in by_year.items()], edition=edition)
        for edition, by_year in values.items()
    ]
    return Observations.validate(pl.concat(parts))


def test_a_changed_value_is_a_revision_and_no_growth() -> None:
    """Two editions of one year: one revision; the only growth is inside an edition."""
    held = _editions({"2024-04": {"2022": 20.0}, "2025-08": {"2022": 17.0, "2023": 15.0}})
    revised = list_revisions(held).row(0, named=True)
    assert (
        revised["change_kind"],
        revised["from_edition"],
        revised["to_edition"],
        revised["difference"],
    ) == ("revision", "2024-04", "2025-08", -3)
    growth = list_growth(held)
    assert growth.select("change_kind", "from_period", "to_period", "from_edition", "difference").rows() == [
        ("growth", "2022", "2023", "2025-08", -2)
    ]


@given(
    values=st.dictionaries(
        st.sampled_from(["2021-01", "2022-01", "2023-01", "2024-01"]),
        st.dictionaries(st.sampled_from(["2010", "2011", "2012"]), st.floats(0.5, 90), min_size=1),
        min_size=1,
    )
)
def test_revisions_of_a_period_add_up_to_the_whole_revision(values: dict[str, dict[str, float]]) -> None:
    """From the first to the last edition, step by step, nothing is lost; each difference has one of the two kinds."""
    held = _editions(values)
    steps = list_revisions(held)
    for period in {p for by_year in values.values() for p in by_year}:
        printed = [by_year[period] for _, by_year in sorted(values.items()) if period in by_year]
        of_period = steps.filter(pl.col("from_period") == period)
        assert of_period.height == len(printed) - 1
        assert abs(of_period["difference"].sum() - (printed[-1] - printed[0])) < 1e-9
    growth = list_growth(held)
    assert growth.height == sum(len(list(pairwise(by_year))) for by_year in values.values())


def test_the_triangle_has_one_column_per_edition() -> None:
    """A period that an edition does not print stays empty."""
    wide = revision_triangle(_editions({"2024-04": {"2022": 20.0}, "2025-08": {"2022": 17.0, "2023": 15.0}}))
    assert wide.select("period", "2024-04", "2025-08").rows() == [("2022", 20.0, 17.0), ("2023", None, 15.0)]


def test_a_quarter_is_no_growth_over_a_year() -> None:
    """Growth runs from year to year and from quarter to quarter: periods of other lengths are other quantities."""
    printed = {
        "2021": 40.0,
        "2021-Q3": 9.0,
        "2021-Q4": 11.0,
        "2022": 44.0,
        "2020-2025": 200.0,
        "2015-2025": 300.0,
    }
    growth = list_growth(_editions({"2024-04": printed}))
    assert sorted(growth.select("from_period", "to_period", "difference").rows()) == [
        ("2021", "2022", 4.0),
        ("2021-Q3", "2021-Q4", 2.0),
    ]

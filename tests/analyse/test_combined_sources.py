"""`combine_sources`: statuses that say what a level rests on, inputs that stay, and what is refused."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.combinable import CombineQuestion
from guzar.analyse.combined_sources import combine_sources
from guzar.errors import GuzarError, MethodNotApplicable, SettingsInvalid, TableInvalid

ASKED = CombineQuestion()


def _reports(*rows: tuple[str, int, float, float], **more: object) -> pl.DataFrame:
    """Rows of source, year, value and standard error, with further columns of one value."""
    table = pl.DataFrame(rows, schema=["source", "year", "value", "standard_error"], orient="row")
    return table.with_columns(pl.lit("net").alias("measure"), *(pl.lit(v).alias(k) for k, v in more.items()))


TWO = _reports(("register", 2020, 100.0, 1.0), ("survey", 2020, 130.0, 5.0), ("register", 2021, 104.0, 1.0))


def test_two_sources_that_differ_are_no_average() -> None:
    """No value, no weight, no bias: an interval that holds both, and both inputs beside it."""
    done = combine_sources(TWO, ASKED)
    first = done.table.row(0, named=True)
    assert (first["value"], first["status"], first["status_reason"]) == (
        None,
        "bounded",
        "two_sources_differ",
    )
    assert first["lower"] <= 100 - 1.6
    assert first["upper"] >= 130 + 8
    assert (first["register_value"], first["survey_value"]) == (100, 130)
    assert done.table.select(pl.col("^.*_(weight|bias.*)$")).null_count().sum_horizontal().item() == 2 * 8
    second = done.table.row(1, named=True)  # only the register: but it may be 30 too low
    assert second["status"] == "bounded"
    assert second["upper"] > 130


def test_a_reference_decides_between_them() -> None:
    """The same two with a census in one year: a value in both years, and the bias of each source."""
    census = _reports(("census", 2020, 101.0, 0.5), is_reference=True)
    done = combine_sources(pl.concat([TWO, census], how="diagonal"), ASKED)
    assert set(done.table["status"]) == {"identified_by_reference"}
    assert done.references == ("census",)
    assert done.table["value"].to_list() == pytest.approx([101, 105], abs=1)
    assert done.table["survey_bias"][0] == pytest.approx(29, abs=4)
    assert done.table.row(0, named=True)["census_bias"] == 0


def test_a_stated_bias_names_the_level() -> None:
    """A survey known to miss whole households (20 to 40 of a hundred fewer): the level follows, with its width."""
    stated = TWO.with_columns(
        pl.when(pl.col("source") == "survey").then(value).alias(name)
        for name, value in (("bias_lower", 20.0), ("bias_upper", 40.0))
    )
    done = combine_sources(stated, ASKED)
    assert set(done.table["status"]) == {"identified_by_stated_bias"}
    assert done.table["value"][0] == pytest.approx(100, abs=3)
    assert done.stated == ("survey",)


def test_one_source_stays_as_it_is() -> None:
    """Its own value and interval; nothing is known of its bias, and that is said."""
    only = combine_sources(_reports(("register", 2020, 100.0, 2.0)), ASKED).table.row(0, named=True)
    assert (only["value"], only["status"]) == (100, "one_source")
    assert only["status_reason"] == "bias_cannot_be_told"
    assert only["upper"] == pytest.approx(103.29, abs=0.01)
    assert only["register_bias"] is None


def test_sources_that_contradict_each_other_give_a_range() -> None:
    """Three sources, a reference among them; one jumps in the last year by twenty errors."""
    rows = [(name, year, 100.0 + at, 1.0) for at, name in enumerate("abc") for year in range(2018, 2022)]
    rows[-1] = ("c", 2021, 122.0, 1.0)
    reports = _reports(*rows).with_columns((pl.col("source") == "a").alias("is_reference"))
    done = combine_sources(reports, ASKED)
    assert set(done.table["status_reason"]) == {"sources_contradict"}
    assert done.table["value"].null_count() == done.table.height
    assert done.table["upper"][-1] >= 122
    assert done.table["chi_square_chance"][0] < 0.01


def test_three_sources_without_a_reference_say_on_what_they_rest() -> None:
    """A value, under a status that names the assumption; the interval is wider than each input's."""
    reports = _reports(("a", 2020, 95.0, 1.0), ("b", 2020, 100.0, 1.0), ("c", 2020, 106.0, 1.0))
    row = combine_sources(reports, ASKED).table.row(0, named=True)
    assert row["status"] == "identified_if_biases_balance"
    assert row["upper"] - row["lower"] > 2 * 1.6449


def test_errors_of_zero_are_no_division_by_zero() -> None:
    """A count without sampling error outweighs a survey; two such counts that differ are a range."""
    exact = _reports(("census", 2020, 100.0, 0.0), ("survey", 2020, 90.0, 5.0))
    known = exact.with_columns((pl.col("source") == "census").alias("is_reference"))
    row = combine_sources(known, ASKED).table.row(0, named=True)
    assert row["value"] == pytest.approx(100, abs=0.01)
    assert row["census_weight"] == pytest.approx(1, abs=1e-4)
    differ = _reports(("a", 2020, 100.0, 0.0), ("b", 2020, 101.0, 0.0))
    row = combine_sources(differ, ASKED).table.row(0, named=True)
    assert (row["status"], row["value"]) == ("bounded", None)
    assert (row["lower"], row["upper"]) == (pytest.approx(100, abs=0.01), pytest.approx(101, abs=0.01))


def test_biases_in_per_cent() -> None:
    """A register a tenth too low at every level: told from one year, put right in another of another size."""
    reports = pl.concat(
        [
            _reports(("register", 2020, 900.0, 0.9), ("register", 2021, 4500.0, 4.5)),
            _reports(("census", 2020, 1000.0, 1.0), is_reference=True),
        ],
        how="diagonal",
    )
    done = combine_sources(reports, CombineQuestion("percent"))
    assert done.table["register_bias"].to_list() == pytest.approx([-10, -10], abs=0.2)
    assert done.table["value"][1] == pytest.approx(5000, rel=0.005)
    with pytest.raises(MethodNotApplicable):
        combine_sources(_reports(("a", 2020, -5.0, 1.0)), CombineQuestion("percent"))


def test_groups_are_combined_apart_and_intervals_are_taken_as_errors() -> None:
    """Each area is a series of its own; lower and upper are 5 % and 95 % points."""
    both = pl.concat(
        [
            _reports(("a", 2020, 100.0, 1.0), ("b", 2020, 101.0, 1.0), area="KGZ"),
            _reports(("a", 2020, 10.0, 1.0), ("b", 2020, 40.0, 1.0), area="TJK"),
        ]
    )
    ends = both.with_columns(
        lower=pl.col("value") - 1.6449 * pl.col("standard_error"),
        upper=pl.col("value") + 1.6449 * pl.col("standard_error"),
    ).drop("standard_error")
    done = combine_sources(both, ASKED).table
    assert done["status"].to_list() == ["identified_if_biases_balance", "bounded"]
    other = combine_sources(ends, ASKED).table
    assert other["lower"].to_list() == pytest.approx(done["lower"].to_list(), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(7)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    """The same table, whatever comes first."""
    rows = [("a", y, 100.0 + y - 2018, 1.0) for y in (2018, 2019, 2020)]
    rows += [("b", y, 103.0 + y - 2018, 2.0) for y in (2018, 2020)] + [
        ("c", 2019, 99.0, 3.0),
        ("c", 2020, 98.0, 3.0),
    ]
    first, other = (
        combine_sources(_reports(*each), ASKED).table for each in (rows, [rows[at] for at in order])
    )
    for name in ("value", "lower", "upper", "a_weight"):
        assert other[name].to_list() == pytest.approx(first[name].to_list(), abs=1e-6)


@pytest.mark.parametrize(
    ("reports", "kind"),
    [
        (pl.concat([TWO, TWO.with_columns(measure=pl.lit("immigrations"))]), MethodNotApplicable),
        (TWO.with_columns(definition=pl.Series(["un_1998", "un_2021", "un_1998"])), MethodNotApplicable),
        (TWO.with_columns(unit=pl.Series(["persons", None, "persons"])), MethodNotApplicable),
        (pl.concat([TWO, TWO]), TableInvalid),
        (TWO.drop("standard_error"), TableInvalid),
        (TWO.with_columns(standard_error=pl.lit(-1.0)), TableInvalid),
        (TWO.with_columns(bias_lower=pl.lit(1.0)), TableInvalid),
        (TWO.with_columns(is_reference=pl.Series([True, None, False])), TableInvalid),
        (TWO.drop("year"), TableInvalid),
        (TWO.clear(), TableInvalid),
        (TWO.with_columns(status=pl.lit("x")), SettingsInvalid),
        (TWO.with_columns(measure=pl.lit(None, dtype=pl.String)), TableInvalid),
        (TWO.with_columns(year=pl.lit(20)), TableInvalid),
        (TWO.with_columns(lower=pl.col("value") + 1, upper=pl.col("value") + 2), TableInvalid),
        (TWO.with_columns(lower=pl.col("value") - 99, upper=pl.col("value") + 99), TableInvalid),
        (TWO.with_columns(source=pl.Series(["a", "A", "b"])), TableInvalid),
        (TWO.with_columns(full_name=pl.lit("x")), MethodNotApplicable),
    ],
)
def test_what_cannot_be_combined_is_refused(reports: pl.DataFrame, kind: type[GuzarError]) -> None:
    """Other measures, definitions or units; two values for one cell; no error; half a statement of a bias."""
    with pytest.raises(kind) as refused:
        combine_sources(reports, ASKED)
    assert "130" not in str(refused.value)

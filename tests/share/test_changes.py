"""What changed between two releases: each label by a made-up change of its kind, and laws that hold for any."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share.conftest import make_observations

from guzar.define.tables.releases import ReleasedFigures
from guzar.protect.release import release_public_figures
from guzar.share.changes import ROW, compare_releases

FIGURES = release_public_figures(make_observations())
STOCKS = FIGURES.filter((pl.col("indicator") == "migrant_stock") & pl.col("value").is_not_null())


def changed(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    return compare_releases(ReleasedFigures.validate(earlier), ReleasedFigures.validate(later))


def one_row(frame: pl.DataFrame) -> dict:
    assert frame.height == 1
    return frame.row(0, named=True)


def row(edition: str, value: float | None = 10.0, **other: object) -> dict:
    return {**STOCKS.row(0, named=True), "edition": edition, "value": value, **other}


def table(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=STOCKS.schema)


def test_the_same_release_has_no_changes():
    assert changed(FIGURES, FIGURES).height == 0


def test_another_value_in_the_same_edition_is_a_revision():
    found = one_row(changed(table(row("2019-08")), table(row("2019-08", 11.0))))
    assert (found["change"], found["value_before"], found["value"]) == ("revision", 10.0, 11.0)
    assert found["edition_before"] == found["edition"] == "2019-08"


def test_another_value_in_a_new_edition_is_a_revision_of_the_newest_before():
    earlier = table(row("2019-08", 9.0), row("2020-12"))
    found = one_row(changed(earlier, pl.concat([earlier, table(row("2024-01", 12.0))])))
    assert (found["change"], found["value_before"], found["edition_before"]) == ("revision", 10.0, "2020-12")


def test_a_value_that_a_new_edition_repeats_did_not_change():
    earlier = table(row("2019-08"))
    assert changed(earlier, pl.concat([earlier, table(row("2020-12"))])).height == 0


def test_a_number_that_is_withheld_now_is_a_revision():
    later = table(row("2019-08", None, observation_status="withheld", missing_mark="~", last_observed=None))
    found = one_row(changed(table(row("2019-08")), later))
    assert (found["change"], found["value"], found["observation_status"]) == ("revision", None, "withheld")


def test_the_same_number_of_another_kind_is_told():
    now = "estimated" if STOCKS.row(0, named=True)["observation_status"] != "estimated" else "observed"
    found = one_row(changed(table(row("2019-08")), table(row("2019-08", observation_status=now))))
    assert (found["change"], found["observation_status"]) == ("status", now)


@pytest.mark.parametrize("edition", ["2019-08", "2020-12"])
def test_another_definition_is_a_break_and_no_revision(edition):
    earlier = table(row("2019-08"))
    new = table(row(edition, 99.0, definition="un_stock_hosted"))
    later = new if edition == "2019-08" else pl.concat([earlier, new])
    found = one_row(changed(earlier, later))
    assert (found["change"], found["definition_before"]) == ("break", "un_stock_by_origin")


def test_a_new_definition_beside_one_that_goes_on_is_an_addition():
    earlier = table(row("2019-08"))
    new = table(row("2020-12"), row("2020-12", 99.0, definition="un_stock_hosted"))
    found = one_row(changed(earlier, pl.concat([earlier, new])))
    assert (found["change"], found["definition"]) == ("addition", "un_stock_hosted")


def test_a_definition_known_for_other_periods_takes_no_place():
    hosted = row("2019-08", 50.0, definition="un_stock_hosted", period="1995", year=1995, last_observed=None)
    earlier = table(row("2019-08"), hosted)
    later = pl.concat([earlier, table(row("2020-12", 99.0, definition="un_stock_hosted"))])
    assert one_row(changed(earlier, later))["change"] == "addition"


def test_another_unit_is_a_break():
    found = one_row(changed(table(row("2019-08")), table(row("2019-08", 0.01, unit="usd_million"))))
    assert (found["change"], found["unit_before"], found["unit"]) == ("break", "persons", "usd_million")


def test_what_came_and_what_went():
    first, second = table(row("2019-08")), table(row("2019-08", area="UZB"))
    found = changed(first, second).select("area", "change").rows()
    assert sorted(found) == [("KGZ", "removal"), ("UZB", "addition")]


def test_an_older_edition_that_was_added_later_revises_nothing():
    earlier = table(row("2020-12"))
    found = one_row(changed(earlier, pl.concat([earlier, table(row("2019-08", 7.0))])))
    assert found["change"] == "addition"


parts = st.lists(st.booleans(), min_size=FIGURES.height, max_size=FIGURES.height)


@settings(max_examples=40, deadline=None)
@given(parts, parts)
def test_no_row_is_lost_or_told_twice(kept_before, kept_now):
    """Every row of either release is unchanged, named by one change, or repeated by a new edition."""
    earlier, later = FIGURES.filter(pl.Series(kept_before)), FIGURES.filter(pl.Series(kept_now))
    found = changed(earlier, later)
    assert found.select(ROW).is_unique().all()
    went = found.filter(pl.col("change") == "removal")
    assert went.join(later, on=ROW, how="semi").height == 0
    missing = earlier.join(later, on=ROW, how="anti")
    renamed = found.filter((pl.col("change") == "break") & (pl.col("edition") == pl.col("edition_before")))
    assert went.height + renamed.height == missing.height
    came = found.filter(pl.col("change") != "removal")
    assert came.join(later, on=ROW, how="anti").height == 0

"""What is counted from the register and from records, by hand; units and concepts are kept apart."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.analyse.counts_of_records import MEASURES, count_records
from guzar.errors import SettingsInvalid, TableInvalid

REGISTER = pl.DataFrame(
    {
        # 1 comes in 2020 to stay, 2 leaves in 2021 and is back as a visitor, 3 is not decided, 4 crosses after the end
        "person_id": [1, 2, 2, 3, 4],
        "crossing_date": [
            date(2020, 5, 1),
            date(2021, 2, 1),
            date(2022, 7, 1),
            date(2022, 12, 1),
            date(2023, 3, 1),
        ],
        "direction": ["entry", "exit", "entry", "entry", "entry"],
        "in_window": [True, True, True, True, False],
        "residence_before": ["non_resident", "resident", "non_resident", "non_resident", None],
        "residence_after": ["resident", "non_resident", "non_resident", None, None],
        "is_migration": [True, True, False, None, None],
    }
).lazy()
PERSONS = pl.DataFrame(
    {"person_id": [1, 2, 3, 4], "sex": ["F", "M", "F", "F"], "birth_year": [2000, 1950, None, 1990]}
).lazy()


def rows(measure: str, by: list[str] = [], **more: object) -> list[tuple[object, ...]]:  # noqa: B006 - never changed
    return count_records(REGISTER, measure, by, **more).table.rows()  # type: ignore[arg-type]


def test_a_stock_counts_residents_at_the_ends_of_years() -> None:
    """The status before the first crossing holds from the beginning, that after the last until the end."""
    found = count_records(REGISTER, "stock", [])
    assert found.table.rows() == [("2020", 2), ("2021", 1), ("2022", 1)]
    assert found.not_decided == 1
    assert rows("stock", days=[date(2020, 4, 30)]) == [("2020", 1)]


def test_nobody_is_a_resident_before_birth_or_after_death() -> None:
    """What a table of persons knows of birth and death counts, whether or not the stock is by age."""
    persons = PERSONS.with_columns(
        birth_year=pl.Series([2021, 1950, None, 1990]),
        died_on=pl.Series([None, date(2020, 12, 31), None, None]),
    )
    assert rows("stock", persons=persons) == [("2021", 1), ("2022", 1)]
    assert rows("stock", days=[date(2020, 12, 30)], persons=persons) == [("2020", 1)]


def test_flows_are_migrations_by_year_and_direction() -> None:
    """What is not decided is not counted, and how many that are is said."""
    found = count_records(REGISTER, "flow", ["sex", "age_group"], persons=PERSONS)
    assert found.table.columns == ["year", "flow", "sex", "age_group", "migrations"]
    assert found.table.rows() == [
        ("2020", "immigration", "F", "15-24", 1),
        ("2021", "emigration", "M", "65+", 1),
    ]
    assert found.not_decided == 1


def test_crossings_are_counted_as_crossings() -> None:
    """Acts, not persons; a missing year of birth is a group of its own."""
    found = count_records(REGISTER, "crossings", ["age_group"], persons=PERSONS)
    assert found.measure.count == "crossings"
    assert ("2022", "entry", "unknown", 1) in found.table.rows()
    assert found.table["crossings"].sum() == 5


def test_stays_and_absences_by_duration() -> None:
    """Temporary mobility stands apart: stays below twelve months, and what has not ended."""
    stays = pl.DataFrame(
        {
            "person_id": [1, 1, 2, 3],
            "entered_on": [date(2020, 1, 1), date(2020, 6, 1), date(2020, 1, 1), None],
            "left_on": [date(2020, 2, 1), date(2021, 6, 1), None, date(2020, 1, 5)],
        }
    ).lazy()
    assert count_records(stays, "stays", ["duration"]).table.rows() == [
        ("2020", "12_months_or_more", 1),
        ("2020", "not_ended", 1),
        ("2020", "under_3_months", 1),
    ]
    absences = stays.rename({"left_on": "returned_on", "entered_on": "left_on"})
    assert count_records(absences, "absences", []).table.rows() == [("2020", 3)]


def test_what_cannot_be_counted_is_refused() -> None:
    """Another table, a column that is nowhere, an age group without a year of birth."""
    with pytest.raises(TableInvalid):
        count_records(REGISTER, "registrations", [])
    for by in ("region", "age_group"):
        with pytest.raises(SettingsInvalid):
            count_records(REGISTER, "flow", [by])


def test_declared_and_outcome_have_no_common_count() -> None:
    """No unit is counted on two concepts: a table of one cannot be added to a table of the other."""
    concepts: dict[str, set[str]] = {}
    for measure in MEASURES.values():
        concepts.setdefault(measure.count, set()).add(measure.concept)
    assert all(len(found) == 1 for found in concepts.values())


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("FMU"), st.integers(2018, 2022)), min_size=1))
def test_counts_add_up_over_any_split(drawn: list[tuple[int, str, int]]) -> None:
    """The counts by sex and year add up to the counts by year."""
    table = pl.DataFrame(
        {
            "person_id": [one[0] for one in drawn],
            "crossing_date": [date(one[2], 1, 1) for one in drawn],
            "direction": "exit",
            "sex": [one[1] for one in drawn],
        }
    ).lazy()
    split = count_records(table, "crossings", ["sex"]).table
    whole = count_records(table, "crossings", []).table
    assert split.group_by("year", "direction").agg(pl.col("crossings").sum()).sort("year").equals(whole)

"""What may be counted by: codes of many persons, and no column that tells one person, household or moment apart."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.analyse.identifying_columns import require_codes, require_known_codes
from guzar.errors import SettingsInvalid

PEOPLE = 400
TABLE = pl.DataFrame(
    {
        "person_id": range(PEOPLE),
        "sex": ["FM"[one % 2] for one in range(PEOPLE)],
        "citizenship": [("KGZ", "UZB", "TJK")[one % 3] for one in range(PEOPLE)],
        "birth_year": [1930 + one % 90 for one in range(PEOPLE)],
        "passport": ["AN", *["same"] * (PEOPLE - 1)],  # a name is enough
        "household_id": ["H1"] * PEOPLE,
        "номер_паспорта": ["x"] * PEOPLE,
        "permitted_until": ["2024-01-01"] * PEOPLE,
        "until": ["2024-01-01", *[None] * (PEOPLE - 1)],
        "seen": ["31.12.2023"] * PEOPLE,
        "days_in_country": [365] * PEOPLE,
        "days_observed": [487] * PEOPLE,
        "village": [f"village {one % 81}" for one in range(PEOPLE)],
        "district": [f"district {one % 79}" for one in range(PEOPLE)],
    }
).lazy()
REFUSED = "person_id passport household_id номер_паспорта permitted_until until seen days_in_country days_observed village"


@pytest.mark.parametrize("column", REFUSED.split())
def test_lists_of_persons_and_moments_are_refused(column: str) -> None:
    """By name, by what guzar makes of single rows, by days in text, by values that hardly repeat; no value is quoted."""
    with pytest.raises(SettingsInvalid, match="list of persons") as refused:
        require_codes(TABLE, None, [column])
    assert "2024-01-01" not in str(refused.value)
    with pytest.raises(SettingsInvalid, match="list of persons"):
        require_codes(TABLE.select("person_id"), TABLE, [column])


@pytest.mark.parametrize("column", ["sex", "citizenship", "birth_year", "district", "age_group", "duration"])
def test_codes_of_many_persons_are_not(column: str) -> None:
    require_codes(TABLE, None, [column])


@given(st.integers(31, 2000), st.integers(1, 40))
def test_the_limits_to_the_value(values: int, persons_per_value: int) -> None:
    """At most 1,000 values, and fewer than one for five persons, whatever the table."""
    people = values * persons_per_value
    table = pl.DataFrame({"person_id": range(people), "place": [f"p{one % values}" for one in range(people)]})
    is_refused = values > 1000 or persons_per_value < 5
    try:
        require_codes(table.lazy(), None, ["place"])
    except SettingsInvalid:
        assert is_refused
    else:
        assert not is_refused


def test_a_code_that_stands_nowhere_is_refused_with_those_found() -> None:
    """Codes that are spelled alike come first; a column without a code refuses none."""
    with pytest.raises(SettingsInvalid, match="kgz stands nowhere") as refused:
        require_known_codes(TABLE, None, {"citizenship": "kgz"})
    assert "KGZ, TJK, UZB" in str(refused.value)
    many = pl.DataFrame({"place": [f"p{one:02}" for one in range(30)]}).lazy()
    with pytest.raises(SettingsInvalid) as refused:
        require_known_codes(many, None, {"place": "zzz"})
    assert str(refused.value).count("p") - str(refused.value).count("place") >= 10
    assert "p10" not in str(refused.value)
    require_known_codes(TABLE.clear(), None, {"citizenship": "kgz"})
    require_known_codes(TABLE, None, {"citizenship": "KGZ", "duration": "not_ended"})

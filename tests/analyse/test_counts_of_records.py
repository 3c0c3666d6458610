"""What is counted from the register and from records, by hand; units and concepts are kept apart."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.analyse.counts_of_records import count_records
from guzar.analyse.measures import MEASURES, Observed
from guzar.analyse.own_citizens import OwnCitizens
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

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
    assert found.not_decided == {"2022": 1}
    assert found.no_total_over == ("year",)


def test_a_stock_on_days_has_a_row_for_each_day() -> None:
    """Two days of one year are two stocks, never their sum; a day that was not observed has none."""
    days = [date(2021, 1, 31), date(2021, 2, 1), date(2021, 2, 1)]
    found = count_records(REGISTER, "stock", [], days=days)
    assert found.table.rows() == [("2021-01-31", 2), ("2021-02-01", 1)]
    assert found.no_total_over == ("day",)
    for day in (date(2020, 4, 30), date(2035, 1, 1)):
        with pytest.raises(SettingsInvalid, match="not observed"):
            count_records(REGISTER, "stock", [], days=[day])
    with pytest.raises(SettingsInvalid, match="has no day"):
        count_records(REGISTER, "flow", [], days=days)


def test_years_are_told_of_which_the_rule_has_not_decided_everything() -> None:
    """365 of 487 days, observed to the end of 2022: residents at that day are known of nobody who crossed lately."""
    observed = Observed(date(2020, 1, 1), date(2022, 12, 31), 122, 487)
    stock = count_records(REGISTER, "stock", [], observed=observed)
    assert [row[0] for row in stock.table.rows()] == ["2020", "2021"]
    assert stock.not_complete == ("2021",)
    assert count_records(REGISTER, "flow", [], observed=observed).not_complete == ("2021", "2022")


def test_a_register_in_another_order_is_refused() -> None:
    """Who is resident is read from one row to the next: a shuffled table would count everybody many times."""
    for order in ([0, 1, 3, 2, 4], [0, 2, 1, 3, 4], [1, 0, 2, 3, 4]):
        with pytest.raises(TableInvalid, match="order of persons"):
            count_records(REGISTER.collect()[order].lazy(), "stock", [])


def test_counts_by_persons_or_moments_are_refused() -> None:
    """That would be a list of persons, and no statistic."""
    for by in (["person_id"], ["crossing_date"]):
        with pytest.raises(SettingsInvalid, match="list of persons"):
            count_records(REGISTER, "crossings", by)


def test_where_keeps_rows_with_a_code() -> None:
    """A code of the register or of the persons; what is open is counted of the same rows."""
    found = count_records(REGISTER, "flow", [], persons=PERSONS, where={"sex": "M"})
    assert found.table.rows() == [("2021", "emigration", 1, 1)]
    assert found.not_decided == {}


def test_a_code_of_a_column_that_is_made_here_must_stand_there_too() -> None:
    """Misspelt it would give an empty table, which looks like a zero."""
    assert rows("flow", where={"flow": "emigration"}) == [("2021", "emigration", 1, 1)]
    with pytest.raises(SettingsInvalid, match="stands nowhere in the column flow"):
        rows("flow", where={"flow": "emigratoin"})


def test_nobody_is_a_resident_before_birth_or_after_death() -> None:
    """What a table of persons knows of birth and death counts, whether or not the stock is by age."""
    persons = PERSONS.with_columns(
        birth_year=pl.Series([2021, 1950, None, 1990]),
        died_on=pl.Series([None, date(2020, 12, 31), None, None]),
    )
    assert rows("stock", persons=persons) == [("2021", 1), ("2022", 1)]
    assert rows("stock", days=[date(2020, 12, 30)], persons=persons) == [("2020-12-30", 1)]


def test_what_is_known_of_births_and_deaths_is_said_of_a_stock() -> None:
    """Without them a stock counts who is not born yet: it says so; with them it says how many were left out."""
    plain = count_records(REGISTER, "stock", []).life
    assert plain is not None
    assert (plain.births_known, plain.deaths_known, plain.left_out) == (False, False, {})
    births = count_records(REGISTER, "stock", [], persons=PERSONS).life
    assert births is not None
    assert (births.births_known, births.deaths_known, births.both_known) == (True, False, False)
    persons = PERSONS.with_columns(
        birth_year=pl.Series([2021, 1950, None, 1990]),
        died_on=pl.Series([None, date(2020, 12, 31), None, None]),
    )
    both = count_records(REGISTER, "stock", [], persons=persons).life
    assert both is not None
    assert both.both_known
    assert both.left_out == {"2020": 2}  # one is born in 2021, one died on the last day
    assert count_records(REGISTER, "flow", [], persons=persons).life is None


def test_a_stock_of_which_too_much_is_not_decidable_is_refused() -> None:
    """A part would pass for the stock. Up to 5 % of those who may be residents it is counted, and marked."""
    with pytest.raises(MethodNotApplicable, match=r"2022-12-01 \(1: 50 %\)"):
        count_records(REGISTER, "stock", [], days=[date(2022, 12, 1)])
    one = REGISTER.collect()
    many = pl.concat([one[:1].with_columns(person_id=pl.lit(10 + number, pl.Int64)) for number in range(19)])
    observed = Observed(date(2020, 1, 1), date(2023, 1, 31), 122, 487)
    for residents, is_refused in ((18, False), (17, True)):  # person 1 is a resident as well
        table = pl.concat([one, many[:residents]]).lazy()
        if is_refused:
            with pytest.raises(MethodNotApplicable, match="2021-10-01 or before"):
                count_records(table, "stock", [], days=[date(2022, 12, 1)], observed=observed)
            continue
        done = count_records(table, "stock", [], days=[date(2022, 12, 1)], observed=observed)
        assert done.not_complete == ("2022-12-01",)
        assert dict(done.not_decidable_percent) == {"2022-12-01": 5}
    early = count_records(REGISTER, "stock", [], days=[date(2020, 12, 31)], observed=observed)
    assert early.not_complete == ()


def test_what_is_decided_by_an_assumption_is_not_called_undecided() -> None:
    """With the state after a last crossing going on, the years are those of the same rule, under another name."""
    observed = Observed(date(2020, 1, 1), date(2022, 12, 31), 122, 487, goes_on=True, readings="migrbc")
    done = count_records(REGISTER, "flow", [], observed=observed)
    assert (done.not_complete, done.by_assumption) == ((), ("2021", "2022"))
    assert done.readings == "migrbc"


def test_one_number_is_told_with_its_day() -> None:
    """Nothing is added over one day where the table holds one number."""
    assert count_records(REGISTER, "stock", [], days=[date(2021, 2, 1)]).no_total_over == ()
    by_sex = count_records(REGISTER, "stock", ["sex"], days=[date(2021, 1, 31)], persons=PERSONS)
    assert by_sex.no_total_over == ("day",)


def test_own_citizens_are_persons_with_all_their_crossings() -> None:
    """Whoever crossed on the country's documents once; a table made for them holds nobody else."""
    table = REGISTER.with_columns(citizenship=pl.Series(["KGZ", "RUS", "KGZ", "RUS", "KGZ"]))
    own = OwnCitizens("KGZ", alone=True)
    done = count_records(table, "stock", [], days=[date(2021, 1, 31)], own=own)
    assert done.table.rows() == [("2021-01-31", 2)]
    assert done.own_citizens_by == "any_crossing"
    by_row = count_records(table, "stock", [], days=[date(2021, 1, 31)], where={"citizenship": "KGZ"})
    assert by_row.table.rows() == [("2021-01-31", 1)]
    made_for = OwnCitizens("KGZ", alone=True, are_all=True)
    all_of_it = count_records(REGISTER, "stock", [], days=[date(2021, 1, 31)], own=made_for)
    assert all_of_it.table.rows() == [("2021-01-31", 2)]
    persons = PERSONS.with_columns(citizenship=pl.Series(["RUS", "KGZ", "KGZ", "KGZ"]))
    by_persons = count_records(REGISTER, "flow", [], persons=persons, own=own)
    assert (by_persons.own_citizens_by, by_persons.table["migrations"].sum()) == ("commonest_of_person", 1)
    for wrong, told in ((OwnCitizens("kgz", alone=True), "stands nowhere"), (own, "no column to count by")):
        with pytest.raises(SettingsInvalid, match=told):
            count_records(table if "nowhere" in told else REGISTER, "flow", [], own=wrong)


def test_flows_are_migrations_by_year_and_direction() -> None:
    """What is not decided is not counted, and how many that are is said."""
    found = count_records(REGISTER, "flow", ["sex", "age_group"], persons=PERSONS)
    assert found.table.columns == ["year", "flow", "sex", "age_group", "migrations", "contributors"]
    assert found.table.rows() == [
        ("2020", "immigration", "F", "15-24", 1, 1),
        ("2021", "emigration", "M", "65+", 1, 1),
    ]
    assert found.not_decided == {"2022": 1}


def test_an_age_below_the_first_group_is_no_unknown_age() -> None:
    """Who is younger than the first group stands apart from those of whom no year of birth is known."""
    found = rows("flow", ["age_group"], persons=PERSONS, ages=[40, 65])
    assert found == [("2020", "immigration", "under_40", 1, 1), ("2021", "emigration", "65+", 1, 1)]


def test_persons_stand_behind_acts() -> None:
    """Two crossings of one person in one year are two crossings of one person."""
    twice = pl.concat([REGISTER.collect(), REGISTER.collect()[1:2]]).lazy()
    found = count_records(twice, "crossings", []).table
    assert ("2021", "exit", 2, 1) in found.rows()
    tokens = twice.drop("person_id").with_columns(person_token=pl.lit(None, pl.String))
    assert ("2021", "exit", 2, 1) in count_records(tokens, "crossings", []).table.rows()


def test_crossings_are_counted_as_crossings() -> None:
    """Acts, not persons; a missing year of birth is a group of its own."""
    found = count_records(REGISTER, "crossings", ["age_group"], persons=PERSONS)
    assert found.measure.count == "crossings"
    assert ("2022", "entry", "unknown", 1, 1) in found.table.rows()
    assert found.table["crossings"].sum() == 4  # one lies outside the days observed


STAYS = pl.DataFrame(
    {
        "person_id": [1, 1, 2, 3, 4, 5],
        "entered_on": [
            date(2020, 1, 1),
            date(2020, 6, 1),
            date(2021, 1, 1),
            None,
            date(2020, 1, 1),
            date(2020, 2, 1),
        ],
        "left_on": [date(2020, 2, 1), date(2021, 6, 1), None, date(2020, 1, 5), None, None],
        "exit_known_by": ["crossing", "crossing", "not_seen", "crossing", "not_seen", "next_entry"],
    }
).lazy()


def test_stays_and_absences_by_duration() -> None:
    """What has not ended, what ended unseen, and what is open for a year already stand apart."""
    found = count_records(STAYS, "stays", ["duration"])
    assert found.table.rows() == [
        ("2020", "12_months_or_more", 2, 2),
        ("2020", "end_not_recorded", 1, 1),
        ("2020", "under_3_months", 1, 1),
        ("2021", "not_ended", 1, 1),
    ]
    assert found.not_decided == {"2020": 1}
    absences = STAYS.rename(
        {"left_on": "returned_on", "entered_on": "left_on", "exit_known_by": "return_known_by"}
    )
    assert count_records(absences, "absences", []).table.rows() == [("2020", 4, 3), ("2021", 1, 1)]


def test_stays_that_go_on_on_a_day_by_duration_so_far() -> None:
    """Of a stay whose end nobody recorded, nobody knows whether it goes on."""
    found = count_records(STAYS, "stays", ["duration"], days=[date(2021, 3, 1)])
    assert found.table.rows() == [
        ("2021-03-01", "12_months_or_more", 1, 1),
        ("2021-03-01", "6_to_12_months", 1, 1),
        ("2021-03-01", "under_3_months", 1, 1),
    ]
    assert found.not_decided == {"2021-03-01": 1}
    assert found.no_total_over == ("day",)


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
    again = split.group_by("year", "direction").agg(pl.col("crossings").sum()).sort("year")
    assert again.equals(whole.drop("contributors"))

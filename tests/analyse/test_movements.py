"""Movements under two concepts, by hand and on random histories: every crossing in one class, equal where they must be."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.counts_of_records import Counted, count_records
from guzar.analyse.measures import Observed
from guzar.analyse.own_citizens import OwnCitizens
from guzar.define.migration_concepts import name_residence_rule
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.process.residence import Tally, classify_residence
from guzar.process.residence_rule import ResidenceRule

FIRST, LAST = date(2019, 1, 1), date(2023, 12, 31)
OBSERVED = Observed(FIRST, LAST, 487 - 365, 487)
OWN = "KGZ"


def register(
    histories: dict[int, list[tuple[str, date, str | None]]], *, lives_here: set[int]
) -> pl.LazyFrame:
    """What `guzar residence` makes of entries and exits by person, with citizenship KGZ of even persons, TJK of odd."""
    rows = [
        (person, day, direction, purpose, person in lives_here, "KGZ" if person % 2 == 0 else "TJK")
        for person, crossings in sorted(histories.items())
        for direction, day, purpose in crossings
    ]
    names = ["person_id", "crossing_date", "direction", "purpose", "resident_at_start_given", "citizenship"]
    types = [pl.Int64, pl.Date, pl.String, pl.String, pl.Boolean, pl.String]
    table = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    rule = ResidenceRule(365, 487, FIRST, LAST)
    return pl.from_arrow(classify_residence(table.to_arrow(), rule, Tally())).lazy()  # type: ignore[union-attr]


def entry(day: date, purpose: str | None = None) -> tuple[str, date, str | None]:
    return "entry", day, purpose


def leave(day: date) -> tuple[str, date, str | None]:
    return "exit", day, None


BEGIN = date(2020, 3, 1)


def after(days: int) -> date:
    return BEGIN + timedelta(days=days)


def one(history: list[tuple[str, date, str | None]], concept: str, *, lives_here: bool = False) -> list[str]:
    """The classes of the crossings of one person, in their order."""
    found = []
    for row in range(len(history)):
        part = count(register({1: history}, lives_here={1} if lives_here else set()), concept, row)
        found.append(part)
    return found


def count(table: pl.LazyFrame, concept: str, row: int) -> str:
    """The class of one row: counted with a column that marks it."""
    marked = table.with_row_index("row").with_columns(mark=(pl.col("row") == row).cast(pl.String)).drop("row")
    done = count_records(
        marked, "movements", [], where={"mark": "true"}, observed=OBSERVED, concept=concept
    ).table
    assert done["movements"].to_list() == [1]
    return str(done["movement"][0])


@pytest.mark.parametrize(
    ("days", "purpose", "of_1998", "of_2021"),
    [
        (89, "work", "visit", "temporary_mobility_under_3_months"),
        (90, "work", "short_term_migration", "temporary_mobility_3_to_6_months"),
        (182, "study", "short_term_migration", "temporary_mobility_3_to_6_months"),
        (183, "family", "short_term_migration", "temporary_mobility_6_to_12_months"),
        (364, "residence", "short_term_migration", "temporary_mobility_6_to_12_months"),
        (365, "work", "long_term_migration", "migration"),
        (120, "visit", "visit", "temporary_mobility_3_to_6_months"),
        (120, "trade", "visit", "temporary_mobility_3_to_6_months"),
        (120, "other", "short_term_migration_at_most", "temporary_mobility_3_to_6_months"),
        (120, None, "short_term_migration_at_most", "temporary_mobility_3_to_6_months"),
        (400, "visit", "long_term_migration", "migration"),
    ],
)
def test_an_arrival_by_its_length_and_purpose(
    days: int, purpose: str | None, of_1998: str, of_2021: str
) -> None:
    """Limits to the day; a purpose moves nobody out of a class of twelve months."""
    history = [entry(BEGIN, purpose), leave(after(days))]
    assert one(history, "un_1998")[0] == of_1998
    assert one(history, "un_2021")[0] == of_2021


def test_an_absence_of_a_resident_and_the_way_back() -> None:
    """The same classes from the other side; an exit says no purpose, so short-term is an upper bound."""
    history = [leave(BEGIN), entry(after(100)), leave(after(300)), entry(after(310))]
    found = one(history, "un_1998", lives_here=True)
    assert found == ["short_term_migration_at_most", "return", "visit", "return"]
    found = one(history, "un_2021", lives_here=True)
    assert found == [
        "temporary_mobility_3_to_6_months",
        "return",
        "temporary_mobility_under_3_months",
        "return",
    ]


def test_short_visits_home_do_not_end_a_migration() -> None:
    """The first arrival is a migration by the rule, though the first stay was short; visits home are of a resident."""
    history = [entry(BEGIN), leave(after(60)), entry(after(70)), leave(after(460))]
    assert one(history, "un_2021") == [
        "migration",
        "temporary_mobility_under_3_months",
        "return",
        "migration",
    ]
    assert one(history, "un_1998") == ["long_term_migration", "visit", "return", "long_term_migration"]


def test_what_ended_unseen_and_what_is_not_decided() -> None:
    """Two entries in a row have no length between them; of the last crossings nobody knows yet."""
    history = [entry(BEGIN), entry(after(40)), leave(after(50)), entry(LAST - timedelta(days=20))]
    for concept in ("un_1998", "un_2021"):
        found = one(history, concept)
        assert found[0] == "end_not_recorded"
        assert found[2:] == ["return", "not_decided"]


def totals(done: Counted) -> dict[str, int]:
    return dict(done.table.group_by("movement").agg(pl.col("movements").sum()).iter_rows())


DAYS = st.integers(0, (LAST - FIRST).days)
HISTORIES = st.dictionaries(
    st.integers(1, 6),
    st.lists(
        st.tuples(
            st.sampled_from(["entry", "exit"]), DAYS, st.sampled_from(["work", "visit", "other", None])
        ),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.sets(st.integers(1, 6)))
def test_both_concepts_count_every_crossing_and_agree(
    drawn: dict[int, list[tuple[str, int, str | None]]], lives_here: set[int]
) -> None:
    """Whatever the histories: all crossings are in a class, and the two concepts differ in words below twelve months only."""
    histories = {
        person: sorted(
            ((way, FIRST + timedelta(days=day), why) for way, day, why in crossings), key=lambda one: one[1]
        )
        for person, crossings in drawn.items()
    }
    table = register(histories, lives_here=lives_here)
    old, new = (
        totals(count_records(table, "movements", [], observed=OBSERVED, concept=concept))
        for concept in ("un_1998", "un_2021")
    )
    old_count = count_records(table, "movements", [], observed=OBSERVED, concept="un_1998")
    crossings = sum(len(each) for each in histories.values())
    assert sum(old.values()) == sum(new.values()) == crossings
    assert sum(old_count.not_decided.values()) == old.get("not_decided", 0)
    open_ = count_records(table, "flow", [], observed=OBSERVED).not_decided
    assert all(number <= old_count.not_decided.get(year, 0) for year, number in open_.items())
    for name in ("return", "not_decided", "end_not_recorded"):
        assert old.get(name) == new.get(name)
    flows = count_records(table, "flow", [], observed=OBSERVED).table["migrations"].sum()
    assert old.get("long_term_migration", 0) == new.get("migration", 0) == flows
    below = ("visit", "short_term_migration", "short_term_migration_at_most")
    temporary = {name: number for name, number in new.items() if name.startswith("temporary")}
    assert sum(old.get(name, 0) for name in below) == sum(temporary.values())
    short = temporary.get("temporary_mobility_under_3_months", 0)
    assert short <= old.get("visit", 0)
    assert "temporary_mobility_12_months_or_more" not in temporary
    unsaid = totals(
        count_records(table.drop("purpose"), "movements", [], observed=OBSERVED, concept="un_1998")
    )
    assert unsaid.get("visit", 0) == short
    assert "short_term_migration" not in unsaid


def test_population_groups_of_2021() -> None:
    """Who immigrates, comes back, emigrates and departs, by citizenship; other classes have no group."""
    table = register(
        {
            1: [entry(BEGIN), leave(after(500))],  # a foreigner who settles and leaves for good
            2: [leave(BEGIN), entry(after(500))],  # a national who emigrates and comes back
            3: [entry(BEGIN), leave(after(10))],
            4: [leave(BEGIN), entry(after(10))],
        },
        lives_here={2, 4},
    )
    done = count_records(
        table, "movements", ["population_group"], observed=OBSERVED, concept="un_2021", own=OwnCitizens(OWN)
    ).table
    found = {row[0] for row in done.select("population_group").iter_rows()}
    assert found == {
        "immigrating_foreign_citizens",
        "emigrating_foreign_citizens",
        "emigrating_nationals",
        "immigrating_nationals",
        "temporarily_present_foreign_citizens",
        "temporarily_absent_nationals",
        "not_applicable",
    }
    assert done["movements"].sum() == 8
    for concept, own in (("un_1998", OWN), ("un_2021", None)):
        with pytest.raises(SettingsInvalid, match="Population groups"):
            count_records(
                table,
                "movements",
                ["population_group"],
                observed=OBSERVED,
                concept=concept,
                own=OwnCitizens(own) if own else None,
            )


def test_a_table_of_movements_names_its_concept_and_its_rule_apart() -> None:
    """Two columns, and both told beside the table; a flow is told the rule."""
    table = register({1: [entry(BEGIN)]}, lives_here=set())
    done = count_records(table, "movements", [], observed=OBSERVED, concept="un_2021")
    assert done.table.select("migration_concept", "residence_rule").rows() == [
        ("un_2021", "stats_nz_outcome")
    ]
    assert done.constants == ("migration_concept", "residence_rule")
    flow = count_records(table, "flow", [], observed=OBSERVED)
    assert (flow.migration_concept, flow.residence_rule) == (None, "stats_nz_outcome")
    assert name_residence_rule(184, 365) == "census_six_months_and_a_day"
    assert name_residence_rule(270, 365) == "days_270_of_365"


def test_a_concept_is_refused_where_the_rule_does_not_fit() -> None:
    """1998 is about twelve months, 2021 about a change of residence; three months are neither."""
    table = register({1: [entry(BEGIN)]}, lives_here=set())
    for concept, threshold, window in (
        ("un_1998", 270, 365),
        ("un_1998", 183, 365),
        ("un_2021", 90, 120),
        ("un_2021", 400, 500),
    ):
        observed = Observed(FIRST, LAST, window - threshold, window)
        with pytest.raises(MethodNotApplicable, match="cannot be read"):
            count_records(table, "movements", [], observed=observed, concept=concept)
    census = Observed(FIRST, LAST, 365 - 184, 365)
    assert count_records(table, "movements", [], observed=census, concept="un_2021").table.height == 1
    with pytest.raises(TableInvalid, match="not known"):
        count_records(table, "movements", [], concept="un_2021")
    for measure, concept in (("movements", None), ("movements", "un_1888"), ("flow", "un_2021")):
        with pytest.raises(SettingsInvalid, match="named"):
            count_records(table, measure, [], observed=OBSERVED, concept=concept)

"""Absences of one's own citizens: patterns by hand, returns by length, who is away on a day for at least so long."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.counts_of_records import count_records
from guzar.analyse.durations import groups_of_durations
from guzar.analyse.patterns_of_absence import RULES, find_patterns
from guzar.process.stays import pair_crossings_into_stays

Absence = tuple[date | None, date | None]
D = date


def absences(histories: dict[int, list[tuple[str, date]]]) -> pl.LazyFrame:
    """What `guzar stays --view origin` makes of crossings by person."""
    rows = [(person, day, way) for person, each in sorted(histories.items()) for way, day in each]
    schema = {"person_id": pl.Int64, "crossing_date": pl.Date, "direction": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return pl.from_arrow(pair_crossings_into_stays(table.to_arrow(), "origin")).lazy()  # type: ignore[union-attr]


def trips(*given: tuple[date, int]) -> list[tuple[str, date]]:
    """An exit on each day, and the return so many days later."""
    return [each for day, days in given for each in (("exit", day), ("entry", day + timedelta(days=days)))]


def pattern(*given: tuple[date, int]) -> tuple[str, str]:
    found = find_patterns(absences({1: trips(*given)})).collect()
    return found["absences_of_3_to_12_months"][0], found["pattern"][0]


def test_patterns() -> None:
    """The first that fits, in the order of the rules."""
    spring = D(2020, 3, 10)
    assert pattern((spring, 240), (D(2021, 4, 1), 200)) == ("two", "seasonal")
    assert pattern((spring, 100), (D(2020, 9, 20), 100)) == ("two", "circular")
    assert pattern((spring, 100), (D(2020, 7, 1), 100)) == ("two", "repeated")
    assert pattern((spring, 100), (spring + timedelta(days=200), 10)) == ("one", "single")
    assert pattern((spring, 89), (D(2021, 3, 10), 400)) == ("none", "other")
    monthly = [(D(2020, month, 5), 5) for month in range(1, 13)]
    assert pattern(*monthly) == ("none", "commuting")
    assert pattern(*monthly[:-1]) == ("none", "other")
    assert pattern(*monthly, (D(2021, 1, 5), 120)) == ("one", "commuting")
    year = [(D(year, 3, 1), 150) for year in (2019, 2020, 2021, 2022)]
    assert pattern(*year) == ("three_or_more", "seasonal")


def test_limits_of_a_season() -> None:
    """305 to 425 days from one beginning to the other, and 60 days at home in one piece between."""
    first = D(2020, 3, 1)
    for gap, name in ((304, "circular"), (305, "seasonal"), (425, "seasonal"), (426, "circular")):
        assert pattern((first, 120), (first + timedelta(days=gap), 120))[1] == name
    for home, name in ((59, "repeated"), (60, "seasonal")):
        assert pattern((first, 365 - home), (first + timedelta(days=365), 120))[1] == name
    for home, name in ((89, "repeated"), (90, "circular")):
        assert pattern((first, 100), (first + timedelta(days=100 + home), 100))[1] == name


def test_holidays_at_home_are_no_season() -> None:
    """Who lives abroad and comes home for a month each August is away for eleven months, again and again."""
    visits = [(D(year, 9, 1), 334) for year in (2019, 2020, 2021)]
    assert pattern(*visits) == ("three_or_more", "repeated")
    broken = [(D(2019, 9, 1), 150), (D(2020, 2, 10), 200), (D(2020, 9, 20), 150)]
    assert pattern(*broken)[1] == "repeated"


def test_a_circle_may_have_visits_in_it() -> None:
    """Time at home before a short trip counts as time at home; a lost return makes none."""
    found = pattern((D(2020, 1, 1), 100), (D(2020, 8, 1), 5), (D(2020, 8, 20), 100))
    assert found == ("two", "circular")
    lost = [
        ("exit", D(2020, 1, 1)),
        ("entry", D(2020, 5, 1)),
        ("exit", D(2020, 6, 1)),
        ("exit", D(2020, 12, 1)),
    ]
    lost += [("entry", D(2021, 4, 1))]
    table = find_patterns(absences({1: lost})).collect()
    assert table.select("pattern", "has_absence_of_unknown_length").rows() == [("repeated", True)]


def test_persons_are_counted_once_and_the_doubtful_are_told() -> None:
    """Who is still away for less than a year, or whose absence began unseen, may belong higher."""
    table = absences(
        {
            1: trips((D(2020, 3, 1), 200), (D(2021, 3, 1), 200)),
            2: [("entry", D(2020, 1, 5))],
            3: [("exit", D(2019, 1, 1))],
            4: [("exit", D(2021, 6, 1))],
        }
    )
    done = count_records(table, "circular", [])
    assert done.table.rows() == [("none", "other", 3), ("two", "seasonal", 1)]
    assert done.persons_of_unknown_length == 2
    assert done.no_total_over == ()
    persons = pl.DataFrame({"person_id": [1, 2, 3, 4], "birth_year": [2000, 1990, 1950, None]}).lazy()
    aged = count_records(table, "circular", ["age_group"], persons=persons, ages=[0, 25, 65]).table
    assert ("two", "seasonal", "0-24", 1) in aged.rows()


WAYS = st.lists(st.tuples(st.sampled_from(["entry", "exit"]), st.integers(0, 2500)), min_size=1, max_size=15)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(1, 5), WAYS, min_size=1))
def test_the_patterns_are_those_of_the_plain_definition(drawn: dict[int, list[tuple[str, int]]]) -> None:
    """Pair by pair, without joins: the same patterns on random histories, and every person once."""
    histories = {
        person: sorted(
            ((way, D(2018, 1, 1) + timedelta(days=day)) for way, day in each), key=lambda one: one[1]
        )
        for person, each in drawn.items()
    }
    table = absences(histories)
    found = find_patterns(table).collect()
    rows = table.collect().group_by("person_id", maintain_order=True)
    plain = {person: _plain([row[:2] for row in each.select("left_on", "returned_on").iter_rows()])
             for (person,), each in rows}  # fmt: skip
    assert dict(found.select("person_id", "pattern").iter_rows()) == plain


def _plain(spells: list[Absence]) -> str:
    """A pattern by its definition, from absences in the order of time."""

    def days(spell: Absence) -> int | None:
        return (spell[1] - spell[0]).days if spell[0] and spell[1] else None

    at_home = [
        (one[0] - before[1]).days if before[1] and one[0] else -1
        for before, one in zip([(None, None), *spells[:-1]], spells, strict=True)
    ]
    long = [
        place for place, spell in enumerate(spells) if RULES.shortest <= (days(spell) or 0) < RULES.longest
    ]
    short = [
        spell[0].year for spell in spells if spell[0] and (days(spell) or 0) < RULES.shortest and spell[1]
    ]
    pairs = [(one, two) for one in long for two in long if one < two]
    gaps = {pair: (spells[pair[1]][0] - spells[pair[0]][0]).days for pair in pairs}  # type: ignore[operator]
    home = {pair: max(at_home[pair[0] + 1 : pair[1] + 1]) for pair in pairs}
    if any(
        abs(gaps[pair] - 365) <= RULES.tolerance and home[pair] >= RULES.between_seasons for pair in pairs
    ):
        return "seasonal"
    if any(home[pair] >= RULES.home for pair in pairs):
        return "circular"
    if len(long) > 1:
        return "repeated"
    if any(short.count(year) >= RULES.short_absences for year in short):
        return "commuting"
    return "single" if long else "other"


def test_returns_by_length_of_absence() -> None:
    """In the year of the return; what began unseen has no length, what returned unseen is told."""
    table = absences(
        {
            1: trips((D(2020, 3, 1), 89), (D(2020, 12, 1), 90), (D(2021, 6, 1), 500)),
            2: [("entry", D(2020, 1, 5)), ("exit", D(2021, 1, 1)), ("exit", D(2021, 9, 1))],
        }
    )
    done = count_records(table, "returns", [])
    assert done.table.rows() == [
        ("2020", "beginning_not_recorded", 1, 1),
        ("2020", "under_3_months", 1, 1),
        ("2021", "3_to_6_months", 1, 1),
        ("2022", "12_months_or_more", 1, 1),
    ]
    assert done.not_decided == {"2021": 1}


def test_who_is_away_for_at_least_so_long() -> None:
    """Nested numbers from groups that exclude each other; the groups for a release say the same."""
    day = D(2021, 1, 1)
    left = {
        number: day - timedelta(days=days)
        for number, days in enumerate([10, 89, 90, 182, 183, 364, 365, 800])
    }
    table = absences({number: [("exit", since)] for number, since in left.items()})
    table = pl.concat([table.collect(), absences({99: trips((D(2018, 1, 1), 3000))}).collect()]).lazy()
    done = count_records(table, "absences", ["duration"], days=[day])
    assert done.at_least() == {
        "2021-01-01": {"_T": 9, "at_least_3_months": 7, "at_least_6_months": 5, "12_months_or_more": 3}
    }
    groups = dict(groups_of_durations().iter_rows())
    assert groups["12_months_or_more"] == "at_least_6_months"
    assert groups["at_least_6_months"] == "at_least_3_months"
    assert count_records(table, "absences", [], days=[day]).at_least() == {}


def test_an_absence_that_ended_unseen_is_over_when_the_next_begins() -> None:
    """Who left twice came back between: before the second exit nobody knows, after it the first is over."""
    table = absences({1: [("exit", D(2020, 1, 1)), ("exit", D(2020, 9, 1)), ("entry", D(2021, 9, 1))]})
    between = count_records(table, "absences", ["duration"], days=[D(2020, 6, 1)])
    assert (between.table.height, between.not_decided) == (0, {"2020-06-01": 1})
    later = count_records(table, "absences", ["duration"], days=[D(2021, 1, 1)])
    assert (later.table["absences"].to_list(), later.not_decided) == ([1], {})


def test_a_table_of_stays_is_no_table_of_absences() -> None:
    """Returns and patterns need absences."""
    stays = pl.DataFrame(
        {"person_id": [1], "entered_on": [D(2020, 1, 1)], "left_on": [None], "exit_known_by": [""]}
    )
    for measure in ("returns", "circular"):
        with pytest.raises(Exception, match="cannot be counted"):
            count_records(stays.lazy(), measure, [])

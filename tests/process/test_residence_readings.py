"""Edge cases that the codes of Stats NZ read in two ways, rules by name, and residence seen from the origin."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.process.residence import Tally, classify_residence
from guzar.process.residence_rule import (
    BETWEEN,
    EARLY_NO,
    LAST_CROSSING,
    RULES,
    Readings,
    ResidenceRule,
    days_of_rule,
    readings_of,
)

FIRST, LAST = date(2014, 1, 1), date(2019, 12, 31)
BEGIN = FIRST + timedelta(days=400)  # whoever crosses first so late stood on that side since the first day


def decide(
    crossings: Sequence[tuple[int, str]], last: date = LAST, **readings: Any
) -> tuple[pl.DataFrame, Tally]:
    """One person's crossings, as days after BEGIN and direction, by 12/16; what was met."""
    table = pl.DataFrame(
        {
            "person_id": [1] * len(crossings),
            "crossing_date": [BEGIN + timedelta(days=day) for day, _ in crossings],
            "direction": [direction for _, direction in crossings],
        },
    )
    rule = ResidenceRule(365, 487, FIRST, last, readings=Readings(**readings))
    tally = Tally()
    return pl.DataFrame(classify_residence(table.to_arrow(), rule, tally)), tally


def test_as_many_days_back_as_are_allowed() -> None:
    """122 days back and 365 there is a migration; by the other reading it is none, because 122 is reached."""
    crossings = [(0, "entry"), (200, "exit"), (322, "entry"), (487, "exit")]
    assert decide(crossings)[0]["is_migration"][0] is True
    assert decide(crossings, early_no="reached")[0]["is_migration"][0] is False


@pytest.mark.parametrize(
    ("days", "strict", "generous"), [(242, False, False), (243, None, False), (244, None, None)]
)
def test_the_constant_of_eight_months(days: int, strict: bool | None, generous: bool | None) -> None:
    """After an undecided exit a return is no migration below 243 days abroad; by the other reading below 244."""
    crossings = [(0, "exit"), (days, "entry")]
    last = BEGIN + timedelta(days=days + 100)
    assert decide(crossings, last)[0]["is_migration"].to_list() == [None, strict]
    assert decide(crossings, last, between="2(W-V)")[0]["is_migration"].to_list() == [None, generous]


def test_the_last_crossing_goes_on() -> None:
    """An entry ten days before the last day observed is undecided, or taken to last for W days."""
    crossings = [(0, "entry")]
    last = BEGIN + timedelta(days=10)
    found, tally = decide(crossings, last)
    assert found.select("days_observed", "days_in_country", "is_migration").row(0) == (10, 10, None)
    assert tally.undecided == 1
    found, tally = decide(crossings, last, last_crossing="goes_on")
    assert found.select("days_observed", "days_in_country", "is_migration").row(0) == (487, 487, True)
    assert tally.undecided == 0


def test_what_comes_after_the_last_day_is_not_the_last_crossing() -> None:
    """With a state that goes on, too, nothing after the last day observed is used."""
    found, _ = decide([(0, "entry"), (30, "exit")], BEGIN + timedelta(days=10), last_crossing="goes_on")
    assert found["is_migration"].to_list() == [True, None]


def test_double_scans_are_one_crossing() -> None:
    """The same direction and port within the minutes given; other ports and later scans stay."""
    moment = datetime(2016, 5, 1, 12)
    table = pl.DataFrame(
        {
            "person_id": [1, 1, 1, 1, 2],
            "crossing_date": [moment + timedelta(minutes=late) for late in (0, 9, 12, 60, 1)],
            "direction": ["entry"] * 5,
            "port": ["A", "A", "B", "B", "A"],
        }
    )
    rule = ResidenceRule(365, 487, FIRST, LAST, readings=Readings(double_scan_minutes=10))
    tally = Tally()
    found = pl.DataFrame(classify_residence(table.to_arrow(), rule, tally))
    assert (tally.double_scans, found.height, tally.gaps) == (1, 4, 2)
    assert (
        pl.DataFrame(
            classify_residence(table.to_arrow(), ResidenceRule(365, 487, FIRST, LAST), Tally())
        ).height
        == 5
    )


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(list(product(EARLY_NO, BETWEEN, LAST_CROSSING))),
    st.sampled_from(["12/16", "9/12", "6/12", "6m1d/12", "3/4"]),
)
def test_every_reading_is_the_plain_rule_too(seed: int, chosen: tuple[str, str, str], name: str) -> None:
    """The fast form and the plain one, day by day, say the same by every combination of readings."""
    random = np.random.default_rng(seed)
    rows = 120
    table = pl.DataFrame(
        {
            "person_id": random.integers(0, 20, rows),
            "day": random.integers(0, 1500, rows),
            "direction": random.choice(["entry", "exit"], rows),
        }
    ).sort("person_id", "day", "direction")
    table = table.with_columns(crossing_date=pl.lit(FIRST) + pl.duration(days="day"))
    rule = ResidenceRule(
        *days_of_rule(name), FIRST, date(2017, 6, 30), persons_checked_again=99, readings=Readings(*chosen)
    )
    tally = Tally()
    classify_residence(table.drop("day").to_arrow(), rule, tally)
    assert tally.checked_again == tally.persons > 0


def test_names_of_rules_and_readings() -> None:
    """A rule has the name of its months; a reading that there is not is refused."""
    assert {name: ResidenceRule(*days, FIRST, LAST).name for name, days in RULES.items()} == {
        name: name for name in RULES
    }
    assert ResidenceRule(300, 400, FIRST, LAST).name == "300/400 days"
    for days in RULES.values():
        ResidenceRule(*days, FIRST, LAST).require_applicable()
    assert readings_of("migrbc") == Readings(between="2(W-V)", last_crossing="goes_on")
    for wrong in ({"early_no": "x"}, {"between": "x"}, {"last_crossing": "x"}, {"double_scan_minutes": -1}):
        with pytest.raises(SettingsInvalid):
            ResidenceRule(365, 487, FIRST, LAST, readings=Readings(**wrong)).require_applicable()  # type: ignore[arg-type]
    with pytest.raises(SettingsInvalid):
        days_of_rule("12/17")
    with pytest.raises(SettingsInvalid):
        readings_of("other")


def test_own_citizens_and_their_days_abroad() -> None:
    """Persons with one crossing as own citizens at least, all of whose crossings count; the others are left out."""
    table = pl.DataFrame(
        {
            "person_id": ["a", "a", "b", "b", "c"],
            "crossing_date": [BEGIN + timedelta(days=day) for day in (0, 400, 0, 400, 5)],
            "direction": ["exit", "entry", "exit", "entry", "exit"],
            "citizenship": ["QMB", "QMC", "QMC", "QMC", None],
        }
    )
    rule = ResidenceRule(365, 487, FIRST, LAST, own_citizens="QMB")
    tally = Tally()
    found = pl.DataFrame(classify_residence(table.to_arrow(), rule, tally))
    assert found["person_id"].to_list() == ["a", "a"]
    assert (tally.other_citizens_left_out, tally.emigrations, tally.immigrations) == (2, 1, 1)
    assert found["days_abroad"].to_list() == [400, 0]
    assert (found["days_abroad"] + found["days_in_country"]).equals(found["days_observed"])
    with pytest.raises(TableInvalid):
        classify_residence(table.drop("citizenship").to_arrow(), rule, Tally())

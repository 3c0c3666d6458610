"""What was seen on a landmark is what an office would have seen then: nothing of what came after."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from tests.process.provisional.made_histories import MadeWorld, make_crossings

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.process.provisional.cells import Counted, pack, pack_fixed, unpack, unpack_fixed
from guzar.process.provisional.landmarks import EPOCH, Landmarks, day_in_month, name_of_month, set_landmarks
from guzar.process.provisional.seen import Groups, count_seen
from guzar.process.residence import Tally, classify_residence
from guzar.process.residence_rule import ResidenceRule

WORLD = MadeWorld(persons=400, first_day=date(2016, 1, 1), last_day=date(2021, 12, 31))
GROUPS = Groups(("QMA", "QMB"), ("work", "residence"))


def _rule(last: date) -> ResidenceRule:
    return ResidenceRule(365, 487, WORLD.first_day, last)


def _counted(crossings: pl.DataFrame, landmarks: Landmarks, last: date) -> Counted:
    rule = _rule(last)
    counted = Counted.begin(landmarks, 1)
    count_seen(
        classify_residence(crossings.to_arrow(), rule, Tally()), rule.in_days, landmarks, GROUPS, counted
    )
    return counted


def test_a_landmark_counts_what_residence_would_have_decided_on_it() -> None:
    """Crossings, migrations and undecided ones of each month, by guzar residence run with that last day."""
    crossings = make_crossings(WORLD, 5)
    landmarks = set_landmarks(WORLD.first_day, WORLD.last_day, 365, 487)
    counted = _counted(crossings, landmarks, WORLD.last_day)
    for place in (30, len(landmarks.days) - 1):
        last = EPOCH + timedelta(days=landmarks.days[place])
        before = crossings.filter(pl.col("crossing_date") <= last)
        told = pl.DataFrame(classify_residence(before.to_arrow(), _rule(last), Tally()))
        month = pl.col("crossing_date").dt.year() * 12 + pl.col("crossing_date").dt.month().cast(pl.Int32) - 1
        for age in (0, 4, 9):
            for is_entry, name in enumerate(("exit", "entry")):
                rows = told.filter((month == landmarks.months[place] - age) & (pl.col("direction") == name))
                answers = rows["is_migration"]
                expected = [rows.height, answers.sum(), answers.null_count()]
                assert counted.decisions[place, age, is_entry, 0].tolist() == expected


def test_nothing_of_what_came_after_a_landmark_is_in_its_cells() -> None:
    """The cells of a landmark are those of a table that ends with it, but for what became of them."""
    crossings = make_crossings(WORLD, 6)
    landmarks = set_landmarks(WORLD.first_day, WORLD.last_day, 365, 487)
    place = len(landmarks.days) - 6
    last = EPOCH + timedelta(days=landmarks.days[place])
    earlier = Landmarks(
        landmarks.first_month, landmarks.months[: place + 1], landmarks.days[: place + 1], 17, 487
    )
    whole = _of_landmark(_counted(crossings, landmarks, WORLD.last_day), place)
    cut = crossings.filter(pl.col("crossing_date") <= last)
    assert whole == _of_landmark(_counted(cut, earlier, last), place)
    assert sum(whole.values()) > 50


def _of_landmark(counted: Counted, place: int) -> dict[int, int]:
    which = unpack(counted.keys)["place"] == place
    told: dict[int, int] = {}
    for key, number in zip(counted.keys[which] >> 10, counted.counts[which], strict=True):
        told[int(key)] = told.get(int(key), 0) + int(number)
    return told


def test_batches_count_as_one_table() -> None:
    crossings = make_crossings(WORLD, 7)
    landmarks = set_landmarks(WORLD.first_day, WORLD.last_day, 365, 487)
    whole, parts = _counted(crossings, landmarks, WORLD.last_day), Counted.begin(landmarks, 1)
    rule = _rule(WORLD.last_day)
    for half in (crossings.filter(pl.col("person_id") < 150), crossings.filter(pl.col("person_id") >= 150)):
        done = classify_residence(half.to_arrow(), rule, Tally())
        count_seen(done, rule.in_days, landmarks, GROUPS, parts)
    assert (whole.keys == parts.keys).all()
    assert (whole.counts == parts.counts).all()
    assert (whole.finals == parts.finals).all()


def test_a_table_that_says_otherwise_than_the_rule_is_refused() -> None:
    crossings = make_crossings(WORLD, 8)
    landmarks = set_landmarks(WORLD.first_day, WORLD.last_day, 365, 487)
    rule = _rule(WORLD.last_day)
    done = classify_residence(crossings.to_arrow(), rule, Tally())
    with pytest.raises(TableInvalid):
        count_seen(done, rule.in_days._replace(threshold=300), landmarks, GROUPS, Counted.begin(landmarks, 1))


def test_keys_hold_what_was_packed() -> None:
    draw = np.random.default_rng(1)
    fixed = pack_fixed(*(draw.integers(0, most, 50) for most in (16, 8, 6, 5)))
    assert (pack_fixed(*unpack_fixed(fixed)) == fixed).all()
    given = {
        "age": draw.integers(0, 40, 50),
        "is_entry": draw.integers(0, 2, 50).astype(np.int8),
        "group": draw.integers(0, 200, 50),
        "state": draw.integers(0, 256, 50),
        "following": draw.integers(0, 256, 50),
        "final": draw.integers(0, 3, 50).astype(np.int8),
    }
    parts = unpack(pack(499, *given.values(), fixed))
    assert (parts["place"] == 499).all()
    assert (parts["fixed"] == fixed).all()
    assert all((parts[name] == value).all() for name, value in given.items())


def test_a_short_history_is_refused_with_the_months_that_it_needs() -> None:
    with pytest.raises(MethodNotApplicable):
        set_landmarks(date(2020, 1, 1), date(2023, 12, 31), 365, 487)
    assert set_landmarks(date(2019, 1, 1), date(2024, 12, 31), 365, 487).ages == 17


def test_the_last_day_of_a_month_stays_the_last() -> None:
    assert day_in_month(2024 * 12 + 1, date(2024, 12, 31)) == date(2024, 2, 29)
    assert day_in_month(2023 * 12 + 1, date(2024, 12, 15)) == date(2023, 2, 15)
    assert name_of_month(2024 * 12 + 1) == "2024-02"

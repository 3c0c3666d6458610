"""The last permitted day of a stay by dated rules: each kind by hand, and all of them against a plain slow count."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import NO_LIMIT, gather_log
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.permission_days import find_last_days
from guzar.process.missing_exits.permission_rules import (
    ALWAYS,
    IN_PERIOD,
    IN_YEAR,
    PER_STAY,
    PROLONGED,
    UNLIMITED,
    HeldPermits,
    PermissionRule,
    Permissions,
    tabulate_rules,
)
from guzar.process.missing_exits.shortened_crossings import Shortened, shorten_crossings
from guzar.process.missing_exits.year_counts import BEYOND, count_years, year_ends
from guzar.process.residence_kernel import OPEN
from guzar.process.residence_rule import ResidenceRule

FIRST = (date(2020, 1, 1) - EPOCH).days
RULE = ResidenceRule(365, 487, date(2020, 1, 1), date(2022, 12, 31))


def _on(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def _path(
    crossings: list[tuple[str, int]],
    rules: list[PermissionRule],
    *,
    until: list[int] | None = None,
    drawn: list[bool] | None = None,
    citizenship: str = "UZB",
    held: int = 0,
) -> Paths:
    """One person's path: days with 1 for an entry and 0 for an exit."""
    rows = len(crossings)
    permissions = Permissions(
        tabulate_rules(rules, [citizenship]), np.zeros(1, np.int32), np.array([held], np.int64)
    )
    return Paths(
        np.array([0, rows], np.int64),
        np.array([_on(day) for day, _ in crossings], np.int32),
        np.array([entry for _, entry in crossings], np.int8),
        np.array(until or [NO_LIMIT] * rows, np.int32),
        np.array([OPEN], np.int8),
        np.array(drawn or [False] * rows, bool),
        permissions,
    )


def _last(crossings: list[tuple[str, int]], *rules: PermissionRule) -> str | None:
    """The last permitted day of the stay that the last crossing begins."""
    day = int(find_last_days(_path(crossings, list(rules)), FIRST)[-1])
    return None if day == NO_LIMIT else str(date.fromordinal(EPOCH.toordinal() + day))


def _rule(kind: int, days: int = 0, period: int = 0, longest: int = 0, of: str = "UZB") -> PermissionRule:
    return PermissionRule(of, *ALWAYS, kind, days, period, longest)


def test_days_in_each_stay() -> None:
    """Thirty days from the day of entry on, which is the first of them; earlier stays do not count."""
    crossings = [("2021-01-01", 1), ("2021-01-25", 0), ("2021-02-01", 1)]
    assert _last(crossings, _rule(PER_STAY, 30)) == "2021-03-02"


def test_ninety_days_in_any_hundred_and_eighty() -> None:
    """Sixty days used before leave thirty; used ones that fall out of the period come back."""
    rule = _rule(IN_PERIOD, 90, 180)
    assert _last([("2021-01-01", 1)], rule) == "2021-03-31"
    crossings = [("2021-01-01", 1), ("2021-03-01", 0), ("2021-03-10", 1)]  # 60 days
    assert _last(crossings, rule) == "2021-04-08"
    # Ten used days fall out of the period one by one while the stay goes on: all of ninety days are permitted.
    crossings = [("2021-01-01", 1), ("2021-01-10", 0), ("2021-06-25", 1)]
    assert _last(crossings, rule) == "2021-09-22"
    # Nothing is left: beyond permission from the first day on.
    crossings = [("2021-01-01", 1), ("2021-03-31", 0), ("2021-04-02", 1)]
    assert _last(crossings, rule) == "2021-04-01"
    assert _last([*crossings[:2], ("2021-03-31", 1)], rule) == "2021-03-31"  # a day counts once


def test_ninety_days_in_a_calendar_year() -> None:
    """The count begins anew on 1 January, but no stay is longer than ninety days in a row where the law says so."""
    free, law = _rule(IN_YEAR, 90), _rule(IN_YEAR, 90, longest=90)
    crossings = [("2021-01-01", 1), ("2021-03-01", 0), ("2021-06-01", 1)]
    assert _last(crossings, law) == "2021-06-30"
    assert _last([("2021-11-01", 1)], free) == "2022-03-31"
    assert _last([("2021-11-01", 1)], law) == "2022-01-29"
    assert _last([*crossings[:2], ("2021-12-20", 1)], free) == "2022-03-31"


def test_the_rule_on_the_day_of_entry_holds() -> None:
    """Rules change with the date; own ones come before those for all others; who has none, or no citizenship, has no limit."""
    old = PermissionRule("UZB", ALWAYS[0], _on("2021-02-28"), PER_STAY, 10)
    new = PermissionRule("UZB", _on("2021-03-01"), _on("2021-05-31"), UNLIMITED)
    rest = PermissionRule("", *ALWAYS, PER_STAY, 5)
    assert _last([("2021-02-28", 1)], rest, old, new) == "2021-03-09"
    assert _last([("2021-03-01", 1)], rest, old, new) is None
    assert _last([("2021-06-01", 1)], rest, old, new) == "2021-06-05"
    assert _last([("2021-06-01", 1)], old, new) is None
    for citizenship, expected in (("", NO_LIMIT), ("TJK", _on("2021-06-05"))):
        paths = _path([("2021-06-01", 1)], [rest, old], citizenship=citizenship)
        assert find_last_days(paths, FIRST)[0] == expected
        assert paths.permissions is not None
        assert paths.permissions.without_rule == (citizenship == "")
        assert paths.permissions.has_limits == (citizenship != "")


def test_a_recorded_permission_holds_before_a_rule() -> None:
    """A drawn entry has one as long as the last recorded; where that was recorded without, the rule."""
    crossings = [
        ("2021-01-01", 1),
        ("2021-01-20", 0),
        ("2021-03-01", 1),
        ("2021-03-20", 0),
        ("2021-09-01", 1),
    ]
    recorded = [_on("2021-01-15"), NO_LIMIT, _on("2021-03-15"), _on("2021-03-15"), NO_LIMIT]
    paths = _path(crossings, [_rule(PER_STAY, 30)], until=recorded, drawn=[False, False, True, True, False])
    found = find_last_days(paths, FIRST)
    assert found.tolist() == [*recorded[:4], _on("2021-09-30")]
    without = [NO_LIMIT, NO_LIMIT, _on("2021-03-15"), _on("2021-03-15"), NO_LIMIT]
    paths = _path(crossings, [_rule(PER_STAY, 30)], until=without, drawn=[False, False, True, True, False])
    assert find_last_days(paths, FIRST).tolist()[2:4] == [_on("2021-03-30")] * 2
    assert paths.permitted_until.tolist() == without  # what was recorded stays as it is


def test_counts_at_the_end_of_the_year() -> None:
    """Beyond permission from the day after the last permitted one; not with a permit, nor once left; what a drawn exit
    takes out is told."""
    rule = [_rule(PER_STAY, 30)]
    beyond = [("2021-06-01", 1)]
    assert count_years(_path(beyond, rule), RULE).counted[BEYOND].tolist() == [0, 1, 1]
    assert count_years(_path(beyond, rule, held=0b010), RULE).counted[BEYOND].tolist() == [0, 0, 1]
    assert count_years(_path([("2021-12-02", 1)], rule), RULE).counted[BEYOND].tolist() == [0, 0, 1]
    assert count_years(_path([("2021-12-01", 1)], rule), RULE).counted[BEYOND].tolist() == [0, 1, 1]
    left = _path([*beyond, ("2021-12-01", 0)], rule, drawn=[False, True])
    counts = count_years(left, RULE)
    assert counts.counted[BEYOND].tolist() == [0, 0, 0]
    assert counts.removed[BEYOND].tolist() == [0, 1, 1]


def test_permits_are_found_by_person_and_stay_with_no_name() -> None:
    """A permit counts at the end of the years within its days, if a rule names its kind for this citizenship."""
    rules = [_rule(PER_STAY, 30), PermissionRule("UZB", *ALWAYS, PROLONGED, permit_type="patent")]
    days = np.array([_on("2020-06-01"), _on("2021-06-01"), _on("2021-06-01"), _on("2021-06-01")])
    permits = HeldPermits(
        pa.array(["1", "2", "3"]),
        np.array([0, 0, 1, 2]),
        np.array(["patent", "study", "patent", "patent"]),
        days,
        days + 300,
        tuple(rules[1:]),
        year_ends(RULE),
    )
    crossings = pa.table(
        {
            "person_id": pa.array([1, 1, 2, 4]),
            "crossing_date": pa.array(
                [date(2020, 5, 1), date(2020, 5, 3), date(2020, 5, 1), date(2020, 5, 2)]
            ),
            "direction": ["entry", "exit", "entry", "entry"],
            "citizenship": ["UZB", "UZB", "TJK", "UZB"],
        }
    )
    shortened = shorten_crossings(crossings, Shortened(), permits=permits)
    assert "person_id" not in shortened.column_names
    log = gather_log([shortened], FIRST, _on("2022-12-31"), rules)
    assert log.permissions is not None
    crossed = {
        int(log.day[start]): held for start, held in zip(log.starts, log.permissions.held, strict=False)
    }
    assert sorted(log.permissions.held.tolist()) == [0, 0, 1]  # a patent at the end of 2020
    assert crossed[_on("2020-05-02")] == 0
    assert log.has_permissions
    assert log.permissions.without_rule == 1  # the citizen of Tajikistan


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[list[int], list[int], list[PermissionRule]]:
    gaps = draw(st.lists(st.integers(0, 60), min_size=1, max_size=8))
    entries = draw(st.lists(st.integers(0, 1), min_size=len(gaps), max_size=len(gaps)))
    rules = []
    for first, last in ((ALWAYS[0], FIRST + 150), (FIRST + 151, ALWAYS[1])):
        kind, days = draw(st.integers(0, 3)), draw(st.integers(1, 40))
        period = days + draw(st.integers(1, 80)) if kind == IN_PERIOD else 0
        longest = draw(st.sampled_from([0, 20])) if kind else 0
        rules.append(PermissionRule("UZB", first, last, kind, days, period, longest))
    return (FIRST + np.cumsum(gaps)).tolist(), entries, rules


@settings(max_examples=150, deadline=None)
@given(_worlds())
def test_the_kernel_counts_as_a_plain_count_of_days_does(
    world: tuple[list[int], list[int], list[PermissionRule]],
) -> None:
    """Every entry of random paths, gaps between crossings included, by all kinds of rule."""
    day, entry, rules = world
    text = [
        (str(date.fromordinal(EPOCH.toordinal() + each)), side) for each, side in zip(day, entry, strict=True)
    ]
    found = find_last_days(_path(text, rules), FIRST).tolist()
    for row, side in enumerate(entry):
        expected = _plain(row, day, entry, rules) if side else NO_LIMIT
        assert found[row] == expected


def _plain(row: int, day: list[int], entry: list[int], rules: list[PermissionRule]) -> int:
    """Go on day by day until the rule is broken; days in the country stand in a set."""
    rule = next(each for each in rules if each.first_day <= day[row] <= each.last_day)
    if rule.kind == UNLIMITED:
        return NO_LIMIT
    days = _days_inside(row, day, entry)
    at = day[row]
    while True:
        days.add(at)
        stayed = at - day[row] + 1
        if rule.kind == PER_STAY:
            counted = stayed
        elif rule.kind == IN_PERIOD:
            counted = sum(at - rule.period < each <= at for each in days)
        else:
            year = date.fromordinal(EPOCH.toordinal() + at).year
            counted = sum(date.fromordinal(EPOCH.toordinal() + each).year == year for each in days)
        if counted > rule.days or (rule.longest and stayed > rule.longest):
            return at - 1
        at += 1


def _days_inside(row: int, day: list[int], entry: list[int]) -> set[int]:
    """Days in the country before an entry; gaps are split half-way, and the time before a first exit counts."""
    inside = set(range(FIRST, day[0] + 1)) if not entry[0] else set()
    for at in range(row):
        begin, end = day[at], day[at + 1]
        half = begin + (end - begin) // 2
        if entry[at]:
            inside |= set(range(begin, (half if entry[at + 1] else end) + 1))
        elif not entry[at + 1]:
            inside |= set(range(half, end + 1))
    return {each for each in inside if each < day[row]}


@pytest.mark.parametrize("year", [0, 1, 61])
def test_permits_are_told_year_by_year(year: int) -> None:
    """One bit for each year, up to the last one that is allowed."""
    held = Permissions(tabulate_rules([], []), np.zeros(2, np.int32), np.array([1 << year, 0]))
    assert held.holds_at_end(year).tolist() == [True, False]
    assert not held.holds_at_end(year + 1).any()

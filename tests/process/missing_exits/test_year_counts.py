"""What of a count rests on crossings that nobody recorded: put in by them, or taken out."""

from datetime import date

import numpy as np

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import NO_LIMIT
from guzar.process.missing_exits.first_permissions import permit_first_entries
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.statuses import _drawn
from guzar.process.missing_exits.year_counts import (
    BEYOND,
    EMIGRATIONS,
    IMMIGRATIONS,
    RESIDENTS,
    YearCounts,
    count_years,
    stack_counts,
)
from guzar.process.residence_kernel import NO, YES
from guzar.process.residence_rule import ResidenceRule

RULE = ResidenceRule(365, 487, date(2016, 1, 1), date(2021, 12, 31))


def _paths(*persons: list[tuple[str, int, bool]], given: list[int], permitted: int = 0) -> Paths:
    rows = [row for person in persons for row in person]
    day = np.array([(date.fromisoformat(each) - EPOCH).days for each, _, _ in rows], np.int32)
    entry = np.array([side for _, side, _ in rows], np.int8)
    return Paths(
        np.concatenate([[0], np.cumsum([len(person) for person in persons])]).astype(np.int64),
        day,
        entry,
        np.where((entry == 1) & bool(permitted), day + permitted, NO_LIMIT).astype(np.int32),
        np.array(given, np.int8),
        np.array([is_drawn for _, _, is_drawn in rows]),
    )


def test_who_is_drawn_out_is_told_as_who_is_drawn_in() -> None:
    """One stays and crosses never; one comes back to stay, and is drawn out later; a visitor would be a resident by the
    record, and an immigrant, but for a drawn exit; a fourth is drawn in."""
    paths = _paths(
        [("2016-02-01", 0, False), ("2016-02-09", 1, False)],
        [("2016-03-01", 0, False), ("2016-03-09", 1, False), ("2017-06-01", 0, True)],
        [("2016-05-01", 1, False), ("2016-05-20", 0, True)],
        [("2016-07-01", 1, True)],
        given=[YES, YES, NO, NO],
        permitted=30,
    )
    counts = count_years(paths, RULE)
    at = 2  # the end of 2018
    assert counts.counted[RESIDENTS, at] == 2
    assert (counts.drawn[RESIDENTS, at], counts.removed[RESIDENTS, at]) == (1, 2)
    assert (counts.drawn[EMIGRATIONS, 1], counts.removed[EMIGRATIONS, 1]) == (1, 0)
    assert (counts.counted[IMMIGRATIONS, 0], counts.removed[IMMIGRATIONS, 0]) == (1, 1)
    assert counts.removed[BEYOND, at] == 2
    shares = [_drawn(stack_counts([counts]), name, 0) for name in ("immigrations", "net_migration")]
    assert shares == [1.0, 1.0]  # the one who was drawn in, and the visitor who was taken out, of both


def test_where_nothing_is_drawn_nothing_is_told_to_be() -> None:
    paths = _paths([("2016-02-01", 1, False), ("2018-02-09", 0, False)], given=[NO])
    counts = count_years(paths, RULE)
    assert counts.counted[[IMMIGRATIONS, EMIGRATIONS, RESIDENTS]].sum() == 4
    assert not counts.drawn.any()
    assert not counts.removed.any()


def test_net_migration_is_no_better_than_the_worse_of_its_flows() -> None:
    """Four in ten emigrations are drawn, of immigrations none: not two in ten of the net."""
    counted, drawn = np.zeros((1, 5, 1)), np.zeros((1, 5, 1))
    counted[0, [IMMIGRATIONS, EMIGRATIONS]] = 100
    drawn[0, EMIGRATIONS] = 40
    counts = YearCounts(counted, np.zeros_like(counted), drawn, np.zeros_like(counted))
    assert _drawn(counts, "net_migration", 0) == 0.4


def test_an_entry_drawn_before_the_first_crossing_brings_a_permission() -> None:
    """As long as the person's first that is recorded; where there is none, as anybody's. What is recorded stays."""
    paths = _paths(
        [("2016-02-01", 1, True), ("2016-03-01", 0, True), ("2016-04-01", 1, False)],
        [("2017-02-01", 1, True), ("2017-09-01", 0, False)],
        [("2018-02-01", 0, False)],
        given=[NO, NO, YES],
        permitted=30,
    )
    without = np.where(paths.is_drawn, NO_LIMIT, paths.permitted_until)
    found = permit_first_entries(
        Paths(paths.starts, paths.day, paths.is_entry, without, paths.given, paths.is_drawn), 1
    ).permitted_until
    assert (found[[0, 3]] == paths.day[[0, 3]] + 30).all()
    assert found[1] == found[0]
    assert (found[~paths.is_drawn] == without[~paths.is_drawn]).all()

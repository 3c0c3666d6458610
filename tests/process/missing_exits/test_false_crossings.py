"""Crossings that were none, or not what they say: estimated in number, and left out or turned round before anything else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.process.missing_exits import false_crossings
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, log_of_arrays
from guzar.process.missing_exits.draws import draw_counts
from guzar.process.missing_exits.false_crossings import (
    draw_cleaned,
    find_false,
    find_repeats,
    without_repeats,
)
from guzar.process.missing_exits.fit import Fit, Recorded, fit_sojourns
from guzar.process.missing_exits.material import Material, losses_of, prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.refused_entries import (
    NONE_FALSE,
    NOT_TOLD,
    find_refused,
    number_of_refused,
    without_refused,
)

RANDOM = 5


@pytest.fixture(autouse=True)
def _short_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sojourns found in a few rounds: enough to tell a wrong direction from two lost crossings."""

    def fit(material: Material, recorded: Recorded, delta: float = 0.0, begin: Any = None) -> Fit:
        losses = losses_of(material, recorded, delta)
        return fit_sojourns(
            material.sample, losses, rounds=12, begin=begin and begin.sojourns, horizon=material.horizon
        )

    monkeypatch.setattr(false_crossings, "fit_material", fit)


def _permitted(seed: int = 1, persons: int = 1500) -> CrossingLog:
    """A world in which every entry brings a permission."""
    log = make_world(seed, World(persons=persons)).log
    until = np.where(log.is_entry == 1, log.day + 89, NO_LIMIT).astype(np.int32)
    return replace(log, permitted_until=until)


def _inserted(log: CrossingLog, after: Any, day: Any, is_entry: Any) -> CrossingLog:
    """The log with crossings put in after these rows, at the same ports, without a permission."""
    at = after + 1
    person = np.insert(log.person, at, log.person[after])
    starts = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=log.persons))])
    return log_of_arrays(
        starts.astype(np.int64),
        np.insert(log.day, at, day).astype(np.int32),
        np.insert(log.is_entry, at, is_entry).astype(np.int8),
        np.insert(log.port, at, log.port[after]),
        log.ports,
        permitted_until=np.insert(log.permitted_until, at, NO_LIMIT).astype(np.int32),
        given=log.given,
    )


def _with_refusals(log: CrossingLog, refused: int) -> CrossingLog:
    """Refused some days after an exit; of half of these persons the way back is noted on the same day."""
    random = np.random.default_rng(RANDOM)
    last = np.append(np.diff(log.person) > 0, True)
    apart = np.append(np.diff(log.day), 10) > 4
    tried = np.sort(
        random.choice(np.flatnonzero((log.is_entry == 0) & (last | apart)), refused, replace=False)
    )
    after = np.sort(np.concatenate([tried, tried[::2]]))
    is_way_back = np.append(False, after[1:] == after[:-1])
    return _inserted(log, after, log.day[after] + 2, np.where(is_way_back, 0, 1))


def test_where_nothing_is_false_nothing_is_found_and_the_log_stays_as_it_is() -> None:
    made = make_world(2, World(persons=1000))
    false = find_false(made.log, RULE)
    assert not false.any
    assert false.variants == 1
    assert false.first.log is made.log
    assert false.wrong_directions == NONE_FALSE
    assert false.refused_entries == NOT_TOLD  # most entries of this world bring no permission


def test_wrong_directions_are_counted_and_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    fit, learnt_from = false_crossings.fit_material, []

    def noted(material: Material, *others: Any, **more: Any) -> Fit:
        learnt_from.append(material)
        return fit(material, *others, **more)

    monkeypatch.setattr(false_crossings, "fit_material", noted)
    made = make_world(3, World(persons=1200, coverage=(0.97, 0.96, 0.95, 0.93)))
    random = np.random.default_rng(RANDOM)
    wrong = random.random(len(made.log.day)) < 0.01
    log = replace(
        made.log, is_entry=np.where(wrong, 1 - made.log.is_entry, made.log.is_entry).astype(np.int8)
    )
    false = find_false(log, RULE)
    assert learnt_from[-1] is false.first  # not the log in which they were still wrong
    lower, upper = false.wrong_directions.lower, false.wrong_directions.upper
    assert lower is not None
    assert upper is not None
    assert 0.8 * lower <= wrong.sum() <= 1.2 * upper
    right, before, after = (
        find_recorded(each).exits.share.mean()
        for each in (prepare(made.log, RULE), prepare(log, RULE), false.first)
    )
    assert abs(after - right) < abs(before - right) / 2
    still = (false.material(1).log.is_entry != made.log.is_entry).sum()
    assert still < 0.7 * wrong.sum()  # ends of histories tell little


def test_refused_entries_are_counted_and_left_out() -> None:
    log = _with_refusals(_permitted(), 60)
    refused = find_refused(log)
    assert refused is not None
    found = number_of_refused(log, refused, np.random.default_rng(RANDOM))
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower - 2 <= 60 <= found.upper + 2
    cleaned = without_refused(log, refused, np.random.default_rng(RANDOM))
    assert abs(len(cleaned.day) - (len(log.day) - 90)) <= 4


@pytest.mark.parametrize("share", [0.03, 0.5])
def test_permissions_that_are_not_recorded_are_no_refusals(share: float) -> None:
    log = _permitted()
    blank = np.random.default_rng(RANDOM).random(len(log.day)) < share
    assert find_refused(replace(log, permitted_until=np.where(blank, NO_LIMIT, log.permitted_until))) is None


def _commuters(days: int) -> CrossingLog:
    """People who cross to and fro within a day or a few, at two ports, and whose crossings are lost now and then."""
    random = np.random.default_rng(RANDOM)
    persons, trips = 400, days
    length = random.integers(0, 4, (persons, trips))
    day = np.cumsum(length, axis=1) + 17_000
    entry = np.tile(np.arange(trips) % 2, (persons, 1))
    usual = random.integers(0, 2, (persons, 1))
    port = np.where(random.random((persons, trips)) < 0.6, usual, 1 - usual)
    seen = random.random((persons, trips)) < 0.9
    starts = np.concatenate([[0], np.cumsum(seen.sum(axis=1))]).astype(np.int64)
    return log_of_arrays(
        starts,
        day[seen].astype(np.int32),
        entry[seen].astype(np.int8),
        port[seen].astype(np.int32),
        ("A", "B"),
    )


def test_repeat_scans_are_told_from_short_gaps() -> None:
    log = _commuters(60)
    assert find_repeats(log)[1] == NONE_FALSE
    rows = np.sort(np.random.default_rng(RANDOM).choice(len(log.day) - 1, 600, replace=False))
    scanned = _inserted(log, rows, log.day[rows], log.is_entry[rows])
    repeats, found = find_repeats(scanned)
    assert repeats is not None
    assert found.number == pytest.approx(600, rel=0.15)
    drawn = np.array([repeats.draw_chances(np.random.default_rng(seed)) for seed in range(30)])
    assert drawn.std(axis=0).min() > 0.001  # nobody knows the chances: they are drawn in each cleaned log
    assert (drawn.mean(axis=0) * repeats.found).sum() == pytest.approx(found.number, rel=0.05)
    cleaned = without_repeats(scanned, repeats, np.random.default_rng(RANDOM))
    assert abs(len(cleaned.day) - len(log.day)) < 0.35 * 600


def test_draws_over_cleaned_logs_stand_in_the_order_of_their_numbers() -> None:
    false = find_false(_with_refusals(_permitted(4, 400), 40), RULE)
    assert false.variants == 5
    recorded, seen = find_recorded(false.first), []
    counts = draw_cleaned(false, recorded, [0.0], 6, seen=[lambda draw, past: seen.append(draw)])[0].counted
    assert sorted(seen) == list(range(6))
    of_first = draw_counts(false.first, false.fit, recorded, numbers=[0, 5]).counted
    assert (counts[[0, 5]] == of_first).all()
    assert (counts[1] != counts[0]).any()


def test_a_log_without_permissions_says_nothing_of_refusals() -> None:
    made = make_world(1, World(persons=600))
    log = replace(made.log, permitted_until=np.full(len(made.log.day), NO_LIMIT, np.int32))
    assert find_refused(log) is None


@pytest.mark.parametrize("refusals", [0, 60])
def test_exits_noted_as_entries_are_no_refusals(refusals: int) -> None:
    """Three exits in a hundred are noted as entries; who leaves is asked for no permission. They stay in the log."""
    log = _permitted()
    log = _with_refusals(log, refusals) if refusals else log
    turned = (log.is_entry == 0) & (np.random.default_rng(RANDOM).random(len(log.day)) < 0.03)
    noted = replace(log, is_entry=np.where(turned, 1, log.is_entry).astype(np.int8))
    refused = find_refused(noted)
    found = number_of_refused(noted, refused, np.random.default_rng(RANDOM))
    assert turned.sum() > 60
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower - 12 <= refusals <= found.upper + 12
    if refused is not None:
        kept = without_refused(noted, refused, np.random.default_rng(RANDOM))
        assert abs(len(kept.day) - (len(noted.day) - 1.5 * refusals)) <= 25

"""Entries and exits of one day, whose order nobody recorded: certain days stay, days after a lost crossing turn."""

import numpy as np
from tests.process.missing_exits.made_worlds import World, make_world

from guzar.process.missing_exits.same_day import order_of_days

E, X = 1, 0


def _order(directions: list[int], days: list[int], starts: list[int]) -> list[int]:
    """Directions in the order that is taken, of rows in the order that follows the crossing before."""
    is_entry, day = np.array(directions, np.int8), np.array(days, np.int32)
    follows = np.append(False, np.diff(day) == 0)
    follows[starts[:-1]] = False
    order = order_of_days(np.array(starts, np.int64), day, is_entry, follows)
    return [int(each) for each in is_entry[order]]


def test_days_that_fit_both_neighbours_stay() -> None:
    """A day away within a stay, a day here within an absence."""
    away, here = [E, X, E, X], [X, E, X, E]
    assert _order(away + here, [1, 5, 5, 9, 1, 5, 5, 9], [0, 4, 8]) == away + here


def test_days_here_of_somebody_whose_exit_was_lost_stay_days_here() -> None:
    """Five days here are certain; then an exit is lost: the two days after it are days here again, not days away."""
    certain = [E, X, *([E, X] * 5)]
    days = [1, 2, *(each for day in range(10, 60, 10) for each in (day, day))]
    lost = [E, X, E, X, E, E, X]  # an entry; exit lost; two days, read as days away; an entry
    more = [100, 120, 120, 140, 140, 160, 170]
    found = _order(certain + lost, days + more, [0, len(certain + lost)])
    assert found == [*certain, E, E, X, E, X, E, X]


def test_somebody_who_goes_away_for_days_still_does() -> None:
    """The same gap in the life of a resident with days away: the exit is lost after them."""
    certain = [E, *([X, E] * 5), X, E]
    days = [1, *(each for day in range(10, 60, 10) for each in (day, day)), 70, 80]
    lost = [X, E, E, X]  # a day away; exit lost; an entry
    found = _order(certain + lost, [*days, 120, 120, 160, 170], [0, len(certain + lost)])
    assert found == certain + lost


def test_a_log_with_times_is_left_as_it_is() -> None:
    """No row of unknown order, no change; a whole world with days only keeps its crossings."""
    log = make_world(3, World(persons=300)).log
    known = order_of_days(log.starts, log.day, log.is_entry, np.zeros(len(log.day), bool))
    assert (known == np.arange(len(log.day))).all()
    follows = np.append(False, np.diff(log.day) == 0)
    follows[log.starts[:-1]] = False
    order = order_of_days(log.starts, log.day, log.is_entry, follows)
    assert (np.sort(order) == np.arange(len(log.day))).all()
    assert (log.day[order] == log.day).all()

"""What happened between one crossing and the next, by hand; duplicate scans are folded and counted."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from guzar.errors import TableInvalid
from guzar.process.missing_exits.crossing_log import NO_LIMIT, CrossingLog, gather_log
from guzar.process.missing_exits.cycles import count_kinds, list_closed_cycles, strata_of, tabulate_cycles
from guzar.process.missing_exits.shortened_crossings import Shortened, shorten_crossings

ROWS = [
    ("a", "2020-01-01", "entry", "P", "X"),
    ("a", "2020-02-01", "exit", "Q", "X"),
    ("a", "2020-03-01", "entry", "P", "X"),
    ("a", "2020-05-01", "entry", "Q", "X"),  # the exit between is lost
    ("b", "2020-01-05", "exit", "P", "Y"),
    ("b", "2020-01-06", "exit", "P", "Y"),  # an entry is lost
    ("c", "2020-04-01", "entry", "Q", None),
    ("c", "2020-04-09", "exit", "Q", None),
]


def log_of(rows: list[tuple[str | None, ...]], tally: Shortened | None = None) -> CrossingLog:
    names = ["person_id", "crossing_date", "direction", "port", "citizenship"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("crossing_date").str.to_datetime("%Y-%m-%d", strict=False)
        if len(str(rows[0][1])) == 10
        else pl.col("crossing_date").str.to_datetime("%Y-%m-%d %H:%M")
    )
    short = shorten_crossings(frame.to_arrow(), tally or Shortened())
    return gather_log([short], 0, 40_000)


def test_every_kind_is_counted() -> None:
    """Eight crossings of three persons."""
    assert count_kinds(log_of(ROWS)) == {
        "entry_exit": 2,
        "exit_entry": 1,
        "entry_entry": 1,
        "exit_exit": 1,
        "open_entry": 1,
        "open_exit": 2,
    }


def test_only_cycles_that_close_with_an_entry_are_used() -> None:
    """a's two cycles: one with an exit at Q, one without; c's stay never closes."""
    log = log_of(ROWS)
    cycles = list_closed_cycles(log)
    table = tabulate_cycles(log, cycles, strata_of(log, cycles))
    assert table.recorded.sum() == 1
    assert table.recorded[:, log.ports.index("Q")].sum() == 1
    assert table.lost.sum() == 1


@pytest.mark.parametrize(
    ("minutes", "port", "folded"), [(0, "P", 1), (30, "P", 1), (31, "P", 0), (10, "Q", 0)]
)
def test_double_scans_within_half_an_hour_at_one_port_are_one(minutes: int, port: str, folded: int) -> None:
    """30 minutes fold, 31 do not, nor does another port."""
    later = f"2020-01-01 {10 + minutes // 60}:{minutes % 60:02d}"
    tally = Shortened()
    log = log_of([("a", "2020-01-01 10:00", "entry", "P", "X"), ("a", later, "entry", port, "X")], tally)
    assert tally == Shortened(crossings=2, folded=folded)
    assert len(log.day) == 2 - folded


def test_two_persons_are_never_folded_into_one() -> None:
    """The same port and minute, another person."""
    tally = Shortened()
    log_of(
        [("a", "2020-01-01 10:00", "entry", "P", "X"), ("b", "2020-01-01 10:00", "entry", "P", "X")], tally
    )
    assert tally.folded == 0


def test_a_log_holds_nobody_and_only_days_observed() -> None:
    """No field of the log says who somebody is; what lies outside the days is left out."""
    names = {"person_id", "record_id", "person_token"}
    log = log_of(ROWS)
    assert not names & set(vars(log))
    assert (log.permitted_until == NO_LIMIT).all()
    day = (datetime(2020, 3, 1) - datetime(1970, 1, 1)).days
    frame = pl.DataFrame(
        ROWS, schema=["person_id", "crossing_date", "direction", "port", "citizenship"], orient="row"
    )
    short = shorten_crossings(
        frame.with_columns(pl.col("crossing_date").str.to_date()).to_arrow(), Shortened()
    )
    later = gather_log([short], day, 40_000)
    assert later.persons == 2
    assert later.day.min() >= day
    assert np.diff(later.starts).tolist() == [2, 2]


def test_a_permission_that_is_no_date_is_refused() -> None:
    """An empty one is none; a text that is no date is not taken for none."""
    frame = pl.DataFrame(
        {
            "person_id": ["a", "a", "b"],
            "crossing_date": [datetime(2020, 1, 1), datetime(2020, 2, 1), datetime(2020, 1, 1)],
            "direction": ["entry", "exit", "entry"],
            "permitted_until": ["2020-03-31", "", None],
        }
    )
    log = gather_log([shorten_crossings(frame.to_arrow(), Shortened())], 0, 40_000)
    assert sorted((log.permitted_until == NO_LIMIT).tolist()) == [False, True, True]
    for text in (
        "31.03.2020",
        "2021-02-29",
        "2020-06-31",
        "20-3-31",
    ):  # no day of any calendar, or of the year 20
        wrong = frame.with_columns(permitted_until=pl.Series([text, "", None]))
        with pytest.raises(TableInvalid, match="rows met so far: 1"):
            shorten_crossings(wrong.to_arrow(), Shortened())
    leap = frame.with_columns(permitted_until=pl.Series(["2020-02-29", "", None]))
    until = gather_log([shorten_crossings(leap.to_arrow(), Shortened())], 0, 40_000).permitted_until
    assert sorted(until.tolist())[0] == (datetime(2020, 2, 29) - datetime(1970, 1, 1)).days


@pytest.mark.parametrize("column", ["permitted_until", "died_on"])
def test_days_that_stand_as_numbers_are_refused(column: str) -> None:
    """20201231 is no day of Parquet: one message, where the engine knows no way to read it."""
    frame = pl.DataFrame(
        {
            "person_id": ["a", "a"],
            "crossing_date": [datetime(2020, 1, 1), datetime(2020, 2, 1)],
            "direction": ["entry", "exit"],
            column: [20201231, None],
        }
    )
    with pytest.raises(TableInvalid, match=f"{column}, rows met so far: 1"):
        shorten_crossings(frame.to_arrow(), Shortened())


def test_a_permission_of_an_exit_is_none() -> None:
    """Stays begin with an entry: where no entry has a permission, none is recorded."""
    frame = pl.DataFrame(
        {
            "person_id": ["a", "a"],
            "crossing_date": [datetime(2020, 1, 1), datetime(2020, 2, 1)],
            "direction": ["entry", "exit"],
            "permitted_until": ["", "2020-03-31"],
        }
    )
    assert not gather_log([shorten_crossings(frame.to_arrow(), Shortened())], 0, 40_000).has_permissions
    turned = frame.with_columns(direction=pl.Series(["exit", "entry"]))
    assert gather_log([shorten_crossings(turned.to_arrow(), Shortened())], 0, 40_000).has_permissions

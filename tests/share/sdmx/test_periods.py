"""Periods as somebody asks for them: those that are none are refused, and none is taken for another one."""

from datetime import date

import pytest

from guzar.share.sdmx.periods import days_of


@pytest.mark.parametrize(
    "text",
    [
        "2015-D366",
        "2015-D000",
        "2015-01-01/P",
        "2015-01-01/P0D",
        "2015-01-01T99:99",
        "2015-01-01T",
        "2015-01-01Tnoon/P1Y",
        "٢٠١٥",
        "2015-Q5",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        days_of(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016-D366", date(2016, 12, 31), date(2016, 12, 31)),
        ("9999-Q4", date(9999, 10, 1), date(9999, 12, 31)),
        ("9999-S2", date(9999, 7, 1), date(9999, 12, 31)),
        ("2011-Q1", date(2011, 1, 1), date(2011, 3, 31)),
        ("2012-T1", date(2012, 1, 1), date(2012, 4, 30)),
        ("2015-01-01T12:00:00.5Z", date(2015, 1, 1), date(2015, 1, 1)),
        ("2015-07-01T00:00:00/P5Y", date(2015, 7, 1), date(2020, 6, 30)),
        ("2015-01-01/P1D", date(2015, 1, 1), date(2015, 1, 1)),
    ],
)
def test_the_days_of_a_period(text: str, first: date, last: date) -> None:
    assert days_of(text) == (first, last)

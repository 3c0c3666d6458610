"""Periods as SDMX writes them → their first and last day, so that periods of any length can be compared.

SDMX 3.0, section 6 (technical notes), 4.2: a year, half-year, quarter, month, week or day, and a time range
(2015-07-01/P5Y). A reporting year begins on 1 January.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

TIME_OF_DAY = r"(?:T(?:[01]\d|2[0-4])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
YEAR = re.compile(r"(\d{4})(?:-A1)?", re.ASCII)
MONTH = re.compile(r"(\d{4})-(?:M)?(\d{2})", re.ASCII)
PART = re.compile(r"(\d{4})-([SQTHW])(\d{1,2})", re.ASCII)
DAY = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){TIME_OF_DAY}", re.ASCII)
DAY_OF_YEAR = re.compile(r"(\d{4})-D(\d{3})", re.ASCII)
RANGE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}}){TIME_OF_DAY}/P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", re.ASCII)
MONTHS_OF = {"S": 6, "H": 6, "T": 4, "Q": 3}


@lru_cache(maxsize=65536)
def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period; ValueError where it is none."""
    if found := YEAR.fullmatch(period):
        year = int(found[1])
        return date(year, 1, 1), date(year, 12, 31)
    if found := PART.fullmatch(period):
        return _days_of_part(int(found[1]), found[2], int(found[3]))
    if found := MONTH.fullmatch(period):
        first = date(int(found[1]), int(found[2]), 1)
        return first, _last_of_month(first)
    if found := RANGE.fullmatch(period):
        first = date.fromisoformat(found[1])
        years, months, days = (int(part or 0) for part in found.groups()[1:])
        last = _add_months(first, 12 * years + months) + timedelta(days=days - 1)
        if last < first:
            raise ValueError(period)
        return first, last
    if found := DAY_OF_YEAR.fullmatch(period):
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        if day.year != int(found[1]):  # 2015-D366, 2015-D000
            raise ValueError(period)
        return day, day
    if found := DAY.fullmatch(period):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return day, day
    raise ValueError(period)


def _days_of_part(year: int, kind: str, number: int) -> tuple[date, date]:
    if kind == "W":
        return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
    length = MONTHS_OF[kind]
    if not 1 <= number <= 12 // length:
        raise ValueError(f"{year}-{kind}{number}")
    first = date(year, length * (number - 1) + 1, 1)
    return first, _last_of_month(_add_months(first, length - 1))


def _last_of_month(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_edition(edition: str) -> date:
    """The day by which an edition was surely out: 2024 is the last day of that year."""
    return days_of(edition)[1]

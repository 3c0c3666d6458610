"""The rule of V of W days, word for word, day by day: what `guzar residence --self-test` holds the fast form against.

Slow and plain on purpose. The wording is that of `migstat`'s reference (docs/methods/residence.md).
"""

from collections.abc import Sequence
from datetime import date, timedelta

Crossing = tuple[date, bool]  # day, is it an entry


def decide_plainly(
    crossings: Sequence[Crossing], resident_at_start: bool, threshold: int, window: int, last_day: date
) -> list[bool | None]:
    """Residence after each crossing of one person up to the last day: True resident, False not, None not decidable."""
    present = _days_present(crossings, last_day)
    status: bool | None = resident_at_start
    told = []
    for day, is_entry in crossings:
        observed = min((last_day - day).days, window)
        inside = sum(day + timedelta(days=passed) in present for passed in range(observed))
        there = inside if is_entry else observed - inside
        if status is not None and status != is_entry:
            status = _after(status, is_entry, there, observed - there, threshold, window)
        told.append(status)
    return told


def _after(status: bool, is_entry: bool, there: int, back: int, threshold: int, window: int) -> bool | None:
    """Residence after a crossing away from one's residence, by the days on either side so far."""
    if back > window - threshold:
        return status
    return is_entry if there >= threshold else None


def _days_present(crossings: Sequence[Crossing], last_day: date) -> set[date]:
    """The days on which the person was in the country; of two crossings in one direction the time is split."""
    days: set[date] = set()
    for number, (day, is_entry) in enumerate(crossings):
        is_last = number + 1 == len(crossings)
        until, next_is_entry = (last_day, not is_entry) if is_last else crossings[number + 1]
        half = day + timedelta(days=(until - day).days // 2)
        begin, end = day, until if is_entry else day
        if next_is_entry == is_entry:
            begin, end = (day, half) if is_entry else (half, until)
        days |= {begin + timedelta(days=passed) for passed in range((end - begin).days)}
    return days

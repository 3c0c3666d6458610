"""The rule of V of W days, word for word, day by day: what `guzar residence --self-test` holds the fast form against.

Slow and plain on purpose. The wording is that of `migstat`'s reference (docs/methods/residence.md).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from guzar.process.residence_rule import ResidenceRule

Crossing = tuple[date, bool]  # day, is it an entry


def decide_plainly(
    crossings: Sequence[Crossing], resident_at_start: bool, rule: ResidenceRule
) -> list[bool | None]:
    """Residence after each crossing of one person up to the last day: True resident, False not, None not decidable."""
    last_day = rule.last_day
    if crossings and rule.readings.last_crossing == "goes_on":
        last_day = crossings[-1][0] + timedelta(days=rule.window_days)
    present = _days_present(crossings, last_day)
    status: bool | None = resident_at_start
    told = []
    for day, is_entry in crossings:
        observed = min((last_day - day).days, rule.window_days)
        inside = sum(day + timedelta(days=passed) in present for passed in range(observed))
        there = inside if is_entry else observed - inside
        if status is not None and status != is_entry:
            status = _after(status, is_entry, there, observed - there, rule)
        told.append(status)
    return told


def _after(status: bool, is_entry: bool, there: int, back: int, rule: ResidenceRule) -> bool | None:
    """Residence after a crossing away from one's residence, by the days on either side so far."""
    spare = rule.window_days - rule.threshold_days
    if back > spare or (back == spare and rule.readings.early_no == "reached"):
        return status
    return is_entry if there >= rule.threshold_days else None


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

"""The rule of V of W days, word for word, day by day: what `guzar residence --self-test` holds the fast form against.

Slow and plain on purpose. The wording is that of `migstat`'s reference (docs/methods/residence.md).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from guzar.process.residence_rule import ResidenceRule

Crossing = tuple[date, bool]  # day, is it an entry
Answer = tuple[
    bool | None, bool | None
]  # resident after the crossing, was it a migration; None: not decidable


def decide_plainly(
    crossings: Sequence[Crossing], resident_at_start: bool, rule: ResidenceRule
) -> list[Answer]:
    """What each crossing of one person up to the last day did: residence after it, and whether it was a migration."""
    last_day = rule.last_day
    if crossings and rule.readings.last_crossing == "goes_on":
        last_day = crossings[-1][0] + timedelta(days=rule.window_days)
    present = _days_present(crossings, last_day)
    status: bool | None = resident_at_start
    told: list[Answer] = []
    for number, (day, is_entry) in enumerate(crossings):
        before, migrated = status, False
        if status is None:
            migrated_for_certain_not = _is_never(number, told, crossings, present, rule)
            told.append((None, False if migrated_for_certain_not else None))
            continue
        if status != is_entry:
            observed = min((last_day - day).days, rule.window_days)
            inside = sum(day + timedelta(days=passed) in present for passed in range(observed))
            there = inside if is_entry else observed - inside
            status = _after(status, is_entry, there, observed - there, rule)
            migrated = status != before
        told.append((status, None if status is None else migrated))
    return told


def _after(status: bool, is_entry: bool, there: int, back: int, rule: ResidenceRule) -> bool | None:
    """Residence after a crossing away from one's residence, by the days on either side so far."""
    spare = rule.window_days - rule.threshold_days
    if back > spare or (back == spare and rule.readings.early_no == "reached"):
        return status
    return is_entry if there >= rule.threshold_days else None


def _is_never(
    number: int,
    told: Sequence[Answer],
    crossings: Sequence[Crossing],
    present: set[date],
    rule: ResidenceRule,
) -> bool:
    """Whether a crossing after an undecided one is no migration, whatever is still to come.

    It comes back too soon after the undecided one; or nobody was a day on the other side since the latest crossing in the
    same direction.
    """
    day, is_entry = crossings[number]
    undecided = next(at for at, (status, _) in enumerate(told) if status is None)
    same = [at for at in range(undecided, number) if crossings[at][1] == is_entry]
    if same and not _days_on(not is_entry, crossings[same[-1]][0], day, present):
        return True
    since, to = crossings[undecided]
    fewest = 2 * rule.threshold_days - rule.window_days
    if rule.readings.between == "2(W-V)":
        fewest = 2 * (rule.window_days - rule.threshold_days)
    return to != is_entry and _days_on(to, since, day, present) < fewest


def _days_on(inside: bool, begin: date, end: date, present: set[date]) -> int:
    """Days from `begin` to the day before `end` that were spent in the country, or out of it."""
    days = (begin + timedelta(days=passed) for passed in range((end - begin).days))
    return sum((day in present) == inside for day in days)


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

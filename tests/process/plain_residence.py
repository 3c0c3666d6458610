"""The rule of V of W days, day by day and future by future: slow, obvious, and independent of the kernel.

Presence is a list with one entry per day. What happens after the last day is not known: all futures are tried, and
only what is the same in all of them is an answer. For short windows only: there are 2 to the power W futures.
"""

from collections.abc import Iterator, Sequence
from itertools import product

Crossing = tuple[int, bool]  # day, is it an entry
Answer = tuple[int, int, bool | None, bool | None, bool | None]


def classify_plainly(
    crossings: Sequence[Crossing], resident_at_start: bool | None, threshold: int, window: int, last_day: int
) -> list[Answer]:
    """Days observed, days in the country, status before, status after, migration; None where futures differ."""
    seen = [crossing for crossing in crossings if crossing[0] <= last_day]
    first = min((day for day, _ in seen), default=last_day)
    past = _presence(seen, first, last_day)
    starts = (False, True) if resident_at_start is None else (resident_at_start,)
    lives = [
        _live(seen, [*past, *future], first, start, threshold, window)
        for start in starts
        for future in product((False, True), repeat=window)
    ]
    answers: list[Answer] = []
    for number, (day, _) in enumerate(seen):
        days = min(last_day - day, window)
        inside = sum(past[day - first : day - first + days])
        told = [{life[number][which] for life in lives} for which in range(3)]
        answers.append((days, inside, *(one.pop() if len(one) == 1 else None for one in told)))
    return answers + [(0, 0, None, None, None)] * (len(crossings) - len(seen))


def _presence(crossings: Sequence[Crossing], first: int, last_day: int) -> list[bool]:
    present = [False] * (last_day - first)
    for number, (day, is_entry) in enumerate(crossings):
        following = crossings[number + 1] if number + 1 < len(crossings) else None
        until = following[0] if following else last_day
        days = range(day, until if is_entry else day)
        if following and following[1] == is_entry:
            half = day + (until - day) // 2
            days = range(day, half) if is_entry else range(half, until)
        for each in days:
            present[each - first] = True
    return present


def _live(
    crossings: Sequence[Crossing],
    present: Sequence[bool],
    first: int,
    status: bool,
    threshold: int,
    window: int,
) -> list[tuple[bool, bool, bool]]:
    """One person's life in one future: status before and after each crossing, and whether it changed."""
    told = []
    for day, is_entry in crossings:
        inside = sum(present[day - first : day - first + window])
        there = inside if is_entry else window - inside
        after = is_entry if there >= threshold else status
        told.append((status, after, status != after))
        status = after
    return told


def strict_rules(largest: int) -> Iterator[tuple[int, int]]:
    """All thresholds and windows with V ≤ W < 2 V up to a window."""
    for window in range(1, largest + 1):
        yield from ((threshold, window) for threshold in range(1, window + 1) if window < 2 * threshold)

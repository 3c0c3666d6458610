"""A change taken apart: the log-changes of the factors of an identity add up, exactly, to the log-change of
the whole.

If R = A × B × C then ln R₁/R₀ = ln A₁/A₀ + ln B₁/B₀ + ln C₁/C₀. Each bar starts where the one above it ended;
the last bar, from zero, is the whole and the subject."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import make_label, text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.svg import ACCENT, DATA_GREY, INK, INK_3, Caption, Html, line, rect

ROUNDING = 1e-6


@dataclass(frozen=True)
class Factor:
    """One factor: its log-change, and that change as written for readers ("+12%")."""

    name: str
    log_change: float
    said: str


def waterfall(caption: Caption, factors: Sequence[Factor], whole: Factor, *, width: int = HALF) -> Drawing:
    """Factors in order, then the whole. Refuses factors that do not add up to it: then it is not an
    identity."""
    gap = math.fsum(f.log_change for f in factors) - whole.log_change
    if factors and abs(gap) > ROUNDING:
        raise ValueError(
            f"The factors miss the change of the whole by {gap:.6f} in logs: a term is left out."
        )
    return draw(caption, width, lambda w: _paint(factors, whole, w))


def _starts(factors: Sequence[Factor]) -> list[float]:
    """Where each bar begins: the running sum before it."""
    return [math.fsum(f.log_change for f in factors[:i]) for i in range(len(factors))]


def _paint(factors: Sequence[Factor], whole: Factor, width: int) -> tuple[float, Sequence[str]]:
    if not factors:
        return nothing_to_draw()
    rows = [*factors, whole]
    starts = [*_starts(factors), 0.0]
    scale, name_room = _scale(rows, starts, width)
    step = 42.0 if width == NARROW else 34.0
    body = _axis(scale(0), step, len(rows), width)
    for i, (row, start) in enumerate(zip(rows, starts, strict=True)):
        body += _row(row, start, step * i, scale, name_room, width, row is whole)
        # On a telephone names stand between the bars, where a stroke would run through them.
        if i + 1 < len(rows) and width != NARROW:
            body.append(_connector(start + row.log_change, step * i, step, scale, width))
    body.append(line(0, step * (len(rows) - 1) + 1, width, step * (len(rows) - 1) + 1, INK_3, 0.8))
    return step * len(rows) + 2, body


def _scale(rows: Sequence[Factor], starts: Sequence[float], width: int) -> tuple[Scale, float]:
    ends = [start + row.log_change for row, start in zip(rows, starts, strict=True)]
    said = max(text_width(row.said, 13, SEMIBOLD) for row in rows) + 10
    names = (
        0.0
        if width == NARROW
        else min(max(text_width(r.name, 13, SEMIBOLD) for r in rows), width * 0.36) + 14
    )
    low, high = min(*ends, *starts), max(*ends, *starts)
    # Values stand outside the bars on both sides, so both need room.
    return Scale(low, high if high > low else low + 1, names + said, width - said), names


def _axis(x: float, step: float, count: int, width: int) -> list[Html]:
    """The line of no change; on a telephone only beside the bars, so that it crosses no name."""
    if width != NARROW:
        return [line(x, 0, x, step * count, INK)]
    tops = [_bar_top(step * i, width) for i in range(count)]
    return [line(x, top - 2, x, top + 18, INK) for top in tops]


def _bar_top(top: float, width: int) -> float:
    return top + (20 if width == NARROW else 9)


def _row(
    row: Factor, start: float, top: float, scale: Scale, name_room: float, width: int, is_whole: bool
) -> list[Html]:
    weight = SEMIBOLD if is_whole else REGULAR
    first, last = sorted((scale(start), scale(start + row.log_change)))
    y = _bar_top(top, width)
    bar = rect(first, y, max(last - first, 1), 16, ACCENT if is_whole else DATA_GREY)
    rises = row.log_change >= 0
    said = text(
        last + 7 if rises else first - 7,
        y + 12.5,
        row.said,
        INK,
        13,
        weight,
        "start" if rises else "end",
        halo=True,
    )
    return [bar, said, _name(row, top, name_room, width, is_whole)]


def _name(row: Factor, top: float, name_room: float, width: int, is_whole: bool) -> Html:
    if width == NARROW:
        return text(0, top + 15, row.name, INK, 13, SEMIBOLD if is_whole else REGULAR, halo=True)
    label = make_label(row.name if is_whole else "", "" if is_whole else row.name, INK, name_room - 10)
    return label.at(0, top + 17 - label.height / 2)


def _connector(value: float, top: float, step: float, scale: Scale, width: int) -> Html:
    x = scale(value)
    return line(x, _bar_top(top, width) + 16, x, _bar_top(top + step, width), INK_3, 0.8)

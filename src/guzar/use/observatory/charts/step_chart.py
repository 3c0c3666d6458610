"""How the value of one reference year changed from edition to edition: a step is a revision, never an event.

The horizontal axis is the date of the edition. Earlier editions are rings, the newest is a dot; each line
belongs to one reference year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.axes import Frame, tick_words, x_axis, y_axis
from guzar.use.observatory.charts.line_marks import COLOURS, TEXT_COLOURS
from guzar.use.observatory.drawing import HALF, MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, Label, Spot, make_label, text
from guzar.use.observatory.lettering import spread, text_width
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.scales import Scale, extent, nice_ticks
from guzar.use.observatory.series import Role, Tick, Unit
from guzar.use.observatory.svg import (
    COMPARISON_STROKE,
    INK_3,
    SUBJECT_STROKE,
    Caption,
    Html,
    dot,
    line,
    path,
    ring,
)

GUTTER_GAP = 10


@dataclass(frozen=True)
class Steps:
    """One reference year: (date of edition as year and fraction, value) for each edition that had it."""

    editions: Sequence[tuple[float, float]]
    name: str
    role: Role = Role.COMPARISON


def step_chart(
    caption: Caption,
    steps: Sequence[Steps],
    ticks: Sequence[Tick],
    *,
    axis_words: str = "",
    unit: Unit = Unit(),  # noqa: B008 - frozen, so one shared default is safe
    lang: Language = "en",
    width: int = HALF,
    from_zero: bool = False,
) -> Drawing:
    """Revisions against edition date. ``axis_words`` name the axis: "when published"."""
    known = [s for s in steps if s.editions]

    def paint(w: int) -> tuple[float, Sequence[str]]:
        return _paint(known, ticks, axis_words, unit, lang, w, from_zero)

    return draw(caption, width, paint)


def _paint(
    steps: Sequence[Steps],
    ticks: Sequence[Tick],
    axis_words: str,
    unit: Unit,
    lang: Language,
    width: int,
    from_zero: bool,
) -> tuple[float, Sequence[str]]:
    if not steps:
        return nothing_to_draw()
    labels = [make_label(s.name, "", TEXT_COLOURS[s.role], 110 if width == NARROW else 170) for s in steps]
    values = [value for s in steps for _, value in s.editions]
    marks = nice_ticks(values, 4, from_zero)
    # Long labels of the axis must not lie on the steps: the widest is the top one, with the unit.
    pad = text_width(f"{unit.before}{tick_words(marks, lang)[-1]}{unit.after}", TICK_SIZE) + 10
    frame = _frame(steps, labels, extent(values, marks), width, pad)
    quiet_first = sorted(steps, key=lambda s: ("comparison", "second", "subject").index(s.role.value))
    body = [
        *y_axis(frame, marks, unit, lang),
        *x_axis(frame, ticks, width),
        text(frame.left, frame.bottom + 36, axis_words),
        *(mark for s in quiet_first for mark in _draw_steps(s, frame)),
        *_end_labels(steps, labels, frame),
    ]
    return frame.bottom + (42 if axis_words else 24), body


def _frame(
    steps: Sequence[Steps], labels: Sequence[Label], domain: tuple[float, float], width: int, pad: float
) -> Frame:
    dates = [date for s in steps for date, _ in s.editions]
    right = width - max(label.width for label in labels) - GUTTER_GAP - 2
    top, bottom = (
        26.0,
        26.0 + (170 if width == NARROW else 190 if width <= HALF else 230 if width <= MAIN else 250),
    )
    x = Scale(min(dates), max(dates), pad, right - 6)
    return Frame(0, right, top, bottom, x, Scale(*domain, bottom - 10, top))


def _draw_steps(steps: Steps, frame: Frame) -> list[Html]:
    spots = [(frame.x(date), frame.y(value)) for date, value in sorted(steps.editions)]
    colour = COLOURS[steps.role]
    width = SUBJECT_STROKE if steps.role is Role.SUBJECT else COMPARISON_STROKE
    rings = [ring(x, y, colour, 3.4) for x, y in spots[:-1]]
    return [path(_stairs(spots), colour, width), *rings, dot(*spots[-1], colour)]


def _stairs(spots: Sequence[Spot]) -> list[Spot]:
    """A value holds until the next edition: along first, then up or down."""
    corners = [spots[0]]
    for x, y in spots[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return corners


def _end_labels(steps: Sequence[Steps], labels: Sequence[Label], frame: Frame) -> list[Html]:
    ends = [max(s.editions) for s in steps]
    spots = [(frame.x(date), frame.y(value)) for date, value in ends]
    heights = [label.height for label in labels]
    centres = spread([y for _, y in spots], heights, 0, frame.bottom, gap=2)
    drawn = []
    for (x, y), label, centre in zip(spots, labels, centres, strict=True):
        # A year whose last edition is an old one is labelled where it stops, not at the edge of the plot.
        start = x + GUTTER_GAP
        drawn.append(label.at(start, centre - label.height / 2))
        if abs(centre - y) > TICK_SIZE:
            drawn.append(line(x + 5, y, start - 2, centre, INK_3, 0.8))
    return drawn


__all__ = ["Steps", "step_chart"]

"""Lines over time, with editions, breaks, revisions, intervals and targets told apart by shape.

Solid was seen, dashed is an edition or a model, dotted is carried forward. A break cuts the line; a revision
is an arrow between two values of one year. Series are labelled at their ends in their own colour: there is no
legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guzar.use.observatory.charts.axes import Frame, tick_words, x_axis, y_axis, y_label_boxes, year_labels
from guzar.use.observatory.charts.line_labels import annotate, gutter_width, headrooms
from guzar.use.observatory.charts.line_marks import (
    BREAK_HEAD,
    draw_bands,
    draw_breaks,
    draw_events,
    draw_line,
    draw_revisions,
    draw_targets,
    spots_of,
)
from guzar.use.observatory.drawing import MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, Box, Spot, sample
from guzar.use.observatory.lettering import text_width
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.scales import Scale, extent, nice_ticks, year_ticks
from guzar.use.observatory.series import Band, Break, Event, Line, Point, Revision, Target, Tick, Unit
from guzar.use.observatory.svg import Caption, Html

# Space in px between a label of the axis and the first point of a line.
CLEAR = 10


@dataclass(frozen=True)
class LinePlan:
    """Everything a line chart shows."""

    lines: Sequence[Line]
    unit: Unit
    lang: Language
    bands: Sequence[Band]
    breaks: Sequence[Break]
    revisions: Sequence[Revision]
    events: Sequence[Event]
    targets: Sequence[Target]
    ticks: Sequence[Tick] | None
    from_zero: bool

    @property
    def xs(self) -> list[float]:
        """Every horizontal place in use, except of events, which may lie outside the period."""
        return [p.x for a in self.lines for p in a.points] + [
            p[0] for band in self.bands for p in band.points
        ]

    @property
    def ys(self) -> list[float]:
        """Every value in use."""
        values = [p.y for a in self.lines for p in a.points if p.y is not None]
        values += [bound for band in self.bands for p in band.points for bound in p[1:]]
        values += [value for r in self.revisions for value in (r.old, r.new)]
        return values + [target.y for target in self.targets]


def line_chart(
    caption: Caption,
    lines: Sequence[Line],
    *,
    unit: Unit = Unit(),  # noqa: B008 - frozen, so one shared default is safe
    lang: Language = "en",
    width: int = MAIN,
    bands: Sequence[Band] = (),
    breaks: Sequence[Break] = (),
    revisions: Sequence[Revision] = (),
    events: Sequence[Event] = (),
    targets: Sequence[Target] = (),
    ticks: Sequence[Tick] | None = None,
    from_zero: bool = True,
) -> Drawing:
    """Series over time.

    ``ticks`` replaces the round years under the axis. ``from_zero=False`` enlarges a small difference: the
    page must then say that the scale does not start at zero."""
    plan = LinePlan(lines, unit, lang, bands, breaks, revisions, events, targets, ticks, from_zero)
    return draw(caption, width, lambda w: _paint(plan, w))


def _paint(plan: LinePlan, width: int) -> tuple[float, Sequence[str]]:
    if not plan.ys:
        return nothing_to_draw()
    y_ticks = nice_ticks(plan.ys, (4 if width == NARROW else 5) - (not plan.from_zero), plan.from_zero)
    for room in headrooms(plan.lines, plan.targets, width):
        frame = _clear_of_labels(plan, _frame(plan, width, y_ticks, room), y_ticks)
        body, is_clear = _marks(plan, frame, width, y_ticks)
        if is_clear:
            break
    height = frame.bottom + 24 + (18 if plan.events else 0)
    return height, body


def _frame(plan: LinePlan, width: int, y_ticks: Sequence[float], headroom: float) -> Frame:
    low, high = extent(plan.ys, y_ticks)
    top = max(_top(plan), 18 + headroom)
    bottom = top + (180 if width == NARROW else 240 if width <= MAIN else 270)
    right = width - gutter_width(plan.lines, plan.targets, width)
    pad = _left_pad(plan, width, y_ticks)
    return Frame(
        left=0,
        right=right,
        top=top,
        bottom=bottom,
        x=Scale(min(plan.xs), max(plan.xs), pad, right - 8),
        y=Scale(low, high, bottom - (0 if low == 0 else 12), top),
    )


def _top(plan: LinePlan) -> float:
    """Room above the plot for words that stand there."""
    if plan.breaks:
        return BREAK_HEAD + 6
    return 40 if any(revision.words for revision in plan.revisions) else 26


def _left_pad(plan: LinePlan, width: int, y_ticks: Sequence[float]) -> float:
    """Room before the first point; an enlarged scale has long labels, which must not lie on the line."""
    if plan.from_zero:
        return 8 if width == NARROW else 16
    return max(text_width(label, TICK_SIZE) for label in tick_words(y_ticks, plan.lang)) + 12


def _clear_of_labels(plan: LinePlan, frame: Frame, y_ticks: Sequence[float]) -> Frame:
    """The same frame, its first point moved right of every label of the axis that a line would run through."""
    boxes = y_label_boxes(frame, y_ticks, plan.unit, plan.lang)
    for _ in boxes:
        spots = [s for a in plan.lines for s in sample(spots_of(sorted(a.points, key=_x), frame))]
        hit = [box.width for box in boxes if any(_lies_on(box, spot) for spot in spots)]
        if not hit:
            break
        frame = replace(frame, x=replace(frame.x, start=max(frame.x.start, frame.left + max(hit) + CLEAR)))
    return frame


def _x(point: Point) -> float:
    return point.x


def _lies_on(box: Box, spot: Spot) -> bool:
    x, y = spot
    return box.x - 5 < x < box.x + box.width + 5 and box.y - 4 < y < box.y + box.height + 4


def _marks(plan: LinePlan, frame: Frame, width: int, y_ticks: Sequence[float]) -> tuple[list[Html], bool]:
    """Everything drawn, and whether all words found a free place."""
    ticks = plan.ticks if plan.ticks is not None else year_labels(year_ticks(min(plan.xs), max(plan.xs)))
    cuts = [cut.x for cut in plan.breaks]
    taken = y_label_boxes(frame, y_ticks, plan.unit, plan.lang)
    # Quiet lines first, the subject on top; bands under everything.
    loud_last = sorted(plan.lines, key=lambda a: ("comparison", "second", "subject").index(a.role.value))
    words, is_clear = annotate(plan.lines, plan.targets, plan.breaks, plan.revisions, frame, width, taken)
    body = [
        *draw_bands(plan.bands, frame),
        *y_axis(frame, y_ticks, plan.unit, plan.lang, [frame.x(x) for x in cuts]),
        *x_axis(frame, ticks, width),
        *draw_events(plan.events, frame, width),
        *draw_targets(plan.targets, frame),
        *draw_breaks(plan.breaks, frame),
        *(mark for a in loud_last for mark in draw_line(a, frame, cuts)),
        *draw_revisions(plan.revisions, frame),
        *words,
    ]
    return body, is_clear

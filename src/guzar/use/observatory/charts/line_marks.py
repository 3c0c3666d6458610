"""The marks of a line chart: lines in runs, bands, breaks, revisions, targets, events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from guzar.use.observatory.charts.axes import Frame
from guzar.use.observatory.labels import TICK_SIZE, Spot, text
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.series import (
    Band,
    Break,
    Event,
    Line,
    Markers,
    Point,
    Revision,
    Role,
    Stroke,
    Target,
)
from guzar.use.observatory.signs import Status, cross_hatching
from guzar.use.observatory.svg import (
    ACCENT,
    COMPARISON_STROKE,
    DASHED,
    DATA_GREY,
    DOTTED,
    INK,
    INK_2,
    NOTE,
    SUBJECT_STROKE,
    TARGET_DASH,
    Html,
    dot,
    hatching,
    line,
    path,
    path_data,
    rect,
    ring,
    tag,
)

COLOURS = {Role.SUBJECT: ACCENT, Role.SECOND: INK, Role.COMPARISON: DATA_GREY}
# Data grey is too pale for text.
TEXT_COLOURS = {Role.SUBJECT: ACCENT, Role.SECOND: INK, Role.COMPARISON: INK_2}
BAND_FILL = "#E1E6E9"
_DASHES = {Stroke.SOLID: None, Stroke.DASHED: DASHED, Stroke.DOTTED: DOTTED}
# Up to so many points each can be told apart by its own mark.
FEW = 10
# These say what a line cannot: a digit, a hatched square.
ALWAYS_MARKED = (Status.ZERO, Status.MODELLED)
# A first point further right than this, in px, stands inside the plot.
LATE = 12
# A break reaches this far above the plot, where its words stand clear of the tick labels.
BREAK_HEAD = 48

# Stroke, number of the run, whether modelled from modelled; and the two points that are joined.
_Numbered = tuple[tuple[Stroke, int, bool], tuple[Point, Point]]


def draw_line(series: Line, frame: Frame, cuts: Sequence[float] = ()) -> list[Html]:
    """Strokes, then markers, cut at breaks and gaps."""
    joins = [pair for pair in pairwise(_with_values(series)) if pair and _joined(*pair, series, cuts)]
    strokes = [
        _stroke(list(run), series, stroke, frame)
        for (stroke, _, _), run in groupby(_numbered(joins, series), key=lambda item: item[0])
    ]
    return strokes + _markers(series, frame, joins, cuts)


def _with_values(series: Line) -> list[Point]:
    return sorted(series.points, key=lambda point: point.x)


def _joined(first: Point, second: Point, series: Line, cuts: Sequence[float]) -> bool:
    """Neighbours are joined when both are known and no break lies between or on them."""
    return (
        first.y is not None and second.y is not None and not any(first.x <= cut <= second.x for cut in cuts)
    )


def _numbered(joins: Sequence[tuple[Point, Point]], series: Line) -> list[_Numbered]:
    """Joins with a key that changes where the stroke or the kind changes, or the line is interrupted."""
    numbered = []
    run = 0
    for i, join in enumerate(joins):
        run += i > 0 and joins[i - 1][1] is not join[0]
        modelled = join[1].status is Status.MODELLED
        numbered.append(((join[1].stroke or series.stroke, run, modelled), join))
    return numbered


def _stroke(run: list[_Numbered], series: Line, stroke: Stroke, frame: Frame) -> Html:
    joins = [join for _, join in run]
    points = [joins[0][0], *(second for _, second in joins)]
    if run[0][0][2]:
        # What is modelled from modelled is grey, whatever its series.
        return path(spots_of(points, frame), DATA_GREY, COMPARISON_STROKE, _DASHES[stroke])
    width = SUBJECT_STROKE if series.role is Role.SUBJECT else COMPARISON_STROKE
    return path(spots_of(points, frame), COLOURS[series.role], width, _DASHES[stroke])


def spots_of(points: Iterable[Point], frame: Frame) -> list[Spot]:
    """Pixels of the known points."""
    return [(frame.x(p.x), frame.y(p.y)) for p in points if p.y is not None]


def _markers(
    series: Line, frame: Frame, joins: Sequence[tuple[Point, Point]], cuts: Sequence[float]
) -> list[Html]:
    touched = {id(point) for join in joins for point in join}
    points = _with_values(series)
    known = [point for point in points if point.y is not None]
    chosen = series.markers or (Markers.ALL if len(known) <= FEW else Markers.LAST)
    shown = {Markers.ALL: known, Markers.SMALL: known[-1:], Markers.LAST: known[-1:], Markers.NONE: []}[
        chosen
    ]
    rounds = [dot(*spot, COLOURS[series.role], 2.3) for spot in spots_of(known, frame)]
    ids = {id(point) for point in shown}
    marked = [
        p for p in points if p.y is None or id(p) in ids or id(p) not in touched or p.status in ALWAYS_MARKED
    ]
    if chosen is not Markers.NONE and known and frame.x(known[0].x) > frame.x.start + LATE:
        # A line that begins in the middle of the plot begins at a mark, or it would seem to come from outside.
        marked = [*([known[0]] if id(known[0]) not in {id(p) for p in marked} else []), *marked]
    marks = [mark for point in marked for mark in _marker(point, series.role, frame, point.x in cuts)]
    return rounds + marks if chosen is Markers.SMALL else marks


def _marker(point: Point, role: Role, frame: Frame, at_break: bool) -> list[Html]:
    x = frame.x(point.x)
    if point.status is Status.WITHHELD:
        foot = frame.y(0) if frame.y.low <= 0 <= frame.y.high else frame.bottom
        return [rect(x - 4, foot - 8, 8, 8, "#FFFFFF", INK_2), cross_hatching(x - 4, foot - 8, 8, 8)]
    if point.y is None:
        return []
    if point.status is Status.ZERO:
        return [text(x, frame.y(0) - 4, "0", INK, TICK_SIZE, SEMIBOLD, "middle", halo=True)]
    if point.status is Status.MODELLED:
        y = frame.y(point.y)
        square = rect(x - 4.5, y - 4.5, 9, 9, "#FFFFFF", INK_2)
        return [square, hatching(x - 4.5, y - 4.5, 9, 9, INK_2, gap=3)]
    mark = dot if point.status is Status.OBSERVED and not at_break else ring
    return [mark(x, frame.y(point.y), COLOURS[role])]


def draw_bands(bands: Sequence[Band], frame: Frame) -> list[Html]:
    """Pale areas between low and high."""
    return [
        tag("path", d=_band_outline(band, frame), fill=BAND_FILL) for band in bands if len(band.points) > 1
    ]


def _band_outline(band: Band, frame: Frame) -> str:
    lower = [(frame.x(x), frame.y(low)) for x, low, _ in band.points]
    upper = [(frame.x(x), frame.y(high)) for x, _, high in band.points]
    return path_data(lower + upper[::-1], closed=True)


def draw_breaks(breaks: Sequence[Break], frame: Frame) -> list[Html]:
    """A clay double bar over the full height of the plot."""
    top = frame.top - BREAK_HEAD
    bars = [(frame.x(cut.x) + side) for cut in breaks for side in (0, 6)]
    return [line(x, top, x, frame.bottom, NOTE, 1.4) for x in bars]


def draw_revisions(revisions: Sequence[Revision], frame: Frame) -> list[Html]:
    """From the ring of the earlier edition a clay arrow to the dot of the newest."""
    return [mark for revision in revisions for mark in _revision(revision, frame)]


def _revision(revision: Revision, frame: Frame) -> list[Html]:
    x, start, end = frame.x(revision.x), frame.y(revision.old), frame.y(revision.new)
    way = 1 if end > start else -1
    length = abs(end - start)
    # One of several is a bare stroke to the line, and so is a short one: it would be all head.
    if length < 24 or not revision.words:
        return [line(x, start, x, end, NOTE, 1.6), ring(x, start, INK_2, 3)]
    tip = end - way * 7
    head = [(x - 4.5, tip - way * 6), (x, tip), (x + 4.5, tip - way * 6)]
    shaft = [line(x, start, x, tip, NOTE, 1.6), path(head, NOTE, 1.6)]
    return [*shaft, ring(x, start, INK), dot(x, end, ACCENT)]


def draw_targets(targets: Sequence[Target], frame: Frame) -> list[Html]:
    """Long dashes across the plot."""
    return [line(frame.left, frame.y(t.y), frame.right, frame.y(t.y), INK, 1.4, TARGET_DASH) for t in targets]


def draw_events(events: Sequence[Event], frame: Frame, width: float) -> list[Html]:
    """Small triangles under the axis, with the words of an event beside its own."""
    return [mark for event in events for mark in _event(event, frame, width)]


def _event(event: Event, frame: Frame, width: float) -> list[Html]:
    # An event before the period is shown at its edge: a census just before the first year still counts.
    x = min(max(frame.x(event.x), 5), frame.right)
    y = frame.bottom + 34
    triangle = tag("path", d=path_data([(x - 4.5, y), (x, y - 8), (x + 4.5, y)], closed=True), fill=ACCENT)
    fits = x + 9 + text_width(event.words, TICK_SIZE) <= width
    side = text(x + 9 if fits else x - 9, y, event.words, ACCENT, anchor="start" if fits else "end")
    return [triangle, side] if event.words else [triangle]

"""Words in a line chart. Wide drawings have a gutter on the right for the ends of lines; narrow ones find a
free place inside the plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from guzar.use.observatory.charts.axes import Frame
from guzar.use.observatory.charts.line_marks import BREAK_HEAD, FEW, TEXT_COLOURS, spots_of
from guzar.use.observatory.drawing import HALF, NARROW
from guzar.use.observatory.labels import (
    TICK_SIZE,
    Box,
    Label,
    Spot,
    find_place,
    is_free,
    is_free_of,
    make_label,
    sample,
)
from guzar.use.observatory.lettering import spread
from guzar.use.observatory.series import Break, Line, Point, Revision, Target
from guzar.use.observatory.svg import INK, INK_2, INK_3, NOTE, Html, line

GUTTER_GAP = 12
# A label this far from the end of its line needs a thin line to it.
STRAYED = 14
FAR = 40


def gutter_width(lines: Sequence[Line], targets: Sequence[Target], width: int) -> float:
    """Room on the right for labels, 8 px for half a dot when they go inside the plot."""
    labels = [end.label for end in _ends(lines, targets, width)]
    if width == NARROW or not labels:
        return 4
    return max(label.width for label in labels) + GUTTER_GAP + 2


def headrooms(lines: Sequence[Line], targets: Sequence[Target], width: int) -> list[float]:
    """Room above the plot for labels of a narrow drawing: for the tallest, and if they still lie on lines, for more."""
    if width != NARROW:
        return [0.0]
    tallest_first = sorted((end.label.height + 4 for end in _ends(lines, targets, width)), reverse=True)
    return list(accumulate(tallest_first)) or [0.0]


def _widest(width: int) -> float:
    return 172 if width == NARROW else 150 if width <= HALF else 226


@dataclass(frozen=True)
class _End:
    """A label and the value at whose height it belongs."""

    label: Label
    point: Point
    series: Line | None = None


def _ends(lines: Sequence[Line], targets: Sequence[Target], width: int) -> list[_End]:
    room = _widest(width)
    named = [(a, _last(a)) for a in lines if a.name or a.note]
    ends = [_End(make_label(a.name, a.note, TEXT_COLOURS[a.role], room), p, a) for a, p in named if p]
    return ends + [_End(make_label(t.words, t.note, INK, room), Point(float("inf"), t.y)) for t in targets]


def _last(series: Line) -> Point | None:
    known = [point for point in series.points if point.y is not None]
    return max(known, key=lambda point: point.x) if known else None


@dataclass
class _Page:
    """What is taken already; grows as labels are placed."""

    frame: Frame
    area: Box
    spots: list[Spot]
    boxes: list[Box] = field(default_factory=list)
    is_clear: bool = True

    def put(self, label: Label, near: Spot) -> tuple[Box, Html]:
        box = find_place(label, near, self.area, self.spots, self.boxes)
        self.is_clear = self.is_clear and is_free(box, self.spots, self.boxes)
        self.boxes.append(box)
        # Set towards its mark, so that the short line of a label is not the one that strays.
        if near[0] < box.x + box.width / 3:
            return box, label.at(box.x, box.y)
        if near[0] > box.x + box.width * 2 / 3:
            return box, label.at(box.x + box.width, box.y, "end")
        return box, label.at(box.x + box.width / 2, box.y, "middle")


def annotate(
    lines: Sequence[Line],
    targets: Sequence[Target],
    breaks: Sequence[Break],
    revisions: Sequence[Revision],
    frame: Frame,
    width: int,
    ticks: Sequence[Box] = (),
) -> tuple[list[Html], bool]:
    """All words of the chart except ticks: breaks first (they cannot move), then revisions, ends, points.

    Also whether every one found a place that covers no line and no other words."""
    taken = [spot for a in lines for spot in sample(spots_of(sorted(a.points, key=lambda p: p.x), frame))]
    taken += [
        s for r in revisions for s in sample([(frame.x(r.x), frame.y(r.old)), (frame.x(r.x), frame.y(r.new))])
    ]
    taken += [s for t in targets for s in sample([(frame.left, frame.y(t.y)), (frame.right, frame.y(t.y))])]
    dots = [Box(x - 5, y - 5, 10, 10) for a in lines for x, y in _marked_spots(a, frame)]
    area = Box(0, 0, frame.right if width > NARROW else width, frame.bottom - 2)
    page = _Page(frame, area, taken, [*ticks, *dots])
    drawn = [html for cut in breaks for html in _break_words(cut, page)]
    drawn += [_revision_words(revision, page) for revision in revisions if revision.words or revision.note]
    ends = _ends(lines, targets, width)
    drawn += _inside(ends, page) if width == NARROW else _in_gutter(ends, page)
    drawn += [_point_words(a, p, page) for a in lines for p in a.points if p.label and p.y is not None]
    return drawn, page.is_clear


def _marked_spots(series: Line, frame: Frame) -> list[Spot]:
    """Where dots and rings are likely to stand: every point of a short series, the last of a long one."""
    spots = spots_of(sorted(series.points, key=lambda p: p.x), frame)
    return spots if len(spots) <= FEW else spots[-1:]


def _break_words(cut: Break, page: _Page) -> list[Html]:
    x = page.frame.x(cut.x)
    page.spots += sample([(x + 3, page.frame.top - BREAK_HEAD), (x + 3, page.frame.bottom)])
    left = x - page.frame.left > page.frame.right - x
    room = max(min((x if left else page.frame.right - x) - 16, 150), 60)
    label = make_label(cut.words, cut.note, NOTE, room, TICK_SIZE)
    place, anchor = (x - 6, "end") if left else (x + 13, "start")
    page.boxes.append(label.box(place, page.frame.top - BREAK_HEAD, anchor))
    return [label.at(place, page.frame.top - BREAK_HEAD, anchor)]


def _revision_words(revision: Revision, page: _Page) -> Html:
    higher = max(revision.old, revision.new)
    spot = (page.frame.x(revision.x) - 50, page.frame.y(higher) - 22)
    return page.put(make_label(revision.words, revision.note, NOTE, 150, TICK_SIZE), spot)[1]


def _point_words(series: Line, point: Point, page: _Page) -> Html:
    spot = (page.frame.x(point.x), page.frame.y(point.y or 0) - 12)
    label = make_label("", point.label, INK_2 if series.role.value == "comparison" else INK, 160, TICK_SIZE)
    return page.put(label, spot)[1]


def _inside(ends: Sequence[_End], page: _Page) -> list[Html]:
    drawn = []
    for end in sorted(ends, key=lambda e: e.point.y or 0, reverse=True):
        spot = _spot(end, page.frame)
        box, html = page.put(end.label, (spot[0] - end.label.width / 3, spot[1] - 12))
        ends_at = _leader(spot, _along(end, page.frame), box, page.boxes)
        # Labels placed after this one keep clear of its leader too.
        page.spots += sample(ends_at)
        drawn += [*([line(*ends_at[0], *ends_at[1], INK_3, 0.8)] if ends_at else []), html]
    return drawn


def _along(end: _End, frame: Frame) -> list[Spot]:
    """Spots along the line that a label names."""
    if end.series is None:
        return sample([(frame.left, frame.y(end.point.y or 0)), (frame.right, frame.y(end.point.y or 0))], 12)
    return sample(spots_of(sorted(end.series.points, key=lambda point: point.x), frame), 12)


def _spot(end: _End, frame: Frame) -> Spot:
    x = frame.right if end.point.x == float("inf") else frame.x(end.point.x)
    return x, frame.y(end.point.y or 0)


def _leader(end: Spot, along: Sequence[Spot], box: Box, others: Sequence[Box]) -> list[Spot]:
    """Ends of a thin line from a label that strayed from the end of its series; none where it is near.

    It leads to the end, or where other words stand between, to the nearest spot of the series in sight."""
    ways = [_way(box, spot) for spot in [end, *along]]
    if math.dist(*ways[0]) < FAR:
        return []
    in_sight = [way for way in ways if not _crosses(way, box, others)]
    if not in_sight:
        return []
    start, spot = in_sight[0] if in_sight[0] is ways[0] else min(in_sight, key=lambda way: math.dist(*way))
    length = math.dist(start, spot)
    part = 1 - 7 / length if length > 14 else 1.0
    return [start, (start[0] + (spot[0] - start[0]) * part, start[1] + (spot[1] - start[1]) * part)]


def _way(box: Box, spot: Spot) -> tuple[Spot, Spot]:
    """From the nearest edge of a label to a spot."""
    x = min(max(spot[0], box.x), box.x + box.width)
    y = min(max(spot[1], box.y), box.y + box.height)
    return (x, y), spot


def _crosses(way: tuple[Spot, Spot], own: Box, others: Sequence[Box]) -> bool:
    return not is_free_of(sample(list(way), 2), [box for box in others if box != own and box.width > 10])


def _in_gutter(ends: Sequence[_End], page: _Page) -> list[Html]:
    frame = page.frame
    heights = [end.label.height for end in ends]
    wanted = [_spot(end, frame)[1] for end in ends]
    # The first line of a label, its name, stands level with the end of its line.
    wanted = [y + height / 2 - 9 for y, height in zip(wanted, heights, strict=True)]
    centres = spread(wanted, heights, 0, frame.bottom + 12, gap=6)
    drawn = []
    for end, centre, hoped in zip(ends, centres, wanted, strict=True):
        drawn.append(end.label.at(frame.right + GUTTER_GAP, centre - end.label.height / 2))
        if abs(centre - hoped) > STRAYED:
            x, y = _spot(end, frame)
            top = centre - end.label.height / 2 + 9
            drawn.append(line(min(x, frame.right - 8) + 6, y, frame.right + GUTTER_GAP - 4, top, INK_3, 0.8))
    return drawn

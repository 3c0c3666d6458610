"""Arcs from one area to the places where its people live: at most six, thick at the origin, pointed at the
end.

They show a stock, not a route; the page says "stock" or "flow". Under 700 px the same numbers are bars.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import Box, Label, Spot, find_place
from guzar.use.observatory.land import area_codes, land, middle_of
from guzar.use.observatory.projection import EUROPE_WINDOW, LonLat
from guzar.use.observatory.svg import ACCENT, INK, Caption, Html, dot, path_data, tag

AT_MOST = 6
THICKEST = 17.0
THINNEST = 1.2
BEND = 0.13

# Where people live rather than where the shape is widest.
ENDS: dict[str, LonLat] = {
    "RUS": (39, 55.5),
    "KAZ": (71.5, 51),
    "UKR": (31, 49.5),
    "TUR": (33.5, 39.6),
    "UZB": (65.5, 41),
    "KGZ": (74.7, 42),
    "TJK": (69.5, 38.6),
    "DEU": (10, 51.2),
}


@dataclass(frozen=True)
class Arc:
    """One destination: ISO code, name, value, and the value as written."""

    area: str
    name: str
    value: float
    said: str


def is_on_map(area: str) -> bool:
    """Whether an area lies in the window of Central Asia with Europe; others belong in a sentence beside the
    map."""
    if area not in area_codes():
        return False
    x, y = EUROPE_WINDOW.place(end_of(area), 1)
    return 0.01 < x < 0.99 and 0.01 < y < EUROPE_WINDOW.height_at(1) - 0.01


def end_of(area: str) -> LonLat:
    """Where an arc to or from an area ends."""
    return ENDS.get(area) or middle_of(area)


def arc_map(
    caption: Caption, origin: str, origin_name: str, arcs: Sequence[Arc], *, width: int = HALF
) -> Drawing:
    """Arcs from ``origin``, largest first; on 328 px bars instead.

    Refuses more than six arcs, and destinations outside the map: leaving them out unseen would misstate the
    picture."""
    if len(arcs) > AT_MOST:
        raise ValueError(f"An arc map shows at most {AT_MOST} destinations, not {len(arcs)}.")
    outside = [arc.area for arc in arcs if not is_on_map(arc.area)]
    if outside or not is_on_map(origin):
        raise ValueError(f"Not on the map of Central Asia with Europe: {', '.join(outside) or origin}.")
    ordered = sorted(arcs, key=lambda arc: (-arc.value, arc.area))

    def paint(w: int) -> tuple[float, Sequence[str]]:
        return _paint(caption, origin, origin_name, ordered, w)

    wide = draw(caption, width, paint)
    bars = [Bar(arc.name, arc.value, arc.said, subject=i == 0) for i, arc in enumerate(ordered)]
    narrow = bar_chart(caption, bars, width=NARROW)
    return Drawing((narrow.pictures[0], *wide.pictures[1:]))


def _paint(
    caption: Caption, origin: str, origin_name: str, arcs: Sequence[Arc], width: int
) -> tuple[float, Sequence[str]]:
    if not arcs:
        return nothing_to_draw()
    height = EUROPE_WINDOW.height_at(width)
    start = EUROPE_WINDOW.place(end_of(origin), width)
    ends = [EUROPE_WINDOW.place(end_of(arc.area), width) for arc in arcs]
    shapes = [
        _arc(start, end, thickness(arc.value, arcs[0].value)) for arc, end in zip(arcs, ends, strict=True)
    ]
    emphasis = (origin, *(arc.area for arc in arcs))
    body = [land(EUROPE_WINDOW, width, height, caption.name, emphasis), *shapes, dot(*start, INK, 5)]
    return height, body + _labels(origin_name, arcs, start, ends, width, height)


def thickness(value: float, largest: float) -> float:
    """Pixels at the origin, in proportion to the value; never thinner than can be seen."""
    return max(THICKEST * value / largest, THINNEST)


def centre_line(start: Spot, end: Spot, count: int = 24) -> list[Spot]:
    """A curve that bends to the north, so that arcs both ways never lie on each other."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    bend_x, bend_y = (x1 + x2) / 2, (y1 + y2) / 2 - BEND * 2 * length
    return [
        (
            (1 - t) ** 2 * x1 + 2 * (1 - t) * t * bend_x + t**2 * x2,
            (1 - t) ** 2 * y1 + 2 * (1 - t) * t * bend_y + t**2 * y2,
        )
        for t in (i / count for i in range(count + 1))
    ]


def _arc(start: Spot, end: Spot, thick: float) -> Html:
    """A sliver along the curve: full width at the start, a point at the end."""
    spots = centre_line(start, end)
    left, right = [], []
    for i, (x, y) in enumerate(spots):
        before, after = spots[max(i - 1, 0)], spots[min(i + 1, len(spots) - 1)]
        length = math.hypot(after[0] - before[0], after[1] - before[1]) or 1
        across = ((before[1] - after[1]) / length, (after[0] - before[0]) / length)
        half = thick / 2 * (1 - i / (len(spots) - 1)) + 0.3
        left.append((x + across[0] * half, y + across[1] * half))
        right.append((x - across[0] * half, y - across[1] * half))
    return tag("path", d=path_data(left + right[::-1], closed=True), fill=ACCENT)


def _labels(
    origin_name: str, arcs: Sequence[Arc], start: Spot, ends: Sequence[Spot], width: int, height: float
) -> list[Html]:
    frame = Box(4, 4, width - 8, height - 8)
    spots = [spot for end in ends for spot in centre_line(start, end, 60)]
    boxes: list[Box] = [Box(start[0] - 7, start[1] - 7, 14, 14)]
    drawn = []
    # Destinations first, on the side away from the origin; the origin takes what is left.
    wanted = [
        (Label((a.name,), (a.said,), INK), (x, y + (20 if y > start[1] else -20)))
        for a, (x, y) in zip(arcs, ends, strict=True)
    ]
    wanted.append((Label((origin_name,), (), INK), (start[0], start[1] + 18)))
    for label, near in wanted:
        box = find_place(label, near, frame, spots, boxes)
        boxes.append(box)
        drawn.append(label.at(box.x + box.width / 2, box.y, "middle"))
    return drawn

"""The land under the maps: shapes of the region as compact SVG paths, and where each area is.

Shapes come with guzar (``shapes/region.json``, see ``shapes/NOTICE.txt``); no border is drawn by hand. Places
whose status is disputed are hatched, each with the text whose rule is followed. Every map needs the notice on
boundaries."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from guzar.use.observatory.projection import LonLat, Spot, Window
from guzar.use.observatory.svg import INK_2, LAND, WHITE, Html, short, tag

ELSEWHERE = "#EFF2F4"
OF_THE_REGION = ("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "RUS", "TJK", "TKM", "TUR", "UKR", "UZB")
# Coordinates in the paths are tenths of a pixel, as whole numbers: shorter, and still finer than a screen.
TENTHS = 10
EDGE = 6.0


@dataclass(frozen=True)
class Hatched:
    """A place of disputed status: ``rule`` names the text that the drawing follows."""

    name: str
    rule: str
    rings: tuple[tuple[LonLat, ...], ...]


@cache
def _shapes() -> dict[str, Any]:
    text = files("guzar.use.observatory").joinpath("shapes/region.json").read_text(encoding="utf-8")
    shapes: dict[str, Any] = json.loads(text)
    return shapes


def _degrees(steps: list[int]) -> list[LonLat]:
    scale = _shapes()["steps_per_degree"]
    x = y = 0
    points = []
    for i in range(0, len(steps), 2):
        x, y = x + steps[i], y + steps[i + 1]
        points.append((x / scale, y / scale))
    return points


@cache
def _arcs() -> list[list[LonLat]]:
    return [_degrees(steps) for steps in _shapes()["arcs"]]


def area_codes() -> list[str]:
    """ISO alpha-3 codes (and the source's own for areas without one) of all shapes."""
    return list(_shapes()["areas"])


@cache
def area_polygons(area: str) -> list[list[list[LonLat]]]:
    """Polygons of an area; the first ring of each is its outline, the others are holes."""
    return [[_ring(ring) for ring in polygon] for polygon in _shapes()["areas"][area]]


def _ring(numbers: list[int]) -> list[LonLat]:
    points: list[LonLat] = []
    for number in numbers:
        part = _arcs()[number] if number >= 0 else _arcs()[~number][::-1]
        points.extend(part[1:] if points else part)
    return points


@cache
def hatched_places() -> tuple[Hatched, ...]:
    """Disputed places large enough to have a shape."""
    return tuple(
        Hatched(place["name"], place["rule"], tuple(tuple(_degrees(ring)) for ring in place["rings"]))
        for place in _shapes()["hatched"]
    )


def area_at(place: LonLat) -> str | None:
    """The area whose shape holds a place; ``None`` at sea or outside the window."""
    return next((area for area in area_codes() if _holds(area, place)), None)


def _holds(area: str, place: LonLat) -> bool:
    return any(sum(_crosses(ring, place) for ring in polygon) % 2 == 1 for polygon in area_polygons(area))


def _crosses(ring: list[LonLat], place: LonLat) -> int:
    """How often a ray to the east crosses a ring; odd is inside."""
    x, y = place
    count = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            count += 1
    return count


@cache
def middle_of(area: str) -> LonLat:
    """The centroid of an area's largest polygon: a stand-in where no better place is known."""
    outline = max((polygon[0] for polygon in area_polygons(area)), key=lambda ring: abs(_twice_area(ring)))
    double = _twice_area(outline)
    pairs = list(zip(outline, outline[1:] + outline[:1], strict=True))
    x = math.fsum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs)
    y = math.fsum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs)
    return x / (3 * double), y / (3 * double)


def _twice_area(ring: list[LonLat]) -> float:
    return math.fsum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))


def land(
    window: Window, width: int, height: float, name: str, emphasis: tuple[str, ...] = OF_THE_REGION
) -> Html:
    """All shapes in a window, clipped to it; areas of the ``emphasis`` a tone darker; disputed places
    hatched.

    ``name`` must be unique on the page: the hatching is a pattern, which needs an id.
    """
    quiet = [area for area in area_codes() if area not in emphasis]
    pattern_id = f"{name}-{width}-hatch"
    return tag(
        "svg",
        _pattern(pattern_id),
        _fill(quiet, window, width, ELSEWHERE),
        _fill([area for area in area_codes() if area in emphasis], window, width, LAND),
        _hatching(window, width, pattern_id),
        x=0,
        y=0,
        width=width,
        height=height,
        viewBox=f"0 0 {width * TENTHS} {short(height * TENTHS)}",
        overflow="hidden",
    )


def _fill(areas: list[str], window: Window, width: int, fill: str) -> Html:
    # One path per area: borders between areas are strokes in white.
    paths = [tag("path", d=data) for area in areas if (data := _outline(area, window, width))]
    return tag(
        "g", *paths, fill=fill, stroke=WHITE, stroke_width=8, stroke_linejoin="round", fill_rule="evenodd"
    )


@cache
def _outline(area: str, window: Window, width: int) -> str:
    return "".join(path_of(ring, window, width) for polygon in area_polygons(area) for ring in polygon)


def _pattern(pattern_id: str) -> Html:
    stroke = tag("path", d="M-10 50L50 -10M30 70L70 30", stroke=INK_2, stroke_width=9)
    return tag("pattern", stroke, id=pattern_id, width=40, height=40, patternUnits="userSpaceOnUse")


def _hatching(window: Window, width: int, pattern_id: str) -> Html:
    rings = "".join(path_of(list(ring), window, width) for place in hatched_places() for ring in place.rings)
    return tag("path", d=rings or "M0 0", fill=f"url(#{pattern_id})")


def path_of(ring: list[LonLat], window: Window, width: int) -> str:
    """A closed ring in whole tenths of a pixel, by steps; nothing if it is out of sight or too small to
    see."""
    spots = [window.place(place, width) for place in ring]
    height = window.height_at(width)
    if _out_of_sight(spots, width, height):
        return ""
    seen = _clipped(spots, width, height)
    return _steps(_thinned([(round(x * TENTHS), round(y * TENTHS)) for x, y in seen]))


def _clipped(spots: list[Spot], width: float, height: float) -> list[Spot]:
    """Only what can be seen, and a little more, so that the cut edge itself stays outside
    (Sutherland–Hodgman)."""
    sides = ((0, -EDGE, 1), (0, width + EDGE, -1), (1, -EDGE, 1), (1, height + EDGE, -1))
    for axis, limit, way in sides:
        spots = _cut_at(spots, axis, limit, way)
    return spots


def _cut_at(spots: list[Spot], axis: int, limit: float, way: int) -> list[Spot]:
    kept: list[Spot] = []
    for start, end in zip(spots, spots[1:] + spots[:1], strict=True):
        start_in, end_in = ((spot[axis] - limit) * way >= 0 for spot in (start, end))
        if start_in:
            kept.append(start)
        if start_in != end_in:
            share = (limit - start[axis]) / (end[axis] - start[axis])
            kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
    return kept


def _out_of_sight(spots: list[Spot], width: float, height: float) -> bool:
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    beside = max(xs) < 0 or min(xs) > width or max(ys) < 0 or min(ys) > height
    return beside or max(max(xs) - min(xs), max(ys) - min(ys)) < 2.0


def _thinned(spots: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Points about a pixel apart: what lies between cannot be seen."""
    kept = spots[:1]
    for spot in spots[1:]:
        if abs(spot[0] - kept[-1][0]) + abs(spot[1] - kept[-1][1]) >= 11:
            kept.append(spot)
    return kept


def _steps(spots: list[tuple[int, int]]) -> str:
    if len(spots) < 3:
        return ""
    moves = [f"M{spots[0][0]} {spots[0][1]}l"]
    for (x1, y1), (x2, y2) in pairwise(spots):
        across, down = x2 - x1, y2 - y1
        space = "" if len(moves) == 1 or across < 0 else " "
        moves.append(f"{space}{across}{'' if down < 0 else ' '}{down}")
    return "".join(moves) + "z"

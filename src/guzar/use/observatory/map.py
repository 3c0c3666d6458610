"""Maps: half-discs of who left and who came, and arcs from one area to where its people live.

A map locates; the sizes carry the numbers. Half-discs are in proportion by area: left, born here and living
elsewhere; right, living here and born elsewhere. Where countries are too close, symbols are pulled out on
lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guzar.use.observatory.drawing import MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import Label, make_label
from guzar.use.observatory.land import land
from guzar.use.observatory.projection import REGION_NARROW, REGION_WINDOW, LonLat, Spot, Window
from guzar.use.observatory.svg import (
    ACCENT,
    DATA_GREY,
    INK,
    INK_2,
    INK_3,
    Caption,
    Html,
    dot,
    line,
    short,
    tag,
)

LARGEST_RADIUS = {NARROW: 22.0, MAIN: 45.0}
GAP = 1.2
UNKNOWN_REACH = 9.0  # as far as the two dots of a half that is not known reach


@dataclass(frozen=True)
class Place:
    """Where a symbol stands; ``pulled_from`` is the country itself when the symbol is pulled out.

    ``side`` of the symbol on which the name is written: "above", "below", "left", "right".
    """

    at: LonLat
    side: str
    pulled_from: LonLat | None = None
    narrow_at: LonLat | None = None
    narrow_side: str | None = None


PLACES: Mapping[str, Place] = {
    "RUS": Place((92, 60.5), "above", narrow_at=(72, 58.5)),
    "BLR": Place((28, 53.5), "left", narrow_side="above"),
    "UKR": Place((31.4, 49), "left", narrow_side="below"),
    "KAZ": Place((67.5, 48.2), "above"),
    "TUR": Place((34, 39), "below"),
    "UZB": Place((63, 41.9), "above", narrow_side="left"),
    "TKM": Place((59.2, 39.3), "below"),
    "TJK": Place((71, 38.4), "right", narrow_at=(71.6, 38.2), narrow_side="below"),
    "KGZ": Place((75, 41.4), "above"),
    "GEO": Place((51.5, 46.6), "right", (43.4, 42.1)),
    "ARM": Place((43, 34.6), "left", (44.8, 40.3)),
    "AZE": Place((50.5, 33.9), "right", (48, 40.4), narrow_at=(47, 32.4)),
}


@dataclass(frozen=True)
class HalfDisc:
    """One area. ``None`` is not known: that half is left out and two dots stand in its place."""

    area: str
    name: str
    born_here: float | None
    living_here: float | None


@dataclass(frozen=True)
class DiscWords:
    """The legend: the two halves (bold, plain), and the size shown: ("5 million each, 2020", 5_000_000)."""

    left: tuple[str, str]
    right: tuple[str, str]
    size: tuple[str, float]


def radius_of(value: float, per_person: float) -> float:
    """So that the half-disc's area is in proportion to the value."""
    return math.sqrt(max(value, 0) * per_person)


def half_disc_map(
    caption: Caption,
    discs: Sequence[HalfDisc],
    legend: DiscWords,
    *,
    places: Mapping[str, Place] = PLACES,
    width: int = MAIN,
) -> Drawing:
    """The map of the region. The page adds the notice on boundaries and names what is hatched
    (``hatched_places``)."""

    def paint(w: int) -> tuple[float, Sequence[str]]:
        return _paint(caption, discs, legend, places, w)

    return draw(caption, width, paint)


def _paint(
    caption: Caption, discs: Sequence[HalfDisc], legend: DiscWords, places: Mapping[str, Place], width: int
) -> tuple[float, Sequence[str]]:
    values = [value for disc in discs for value in (disc.born_here, disc.living_here) if value]
    if not values:
        return nothing_to_draw()
    window = REGION_NARROW if width == NARROW else REGION_WINDOW
    height = window.height_at(width)
    largest = LARGEST_RADIUS[NARROW] if width == NARROW else LARGEST_RADIUS[MAIN] * width / MAIN
    per_person = largest**2 / max(values)
    # The largest first, so that no small symbol hides under a big one.
    ordered = sorted(discs, key=lambda d: -max(d.born_here or 0, d.living_here or 0))
    symbols = [
        html for disc in ordered for html in _symbol(disc, places[disc.area], per_person, window, width)
    ]
    keys = (
        _narrow_legend(legend, per_person, height)
        if width == NARROW
        else _legend(legend, per_person, width, height)
    )
    return height + (64 if width == NARROW else 0), [
        land(window, width, height, caption.name),
        *symbols,
        *keys,
    ]


def _symbol(disc: HalfDisc, place: Place, per_person: float, window: Window, width: int) -> list[Html]:
    at = place.narrow_at if width == NARROW and place.narrow_at else place.at
    side = place.narrow_side if width == NARROW and place.narrow_side else place.side
    centre = window.place(at, width)
    left, right = (
        UNKNOWN_REACH if value is None else radius_of(value, per_person)
        for value in (disc.born_here, disc.living_here)
    )
    return [
        *_leader(place, centre, window, width),
        *half_discs(centre, disc.born_here, disc.living_here, per_person),
        _name(disc.name, centre, left, right, side),
    ]


def half_discs(centre: Spot, left: float | None, right: float | None, per_person: float) -> list[Html]:
    """Two half-discs back to back with a white gap."""
    return [*_half(centre, left, per_person, -1, ACCENT), *_half(centre, right, per_person, 1, DATA_GREY)]


def _half(centre: Spot, value: float | None, per_person: float, way: int, fill: str) -> list[Html]:
    x, y = centre[0] + way * GAP / 2, centre[1]
    if value is None:
        return [dot(x + way * 3, y, INK, 1.2), dot(x + way * 7, y, INK, 1.2)]
    radius = radius_of(value, per_person)
    sweep = 0 if way < 0 else 1
    arc = f"A{short(radius)} {short(radius)} 0 0 {sweep} {short(x)} {short(y + radius)}Z"
    return [tag("path", d=f"M{short(x)} {short(y - radius)}{arc}", fill=fill)] if radius > 0 else []


def _leader(place: Place, centre: Spot, window: Window, width: int) -> list[Html]:
    if place.pulled_from is None:
        return []
    x, y = window.place(place.pulled_from, width)
    return [line(x, y, *centre, INK_3, 1), dot(x, y, INK_2, 1.8)]


def _name(name: str, centre: Spot, left: float, right: float, side: str) -> Html:
    label = Label((name,), (), INK)
    x, y = centre
    if side == "left":
        return label.at(x - left - 4, y - label.height / 2, "end")
    if side == "right":
        return label.at(x + right + 6, y - label.height / 2)
    reach = max(left, right)
    return label.at(x, y - reach - label.height - 3 if side == "above" else y + reach + 3, "middle")


def _legend(legend: DiscWords, per_person: float, width: int, height: float) -> list[Html]:
    """In the empty south-east corner of the map."""
    said, value = legend.size
    radius = radius_of(value, per_person)
    left = make_label(*legend.left, ACCENT, 110)
    right = make_label(*legend.right, INK_2, 100)
    x, y = width - right.width - radius - 12, height - radius - 30
    size = Label((), (said,), INK_3, 12.5)
    return [
        *half_discs((x, y), value, value, per_person),
        left.at(x - radius - 5, y - left.height / 2, "end"),
        right.at(x + radius + 5, y - right.height / 2),
        size.at(x, y + radius + 6, "middle"),
    ]


def _narrow_legend(legend: DiscWords, per_person: float, height: float) -> list[Html]:
    """Under the map, where a telephone has room for it."""
    said, value = legend.size
    radius = radius_of(value, per_person)
    left, right = make_label(*legend.left, ACCENT, 112, 12), make_label(*legend.right, INK_2, 112, 12)
    x, y = NARROW / 2, height + 24
    size = Label((), (said,), INK_3, 12)
    return [
        *half_discs((x, y), value, value, per_person),
        left.at(x - radius - 6, y - left.height / 2, "end"),
        right.at(x + radius + 6, y - right.height / 2),
        size.at(x, y + radius + 5, "middle"),
    ]


__all__ = ["PLACES", "DiscWords", "HalfDisc", "Place", "half_disc_map", "radius_of"]

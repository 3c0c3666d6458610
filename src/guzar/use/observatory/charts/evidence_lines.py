"""How old the evidence is, country by country: last observation (dot), carried forward (dots), reference date
(ring)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
from guzar.use.observatory.scales import Scale, year_ticks
from guzar.use.observatory.svg import GRID, INK, INK_2, Caption, Html, dot, line, ring

ROW = 27
HEAD = 8


@dataclass(frozen=True)
class EvidenceLine:
    """One country. ``observed`` is the year last looked (``None``: not known, two dots); ``said`` its age in
    words."""

    name: str
    observed: float | None
    said: str
    strong: bool = False


def evidence_lines(
    caption: Caption, countries: Sequence[EvidenceLine], reference: float, *, width: int = HALF
) -> Drawing:
    """Rows in the order given, oldest evidence first; one axis of years, so lengths compare within the
    chart."""
    return draw(caption, width, lambda w: _paint(countries, reference, w))


def _paint(countries: Sequence[EvidenceLine], reference: float, width: int) -> tuple[float, Sequence[str]]:
    if not countries:
        return nothing_to_draw()
    name_room = max(text_width(c.name, 13, SEMIBOLD) for c in countries) + 14
    said_room = max(text_width(c.said, 13, SEMIBOLD) for c in countries) + 14
    scale = _scale(countries, reference, name_room, width - said_room)
    bottom = HEAD + ROW * len(countries)
    body = [
        *_axis(scale, reference, bottom, width),
        line(scale(reference), 0, scale(reference), bottom + 4, INK),
    ]
    for i, country in enumerate(countries):
        body += _row(country, HEAD + ROW * i + ROW / 2, scale, reference, width)
    return bottom + 24, body


def _scale(countries: Sequence[EvidenceLine], reference: float, left: float, right: float) -> Scale:
    first = min([c.observed for c in countries if c.observed is not None] + [reference - 10])
    return Scale(first, reference, left + 5, right)


def _axis(scale: Scale, reference: float, bottom: float, width: int) -> list[Html]:
    drawn = []
    for year in year_ticks(scale.low, reference, 4 if width == NARROW else 5):
        x = scale(year)
        drawn.append(line(x, 0, x, bottom, GRID))
        drawn.append(text(x, bottom + 18, str(year), anchor="middle"))
    return drawn


def _row(country: EvidenceLine, y: float, scale: Scale, reference: float, width: int) -> list[Html]:
    weight = SEMIBOLD if country.strong else REGULAR
    name = text(0, y + 4.5, country.name, INK, 13, weight)
    said = text(width, y + 4.5, country.said, INK if country.strong else INK_2, 13, weight, "end")
    return [name, *_marks(country.observed, y, scale, reference), said]


def _marks(observed: float | None, y: float, scale: Scale, reference: float) -> list[Html]:
    end = scale(reference)
    if observed is None:
        return [dot(end - 14, y, radius=1.6), dot(end - 8, y, radius=1.6)]
    start = scale(observed)
    if abs(end - start) < 0.5:
        return [ring(end, y, radius=5.2), dot(end, y, radius=2.9)]
    carried = line(start, y, end, y, INK, 1.4, "1.5 2.6")
    return [carried, ring(end, y), dot(start, y)]

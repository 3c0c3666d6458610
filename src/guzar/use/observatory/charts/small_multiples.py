"""The same measure for several areas side by side, on one scale; ordered by the caller, by the measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.axes import Frame, tick_words
from guzar.use.observatory.charts.line_marks import draw_line
from guzar.use.observatory.drawing import FULL, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, Label, make_label, text
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.numbers import Language, number
from guzar.use.observatory.scales import Scale, extent, nice_ticks, year_ticks
from guzar.use.observatory.series import Break, Line, Markers, Point, Role
from guzar.use.observatory.svg import ACCENT, GRID, INK, INK_3, NOTE, WHITE, Caption, Html, group, line

GAP = 24
PLOT = 84
HEAD = 26
FOOT = 26
# Room right of each plot for the tick labels.
TICKS_ROOM = 30


@dataclass(frozen=True)
class Panel:
    """One area: its name above, its line below, a break if there is one."""

    name: str
    points: Sequence[Point]
    breaks: Sequence[Break] = ()


@dataclass(frozen=True)
class _Shared:
    """What all panels have in common."""

    x: tuple[float, float]
    y: tuple[float, float]
    ticks: Sequence[float]
    after: str
    decimals: int
    lang: Language


def small_multiples(
    caption: Caption,
    panels: Sequence[Panel],
    *,
    unit_after: str = "",
    decimals: int = 1,
    lang: Language = "en",
    width: int = FULL,
) -> Drawing:
    """Six in a row at 1120 px, four at 740, two at 328. The last value of each is written in teal.

    ``unit_after`` follows the top tick of the first panel only: "%".
    """
    filled = [panel for panel in panels if any(p.y is not None for p in panel.points)]
    return draw(caption, width, lambda w: _paint(filled, unit_after, decimals, lang, w))


def _paint(
    panels: Sequence[Panel], after: str, decimals: int, lang: Language, width: int
) -> tuple[float, Sequence[str]]:
    if not panels:
        return nothing_to_draw()
    points = [p for panel in panels for p in panel.points]
    values = [p.y for p in points if p.y is not None]
    ticks = nice_ticks(values, 3)
    xs = [p.x for p in points]
    shared = _Shared((min(xs), max(xs)), extent(values, ticks), ticks, after, decimals, lang)
    columns = columns_at(width)
    each = (width - GAP * (columns - 1)) / columns
    top = _head(panels)
    tall = top + PLOT + FOOT + 14
    body = []
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        frame = _frame(shared, each, top)
        place = f"translate({(each + GAP) * column:g} {tall * row:g})"
        body.append(group(_panel(panel, shared, frame, first=i == 0), transform=place))
    rows = (len(panels) + columns - 1) // columns
    return tall * rows - 8, body


def columns_at(width: int) -> int:
    """How many panels stand side by side."""
    return 2 if width == NARROW else max(width // 180, 3)


def _head(panels: Sequence[Panel]) -> float:
    """Room above the plot: the name, and the words of a break where a panel has one."""
    return HEAD + (28 if any(panel.breaks for panel in panels) else 8)


def _frame(shared: _Shared, each: float, top: float) -> Frame:
    right = each - TICKS_ROOM
    return Frame(0, right, top, top + PLOT, Scale(*shared.x, 3, right - 5), Scale(*shared.y, top + PLOT, top))


def _panel(panel: Panel, shared: _Shared, frame: Frame, first: bool) -> list[Html]:
    line_ = Line(panel.points, panel.name, role=Role.SUBJECT, markers=Markers.LAST)
    cuts = [cut.x for cut in panel.breaks]
    return [
        text(0, 13, panel.name, INK, 13, SEMIBOLD),
        *_grid(shared, frame, first),
        *_years(shared, frame),
        *(mark for cut in panel.breaks for mark in _break(cut, frame)),
        *draw_line(line_, frame, cuts),
        _last_value(panel, shared, frame),
    ]


def _grid(shared: _Shared, frame: Frame, first: bool) -> list[Html]:
    said = tick_words(shared.ticks, shared.lang)
    said[-1] += shared.after if first else ""
    drawn = []
    for value, label in zip(shared.ticks, said, strict=True):
        y = frame.y(value)
        drawn.append(line(frame.left, y, frame.right, y, INK if value == 0 else GRID))
        drawn.append(text(frame.right + 4, y + 4, label, size=12))
    return drawn


def _years(shared: _Shared, frame: Frame) -> list[Html]:
    drawn = []
    for year in year_ticks(*shared.x, at_most=2):
        label = str(year)
        half = text_width(label, 12) / 2
        x = min(max(frame.x(year), half), frame.right - half + 8)
        drawn.append(text(x, frame.bottom + 17, label, size=12, anchor="middle"))
        drawn.append(line(frame.x(year), frame.bottom, frame.x(year), frame.bottom + 4, INK_3))
    return drawn


def _break(cut: Break, frame: Frame) -> list[Html]:
    x = frame.x(cut.x)
    top = HEAD - 2
    bars = [line(x + side, top, x + side, frame.bottom, NOTE, 1.3) for side in (0, 4)]
    label = make_label("", cut.words, NOTE, max(x - 6, 60), 12)
    return [*bars, label.at(x - 5, top - 4, "end")]


def _last_value(panel: Panel, shared: _Shared, frame: Frame) -> Html:
    """Above the last point, or below it where the line comes down steeply from above."""
    known = sorted((p for p in panel.points if p.y is not None), key=lambda p: p.x)
    last = known[-1]
    label = Label((number(last.y, shared.lang, shared.decimals),), (), ACCENT)
    x = frame.x(last.x)
    near = [frame.y(p.y or 0) for p in known if frame.x(p.x) > x - label.width - 2]
    above = min(near) - label.height - 4
    fits = above > frame.top - 24
    return label.at(min(x + 6, frame.right), above if fits else max(near) + 6, "end")


__all__ = ["TICK_SIZE", "WHITE", "Panel", "small_multiples"]

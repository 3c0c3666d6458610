"""Horizontal bars from zero: areas compared, one of them the subject; modelled values hatched and grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width, wrap
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.signs import Status, cross_hatching
from guzar.use.observatory.svg import (
    ACCENT,
    DATA_GREY,
    INK,
    INK_2,
    Caption,
    Html,
    hatching,
    line,
    rect,
    small_sign,
)

# Names wider than this go on over the next line.
NAME_ROOM = 210
SIZE, LEADING = 13, 16.0


@dataclass(frozen=True)
class Bar:
    """One row. ``said`` is the value as written (with unit or sign); ``None`` draws no bar, only what is
    said."""

    name: str
    value: float | None
    said: str
    subject: bool = False
    status: Status = Status.OBSERVED


def bar_chart(caption: Caption, bars: Sequence[Bar], *, width: int = HALF) -> Drawing:
    """Bars in the order given. On 328 px each name and value stand above a bar of full length."""
    return draw(caption, width, lambda w: _stacked(bars, w) if w == NARROW else _in_columns(bars, w))


def _largest(bars: Sequence[Bar]) -> float:
    return max((abs(bar.value) for bar in bars if bar.value is not None), default=0) or 1


def _weight(bar: Bar) -> int:
    return SEMIBOLD if bar.subject else REGULAR


def _stacked(bars: Sequence[Bar], width: int) -> tuple[float, Sequence[str]]:
    if not bars:
        return nothing_to_draw()
    scale = Scale(0, _largest(bars), 0, width)
    body: list[Html] = []
    top = 0.0
    for bar in bars:
        names = wrap(bar.name, width - text_width(bar.said, SIZE, SEMIBOLD) - 12, SIZE, _weight(bar))
        foot = top + LEADING * (len(names) - 1)
        for i, name in enumerate(names):
            body.append(text(0, top + LEADING * i + 14, name, INK, SIZE, _weight(bar)))
        body.append(text(width, foot + 14, bar.said, INK, SIZE, SEMIBOLD, "end"))
        body += bar_shape(bar, 0, foot + 20, scale(abs(bar.value or 0)), 7)
        top = foot + 38.0
    return top - 6, body


def _in_columns(bars: Sequence[Bar], width: int) -> tuple[float, Sequence[str]]:
    if not bars:
        return nothing_to_draw()
    named = [(bar, wrap(bar.name, NAME_ROOM, SIZE, SEMIBOLD)) for bar in bars]
    name_room = max(text_width(name, SIZE, SEMIBOLD) for _, names in named for name in names) + 14
    said_room = max(text_width(bar.said, SIZE, SEMIBOLD) for bar in bars) + 10
    scale = Scale(0, _largest(bars), 0, width - name_room - said_room)
    body: list[Html] = []
    top = 0.0
    for bar, names in named:
        more, length = LEADING * (len(names) - 1), scale(abs(bar.value or 0))
        for i, name in enumerate(names):
            body.append(text(name_room - 10, top + LEADING * i + 15, name, INK, SIZE, _weight(bar), "end"))
        body += bar_shape(bar, name_room, top + more / 2 + 3, length, 16)
        body.append(text(name_room + length + 8, top + more / 2 + 15, bar.said, INK, SIZE, _weight(bar)))
        top += 28.0 + more
    return top, [line(name_room, 0, name_room, top - 6, INK), *body]


def bar_shape(bar: Bar, x: float, y: float, length: float, height: float) -> list[Html]:
    """The mark alone, by status: solid, outlined (estimated), hatched grey (modelled), a block (withheld)."""
    if bar.status is Status.WITHHELD:
        return [cross_hatching(x, y, 10, height), rect(x, y, 10, height, "none", INK_2)]
    if bar.value is None or length <= 0:
        return []
    # A value above zero must be seen, however small.
    length = max(length, 1.5)
    if bar.status is Status.MODELLED:
        return [hatching(x, y, length, height), rect(x, y, length, height, "none", DATA_GREY)]
    return [rect(x, y, length, height, ACCENT if bar.subject else DATA_GREY)]


def bar_in_cell(bar: Bar, largest: float, *, width: int = 84, height: int = 10) -> Html:
    """A bar to stand beside its number in a table cell; the number is the table's, so the bar is hidden from
    speech."""
    length = Scale(0, largest or 1, 0, width - 1)(abs(bar.value or 0))
    return small_sign(width, height, bar_shape(bar, 0.5, 0.5, length, height - 1), "bar")

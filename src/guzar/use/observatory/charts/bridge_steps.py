"""From one number to another, step by step: two numbers of one thing from zero, and between them a bar for every factor that is
known and one for what nobody explains.

A step without a factor has no bar, only its words: it moves nothing, and what it would explain is in the last bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from guzar.use.observatory.drawing import MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import Label, make_label, text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.svg import (
    DASHED,
    DATA_GREY,
    INK,
    INK_2,
    INK_3,
    WHITE,
    Caption,
    Html,
    hatching,
    line,
    rect,
    tag,
)

Look = Literal["observed", "estimated", "modelled", "known", "rest"]
BAR = 16.0
SHARE_OF_NAMES = 0.36


@dataclass(frozen=True)
class Bar:
    """One row: from where to where it goes, in one unit (alike where nothing is known), and what is said of it.

    The first and the last bar begin at zero and look like the status of their number; those between are `known` or the `rest`.
    """

    name: str
    start: float
    end: float
    said: str
    look: Look
    is_strong: bool = False


def bridge_steps(caption: Caption, bars: Sequence[Bar], *, width: int = MAIN) -> Drawing:
    """Bars in order. Refuses (ValueError) a bar between that does not begin where the one before it ended, and numbers below 0."""
    for before, after in pairwise(bars[:-1]):
        if before.end != after.start:
            raise ValueError(f"The bar {after.name} does not begin where {before.name} ends.")
    if len(bars) > 1 and bars[-2].end != bars[-1].end:
        raise ValueError("The steps do not end at the second number.")
    if any(min(bar.start, bar.end) < 0 for bar in bars):
        raise ValueError("No number of persons is below 0.")
    return draw(caption, width, lambda w: _paint(bars, w))


def _paint(bars: Sequence[Bar], width: int) -> tuple[float, Sequence[str]]:
    most = max((max(bar.start, bar.end) for bar in bars), default=0.0)
    if most <= 0:
        return nothing_to_draw()
    names = [_name(bar, width) for bar in bars]
    left = 2.0 if width == NARROW else max(name.width for name in names) + 14
    x = Scale(0, most, left, width - max(text_width(bar.said, 13, SEMIBOLD) for bar in bars) - 12)
    heights = [_height(name, width) for name in names]
    tops = list(accumulate(heights, initial=0.0))
    places = [
        _bar_top(top, name, height, width) for top, name, height in zip(tops, names, heights, strict=False)
    ]
    body = _zero(x(0), places, tops[-1], width)
    for bar, name, top, at in zip(bars, names, tops, places, strict=False):
        body += [
            name.at(0, top + 3 if width == NARROW else at + BAR / 2 - name.height / 2),
            *_row(bar, at, x),
        ]
    # On a telephone names stand between the bars, where a stroke would run through them.
    if width != NARROW:
        body += [
            line(x(bar.end), at + BAR, x(bar.end), below, INK_3, 0.8)
            for bar, (at, below) in zip(bars, pairwise(places), strict=False)
        ]
    return tops[-1] + 2, body


def _name(bar: Bar, width: int) -> Label:
    room = width - 8 if width == NARROW else width * SHARE_OF_NAMES
    return make_label(bar.name if bar.is_strong else "", "" if bar.is_strong else bar.name, INK, room)


def _height(name: Label, width: int) -> float:
    return name.height + BAR + 14 if width == NARROW else max(34.0, name.height + 8)


def _bar_top(top: float, name: Label, height: float, width: int) -> float:
    return top + name.height + 6 if width == NARROW else top + (height - BAR) / 2


def _zero(x: float, places: Sequence[float], foot: float, width: int) -> list[Html]:
    """The line of zero; on a telephone only beside the bars, so that it crosses no name."""
    if width != NARROW:
        return [line(x, 0, x, foot, INK)]
    return [line(x, at - 2, x, at + BAR + 2, INK) for at in places]


def _row(bar: Bar, at: float, x: Scale) -> list[Html]:
    first, last = sorted((x(bar.start), x(bar.end)))
    said = text(
        last + 7,
        at + 12.5,
        bar.said,
        INK if bar.is_strong else INK_2,
        13,
        SEMIBOLD if bar.is_strong else REGULAR,
        halo=True,
    )
    return [said] if bar.start == bar.end else [*_bar(bar.look, first, at, max(last - first, 1.0)), said]


def _bar(look: Look, x: float, y: float, width: float) -> list[Html]:
    """Solid what was seen or is known, hollow what was estimated, hatched what was modelled from modelled, dashed the rest."""
    if look in ("observed", "known"):
        return [rect(x, y, width, BAR, INK if look == "observed" else DATA_GREY)]
    if look == "rest":
        frame = tag(
            "rect", x=x, y=y, width=width, height=BAR, fill=WHITE, stroke=INK, stroke_dasharray=DASHED
        )
        return [frame]
    hollow = rect(x, y, width, BAR, WHITE, INK_2)
    return [hollow] if look == "estimated" else [hollow, hatching(x, y, width, BAR)]

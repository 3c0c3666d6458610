"""One flow by several methods: a ring for each, a bracket over all. A spread of methods is not an
interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from guzar.use.observatory.charts.axes import Frame, row_of_labels, tick_words
from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, Label, make_label, text
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.scales import Scale, extent, nice_ticks
from guzar.use.observatory.svg import ACCENT, ACCENT_MID, GRID, INK, Caption, Html, line, rect, ring

BRACKET_WASH = "#E3EFF1"
HEAD = 36


@dataclass(frozen=True)
class Method:
    """One method's value. ``said`` is written beside it; ``reason`` replaces it for a true zero: why it is
    zero."""

    name: str
    value: float | None
    said: str
    reason: str = ""


def method_range(
    caption: Caption,
    methods: Sequence[Method],
    bracket_words: str,
    *,
    divide_ticks_by: float = 1,
    tick_after: str = "",
    lang: Language = "en",
    width: int = HALF,
) -> Drawing:
    """Methods as rows, in the order given. ``bracket_words``: "range of six methods: 0–395,000".

    ``divide_ticks_by=1000, tick_after=" thousand"`` shortens the labels of the axis; the last carries the unit.
    """
    known = [m.value for m in methods if m.value is not None]

    def paint(w: int) -> tuple[float, Sequence[str]]:
        if not known:
            return nothing_to_draw()
        return _paint(methods, known, bracket_words, (divide_ticks_by, tick_after, lang), w)

    return draw(caption, width, paint)


def _paint(
    methods: Sequence[Method],
    known: Sequence[float],
    bracket_words: str,
    tick_style: tuple[float, str, Language],
    width: int,
) -> tuple[float, Sequence[str]]:
    ticks = nice_ticks(known, 4, enclose=True)
    frame = _frame(methods, known, ticks, width)
    heights = _heights(methods, width)
    placed = zip(methods, accumulate(heights, initial=float(HEAD)), heights, strict=False)
    rows = [row for method, top, height in placed for row in _row(method, top, height, frame, width)]
    body = [
        *_axis(ticks, frame, tick_style, width),
        *_bracket(min(known), max(known), bracket_words, frame, width),
        *rows,
    ]
    return frame.bottom + 24, body


def _names(methods: Sequence[Method], width: int) -> list[Label]:
    """Names of methods, wrapped: beside the plot, or above each value on a telephone."""
    return [
        make_label("", method.name, INK, width - 20 if width == NARROW else width * 0.5) for method in methods
    ]


def _reason(method: Method, x: float, width: int) -> Label:
    """Why a method is zero, wrapped right of the digit."""
    return make_label(
        "", (method.reason or method.said) if method.value == 0 else "", INK, width - x - 12, TICK_SIZE
    )


def _heights(methods: Sequence[Method], width: int) -> list[float]:
    """Height of each row, by the lines of its name and of its reason."""
    names = _names(methods, width)
    left = _left(names, width)
    reasons = [_reason(method, left, width) for method in methods]
    if width == NARROW:
        return [n.height + max(24, r.height + 8) for n, r in zip(names, reasons, strict=True)]
    return [max(27, n.height + 8, r.height + 8) for n, r in zip(names, reasons, strict=True)]


def _left(names: Sequence[Label], width: int) -> float:
    """Where the plot begins: after the names, or at the edge where they stand above it."""
    return 8.0 if width == NARROW else max(name.width for name in names) + 12


def _frame(methods: Sequence[Method], known: Sequence[float], ticks: Sequence[float], width: int) -> Frame:
    left = _left(_names(methods, width), width)
    said = max(text_width(m.said, 13) for m in methods) + 14
    bottom = HEAD + sum(_heights(methods, width)) + 4
    x = Scale(*extent(known, ticks), left, width - said)
    return Frame(left, width - said, HEAD, bottom, x, Scale(0, 1, bottom, HEAD))


def _axis(
    ticks: Sequence[float], frame: Frame, tick_style: tuple[float, str, Language], width: int
) -> list[Html]:
    divisor, after, lang = tick_style
    said = tick_words([tick / divisor for tick in ticks], lang)
    said[-1] += after
    grid = [
        line(frame.x(tick), frame.top - 8, frame.x(tick), frame.bottom, INK if tick == 0 else GRID)
        for tick in ticks
    ]
    places = [(frame.x(tick), label) for tick, label in zip(ticks, said, strict=True)]
    return grid + row_of_labels(places, frame.bottom + 18, width)


def _bracket(low: float, high: float, said: str, frame: Frame, width: int) -> list[Html]:
    """End stops at the lowest and highest method, the words between them or, if too long, beside."""
    start, end = frame.x(low), frame.x(high)
    fits = text_width(said, TICK_SIZE, SEMIBOLD) < end - start - 12
    half = text_width(said, TICK_SIZE, SEMIBOLD) / 2
    centre = (start + end) / 2 if fits else min(max((start + end) / 2, half), width - half)
    height = 16.0
    words_at = 14.0 if fits else 11.0
    return [
        rect(start, 2, end - start, height, BRACKET_WASH) if fits else line(start, 18, end, 18, ACCENT, 1.4),
        line(start, 2 if fits else 14, start, 20, ACCENT, 1.8),
        line(end, 2 if fits else 14, end, 20, ACCENT, 1.8),
        text(centre, words_at, said, ACCENT, TICK_SIZE, SEMIBOLD, "middle"),
    ]


def _row(method: Method, top: float, height: float, frame: Frame, width: int) -> list[Html]:
    label = _names([method], width)[0]
    if width == NARROW:
        middle = top + label.height + max(9, _reason(method, frame.left, width).height / 2)
        return [label.at(frame.left + 6, top), *_value(method, middle, frame, width)]
    middle = top + height / 2
    return [label.at(0, middle - label.height / 2), *_value(method, middle, frame, width)]


def _value(method: Method, y: float, frame: Frame, width: int) -> list[Html]:
    if method.value is None:
        return [text(frame.left + 8, y + 4.5, method.said, INK, 13)]
    x = frame.x(method.value)
    if method.value == 0:
        zero = text(x, y + 4.5, "0", INK, 13, SEMIBOLD, "middle", halo=True)
        reason = _reason(method, frame.left, width)
        return [zero, reason.at(x + 8, y - reason.height / 2)]
    stem = line(frame.x(0), y, x, y, ACCENT_MID, 1.6)
    return [stem, ring(x, y, ACCENT, 4.4), text(x + 10, y + 4.5, method.said, INK, 13, halo=True)]

"""One flow by several methods: a ring for each, a bracket over all. A spread of methods is not an
interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.axes import Frame, tick_words
from guzar.use.observatory.drawing import HALF, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, Label, make_label, text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
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

    ``divide_ticks_by=1000, tick_after="k"`` shortens the labels of the axis.
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
    step = _step(methods, width)
    rows = [
        row for i, method in enumerate(methods) for row in _row(method, HEAD + i * step, step, frame, width)
    ]
    body = [
        *_axis(ticks, frame, tick_style, width),
        *_bracket(min(known), max(known), bracket_words, frame, width),
        *rows,
    ]
    return frame.bottom + 24, body


def _names(methods: Sequence[Method], width: int) -> list[Label]:
    return [make_label("", method.name, INK, width * 0.5) for method in methods]


def _step(methods: Sequence[Method], width: int) -> float:
    """Height of a row: one line of name or two, the same for all rows."""
    if width == NARROW:
        return 40
    return max(27, max(label.height for label in _names(methods, width)) + 8)


def _frame(methods: Sequence[Method], known: Sequence[float], ticks: Sequence[float], width: int) -> Frame:
    names = max(label.width for label in _names(methods, width))
    left = 8.0 if width == NARROW else names + 12
    said = max(text_width(m.said, 13) for m in methods) + 14
    bottom = HEAD + _step(methods, width) * len(methods) + 4
    x = Scale(*extent(known, ticks), left, width - said)
    return Frame(left, width - said, HEAD, bottom, x, Scale(0, 1, bottom, HEAD))


def _axis(
    ticks: Sequence[float], frame: Frame, tick_style: tuple[float, str, Language], width: int
) -> list[Html]:
    divisor, after, lang = tick_style
    said = tick_words([tick / divisor for tick in ticks], lang)
    drawn = []
    for tick, label in zip(ticks, said, strict=True):
        x = frame.x(tick)
        shown = label + (after if tick else "")
        half = text_width(shown, TICK_SIZE) / 2
        drawn.append(line(x, frame.top - 8, x, frame.bottom, INK if tick == 0 else GRID))
        centre = min(max(x, half), width - half)
        drawn.append(text(centre, frame.bottom + 18, shown, anchor="middle"))
    return drawn


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


def _row(method: Method, top: float, step: float, frame: Frame, width: int) -> list[Html]:
    if width == NARROW:
        name = [text(frame.left + 6, top + 13, method.name, INK, 13, halo=True)]
        return [*name, *_value(method, top + 25, frame, width)]
    label = make_label("", method.name, INK, width * 0.5)
    middle = top + step / 2
    return [label.at(0, middle - label.height / 2), *_value(method, middle, frame, width)]


def _value(method: Method, y: float, frame: Frame, width: int) -> list[Html]:
    if method.value is None:
        return [text(frame.left + 8, y + 4.5, method.said, INK, 13)]
    x = frame.x(method.value)
    if method.value == 0:
        said = f" {method.reason or method.said}"
        zero = text(x, y + 4.5, "0", INK, 13, SEMIBOLD, "middle", halo=True)
        return [zero, text(x + 8, y + 4.5, said.strip(), INK, TICK_SIZE, REGULAR, halo=True)]
    stem = line(frame.x(0), y, x, y, ACCENT_MID, 1.6)
    return [stem, ring(x, y, ACCENT, 4.4), text(x + 10, y + 4.5, method.said, INK, 13, halo=True)]

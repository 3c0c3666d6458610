"""Estimates beside a truth that is known: a strip for each quantity, with the truth as a line through its rows.

A ring is a count in which nothing is estimated; a dot with a bar is an estimate with its interval, the pale bar behind it
the range over what cannot be tested. Every strip has an axis of its own that need not begin at zero: only distances within a strip compare, and the page must
say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.axes import row_of_labels, tick_words
from guzar.use.observatory.drawing import MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import make_label, text
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.scales import Scale, extent, nice_ticks
from guzar.use.observatory.svg import (
    ACCENT,
    ACCENT_TINT,
    GRID,
    INK,
    INK_2,
    NOTE,
    Caption,
    Html,
    dot,
    line,
    rect,
    ring,
)

HEAD, ROW, NARROW_ROW, FOOT = 30.0, 26.0, 42.0, 36.0
BESIDE = 0.04  # of the axis, left of the lowest mark
Ends = tuple[float, float]


@dataclass(frozen=True)
class Guess:
    """One way of counting: its value, what is written beside it, and of an estimate its interval and its range."""

    name: str
    value: float | None
    said: str
    interval: Ends | None = None
    range: Ends | None = None


@dataclass(frozen=True)
class Strip:
    """One quantity: its name, the truth, and the ways of counting it."""

    name: str
    truth: float
    truth_said: str
    guesses: Sequence[Guess]

    @property
    def values(self) -> list[float]:
        """All that is drawn."""
        ends = [
            each for guess in self.guesses for pair in (guess.interval, guess.range) if pair for each in pair
        ]
        return [self.truth, *ends, *(guess.value for guess in self.guesses if guess.value is not None)]


def truth_strips(
    caption: Caption, strips: Sequence[Strip], *, lang: Language = "en", width: int = MAIN
) -> Drawing:
    """Strips under one another, in the order given."""
    return draw(caption, width, lambda w: _paint(strips, lang, w))


def _paint(strips: Sequence[Strip], lang: Language, width: int) -> tuple[float, Sequence[str]]:
    if not strips:
        return nothing_to_draw()
    guesses = [guess for strip in strips for guess in strip.guesses]
    left, right = 8.0, width - 8.0
    if width != NARROW:
        left += max(text_width(guess.name, 13) for guess in guesses) + 8
        right -= max(text_width(guess.said, 13) for guess in guesses) + 8
    top, body = 0.0, list[Html]()
    for strip in strips:
        bottom, drawn = _strip(strip, top, left, right, lang, width)
        body += drawn
        top = bottom
    return top, body


def _strip(
    strip: Strip, top: float, left: float, right: float, lang: Language, width: int
) -> tuple[float, list[Html]]:
    """One strip from its name to its axis, and where it ends."""
    ticks = nice_ticks(strip.values, 3 if width == NARROW else 5, from_zero=False, enclose=True)
    low, high = extent(strip.values, ticks)
    x = Scale(low - BESIDE * (high - low), high, left, right)
    height = NARROW_ROW if width == NARROW else ROW
    name = make_label(strip.name, "", INK, width - text_width(strip.truth_said, 13, SEMIBOLD) - 16, 13)
    first = top + HEAD - 18 + max(18.0, name.height)
    bottom = first + height * len(strip.guesses)
    head = [
        name.at(0, top + 3),
        text(width, top + 16, strip.truth_said, NOTE, 13, SEMIBOLD, "end"),
    ]
    grid = [line(x(tick), first - 4, x(tick), bottom, GRID) for tick in ticks]
    labels = row_of_labels(
        [(x(tick), said) for tick, said in zip(ticks, tick_words(ticks, lang), strict=True)],
        bottom + 16,
        width,
    )
    truth = line(x(strip.truth), first - 4, x(strip.truth), bottom, NOTE, 1.8)
    rows = [
        mark for i, guess in enumerate(strip.guesses) for mark in _row(guess, first + height * i, x, width)
    ]
    return bottom + FOOT, [*head, *grid, truth, *rows, *labels]


def _row(guess: Guess, top: float, x: Scale, width: int) -> list[Html]:
    """Name, marks and number; on a telephone the marks stand under name and number."""
    is_narrow = width == NARROW
    words_at, middle = (top + 13, top + 27) if is_narrow else (top + ROW / 2 + 4.5, top + ROW / 2)
    said = [
        text(0, words_at, guess.name, INK_2, 13, halo=is_narrow),
        text(width, words_at, guess.said, INK, 13, anchor="end", halo=is_narrow),
    ]
    return [*_marks(guess, middle, x), *said]


def _marks(guess: Guess, y: float, x: Scale) -> list[Html]:
    if guess.value is None and guess.range is None:
        return []
    marks = []
    if guess.range is not None:
        low, high = guess.range
        marks.append(rect(x(low), y - 5, max(1.0, x(high) - x(low)), 10, ACCENT_TINT))
    if guess.interval is not None:
        low, high = guess.interval
        marks.append(line(x(low), y, x(high), y, ACCENT, 2.6))
    if guess.value is not None:
        marks.append(dot(x(guess.value), y, ACCENT) if guess.interval else ring(x(guess.value), y, INK))
    return marks

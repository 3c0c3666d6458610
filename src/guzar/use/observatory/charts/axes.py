"""Axes as the house draws them: y labels on their grid lines, the unit on the top one, no box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guzar.use.observatory.labels import TICK_SIZE, Box, text
from guzar.use.observatory.lettering import text_width
from guzar.use.observatory.numbers import Language, number
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.series import Tick, Unit
from guzar.use.observatory.svg import GRID, INK, INK_3, Html, line

# Two labels under an axis stand at least so many px apart.
APART = 8
# A tick this close to the end of a scale of years is rounding, not another date.
NEAR = 1e-6


# A place on an axis in px, and its label.
Place = tuple[float, str]


@dataclass(frozen=True)
class Frame:
    """Where the plot lies in the drawing, and its two scales."""

    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale


def tick_words(values: Sequence[float], lang: Language) -> list[str]:
    """Labels of an axis, each with the decimals it needs: 1, 0.5, 0."""
    return [number(round(value, 6), lang) for value in values]


def y_axis(
    frame: Frame, ticks: Sequence[float], unit: Unit, lang: Language, gaps: Iterable[float] = ()
) -> list[Html]:
    """Grid lines, a dark one at zero, labels above them. Lines pause at the ``gaps`` (breaks of a series)."""
    cuts = sorted(gaps)
    drawn = [stroke for value in ticks for stroke in _grid_line(frame, value, cuts)]
    said = tick_words(ticks, lang)
    if said:
        said[-1] = f"{unit.before}{said[-1]}{unit.after}"
    for value, label in zip(ticks, said, strict=True):
        drawn.append(text(frame.left, frame.y(value) - 5, label, halo=True))
    return drawn


def y_label_boxes(frame: Frame, ticks: Sequence[float], unit: Unit, lang: Language) -> list[Box]:
    """The space that the labels of the y axis take, for other labels to avoid."""
    said = tick_words(ticks, lang)
    if said:
        said[-1] = f"{unit.before}{said[-1]}{unit.after}"
    return [
        Box(frame.left, frame.y(value) - 17, text_width(label, TICK_SIZE), 15)
        for value, label in zip(ticks, said, strict=True)
    ]


def _grid_line(frame: Frame, value: float, cuts: Sequence[float]) -> list[Html]:
    y = frame.y(value)
    colour = INK if value == 0 else GRID
    ends = [frame.left, *(side for cut in cuts for side in (cut - 8, cut + 14)), frame.right]
    return [line(ends[i], y, ends[i + 1], y, colour) for i in range(0, len(ends), 2)]


def x_axis(frame: Frame, ticks: Sequence[Tick], width: float) -> list[Html]:
    """Short strokes and labels under the plot; where labels would meet, only every second, third … is said.

    A tick outside the scale is not drawn: it would stand at a place that is not its own. Dates at unequal
    distances are all marked; the last is named, the first, and of the others those that have room."""
    low, high = frame.x.low - NEAR, frame.x.high + NEAR
    inside = [tick for tick in ticks if low <= tick.x <= high]
    marks = [line(x, frame.bottom, x, frame.bottom + 4, INK_3) for x in (frame.x(tick.x) for tick in inside)]
    return marks + row_of_labels([(frame.x(t.x), t.words) for t in inside], frame.bottom + 18, width)


def row_of_labels(labels: Sequence[Place], y: float, width: float) -> list[Html]:
    """Labels centred under their places, kept inside the drawing, thinned until none meets another."""
    kept = thin(labels, width) if _is_even([x for x, _ in labels]) else thin_dates(labels, width)
    return [text(_centre(x, said, width), y, said, anchor="middle") for x, said in kept]


def _is_even(xs: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(xs)]
    return not steps or max(steps) - min(steps) < 1


def thin(labels: Sequence[Place], width: float) -> list[Place]:
    """Every label; or the last (it may carry the unit) with every second, third … before it."""
    for step in range(1, len(labels) + 1):
        kept = list(labels[::-1][::step][::-1])
        if _stand_apart(kept, width):
            return kept
    return list(labels[-1:])


def thin_dates(labels: Sequence[Place], width: float) -> list[Place]:
    """The last label, the first, and between them every one that meets none of those taken before it."""
    kept: list[Place] = []
    for label in [*labels[-1:], *labels[:1], *labels[1:-1]]:
        tried = sorted({*kept, label})
        if _stand_apart(tried, width):
            kept = tried
    return kept


def _stand_apart(labels: Sequence[Place], width: float) -> bool:
    spans = [(_centre(x, said, width), text_width(said, TICK_SIZE) / 2) for x, said in labels]
    return all(b - half_b - a - half_a >= APART for (a, half_a), (b, half_b) in pairwise(spans))


def _centre(x: float, said: str, width: float) -> float:
    half = text_width(said, TICK_SIZE) / 2
    return min(max(x, half), width - half)


def year_labels(ticks: Iterable[float]) -> list[Tick]:
    """Ticks at whole years."""
    return [Tick(year, str(int(year))) for year in ticks]

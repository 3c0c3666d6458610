"""Axes as the house draws them: y labels on their grid lines, the unit on the top one, no box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guzar.use.observatory.labels import TICK_SIZE, Box, text
from guzar.use.observatory.lettering import text_width
from guzar.use.observatory.numbers import Language, number
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.series import Tick, Unit
from guzar.use.observatory.svg import GRID, INK, INK_3, Html, line


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
    """Short strokes and labels under the plot; a label that would meet the one before it is left out."""
    drawn = []
    reached = float("-inf")
    for tick in ticks:
        x = frame.x(tick.x)
        drawn.append(line(x, frame.bottom, x, frame.bottom + 4, INK_3))
        half = text_width(tick.words, TICK_SIZE) / 2
        centre = min(max(x, half), width - half)
        if centre - half > reached + 6:
            drawn.append(text(centre, frame.bottom + 18, tick.words, anchor="middle"))
            reached = centre + half
    return drawn


def year_labels(ticks: Iterable[float]) -> list[Tick]:
    """Ticks at whole years."""
    return [Tick(year, str(int(year))) for year in ticks]

"""Text in drawings: labels of one or more lines, and a free place for each.

Text is real ``<text>``; a white halo keeps it legible where it has to cross a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, balance, text_width
from guzar.use.observatory.svg import INK_3, WHITE, Html, group, tag, words

# No label is smaller.
SMALLEST = 12.0
TICK_SIZE = 12.5
LABEL_SIZE = 13.0
LEADING = 1.24

Spot = tuple[float, float]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A rectangle by its left top corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Label:
    """Bold lines, then plain lines, in one colour."""

    bold: tuple[str, ...]
    plain: tuple[str, ...]
    colour: str
    size: float = LABEL_SIZE

    @property
    def width(self) -> float:
        bold = [text_width(text, self.size, SEMIBOLD) for text in self.bold]
        return max([*bold, *(text_width(text, self.size) for text in self.plain)], default=0)

    @property
    def height(self) -> float:
        return (len(self.bold) + len(self.plain)) * self.size * LEADING

    def at(self, x: float, top: float, anchor: str = "start") -> Html:
        """Drawn with its top at ``top``; ``x`` is the start, middle or end of its lines."""
        lines = [(text, SEMIBOLD) for text in self.bold] + [(text, REGULAR) for text in self.plain]
        step = self.size * LEADING
        drawn = [
            text(
                x, top + step * i + self.size * 0.98, said, self.colour, self.size, weight, anchor, halo=True
            )
            for i, (said, weight) in enumerate(lines)
        ]
        return group(drawn)

    def box(self, x: float, top: float, anchor: str = "start") -> Box:
        """The space it takes when drawn there."""
        left = x - {"start": 0.0, "middle": self.width / 2, "end": self.width}[anchor]
        return Box(left, top, self.width, self.height)


def text(
    x: float,
    y: float,
    said: str,
    colour: str = INK_3,
    size: float = TICK_SIZE,
    weight: int = REGULAR,
    anchor: str = "start",
    halo: bool = False,
) -> Html:
    """One line of text on its baseline."""
    return tag(
        "text",
        words(said),
        x=x,
        y=y,
        fill=colour,
        font_size=size,
        font_weight=weight if weight != REGULAR else None,
        text_anchor=anchor if anchor != "start" else None,
        stroke=WHITE if halo else None,
        stroke_width=3 if halo else None,
        stroke_linejoin="round" if halo else None,
        paint_order="stroke" if halo else None,
    )


def make_label(bold: str, plain: str, colour: str, width: float, size: float = LABEL_SIZE) -> Label:
    """Wrap a name and its note to a width, in lines of even length."""
    return Label(
        tuple(balance(bold, width, size, SEMIBOLD)) if bold else (),
        tuple(balance(plain, width, size)) if plain else (),
        colour,
        size,
    )


def sample(points: Sequence[Spot], step: float = 4) -> list[Spot]:
    """Spots along a line close enough that no label slips between two of them."""
    spots = list(points[:1])
    for (x1, y1), (x2, y2) in pairwise(points):
        count = max(int(max(abs(x2 - x1), abs(y2 - y1)) / step), 1)
        spots += [(x1 + (x2 - x1) * i / count, y1 + (y2 - y1) * i / count) for i in range(1, count + 1)]
    return spots


def find_place(label: Label, near: Spot, frame: Box, spots: Sequence[Spot], boxes: Sequence[Box]) -> Box:
    """The free place nearest to ``near`` inside ``frame`` that covers no line and no other label.

    If every place covers something, labels may cover lines (their halo keeps them legible) before other
    labels."""
    width, height = label.width, label.height
    across = _places(near[0] - width / 2, range(-160, 161, 10), frame.x, frame.x + frame.width - width)
    down = _places(near[1] - height / 2, range(-300, 301, 5), frame.y, frame.y + frame.height - height)
    on_axes = np.array(spots, float).reshape(-1, 2).T
    taken = np.array([(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes], float).reshape(-1, 4).T
    columns = [_Strip.of(x, width, near[0], on_axes[0], taken[0], taken[2]) for x in across]
    rows = [_Strip.of(y, height, near[1], on_axes[1], taken[1], taken[3]) for y in down]
    ranked = sorted(
        (column.off + row.off * 1.2 + column.lean, i * len(columns) + j, column, row)
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    )
    best, lowest = ranked[0], math.inf
    for place in ranked:
        # No place further away can be better than one already found.
        if place[0] >= lowest:
            break
        cost = place[0] + _covered(place[2], place[3])
        if cost < lowest:
            best, lowest = place, cost
    return Box(best[2].start, best[3].start, width, height)


def is_free(box: Box, spots: Sequence[Spot], boxes: Sequence[Box]) -> bool:
    """Whether no line runs through a place and no other words stand there."""
    right, foot = box.x + box.width, box.y + box.height
    runs_through = any(box.x < x < right and box.y < y < foot for x, y in spots)
    meets = any(
        box.x < other.x + other.width
        and other.x < right
        and box.y < other.y + other.height
        and other.y < foot
        for other in boxes
    )
    return not runs_through and not meets


def is_free_of(spots: Sequence[Spot], boxes: Sequence[Box]) -> bool:
    """Whether none of the spots lies in any of the boxes."""
    return not any(
        b.x - 1 < x < b.x + b.width + 1 and b.y - 1 < y < b.y + b.height + 1 for x, y in spots for b in boxes
    )


def _places(middle: float, steps: Iterable[int], low: float, high: float) -> list[float]:
    """Where a label may begin on one axis, kept inside the frame; places that fall together are one."""
    return list(dict.fromkeys(min(max(middle + step, low), max(low, high)) for step in steps))


@dataclass(frozen=True, order=True)
class _Strip:
    """All places that share one coordinate: their distance from the spot named (leaning to one side costs a
    little), and as bits which spots and which boxes lie at that height or width. A place is a column and a
    row, so what it covers is what both have in common: thousands of places cost no more than a hundred."""

    start: float
    off: float
    lean: float
    spots: int
    boxes: int

    @classmethod
    def of(
        cls,
        start: float,
        length: float,
        near: float,
        spots: Numbers,
        begins: Numbers,
        ends: Numbers,
    ) -> _Strip:
        end = start + length
        low, high = start - 3, end + 3
        return cls(
            start,
            max(start - near, near - start - length, 0),
            abs(start + length / 2 - near) / 8,
            _bits((low < spots) & (spots < high)),
            _bits((start < ends + 2) & (begins < end + 2)),
        )


def _bits(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags).tobytes(), "big")


def _covered(column: _Strip, row: _Strip) -> float:
    """What it would cost to lie there: over lines, dearly; over other words, only if nothing else is left."""
    return 200 * (column.spots & row.spots).bit_count() + 3000 * (column.boxes & row.boxes).bit_count()

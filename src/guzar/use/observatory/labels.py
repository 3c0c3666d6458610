"""Text in drawings: labels of one or more lines, and a free place for each.

Text is real ``<text>``; a white halo keeps it legible where it has to cross a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, balance, text_width
from guzar.use.observatory.svg import INK_3, WHITE, Html, group, tag, words

# No label is smaller.
SMALLEST = 12.0
TICK_SIZE = 12.5
LABEL_SIZE = 13.0
LEADING = 1.24

Spot = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle by its left top corner."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, gap: float = 0) -> bool:
        """Whether two boxes come closer than ``gap``."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )

    def holds(self, spot: Spot, gap: float = 0) -> bool:
        """Whether a spot lies inside, or closer than ``gap``."""
        x, y = spot
        return self.x - gap < x < self.x + self.width + gap and self.y - gap < y < self.y + self.height + gap


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


def text(  # noqa: PLR0917 - coordinates read best in order
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
    ranked = sorted((_distance(box, near), i, box) for i, box in enumerate(_candidates(label, near, frame)))
    best, lowest = ranked[0][2], math.inf
    for distance, _, box in ranked:
        # No place further away can be better than one already found.
        if distance >= lowest:
            break
        cost = distance + _covered(box, spots, boxes)
        if cost < lowest:
            best, lowest = box, cost
    return best


def _candidates(label: Label, near: Spot, frame: Box) -> Iterable[Box]:
    width, height = label.width, label.height
    right = max(frame.x, frame.x + frame.width - width)
    bottom = max(frame.y, frame.y + frame.height - height)
    for down in range(-150, 151, 5):
        for along in range(-160, 161, 10):
            x = near[0] - width / 2 + along
            y = near[1] - height / 2 + down
            yield Box(min(max(x, frame.x), right), min(max(y, frame.y), bottom), width, height)


def _distance(box: Box, near: Spot) -> float:
    """From the box to the spot it belongs to; leaning to one side costs a little."""
    off_x = max(box.x - near[0], near[0] - box.x - box.width, 0)
    off_y = max(box.y - near[1], near[1] - box.y - box.height, 0)
    return off_x + off_y * 1.2 + abs(box.x + box.width / 2 - near[0]) / 8


def _covered(box: Box, spots: Sequence[Spot], boxes: Sequence[Box]) -> float:
    """What it would cost to lie there: over lines, dearly; over other words, only if nothing else is left."""
    crossed = sum(box.holds(spot, 3) for spot in spots)
    return 60 * crossed + 3000 * sum(box.meets(other, 2) for other in boxes)

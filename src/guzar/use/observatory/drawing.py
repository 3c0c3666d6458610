"""One chart, drawn anew for every width at which it is shown. A drawing is never scaled down: its labels stay
12 px.

The page shows the one that fits its column: see ``.drawing`` in style.css.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guzar.use.observatory.svg import Caption, Html, dot, picture, tag

NARROW = 328
HALF = 540
PRINT = 680
MAIN = 740
FULL = 1120
# style.css has one rule per width: a width that is not listed would never be shown.
WIDTHS = (NARROW, HALF, PRINT, MAIN, FULL)

Painter = Callable[[int], tuple[float, Sequence[str]]]


@dataclass(frozen=True)
class Drawing:
    """The same figure at two or more widths, narrowest first. Put it in a template as it is: ``{{ drawing
    }}``."""

    pictures: tuple[tuple[int, Html], ...]

    @property
    def narrow(self) -> Html:
        """For a telephone, a 340 px column, and half a printed page: 328 px."""
        return self.pictures[0][1]

    @property
    def wide(self) -> Html:
        """For the width that was asked for."""
        return self.pictures[-1][1]

    def __html__(self) -> Html:
        parts = [tag("div", svg, class_=f"at at-{width}") for width, svg in self.pictures]
        fits = " ".join(f"fits-{width}" for width, _ in self.pictures[1:])
        return tag("div", *parts, class_=f"drawing {fits}".strip())

    def __str__(self) -> str:
        return self.__html__()


def draw(caption: Caption, width: int, paint: Painter) -> Drawing:
    """Paint at 328 px, at ``width``, and at 680 px between them, which is a printed page."""
    if width not in WIDTHS:
        raise ValueError(f"A drawing is {', '.join(map(str, WIDTHS))} px wide, not {width}.")
    wanted = sorted({NARROW, min(width, PRINT), width})
    return Drawing(tuple((w, _paint_one(caption, w, paint)) for w in wanted))


def _paint_one(caption: Caption, width: int, paint: Painter) -> Html:
    height, body = paint(width)
    return picture(caption, width, height, body)


def nothing_to_draw() -> tuple[float, Sequence[str]]:
    """What a chart shows when no value is known: the two dots, never an empty axis that looks like zero."""
    return 48, [dot(18, 24, radius=1.8), dot(26, 24, radius=1.8)]

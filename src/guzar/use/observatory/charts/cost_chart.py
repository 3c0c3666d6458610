"""What it costs to send money, quarter by quarter, against the agreed targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.drawing import HALF, Drawing
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.series import Break, Line, Markers, Point, Stroke, Target, Unit
from guzar.use.observatory.svg import Caption

QUARTER = 0.25


def cost_chart(
    caption: Caption,
    rounds: Sequence[Point],
    targets: Sequence[Target],
    *,
    name: str = "",
    note: str = "",
    unit: Unit = Unit(after="%"),  # noqa: B008 - frozen, so one shared default is safe
    breaks: Sequence[Break] = (),
    lang: Language = "en",
    width: int = HALF,
) -> Drawing:
    """Survey rounds as points; joins that skip a quarter without a round are dotted. Zero is on the axis.

    ``name`` and ``note`` label the end of the line: the last cost and its quarter.
    """
    series = Line(dot_skipped_quarters(rounds), name, note, markers=Markers.SMALL)
    return line_chart(
        caption, [series], unit=unit, lang=lang, width=width, targets=targets, breaks=breaks, from_zero=True
    )


def dot_skipped_quarters(rounds: Sequence[Point]) -> list[Point]:
    """The same points in order, each joined with dots to one more than a quarter before it."""
    ordered = sorted(rounds, key=lambda point: point.x)
    skipped = [False] + [b.x - a.x > QUARTER * 1.5 for a, b in pairwise(ordered)]
    return [replace(p, stroke=Stroke.DOTTED) if far else p for p, far in zip(ordered, skipped, strict=False)]

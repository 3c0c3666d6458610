"""The eight signs, and the evidence tail: how old is what we know.

Signs are 14 px pictures beside a word. They are hidden from screen readers, so the word is never optional.
The tail draws the two dates of a number, the year last observed (dot) and the year it stands for (ring), at
2.6 px per year on every page, so that two tails anywhere can be compared by length."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from guzar.use.observatory.svg import (
    DOT_RADIUS,
    DOTTED,
    INK,
    INK_2,
    NOTE,
    RING_STROKE,
    WHITE,
    Html,
    dot,
    hatching,
    line,
    rect,
    ring,
    small_sign,
    tag,
    words,
)

SIZE = 14
MIDDLE = SIZE / 2
PX_PER_YEAR = 2.6
# Room at both ends of a tail for half a ring and its stroke.
TAIL_MARGIN = 6.0


class Status(Enum):
    """What kind of knowledge a number is. The first six belong to values, the last two to comparisons of
    values."""

    OBSERVED = "observed"
    ESTIMATED = "estimated"
    MODELLED = "modelled"
    ZERO = "zero"
    WITHHELD = "withheld"
    NOT_KNOWN = "not_known"
    REVISION = "revision"
    BREAK = "break"


def sign(status: Status) -> Html:
    """One of the eight signs, 14 × 14 px; put its word beside it."""
    return small_sign(SIZE, SIZE, _DRAWN[status](), f"sign sign-{status.value.replace('_', '-')}")


def cross_hatching(
    x: float, y: float, width: float, height: float, colour: str = INK_2, gap: float = 4
) -> Html:
    """Both diagonals, for a withheld value: mirrored copies of the same strokes."""
    mirrored = tag(
        "g",
        hatching(0, 0, width, height, colour, gap),
        transform=f"translate({_n(x + width)} {_n(y)}) scale(-1 1)",
    )
    return Html(hatching(x, y, width, height, colour, gap) + mirrored)


def _n(number: float) -> str:
    return f"{number:g}"


def _observed() -> list[Html]:
    return [dot(MIDDLE, MIDDLE)]


def _estimated() -> list[Html]:
    return [ring(MIDDLE, MIDDLE)]


def _modelled() -> list[Html]:
    return [hatching(2, 2, 10, 10, gap=3.4), _frame()]


def _frame() -> Html:
    return tag("rect", x=2, y=2, width=10, height=10, fill="none", stroke=INK_2, stroke_width=1)


def _zero() -> list[Html]:
    # Drawn, not set: a digit as text could be copied without its word.
    return [tag("ellipse", cx=MIDDLE, cy=MIDDLE, rx=2.9, ry=4.4, fill="none", stroke=INK, stroke_width=1.8)]


def _withheld() -> list[Html]:
    return [cross_hatching(2, 2, 10, 10, INK, gap=3.4), _frame()]


def _not_known() -> list[Html]:
    return [dot(4.2, MIDDLE, radius=1.5), dot(9.8, MIDDLE, radius=1.5)]


def _revision() -> list[Html]:
    bend = tag(
        "path", d="M3.5 12V4.5H10.5M7.6 1.6L10.7 4.5L7.6 7.4", fill="none", stroke=NOTE, stroke_width=1.6
    )
    return [bend]


def _break() -> list[Html]:
    return [rect(4.2, 1.5, 1.6, 11, NOTE), rect(8.2, 1.5, 1.6, 11, NOTE)]


_DRAWN = {
    Status.OBSERVED: _observed,
    Status.ESTIMATED: _estimated,
    Status.MODELLED: _modelled,
    Status.ZERO: _zero,
    Status.WITHHELD: _withheld,
    Status.NOT_KNOWN: _not_known,
    Status.REVISION: _revision,
    Status.BREAK: _break,
}


def tail_length(observed: float, reference: float) -> float:
    """Pixels between dot and ring."""
    return abs(reference - observed) * PX_PER_YEAR


def tail_picture(observed: Sequence[float] | None, reference: float | None) -> Html:
    """The evidence tail alone.

    ``observed`` holds the year of the last observation, several for an aggregate (one dot per country).
    ``None`` or nothing, or no reference year, means not known: the two-dots sign, never a guess."""
    if not observed or reference is None:
        return sign(Status.NOT_KNOWN)
    if all(year == reference for year in observed):
        return small_sign(SIZE, SIZE, _dot_in_ring(MIDDLE), "tail tail-same-year")
    return _long_tail(sorted(set(observed)), reference)


def _dot_in_ring(x: float) -> list[Html]:
    outer = tag("circle", cx=x, cy=MIDDLE, r=5.2, fill=WHITE, stroke=INK, stroke_width=1.4)
    return [outer, dot(x, MIDDLE, radius=2.9)]


def _long_tail(years: list[float], reference: float) -> Html:
    first, last = min(years[0], reference), max(years[-1], reference)

    def place(year: float) -> float:
        return TAIL_MARGIN + (year - first) * PX_PER_YEAR

    radius = 3.4 if len(years) == 1 else 2.5
    carried = line(place(first), MIDDLE, place(last), MIDDLE, INK_2, 1.5, "1.5 2.4")
    end = _dot_in_ring(place(reference)) if reference in years else [ring(place(reference), MIDDLE)]
    dots = [dot(place(year), MIDDLE, radius=radius) for year in years if year != reference]
    return small_sign(place(last) + TAIL_MARGIN, SIZE, [carried, *end, *dots], "tail")


def evidence_tail(observed: Sequence[float] | None, reference: float | None, said: str) -> Html:
    """The tail with its words (``said``), which repeat in full what it draws: "counted 2010, for 2020"."""
    spoken = tag("span", words(said), class_="evidence-words")
    return tag("span", tail_picture(observed, reference), " ", spoken, class_="evidence")


def sign_with_word(status: Status, word: str) -> Html:
    """A sign and its word, kept on one line."""
    return tag("span", sign(status), " ", words(word), class_="signed")


def modelled_number(number: str) -> Html:
    """A number modelled from modelled numbers: grey, boxed, after a hatched strip. ``number`` is written
    already."""
    strip = small_sign(9, 20, [hatching(0, 0, 9, 20, gap=4)], "strip")
    return tag("span", strip, tag("span", words(number), class_="number"), class_="modelled")


__all__ = [
    "DOTTED",
    "DOT_RADIUS",
    "PX_PER_YEAR",
    "RING_STROKE",
    "Status",
    "cross_hatching",
    "evidence_tail",
    "modelled_number",
    "sign",
    "sign_with_word",
    "tail_length",
    "tail_picture",
]

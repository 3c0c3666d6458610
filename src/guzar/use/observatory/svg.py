"""Well-formed SVG from plain values: the only place where markup is put together.

Every drawing is a pure function of its arguments: the same data always give the same bytes. Colours and sizes
are presentation attributes, never ``style=``, so that a strict Content-Security-Policy holds and a drawing
saved on its own still looks like itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

INK = "#15202B"
INK_2 = "#445260"
INK_3 = "#5E6B77"
ACCENT = "#00677A"
NOTE = "#9A3B1B"
DATA_GREY = "#7C8894"
ACCENT_MID = "#8FBFC8"
ACCENT_TINT = "#B5D6DC"
RULE = "#C9D0D6"
GRID = "#E4E8EB"
LAND = "#DDE3E7"
WASH = "#F4F6F7"
WHITE = "#FFFFFF"

SUBJECT_STROKE = 2.6
COMPARISON_STROKE = 1.6
DOT_RADIUS = 4.0
RING_STROKE = 1.8
DASHED = "6 3"
DOTTED = "2 4"
TARGET_DASH = "7 3"

FONT_FAMILY = "Noto Sans, Segoe UI, Arial, sans-serif"

Value = str | float | int | None


class Html(str):
    """Finished markup. Jinja2 inserts it as it is, without escaping it again."""

    __slots__ = ()

    def __html__(self) -> Html:
        return self


@dataclass(frozen=True)
class Caption:
    """What a reader who cannot see the drawing is told.

    ``name`` is unique on the page (letters, digits, hyphens) and starts the ids inside the drawing; ``title``
    is the finding; ``description`` says what is drawn and the main values."""

    name: str
    title: str
    description: str

    def __post_init__(self) -> None:
        if not self.name.replace("-", "").isalnum() or not self.name.isascii():
            raise ValueError(f"A caption's name holds letters, digits and hyphens only, not {self.name!r}.")


def short(number: float) -> str:
    """A coordinate with at most two decimals; refuses what cannot be drawn."""
    if not math.isfinite(number):
        raise ValueError("A drawing has no place for a number that is not finite.")
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _attribute(name: str, value: str | float | int) -> str:
    shown = value if isinstance(value, str) else short(value)
    return f' {name.rstrip("_").replace("_", "-")}="{escape(shown)}"'


def tag(name: str, *children: str, **attributes: Value) -> Html:
    """One element. ``None`` leaves an attribute out; ``stroke_width`` becomes ``stroke-width``, ``class_``
    ``class``."""
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    inner = "".join(children)
    return Html(f"<{opening}>{inner}</{name}>" if inner else f"<{opening}/>")


def words(text: str) -> Html:
    """Text made safe to stand between tags."""
    return Html(escape(text, quote=False))


def group(children: Iterable[str], **attributes: Value) -> Html:
    """Several elements that share attributes; nothing at all when there are none."""
    inner = "".join(children)
    return tag("g", inner, **attributes) if inner else Html("")


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1, dash: str | None = None
) -> Html:
    """A straight stroke."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width, stroke_dasharray=dash)


def path(
    points: Sequence[tuple[float, float]],
    colour: str,
    width: float,
    dash: str | None = None,
    cap: str = "butt",
) -> Html:
    """A line through points, with round joins."""
    return tag(
        "path",
        d=path_data(points),
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_dasharray=dash,
        stroke_linejoin="round",
        stroke_linecap=None if cap == "butt" else cap,
    )


def path_data(points: Sequence[tuple[float, float]], closed: bool = False) -> str:
    """The ``d`` of a path through points."""
    steps = "L".join(f"{short(x)} {short(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def rect(x: float, y: float, width: float, height: float, fill: str, stroke: str | None = None) -> Html:
    """A rectangle; a stroke is drawn one pixel wide."""
    return tag("rect", x=x, y=y, width=width, height=height, fill=fill, stroke=stroke)


def dot(x: float, y: float, colour: str = INK, radius: float = DOT_RADIUS) -> Html:
    """Observed."""
    return tag("circle", cx=x, cy=y, r=radius, fill=colour)


def ring(x: float, y: float, colour: str = INK, radius: float = DOT_RADIUS) -> Html:
    """Estimated: hollow, white inside so that no line runs through it."""
    return tag("circle", cx=x, cy=y, r=radius, fill=WHITE, stroke=colour, stroke_width=RING_STROKE)


def hatching(x: float, y: float, width: float, height: float, colour: str = INK_2, gap: float = 4) -> Html:
    """Diagonal strokes (bottom left to top right) cut exactly at the rectangle, without a pattern and its
    id."""
    strokes = []
    reach = gap
    while reach < width + height:
        start = (x + max(0.0, reach - height), y + min(reach, height))
        end = (x + min(reach, width), y + max(0.0, reach - width))
        strokes.append(f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}")
        reach += gap
    return tag("path", d="".join(strokes) or "M0 0", stroke=colour, stroke_width=1, fill="none")


def picture(caption: Caption, width: int, height: float, body: Iterable[str]) -> Html:
    """A whole drawing with a role, a title and a description that screen readers announce."""
    key = f"{caption.name}-{width}"
    return tag(
        "svg",
        tag("title", words(caption.title), id=f"{key}-title"),
        tag("desc", words(caption.description), id=f"{key}-desc"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {short(height)}",
        font_family=FONT_FAMILY,
        font_size=12.5,
        fill=INK,
    )


def small_sign(width: float, height: float, body: Iterable[str], kind: str) -> Html:
    """A picture beside a word: hidden from screen readers, which read the word."""
    return tag(
        "svg",
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_=kind,
        aria_hidden="true",
        width=width,
        height=height,
        viewBox=f"0 0 {short(width)} {short(height)}",
    )

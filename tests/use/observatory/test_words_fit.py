"""Every word of every drawing of a site: inside its drawing, on no other word, on no line and on no dot."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import hypot

import pytest
from tests.use.observatory.sites import MakePages

from guzar.use.observatory.content import Page
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.site import LANGUAGES

# A straight piece of a line: from x, y to x, y.
Stroke = tuple[float, float, float, float]
SVG = "{http://www.w3.org/2000/svg}"
DRAWING = re.compile(r'<div class="at at-(?P<width>\d+)">(?P<svg><svg.*?</svg>)</div>', re.DOTALL)
MOVED = re.compile(r"translate\((?P<x>[-\d.e]+) (?P<y>[-\d.e]+)\)")
SPOT = re.compile(r"[-\d.]+ [-\d.]+")
# Leaders are thinner than grid lines, which words may stand on.
LEADER = "0.8"
# Letters reach this far above and below their baseline, in parts of their size; figures have no descenders.
ASCENT, DESCENT = 0.75, 0.2
# Rounding of widths: kerning is not measured.
SLACK = 1.0


@dataclass(frozen=True)
class Said:
    """One text of a drawing and its box in px."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Said") -> bool:
        """Whether the two boxes share space."""
        return (
            self.left < other.right - SLACK
            and other.left < self.right - SLACK
            and self.top < other.bottom - SLACK
            and other.top < self.bottom - SLACK
        )

    def meets_disc(self, x: float, y: float, radius: float) -> bool:
        """Whether a dot touches the body of the letters."""
        reach = radius - SLACK
        across = self.left - reach < x < self.right + reach
        return across and self.top + 1 - reach < y < self.bottom - 2 + reach


def _parts(element: ET.Element, x: float = 0, y: float = 0) -> Iterator[tuple[ET.Element, float, float]]:
    """Every element with how far it is moved; the land of a map is one picture of its own."""
    moved = MOVED.match(element.get("transform", ""))
    if moved:
        x, y = x + float(moved["x"]), y + float(moved["y"])
    yield element, x, y
    for child in element:
        if child.tag != f"{SVG}svg":
            yield from _parts(child, x, y)


def _said(element: ET.Element, x: float, y: float) -> Said:
    size = float(element.get("font-size", "12.5"))
    words = element.text or ""
    width = text_width(words, size, SEMIBOLD if element.get("font-weight") else REGULAR)
    shift = {"end": width, "middle": width / 2}.get(element.get("text-anchor", ""), 0.0)
    left, base = float(element.get("x", "0")) + x - shift, float(element.get("y", "0")) + y
    return Said(words, left, base - size * ASCENT, left + width, base + size * DESCENT)


def _strokes(root: ET.Element) -> Iterator[Stroke]:
    """The straight pieces of every line that data make, and of leaders from words; hatching is no line."""
    for element, dx, dy in _parts(root):
        drawn = element.get("d", "")
        is_line = element.tag == f"{SVG}path" and element.get("fill") == "none" and drawn.count("M") == 1
        spots = [tuple(map(float, spot.split())) for spot in SPOT.findall(drawn)] if is_line else []
        if element.tag == f"{SVG}line" and element.get("stroke-width") == LEADER:
            spots = [tuple(float(element.get(f"{way}{end}", "0")) for way in "xy") for end in "12"]
        for (x1, y1), (x2, y2) in pairwise(spots):
            yield x1 + dx, y1 + dy, x2 + dx, y2 + dy


def _length_inside(stroke: Stroke, text: Said) -> float:
    """Pixels of a straight piece in the body of the letters, a little inside their box."""
    x1, y1, x2, y2 = stroke
    start, end = 0.0, 1.0
    for low, high, first, last in (
        (text.left, text.right, x1, x2),
        (text.top + 1, text.bottom - 2, y1, y2),
    ):
        if first == last:
            if not low < first < high:
                return 0.0
            continue
        enter, leave = sorted(((low - first) / (last - first), (high - first) / (last - first)))
        start, end = max(start, enter), min(end, leave)
    return max(end - start, 0.0) * hypot(x2 - x1, y2 - y1)


def _faults(svg: str) -> Iterator[str]:
    """What is wrong with the words of one drawing."""
    root = ET.fromstring(svg)
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    texts = [_said(*part) for part in _parts(root) if part[0].tag == f"{SVG}text"]
    for text in texts:
        if (
            text.left < -SLACK
            or text.right > width + SLACK
            or text.top < -SLACK
            or text.bottom > height + SLACK
        ):
            yield f"«{text.words}» leaves the drawing"
    for first, second in combinations(texts, 2):
        if first.meets(second):
            yield f"«{first.words}» lies on «{second.words}»"
    strokes = list(_strokes(root))
    for text in texts:
        # A px or two of a line may touch the edge of a letter's box.
        if sum(_length_inside(stroke, text) for stroke in strokes) > 2 * SLACK:
            yield f"a line runs through «{text.words}»"
    dots = [
        (float(e.get("cx", "0")) + x, float(e.get("cy", "0")) + y, float(e.get("r", "0")))
        for e, x, y in _parts(root)
        if e.tag == f"{SVG}circle"
    ]
    for text in texts:
        if any(text.meets_disc(x, y, radius) for x, y, radius in dots if radius > 2):
            yield f"a dot lies on «{text.words}»"


def _drawings(pages: list[Page], lang: Language) -> Iterator[tuple[str, str]]:
    for page in pages:
        for figure in page.figures:
            for found in DRAWING.finditer(str(figure.body)):
                yield f"{lang}/{page.path}#{figure.id} at {found['width']} px", found["svg"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("released", ["made up", "shipped"])
def test_words_of_every_drawing_fit(
    released: str, lang: Language, made_up_pages: MakePages, shipped_pages: MakePages
) -> None:
    """No two texts of a chart overlap, none leaves it, and no line or dot of data hides one, at any width."""
    pages = (made_up_pages if released == "made up" else shipped_pages)(lang)
    drawn = [
        (place, svg)
        for place, svg in _drawings(pages, lang)
        # The symbols of the map stand where figures of a real size fit; made-up ones are all alike.
        if released == "shipped" or "#map" not in place
    ]
    assert {place.rsplit(" ", 2)[-2] for place, _ in drawn} >= {"328", "540"}
    faults = [f"{place}: {fault}" for place, svg in drawn for fault in _faults(svg)]
    assert not faults, f"{len(faults)} faults, e.g.\n" + "\n".join(faults[:20])


def _picture(*inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40">{"".join(inside)}</svg>'


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ('<text x="0" y="20">far too long for a hundred pixels</text>', "leaves the drawing"),
        ('<text x="0" y="20">one</text><text x="9" y="22">two</text>', "lies on"),
        ('<text x="0" y="20">one</text><path fill="none" d="M0 15L90 15"/>', "a line runs through"),
        ('<text x="20" y="20">one</text><circle cx="25" cy="16" r="4"/>', "a dot lies on"),
    ],
)
def test_a_fault_is_seen(inside: str, fault: str) -> None:
    """The check finds each kind of fault in a drawing that has it."""
    assert [found for found in _faults(_picture(inside)) if fault in found]
    assert not list(_faults(_picture('<text x="0" y="20">one</text>')))

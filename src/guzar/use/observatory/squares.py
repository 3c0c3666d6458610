"""Who lives where: a table of squares, areas in proportion, instead of a chord diagram.

It is a real table: rows are where people were born, columns where they live, totals on both edges. The
largest square of each row is teal; cells modelled from modelled ones are hatched. Narrow screens get the ten largest pairs as bars, in a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guzar.use.observatory.charts.bars import Bar, bar_in_cell
from guzar.use.observatory.labels import text
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.svg import (
    ACCENT,
    DATA_GREY,
    GRID,
    INK_3,
    WHITE,
    Html,
    hatching,
    line,
    rect,
    small_sign,
    tag,
    words,
)

CELL_WIDTH = 56
CELL_HEIGHT = 44
LARGEST = 41.0
SMALLEST = 1.4
# A label of 12 px fits inside from this side on.
HOLDS_LABEL = 32.0
PAIRS_SHOWN = 10


@dataclass(frozen=True)
class Area:
    """One row and column: code, name in the row head, short name in the column head, totals as written."""

    code: str
    name: str
    head: str
    row_total: str
    column_total: str


@dataclass(frozen=True)
class Cell:
    """One pair. ``value`` ``None``: not listed by the source.

    ``spoken`` is the whole statement for a reader who cannot see ("Born in Ukraine, living in Russia:
    3,268,263"); ``label`` is short and shown where it fits ("3.3"); ``name`` names the pair in the list of
    the largest."""

    value: float | None
    spoken: str
    label: str = ""
    name: str = ""
    said: str = ""
    href: str = ""
    modelled: bool = False


@dataclass(frozen=True)
class SquareWords:
    """What stands around the table."""

    caption: str
    over_columns: str
    over_rows: str
    total: str


def side_of(value: float, largest: float) -> float:
    """Side in px: the area of the square is in proportion to the value."""
    return max(LARGEST * math.sqrt(value / largest), SMALLEST) if value > 0 else 0.0


def table_of_squares(areas: Sequence[Area], cells: Mapping[tuple[str, str], Cell], said: SquareWords) -> Html:
    """The table, and under 700 px the list of the largest pairs; style.css shows one of them.

    ``cells`` is keyed (born in, living in). A pair that is missing from it, off the diagonal, is refused: a
    cell is either a value or not known, and the caller must say which."""
    missing = [(a.code, b.code) for a in areas for b in areas if a != b and (a.code, b.code) not in cells]
    if missing:
        raise ValueError(
            f"{len(missing)} pairs have no cell, {'–'.join(missing[0])} first: say None for not listed."
        )
    largest = max((cell.value for cell in cells.values() if cell.value), default=1.0)
    table = tag(
        "table",
        tag("caption", words(said.caption), class_="hidden"),
        _head(areas, said),
        tag("tbody", *(_row(area, areas, cells, largest) for area in areas)),
        _foot(areas, said),
        class_="squares",
    )
    wide = tag("div", table, class_="squares-wide")
    return Html(wide + tag("div", largest_pairs(list(cells.values())), class_="squares-narrow"))


def _head(areas: Sequence[Area], said: SquareWords) -> Html:
    over = tag("tr", tag("td"), tag("th", words(said.over_columns), colspan=len(areas) + 1), class_="over")
    corner = tag("th", words(said.over_rows), scope="col", class_="corner")
    heads = [tag("th", words(area.head), scope="col") for area in areas]
    total = tag("th", words(said.total), scope="col", class_="total")
    return tag("thead", over, tag("tr", corner, *heads, total))


def _row(area: Area, areas: Sequence[Area], cells: Mapping[tuple[str, str], Cell], largest: float) -> Html:
    mine = {other.code: cells[area.code, other.code] for other in areas if other.code != area.code}
    top = max((cell.value for cell in mine.values() if cell.value and not cell.modelled), default=None)
    drawn = [
        _cell(mine[other.code], largest, _is_top(mine[other.code], top)) if other != area else _diagonal()
        for other in areas
    ]
    head = tag("th", words(area.name), scope="row")
    return tag("tr", head, *drawn, tag("td", words(area.row_total), class_="total"))


def _is_top(cell: Cell, top: float | None) -> bool:
    return cell.value == top and not cell.modelled


def _foot(areas: Sequence[Area], said: SquareWords) -> Html:
    totals = [tag("td", words(area.column_total), class_="total") for area in areas]
    return tag("tfoot", tag("tr", tag("th", words(said.total), scope="row"), *totals, tag("td")))


def _diagonal() -> Html:
    slash = small_sign(CELL_WIDTH, CELL_HEIGHT, [line(21, 27, 35, 16, GRID)], "square")
    return tag("td", slash)


def _cell(cell: Cell, largest: float, is_top: bool) -> Html:
    if cell.value is None:
        return tag("td", tag("span", sign(Status.NOT_KNOWN), class_="square"), _hidden(cell.spoken))
    picture = small_sign(CELL_WIDTH, CELL_HEIGHT, _square(cell, largest, is_top), "square")
    inner = Html(picture + _hidden(cell.spoken))
    return tag("td", tag("a", inner, href=cell.href) if cell.href else inner)


def _hidden(spoken: str) -> Html:
    return tag("span", words(spoken), class_="hidden")


def _square(cell: Cell, largest: float, is_top: bool) -> list[Html]:
    side = side_of(cell.value or 0, largest)
    x, y = (CELL_WIDTH - side) / 2, (CELL_HEIGHT - side) / 2
    if cell.modelled:
        # A white label would not be read on hatching, so it stands beside the square whatever its size.
        frame = rect(x, y, side, side, "none", DATA_GREY)
        return [hatching(x, y, side, side, DATA_GREY), frame, *_label(cell.label, side, inside=False)]
    square = rect(x, y, side, side, ACCENT if is_top else DATA_GREY)
    return [square, *_label(cell.label, side)]


def _label(label: str, side: float, *, inside: bool = True) -> list[Html]:
    if not label:
        return []
    if inside and side >= max(HOLDS_LABEL, text_width(label, 12, SEMIBOLD) + 2):
        return [text(CELL_WIDTH / 2, CELL_HEIGHT / 2 + 4.5, label, WHITE, 12, SEMIBOLD, "middle")]
    return [text((CELL_WIDTH + side) / 2 + 2, CELL_HEIGHT / 2 + 4.5, label, INK_3, 12)]


def largest_pairs(cells: Sequence[Cell]) -> Html:
    """The ten largest pairs as a list of bars, for narrow screens."""
    known = sorted((c for c in cells if c.value and not c.modelled), key=lambda c: (-(c.value or 0), c.name))[
        :PAIRS_SHOWN
    ]
    largest = max((cell.value or 0 for cell in known), default=1)
    return tag("ol", *(_pair(cell, largest, i == 0) for i, cell in enumerate(known)), class_="pairs")


def _pair(cell: Cell, largest: float, is_first: bool) -> Html:
    named = tag("a", words(cell.name), href=cell.href) if cell.href else tag("span", words(cell.name))
    bar = bar_in_cell(Bar(cell.name, cell.value, cell.said, subject=is_first), largest, width=296, height=8)
    return tag("li", named, " ", tag("span", words(cell.said), class_="number"), bar)

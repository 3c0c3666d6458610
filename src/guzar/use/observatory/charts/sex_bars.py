"""Men to the left in grey, women to the right in teal, one scale from the middle; rows are years or ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.observatory.drawing import HALF, MAIN, NARROW, Drawing, draw, nothing_to_draw
from guzar.use.observatory.labels import TICK_SIZE, text
from guzar.use.observatory.lettering import REGULAR, SEMIBOLD, text_width
from guzar.use.observatory.numbers import Language, number
from guzar.use.observatory.scales import Scale
from guzar.use.observatory.svg import ACCENT, ACCENT_MID, DATA_GREY, INK, INK_2, INK_3, Caption, Html, rect

ROW = 28
BAR = 17
HEAD = 26
MEN_PALE = "#C3CAD0"


@dataclass(frozen=True)
class SexRow:
    """One year or age group. ``None`` is not known. ``strong`` marks the newest year."""

    label: str
    men: float | None
    women: float | None
    strong: bool = False


@dataclass(frozen=True)
class SexWords:
    """The two heads, and the line under the chart that names the unit and the scale."""

    men: str
    women: str
    note: str = ""


@dataclass(frozen=True)
class _Middle:
    """The column of row labels and the bars' reach on either side."""

    left: float
    right: float
    reach: Scale


def sex_bars(
    caption: Caption,
    rows: Sequence[SexRow],
    words: SexWords,
    *,
    decimals: int | None = 0,
    lang: Language = "en",
    width: int = HALF,
) -> Drawing:
    """Back-to-back bars; values stand at the ends of the bars. Put the share of women into the heading."""
    return draw(caption, width, lambda w: _paint(rows, words, decimals, lang, w))


def _paint(
    rows: Sequence[SexRow], words: SexWords, decimals: int | None, lang: Language, width: int
) -> tuple[float, Sequence[str]]:
    values = [value for row in rows for value in (row.men, row.women) if value is not None]
    if not values:
        return nothing_to_draw()
    middle = _middle(rows, values, decimals, lang, width)
    body: list[Html] = [
        text(middle.left, 14, words.men, INK_2, 13, SEMIBOLD, "end"),
        text(middle.right, 14, words.women, ACCENT, 13, SEMIBOLD),
    ]
    for i, row in enumerate(rows):
        body += _row(row, HEAD + i * ROW, middle, decimals, lang)
    foot = HEAD + len(rows) * ROW
    if words.note:
        body.append(
            text((middle.left + middle.right) / 2, foot + 14, words.note, INK_3, TICK_SIZE, anchor="middle")
        )
    return foot + (22 if words.note else 0), body


def _middle(
    rows: Sequence[SexRow], values: Sequence[float], decimals: int | None, lang: Language, width: int
) -> _Middle:
    half = max(text_width(row.label, 13, SEMIBOLD) for row in rows) / 2 + (10 if width == NARROW else 14)
    value_room = max(text_width(number(v, lang, decimals), 13, SEMIBOLD) for v in values) + 8
    # Beyond a reading distance long bars only grow apart.
    centre = min(width, MAIN) / 2
    reach = Scale(0, max(values) or 1, 0, centre - half - value_room)
    return _Middle(centre - half, centre + half, reach)


def _row(row: SexRow, y: float, middle: _Middle, decimals: int | None, lang: Language) -> list[Html]:
    weight = SEMIBOLD if row.strong else REGULAR
    base = y + BAR - 4
    men = (row.men, DATA_GREY if row.strong else MEN_PALE)
    women = (row.women, ACCENT if row.strong else ACCENT_MID)
    centre = (middle.left + middle.right) / 2
    label = text(centre, base, row.label, INK, 13, weight, "middle")
    return [
        *_side(men, y, middle, -1, decimals, lang, weight),
        label,
        *_side(women, y, middle, 1, decimals, lang, weight),
    ]


def _side(
    value_and_fill: tuple[float | None, str],
    y: float,
    middle: _Middle,
    way: int,
    decimals: int | None,
    lang: Language,
    weight: int,
) -> list[Html]:
    value, fill = value_and_fill
    length = middle.reach(value or 0)
    foot = middle.left if way < 0 else middle.right
    end = foot + way * (length + 6)
    said = text(
        end, y + BAR - 4, number(value, lang, decimals), INK, 13, weight, "end" if way < 0 else "start"
    )
    bar = rect(min(foot, foot + way * length), y, length, BAR, fill)
    return [bar, said] if length > 0 else [said]

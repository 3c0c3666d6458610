"""What a page is made of: plain values that the templates lay out. Every figure carries the rows it was drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from guzar.use.observatory.svg import Html

Width = Literal["full", "main", "side", "half", "text"]
COLUMNS = {"main": "columns columns-main", "side": "columns columns-main", "half": "columns columns-half"}


@dataclass(frozen=True)
class KeyNumber:
    """One of the four numbers at the top: what, how much, how old, from whom."""

    label: str
    number: str
    unit: str
    tail: Html
    source: str
    href: str = ""


@dataclass(frozen=True)
class Figure:
    """A finding, the drawing or table that proves it, its source line, and the released rows behind it.

    `id` is the permalink within the page and names the CSV. `body` is drawn already. `rows` are released rows; they
    become the table one link away and the CSV. `warning` opens with a word in bold.
    """

    id: str
    heading: str
    sub: str
    body: Html
    source: str
    rows: pl.DataFrame | None = None
    width: Width = "full"
    warning: tuple[str, str] | None = None
    shows_table: bool = True


@dataclass(frozen=True)
class Section:
    """A heading with figures; `lead` is one sentence under it, `paragraphs` are the text of a page that explains."""

    heading: str
    figures: Sequence[Figure]
    lead: str = ""
    id: str = ""
    paragraphs: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[str, list[Figure]]]:
        """Figures side by side as their widths allow: main with side, half with half, the rest alone."""
        laid: list[tuple[str, list[Figure]]] = []
        for figure in self.figures:
            kind = COLUMNS.get(figure.width, "")
            if kind and laid and laid[-1][0] == kind and len(laid[-1][1]) < 2:
                laid[-1][1].append(figure)
            else:
                laid.append((kind, [figure]))
        return laid


@dataclass(frozen=True)
class Page:
    """One page in one language. `path` is the same in every language, e.g. `areas/KGZ.html`."""

    path: str
    nav: str
    title: str
    finding: str
    standfirst: str
    crumbs: Sequence[tuple[str, str]] = ()
    key_numbers: Sequence[KeyNumber] = ()
    sections: Sequence[Section] = ()
    explains_tail: bool = True
    notice: Sequence[str] = field(default_factory=tuple)

    @property
    def figures(self) -> list[Figure]:
        """Every figure on the page, in order."""
        return [figure for section in self.sections for figure in section.figures]

    @property
    def figures_with_rows(self) -> list[Figure]:
        """The figures whose values stand in a table of the page."""
        return [figure for figure in self.figures if figure.rows is not None and figure.shows_table]

    @property
    def to_root(self) -> str:
        """The way from this page to the folder of its language: pages open from a memory stick too."""
        return "../" * self.path.count("/")

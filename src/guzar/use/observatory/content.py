"""What a page is made of: plain values that the templates lay out. Every figure carries the rows it was drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import polars as pl

from guzar.use.observatory.published import Published, Value
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.words import Words

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
    """One page in one language. `path` is the same in every language, e.g. `areas/KGZ.html`.

    `opposite` is the name and path of the page of the same corridor the other way round. `release` is the release that
    the page is made from, where that is not the one of the site.
    """

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
    opposite: tuple[str, str] | None = None
    release: Published | None = None

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

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the page but its head: no figure and no text. Such a page is not made."""
        return not any(section.figures or section.paragraphs for section in self.sections)


Kept = TypeVar("Kept")


def kept(found: Iterable[Kept | None]) -> list[Kept]:
    """What is there: figures, key numbers and findings that the release cannot prove are None."""
    return [one for one in found if one is not None]


def filled(sections: Iterable[Section]) -> list[Section]:
    """The sections that have a figure."""
    return [section for section in sections if section.figures]


def path_to(say: Words, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page from the start page: names with their pages; the last has none."""
    return [(say("Region"), "index.html"), *steps]


def people_key(label: str, value: Value | None, evidence: Sequence[Value], say: Words) -> KeyNumber | None:
    """A number of people, with one dot on its tail for each country whose evidence is known."""
    if value is None:
        return None
    amount = say.amount(value.value)
    unit = say("{unit} ({year})", unit=amount.unit, year=say.period(value.period)).strip()
    return KeyNumber(label, amount.number, unit, say.tail(*evidence), say.edition(value))


def percent_key(label: str, value: Value | None, say: Words, unit: str = "% ({period})") -> KeyNumber | None:
    """A share or a price in per cent, with its period."""
    if value is None:
        return None
    said = say(unit, period=say.period(value.period))
    return KeyNumber(label, say.share(value.value), said, say.tail(value), say.edition(value))


def list_page(
    pages: Sequence[Page], nav: str, names: tuple[str, str, str], heads: tuple[str, str], say: Words
) -> Page:
    """A list of pages of one kind, each with its finding. `nav` is the path of the list, `areas/index.html`.

    `names` are the title, the finding and the standfirst of the list; `heads` the heading of the list and the line
    under it.
    """
    title, finding, standfirst = names
    items = [
        tag(
            "li",
            tag("a", words(page.title), href=page.path.removeprefix(nav.removesuffix("index.html"))),
            tag("p", words(page.finding)),
        )
        for page in pages
    ]
    body = tag("ul", *items, class_="page-list")
    figures = [Figure("list", *heads, body, "", shows_table=False)] if pages else []
    return Page(
        path=nav,
        nav=nav,
        title=title,
        finding=finding,
        standfirst=standfirst,
        crumbs=path_to(say, (title, "")),
        sections=[Section(title, figures)],
        explains_tail=False,
    )

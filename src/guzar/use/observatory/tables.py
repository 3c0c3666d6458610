"""Tables that are the figure itself: heads, cells, and a focusable region that scrolls on narrow screens."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from guzar.use.observatory.svg import Html, tag, words

STACKED = ("claims", "matrix")


def scrolling(table: Html, label: str) -> Html:
    """A table in a region that the keyboard can reach and move, so that nothing is cut off at 320 px."""
    return tag("div", table, class_="table-scroll", tabindex="0", role="region", aria_label=label)


def plain_table(
    label: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Html]],
    numeric: Collection[int] = (),
    ids: Sequence[str] = (),
    class_: str | None = None,
) -> Html:
    """A table of finished cells; the first cell of a row names it, `numeric` columns are set right.

    `label` names the region for readers who cannot see; `ids` make rows the target of links. Cells of the classes in
    `STACKED` carry the head of their column: on a telephone their rows become lists.
    """
    heads_of_cells = head if class_ in STACKED else ()
    heads = [tag("th", words(name), scope="col", class_=_right(i, numeric)) for i, name in enumerate(head)]
    body = [_row(row, numeric, ids[i] if ids else None, heads_of_cells) for i, row in enumerate(rows)]
    return scrolling(tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *body), class_=class_), label)


def _row(
    cells: Sequence[Html], numeric: Collection[int], anchor: str | None, heads: Sequence[str] = ()
) -> Html:
    first = tag("th", cells[0], scope="row", class_=_right(0, numeric))
    # An empty <td/> would swallow the cells after it in HTML.
    rest = [
        tag(
            "td",
            cell or Html("&nbsp;"),
            class_=_right(i, numeric),
            data_label=heads[i] if heads else None,
        )
        for i, cell in enumerate(cells[1:], 1)
    ]
    return tag("tr", first, *rest, id=anchor)


def _right(column: int, numeric: Collection[int]) -> str | None:
    return "number" if column in numeric else None


def with_note(text: str, note: str) -> Html:
    """A cell with a smaller line under it."""
    return Html(words(text) + tag("small", words(note))) if note else words(text)


def link(text: str, href: str) -> Html:
    """A link within the site, or to a source."""
    return tag("a", words(text), href=href)


def link_list(items: Sequence[tuple[str, str, str]]) -> Html:
    """A list of pages: address, name, and the finding of each."""
    return tag(
        "ul",
        *(tag("li", link(name, href), tag("p", words(text))) for href, name, text in items),
        class_="page-list",
    )

"""The list of themes: only those that this release has figures for, each with the finding of its page."""

from __future__ import annotations

from collections.abc import Iterator

from guzar.use.observatory.content import Page, list_page
from guzar.use.observatory.pages import claims, prices, refugees, regions, remittances, treaties, women
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

NAV = "themes/index.html"
THEMES = (remittances, prices, women, refugees, regions, treaties, claims)


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The list, made from the pages themselves."""
    pages = [page for theme in THEMES for page in theme.make_pages(published, say) if not page.is_empty]
    # In a row only the first name keeps its capital.
    names = ", ".join(page.title if i == 0 else page.title.lower() for i, page in enumerate(pages))
    yield list_page(
        pages,
        NAV,
        (
            say("Themes"),
            names,
            say("Each page opens with what its figures prove, and says what they cannot."),
        ),
        (say("One page per theme"), say("A theme is here when this release holds figures or tables for it")),
        say,
    )

"""The list of themes: only those that this release has figures for, each with the finding of its page."""

from __future__ import annotations

from collections.abc import Iterator

from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.pages import claims, prices, refugees, regions, remittances, treaties, women
from guzar.use.observatory.published import Published
from guzar.use.observatory.tables import link_list
from guzar.use.observatory.words import Words

NAV = "themes/index.html"
THEMES = (remittances, prices, women, refugees, regions, treaties, claims)


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The list, made from the pages themselves."""
    pages = [page for theme in THEMES for page in theme.make_pages(published, say)]
    items = [(page.path.removeprefix("themes/"), page.title, page.finding) for page in pages]
    heading = say("One page per theme")
    figure = Figure(
        "list",
        heading,
        say("A theme is here when this release holds figures or tables for it"),
        link_list(items),
        "",
        shows_table=False,
    )
    yield Page(
        path=NAV,
        nav=NAV,
        title=say("Themes"),
        finding=say("Money, prices, women, refugees, regions, treaties, claims"),
        standfirst=say("Each page opens with what its figures prove, and says what they cannot."),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), "")],
        sections=[Section(say("Themes"), [figure])],
        explains_tail=False,
    )

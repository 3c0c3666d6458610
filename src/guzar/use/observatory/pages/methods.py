"""Methods in plain words: the list, and one page per method with an example from the release."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.methods import (
    allocations,
    claims,
    editions,
    evidence,
    frozen_mix,
    prices,
    releases,
    shares,
    source_checks,
    stock_flows,
    totals,
    treaties,
    women,
)
from guzar.use.observatory.pages import made_up_people
from guzar.use.observatory.published import Published
from guzar.use.observatory.tables import link_list
from guzar.use.observatory.words import Words

NAV = "methods/index.html"
METHODS: tuple[ModuleType, ...] = (
    editions,
    evidence,
    frozen_mix,
    totals,
    women,
    stock_flows,
    shares,
    prices,
    allocations,
    treaties,
    claims,
    source_checks,
    releases,
)


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """One page per method, then the list of them."""
    for method in METHODS:
        yield _method(method, published, say)
    yield _list(published, say)


def _method(method: ModuleType, published: Published, say: Words) -> Page:
    title = say(method.TITLE)
    sections = [
        section for section in method.explain(published, say) if section.figures or section.paragraphs
    ]
    return Page(
        path=f"methods/{method.ID}.html",
        nav=NAV,
        title=title,
        finding=say(method.FINDING),
        standfirst=say(method.STANDFIRST),
        crumbs=[(say("Region"), "index.html"), (say("Methods"), NAV), (title, "")],
        sections=sections,
        explains_tail=False,
    )


def _list(published: Published, say: Words) -> Page:
    items = [(f"{method.ID}.html", say(method.TITLE), say(method.FINDING)) for method in METHODS]
    items += [
        (page.path.removeprefix("methods/"), page.title, page.finding)
        for page in made_up_people.make_pages(published, say)
    ]
    figure = Figure("list", say("One page per method"), "", link_list(items), "", shows_table=False)
    return Page(
        path=NAV,
        nav=NAV,
        title=say("Methods"),
        finding=say("How figures are made, and what they cannot tell"),
        standfirst=say(
            "Short texts for people who use figures. Each states a rule, shows it on figures of this release, and names its limits."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Methods"), "")],
        sections=[Section(say("Methods"), [figure])],
        explains_tail=False,
    )

"""One page per area, and the list of areas."""

from __future__ import annotations

from collections.abc import Iterator

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Figure, KeyNumber, Page, Section
from guzar.use.observatory.figures import money, movement, people
from guzar.use.observatory.published import Published, Value
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.words import Words

NAV = "areas/index.html"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """A page for each of the twelve areas, then the list of them."""
    pages = [_area(published, area, say) for area in sorted(THE_TWELVE, key=say.area)]
    yield from pages
    yield _list(pages, say)


def _area(published: Published, area: str, say: Words) -> Page:
    sections = [
        Section(
            say("Net migration and its revisions"),
            _held([movement.net_migration(published, area, say)]),
            id="movement",
        ),
        Section(
            say("Who left, and where they live"),
            _held(
                [
                    people.where_they_live(published, area, say),
                    people.women_and_men(published, area, say),
                    people.destination_table(published, area, say),
                ]
            ),
            id="left",
        ),
        Section(
            say("Who came"),
            _held([people.who_lives_here(published, area, say), people.refugees(published, area, say)]),
            id="came",
        ),
        Section(
            say("Money"),
            _held(
                [
                    money.share_by_edition(published, area, say),
                    money.received(published, area, say),
                    money.cost_from_russia(published, area, say),
                ]
            ),
            id="money",
        ),
    ]
    finding, standfirst = _finding(published, area, say)
    return Page(
        path=f"areas/{area}.html",
        nav=NAV,
        title=say.area(area),
        finding=finding,
        standfirst=standfirst,
        crumbs=[(say("Region"), "index.html"), (say("Areas"), NAV), (say.area(area), "")],
        key_numbers=_key_numbers(published, area, say),
        sections=[s for s in sections if s.figures],
    )


def _held(figures: list[Figure | None]) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def _finding(published: Published, area: str, say: Words) -> tuple[str, str]:
    """The strongest thing the release can prove about the area, in order of surprise."""
    for find in (movement.sign_change, money.largest_revision, people.old_mix, people.main_destination):
        found = find(published, area, say)
        if found:
            return found
    return say("{area}: what is known about migration", area=say.area(area)), say(
        "What is counted, what is estimated, and when someone last looked."
    )


def _key_numbers(published: Published, area: str, say: Words) -> list[KeyNumber]:
    year = people.last_headline_year(published, area)
    abroad = published.value("emigrant_stock", area, definition=people.EMIGRANTS, year=year) if year else None
    hosted = published.value("migrant_stock", area, definition=people.HOSTED)
    share = money.newest_share(published, area)
    cost = money.newest_cost(published, area)
    keys = [
        _people_key(
            say("Born here, living in other countries"),
            abroad,
            people.destinations(published, area, year) if year else [],
            say,
        ),
        _people_key(say("Living here, born in other countries"), hosted, [hosted] if hosted else [], say),
        KeyNumber(
            say("Remittances from abroad, share of GDP"),
            say.number(share.value, 1),
            say("% ({period})", period=share.period),
            say.tail(share),
            say.edition(share),
        )
        if share
        else None,
        KeyNumber(
            say("Cost of sending US$ 200 from Russia"),
            say.number(cost.value, 1),
            say("% ({period})", period=cost.period.replace("-", " ")),
            say.tail(cost),
            say.edition(cost),
        )
        if cost
        else None,
    ]
    return [key for key in keys if key]


def _people_key(label: str, value: Value | None, evidence: list[Value], say: Words) -> KeyNumber | None:
    """A number of people, with one dot on its tail for each country whose evidence is known."""
    if value is None:
        return None
    amount = say.amount(value.value)
    return KeyNumber(
        label,
        amount.number,
        say("{unit} ({year})", unit=amount.unit, year=value.year).strip(),
        say.tail(*evidence),
        say.edition(value),
    )


def _list(pages: list[Page], say: Words) -> Page:
    items = [
        tag(
            "li",
            tag("a", words(page.title), href=page.path.removeprefix("areas/")),
            tag("p", words(page.finding)),
        )
        for page in pages
    ]
    figure = Figure(
        "list",
        say("The twelve areas"),
        say("Each page opens with the strongest finding that its figures prove"),
        Html(tag("ul", *items, class_="page-list")),
        "",
        shows_table=False,
    )
    return Page(
        path=NAV,
        nav=NAV,
        title=say("Areas"),
        finding=say("Twelve areas, one page each"),
        standfirst=say("What is known, what is estimated, and when someone last looked."),
        crumbs=[(say("Region"), "index.html"), (say("Areas"), "")],
        sections=[Section(say("Areas"), [figure])],
        explains_tail=False,
    )

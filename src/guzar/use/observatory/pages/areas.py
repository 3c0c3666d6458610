"""One page per area that the release holds figures of, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import (
    KeyNumber,
    Page,
    Section,
    filled,
    kept,
    list_page,
    path_to,
    people_key,
    percent_key,
)
from guzar.use.observatory.figures import accounts, arrivals, estimated_moves, money, movement, people
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

NAV = "areas/index.html"
# What the release can prove about an area, in order of surprise; the first that holds is the heading.
FINDINGS = (
    movement.sign_change,
    money.largest_revision,
    movement.latest_balance,
    arrivals.old_mix,
    people.main_destination,
)


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """A page for each of the twelve areas with a figure, then the list of them."""
    pages = [_area(published, area, say) for area in sorted(THE_TWELVE, key=say.area)]
    made = [page for page in pages if not page.is_empty]
    yield from made
    yield list_page(
        made,
        NAV,
        (
            say("Areas"),
            say.count("{count} area, a page of its own", "{count} areas, one page each", len(made)),
            say("What is known, what is estimated, and when someone last looked."),
        ),
        (say("Areas by name"), say("Each page opens with the strongest finding that its figures prove")),
        say,
    )


def _area(published: Published, area: str, say: Words) -> Page:
    sections = filled(_sections(published, area, say))
    finding, standfirst = _finding(published, area, sections, say)
    return Page(
        path=f"areas/{area}.html",
        nav=NAV,
        title=say.area(area),
        finding=finding,
        standfirst=standfirst,
        crumbs=path_to(say, (say("Areas"), NAV), (say.area(area), "")),
        key_numbers=_key_numbers(published, area, say),
        sections=sections,
    )


def _sections(published: Published, area: str, say: Words) -> list[Section]:
    left = [
        people.where_they_live(published, area, say),
        people.destination_table(published, area, say),
        people.women_and_men(published, area, say),
        money.share_by_edition(published, area, say),
    ]
    came = [arrivals.who_lives_here(published, area, say), arrivals.refugees(published, area, say)]
    sent = [money.received(published, area, say), money.cost_from_russia(published, area, say)]
    return [
        Section(
            say("Net migration and its revisions"),
            kept(
                [movement.net_migration(published, area, say), estimated_moves.of_area(published, area, say)]
            ),
            id="movement",
        ),
        Section(
            say("Population account"),
            kept([accounts.population_account(published, area, say)]),
            id="account",
        ),
        Section(say("Who left, and where they live"), kept(left), id="left"),
        Section(say("Who came"), kept(came), id="came"),
        Section(say("Money"), kept(sent), id="money"),
    ]


def _finding(published: Published, area: str, sections: list[Section], say: Words) -> tuple[str, str]:
    """The strongest thing the release can prove about the area; else what its first figure says."""
    for find in FINDINGS:
        found = find(published, area, say)
        if found:
            return found
    first = sections[0].figures[0].heading if sections else ""
    return say("{area}. {finding}", area=say.area(area), finding=first), say(
        "What is counted, what is estimated, and when someone last looked."
    )


def _key_numbers(published: Published, area: str, say: Words) -> list[KeyNumber]:
    year = people.last_headline_year(published, area)
    abroad = published.value("emigrant_stock", area, definition=people.EMIGRANTS, year=year) if year else None
    hosted = published.value("migrant_stock", area, definition=people.HOSTED)
    evidence = people.destinations(published, area, year) if year else []
    return kept(
        [
            people_key(say("Born here, living in other countries"), abroad, evidence, say),
            people_key(say("Living here, born in other countries"), hosted, [hosted] if hosted else [], say),
            percent_key(
                say("Remittances from abroad, share of GDP"), money.newest_share(published, area), say
            ),
            percent_key(
                say("Cost of sending US$ 200 from Russia, fee only"), money.newest_cost(published, area), say
            ),
        ]
    )

"""The start page: who lives where in the twelve areas, how old the counts are, money, and what was revised.

A release that holds none of this has a start page too, made of what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import KeyNumber, Page, Section, filled, kept
from guzar.use.observatory.figures import holdings
from guzar.use.observatory.figures.region_map import censuses, region_map
from guzar.use.observatory.figures.region_squares import squares
from guzar.use.observatory.figures.region_stock import (
    hosted,
    hosted_total,
    region_cells,
    repeating_destinations,
    values_of,
    year_of,
)
from guzar.use.observatory.figures.remittance_shares import shares_over_time
from guzar.use.observatory.figures.revised import main_revisions
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

FOUR = 4  # key numbers, and figures of a release that holds little


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The start page: every release has one."""
    subjects = filled(_subjects(published, say))
    held = _held(published, say) if len(subjects) < FOUR else []
    yield Page(
        path="index.html",
        nav="index.html",
        title=say("Region"),
        finding=_finding(published, say),
        standfirst=_standfirst(published, say),
        key_numbers=_key_numbers(published, say),
        sections=[*subjects, *held],
        notice=[
            say(
                "Figures are those of their publishers, with source, edition and year of the last observation; guzar adds nothing to them but sums and shares that it names as such."
            )
        ],
    )


def _subjects(published: Published, say: Words) -> list[Section]:
    """Who lives where, money, revisions: the sections of a release that holds the region's figures."""
    map_, counts = region_map(published, say), censuses(published, say)
    return [
        Section(
            say("Where people were born and where they live") if map_ else say("When someone last looked"),
            kept([map_, counts]),
        ),
        Section(
            say("Who lives where"),
            kept([squares(region_cells(published), say)]),
            lead=say(
                "A table of squares: both directions of each pair can be compared, it prints in grey, and it is a real table underneath."
            ),
        ),
        Section(
            say("Money sent home"),
            kept([shares_over_time(published, say)]),
            lead=say("Shares of GDP as reported in balances of payments."),
        ),
        Section(
            say("What was revised"),
            kept([main_revisions(published, say)]),
            lead=say("The world did not change here; the record of it did."),
        ),
    ]


def _held(published: Published, say: Words) -> list[Section]:
    """What a release holds that has not all of these subjects: its first rankings, and every indicator."""
    rankings = [ranking for ranking in holdings.leading_rankings(published) if len(ranking.values) > 1]
    drawn = [
        holdings.ranking_figure(published, ranking, f"ranking-{i}", say)
        for i, ranking in enumerate(rankings[:FOUR], 1)
    ]
    return filled(
        [
            Section(say("Side by side"), drawn),
            Section(say("What this release holds"), [holdings.indicator_list(published, say, "data/")]),
        ]
    )


def _finding(published: Published, say: Words) -> str:
    """The printed total of the twelve and how old its mix is; else what the first ranking proves; else what is held."""
    total, repeating = hosted_total(published), repeating_destinations(published)
    if total is None:
        return _finding_of_what_is_held(published, say)
    count, people = int(repeating["repeats"].sum()), say.amount(total.value)
    if not count or year_of(repeating) != total.year:
        return say(
            "{people} people living in these twelve countries were born in another country.", people=people
        )
    return say(
        "{people} people living in these twelve countries were born in another country. Where they were born is, for {count} of the twelve, an older picture that the table repeats.",
        people=people,
        count=count,
    )


def _finding_of_what_is_held(published: Published, say: Words) -> str:
    rankings = holdings.leading_rankings(published)
    if rankings:
        return holdings.finding(published, rankings[0], say)
    count = int(published.figures["value"].is_not_null().sum())
    return say.count("{count} value is in this release", "{count} values are in this release", count)


def _standfirst(published: Published, say: Words) -> str:
    repeating = repeating_destinations(published)
    count = int(repeating["repeats"].sum())
    if not count:
        return say("Every number here shows two things: what it says, and when someone last looked.")
    return say(
        "Where {count} of these countries host migrants, the figures for {last} are those of an earlier date times one common factor: about origins the table says nothing new. So every number here shows two things: what it says, and when someone last looked.",
        count=count,
        last=year_of(repeating),
    )


def _key_numbers(published: Published, say: Words) -> list[KeyNumber]:
    """Four numbers: of the region where they are held, filled up with the largest values of what else is held."""
    keys = kept(
        [
            _hosted_key(published, say),
            _repeating_key(published, say),
            _paid_key(published, say),
            _oldest_key(published, say),
        ]
    )
    return keys if len(keys) > 1 else [*keys, *_held_keys(published, say)][:FOUR]


def _held_keys(published: Published, say: Words) -> list[KeyNumber]:
    """The largest value of each indicator; of a single indicator its largest values."""
    rankings = holdings.leading_rankings(published)
    chosen = [r.first for r in rankings] if len(rankings) > 1 else [v for r in rankings for v in r.values]
    return [holdings.key_number(published, value, say) for value in chosen[:FOUR]]


def _hosted_key(published: Published, say: Words) -> KeyNumber | None:
    """The released total, with one dot per country on its tail: the evidence of its parts."""
    total = hosted_total(published)
    if total is None:
        return None
    amount = say.amount(total.value)
    unit = say("{unit} ({year})", unit=amount.unit, year=total.year).strip()
    return KeyNumber(
        say("Living in the 12 areas, born in any other country"),
        amount.number,
        unit,
        say.tail(*values_of(hosted(published))),
        say.edition(total),
    )


def _repeating_key(published: Published, say: Words) -> KeyNumber | None:
    old = repeating_destinations(published).filter("repeats")
    if not old.height:
        return None
    evidence = values_of(old)
    unit = say("of {all} ({year})", all=len(THE_TWELVE), year=year_of(old))
    return KeyNumber(
        say("Countries whose newest mix of origins repeats an older one"),
        say.number(old.height),
        unit,
        say.tail(*evidence),
        say.edition(evidence[0]),
    )


def _paid_key(published: Published, say: Words) -> KeyNumber | None:
    # One series of balances of payments; another publication is asked only where none of it is held.
    asked = ("remittances_paid_usd", "RUS")
    paid = published.value(*asked, source="world_bank") or published.value(*asked)
    if paid is None:
        return None
    amount = say.amount(paid.value)
    return KeyNumber(
        say("Remittances paid from Russia to all countries"),
        amount.number,
        say("US$ {unit} ({year})", unit=amount.unit, year=paid.year),
        say.tail(paid),
        say.edition(paid),
    )


def _oldest_key(published: Published, say: Words) -> KeyNumber | None:
    """Years between the oldest count behind a total of the newest year and that year."""
    totals = hosted(published)
    counted = totals.drop_nulls("last_observed").sort("last_observed", "area")
    if not counted.height:
        return None
    oldest = values_of(counted.head(1))[0]
    age = oldest.year - (oldest.last_observed or oldest.year)
    label = say(
        "Age of the oldest count behind a total for {year}: {area}, {seen}",
        year=oldest.year,
        area=say.area(oldest.area),
        seen=oldest.last_observed,
    )
    return KeyNumber(
        label, say.number(age), say.count("year old", "years old", age), say.tail(oldest), say.edition(oldest)
    )

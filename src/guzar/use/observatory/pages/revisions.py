"""What was revised: the record changed, not the world. Sign changes first, then the widest revision of each figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.figures.doubts import indicator_name, source_doubts
from guzar.use.observatory.figures.revised import (
    Revised,
    find_revisions,
    released_rows,
    revision_table,
    written,
)
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

SIGN_CHANGES_SINCE = 2015
POINTS = 1.0  # revisions of a share of GDP smaller than this are in the CSV of the release only
# Shares first: they are quoted most. Amounts follow, then people.
INDICATORS = (
    "remittances_received_usd",
    "remittances_paid_usd",
    "net_migration",
    "migrant_stock",
    "births",
    "deaths",
    "population",
    "refugees_hosted_un_desa",
)
SHARE = "remittances_received_percent_gdp"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of revisions; it exists also where nothing was revised, and then says so."""
    found = find_revisions(published)
    sections = [
        _signs(published, found, say),
        _shares(published, found, say),
        _widest(published, found, say),
        _doubts(published, say),
    ]
    finding, standfirst = _finding(found, say)
    yield Page(
        path="revisions.html",
        nav="revisions.html",
        title=say("Revisions"),
        finding=finding,
        standfirst=standfirst,
        crumbs=[(say("Region"), "index.html"), (say("Revisions"), "")],
        sections=[section for section in sections if section.figures],
    )


def _finding(found: Sequence[Revised], say: Words) -> tuple[str, str]:
    standfirst = say(
        "The record changed here, not the world. A revision is the same figure for the same period in a later edition, and every line below is about one period. It is never growth: growth is read inside one edition."
    )
    turned = sum(revision.turns for revision in found)
    if not found:
        return say("No value of this release was revised"), standfirst
    if not turned:
        return say.count(
            "{count} revision between editions",
            "{count} revisions between editions",
            len(found),
        ), standfirst
    many = say.count(
        "{count} revision between editions",
        "{count} revisions between editions",
        len(found),
    )
    signs = say.count("{count} of them changed its sign", "{count} of them changed their sign", turned)
    return f"{many}; {signs}", standfirst


def _signs(published: Published, found: Sequence[Revised], say: Words) -> Section:
    recent = [r for r in found if r.turns and r.now.year >= SIGN_CHANGES_SINCE]
    if not recent:
        return Section(say("More left, or more came?"), [])
    ordered = sorted(recent, key=lambda r: (say.area(r.now.area), r.now.period))
    first = max(ordered, key=lambda r: abs(r.difference))
    heading = say(
        "{area}, {year}: from {before} to {now}, and other changes of sign",
        area=say.area(first.now.area),
        year=first.now.period,
        before=written(first.before, say, signed=True),
        now=written(first.now, say, signed=True),
    )
    sub = say(
        "Net migration, persons a year, since {year}, where the sign differs between two editions. Forecasts are left out",
        year=SIGN_CHANGES_SINCE,
    )
    figure = Figure(
        "sign-changes",
        heading,
        sub,
        revision_table(heading, ordered, say),
        _sources(ordered, say),
        rows=released_rows(published, ordered),
    )
    return Section(
        say("More left, or more came?"),
        [figure],
        lead=say("For some years the two editions disagree on the direction itself."),
    )


def _shares(published: Published, found: Sequence[Revised], say: Words) -> Section:
    wide = sorted((r for r in found if r.now.indicator == SHARE and r.size >= POINTS), key=lambda r: -r.size)
    if not wide:
        return Section(say("Remittances as a share of GDP"), [])
    first = wide[0]
    heading = say(
        "{area}: the share for {year} went from {before} to {now} from one edition to the next",
        area=say.area(first.now.area),
        year=first.now.period,
        before=written(first.before, say),
        now=written(first.now, say),
    )
    sub = say(
        "Personal remittances received, % of GDP: every step of one point or more between two neighbouring editions, widest first"
    )
    figure = Figure(
        "shares",
        heading,
        sub,
        revision_table(heading, wide, say),
        _sources(wide, say),
        rows=released_rows(published, wide),
        warning=(
            say("Revision, not event."),
            say(
                "A share falls on paper when receipts are restated or when GDP is. A revision alone does not say that less money was sent."
            ),
        ),
    )
    return Section(say("Remittances as a share of GDP"), [figure])


def _widest(published: Published, found: Sequence[Revised], say: Words) -> Section:
    figures = [_widest_of(published, indicator, found, say) for indicator in INDICATORS]
    return Section(
        say("The widest revision of each area"),
        [figure for figure in figures if figure],
        lead=say(
            "For each figure and area, the period whose value moved most between two neighbouring editions, in proportion to the larger value. Changes of sign are listed above."
        ),
    )


def _widest_of(published: Published, indicator: str, found: Sequence[Revised], say: Words) -> Figure | None:
    largest: dict[str, Revised] = {}
    for revision in found:
        area = revision.now.area
        wider = area not in largest or revision.size > largest[area].size
        if revision.now.indicator == indicator and not revision.turns and wider:
            largest[area] = revision
    chosen = sorted((largest[area] for area in THE_TWELVE if area in largest), key=lambda r: -r.size)
    if not chosen:
        return None
    heading = indicator_name(indicator, say)
    sub = say(
        "Widest first; {area} for {period} moved most",
        area=say.area(chosen[0].now.area),
        period=say.period(chosen[0].now.period),
    )
    return Figure(
        indicator.replace("_", "-"),
        heading,
        sub,
        revision_table(heading, chosen, say),
        _sources(chosen, say),
        rows=released_rows(published, chosen),
        width="half",
    )


def _doubts(published: Published, say: Words) -> Section:
    figure = source_doubts(published, say)
    return Section(
        say("What was doubted"),
        [figure] if figure else [],
        lead=say(
            "Values and codes that contradict another publication, their own total or their neighbours."
        ),
    )


def _sources(revisions: Sequence[Revised], say: Words) -> str:
    """Each publication with its editions, once."""
    return "; ".join(sorted({say.edition(value) for r in revisions for value in (r.before, r.now)})) + "."

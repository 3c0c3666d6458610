"""Data: the release to take away, how to begin with it, who published what, and where census years come from."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.codelist import read_codelist
from guzar.define.sources import Source, edition_label, sources
from guzar.use.observatory.content import Figure, Page, Section, filled, kept, path_to
from guzar.use.observatory.feeds import CALENDAR, FEED
from guzar.use.observatory.figures.downloads import downloads, how_to_ask, how_to_use
from guzar.use.observatory.figures.holdings import indicator_list
from guzar.use.observatory.pages.releases import PATH as RELEASES
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link, link_list, plain_table
from guzar.use.observatory.words import Words

NAV = "data/index.html"
STOCKS = "un_migrant_stock"
CENSUS_KINDS = {
    "census": "Census",
    "census_combined": "Census with registers",
    "census_unpublished": "Census, results not published",
    "register": "Register",
    "microcensus": "Microcensus",
}


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of data."""
    held = (
        published.figures.group_by("source", "edition")
        .agg(pl.len(), pl.col("value").count().alias("numbers"))
        .sort("source", "edition")
    )
    yield Page(
        path=NAV,
        nav=NAV,
        title=say("Data"),
        finding=_finding(published, held, say),
        standfirst=say(
            "Everything on these pages comes from one release. Take it whole or in parts; each value keeps its publisher, edition, licence and the year of the last observation."
        ),
        crumbs=path_to(say, (say("Data"), "")),
        sections=filled(_sections(published, held, say)),
        explains_tail=False,
    )


def _sections(published: Published, held: pl.DataFrame, say: Words) -> list[Section]:
    files = kept([downloads(published, say), how_to_use(published, say), how_to_ask(published, say)])
    # Census years date the evidence behind stocks: without stocks they explain nothing here.
    has_stocks = published.rows("migrant_stock", newest=False, source=STOCKS).height > 0
    return [
        Section(
            say("Files of the release"),
            files,
            id="sdmx",
            paragraphs=[
                say(
                    "These addresses lead to the newest release, also after the next one. To cite this very release, use data/{release} in place of data/latest: it stays what it is.",
                    release=published.release,
                )
            ]
            if published.folder is not None
            else [],
        ),
        Section(say("Releases and changes"), [_releases(say)], id="releases"),
        Section(say("Indicators"), [indicator_list(published, say)], id="indicators-held"),
        Section(say("Sources and editions"), [_sources(held, say)], id="sources"),
        Section(say("Census years"), [_censuses(say)] if has_stocks else [], id="censuses"),
    ]


def _releases(say: Words) -> Figure:
    """The way to what changed, to the feed and to the calendar."""
    rows = [
        (
            f"../{RELEASES}",
            say("Releases and changes"),
            say("What changed since the last release, value by value"),
        ),
        (f"../{FEED}", say("Feed of releases (Atom)"), say("One entry per release, with what changed in it")),
        (f"../{CALENDAR}", say("Calendar (ICS)"), say("Days of releases and of the editions held")),
    ]
    heading = say("What changed, and how to be told")
    return Figure("changes", heading, "", link_list(rows), "", shows_table=False)


def _finding(published: Published, held: pl.DataFrame, say: Words) -> str:
    return say(
        "{rows}, {numbers} of them with a number; {sources}, {editions}; none overwritten",
        rows=say.count("{count} row", "{count} rows", published.figures.height),
        numbers=say.number(published.figures["value"].count()),
        sources=say.count("{count} publication", "{count} publications", held["source"].n_unique()),
        editions=say.count("{count} edition", "{count} editions", held.height),
    )


def _sources(held: pl.DataFrame, say: Words) -> Figure:
    ids = held["source"].unique(maintain_order=True).to_list()
    rows = [_source_row(sources()[i], held.filter(pl.col("source") == i), say) for i in ids]
    heading = say("Who published what, and under which licence")
    head = [
        say("Source"),
        say("Licence"),
        say("Attribution"),
        say("Editions held"),
        say("Rows"),
        say("Numbers"),
    ]
    table = plain_table(heading, head, rows, numeric={4, 5}, ids=[f"source-{i}" for i in ids])
    return Figure(
        "publishers",
        heading,
        say("guzar adds sums and shares, which it names as its own; everything else is the publisher's"),
        table,
        "",
        shows_table=False,
    )


def _source_row(source: Source, editions: pl.DataFrame, say: Words) -> list[Html]:
    name = source.name_ru if say.lang == "ru" else source.name_en
    named = link(name, source.address) if source.address else words(name)
    labels = [edition_label(source.id, edition, say.lang) for edition in editions["edition"]]
    return [
        Html(named + tag("small", words(source.publisher), lang="en" if say.lang != "en" else None)),
        words(say(source.licence)),
        tag("span", words(source.attribution), lang="en" if say.lang != "en" else None),
        words("; ".join(labels)),
        words(say.number(int(editions["len"].sum()))),
        words(say.number(int(editions["numbers"].sum()))),
    ]


def _censuses(say: Words) -> Figure:
    listed = read_codelist("census_years").filter(pl.col("area").is_in(THE_TWELVE))
    ordered = sorted(
        listed.iter_rows(named=True), key=lambda row: (say.area(row["area"]), row["census_year"])
    )
    rows = [
        [
            words(f"{say.area(row['area'])}, {row['census_year']}"),
            words(say(CENSUS_KINDS.get(row["kind"], row["kind"]))),
            Html(
                link(row["source_title"], row["source_address"])
                + tag("small", words(row["source_publisher"]))
            ),
            words(row["source_as_of"] or "··"),
        ]
        for row in ordered
    ]
    heading = say("When someone counted, and who says so")
    sub = say(
        "These years date the evidence behind stocks by origin. A census that is not listed has no source here: it is not known, not absent"
    )
    table = plain_table(heading, [say("Area, year"), say("Kind"), say("Source"), say("Source as of")], rows)
    return Figure(
        "census-years",
        heading,
        sub,
        table,
        say(
            "Whether the publisher of a stock used a census is said by the publisher or not at all; a year here is a date on which someone counted."
        ),
        rows=listed,
        shows_table=False,
    )

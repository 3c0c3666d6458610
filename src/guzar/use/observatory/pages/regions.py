"""Regions: how many they host and sent, inside and across their edge. A region is a membership list with a date."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import Region, regions
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.area_table import cell, sources_of
from guzar.use.observatory.figures.people import MODELLED
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import SIGN_OF, Words

NAV = "themes/index.html"
REGIONS = ("NCA9", "CA5", "EAEU")
# What is counted: indicator, definition, whether the counterpart is the region itself, name.
MEASURES = (
    ("migrant_stock", "guzar_region_hosted", False, "Hosted: live in a member, born in any other country"),
    (
        "emigrant_stock",
        "guzar_region_emigrants",
        False,
        "Abroad: born in a member, live in any other country",
    ),
    ("migrant_stock", "guzar_region_corridor", True, "Inside: born in one member, live in another"),
    (
        "migrant_stock_from_outside_region",
        "guzar_region_incoming",
        False,
        "Incoming: live in a member, born outside the region",
    ),
    (
        "emigrant_stock_outside_region",
        "guzar_region_outgoing",
        False,
        "Outgoing: born in a member, live outside the region",
    ),
)
ABROAD = "guzar_region_emigrants"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of regions, where their totals are released."""
    tables = {region: _rows(published, region) for region in REGIONS}
    held = {region: rows for region, rows in tables.items() if rows.height}
    if held:
        yield _page(held, say)


def _rows(published: Published, region: str) -> pl.DataFrame:
    """The newest edition's totals of one region, both sexes."""
    parts = [
        published.rows(
            indicator, definition=definition, area=region, counterpart=region if itself else "_T", sex="_T"
        )
        for indicator, definition, itself, _ in MEASURES
    ]
    rows = pl.concat(parts)
    return rows.filter(pl.col("edition") == pl.col("edition").max()) if rows.height else rows


def _page(held: dict[str, pl.DataFrame], say: Words) -> Page:
    title = say("Regions")
    return Page(
        path="themes/regions.html",
        nav=NAV,
        title=title,
        finding=_finding(held, say),
        standfirst=say(
            "A region is a list of members with a publisher and a date. The same words can name two lists, so totals of regions are never compared without the lists. People born in one member who live in another are in the hosted and in the abroad total of the region."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[
            Section(say("Which lists"), [_lists(list(held), say)]),
            *(
                Section(say.area(region), _figures(region, rows, say), id=region)
                for region, rows in held.items()
            ),
        ],
    )


def _seen_years(rows: pl.DataFrame, definition: str) -> set[str]:
    """The years whose total is known and not modelled from modelled."""
    seen = rows.filter(
        (pl.col("definition") == definition)
        & (pl.col("observation_status") != MODELLED)
        & pl.col("value").is_not_null()
    )
    return set(seen["period"])


def _finding(held: dict[str, pl.DataFrame], say: Words) -> str:
    """The same total for every list, for the last year in which no list's total repeats an older mix."""
    years = set.intersection(*(_seen_years(rows, ABROAD) for rows in held.values()))
    if len(held) < 2 or not years:
        return say("Totals depend on the list of members")
    year = max(years)
    values = {
        region: rows.filter((pl.col("definition") == ABROAD) & (pl.col("period") == year))["value"][0]
        for region, rows in held.items()
    }
    said = [
        say("{region} {number}", region=say.area(region), number=say.amount(value))
        for region, value in values.items()
    ]
    return say("Born in the region and living abroad, {year}: {numbers}", year=year, numbers="; ".join(said))


def _lists(held: list[str], say: Words) -> Figure:
    chosen = [regions()[region] for region in held]
    heading = say("The membership lists")
    rows = [
        [
            words(say.area(r.id)),
            words(", ".join(sorted(say.area(member) for member in r.members))),
            words(say(r.publisher)),
            words(say.date(r.as_of)),
        ]
        for r in chosen
    ]
    table = plain_table(heading, [say("Region"), say("Members"), say("Publisher"), say("As of")], rows)
    source = "; ".join(f"{say.area(r.id)}: {r.address}" for r in chosen if r.address)
    return Figure("lists", heading, "", table, source, shows_table=False, warning=_overlap(chosen, say))


def _overlap(chosen: list[Region], say: Words) -> tuple[str, str] | None:
    shared = set.intersection(*(set(r.members) for r in chosen)) if len(chosen) > 1 else set()
    if not shared:
        return None
    return say("The lists overlap."), say(
        "{members} stand in all of them: totals of regions are never added.",
        members=say.areas(sorted(shared, key=say.area)),
    )


def _figures(region: str, rows: pl.DataFrame, say: Words) -> list[Figure]:
    return [figure for figure in (_table(region, rows, say), _bars(region, rows, say)) if figure]


def _table(region: str, rows: pl.DataFrame, say: Words) -> Figure:
    periods = rows["period"].unique().sort().to_list()
    held = {(row["definition"], row["period"]): to_value(row) for row in rows.iter_rows(named=True)}
    cells = [
        [
            words(say(name)),
            *(
                cell(
                    held.get((definition, period)),
                    say,
                    period=False,
                    written=lambda v: say.number((v.value or 0) / 1e6, 2),
                )
                for period in periods
            ),
        ]
        for _, definition, _, name in MEASURES
    ]
    heading = say("{region}: five totals, million", region=say.area(region))
    sub = say(
        "At 1 July. “Inside”, “incoming” and “outgoing” rest on the table by origin, which leaves some origins out; “hosted” includes them. Boxed and hatched: repeats an older mix of origins"
    )
    table = plain_table(
        heading, [say("Million persons"), *periods], cells, numeric=range(1, len(periods) + 1)
    )
    return Figure(
        f"{region.lower()}-totals",
        heading,
        sub,
        table,
        say(
            "{sources} Computed by guzar over the members of the list.",
            sources=sources_of(held.values(), say),
        ),
        rows=rows,
    )


def _bars(region: str, rows: pl.DataFrame, say: Words) -> Figure | None:
    names = {definition: say(name) for _, definition, _, name in MEASURES}
    years = [seen for seen in (_seen_years(rows, definition) for definition in names) if seen]
    common = max(set.intersection(*years), default="") if years else ""
    shown = [
        (name, rows.filter((pl.col("definition") == definition) & (pl.col("period") == common)))
        for definition, name in names.items()
    ]
    bars = [
        Bar(
            name.split(":")[0],
            r["value"],
            str(say.amount(r["value"])),
            i == 0,
            SIGN_OF[r["observation_status"]],
        )
        for i, (name, part) in enumerate(shown)
        for r in part.iter_rows(named=True)
    ]
    if not bars:
        return None
    heading = say(
        "In {year}, the last year for which at most a tenth of each of these totals repeats an older mix",
        year=common,
    )
    sub = say("Persons, by place of birth")
    name = f"{region.lower()}-last"
    drawing = bar_chart(Caption(name, f"{say.area(region)}: {heading}", sub), bars, width=HALF)
    used = pl.concat([part for _, part in shown])
    return Figure(
        name,
        heading,
        sub,
        Html(drawing.__html__()),
        sources_of([to_value(r) for r in used.iter_rows(named=True)], say),
        rows=used,
        width="half",
    )

"""Refugees, asylum-seekers and stateless persons: three counts that are never added together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.charts.small_multiples import Panel, small_multiples
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.drawing import FULL
from guzar.use.observatory.figures.area_table import (
    Column,
    area_table,
    cell,
    for_period,
    order_by,
    rows_of,
    sources_of,
)
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.series import Point
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import SIGN_OF, Words

NAV = "themes/index.html"
HOSTED = "guzar_refugees_hosted"
KINDS = (
    ("refugees", HOSTED, "Refugees hosted"),
    ("asylum_seekers", "guzar_asylum_seekers_hosted", "Asylum-seekers hosted"),
    ("stateless_persons", "guzar_stateless_hosted", "Stateless persons"),
    ("refugees_abroad", "guzar_refugees_abroad", "Refugees from the area"),
    ("asylum_seekers_abroad", "guzar_asylum_seekers_abroad", "Asylum-seekers from the area"),
)
PANELS = 6
FIRST_YEAR = 2000


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of refugees, where refugees are released."""
    rows = published.rows("refugees", definition=HOSTED, area=list(THE_TWELVE))
    final = rows.filter(pl.col("value").is_not_null() & (pl.col("observation_status") != "provisional"))
    if final.height:
        yield _page(published, rows, str(final["period"].max()), say)


def _page(published: Published, rows: pl.DataFrame, period: str, say: Words) -> Page:
    title = say("Refugees")
    columns = [
        (
            say(name),
            for_period(published.rows(indicator, definition=definition, area=list(THE_TWELVE)), period),
        )
        for indicator, definition, name in KINDS
    ]
    sections = [
        Section(say("Three counts, kept apart"), [_table(published, columns, period, say)]),
        Section(say("Refugees hosted over time"), [_multiples(rows, period, say)]),
        Section(say("Known to the source and withheld"), _withheld(published, say)),
    ]
    return Page(
        path="themes/refugees.html",
        nav=NAV,
        title=title,
        finding=_finding(columns[0][1], period, say),
        standfirst=say(
            "A refugee has protection, an asylum-seeker has asked for it, a stateless person has no citizenship. The three answer different questions, and a stateless person can be a refugee too, so they are never added together, nor to migrants by place of birth."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[section for section in sections if section.figures],
    )


def _finding(hosted: dict[str, Value], period: str, say: Words) -> str:
    first = order_by(hosted, THE_TWELVE, say)[0]
    total = sum(value.value or 0 for value in hosted.values())
    return say(
        "Of {total} refugees hosted by the twelve areas at the end of {year}, {most} live {there}",
        total=say.amount(total),
        year=period,
        most=say.amount(hosted[first].value),
        there=say.place(first, "in"),
    )


def _table(published: Published, columns: Sequence[Column], period: str, say: Words) -> Figure:
    heading = say("Who has protection, who asked for it, who has no citizenship, end of {year}", year=period)
    sub = say(
        "Persons, as governments and offices of UNHCR report them; the last two columns are people from the area, wherever they are"
    )
    values = [value for _, held in columns for value in held.values()]
    table = area_table(
        heading, say("Area"), order_by(columns[0][1], THE_TWELVE, say), columns, say, period=False
    )
    return Figure(
        "counts",
        heading,
        sub,
        table,
        say("{sources} The sums over countries are computed by guzar.", sources=sources_of(values, say)),
        rows=rows_of(published, values),
    )


def _multiples(rows: pl.DataFrame, period: str, say: Words) -> Figure:
    shown = rows.filter((pl.col("year") >= FIRST_YEAR) & (pl.col("period") <= period))
    top = order_by(for_period(shown, period), THE_TWELVE, say)
    # One scale: an area forty times the next would flatten all the others, so it stands in the table only.
    rest = top[1 : PANELS + 1]
    panels = [
        Panel(
            say.area(area),
            [
                Point(
                    r["year"],
                    None if r["value"] is None else r["value"] / 1000,
                    SIGN_OF[r["observation_status"]],
                )
                for r in shown.filter(pl.col("area") == area).sort("year").iter_rows(named=True)
            ],
        )
        for area in rest
    ]
    heading = say(
        "After {area}, the largest host at the end of {year} is {other}",
        area=say.area(top[0]),
        other=say.area(rest[0]),
        year=period,
    )
    sub = say(
        "Refugees at the end of the year, thousand, one scale; {area} is in the table only",
        area=say.area(top[0]),
    )
    drawing = small_multiples(Caption("hosts", heading, sub), panels, lang=say.lang, width=FULL)
    last = to_value(shown.sort("period").row(-1, named=True))
    return Figure(
        "hosts",
        heading,
        sub,
        Html(drawing.__html__()),
        say.edition(last) + ".",
        rows=shown.filter(pl.col("area").is_in([top[0], *rest])),
    )


def _withheld(published: Published, say: Words) -> list[Figure]:
    rows = published.rows("refugees_hosted_un_desa", area=list(THE_TWELVE), counterpart="_T")
    newest = rows.filter(pl.col("edition") == pl.col("edition").max()) if rows.height else rows
    hidden = newest.filter(pl.col("observation_status") == "withheld")
    if not hidden.height:
        return []
    periods = newest["period"].unique().sort().to_list()
    held = {(row["area"], row["period"]): to_value(row) for row in newest.iter_rows(named=True)}
    heading = say.count(
        "{count} cell is withheld by the source", "{count} cells are withheld by the source", hidden.height
    )
    sub = say(
        "Refugees and asylum-seekers together, as the UN table of migrants counts them, persons. A withheld number is known to its source: below five, and protected for privacy. It is neither zero nor unknown"
    )
    cells = [
        [words(say.area(area)), *(cell(held.get((area, period)), say, period=False) for period in periods)]
        for area in sorted(THE_TWELVE, key=say.area)
    ]
    table = plain_table(heading, [say("Area"), *periods], cells, numeric=range(1, len(periods) + 1))
    marks = ", ".join(sorted({str(mark) for mark in hidden["missing_mark"].drop_nulls()}))
    source = say(
        "{edition}; its notes explain the mark “{marks}”.",
        edition=say.edition(to_value(newest.row(0, named=True))),
        marks=marks,
    )
    return [Figure("withheld", heading, sub, table, source, rows=newest)]

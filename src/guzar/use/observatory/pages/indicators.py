"""One page per indicator of the release, whatever it is: its values by definition, with sources and editions."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.definitions import find_definition
from guzar.use.observatory.content import Figure, Page, Section, filled, path_to
from guzar.use.observatory.figures import holdings
from guzar.use.observatory.figures.money import fee_only_among
from guzar.use.observatory.numbers import years
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.reader_tables import rows_as_html, unit_words
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.words import Words

NAV = "data/index.html"
SERIES = ["definition", "source", "area", "counterpart", "sex"]
ALL_ROWS = 400  # a longer table shows the latest value of each series
SHOWN = 24  # of these on the page itself; the others stand in the table that opens


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """A page for each indicator of the release."""
    for indicator in holdings.held_indicators(published):
        yield _page(published, indicator, say)


def _page(published: Published, indicator: str, say: Words) -> Page:
    name = holdings.indicator_name(published, indicator, say)
    rows = published.rows(indicator, newest=False)
    ranking = holdings.rank(published, indicator)
    drawn = ranking if ranking and len(ranking.values) > 1 else None
    by_definition = [
        _definition(published, str(definition), part, say)
        for (definition,), part in _publishers_first(rows).group_by("definition", maintain_order=True)
    ]
    sections = [
        Section(
            say("Side by side"), [holdings.ranking_figure(published, drawn, "ranking", say)] if drawn else []
        ),
        Section(
            say("Values by definition"),
            by_definition,
            lead=say("Two definitions count different things: their values are never added or compared."),
        ),
    ]
    return Page(
        path=holdings.page_of(indicator),
        nav=NAV,
        title=name,
        finding=holdings.finding(published, ranking, say) if ranking else _held(name, rows, say),
        standfirst=say(
            "{rows} rows, {numbers} of them with a number, in {editions} editions; the page shows them by definition, each with its status and the year of the last observation.",
            rows=say.number(rows.height),
            numbers=say.number(rows["value"].count()),
            editions=rows.select("source", "edition").n_unique(),
        ),
        crumbs=path_to(say, (say("Data"), NAV), (name, "")),
        sections=filled(sections),
    )


def _held(name: str, rows: pl.DataFrame, say: Words) -> str:
    return say.count(
        "{indicator}: {count} value, {years}",
        "{indicator}: {count} values, {years}",
        rows.height,
        indicator=name,
        years=years(*rows.select(pl.col("year").min(), last=pl.col("year").max()).row(0)),
    )


def _publishers_first(rows: pl.DataFrame) -> pl.DataFrame:
    """By definition, those that guzar computes after those of publishers."""
    return rows.sort(pl.col("definition").str.starts_with("guzar_"), "definition", maintain_order=True)


def _definition(published: Published, definition: str, rows: pl.DataFrame, say: Words) -> Figure:
    """The values of one definition: all of them where they are few, else the latest of each series."""
    known, shown = find_definition(definition), _shown(rows)
    first = shown.head(SHOWN)
    cut = say("The latest value of each series; all periods and editions are in the SDMX file below.")
    told = [
        say("Unit: {unit}.", unit=unit_words(known.unit, say)).replace("..", "."),
        say("Rule: {rule}.", rule=say(known.rule)).replace("..", ".") if known.rule else "",
        cut if shown.height < rows.height else "",
    ]
    columns = [
        ("Area or corridor", "place_and_sex"),
        ("Period", "period"),
        ("Value", "number"),
        ("Last observed", "age"),
        ("Edition", "edition"),
    ]
    values = [to_value(row) for row in first.iter_rows(named=True)]
    return Figure(
        definition.replace("_", "-"),
        say.definition(definition),
        " ".join(part for part in told if part),
        _with_rest(rows_as_html(values, say, columns), len(values), shown.height, say),
        "; ".join(sorted({say.source(value) for value in values})) + ".",
        rows=shown,
        shows_table=shown.height > SHOWN,
        warning=fee_only_among(published, (to_value(row) for row in shown.iter_rows(named=True)), say),
    )


def _with_rest(table: Html, shown: int, held: int, say: Words) -> Html:
    """Under a table that is cut, how much of it stands here; the CSV beside the figure has the rest."""
    if shown == held:
        return table
    rest = say("{shown} of {count} rows; all are in the CSV below.", shown=shown, count=say.number(held))
    return Html(table + tag("p", words(rest), class_="source"))


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Newest period first, the twelve areas before the others."""
    others, parts = ~pl.col("area").is_in(THE_TWELVE), ~pl.col("sex").is_in(["_T", "_Z"])
    order = [others, -pl.col("year"), parts, "area", "counterpart", "sex", "edition"]
    if rows.height <= ALL_ROWS:
        return rows.sort(order)
    latest = rows.sort("period", "edition").unique(SERIES, keep="last", maintain_order=True)
    known = latest.filter(pl.col("area").is_in(THE_TWELVE) | pl.col("counterpart").is_in(THE_TWELVE))
    return (known if latest.height > ALL_ROWS and known.height else latest).sort(order)

"""Prices: what sending 200 US dollars costs, corridor by corridor, against the two targets of SDG 10.c."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory import numbers
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.small_multiples import Panel, small_multiples
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.drawing import FULL, HALF
from guzar.use.observatory.figures.area_table import cell, order_by, rows_of, sources_of
from guzar.use.observatory.figures.money import COST, fee_only, fee_only_among, is_fee_only
from guzar.use.observatory.published import Published, Value, latest_figures, to_value
from guzar.use.observatory.series import Line, Point, Role, Target, Unit
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import SIGN_OF, Words

NAV = "themes/index.html"
SENDER = "RUS"
LIMIT, AVERAGE = 5.0, 3.0
QUARTER = 0.25
PANELS = 12
CORRIDORS = "corridor_prices"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of prices, where prices of corridors are released."""
    rows = published.rows(COST).filter(pl.col("value").is_not_null())
    from_russia = rows.filter((pl.col("counterpart") == SENDER) & pl.col("area").is_in(THE_TWELVE))
    if from_russia.height:
        yield _page(published, rows, from_russia, say)


def _page(published: Published, rows: pl.DataFrame, from_russia: pl.DataFrame, say: Words) -> Page:
    title = say("Prices")
    newest = latest_figures(from_russia)
    sections = [
        Section(
            say("From Russia"),
            [_newest(published, newest, say), _over_time(published, from_russia, newest, say)],
        ),
        Section(say("Averages of a sending country"), _averages(published, say)),
        Section(
            say("Simple average and SmaRT"),
            _smart(published, say),
            lead=say(
                "SmaRT is the average of the three cheapest transparent services that arrive within five days. Where fewer than three qualify there is no value, and the reason stands in its place."
            ),
        ),
        Section(say("Other corridors"), _others(published, rows, say)),
    ]
    above = sum((value.value or 0) > LIMIT for value in newest.values())
    last = say.period(max(value.period for value in newest.values()))
    counted = say.count(
        "{count} surveyed corridor from Russia to the region",
        "{count} surveyed corridors from Russia to the region",
        len(newest),
    )
    finding = (
        say(
            "None of {corridors} cost more than 5% in {quarter}, as far as the fee goes",
            corridors=counted,
            quarter=last,
        )
        if not above
        else say(
            "{above} of {corridors} cost more than 5% in {quarter}, as far as the fee goes",
            above=above,
            corridors=counted,
            quarter=last,
        )
    )
    return Page(
        path="themes/prices.html",
        nav=NAV,
        title=title,
        finding=finding,
        standfirst=say(
            "A transfer costs a fee and a margin on the exchange rate. The targets are 3% on average and no corridor above 5%, for 200 US dollars. Prices are those of services surveyed, not weighted by the money that people send."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[section for section in sections if section.figures],
    )


def _newest(published: Published, newest: dict[str, Value], say: Words) -> Figure:
    ordered = order_by(newest, newest, say)
    dearest = say.percent(newest[ordered[0]].value, 2)
    level = [
        area for area in ordered if say.percent(newest[area].value, 2) == dearest
    ]  # ties, as they are printed
    heading = say("Dearest: {area}, {cost}", area=say.areas(level), cost=dearest)
    sub = say(
        "Average cost of sending US$ 200 from Russia, % of the amount, last survey round of each corridor. Targets: 3% on average, 5% at most"
    )
    bars = [
        Bar(
            say.area(a),
            newest[a].value,
            f"{say.percent(newest[a].value, 2)} ({say.period(newest[a].period)})",
            a in level,
            SIGN_OF[newest[a].observation_status],
        )
        for a in ordered
    ]
    drawing = bar_chart(Caption("from-russia", heading, sub), bars, width=HALF)
    return Figure(
        "from-russia",
        heading,
        sub,
        Html(drawing.__html__()),
        sources_of(newest.values(), say),
        rows=rows_of(published, newest.values()),
        warning=fee_only(published, say),
    )


def _over_time(published: Published, rows: pl.DataFrame, newest: dict[str, Value], say: Words) -> Figure:
    ordered = order_by(newest, newest, say)[:PANELS]
    panels = [
        Panel(
            say.area(area),
            [
                Point(_quarter(r["period"]), r["value"])
                for r in rows.filter(pl.col("area") == area).sort("period").iter_rows(named=True)
            ],
        )
        for area in ordered
    ]
    heading = say("Survey round by survey round")
    sub = say("The same cost in every survey round held, % of the amount, one scale; dearest corridor first")
    drawing = small_multiples(
        Caption("rounds", heading, sub), panels, unit_after="%", decimals=2, lang=say.lang, width=FULL
    )
    return Figure(
        "rounds",
        heading,
        sub,
        Html(drawing.__html__()),
        sources_of(newest.values(), say),
        rows=rows,
        warning=fee_only(published, say),
    )


def _quarter(period: str) -> float:
    return int(period[:4]) + (int(period[-1]) - 1) * QUARTER


def _averages(published: Published, say: Words) -> list[Figure]:
    """The average of all corridors of a sending country, year by year, with the target of 3 per cent."""
    rows = published.rows("remittance_cost_from_percent", area=list(THE_TWELVE)).filter(
        pl.col("value").is_not_null()
    )
    if not rows.height:
        return []
    newest = latest_figures(rows)
    ordered = order_by(newest, newest, say)
    lines = [
        Line(
            [
                Point(r["year"], r["value"], SIGN_OF[r["observation_status"]])
                for r in rows.filter(pl.col("area") == area).sort("year").iter_rows(named=True)
            ],
            say.area(area),
            f"{newest[area].period}: {say.percent(newest[area].value, 2)}",
            Role.SUBJECT if area == SENDER else Role.SECOND,
        )
        for area in ordered
    ]
    cheapest = newest[ordered[-1]]
    heading = say(
        "From {area}: {cost} in {year}",
        area=say.area(cheapest.area),
        cost=say.percent(cheapest.value, 2),
        year=cheapest.period,
    )
    sub = say("Average cost of sending money from a country, all its surveyed corridors, % of the amount")
    limit = Target(AVERAGE, numbers.percent(AVERAGE, say.lang, 0), say("average target"))
    drawing = line_chart(
        Caption("averages", heading, sub),
        lines,
        unit=Unit(after="%"),
        targets=[limit],
        lang=say.lang,
        width=HALF,
    )
    return [
        Figure(
            "averages",
            heading,
            sub,
            Html(drawing.__html__()),
            sources_of(newest.values(), say),
            rows=rows,
            warning=fee_only(published, say) if SENDER in newest else None,
        )
    ]


def _smart(published: Published, say: Words) -> list[Figure]:
    """Simple average and SmaRT of the last quarter with quotes, 200 US dollars, corridors from Russia."""
    prices = published.tables.get(CORRIDORS)
    if prices is None:
        return []
    mine = prices.filter(
        (pl.col("counterpart") == SENDER)
        & (pl.col("amount_sent_usd") == 200)
        & pl.col("average_kind").is_in(["simple", "smart"])
    )
    mine = mine.filter(pl.col("area").is_in(THE_TWELVE) & pl.col("period").str.contains("-Q"))
    last = mine.filter(pl.col("period") == pl.col("period").max())
    if not last.height:
        return []
    held = {(row["area"], row["average_kind"]): row for row in last.iter_rows(named=True)}
    rows = [
        [words(say.area(area)), *(_average(held.get((area, kind)), say) for kind in ("simple", "smart"))]
        for area in sorted(set(last["area"]), key=say.area)
    ]
    heading = say(
        "Corridors from Russia in {quarter}, quote by quote", quarter=say.period(str(last["period"][0]))
    )
    sub = say("Cost of sending US$ 200, % of the amount, computed from the quotes of single services")
    table = plain_table(
        heading, [say("To"), say("Simple average"), say("SmaRT")], rows, numeric={1, 2}, class_="few"
    )
    return [
        Figure(
            "smart",
            heading,
            sub,
            table,
            say(
                "Table corridor_prices of this release: World Bank, Remittance Prices Worldwide, quotes; computed by guzar."
            ),
            rows=last,
            shows_table=False,
            warning=fee_only(published, say),
        )
    ]


def _average(row: dict[str, object] | None, say: Words) -> Html:
    if row is None:
        return words("··")
    if row["average_cost_percent"] is None:
        return words(say(str(row["why_no_value"])))
    return words(say.percent(float(str(row["average_cost_percent"])), 2))


def _others(published: Published, rows: pl.DataFrame, say: Words) -> list[Figure]:
    """Corridors to or from the twelve areas with another country at the other end."""
    other = rows.filter(
        ((pl.col("counterpart") != SENDER) & pl.col("area").is_in(THE_TWELVE))
        | (pl.col("counterpart").is_in(THE_TWELVE) & ~pl.col("area").is_in(THE_TWELVE))
    )
    latest = other.sort("period").unique(["area", "counterpart"], keep="last", maintain_order=True)
    values = sorted((to_value(row) for row in latest.iter_rows(named=True)), key=lambda v: -(v.value or 0))
    if not values:
        return []
    above = sum((v.value or 0) > LIMIT for v in values)
    fees = sum(is_fee_only(v) for v in values)
    heading = say("{above} of {count} cost more than 5%", above=above, count=len(values))
    if fees:
        heading += "; " + say("{fees} of the {count} by the fee only", fees=fees, count=len(values))
    sub = say("Average total cost of sending US$ 200, % of the amount, last survey round, dearest first")
    cells = [
        [
            words(say("{sender} (fee only)", sender=say.area(v.counterpart)))
            if is_fee_only(v)
            else words(say.area(v.counterpart)),
            words(say.area(v.area)),
            cell(v, say, written=lambda x: say.percent(x.value, 2)),
        ]
        for v in values
    ]
    table = plain_table(heading, [say("From"), say("To"), say("Cost")], cells, numeric={2}, class_="few")
    warning, rows = fee_only_among(published, values, say), rows_of(published, values)
    return [Figure("others", heading, sub, table, sources_of(values, say), rows=rows, warning=warning)]

"""Remittances received as a share of GDP: one period for a ranking, one edition for a line, and what is later than both.

The start page and the page of remittances speak through these functions, so that they never give two answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.charts.small_multiples import Panel, small_multiples
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import FULL, HALF
from guzar.use.observatory.figures.area_table import order_by, rows_of, sources_of
from guzar.use.observatory.published import (
    NOT_APPLICABLE,
    TOTAL,
    Published,
    Value,
    figures_of_period,
    last_common_period,
    latest_figures,
    to_value,
)
from guzar.use.observatory.series import Point
from guzar.use.observatory.signs import Status, sign_with_word
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import SIGN_OF, Words

SHARE = "remittances_received_percent_gdp"
SINCE = 2000
LARGE = 5.0  # per cent of GDP; smaller shares stand in a sentence
PANELS = 6
LINE = 5  # years that an edition must hold to be drawn as a line
SERIES = ["definition", "source", "edition"]


def share_rows(published: Published) -> pl.DataFrame:
    """Shares of the twelve areas that have a number, every edition."""
    rows = published.rows(SHARE, newest=False, area=list(THE_TWELVE), counterpart=[TOTAL, NOT_APPLICABLE])
    return rows.filter(pl.col("value").is_not_null())


def common_shares(rows: pl.DataFrame) -> dict[str, Value]:
    """The shares of the last period that most areas have one for: what may be ranked. Empty where none are held."""
    period = last_common_period(rows)
    return figures_of_period(rows, period) if period else {}


def share_finding(shares: Mapping[str, Value], say: Words) -> str:
    """Where remittances weighed most in the common period."""
    first, *others = order_by(shares, shares, say)[:2]
    told = {
        "period": say.period(shares[first].period),
        "first": say.percent(shares[first].value, 0),
        "in_first": say.place(first, "in"),
    }
    if not others:
        return say("In {period}, remittances were {first} of GDP {in_first}", **told)
    return say(
        "In {period}, remittances were {first} of GDP {in_first} and {second} {in_second}",
        second=say.percent(shares[others[0]].value, 0),
        in_second=say.place(others[0], "in"),
        **told,
    )


def ranked_shares(published: Published, shares: Mapping[str, Value], say: Words) -> Figure:
    """The common period as bars, by the newest edition of each value, told where editions differ; areas without one are named."""
    ordered, missing = order_by(shares, shares, say), [area for area in THE_TWELVE if area not in shares]
    period = say.period(shares[ordered[0]].period)
    heading = say("Share of GDP in {period}", period=period)
    sub = say("Personal remittances received, % of GDP, newest edition of each value")
    if missing:
        names = ", ".join(sorted(say.area(area) for area in missing))
        sub += ". " + say("No value for {period}: {areas}", period=period, areas=names)
    sub += _unlike_editions(shares.values(), say)
    bars = [
        Bar(
            say.area(area),
            shares[area].value,
            say.percent(shares[area].value),
            i == 0,
            SIGN_OF[shares[area].observation_status],
        )
        for i, area in enumerate(ordered)
    ]
    drawing = bar_chart(Caption("weights", heading, sub), bars, width=HALF)
    source, rows = sources_of(shares.values(), say), rows_of(published, shares.values())
    return Figure("weights", heading, sub, Html(drawing.__html__()), source, rows=rows, width="half")


def _unlike_editions(values: Iterable[Value], say: Words) -> str:
    """Which areas stand by another edition than most: a difference between two bars may be a revision."""
    areas: dict[str, list[str]] = {}
    for value in values:
        areas.setdefault(say.edition_only(value), []).append(value.area)
    most = max(areas, key=lambda edition: (len(areas[edition]), edition), default="")
    others = [
        say("{edition} for {areas}", edition=edition, areas=say.areas(sorted(named, key=say.area)))
        for edition, named in sorted(areas.items())
        if edition != most
    ]
    if not others:
        return ""
    told = say("Edition {edition}; {others}", edition=most, others="; ".join(others))
    return f". {told}. " + say("A difference between editions may be a revision")


def latest_shares(published: Published, shares: Mapping[str, Value], say: Words) -> Figure | None:
    """Beside the common period the latest figure of each area; None where that is the same period for all."""
    latest = latest_figures(share_rows(published))
    if all(area in shares and value.period == shares[area].period for area, value in latest.items()):
        return None
    heading = say("The latest figure of each area")
    sub = say("% of GDP. Periods differ, so this is no ranking: period and edition stand under each number")
    period = say.period(next(iter(shares.values())).period)
    head = [say("Area"), say("In {period}", period=period), say("Latest")]
    rows = [
        [words(say.area(area)), _with_edition(shares.get(area), say), _with_edition(latest.get(area), say)]
        for area in order_by(latest, THE_TWELVE, say)
    ]
    table = plain_table(heading, head, rows, numeric={1, 2}, class_="few")
    values = [*latest.values(), *shares.values()]
    return Figure(
        "latest",
        heading,
        sub,
        table,
        sources_of(values, say),
        rows=rows_of(published, values),
        width="half",
        shows_table=False,
    )


def _with_edition(value: Value | None, say: Words) -> Html:
    """A share with its period and edition under it; the sign of its absence where none is held."""
    if value is None:
        return sign_with_word(Status.NOT_KNOWN, say("not known"))
    told = f"{say.period(value.period)}; {say.edition_only(value)}"
    return with_note(say.share(value.value), told)


def shares_over_time(published: Published, say: Words) -> Figure | None:
    """One line for each area where remittances weigh, each by one edition: the newest that holds enough years."""
    rows = share_rows(published).filter(pl.col("year") >= SINCE)
    shares = common_shares(rows)
    large = [area for area in order_by(shares, shares, say) if (shares[area].value or 0) >= LARGE][:PANELS]
    lines = {area: _one_edition(rows.filter(pl.col("area") == area)) for area in large}
    lines = {area: line for area, line in lines.items() if line.height}
    if not lines:
        return None
    sub = say(
        "Personal remittances received, % of GDP, since {year}, one scale. Each line is one edition, the newest that holds at least {count} years; the year of its last value stands beside the name",
        year=SINCE,
        count=LINE,
    )
    heading = share_finding(shares, say)
    panels = [_panel(area, line, say) for area, line in lines.items()]
    drawing = small_multiples(
        Caption("remittances", heading, sub), panels, unit_after="%", lang=say.lang, width=FULL
    )
    drawn = pl.concat(lines.values())
    said = _said(rows, lines, shares, say)
    source = sources_of([to_value(row) for row in drawn.iter_rows(named=True)], say)
    return Figure(
        "remittances",
        heading,
        sub,
        Html(drawing.__html__()),
        " ".join([*said, source]),
        rows=pl.concat([drawn, rows_of(published, shares.values())]).unique(maintain_order=True),
    )


def _one_edition(rows: pl.DataFrame) -> pl.DataFrame:
    """The newest edition with enough years; the one with the most years where an edition has several series."""
    sizes = rows.group_by(SERIES).len().filter(pl.col("len") >= LINE)
    best = sizes.sort("edition", "len", "definition", descending=[True, True, False]).head(1)
    return rows.join(best.select(SERIES), on=SERIES, how="semi").sort("year")


def _panel(area: str, line: pl.DataFrame, say: Words) -> Panel:
    points = [
        Point(row["year"], row["value"], SIGN_OF[row["observation_status"]])
        for row in line.iter_rows(named=True)
    ]
    return Panel(f"{say.area(area)}, {say.period(line['period'][-1])}", points)


def _said(
    rows: pl.DataFrame, lines: Mapping[str, pl.DataFrame], shares: Mapping[str, Value], say: Words
) -> list[str]:
    """Sentences on what the lines leave out: smaller shares, and later figures of other editions."""
    small = [area for area in order_by(shares, shares, say) if area not in lines]
    said = []
    if small:
        listed = ", ".join(f"{say.area(area)} {say.share(shares[area].value)}" for area in small)
        period = say.period(shares[small[0]].period)
        said.append(say("Not drawn, % of GDP in {period}: {others}.", period=period, others=listed))
    latest = latest_figures(rows)
    unlike = [
        value
        for area, value in latest.items()
        if (area in lines and value.period != lines[area]["period"][-1]) or area not in shares
    ]
    if unlike:
        listed = ", ".join(
            f"{say.area(v.area)} {say.share(v.value)} ({say.period(v.period)}; {say.edition_only(v)})"
            for v in sorted(unlike, key=lambda v: say.area(v.area))
        )
        said.append(say("In other editions or years: {others}.", others=listed))
    return said

"""Moves over five years that guzar estimates from stocks: a number with its interval, or why none may stand here.

Where a later stock was not observed, the flow is arithmetic: it stands on the page of the method and in the download only.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import age
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link, plain_table
from guzar.use.observatory.words import Words

FLOW = "migration_flow_5y"
PLAIN, LOWER, UPPER = "guzar_flow", "guzar_flow_lower", "guzar_flow_upper"
SERIES = (PLAIN, LOWER, UPPER)
MODELLED = "modelled_from_modelled"
METHOD = "methods/flows-from-stocks.html"
DATA = "data/index.html"
SEXES = ("_T", "F", "M")
Corridor = tuple[str, str]


def is_estimated_here(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of guzar's own series among flows."""
    return rows.filter(pl.col("definition").is_in(SERIES))


def by_others(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of published methods among flows."""
    return rows.filter(~pl.col("definition").is_in(SERIES))


def along_corridor(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """Periods of one corridor that may be shown, each with its interval; else one sentence why there is none."""
    rows = is_estimated_here(published.rows(FLOW, area=home, counterpart=origin))
    if not rows.height:
        return None
    shown, told = _parts(rows), _told(rows, say)
    if not shown.height:
        return _nothing_to_show(told, say)
    periods = sorted(set(shown["period"]), reverse=True)
    head = [say("Period"), say("Both sexes"), say("Women"), say("Men"), say("Oldest evidence")]
    lines = [
        _line(shown.filter(pl.col("period") == period), words(say.period(period)), say) for period in periods
    ]
    newest = (
        _value(shown, periods[0], "_T") or _value(shown, periods[0], "F") or _value(shown, periods[0], "M")
    )
    heading = say(
        "{period}: {interval} moved, by stocks that were observed",
        period=_unbroken(say.period(periods[0])),
        interval=_interval(shown.filter(pl.col("period") == periods[0]), say),
    )
    return _figure(heading, plain_table(heading, head, lines), told, shown, newest, say)


def of_area(published: Published, area: str, say: Words) -> Figure | None:
    """Corridors of one area in the last period that has any to show, to and from; and what is not shown."""
    rows = is_estimated_here(published.rows(FLOW, sex="_T")).filter(
        (pl.col("area") == area) | (pl.col("counterpart") == area)
    )
    if not rows.height:
        return None
    every = _parts(rows)
    if not every.height:
        return _nothing_to_show(_told(rows, say), say)
    others = say(
        "All other corridors and periods rest on a stock that nobody observed, so no number stands for them here."
    )
    told = tag("p", Html(f"{words(others)} {_ways(say)}"), class_="prose")
    shown = every.filter(pl.col("period") == every["period"].max())
    period = say.period(str(shown["period"][0]))
    partners = sorted(({*shown["area"], *shown["counterpart"]}) - {area}, key=say.area)
    head = [say("Partner"), say("Arrived from there"), say("Left for there"), say("Oldest evidence")]
    lines = [_partner_line(shown, area, partner, say) for partner in partners]
    heading = say(
        "{period}: estimated moves to and from {count}",
        period=_unbroken(period),
        count=say.count("{count} partner", "{count} partners", len(partners)),
    )
    value = to_value(shown.filter(pl.col("definition") == PLAIN).row(0, named=True))
    return _figure(heading, plain_table(heading, head, lines), told, shown, value, say)


def _parts(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that may be shown."""
    return rows.filter((pl.col("observation_status") != MODELLED) & pl.col("value").is_not_null())


def _told(rows: pl.DataFrame, say: Words) -> Html:
    """One sentence on the periods that rest on a stock that nobody observed, with the ways to the method and the data."""
    periods = sorted(set(rows.filter(pl.col("observation_status") == MODELLED)["period"]))
    if not periods:
        return tag("p", _ways(say), class_="prose")
    said = say(
        "For {periods} the estimate rests on a stock that nobody observed, so no number stands here.",
        periods=", ".join(_unbroken(say.period(period)) for period in periods),
    )
    return tag("p", Html(f"{words(said)} {_ways(say)}"), class_="prose")


def _ways(say: Words) -> Html:
    """To the page of the method, and to the files."""
    method, files = say("How flows are made from stocks"), say("Download")
    return Html(f"{link(method, '../' + METHOD)} · {link(files, '../' + DATA)}")


def _nothing_to_show(told: Html, say: Words) -> Figure:
    return Figure(
        "estimated-moves", say("No estimate of moves may stand here"), "", told, "", shows_table=False
    )


def _figure(
    heading: str, table: Html, told: Html, shown: pl.DataFrame, value: Value | None, say: Words
) -> Figure:
    sub = say(
        "Persons who lived in one country at the first mid-year and in another at the last, estimated from stocks by country of birth; in brackets the 5 % and 95 % points. Transitions of survivors, not moves"
    )
    source = "" if value is None else say("{edition}. An estimate, not a count.", edition=say.edition(value))
    return Figure("estimated-moves", heading, sub, Html(table + told), source, rows=shown)


def _line(rows: pl.DataFrame, first: Html, say: Words) -> list[Html]:
    values = [row for row in rows.iter_rows(named=True) if row["definition"] == PLAIN]
    cells = [words(_interval_or_dash(rows.filter(pl.col("sex") == sex), say)) for sex in SEXES]
    return [first, *cells, age(to_value(values[0]), say) if values else Html("")]


def _partner_line(rows: pl.DataFrame, area: str, partner: str, say: Words) -> list[Html]:
    came = rows.filter((pl.col("area") == area) & (pl.col("counterpart") == partner))
    went = rows.filter((pl.col("area") == partner) & (pl.col("counterpart") == area))
    plain = pl.concat([came, went]).filter(pl.col("definition") == PLAIN)
    return [
        words(say.area(partner)),
        words(_interval_or_dash(came, say)),
        words(_interval_or_dash(went, say)),
        age(to_value(plain.row(0, named=True)), say),
    ]


def _value(rows: pl.DataFrame, period: str, sex: str) -> Value | None:
    found = rows.filter(
        (pl.col("period") == period) & (pl.col("sex") == sex) & (pl.col("definition") == PLAIN)
    )
    return to_value(found.row(0, named=True)) if found.height else None


def _interval(rows: pl.DataFrame, say: Words) -> str:
    """The interval of both sexes in words for a heading: between so many and so many; of one sex where there is no other."""
    for sex in SEXES:
        points = _points(rows.filter(pl.col("sex") == sex))
        if points is not None:
            return say(
                "between {low} and {high}", low=say.number(points[1], 0), high=say.number(points[2], 0)
            )
    return ""


def _interval_or_dash(rows: pl.DataFrame, say: Words) -> str:
    points = _points(rows)
    if points is None:
        return "–"
    plain, low, high = (say.number(point, 0) for point in points)
    return f"{plain} ({low}–{high})"


def _points(rows: pl.DataFrame) -> Sequence[float] | None:
    """Plain value, 5 % point, 95 % point; None where one is not there."""
    held = dict(rows.select("definition", "value").iter_rows())
    return [held[name] for name in SERIES] if all(name in held for name in SERIES) else None


def _unbroken(period: str) -> str:
    return period.replace("–", "\u2060–\u2060")

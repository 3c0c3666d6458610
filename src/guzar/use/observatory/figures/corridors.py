"""One ordered pair of areas: people in every edition, and estimated moves by every method."""

from __future__ import annotations

import polars as pl

from guzar.define.definitions import find_definition
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.method_range import Method, method_range
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import FULL, HALF, MAIN
from guzar.use.observatory.figures import people
from guzar.use.observatory.figures.estimated_moves import by_others
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import rows_as_html
from guzar.use.observatory.series import Line, Point, Role, Stroke, Tick, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

FLOW = "migration_flow_5y"
CELLS = people.CELLS
MODELLED = people.MODELLED
# Differences of fewer persons, or of more than this part of the stock, need no enlarging.
SEEN_PERSONS = 4
SEEN_SHARE = 0.05
# What the coverage of a flow definition says when its source leaves zeros out.
NON_ZERO_ONLY = "non-zero corridors"
STOCK_DIFFERENCE = "abel_cohen_sd_drop_neg"


def stock_rows(published: Published, origin: str, home: str) -> pl.DataFrame:
    """Every edition's stock of people born in `origin` and living in `home`."""
    rows = published.rows(
        "migrant_stock", newest=False, definition=CELLS, counterpart=origin, area=home, sex="_T"
    )
    return rows.filter(pl.col("value").is_not_null())


def newest_headline(rows: pl.DataFrame) -> Value | None:
    """The newest edition's last value that is not modelled from modelled."""
    held = rows.filter(pl.col("observation_status") != MODELLED).sort("edition", "year")
    return to_value(held.row(-1, named=True)) if held.height else None


def stock(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The stock over time in both directions: solid where the table says something of its own, dotted where an old mix is repeated."""
    there, back = stock_rows(published, origin, home), stock_rows(published, home, origin)
    if not there.height:
        return None
    top = max([*there["value"].to_list(), *back["value"].to_list()])
    power, unit = (1e6, say(" million")) if top >= 1e6 else (1e3, say(" thousand"))
    lines = [
        _line(
            there,
            say("Born {in_a}, living {in_b}", in_a=say.place(origin, "in"), in_b=say.place(home, "in")),
            power,
            Role.SUBJECT,
            say,
        )
    ]
    if back.height:
        lines.append(
            _line(
                back,
                say("Born {in_a}, living {in_b}", in_a=say.place(home, "in"), in_b=say.place(origin, "in")),
                power,
                Role.SECOND,
                say,
            )
        )
    heading = _stock_heading(there, say)
    sub = say(
        "Migrants by place of birth, at 1 July, newest edition. Dotted: the mix of origins repeats an older one; the table says nothing new about it"
    )
    beside = has_enlarged(there)
    drawing = line_chart(
        Caption("stock", heading, sub),
        lines,
        unit=Unit(after=unit),
        lang=say.lang,
        width=MAIN if beside else FULL,
    )
    rows = pl.concat([there, back])
    newest = to_value(there.sort("edition", "year").row(-1, named=True))
    return Figure(
        "stock",
        heading,
        sub,
        Html(drawing.__html__()),
        say("{edition}; earlier editions are in the table.", edition=say.edition(newest)),
        rows=rows,
        width="main" if beside else "full",
    )


def _line(rows: pl.DataFrame, name: str, power: float, role: Role, say: Words) -> Line:
    part = rows.filter(pl.col("edition") == pl.col("edition").max()).sort("year")
    points = [
        Point(
            r["year"],
            r["value"] / power,
            SIGN_OF[r["observation_status"]],
            stroke=Stroke.DOTTED if r["observation_status"] == MODELLED else None,
        )
        for r in part.iter_rows(named=True)
    ]
    return Line(points, name, _last_said(part, say), role)


def _last_said(part: pl.DataFrame, say: Words) -> str:
    """The last value that repeats no older mix; a repeated mix is named, not quoted."""
    looked = part.filter(pl.col("observation_status") != MODELLED)
    if not looked.height:
        return say("repeats an older mix")
    last = to_value(looked.row(-1, named=True))
    said = f"{last.year}: {say.number(last.value, 0)}"
    return said if looked.height == part.height else say("{said}; later: repeated mix", said=said)


def _stock_heading(rows: pl.DataFrame, say: Words) -> str:
    part = rows.filter(pl.col("edition") == pl.col("edition").max()).sort("year")
    repeated = part.filter(pl.col("observation_status") == MODELLED)["year"].to_list()
    if not repeated:
        return say("The stock by newest edition")
    before = [y for y in part["year"] if y < min(repeated)]
    return (
        say("After {year} the figure repeats an older mix of origins", year=before[-1])
        if before
        else say("Every figure repeats an older mix of origins")
    )


def _from_last_shared_year(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of every edition from the last year that all of them give."""
    editions = rows["edition"].n_unique()
    shared = rows.group_by("year").agg(pl.col("edition").n_unique()).filter(pl.col("edition") == editions)
    if editions < 2 or not shared.height:
        return rows.clear()
    return rows.filter(pl.col("year") >= shared["year"].max()).sort("edition", "year")


def has_enlarged(rows: pl.DataFrame) -> bool:
    """Whether editions differ by a few persons that a scale from zero cannot show."""
    last = _from_last_shared_year(rows)
    if not last.height:
        return False
    spread = float(last["value"].max()) - float(last["value"].min())  # type: ignore[arg-type]
    return SEEN_PERSONS <= spread <= SEEN_SHARE * float(rows["value"].max())  # type: ignore[arg-type]


def enlarged(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The last points of every edition on a scale of their own: what differs is the edition, not the world."""
    held = stock_rows(published, origin, home)
    if not has_enlarged(held):
        return None
    rows = _from_last_shared_year(held)
    first = int(rows["year"].min())  # type: ignore[arg-type]
    agree = rows.filter(pl.col("year") == first)["value"].n_unique() == 1
    heading = (
        say("Enlarged: a new edition, no new fact")
        if agree
        else say("Enlarged: the editions differ for {year}", year=first)
    )
    sub = say("Persons from {year}, every edition held.", year=first) + _what_differs(rows, first, agree, say)
    drawing = line_chart(
        Caption("enlarged", heading, sub),
        _edition_lines(rows, say),
        lang=say.lang,
        width=HALF,
        ticks=[Tick(year, str(year)) for year in sorted(set(rows["year"].to_list()))],
        from_zero=False,
    )
    source = say(
        "{edition} and earlier. The vertical scale does not start at zero.",
        edition=say.edition(to_value(rows.row(-1, named=True))),
    )
    return Figure("enlarged", heading, sub, Html(drawing.__html__()), source, rows=rows, width="side")


def _what_differs(rows: pl.DataFrame, first: int, agree: bool, say: Words) -> str:
    told = " " + say("They agree for {year}.", year=first) if agree else ""
    later = rows.filter(pl.col("year") > first)
    if later.height and (later["observation_status"] == MODELLED).all():
        told += " " + say(
            "The later points stand for different years and repeat an older mix of origins: neither a revision nor people on the move."
        )
    return told


def _edition_lines(rows: pl.DataFrame, say: Words) -> list[Line]:
    """One line for each edition, the newest last, each named at its end with its last value."""
    editions = rows["edition"].unique().sort().to_list()
    lines = []
    for edition in editions:
        part = rows.filter(pl.col("edition") == edition).sort("year")
        last = to_value(part.row(-1, named=True))
        points = [
            Point(
                r["year"],
                r["value"],
                SIGN_OF[r["observation_status"]],
                stroke=Stroke.DOTTED if r["observation_status"] == MODELLED else None,
            )
            for r in part.iter_rows(named=True)
        ]
        role = Role.SUBJECT if edition == editions[-1] and last.is_headline else Role.SECOND
        lines.append(Line(points, say.edition_only(last), f"{last.year}: {say.number(last.value, 0)}", role))
    return lines


def editions_in_table(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The editions' last points as a table, where a chart would show nothing: they are equal, or far apart."""
    rows = stock_rows(published, origin, home)
    last = rows.filter(pl.col("year") >= 2010).sort("year", "edition")
    if has_enlarged(rows) or last["edition"].n_unique() < 2 or not last.height:
        return None
    values = [to_value(row) for row in last.iter_rows(named=True)]
    heading = say("A new edition is not a new fact")
    sub = say("The same corridor in every edition held, persons")
    table = rows_as_html(
        values, say, [("Year", "period"), ("Persons", "number"), ("Status", "status"), ("Edition", "edition")]
    )
    return Figure(
        "editions",
        heading,
        sub,
        table,
        say("Different reference years are never a revision; different editions are never a change."),
        rows=last,
        width="half",
        shows_table=False,
    )


def moves(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """Moves in the last five-year period by every published method: a spread of methods, not an interval."""
    rows = by_others(published.rows(FLOW, counterpart=origin, area=home, sex="_T"))
    rows = rows.filter(pl.col("value").is_not_null())
    if not rows.height:
        return None
    rows = rows.filter(pl.col("period") == pl.col("period").max())
    values = sorted((to_value(row) for row in rows.iter_rows(named=True)), key=lambda v: -(v.value or 0))
    methods = [Method(_method_name(v.definition, say), v.value, say.number(v.value, 0)) for v in values]
    methods += _absent_methods(published, values[0], say)
    known = [method.value for method in methods if method.value is not None]
    low, high = min(known), max(known)
    heading = say(
        "How many moved in {period}? Between {low} and {high}",
        period=_unbroken(say.period(values[0].period)),
        low=say.number(low, 0),
        high=say.number(high, 0),
    )
    sub = say.count(
        "Persons over five years, {count} published method on the same stocks",
        "Persons over five years, {count} published methods on the same stocks",
        len(methods),
    )
    thousand = high >= 10_000
    drawing = method_range(
        Caption("moves", heading, sub),
        methods,
        say("range of methods: {low}–{high}", low=say.number(low, 0), high=say.number(high, 0)),
        divide_ticks_by=1000 if thousand else 1,
        tick_after=say(" thousand") if thousand else "",
        lang=say.lang,
        width=HALF,
    )
    source = say(
        "{edition}. A spread of methods is not a confidence interval: the source publishes none for one corridor.",
        edition=say.edition(values[0]),
    )
    return Figure("moves", heading, sub, Html(drawing.__html__()), source, rows=rows, width="half")


def _unbroken(period: str) -> str:
    """A period that does not part at its dash at the end of a line of a heading."""
    return period.replace("–", "\u2060–\u2060")


def _method_name(definition: str, say: Words) -> str:
    """The name of a definition without what all methods share before the first comma."""
    own = say.definition(definition).partition(", ")[2] or say.definition(definition)
    return own[:1].upper() + own[1:]


def _absent_methods(published: Published, listed: Value, say: Words) -> list[Method]:
    """Methods of the same publication, period and edition that have no row for this pair.

    The source lists flows above zero only, so no row is a true zero, said with its reason. Where the stocks that a
    stock difference is made from do not bear that out, the method is not known here."""
    others = published.rows(FLOW, source=listed.source, edition=listed.edition, period=listed.period)
    own = published.rows(FLOW, source=listed.source, counterpart=listed.counterpart, area=listed.area)
    own = own.filter((pl.col("period") == listed.period) & (pl.col("sex") == listed.sex))
    names = sorted(set(others["definition"]) - set(own["definition"]))
    absent = [name for name in names if _leaves_out_zeros(name)]
    return [_absent(published, listed, name, say) for name in absent]


def _leaves_out_zeros(definition: str) -> bool:
    """Whether it is a publisher's own series whose coverage says that it holds flows above zero only."""
    known = find_definition(definition)
    return bool(known.series) and NON_ZERO_ONLY in known.coverage


def _absent(published: Published, listed: Value, definition: str, say: Words) -> Method:
    name = _method_name(definition, say)
    if definition != STOCK_DIFFERENCE:
        return Method(name, 0, "0", say("the source lists flows above zero only"))
    grew = _stock_grew(published, listed)
    if grew is False:
        return Method(name, 0, "0", say("by construction: the stock did not grow"))
    return Method(name, None, "·· " + say("not listed by the source"))


def _stock_grew(published: Published, listed: Value) -> bool | None:
    """Whether the stock in the newest edition grew over the period; None where either end is not held."""
    first, last = (int(year) for year in listed.period.split("-"))
    rows = stock_rows(published, listed.counterpart, listed.area)
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    ends = dict(newest.filter(pl.col("year").is_in([first, last])).select("year", "value").iter_rows())
    return None if len(ends) < 2 else ends[last] > ends[first]

"""One ordered pair of areas: people, estimated moves, modelled transfers, and what sending costs."""

from __future__ import annotations

import polars as pl

from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.method_range import Method, method_range
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import FULL, HALF
from guzar.use.observatory.figures import people
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import rows_as_html
from guzar.use.observatory.series import Line, Point, Role, Stroke, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

FLOW = "migration_flow_5y"
BILATERAL = "remittances_bilateral_usd"
CELLS = people.CELLS
MODELLED = people.MODELLED


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
    """The stock over time in both directions: solid where origins were looked at, dotted where an old mix is repeated."""
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
        "Migrants by place of birth, at 1 July, newest edition. Dotted: the mix of origins repeats an older one, nobody looked"
    )
    drawing = line_chart(
        Caption("stock", heading, sub), lines, unit=Unit(after=unit), lang=say.lang, width=FULL
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
        width="full",
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
    last = to_value(part.row(-1, named=True))
    return Line(points, name, f"{last.year}: {say.number(last.value, 0)}", role)


def _stock_heading(rows: pl.DataFrame, say: Words) -> str:
    part = rows.filter(pl.col("edition") == pl.col("edition").max()).sort("year")
    repeated = part.filter(pl.col("observation_status") == MODELLED)["year"].to_list()
    if not repeated:
        return say("The stock by newest edition")
    before = [y for y in part["year"] if y < min(repeated)]
    return (
        say("Since {year} the figure repeats an older mix of origins", year=before[-1])
        if before
        else say("Every figure repeats an older mix of origins")
    )


def editions_enlarged(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The two editions' last points as a table: what differs is the edition, not the world."""
    rows = stock_rows(published, origin, home)
    last = rows.filter(pl.col("year") >= 2010).sort("year", "edition")
    if last["edition"].n_unique() < 2 or not last.height:
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
    rows = published.rows(FLOW, counterpart=origin, area=home, sex="_T").filter(pl.col("value").is_not_null())
    if not rows.height:
        return None
    rows = rows.filter(
        (pl.col("period") == pl.col("period").max())
        & ~pl.col("definition").str.contains("outward|return|transit")
    )
    values = sorted((to_value(row) for row in rows.iter_rows(named=True)), key=lambda v: -(v.value or 0))
    low, high = values[-1].value or 0, values[0].value or 0
    period = values[0].period.replace("-", "–")
    heading = say(
        "How many moved in {period}? Between {low} and {high}",
        period=period,
        low=say.number(low, 0),
        high=say.number(high, 0),
    )
    sub = say.count(
        "Persons over five years, {count} published method on the same stocks",
        "Persons over five years, {count} published methods on the same stocks",
        len(values),
    )
    methods = [
        Method(
            say.definition(v.definition),
            v.value,
            say.number(v.value, 0),
            say("by construction: the stock did not grow") if not v.value else "",
        )
        for v in values
    ]
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


def transfers(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The bilateral cell, grey and boxed, under the receiver's reported total. Money goes from `home` back to `origin`."""
    cells = published.rows(BILATERAL, newest=False, counterpart=home, area=origin)
    if not cells.filter(pl.col("value").is_not_null()).height:
        return None
    years = cells["year"].unique().to_list()
    totals = published.rows(
        "remittances_received_usd", area=origin, counterpart="_T", year=years, source="knomad"
    ).filter(pl.col("value").is_not_null())
    values = [
        to_value(row)
        for row in pl.concat([totals, cells]).sort("year", "indicator", descending=True).iter_rows(named=True)
    ]
    heading = say("The corridor cell: a model fed by a model")
    sub = say(
        "National receipts are split over senders by estimated stocks and incomes. Both inputs are estimates, so the cell is grey and is never added or ranked"
    )
    table = rows_as_html(
        values,
        say,
        [
            ("Year", "period"),
            ("What", "definition"),
            ("US$", "number"),
            ("Status", "status"),
            ("Source and edition", "edition"),
        ],
    )
    return Figure(
        "transfers",
        heading,
        sub,
        table,
        say(
            "World Bank, bilateral remittance matrices, after Ratha and Shaw (2007); national totals as reported."
        ),
        rows=pl.concat([totals, cells]),
        width="full",
        shows_table=False,
    )

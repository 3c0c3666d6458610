"""Money on one ordered pair of areas: the modelled cell, and receipts of the receiver as a share of its GDP."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures import people
from guzar.use.observatory.figures.money import ONE_SERIES
from guzar.use.observatory.provenance import editions_named
from guzar.use.observatory.published import TOTAL, Published, Value, to_value
from guzar.use.observatory.series import Line, Markers, Point, Revision, Unit
from guzar.use.observatory.signs import modelled_number, sign, sign_with_word
from guzar.use.observatory.svg import Caption, Html, tag, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import SIGN_OF, Words

BILATERAL = "remittances_bilateral_usd"
SHARE = "remittances_received_percent_gdp"
MODELLED = people.MODELLED
FIRST_YEAR = 2000
# Points of GDP: a smaller difference between editions is rounding; a larger one is told in words.
ROUNDING = 0.05
TELLING = 0.5
FEWEST_POINTS = 3


def transfers(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The bilateral cell, grey and boxed, under the receiver's reported total. Money goes from `home` back to `origin`."""
    cells = published.rows(BILATERAL, newest=False, counterpart=home, area=origin)
    if not cells.filter(pl.col("value").is_not_null()).height:
        return None
    years = cells["year"].unique().to_list()
    totals = published.rows(
        "remittances_received_usd", area=origin, counterpart="_T", year=years, source="knomad"
    ).filter(pl.col("value").is_not_null())
    rows = pl.concat([totals, cells])
    values = [
        to_value(row) for row in rows.sort("year", "indicator", descending=[True, True]).iter_rows(named=True)
    ]
    heading = say("The corridor cell is modelled from modelled")
    sub = say(
        "National receipts are split over senders by estimated stocks and incomes. Both inputs are estimates, so the cell is grey and is never added or ranked"
    )
    table = plain_table(
        heading,
        [say("Year"), say("What"), say("US$ million")],
        [_transfer_row(value, say) for value in values],
        numeric={2},
    )
    return Figure(
        "transfers",
        heading,
        sub,
        table,
        say(
            "World Bank, bilateral remittance matrices, after Ratha and Shaw (2007); national totals as reported."
        ),
        rows=rows,
        width="half",
    )


def _transfer_row(value: Value, say: Words) -> list[Html]:
    """Year; status, what and who says so; US$ million, boxed and hatched when modelled from modelled."""
    status = sign_with_word(SIGN_OF[value.observation_status], say.status(value.observation_status))
    about = (
        say("received from all countries")
        if value.counterpart == TOTAL
        else say(
            "sent {from_a}, received {in_b}",
            from_a=say.place(value.counterpart, "from"),
            in_b=say.place(value.area, "in"),
        )
    )
    told = Html(status + tag("small", words(f"{about}; {say.edition(value)}")))
    if value.value is None:
        return [words(value.period), told, sign(SIGN_OF[value.observation_status])]
    million = say.number(value.value / 1e6, 0)
    is_modelled = value.observation_status == MODELLED
    return [words(value.period), told, modelled_number(million) if is_modelled else words(million)]


def share_of_gdp(published: Published, area: str, say: Words) -> Figure | None:
    """The share by reference year in one edition; clay strokes come from the value of the oldest edition before it."""
    newest, oldest = _newest_and_oldest(published, area)
    if not newest.height:
        return None
    last = to_value(newest.row(-1, named=True))
    revised = _revisions(newest, oldest)
    widest = max(revised, key=lambda revision: abs(revision.new - revision.old), default=None)
    heading = _share_heading(widest, last, say)
    sub = say(
        "Personal remittances received from all countries, % of GDP, by reference year. A stroke joins the value of an older edition to the newest"
    )
    drawing = line_chart(
        Caption("share", heading, sub),
        [_share_line(newest, last, say)],
        unit=Unit(after=say("% of GDP")),
        lang=say.lang,
        width=HALF,
        revisions=[_said(revision, widest, say) for revision in revised],
    )
    rows = pl.concat([newest, oldest.filter(pl.col("year").is_in([int(r.x) for r in revised]))])
    return Figure(
        "share",
        heading,
        sub,
        Html(drawing.__html__()),
        editions_named(rows, say) + ".",
        rows=rows.sort("period", "edition"),
        width="half",
    )


def _newest_and_oldest(published: Published, area: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The newest edition that holds a line of years, and of each year the value of the oldest edition before it."""
    rows = published.rows(SHARE, newest=False, area=area, definition=list(ONE_SERIES)).filter(
        pl.col("value").is_not_null()
        & (pl.col("year") >= FIRST_YEAR)
        & (pl.col("observation_status") != MODELLED)
    )
    whole = rows.filter(pl.len().over("definition", "edition") >= FEWEST_POINTS)
    newest = whole.filter(pl.col("edition") == pl.col("edition").max()).sort("year")
    if not newest.height:
        return rows.clear(), rows.clear()
    before = rows.filter(pl.col("edition") < newest["edition"][0]).sort("edition")
    return newest, before.unique("period", keep="first", maintain_order=True)


def _revisions(newest: pl.DataFrame, oldest: pl.DataFrame) -> list[Revision]:
    """Years whose value differs between the editions by more than rounding."""
    both = newest.join(oldest.select("period", old="value"), on="period").sort("year")
    apart = both.filter((pl.col("value") - pl.col("old")).abs() >= ROUNDING)
    return [Revision(r["year"], r["old"], r["value"]) for r in apart.iter_rows(named=True)]


def _said(revision: Revision, widest: Revision | None, say: Words) -> Revision:
    """The widest revision names the older value; the others are bare strokes."""
    if revision is not widest or not _is_telling(revision):
        return revision
    told = say("revision: {year} was {old}", year=int(revision.x), old=say.percent(revision.old))
    return replace(revision, words=told)


def _is_telling(revision: Revision) -> bool:
    return abs(revision.new - revision.old) >= TELLING


def _share_line(newest: pl.DataFrame, last: Value, say: Words) -> Line:
    points = [
        Point(r["year"], r["value"], SIGN_OF[r["observation_status"]]) for r in newest.iter_rows(named=True)
    ]
    note = say("for {year}, {edition}", year=last.period, edition=say.edition_only(last))
    return Line(points, say.percent(last.value), note, markers=Markers.LAST)


def _share_heading(widest: Revision | None, last: Value, say: Words) -> str:
    if widest is not None and _is_telling(widest):
        return say(
            "The share of GDP for {year} went from {old} to {new} on paper",
            year=int(widest.x),
            old=say.percent(widest.old),
            new=say.percent(widest.new),
        )
    return say("Receipts were {share} of GDP in {year}", share=say.percent(last.value), year=last.period)

"""Remittances: the share of GDP, the amounts, why the share changed, and what a bilateral matrix leaves out."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.sources import edition_label
from guzar.use.observatory import numbers
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.content import Figure, Page, Section, filled, kept, path_to
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.area_table import for_period, order_by, rows_of, sources_of
from guzar.use.observatory.figures.decompositions import decompositions
from guzar.use.observatory.figures.remittance_shares import (
    common_shares,
    latest_shares,
    ranked_shares,
    share_finding,
    share_rows,
)
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.signs import modelled_number
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import SIGN_OF, Words

NAV = "themes/index.html"
RECEIVED, PAID, BILATERAL = "remittances_received_usd", "remittances_paid_usd", "remittances_bilateral_usd"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of remittances, where their shares are released."""
    shares = common_shares(share_rows(published))
    if shares:
        yield _page(published, shares, say)


def _page(published: Published, shares: dict[str, Value], say: Words) -> Page:
    title = say("Remittances")
    sections = [
        Section(
            say("How much they weigh"),
            kept([ranked_shares(published, shares, say), latest_shares(published, shares, say)]),
        ),
        Section(
            say("How much is received and paid"),
            _amounts(published, say),
            lead=say(
                "Amounts in current US dollars, by one publisher and edition. Received and paid are two counts; neither is a balance."
            ),
        ),
        Section(
            say("Why the share changed"),
            decompositions(published, say),
            lead=say(
                "A share of GDP moves with the money, with the exchange rate, with real output and with prices. Only the first is about migrants."
            ),
        ),
        Section(
            say("What a matrix of corridors leaves out"),
            _one_sender(published, say),
            lead=say(
                "Bilateral cells are modelled from modelled stocks and incomes. Where all of an area's receipts stand with one sender, the sum is what that sender pays, not what the area receives."
            ),
        ),
    ]
    return Page(
        path="themes/remittances.html",
        nav=NAV,
        title=title,
        finding=share_finding(shares, say),
        standfirst=say(
            "Numerator and denominator have different makers, and both are revised. So every share here names its year and its edition, and editions are never mixed in one line."
        ),
        crumbs=path_to(say, (say("Themes"), NAV), (title, "")),
        sections=filled(sections),
    )


def _amounts(published: Published, say: Words) -> list[Figure]:
    """Received and paid for the last year of one edition that both have for most areas."""
    received, paid = _of_one_edition(published, RECEIVED), _of_one_edition(published, PAID)
    if not received or not paid:
        return []
    common = min(max(v.period for v in received), max(v.period for v in paid))
    kinds = (
        ("received", received, say("Received in {year}", year=common)),
        ("paid", paid, say("Paid in {year}", year=common)),
    )
    return [
        _amount_figure(published, name, {v.area: v for v in values if v.period == common}, heading, say)
        for name, values, heading in kinds
    ]


def _of_one_edition(published: Published, indicator: str) -> list[Value]:
    """The newest edition of the World Bank's series, years for which at least half the areas have a value."""
    rows = published.rows(
        indicator, newest=False, area=list(THE_TWELVE), counterpart="_T", source="world_bank"
    ).filter(pl.col("value").is_not_null())
    rows = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.len().over("period") >= len(THE_TWELVE) / 2)
    )
    return [to_value(row) for row in rows.iter_rows(named=True)]


def _amount_figure(
    published: Published, name: str, values: dict[str, Value], heading: str, say: Words
) -> Figure:
    ordered = [area for area in order_by(values, THE_TWELVE, say) if area in values]
    missing = [say.area(area) for area in THE_TWELVE if area not in values]
    sub = say("US dollars, current prices, all countries together") + (
        ". " + say("Not published: {areas}", areas=", ".join(missing)) if missing else ""
    )
    bars = [
        Bar(
            say.area(a),
            values[a].value,
            numbers.dollars(values[a].value, say.lang),
            i == 0,
            SIGN_OF[values[a].observation_status],
        )
        for i, a in enumerate(ordered)
    ]
    drawing = bar_chart(Caption(name, heading, sub), bars, width=HALF)
    return Figure(
        name,
        heading,
        sub,
        Html(drawing.__html__()),
        sources_of(values.values(), say),
        rows=rows_of(published, values.values()),
        width="half",
    )


def _one_sender(published: Published, say: Words) -> list[Figure]:
    """Areas whose cells of one matrix are all zero but one, beside the total that the area reports."""
    shown = _single_senders(published)
    if not shown:
        return []
    heading = say("One sender stands for all")
    sub = say(
        "The only cell above zero in the matrix, beside what the area reports to have received from all countries, US$ million"
    )
    rows = [_sender_row(cell, total, say) for cell, total in shown]
    head = [say("Area, year"), say("Only sender"), say("Matrix"), say("Reported")]
    table = plain_table(heading, head, rows, numeric={2, 3}, class_="few")
    values = [value for pair in shown for value in pair]
    warning = (
        say("Not an estimate of the rest."),
        say(
            "Zero in these matrices means that no stock or no transfer was assumed. Nobody observed that nothing was sent."
        ),
    )
    used = rows_of(published, values)
    return [Figure("one-sender", heading, sub, table, sources_of(values, say), rows=used, warning=warning)]


def _single_senders(published: Published) -> list[tuple[Value, Value]]:
    """The only cell above zero of an area in one matrix, and what the area reports for the same year."""
    cells = published.rows(BILATERAL, newest=False, area=list(THE_TWELVE)).filter(
        ~pl.col("counterpart").is_in(["_T", "_Z"])
    )
    senders = cells.filter(pl.col("value") > 0)
    single = senders.filter(pl.len().over("area", "edition", "period") == 1)
    reported = {
        (value.area, value.period): value
        for period in single["period"].unique()
        for value in _reported(published, period).values()
    }
    ordered = single.sort("period", "area", descending=[True, False]).iter_rows(named=True)
    pairs = [(to_value(row), reported.get((row["area"], row["period"]))) for row in ordered]
    return [(cell, total) for cell, total in pairs if total]


def _reported(published: Published, period: str) -> dict[str, Value]:
    rows = published.rows(
        RECEIVED, newest=False, area=list(THE_TWELVE), counterpart="_T", period=period
    ).filter(pl.col("value").is_not_null())
    return for_period(rows, period)


def _sender_row(cell: Value, total: Value, say: Words) -> list[Html]:
    matrix = modelled_number(say.number((cell.value or 0) / 1e6, 0))
    said = with_note(
        say.number((total.value or 0) / 1e6, 0), edition_label(total.source, total.edition, say.lang)
    )
    return [words(f"{say.area(cell.area)}, {cell.period}"), words(say.area(cell.counterpart)), matrix, said]

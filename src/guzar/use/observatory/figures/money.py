"""Money: remittances received, their share of GDP by edition, and what sending costs."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from guzar.use.observatory import numbers
from guzar.use.observatory.charts.cost_chart import cost_chart
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.step_chart import Steps, step_chart
from guzar.use.observatory.content import Figure
from guzar.use.observatory.dates import edition_date, edition_ticks
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.series import Line, Markers, Point, Role, Stroke, Target, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

SHARE = "remittances_received_percent_gdp"
RECEIVED = "remittances_received_usd"
COST = "remittance_cost_quarterly_percent"
QUARTER = 0.25
RECENT_YEARS = 7  # a revision of an older year is no finding of today
QUOTED = "corridor_prices"
FEE_ONLY_SENDER = "RUS"
PRICES = ("remittance_cost_percent", COST)
AVERAGE_FROM = "remittance_cost_from_percent"
# The World Bank's own series, in its editions and as carried by others; rounded and derived shares are not it.
ONE_SERIES = ("wb_remittances_received_percent_gdp", "wb_carried_received_percent_gdp")


def newest_share(published: Published, area: str) -> Value | None:
    """The share of GDP for the latest period, by the newest edition that holds it."""
    return published.value(SHARE, area)


def newest_cost(published: Published, area: str) -> Value | None:
    """What it cost to send money from Russia in the latest quarter surveyed."""
    return published.value(COST, area, counterpart="RUS")


def share_by_edition(published: Published, area: str, say: Words) -> Figure | None:
    """The share of one and the same year from edition to edition: steps are revisions."""
    rows = _unrounded_shares(published, area)
    told = rows.group_by("period").agg(pl.col("edition").n_unique().alias("editions"))
    often = told.filter(pl.col("editions") > 2).sort("period")["period"].tail(4).to_list()
    if not often:
        return None
    shown = rows.filter(pl.col("period").is_in(often))
    widest = _widest(shown)
    of_year = shown.filter(pl.col("period") == widest).sort("edition")["value"]
    heading = say(
        "The share for {year}: first {first}, now {last}",
        year=widest,
        first=say.percent(of_year[0]),
        last=say.percent(of_year[-1]),
    )
    sub = say(
        "Personal remittances received, % of GDP: how the value for one year changed from edition to edition. A step is a revision"
    )
    drawing = step_chart(
        Caption("share-editions", heading, sub),
        [_steps(shown, period, period == widest, say) for period in often],
        edition_ticks(shown["edition"], say.lang),
        axis_words=say("when published"),
        unit=Unit(after="%"),
        lang=say.lang,
        width=HALF,
    )
    body = Html(drawing.__html__())
    return Figure("share-editions", heading, sub, body, _sources(shown, say), rows=shown, width="half")


def _unrounded_shares(published: Published, area: str) -> pl.DataFrame:
    """Every edition of the share by one series: a figure that the press rounded is no edition to start from."""
    rows = published.rows(SHARE, newest=False, area=area, definition=list(ONE_SERIES))
    return rows.filter(pl.col("value").is_not_null())


def _steps(rows: pl.DataFrame, period: str, is_subject: bool, say: Words) -> Steps:
    """One period from edition to edition; of an edition that prints it twice, the last line."""
    part = rows.filter(pl.col("period") == period).sort("edition")
    part = part.unique("edition", keep="last", maintain_order=True)
    points = [
        (edition_date(edition), value) for edition, value in part.select("edition", "value").iter_rows()
    ]
    name = say("for {year}: {value}", year=period, value=say.number(points[-1][1], 1))
    return Steps(points, name, Role.SUBJECT if is_subject else Role.COMPARISON)


def _widest(rows: pl.DataFrame) -> str:
    spread = (
        rows.group_by("period")
        .agg((pl.col("value").max() - pl.col("value").min()).alias("spread"))
        .sort("spread", "period")
    )
    return str(spread["period"][-1])


def _sources(rows: pl.DataFrame, say: Words) -> str:
    newest = [
        to_value(part.sort("edition").row(-1, named=True))
        for _, part in rows.group_by("source", maintain_order=True)
    ]
    return "; ".join(sorted({say.edition(value) for value in newest})) + "."


def received(published: Published, area: str, say: Words) -> Figure | None:
    """US dollars received, the newest edition of each source as its own line."""
    rows = published.rows(RECEIVED, newest=False, area=area, counterpart="_T").filter(
        pl.col("value").is_not_null() & (pl.col("year") >= 2000)
    )
    if not rows.height:
        return None
    newest = rows.filter(pl.col("edition") == pl.col("edition").max().over("source"))
    parts = [
        part.sort("year")
        for _, part in newest.sort("edition", descending=True).group_by("source", maintain_order=True)
    ]
    power, unit = _dollar_unit(float(newest["value"].abs().max()), say)  # type: ignore[arg-type]
    lines = [_source_line(part, i == 0, power, say) for i, part in enumerate(parts)]
    heading = _received_heading(newest, say)
    sub = say(
        "Remittances received from all countries, US$ {unit}, current prices. Two publishers or editions are two lines",
        unit=numbers.unit_of(power, say.lang),
    )
    drawing = line_chart(
        Caption("received", heading, sub),
        lines,
        unit=unit,
        lang=say.lang,
        width=HALF,
    )
    return Figure(
        "received", heading, sub, Html(drawing.__html__()), _sources(newest, say), rows=newest, width="half"
    )


def _source_line(rows: pl.DataFrame, is_newest: bool, power: float, say: Words) -> Line:
    """One source in its newest edition, in the unit of the chart."""
    last = to_value(rows.row(-1, named=True))
    points = [
        Point(row["year"], row["value"] / power, SIGN_OF[row["observation_status"]])
        for row in rows.iter_rows(named=True)
    ]
    return Line(
        points,
        say.share((last.value or 0) / power),
        say.edition_only(last),
        Role.SUBJECT if is_newest else Role.SECOND,
        Stroke.SOLID if is_newest else Stroke.DASHED,
        Markers.LAST,
    )


def _dollar_unit(largest: float, say: Words) -> tuple[float, Unit]:
    """The unit of a chart by its largest value: billions, else millions, else thousands."""
    before = "US$ " if say.lang == "en" else ""
    if largest >= 1e9:
        return 1e9, Unit(before, say(" bn"))
    after = " " + numbers.unit_of(1e6 if largest >= 1e6 else 1e3, say.lang)
    return (1e6 if largest >= 1e6 else 1e3), Unit(before, after + (" долл." if say.lang == "ru" else ""))


def _received_heading(rows: pl.DataFrame, say: Words) -> str:
    last = rows.group_by("source").agg(pl.col("year").max())["year"].min()
    values = [float(value) for value in rows.filter(pl.col("year") == last)["value"]]
    if len(values) > 1 and max(values) > 1.05 * min(values):
        return say(
            "Two publications differ by US$ {gap} for {year}",
            gap=say.amount(max(values) - min(values), 2),
            year=last,
        )
    return say("Remittances received: US$ {amount} in {year}", amount=say.amount(values[-1]), year=last)


def cost_from_russia(published: Published, area: str, say: Words, sender: str = "RUS") -> Figure | None:
    """What sending 200 US dollars from Russia costs, by survey round, with the two targets of SDG 10.c."""
    rows = published.rows(COST, area=area, counterpart=sender).filter(pl.col("value").is_not_null())
    if not rows.height:
        return None
    points = [
        Point(_quarter(r["period"]), r["value"], SIGN_OF[r["observation_status"]])
        for r in rows.iter_rows(named=True)
    ]
    last = to_value(rows.row(-1, named=True))
    when = say.period(last.period)
    heading = say(
        "Sending US$ 200 {from_area} cost {cost} in {quarter}, fee only"
        if is_fee_only(last)
        else "Sending US$ 200 {from_area} cost {cost} in {quarter}",
        from_area=say.place(sender, "from"),
        cost=say.percent(last.value, 2),
        quarter=when,
    )
    sub = say(
        "Average total cost, % of the amount, by survey round. Dots are rounds; dotted joins skip a quarter without a round"
    )
    targets = [
        Target(5, say.percent(5, 0), say("no corridor above")),
        Target(3, say.percent(3, 0), say("average target")),
    ]
    drawing = cost_chart(
        Caption("cost", heading, sub),
        points,
        targets,
        name=say.percent(last.value, 2),
        note=when,
        lang=say.lang,
        width=HALF,
    )
    return Figure(
        "cost",
        heading,
        sub,
        Html(drawing.__html__()),
        say("{edition}. Targets: SDG 10.c.", edition=say.edition(last)),
        rows=rows,
        width="half",
        warning=fee_only(published, say) if sender == FEE_ONLY_SENDER else None,
    )


def _quarter(period: str) -> float:
    return int(period[:4]) + (int(period[-1]) - 1) * QUARTER


def largest_revision(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: the share of GDP for a recent year was revised by two points or more."""
    rows = _unrounded_shares(published, area)
    if not rows.height:
        return None
    period = _widest(rows.filter(pl.col("year") > pl.col("year").max() - RECENT_YEARS))
    values = rows.filter(pl.col("period") == period).sort("edition")["value"]
    if abs(values[-1] - values[0]) < 2:
        return None
    return (
        say(
            "{area}: remittances for {year} went from {first} to {last} of GDP on paper",
            area=say.area(area),
            year=period,
            first=say.percent(values[0]),
            last=say.percent(values[-1]),
        ),
        say(
            "The year is the same, the edition is not. Below: what is known, what is estimated, and when someone last looked."
        ),
    )


def fee_only(published: Published, say: Words) -> tuple[str, str]:
    """The warning on a margin of exactly zero, with what the quotes of the release show, where it holds them."""
    prices = published.tables.get(QUOTED)
    marked = (
        prices is not None
        and prices.filter(
            (pl.col("counterpart") == FEE_ONLY_SENDER) & pl.col("is_fee_only").fill_null(False)
        ).height
    )
    rule = say(
        "The publisher records the margin on the exchange rate from Russia as 0.0. That is a rule of recording, not a free exchange: what the rate costs comes on top."
    )
    seen = say("In the quotes of this release every margin from Russia is exactly 0.0.")
    return say("Fee only."), f"{rule} {seen}" if marked else rule


def is_fee_only(value: Value) -> bool:
    """Whether a price is one from Russia, where the margin on the exchange rate is recorded as nought."""
    if value.indicator == AVERAGE_FROM:
        return value.area == FEE_ONLY_SENDER
    return value.indicator in PRICES and value.counterpart == FEE_ONLY_SENDER


def fee_only_among(published: Published, values: Iterable[Value], say: Words) -> tuple[str, str] | None:
    """The warning where one of these values is a price from Russia."""
    return fee_only(published, say) if any(is_fee_only(value) for value in values) else None

"""Movement: net migration by edition, with the independent model's interval where one is released."""

from __future__ import annotations

import polars as pl

from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import FULL
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.series import Line, Markers, Point, Revision, Role, Stroke, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

SOURCE = "world_population"
FIRST_YEAR = 1990


def yearly(published: Published, area: str) -> pl.DataFrame:
    """Yearly net migration of every edition, without forecasts."""
    rows = published.rows("net_migration", newest=False, area=area, source=SOURCE).filter(
        pl.col("value").is_not_null()
        & (pl.col("year") >= FIRST_YEAR)
        & ~pl.col("period").str.contains("-")
        & (pl.col("observation_status") != "forecast")
    )
    if not rows.height:
        return rows
    # One definition per edition: the one that covers most years (another prints the same rounded).
    sizes = rows.group_by("edition", "definition").len().sort("len", "definition", descending=[True, False])
    return rows.join(sizes.unique("edition", keep="first"), on=["edition", "definition"], how="semi").sort(
        "edition", "year"
    )


def largest_gap(rows: pl.DataFrame) -> tuple[int, float, float] | None:
    """The year, in both of the newest two editions, whose value was revised most: (year, older, newer)."""
    editions = rows["edition"].unique().sort().to_list()[-2:]
    if len(editions) < 2:
        return None
    old, new = (rows.filter(pl.col("edition") == e).select("year", "value") for e in editions)
    both = old.join(new, on="year", suffix="_new").with_columns(
        gap=(pl.col("value_new") - pl.col("value")).abs()
    )
    signs = both.filter(pl.col("value").sign() * pl.col("value_new").sign() < 0)
    chosen = (signs if signs.height else both).sort("gap").tail(1)
    return (
        (int(chosen["year"][0]), float(chosen["value"][0]), float(chosen["value_new"][0]))
        if chosen.height
        else None
    )


def net_migration(published: Published, area: str, say: Words) -> Figure | None:
    """Two editions of the same years as two lines, the largest revision as a clay arrow."""
    rows = yearly(published, area)
    if not rows.height:
        return None
    lines = _lines(rows, say)
    gap = largest_gap(rows)
    revisions = (
        [
            Revision(
                gap[0],
                gap[1] / 1000,
                gap[2] / 1000,
                say("revision:"),
                say("{number} thousand", number=say.number(abs(gap[2] - gap[1]) / 1000, 0)),
            )
        ]
        if gap
        else []
    )
    heading = (
        say("Out or in? The answer depends on the edition")
        if gap and gap[1] * gap[2] < 0
        else say("Net migration, by edition")
    )
    sub = say(
        "Net migration, thousand persons a year since {year}. All series are estimates", year=FIRST_YEAR
    )
    drawing = line_chart(
        Caption("net-migration", heading, sub),
        lines,
        unit=Unit(after=say(" thousand")),
        lang=say.lang,
        width=FULL,
        revisions=revisions,
    )
    newest = to_value(rows.row(-1, named=True))
    warning = (
        (say("Revision, not event."), say("Do not compare a year of one edition with a year of another."))
        if gap
        else None
    )
    return Figure(
        "net-migration",
        heading,
        sub,
        Html(drawing.__html__()),
        say(
            "{edition} and earlier editions; years after an edition's last estimate are forecasts and are not drawn.",
            edition=say.edition(newest),
        ),
        rows=rows,
        width="full",
        warning=warning,
    )


def _lines(rows: pl.DataFrame, say: Words) -> list[Line]:
    editions = rows["edition"].unique().sort().to_list()
    lines = []
    for i, edition in enumerate(editions):
        part = rows.filter(pl.col("edition") == edition)
        last = to_value(part.row(-1, named=True))
        newest = i == len(editions) - 1
        points = [
            Point(r["year"], r["value"] / 1000, SIGN_OF[r["observation_status"]])
            for r in part.iter_rows(named=True)
        ]
        note = f"{last.year}: {say.number((last.value or 0) / 1000, 1)}"
        lines.append(
            Line(
                points,
                say.edition(last).split(", ")[-1],
                note,
                Role.SUBJECT if newest else Role.SECOND,
                Stroke.SOLID if newest else Stroke.DASHED,
                Markers.NONE,
            )
        )
    return lines


def sign_change(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: a later edition turned the sign of net migration for a year that both hold."""
    rows = yearly(published, area)
    gap = largest_gap(rows) if rows.height else None
    if gap is None or gap[1] * gap[2] >= 0 or abs(gap[2] - gap[1]) < 10_000:
        return None
    old, new = rows["edition"].unique().sort().to_list()[-2:]
    year, before, after = gap
    finding = say(
        "{area}: net migration for {year} changed its sign on paper, not because people moved",
        area=say.area(area),
        year=year,
    )
    first, second = _balance(before, say), _balance(after, say)
    return finding, say(
        "The {old} edition said: {first}; the {new} edition says: {second}. Below: what is known, what is estimated, and when someone last looked.",
        old=old[:4],
        new=new[:4],
        first=first,
        second=second,
    )


def _balance(value: float, say: Words) -> str:
    thousand = say.number(abs(value) / 1000, 0)
    if value < 0:
        return say("{number} thousand more left than came", number=thousand)
    return say("{number} thousand more came than left", number=thousand)

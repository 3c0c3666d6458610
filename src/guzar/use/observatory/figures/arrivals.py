"""People who live in an area: born elsewhere, or under protection; and how old the evidence on their origins is."""

from __future__ import annotations

import polars as pl

from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.people import CELLS, HOSTED, MODELLED
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.series import Line, Point, Role, Stroke, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

KINDS = (
    ("refugees", "Refugees"),
    ("asylum_seekers", "Asylum-seekers"),
    ("stateless_persons", "Stateless persons"),
)
FIRST_YEAR = 1990
FALLS = 0.95  # of its first value: a stock that fell by more than a twentieth is told why it may have


def who_lives_here(published: Published, area: str, say: Words) -> Figure | None:
    """People who live in an area and were born elsewhere, by edition."""
    rows = published.rows("migrant_stock", newest=False, definition=HOSTED, area=area, sex="_T").filter(
        pl.col("value").is_not_null()
    )
    if not rows.height:
        return None
    editions = rows["edition"].unique().sort().to_list()
    newest = [to_value(r) for r in _of_edition(rows, editions[-1]).iter_rows(named=True)]
    last = newest[-1]
    heading = say(
        "{number} people living {in_area} were born elsewhere ({year})",
        number=say.amount(last.value),
        in_area=say.place(area, "in"),
        year=last.year,
    )
    sub = say("Migrants by place of birth, at 1 July, million.")
    if len(editions) > 1:
        sub += " " + say("Each edition is a line of its own.")
    lines = [_edition_line(_of_edition(rows, edition), edition == editions[-1], say) for edition in editions]
    drawing = line_chart(
        Caption("hosted", heading, sub), lines, unit=Unit(after=say(" million")), lang=say.lang, width=HALF
    )
    source = say(
        "{edition}. Born in other republics of the USSR counts as born abroad.", edition=say.edition(last)
    )
    return Figure(
        "hosted",
        heading,
        sub,
        Html(drawing.__html__()),
        source,
        rows=rows,
        width="half",
        warning=why_a_stock_falls(newest, say),
    )


def why_a_stock_falls(values: list[Value], say: Words) -> tuple[str, str] | None:
    """A note where a stock of people is smaller at its end than at its beginning: leaving is one reason of several."""
    first, last = values[0], values[-1]
    if not first.value or (last.value or 0) >= FALLS * first.value:
        return None
    told = say(
        "Between {first} and {last} the number fell. People leave, but they also die: many of those who moved before 1991 are old now. A stock does not tell the two apart.",
        first=first.year,
        last=last.year,
    )
    return say("A falling stock."), told


def _of_edition(rows: pl.DataFrame, edition: str) -> pl.DataFrame:
    return rows.filter(pl.col("edition") == edition).sort("year")


def _edition_line(rows: pl.DataFrame, is_newest: bool, say: Words) -> Line:
    values = [to_value(row) for row in rows.iter_rows(named=True)]
    return Line(
        [Point(v.year, (v.value or 0) / 1e6, SIGN_OF[v.observation_status]) for v in values],
        say.edition_only(values[-1]),
        f"{values[-1].year}: {say.amount(values[-1].value)}",
        Role.SUBJECT if is_newest else Role.COMPARISON,
        Stroke.SOLID if is_newest else Stroke.DASHED,
    )


def refugees(published: Published, area: str, say: Words) -> Figure | None:
    """Refugees, asylum-seekers and stateless persons hosted, each kept apart, by year."""
    found = [(say(name), _final(published.rows(kind, area=area, counterpart="_T"))) for kind, name in KINDS]
    held = [(name, rows) for name, rows in found if rows.height]
    if not held:
        return None
    roles = (Role.SUBJECT, Role.SECOND, Role.COMPARISON)
    lines = [_kind_line(name, rows, role, say) for (name, rows), role in zip(held, roles, strict=False)]
    name, first = held[0][0], to_value(held[0][1].row(-1, named=True))
    heading = say(
        "{kind} hosted at the end of {year}: {number}",
        kind=name,
        number=say.amount(first.value),
        year=first.year,
    )
    sub = say(
        "Persons at the end of the year, thousand. Refugees, asylum-seekers and stateless persons are never added together"
    )
    drawing = line_chart(
        Caption("refugees", heading, sub), lines, unit=Unit(after=say(" thousand")), lang=say.lang, width=HALF
    )
    rows = pl.concat([rows for _, rows in held])
    return Figure(
        "refugees", heading, sub, Html(drawing.__html__()), say.edition(first) + ".", rows=rows, width="half"
    )


def _final(rows: pl.DataFrame) -> pl.DataFrame:
    """Values of whole years; a provisional one is not drawn."""
    return rows.filter(
        pl.col("value").is_not_null()
        & (pl.col("year") >= FIRST_YEAR)
        & (pl.col("observation_status") != "provisional")
    )


def _kind_line(name: str, rows: pl.DataFrame, role: Role, say: Words) -> Line:
    points = [
        Point(row["year"], row["value"] / 1000, SIGN_OF[row["observation_status"]])
        for row in rows.iter_rows(named=True)
    ]
    return Line(points, name, f"{say.period(rows['period'][-1])}: {say.amount(rows['value'][-1])}", role)


def old_mix(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: the area's newest origin mix repeats one that rests on a much older count."""
    rows = published.rows("migrant_stock", definition=CELLS, area=area, sex="_T")
    if not rows.height:
        return None
    newest = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("year") == pl.col("year").max())
    )
    seen = newest.filter(pl.col("observation_status") == MODELLED)["last_observed"].drop_nulls()
    year = int(newest["year"].max())  # type: ignore[arg-type]
    if not seen.len() or year - int(seen.min()) < 10:  # type: ignore[arg-type]
        return None
    return (
        say(
            "{area}: the table says nothing new on where migrants were born since a count of {seen}",
            area=say.area(area),
            seen=seen.min(),
        ),
        say(
            "The figures for {year} repeat an older mix of origins. What is known, what is estimated, and when someone last looked.",
            year=year,
        ),
    )

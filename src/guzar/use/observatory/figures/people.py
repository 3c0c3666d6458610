"""People: where those born in an area live, women and men among them, and who lives in the area."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import REST_OF_WORLD
from guzar.use.observatory.arcs import Arc, arc_map, is_on_map
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.sex_bars import SexRow, SexWords, sex_bars
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import HALF, Drawing
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import rows_as_html
from guzar.use.observatory.series import Line, Point, Role, Stroke, Unit
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

CELLS = "un_stock_by_origin"
HOSTED = "un_stock_hosted"
EMIGRANTS = "guzar_emigrant_stock"
MODELLED = "modelled_from_modelled"
AT_MOST_ARCS = 6


def last_headline_year(published: Published, area: str) -> int | None:
    """The last year for which the people born in an area and living abroad are not modelled from a repeated mix."""
    totals = published.rows("emigrant_stock", definition=EMIGRANTS, area=area, sex="_T")
    held = totals.filter((pl.col("observation_status") != MODELLED) & pl.col("value").is_not_null())
    return int(held["year"].max()) if held.height else None  # type: ignore[arg-type]


def destinations(published: Published, area: str, year: int) -> list[Value]:
    """Where people born in an area live, largest first, by the newest edition that holds the year."""
    rows = published.rows("migrant_stock", definition=CELLS, counterpart=area, sex="_T", year=year)
    rows = rows.filter((pl.col("edition") == pl.col("edition").max()) & (pl.col("area") != REST_OF_WORLD))
    rows = rows.filter(pl.col("value").is_not_null()).sort("value", descending=True)
    return [to_value(row) for row in rows.iter_rows(named=True)]


def where_they_live(published: Published, area: str, say: Words) -> Figure | None:
    """Arcs to the largest destinations whose origins were looked at; bars where a destination is off the map."""
    year = last_headline_year(published, area)
    places = [v for v in destinations(published, area, year) if v.is_headline] if year else []
    total = published.value("emigrant_stock", area, definition=EMIGRANTS, year=year)
    if not places or total is None or not total.value:
        return None
    share = (places[0].value or 0) / total.value
    heading = _destination_heading(area, places[0], share, say)
    sub = say(
        "Born {in_area} and living abroad, {year}: a stock of people, not a flow. Destinations that repeat an older mix of origins are left out",
        in_area=say.place(area, "in"),
        year=year,
    )
    shown = places[:AT_MOST_ARCS]
    drawing, off_map = _draw_destinations(Caption("destinations", heading, sub), area, shown, say)
    rows = published.rows("migrant_stock", definition=CELLS, counterpart=area, sex="_T", year=year).sort(
        "value", descending=True
    )
    source = say(
        "{edition}. Boundaries imply no opinion on the legal status of any territory.",
        edition=say.edition(places[0]),
    )
    if off_map:
        others = ", ".join(f"{say.area(v.area)} {say.amount(v.value)}" for v in off_map)
        source = say("Not on this map: {others}.", others=others) + " " + source
    return Figure("destinations", heading, sub, Html(drawing.__html__()), source, rows=rows, width="half")


def _draw_destinations(
    caption: Caption, area: str, shown: list[Value], say: Words
) -> tuple[Drawing, list[Value]]:
    """Arcs to the destinations on the map, and those off it; bars where the map would hold fewer than two."""
    on_map = [v for v in shown if is_on_map(v.area)]
    if is_on_map(area) and len(on_map) > 1:
        arcs = [Arc(v.area, say.area(v.area), v.value or 0, str(say.amount(v.value))) for v in on_map]
        return arc_map(caption, area, say.area(area), arcs, width=HALF), [v for v in shown if v not in on_map]
    bars = [
        Bar(say.area(v.area), v.value, str(say.amount(v.value)), i == 0, SIGN_OF[v.observation_status])
        for i, v in enumerate(shown)
    ]
    return bar_chart(caption, bars, width=HALF), []


def _destination_heading(area: str, first: Value, share: float, say: Words) -> str:
    if share > 0.5:
        return say(
            "In {year}, {share} of those born {in_area} and living abroad lived {there}",
            year=first.year,
            share=say.percent(100 * share, 0),
            in_area=say.place(area, "in"),
            there=say.place(first.area, "in"),
        )
    return say(
        "In {year}, no single country hosted most of those born {in_area}",
        year=first.year,
        in_area=say.place(area, "in"),
    )


def destination_table(published: Published, area: str, say: Words) -> Figure | None:
    """The same people as a table in the newest year, women's share beside, repeated mixes hatched."""
    rows = published.rows("migrant_stock", definition=CELLS, counterpart=area, sex="_T")
    if not rows.height:
        return None
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    newest = newest.filter(pl.col("year") == pl.col("year").max())
    values = sorted(
        (to_value(row) for row in newest.iter_rows(named=True)), key=lambda v: _table_place(v, say)
    )
    repeated = sum(v.observation_status == MODELLED for v in values)
    heading = say("Where they live by the newest edition, {year}", year=values[0].year)
    sub = say.count(
        "{count} of these cells repeats an older mix of origins: hatched, after the others, not to be ranked or added",
        "{count} of these cells repeat an older mix of origins: hatched, after the others and by name, not to be ranked or added",
        repeated,
    )
    table = rows_as_html(
        values, say, [("Country", "place"), ("Persons", "number"), ("Last observed", "age")], by="area"
    )
    return Figure(
        "destination-table",
        heading,
        sub,
        table,
        say.edition(values[0]) + ".",
        rows=newest,
        width="half",
        shows_table=False,
    )


def _table_place(value: Value, say: Words) -> tuple[int, float, str]:
    """Observed or estimated first, largest first; then repeated mixes, and last what is not known, both by name."""
    if value.value is None:
        return 2, 0.0, say.area(value.area)
    return (0, -value.value, say.area(value.area)) if value.is_headline else (1, 0.0, say.area(value.area))


def women_and_men(published: Published, area: str, say: Words) -> Figure | None:
    """People born in an area and living abroad, by sex, for the years whose totals are not modelled twice."""
    rows = published.rows("emigrant_stock", definition=EMIGRANTS, area=area, sex=["F", "M"])
    rows = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("observation_status") != MODELLED)
    )
    by_year = {(r["year"], r["sex"]): r["value"] for r in rows.iter_rows(named=True)}
    years = sorted({year for year, _ in by_year}, reverse=True)
    if not years:
        return None
    newest = years[0]
    women, men = by_year.get((newest, "F")), by_year.get((newest, "M"))
    if not women or not men:
        return None
    share = 100 * women / (women + men)
    heading = (
        say(
            "More women than men born {in_area} lived abroad in {year}: {share}",
            year=newest,
            in_area=say.place(area, "in"),
            share=say.percent(share),
        )
        if share > 50
        else say(
            "Women were {share} of those born {in_area} who lived abroad in {year}",
            year=newest,
            in_area=say.place(area, "in"),
            share=say.percent(share),
        )
    )
    sub = say("Born {in_area} and living abroad, by sex", in_area=say.place(area, "in"))
    bars = [
        SexRow(str(y), _thousand(by_year.get((y, "M"))), _thousand(by_year.get((y, "F"))), y == newest)
        for y in years
    ]
    words = SexWords(say("Men"), say("Women"), say("thousand persons; one scale from the middle"))
    drawing = sex_bars(Caption("sexes", heading, sub), bars, words, lang=say.lang, width=HALF)
    warning = (
        say("Stock, not flow."),
        say("Includes people who moved inside the USSR before 1991: the border moved, not the person."),
    )
    return Figure(
        "sexes",
        heading,
        sub,
        Html(drawing.__html__()),
        say(
            "{edition}; sum over listed destinations, computed by guzar.",
            edition=say.edition(to_value(rows.row(0, named=True))),
        ),
        rows=rows,
        width="half",
        warning=warning,
    )


def _thousand(value: float | None) -> float | None:
    return None if value is None else value / 1000


def who_lives_here(published: Published, area: str, say: Words) -> Figure | None:
    """People who live in an area and were born elsewhere, by edition."""
    rows = published.rows("migrant_stock", newest=False, definition=HOSTED, area=area, sex="_T").filter(
        pl.col("value").is_not_null()
    )
    if not rows.height:
        return None
    lines, editions = [], rows["edition"].unique().sort().to_list()
    for i, edition in enumerate(editions):
        part = [
            to_value(r) for r in rows.filter(pl.col("edition") == edition).sort("year").iter_rows(named=True)
        ]
        newest = i == len(editions) - 1
        points = [Point(v.year, (v.value or 0) / 1e6, SIGN_OF[v.observation_status]) for v in part]
        lines.append(
            Line(
                points,
                say.edition(part[-1]).split(", ")[-1],
                f"{part[-1].year}: {say.amount(part[-1].value)}",
                Role.SUBJECT if newest else Role.COMPARISON,
                Stroke.SOLID if newest else Stroke.DASHED,
            )
        )
    last = to_value(rows.sort("edition", "year").row(-1, named=True))
    heading = say(
        "{number} people living {in_area} were born elsewhere ({year})",
        number=say.amount(last.value),
        in_area=say.place(area, "in"),
        year=last.year,
    )
    sub = say("Migrants by place of birth, at 1 July, million. Two editions are two lines")
    drawing = line_chart(
        Caption("hosted", heading, sub), lines, unit=Unit(after=say(" million")), lang=say.lang, width=HALF
    )
    return Figure(
        "hosted",
        heading,
        sub,
        Html(drawing.__html__()),
        say(
            "{edition}. Born in other republics of the USSR counts as born abroad.", edition=say.edition(last)
        ),
        rows=rows,
        width="half",
    )


def refugees(published: Published, area: str, say: Words) -> Figure | None:
    """Refugees, asylum-seekers and stateless persons hosted, each kept apart, by year."""
    kinds = (
        ("refugees", say("Refugees")),
        ("asylum_seekers", say("Asylum-seekers")),
        ("stateless_persons", say("Stateless persons")),
    )
    held = [(name, published.rows(kind, area=area, counterpart="_T")) for kind, name in kinds]
    held = [
        (
            name,
            rows.filter(
                pl.col("value").is_not_null()
                & (pl.col("year") >= 1990)
                & (pl.col("observation_status") != "provisional")
            ),
        )
        for name, rows in held
    ]
    held = [(name, rows) for name, rows in held if rows.height]
    if not held:
        return None
    lines = [
        Line(
            [
                Point(r["year"], r["value"] / 1000, SIGN_OF[r["observation_status"]])
                for r in rows.iter_rows(named=True)
            ],
            name,
            f"{rows['period'][-1]}: {say.amount(rows['value'][-1])}",
            role,
        )
        for (name, rows), role in zip(held, (Role.SUBJECT, Role.SECOND, Role.COMPARISON), strict=False)
    ]
    first = to_value(held[0][1].row(-1, named=True))
    heading = say(
        "{number} refugees hosted at the end of {year}", number=say.amount(first.value), year=first.year
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


def old_mix(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: the area's newest origin mix repeats one that was looked at long before."""
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
            "{area}: where migrants were born was last looked at in {seen}",
            area=say.area(area),
            seen=seen.min(),
        ),
        say(
            "The figures for {year} repeat an older mix of origins. What is known, what is estimated, and when someone last looked.",
            year=year,
        ),
    )


def main_destination(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: most people born in the area who live abroad live in one country."""
    figure = where_they_live(published, area, say)
    if figure is None:
        return None
    return figure.heading, say("What is known, what is estimated, and when someone last looked.")

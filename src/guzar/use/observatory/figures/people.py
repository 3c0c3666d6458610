"""People born in an area and living abroad: where they live, and women and men among them."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import REST_OF_WORLD
from guzar.use.observatory.arcs import Arc, arc_map, is_on_map
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.charts.sex_bars import SexRow, SexWords, sex_bars
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import HALF, Drawing
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import age, shown_number
from guzar.use.observatory.signs import modelled_number
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import SIGN_OF, Words

CELLS = "un_stock_by_origin"
HOSTED = "un_stock_hosted"
EMIGRANTS = "guzar_emigrant_stock"
MODELLED = "modelled_from_modelled"
AT_MOST_ARCS = 6
ALIKE = 0.05  # points: a share this near to a half prints as 50.0


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
    """Arcs to the largest destinations whose origins repeat no older mix; bars where a destination is off the map."""
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
    if share > 0.5 and not say.has_cases(first.area):
        return say(
            "In {year}, {share} of those born {in_area} and living abroad lived in one country: {there}",
            year=first.year,
            share=say.percent(100 * share, 0),
            in_area=say.place(area, "in"),
            there=say.area(first.area),
        )
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
    rows = published.rows("migrant_stock", definition=CELLS, counterpart=area)
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    newest = newest.filter(pl.col("year") == pl.col("year").max())
    both = [to_value(row) for row in newest.filter(pl.col("sex") == "_T").iter_rows(named=True)]
    if not both:
        return None
    values = sorted(both, key=lambda v: _table_place(v, say))
    women = {row["area"]: row["value"] for row in newest.filter(pl.col("sex") == "F").iter_rows(named=True)}
    repeated = sum(v.observation_status == MODELLED for v in values)
    heading = say("Where they live by the newest edition, {year}", year=values[0].year)
    return Figure(
        "destination-table",
        heading,
        _repeated_said(repeated, say),
        _destination_rows(heading, values, women, say),
        say(
            "{edition}. Share of women: women of both sexes, worked out here.", edition=say.edition(values[0])
        ),
        rows=newest.filter(pl.col("sex").is_in(["_T", "F"])),
        width="half",
        shows_table=False,
    )


def _repeated_said(repeated: int, say: Words) -> str:
    if not repeated:
        return say(
            "Persons born here and living there, women among them, and when someone last counted there"
        )
    return say.count(
        "{count} of these cells repeats an older mix of origins: hatched, after the others, not to be ranked or added",
        "{count} of these cells repeat an older mix of origins: hatched, after the others and by name, not to be ranked or added",
        repeated,
    )


def _destination_rows(label: str, values: list[Value], women: dict[str, float | None], say: Words) -> Html:
    head = [say("Country"), say("Persons"), say("Women, %"), say("Last observed")]
    rows = [
        [words(say.area(v.area)), shown_number(v, say), _share_of(women.get(v.area), v, say), age(v, say)]
        for v in values
    ]
    return plain_table(label, head, rows, numeric={1, 2})


def _share_of(women: float | None, value: Value, say: Words) -> Html:
    """Women of both sexes in per cent; hatched with its cell, two dots where either is not known."""
    if women is None or not value.value:
        return words(say.number(None))
    share = say.number(100 * women / value.value, 1)
    return words(share) if value.is_headline else modelled_number(share)


def _table_place(value: Value, say: Words) -> tuple[int, float, str]:
    """Observed or estimated first, largest first; then repeated mixes, and last what is not known, both by name."""
    if value.value is None:
        return 2, 0.0, say.area(value.area)
    return (0, -value.value, say.area(value.area)) if value.is_headline else (1, 0.0, say.area(value.area))


def women_and_men(published: Published, area: str, say: Words) -> Figure | None:
    """People born in an area and living abroad, by sex, for the years whose totals are not modelled from modelled."""
    rows = published.rows("emigrant_stock", definition=EMIGRANTS, area=area, sex=["F", "M"])
    rows = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("observation_status") != MODELLED)
    )
    by_year = {(r["year"], r["sex"]): r["value"] for r in rows.iter_rows(named=True)}
    years = sorted({year for year, _ in by_year}, reverse=True)
    women, men = (by_year.get((years[0], sex)) if years else None for sex in ("F", "M"))
    if not women or not men:
        return None
    heading = _women_heading(area, years[0], 100 * women / (women + men), say)
    sub = say("Born {in_area} and living abroad, by sex", in_area=say.place(area, "in"))
    bars = [
        SexRow(
            str(year),
            _thousand(by_year.get((year, "M"))),
            _thousand(by_year.get((year, "F"))),
            year == years[0],
        )
        for year in years
    ]
    said = SexWords(say("Men"), say("Women"), say("thousand persons; one scale from the middle"))
    drawing = sex_bars(Caption("sexes", heading, sub), bars, said, lang=say.lang, width=HALF)
    source = say(
        "{edition}; sum over listed destinations, computed by guzar.",
        edition=say.edition(to_value(rows.row(0, named=True))),
    )
    warning = (
        say("Stock, not flow."),
        say("Includes people who moved inside the USSR before 1991: the border moved, not the person."),
    )
    body = Html(drawing.__html__())
    return Figure("sexes", heading, sub, body, source, rows=rows, width="half", warning=warning)


def _women_heading(area: str, year: int, share: float, say: Words) -> str:
    told = {"year": year, "in_area": say.place(area, "in"), "share": say.percent(share)}
    if abs(share - 50) < ALIKE:
        return say(
            "About as many women as men born {in_area} lived abroad in {year}: {share} were women", **told
        )
    if share > 50:
        return say("More women than men born {in_area} lived abroad in {year}: {share}", **told)
    return say("Women were {share} of those born {in_area} who lived abroad in {year}", **told)


def _thousand(value: float | None) -> float | None:
    return None if value is None else value / 1000


def main_destination(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: most people born in the area who live abroad live in one country."""
    figure = where_they_live(published, area, say)
    if figure is None:
        return None
    return figure.heading, say("What is known, what is estimated, and when someone last looked.")

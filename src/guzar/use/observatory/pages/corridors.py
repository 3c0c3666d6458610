"""One page per ordered pair of areas with people or prices to show, and the list of corridors."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import (
    Figure,
    KeyNumber,
    Page,
    Section,
    filled,
    kept,
    list_page,
    path_to,
    people_key,
    percent_key,
)
from guzar.use.observatory.figures import bridges, corridor_money, corridors, estimated_moves, money
from guzar.use.observatory.published import Published, Value
from guzar.use.observatory.words import Words

NAV = "corridors/index.html"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """A page for each pair with a stock in any edition, then the list."""
    pairs = listed_pairs(published)
    made = frozenset(pairs)
    # What an area receives from everywhere is the same on all its pages, and drawn once.
    receipts = {origin: _receipts(published, origin, say) for origin in sorted({pair[0] for pair in pairs})}
    pages = [
        _corridor(published, origin, home, receipts[origin], _opposite(origin, home, made, say), say)
        for origin, home in pairs
    ]
    yield from pages
    if pages:
        yield _list(pages, say)


def listed_pairs(published: Published) -> list[tuple[str, str]]:
    """Ordered pairs (born in, living in) of the twelve areas that the stock tables list, in the order of codes."""
    rows = published.rows(
        "migrant_stock",
        definition=corridors.CELLS,
        sex="_T",
        area=list(THE_TWELVE),
        counterpart=list(THE_TWELVE),
    )
    rows = rows.filter((pl.col("area") != pl.col("counterpart")) & pl.col("value").is_not_null())
    return sorted(set(rows.select("counterpart", "area").iter_rows()))


def _receipts(published: Published, area: str, say: Words) -> list[Figure | None]:
    return [money.received(published, area, say), corridor_money.share_of_gdp(published, area, say)]


def _corridor(
    published: Published,
    origin: str,
    home: str,
    receipts: list[Figure | None],
    opposite: tuple[str, str] | None,
    say: Words,
) -> Page:
    held = [
        Section(
            say("People"),
            kept(
                [
                    corridors.stock(published, origin, home, say),
                    corridors.enlarged(published, origin, home, say),
                    corridors.moves(published, origin, home, say),
                    corridor_money.transfers(published, origin, home, say),
                    corridors.editions_in_table(published, origin, home, say),
                    estimated_moves.along_corridor(published, origin, home, say),
                ]
            ),
        ),
        Section(
            say("Why publishers differ"),
            kept([bridges.bridge_of_publishers(published, origin, home, say)]),
        ),
        Section(
            say("Money"),
            kept(
                [
                    *receipts,
                    money.cost_from_russia(published, origin, say, sender=home),
                ]
            ),
        ),
    ]
    finding, standfirst = _finding(published, origin, home, say)
    pair = say("{origin} – {home}", origin=say.area(origin), home=say.area(home))
    return Page(
        path=f"corridors/{origin}-{home}.html",
        nav=NAV,
        title=pair,
        finding=finding,
        standfirst=standfirst,
        crumbs=path_to(say, (say("Corridors"), NAV), (pair, "")),
        key_numbers=_key_numbers(published, origin, home, say),
        sections=filled(held),
        opposite=opposite,
    )


def _opposite(origin: str, home: str, made: frozenset[tuple[str, str]], say: Words) -> tuple[str, str] | None:
    """The page of the same pair the other way round, where it is made."""
    if (home, origin) not in made:
        return None
    pair = say("{origin} – {home}", origin=say.area(home), home=say.area(origin))
    return pair, f"corridors/{home}-{origin}.html"


def _finding(published: Published, origin: str, home: str, say: Words) -> tuple[str, str]:
    rows = corridors.stock_rows(published, origin, home)
    last = corridors.newest_headline(rows)
    pair = say("{origin} – {home}", origin=say.area(origin), home=say.area(home))
    if last is None:
        return say("{pair}: the table says nothing new about where people were born", pair=pair), say(
            "Every figure of this corridor repeats an older mix of origins."
        )
    finding = _stock_and_age(pair, last, say)
    repeated = rows.filter(
        (pl.col("edition") == last.edition) & (pl.col("observation_status") == corridors.MODELLED)
    )
    if repeated.height:
        return finding, say(
            "Later figures repeat the mix of origins of that date. The flow depends on a choice of method; the money sent along this corridor is modelled, not observed."
        )
    return finding, say(
        "The stock is an estimate of the publisher, the flow depends on a choice of method, and the money sent along this corridor is modelled, not observed."
    )


def _stock_and_age(pair: str, last: Value, say: Words) -> str:
    """The year that the figure stands for and the year of the count behind it are two years, and both are named."""
    if last.last_observed is None:
        return say(
            "{pair}: {number} people, figure for {year}; when last counted is not known",
            pair=pair,
            number=say.amount(last.value),
            year=last.year,
        )
    return say(
        "{pair}: {number} people, figure for {year}, last counted in {seen}",
        pair=pair,
        number=say.amount(last.value),
        year=last.year,
        seen=last.last_observed,
    )


def _key_numbers(published: Published, origin: str, home: str, say: Words) -> list[KeyNumber]:
    there = corridors.newest_headline(corridors.stock_rows(published, origin, home))
    back = corridors.newest_headline(corridors.stock_rows(published, home, origin))
    share = money.newest_share(published, origin)
    cost = published.value(money.COST, origin, counterpart=home)
    return kept(
        [
            people_key(_born_and_living(origin, home, say), there, [there] if there else [], say),
            people_key(_born_and_living(home, origin, say), back, [back] if back else [], say),
            percent_key(
                say("Remittances received by {area}, all senders", area=say.area(origin)),
                share,
                say,
                "% of GDP ({period})",
            ),
            percent_key(say(_cost_label(cost), area=say.area(origin)), cost, say),
        ]
    )


def _cost_label(cost: Value | None) -> str:
    is_fee = cost is not None and money.is_fee_only(cost)
    return "Cost of sending US$ 200 to {area}, fee only" if is_fee else "Cost of sending US$ 200 to {area}"


def _born_and_living(origin: str, home: str, say: Words) -> str:
    return say("Born {in_a}, living {in_b}", in_a=say.place(origin, "in"), in_b=say.place(home, "in"))


def _list(pages: list[Page], say: Words) -> Page:
    found = say.count(
        "{count} corridor between twelve areas", "{count} corridors between twelve areas", len(pages)
    )
    return list_page(
        pages,
        NAV,
        (
            say("Corridors"),
            found,
            say(
                "A corridor is an ordered pair: born in the first, living in the second. A pair that is not here is not listed by the source; that is not zero."
            ),
        ),
        (
            say("Born in – living in"),
            say("Every pair of the twelve areas that the stock tables list, in alphabetical order of codes"),
        ),
        say,
    )

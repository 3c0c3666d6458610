"""Flows from stocks: how they are made, what is adjusted so that the account closes, and which of them are arithmetic."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.sources import edition_label, find_source
from guzar.use.observatory.content import Figure, Section, kept
from guzar.use.observatory.figures.estimated_moves import FLOW, LOWER, MODELLED, PLAIN, UPPER
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.reader_tables import place, shown_number
from guzar.use.observatory.signs import Status, sign_with_word
from guzar.use.observatory.svg import Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

ID = "flows-from-stocks"
TITLE = "Flows from stocks"
FINDING = "A flow made from two stocks is no better than the later of them"
STANDFIRST = "Most countries publish who lives where, few publish who moved. Moves over five years can be worked out from two stocks, births and deaths; where nobody looked at the later stock, the result is arithmetic."
TABLE = "flow_accounts"
LARGEST = 15  # corridors that are listed
COUNTED = (
    ("population_start", "Population at the start"),
    ("adjust_start", "adjusted"),
    ("births", "Births"),
    ("deaths", "Deaths"),
    ("arrivals", "Arrivals"),
    ("departures", "Departures"),
    ("adjust_end", "adjusted back"),
    ("population_end", "Population at the end"),
)
NETS = (("net", "Net migration"), ("published_net", "Net migration, WPP 2022"))


def explain(published: Published, say: Words) -> list[Section]:
    """The method in words, the account of the last period, the largest flows with their status."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "At two dates it is published how many people born in one country live in another. Births are added and deaths taken away; what then changed between the dates must have moved. Many tables of moves are possible: the smallest number of moves, or moves as if everybody chose a country anew. The estimate lies between them, 87% of the way to the smallest."
                ),
                say(
                    "What is counted are transitions: people who lived in one country at the first mid-year and in another at the last, five years later, and were alive at both. Who moved and came back, or died, is not in it. The stocks are by country of birth, so citizens who return count by where they were born."
                ),
            ],
        ),
        Section(
            say("The interval"),
            [],
            paragraphs=[
                say(
                    "Each estimate is made 200 times with stocks, populations, births and deaths as they may truly be, and with other weights between the two extremes; 90% of the results lie between the 5% and the 95% point. How large the errors are is expert judgement. In Europe such intervals hold fewer reports than they promise: 90% of reports lie in the 95% interval."
                ),
                say(
                    "Women and men are estimated by themselves and do not add up to both. Deaths and net migration by sex are not published in the tables at hand; they are worked out from the sex ratios of the population, and this is not in the interval."
                ),
            ],
        ),
        Section(
            say("What may not stand in a heading"),
            [],
            paragraphs=[
                say(
                    "A flow rests on the later stock of both of its ends. Where that stock was last observed more than two years before its date, or repeats the mix of origins of the earlier one, the flow is modelled from modelled. It stands on this page and in the download, in no heading, on no map and on no page of a corridor."
                )
            ],
        ),
        Section(say("The account of adjustments"), kept([_account(published, say)])),
        Section(say("The largest flows, with their status"), kept([_largest(published, say)])),
    ]


def _account(published: Published, say: Words) -> Figure | None:
    """One line per area for the last period: from one population to the other, in thousand persons."""
    held = published.tables.get(TABLE)
    if held is None or not held.height:
        return None
    rows = held.filter(pl.col("period") == pl.col("period").max())
    period = say.period(str(rows["period"][0]))
    by_area = {row["area"]: row for row in rows.iter_rows(named=True)}
    head = [say("Area"), *(say(name) for _, name in (*COUNTED, *NETS)), say("Later stock")]
    lines = [
        _account_line(by_area[area], say) for area in sorted(THE_TWELVE, key=say.area) if area in by_area
    ]
    far = rows.select((pl.col("net") - pl.col("published_net")).abs().max()).item()
    heading = say(
        "{period}: net migration of the account is at most {far} persons from that of WPP 2022",
        period=period,
        far=say.number(far, 0),
    )
    sub = say(
        "Thousand persons, from mid-year to mid-year. Adjustments make births, deaths and stocks of the whole world agree; nobody enters or leaves the world"
    )
    return Figure(
        "account",
        heading,
        sub,
        plain_table(heading, head, lines, numeric=range(1, len(head) - 1), class_="matrix"),
        say("Table flow_accounts of this release: {edition}.", edition=_edition(rows, say)),
        rows=rows,
        shows_table=False,
    )


def _account_line(row: dict[str, object], say: Words) -> list[Html]:
    numbers = [words(say.number(float(str(row[name])) / 1000, 1)) for name, _ in (*COUNTED, *NETS)]
    verdict = (
        sign_with_word(Status.MODELLED, say("not observed"))
        if row["stock_status"] == MODELLED
        else sign_with_word(Status.ESTIMATED, say("Estimated"))
    )
    return [words(say.area(str(row["area"]))), *numbers, verdict]


def _edition(rows: pl.DataFrame, say: Words) -> str:
    source = find_source(str(rows["source"][0]))
    name = source.name_ru if say.lang == "ru" else source.name_en
    return f"{name}, {edition_label(source.id, str(rows['edition'][0]), say.lang)}"


def _largest(published: Published, say: Words) -> Figure | None:
    """The largest corridors among the twelve in the last period, marked as what they are."""
    twelve = list(THE_TWELVE)
    rows = published.rows(FLOW, definition=[PLAIN, LOWER, UPPER], sex="_T", area=twelve, counterpart=twelve)
    if not rows.height:
        return None
    rows = rows.filter(pl.col("period") == pl.col("period").max())
    plain = rows.filter(pl.col("definition") == PLAIN).sort("value", "area", descending=True).head(LARGEST)
    values = [to_value(row) for row in plain.iter_rows(named=True)]
    points = {
        (row["counterpart"], row["area"], row["definition"]): to_value(row)
        for row in rows.iter_rows(named=True)
    }
    lines = [
        [
            words(place(value, say)),
            shown_number(value, say),
            *(shown_number(points[value.counterpart, value.area, end], say) for end in (LOWER, UPPER)),
        ]
        for value in values
    ]
    modelled = sum(not value.is_headline for value in values)
    heading = say(
        "{period}: {modelled} of the {count} largest flows are modelled from modelled",
        period=say.period(values[0].period),
        modelled=modelled,
        count=len(values),
    )
    head = [say("Corridor"), say("Persons"), say("5 % point"), say("95 % point")]
    return Figure(
        "largest",
        heading,
        say("Persons over five years; grey and hatched: it rests on a stock that nobody observed"),
        plain_table(heading, head, lines, numeric=(1, 2, 3)),
        say("{edition}. An estimate, not a count.", edition=say.edition(values[0])),
        rows=rows.join(plain.select("area", "counterpart"), on=["area", "counterpart"], how="semi"),
        shows_table=False,
    )

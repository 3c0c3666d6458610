"""The same made-up year by four sources, and the tables of acts: what crossings, coupons, permits and a survey each count.

Read from the release of made-up people. Numbers of different units stand beside one another and are never added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published
from guzar.use.observatory.signs import Status, sign_with_word
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

SOURCES = "made_up_sources"
STOCK = "made_up_residents_"
REGISTRATIONS, PERMITS = "made_up_registrations_", "made_up_permits_"
TOTAL = "_T"
ROWS = {
    "immigrations": (
        "Border crossings",
        "Immigrations: people who spent 12 of the 16 months after an entry in the country",
        "migrations",
    ),
    "emigrations": (
        "Border crossings",
        "Emigrations: people who spent 12 of the 16 months after an exit abroad",
        "migrations",
    ),
    "arrivals_registered": (
        "Registration office",
        "Arrivals declared, for residence or a stay of any length",
        "acts of registration",
    ),
    "departures_registered": (
        "Registration office",
        "Departures declared; most who leave declare nothing",
        "acts of registration",
    ),
    "registrations_expired": (
        "Registration office",
        "Departures that the office entered itself when a registration expired, whether anybody left or not",
        "acts of registration",
    ),
    "permits_issued": (
        "Migration service",
        "Permits and patents valid from a day of the year; renewals are new permits",
        "permits",
    ),
    "citizens_abroad": (
        "Household survey",
        "Citizens of the country abroad for a month or longer, mean of the year’s rounds",
        "persons",
    ),
}


def say_made_up(say: Words) -> tuple[str, str]:
    """The warning in the box: a word and a sentence."""
    return say("Made up."), say("No real person or country stands behind these numbers.")


def say_source(made_up: Published, say: Words) -> str:
    """The release that the numbers come from."""
    return say(
        "guzar, release of made-up people {release} of {date}.",
        release=made_up.release,
        date=say.date(made_up.date),
    )


def year_of(made_up: Published) -> str:
    """The year of the tables."""
    return next(name for name in made_up.protected if name.startswith(STOCK)).removeprefix(STOCK)


def hidden_cell(say: Words) -> Html:
    """The sign of a hidden number."""
    return sign_with_word(Status.WITHHELD, say("hidden"))


def count_cell(count: int | None, say: Words) -> Html:
    """A count, or that it is hidden."""
    return hidden_cell(say) if count is None else words(say.number(count))


def country_or_all(code: str, say: Words) -> str:
    """The name of a country, or that all are meant."""
    return say("All") if code == TOTAL else say.area(code)


def result_cell(value: float | None, say: Words, decimals: int) -> Html:
    """A result, or that it is hidden."""
    return hidden_cell(say) if value is None else words(say.number(value, decimals))


def sources_figure(made_up: Published, say: Words) -> Figure:
    """What each source says of the year, in its own unit; an estimate with its interval, the truth of the same thing."""
    held = {row["made_up_measure"]: row for row in made_up.tables[SOURCES].iter_rows(named=True)}
    rows = [
        [
            with_note(say(source), say(unit)),
            _found(held[measure], say),
            _true(measure, held, say),
            words(say(text)),
        ]
        for measure, (source, text, unit) in ROWS.items()
        if measure in held
    ]
    heading = say("Made up: four sources of {year} count four different things", year=year_of(made_up))
    sub = say(
        "Each number in its own unit; none may be added to another. Truth: of the same thing, where a made-up country has it"
    )
    head = [say("Source and unit"), say("Number"), say("Truth"), say("What it counts")]
    table = plain_table(heading, head, rows, numeric=[1, 2], class_="claims")
    return Figure(
        "sources", heading, sub, table, say_source(made_up, say), warning=say_made_up(say), shows_table=False
    )


def _found(row: Mapping[str, Any], say: Words) -> Html:
    """The number; of the survey its interval under it, or that there are too few answers."""
    value, lower, upper = row["from_records"], row["lower"], row["upper"]
    if value is None:
        return words(say("too few answers")) if row["made_up_source"] == "survey" else hidden_cell(say)
    if lower is None or upper is None:
        return words(say.number(value, 0))
    return with_note(
        say.number(value, 0),
        say("90 % interval: {lower} to {upper}", lower=say.number(lower, 0), upper=say.number(upper, 0)),
    )


def _true(measure: str, held: Mapping[str, Mapping[str, Any]], say: Words) -> Html:
    true, nobody = held[measure]["in_truth"], held.get(f"{measure}_nobody_to_ask")
    if true is None:
        return words("–")
    if nobody is None:
        return words(say.number(true, 0))
    of_them = say("of them with nobody at home to ask: {count}", count=say.number(nobody["in_truth"], 0))
    return with_note(say.number(true, 0), of_them)


EVENTS = {
    "arrival": "Arrival",
    "renewal": "Renewal",
    "departure": "Departure",
    "automatic_departure": "Expired",
}
TYPES = {
    "visa": "Visa",
    "work": "Work",
    "patent": "Patent",
    "study": "Study",
    "temporary_residence": "Temporary residence",
    "permanent_residence": "Permanent residence",
    "family": "Family",
    "other": "Other",
}


def acts_figures(made_up: Published, say: Words) -> list[Figure]:
    """Registrations by event and permits by type: what was declared or allowed, by citizenship, both sexes together."""
    year = year_of(made_up)
    return [
        _table_of_acts(
            "registrations",
            say("Made up: acts of registration in {year}, as declared", year=year),
            made_up.protected[f"{REGISTRATIONS}{year}"],
            EVENTS,
            made_up,
            say,
        ),
        _table_of_acts(
            "permits",
            say("Made up: permits valid from a day of {year}", year=year),
            made_up.protected[f"{PERMITS}{year}"],
            TYPES,
            made_up,
            say,
        ),
    ]


def _table_of_acts(
    name: str, heading: str, table: pl.DataFrame, kinds: Mapping[str, str], made_up: Published, say: Words
) -> Figure:
    """Acts by citizenship and kind; the kinds that the table has, in the order of `kinds`."""
    column = "registration_event" if name == "registrations" else "permit_type"
    both = table.filter(pl.col("sex") == TOTAL)
    cells = {(row["citizenship"], row[column]): row[name] for row in both.iter_rows(named=True)}
    held = [kind for kind in kinds if kind in set(both[column])]
    countries = sorted(both["citizenship"].unique(), key=lambda code: (code != TOTAL, code))
    rows = [
        [words(country_or_all(code, say)), *(count_cell(cells.get((code, kind)), say) for kind in held)]
        for code in countries
    ]
    head = [say("Citizenship"), *(say(kinds[kind]) for kind in held)]
    sub = say("Acts, not persons, by citizenship: one person may have several; small counts are hidden")
    body = plain_table(heading, head, rows, numeric=range(1, len(head)), class_="cross")
    more = tag("p", words(say("More columns: move the table sideways.")), class_="sideways")
    return Figure(name, heading, sub, Html(body + more), say_source(made_up, say), shows_table=False)

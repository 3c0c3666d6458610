"""Made-up people: what became of their records, how far results are from the known truth, and what may leave of them.

Read from a release of its own. No number here is about a real person or country: every heading says so, and every
section once more in a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.figures.made_up_combined import bounds_figure, combined_figure, quality_figure
from guzar.use.observatory.figures.made_up_imputed import imputed_figure, say_national
from guzar.use.observatory.figures.made_up_sources import (
    STOCK,
    TOTAL,
    acts_figures,
    count_cell,
    country_or_all,
    result_cell,
    say_made_up,
    say_source,
    sources_figure,
    year_of,
)
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link_list, plain_table, with_note
from guzar.use.observatory.words import Words

PATH = "methods/made-up-people.html"
NAV = "methods/index.html"
TITLE = "Made-up people"
CHAIN, ERRORS = "made_up_chain", "made_up_errors"
FLOW = "made_up_migrations_"
ENOUGH = 1_000  # migrations: with fewer, one world differs much from the next
OFFERED = "data/made-up-release"  # beside the folders of the languages
UNKNOWN = "unknown"
STEPS = {
    "collected": "Collected",
    "linked": "Linked",
    "purged": "Names purged",
    "classified": "Classified",
    "protected": "Protected",
}
COUNTED = {
    "records_delivered": "records that five agencies delivered, each with its legal basis",
    "records_kept": "records kept, under pseudonyms",
    "records_refused": "records refused and set aside with the reason",
    "records_linked": "records of four agencies linked; the survey brings no names",
    "persons": "persons found in them",
    "identity_rows": "rows of names deleted before anything was counted",
    "crossings_classified": "crossings put to the rule of 12 of 16 months",
    "crossings_not_decidable": "of these crossings: open to the end whether residence changed",
    "stays": "stays in the country",
    "cells": "cells in the tables that were protected",
    "cells_hidden": "cells hidden, so that nobody can work out a small group",
}
MEASURES = {
    "linkage_precision": (
        "Pairs of records joined: of one person indeed, %",
        "Two people with like names and the same day of birth are joined now and then.",
    ),
    "linkage_recall": (
        "Pairs of records of one person: joined, %",
        "Names are spelt differently in each alphabet and document; who changes both is taken for two people.",
    ),
    "residents": (
        "Residents on 31 December {year}",
        "Counted are those seen at the border and those whom only the register knows. A lost exit leaves its person in the country, and the register keeps many who left without a word.",
    ),
    "immigrations": (
        "Immigrations in {year}",
        "Where an exit is lost, as on roads without checks, a visit looks like a year of residence; what stays open is not counted.",
    ),
    "emigrations": (
        "Emigrations in {year}",
        "Departures over an open border are not seen, and a lost entry makes a trip look like a move; what stays open is not counted.",
    ),
}


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of the made-up people, where a release of them stands beside that of the figures."""
    if published.made_up is not None:
        yield _page(published.made_up, say)


def finding(made_up: Published, say: Words) -> str:
    """What the errors prove, in a sentence that begins with whom it is about: counts beside the per cent."""
    found = _errors(made_up)["immigrations"]
    error = found["error_percent"]
    if error is None:
        return say("Made-up people: what records of a country without real people become")
    text = (
        "Made-up people: counted from records, immigrations are {error} above the truth, {found} against {true}"
        if error > 0
        else "Made-up people: counted from records, immigrations are {error} below the truth, {found} against {true}"
    )
    return say(
        text,
        error=say.percent(abs(error)),
        found=say.number(found["from_records"], 0),
        true=say.number(found["in_truth"], 0),
    )


def _chance(made_up: Published, say: Words) -> str:
    """What a reader must know of errors where migrations are few; nothing where they are many."""
    true = [_errors(made_up)[name]["in_truth"] or 0 for name in ("immigrations", "emigrations")]
    if min(true) >= ENOUGH:
        return ""
    return say(
        "With fewer than {enough} migrations much of the error is chance: another made-up country of the same size would show another error.",
        enough=say.number(ENOUGH),
    )


def _page(made_up: Published, say: Words) -> Page:
    title = say(TITLE)
    sections = [
        Section(say("What became of the records"), [_chain(made_up, say)]),
        Section(say("How far from the truth"), [_errors_figure(made_up, say)], lead=_chance(made_up, say)),
        Section(
            say("What lost crossings do"), [imputed_figure(made_up, say)], lead=say_national(made_up, say)
        ),
        Section(
            say("Three sources of one thing, together"),
            [combined_figure(made_up, say)],
            lead=say(
                "The register keeps many who left, the border does not know who never crossed it, the survey asks few people. Each is weighed by how precise it is, and what each seems to be off is estimated."
            ),
        ),
        Section(
            say("Whom no list holds"),
            [bounds_figure(made_up, say)],
            lead=say("How many stay without permission can only be bounded. Nothing is said of any person."),
        ),
        Section(say("What is known of the quality"), [quality_figure(made_up, say)]),
        Section(
            say("The same year by four sources"),
            [sources_figure(made_up, say)],
            lead=say(
                "Why they differ: the border shows what people did, coupons and permits what was declared or allowed, the survey what those at home say of those away. One person may fill several coupons and never move, and nobody tells of a household that left as a whole."
            ),
        ),
        Section(
            say("What may leave"),
            [*_tables(made_up, say), *acts_figures(made_up, say), _whole_tables(made_up, say)],
        ),
    ]
    return Page(
        path=PATH,
        nav=NAV,
        title=title,
        finding=finding(made_up, say),
        standfirst=say(
            "Nobody on this page exists, and neither does the country. A made-up country sent its records through guzar as agencies would; since its truth is known, it shows how wrong such statistics are, and why."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Methods"), NAV), (title, "")],
        sections=sections,
        explains_tail=False,
        release=made_up,
    )


def _chain(made_up: Published, say: Words) -> Figure:
    """The journey of the records, step by step."""
    held = made_up.tables[CHAIN]
    amounts = {(step, what): amount for step, what, amount in held.iter_rows()}
    rows = [
        [with_note(say(name), say(text)), words(say.number(amounts[step, what]))]
        for step, name in STEPS.items()
        for what, text in COUNTED.items()
        if (step, what) in amounts
    ]
    rows.append(
        [
            with_note(say("Published"), say("tables, in a release apart from all real figures")),
            words(say.number(len(made_up.protected))),
        ]
    )
    heading = say(
        "Made up: of {delivered} records {refused} are refused, {persons} persons are found, {tables} tables leave",
        delivered=say.number(amounts["collected", "records_delivered"]),
        refused=say.number(amounts["collected", "records_refused"]),
        persons=say.number(amounts["linked", "persons"]),
        tables=say.number(len(made_up.protected)),
    )
    sub = say("Records, persons, crossings and cells are different things: they are never added together")
    table = plain_table(heading, [say("Step"), say("Number")], rows, numeric=[1], class_="few")
    return Figure(
        "chain", heading, sub, table, say_source(made_up, say), warning=say_made_up(say), shows_table=False
    )


def _errors(made_up: Published) -> dict[str, Mapping[str, float | None]]:
    return {row["made_up_measure"]: row for row in made_up.tables[ERRORS].iter_rows(named=True)}


def _errors_figure(made_up: Published, say: Words) -> Figure:
    """Results from records beside the truth, each with the reason of its error."""
    year = year_of(made_up)
    rows = []
    for measure, (name, why) in MEASURES.items():
        error = _errors(made_up)[measure]
        decimals = 4 if measure.startswith("linkage") else 0
        rows.append(
            [
                words(say(name, year=year)),
                result_cell(error["from_records"], say, decimals),
                words(say.number(error["in_truth"], 0)),
                _signed(error["error_percent"], say, decimals),
                words(say(why)),
            ]
        )
    heading = say("Made up: linkage finds nearly all pairs; what nobody recorded at the border stays lost")
    sub = say(
        "From records: totals of the protected tables, and pairs of records; truth: known of a made-up country only"
    )
    head = [say("Result"), say("From records"), say("Truth"), say("Error, %"), say("Why")]
    table = plain_table(heading, head, rows, numeric=[1, 2, 3], class_="claims")
    return Figure(
        "errors", heading, sub, table, say_source(made_up, say), warning=say_made_up(say), shows_table=False
    )


def _signed(error: float | None, say: Words, decimals: int) -> Html:
    if error is None:
        return words("–")
    sign = "+" if error > 0 else "−" if error < 0 else ""
    return words(sign + say.number(abs(error), decimals or 1))


def _tables(made_up: Published, say: Words) -> list[Figure]:
    """Residents and both flows by citizenship and age, both sexes together; the first says that they are made up."""
    year = year_of(made_up)
    stock, flow = made_up.protected[f"{STOCK}{year}"], made_up.protected[f"{FLOW}{year}"]
    return [
        replace(
            _cross_table(
                "residents",
                say("Made up: residents on 31 December {year}", year=year),
                stock,
                "persons",
                made_up,
                say,
            ),
            warning=say_made_up(say),
        ),
        *(
            _cross_table(
                code,
                say(heading, year=year),
                flow.filter(pl.col("flow") == code).drop("flow"),
                "migrations",
                made_up,
                say,
            )
            for code, heading in (
                ("immigration", "Made up: immigrations in {year}"),
                ("emigration", "Made up: emigrations in {year}"),
            )
        ),
    ]


def _cross_table(
    name: str, heading: str, table: pl.DataFrame, count: str, made_up: Published, say: Words
) -> Figure:
    both = table.filter(pl.col("sex") == TOTAL)
    ages = sorted(both["age_group"].unique(), key=lambda age: (age == UNKNOWN, age != TOTAL, age))
    countries = sorted(both["citizenship"].unique(), key=lambda code: (code != TOTAL, code))
    cells = {(row["citizenship"], row["age_group"]): row[count] for row in both.iter_rows(named=True)}
    rows = [
        [words(country_or_all(code, say)), *(count_cell(cells.get((code, age)), say) for age in ages)]
        for code in countries
    ]
    head = [say("Citizenship"), *(_age(age, say) for age in ages)]
    sub = say(
        "{unit} by citizenship and age reached in the year, both sexes; counts below five are hidden, and others beside them so that nobody can work them out",
        unit=say("Residents") if count == "persons" else say("Changes of residence"),
    )
    table_of_counts = plain_table(heading, head, rows, numeric=range(1, len(head)), class_="cross")
    more = tag("p", words(say("More ages: move the table sideways.")), class_="sideways")
    body = Html(table_of_counts + more)
    return Figure(name, heading, sub, body, say_source(made_up, say), shows_table=False)


def _age(code: str, say: Words) -> str:
    if code == TOTAL:
        return say("All ages")
    return say("not known") if code == UNKNOWN else code.replace("-", "–")


def _whole_tables(made_up: Published, say: Words) -> Figure:
    heading = say("Made up: the whole tables, with both sexes apart")
    items = [
        (
            f"../../{OFFERED}/protected/{name}.csv",
            f"{name}.csv",
            say("Every cell with its status: F shown, C hidden"),
        )
        for name in sorted(made_up.protected)
    ]
    return Figure("files", heading, "", link_list(items), say_source(made_up, say), shows_table=False)

"""Foreign residents by three sources and combined, foreigners beyond permission as a range, and the report on quality.

Read from the release of made-up people. Each source stands beside the combined value; a range has no number within it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from guzar.define.codelist import read_codelist
from guzar.use.observatory.charts import Guess, Strip, truth_strips
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import MAIN
from guzar.use.observatory.figures.made_up_sources import say_made_up, say_source, year_of
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Caption, Html, tag, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

COMBINED, QUALITY = "made_up_combined", "made_up_quality"
RESIDENTS, BEYOND = "foreign_residents", "beyond_permission"
SOURCES = {
    "population_register": "Population register",
    "crossings": "Border crossings",
    "survey": "Household survey",
    "combined": "Combined",
}
RESTS_ON = {
    "identified_if_biases_balance": "right only if the biases of the three lie around zero",
    "identified_by_reference": "level known from a source that is trusted",
    "identified_by_stated_bias": "level known from bounds stated for a bias",
    "one_source": "one source only",
    "bounded": "a range only: the sources contradict each other",
}


def combined_figure(made_up: Published, say: Words) -> Figure:
    """What three sources say of foreign residents at the end of the year, all together, and the truth."""
    year = int(year_of(made_up))
    held = _rows(made_up, RESIDENTS)
    rows = {row["made_up_input"]: row for row in held if row["year"] == year}
    both = rows["combined"]
    heading = (
        say("Made up: the sources contradict each other, and no number is given")
        if both["from_records"] is None
        else say(
            "Made up: three sources together say {found} foreign residents, {lower} to {upper}; in truth there are {true}",
            found=say.number(both["from_records"], 0),
            lower=say.number(both["lower"], 0),
            upper=say.number(both["upper"], 0),
            true=say.number(both["in_truth"], 0),
        )
    )
    sub = say(
        "Foreign citizens living in the country on 31 December {year}. Dot: value with its 90 % interval; line: truth. The axis does not begin at zero. Rounded to tens, but for the truth",
        year=year,
    )
    name = say("Foreign residents on 31 December {year}", year=year)
    guesses = [
        Guess(say(source), row["from_records"], _number(row["from_records"], say), *_ends(row))
        for code, source in SOURCES.items()
        if (row := rows.get(code)) is not None
    ]
    truth = both["in_truth"]
    strip = Strip(name, truth, say("truth {count}", count=_number(truth, say)), guesses)
    caption = Caption("combined-chart", heading, f"{name}: {strip.truth_said}")
    chart = truth_strips(caption, [strip], lang=say.lang, width=MAIN).__html__()
    return _figure("combined", heading, sub, Html(chart + _table(held, heading, say)), made_up, say)


def bounds_figure(made_up: Published, say: Words) -> Figure:
    """Foreigners beyond what was permitted: a range from two lists, or that too few persons are behind it."""
    row = _rows(made_up, BEYOND)[0]
    truth = say("truth {count}", count=_number(row["in_truth"], say))
    name = say("Foreigners in the country without a valid permission on 31 December {year}", year=row["year"])
    sub = say(
        "Persons whose permitted days at the last entry are over and who hold no valid permit. Two lists: those who are seen to leave later, and those still registered. Pale bar: range; line: truth. Ends rounded outwards to tens"
    )
    if row["lower"] is None:
        heading = say("Made up: fewer than ten persons are behind a count, and no range is given")
        body = tag("p", words(f"{name}: {truth}"), class_="prose")
        return _figure("beyond", heading, sub, Html(body), made_up, say)
    said = _between(row, say)
    heading = say("Made up: {range} foreigners are in the country without a valid permission", range=said)
    ends = None if row["upper"] is None else (row["lower"], row["upper"])
    strip = Strip(name, row["in_truth"], truth, [Guess(say("Two lists"), None, said, None, ends)])
    caption = Caption("beyond-chart", heading, f"{name}: {said}; {truth}")
    chart = truth_strips(caption, [strip], lang=say.lang, width=MAIN).__html__()
    assumed = say(
        "Assumed: whoever is on one list is at most twice as likely (odds), or half as likely, to be on the other; few links between the lists are wrong; everybody in the group can be on each. No count can test this, so there is a range and no number: its middle means nothing."
    )
    return _figure(
        "beyond", heading, sub, Html(chart + tag("p", words(assumed), class_="prose")), made_up, say
    )


def quality_figure(made_up: Published, say: Words) -> Figure:
    """What the quality report of the combined value says, and how many concepts nobody has stated."""
    names = {code: (en, ru) for code, en, ru in read_codelist("sims").iter_rows()}
    held = made_up.tables[QUALITY]
    told = held.filter(pl.col(f"text_{say.lang}").is_not_null())
    rows = [
        [words(names[row["concept_code"]][say.lang == "ru"]), words(row[f"text_{say.lang}"])]
        for row in told.iter_rows(named=True)
    ]
    heading = say("Made up: what is known of the quality of the combined value")
    sub = say(
        "By concepts of the European statistical system (SIMS 2.0). Said is only what a step wrote down or the office stated: {told} concepts; all others read “not stated”",
        told=say.number(len(rows)),
    )
    table = plain_table(heading, [say("Concept"), say("What is said")], rows, class_="claims")
    return _figure("quality", heading, sub, table, made_up, say)


def _figure(name: str, heading: str, sub: str, body: Html, made_up: Published, say: Words) -> Figure:
    source = say_source(made_up, say)
    return Figure(name, heading, sub, body, source, warning=say_made_up(say), shows_table=False)


def _rows(made_up: Published, measure: str) -> list[dict[str, Any]]:
    return made_up.tables[COMBINED].filter(pl.col("made_up_measure") == measure).to_dicts()


def _table(rows: list[dict[str, Any]], heading: str, say: Words) -> Html:
    """Every source and the combined value by year, each with its interval; what the combined one rests on."""
    years = sorted({row["year"] for row in rows})
    cells = {(row["made_up_input"], row["year"]): row for row in rows}
    head = [say("Source"), *map(str, years)]
    body = [
        [words(say(name)), *(_cell(cells.get((code, year)), say) for year in years)]
        for code, name in SOURCES.items()
    ]
    true = [words(_number(cells["combined", year]["in_truth"], say)) for year in years]
    body.append([words(say("Truth")), *true])
    status = say(RESTS_ON[cells["combined", years[-1]]["estimate_status"]])
    told = say("The combined value rests on this: {status}.", status=status)
    notes = [told, *_both_years(cells.get(("combined_years", years[-1])), years, say)]
    table = plain_table(heading, head, body, numeric=range(1, len(head)), class_="few")
    return Html(table + "".join(tag("p", words(note), class_="prose") for note in notes))


def _both_years(row: Mapping[str, Any] | None, years: Sequence[int], say: Words) -> list[str]:
    """What becomes of the last year where the bias of each source is taken as the same in all years."""
    if row is None or len(years) == 1:
        return []
    if row["from_records"] is not None:
        return [
            say(
                "With the same bias of each source in both years it is {found} in {year} ({range}).",
                found=_number(row["from_records"], say),
                year=row["year"],
                range=_between(row, say),
            )
        ]
    return [
        say(
            "With the same bias of each source in both years the sources contradict each other: the biases change from year to year. Then no number is given for {year}, only {range}.",
            year=row["year"],
            range=_between(row, say),
        )
    ]


def _cell(row: Mapping[str, Any] | None, say: Words) -> Html:
    if row is None:
        return words("–")
    if row["from_records"] is None:
        return words(_between(row, say))
    return with_note(_number(row["from_records"], say), _between(row, say))


def _ends(row: Mapping[str, Any]) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Interval and range: of a value an interval, without one a range."""
    ends = (row["lower"], row["upper"])
    return (None, ends) if row["from_records"] is None else (ends, None)


def _between(row: Mapping[str, Any], say: Words) -> str:
    if row["upper"] is None:
        return say("{lower} or more", lower=_number(row["lower"], say))
    return say("{lower} to {upper}", lower=_number(row["lower"], say), upper=_number(row["upper"], say))


def _number(value: float | None, say: Words) -> str:
    return "–" if value is None else say.number(value, 0)

"""What lost crossings do to made-up people: counts with nothing estimated, estimates with their range, and the truth.

Read from the release of made-up people. The national total has no number: a border is open, and nobody counts there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from guzar.use.observatory.charts import Guess, Strip, truth_strips
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import MAIN
from guzar.use.observatory.figures.made_up_sources import say_made_up, say_source, year_of
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Caption, Html, tag, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

IMPUTED = "made_up_imputed"
EVERYBODY = "_T"
NAMES = {
    "immigrations": "Immigrations in {year}",
    "emigrations": "Emigrations in {year}",
    "net_migration": "Net migration in {year}",
    "residents_seen_in_crossings": "Residents on 31 December {year} who ever crossed",
}
ASSUMPTIONS = (
    "A1: an exit is recorded as often for those who never come back as for those who do. Crossings alone cannot test this, hence the range.",
    "A2: an exit is recorded as often after a long stay, or one beyond a permission, as after a short one.",
    "A3: crossings are lost one by one, not all at once when a system fails.",
    "A4: directions are right, and the records joined to one person are one person’s.",
    "A5: every port in use records at least one crossing in five.",
)
TESTS = {
    "strata": "differs between countries or ways of travelling at the same port",
    "time": "differs from one time to another, as when a system fails for days",
    "length": "differs with the length of stays",
    "entries": "of entries differs between countries or ways of travelling at the same port",
    "outages": "is almost nothing on some days: more than 2 % of exits were lost in outages",
    "port_months": "rests on fewer than 12 months of a port: the intervals are too narrow",
    "few_cycles": "rests on fewer than 300 returns: the intervals are too narrow",
    "few_entries": "of entries rests on too few returns",
    "one_sided_ports": "is not known at ports where hardly anybody is recorded in one direction",
    "first_exits": "cannot explain all who are first seen leaving after a year and more: some stand under two numbers",
}
FAILED = "diagnostic_failed_"


def imputed_figure(made_up: Published, say: Words) -> Figure:
    """Four totals by three ways of counting, beside the truth; what they rest on, and whether a test of that failed."""
    rows = _rows(made_up)
    heading = _heading(rows, made_up, say)
    sub = say(
        "Citizens of {countries}, all of whose ways into the country are checked. Gap: two entries or two exits in a row. Ring: nothing is estimated; dot: estimated, with its 90 % interval; pale bar: range if final exits are lost up to four times as often (odds), or half as often, as others; line: truth. Axes do not begin at zero. Rounded to tens, but for the truth",
        countries=say.areas(_citizens(made_up)),
    )
    body = [_chart(rows, heading, made_up, say), _table(rows, heading, made_up, say), _rests_on(rows, say)]
    return Figure(
        "imputed",
        heading,
        sub,
        Html("".join(body)),
        say_source(made_up, say),
        warning=say_made_up(say),
        shows_table=False,
    )


def say_national(made_up: Published, say: Words) -> str:
    """What can be said of the whole country: nothing, because a border is open; empty where something is."""
    held = made_up.tables[IMPUTED].filter(pl.col("made_up_citizens") == EVERYBODY)
    if set(held["status"]) != {"not_observed"}:
        return ""
    return say(
        "For the country as a whole the answer is “not observed”: at one of its borders nobody counts, and no method can make up for what was never recorded. So the estimate is for citizens who do not use this border."
    )


def _rows(made_up: Published) -> dict[str, dict[str, Any]]:
    """The year's row of every measure, of the citizens who can be estimated."""
    held = made_up.tables[IMPUTED].filter(
        pl.col("made_up_citizens") != EVERYBODY, pl.col("year") == int(year_of(made_up))
    )
    return {row["measure"]: row for row in held.iter_rows(named=True)}


def _citizens(made_up: Published) -> list[str]:
    codes = made_up.tables[IMPUTED]["made_up_citizens"].unique().to_list()
    return str(next(code for code in codes if code != EVERYBODY)).split()


def _heading(rows: Mapping[str, Mapping[str, Any]], made_up: Published, say: Words) -> str:
    """Net migration in truth, as a plain count and as an estimate; without an estimate, that there is none."""
    row = rows["net_migration"]
    if row["median"] is None or row["as_recorded"] is None:
        return say("Made up: too little is known for an estimate, and none is given")
    return say(
        "Made up: net migration in {year} is {true}; splitting gaps half-way makes it {counted}, estimating lost crossings {estimated}",
        true=say.number(row["in_truth"], 0),
        year=year_of(made_up),
        counted=say.number(row["as_recorded"], 0),
        estimated=say.number(row["median"], 0),
    )


def _chart(rows: Mapping[str, Mapping[str, Any]], heading: str, made_up: Published, say: Words) -> Html:
    strips = [_strip(rows[measure], say(name, year=year_of(made_up)), say) for measure, name in NAMES.items()]
    description = "; ".join(f"{strip.name}: {strip.truth_said}" for strip in strips)
    return truth_strips(
        Caption("imputed-chart", heading, description), strips, lang=say.lang, width=MAIN
    ).__html__()


def _strip(row: Mapping[str, Any], name: str, say: Words) -> Strip:
    guesses = [
        Guess(say("People with gaps left out"), row["left_out"], _number(row["left_out"], say)),
        Guess(say("Gaps split half-way"), row["as_recorded"], _number(row["as_recorded"], say)),
        Guess(
            say("Estimated"),
            row["median"],
            _number(row["median"], say),
            None if row["median"] is None else (row["lower"], row["upper"]),
            None if row["range_lower"] is None else (row["range_lower"], row["range_upper"]),
        ),
    ]
    return Strip(name, row["in_truth"], say("truth {count}", count=_number(row["in_truth"], say)), guesses)


def _number(value: float | None, say: Words) -> str:
    return "–" if value is None else say.number(value, 0)


def _table(rows: Mapping[str, Mapping[str, Any]], heading: str, made_up: Published, say: Words) -> Html:
    head = [
        say("Result"),
        say("People with gaps left out"),
        say("Gaps split half-way"),
        say("Estimated"),
        say("Range"),
        say("Truth"),
    ]
    cells = [
        [
            words(say(name, year=year_of(made_up))),
            words(_number(row["left_out"], say)),
            words(_number(row["as_recorded"], say)),
            _estimate(row, say),
            words(_between(row["range_lower"], row["range_upper"], say)),
            words(_number(row["in_truth"], say)),
        ]
        for measure, name in NAMES.items()
        for row in [rows[measure]]
    ]
    more = tag("p", words(say("More columns: move the table sideways.")), class_="sideways")
    return Html(plain_table(heading, head, cells, numeric=range(1, 6), class_="cross") + more)


def _estimate(row: Mapping[str, Any], say: Words) -> Html:
    if row["median"] is None:
        return words(say("no number, bounds only") if row["range_lower"] is not None else say("not observed"))
    return with_note(_number(row["median"], say), _between(row["lower"], row["upper"], say))


def _between(lower: float | None, upper: float | None, say: Words) -> str:
    if lower is None or upper is None:
        return "–"
    return say("{lower} to {upper}", lower=_number(lower, say), upper=_number(upper, say))


def _rests_on(rows: Mapping[str, Mapping[str, Any]], say: Words) -> Html:
    """The assumptions, and in words what it means where a test of them failed."""
    failed = sorted(_failed(rows.values()))
    verdict = (
        say(
            "A test of these assumptions failed here: how much is recorded {tests}. The intervals are then too narrow, and the true number may lie outside them. Do not use such numbers without asking why."
            if len(failed) == 1
            else "Tests of these assumptions failed here: how much is recorded {tests}. The intervals are then too narrow, and the true number may lie outside them. Do not use such numbers without asking why.",
            tests="; ".join(say(TESTS[name]) for name in failed),
        )
        if failed
        else say("No test of these assumptions failed here; A1 cannot be tested by any.")
    )
    listed = tag("ul", *(tag("li", words(say(each))) for each in ASSUMPTIONS), class_="rests-on")
    opening = tag(
        "p", words(say("The estimate is right only as far as these assumptions hold:")), class_="prose"
    )
    return Html(opening + listed + tag("p", words(verdict), class_="prose"))


def _failed(rows: Sequence[Mapping[str, Any]] | Any) -> set[str]:
    reasons = {reason for row in rows for reason in (row["status_reason"] or "").split("; ")}
    return {reason.removeprefix(FAILED) for reason in reasons if reason.startswith(FAILED)}

"""`guzar bounds`: how many persons a group may have that no list holds whole; a range with its assumptions, no number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import require_other_files, require_table_name
from guzar.commands.shown_words import shown_in_words
from guzar.commands.speaker import STDOUT, Out, Speaker, command

SHOWN = {
    "lower_by_chance": "lower by chance",
    "upper_by_chance": "upper by chance",
    "lower": "lower end",
    "upper": "upper end",
    "status": "result",
    "status_reason": "why",
}
STATUSES = {"bounded": "range", "withheld": "withheld"}
SHORT_REASONS = {
    "too_few_persons": "too few persons",
    "nobody_on_both_lists": "nobody on both lists",
    "one_list_holds_the_other": "one list holds the other",
}
REASONS = {
    "too_few_persons": "fewer than {minimum} persons are behind a count: withheld",
    "nobody_on_both_lists": "nobody is on both lists: no upper end",
    "one_list_holds_the_other": "one list holds the other: no upper end",
}


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that bounds groups."""
    command(app, "bounds", "Analyse")(bounds)


def bounds(
    speak: Speaker,
    counts: Annotated[
        Path,
        typer.Argument(
            metavar="COUNTS",
            help="Counts of persons by group: first_list, second_list, both; or benchmark_lower, benchmark_upper, "
            "share_lower, share_upper. Other columns are groups.",
        ),
    ],
    method: Annotated[
        str,
        typer.Option(help="two-lists (two counts and their overlap), or multiplier (a count by a share)."),
    ],
    odds_ratio: Annotated[
        float,
        typer.Option(
            help="How far the lists may depend on each other, or the share be off: from 1/x to x times the odds."
        ),
    ] = 2.0,
    missed_links: Annotated[
        float, typer.Option(help="Largest share of persons on both lists whom the linkage missed.")
    ] = 0.05,
    false_links: Annotated[float, typer.Option(help="Largest share of links that are false.")] = 0.01,
    minimum: Annotated[
        int, typer.Option(help="With fewer persons behind a count its group is withheld.", min=3)
    ] = 10,
    out: Out = None,
) -> None:
    """Bound groups that no list holds whole, as irregular stay or work. Always a range with its assumptions.

    Example: guzar bounds lists.csv --method two-lists --odds-ratio 3 --out bounds.csv
    """
    asked = journey.BoundsQuestion(method, odds_ratio, missed_links, false_links, minimum)
    require_other_files([counts], [out])
    require_table_name(out)
    done = journey.bound_file(counts, asked)
    if out not in (None, STDOUT):
        journey.tell_bounds(asked, out)
    speak.write(out, done.table)
    if out is None:
        told = done.table.select(*done.groups, *SHOWN)
        speak.show(shown_in_words(speak, told, SHOWN, {"status": STATUSES, "status_reason": SHORT_REASONS}))
    _tell(speak, done, asked)
    speak.say_written(out, done.table)
    speak.summary_of(out, done.table, **journey.about_bounds(asked))


def _tell(speak: Speaker, done: journey.Bounds, asked: journey.BoundsQuestion) -> None:
    """The assumptions with their figures; which rows are empty and why."""
    low, high = (speak.number(ratio, 2) for ratio in (1 / asked.odds_ratio, asked.odds_ratio))
    if asked.method == "two-lists":
        speak.say(
            "Assumed: the odds ratio of being on the two lists is {low} to {high}; at most {missed} % of links are missed and "
            "{false} % false; the group does not change between the lists, and everybody in it can be on each.",
            low=low,
            high=high,
            missed=speak.number(100 * asked.missed_links, 1),
            false=speak.number(100 * asked.false_links, 1),
        )
    else:
        speak.say(
            "Assumed: the odds of the share are {low} to {high} times those of the survey; benchmark and survey speak of the same "
            "group and period, and nobody is counted twice in the benchmark.",
            low=low,
            high=high,
        )
    reasons = done.table["status_reason"].drop_nulls().value_counts().sort("status_reason")
    for reason, count in reasons.iter_rows():
        speak.warn(
            "Groups: {count}; {reason}.",
            count=speak.number(count),
            reason=speak.text(REASONS[reason], minimum=asked.minimum),
        )
    if done.table.filter(pl.col("lower").is_not_null()).height:
        speak.say(
            "lower_by_chance and upper_by_chance: if only chance were at work (90 %). lower and upper: with all that is assumed as well; "
            "these are the result."
        )
        speak.say(
            "A range in persons is the result, rounded outwards to tens. Its middle means nothing: do not publish it. Not protected: for "
            "guzar protect only."
        )

"""`guzar combine`: register, border and survey on one quantity, combined by precision; every input is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import require_other_files, require_table_name
from guzar.commands.shown_words import shown_in_words
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.define.units import UNITS

SHOWN = {
    "year": "year",
    "value": "value",
    "lower": "lower end",
    "upper": "upper end",
    "status": "level known from",
    "status_reason": "why not",
}
STATUSES = {
    "identified_by_reference": "a trusted source",
    "identified_by_stated_bias": "stated biases",
    "identified_if_biases_balance": "biases that balance",
    "one_source": "one source",
    "bounded": "not known: range",
}
SHORT_REASONS = {
    "two_sources_differ": "two sources differ",
    "sources_contradict": "sources contradict",
    "bias_cannot_be_told": "its bias is not known",
}
IN_WORDS = {
    "identified_by_reference": "Level known from a source that is trusted (is_reference): {count} cells.",
    "identified_by_stated_bias": "Level known from bounds stated for a bias: {count} cells.",
    "identified_if_biases_balance": "Level known only if the biases of the sources lie around zero: {count} cells.",
    "one_source": "One source only, nothing to combine: {count} cells.",
}
REASONS = {
    "two_sources_differ": "two sources differ beyond their errors, and nothing tells which is right",
    "sources_contradict": "the sources contradict each other beyond their errors and biases that do not change",
}


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that combines sources."""
    command(app, "combine", "Analyse")(combine)


def combine(
    speak: Speaker,
    sources: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCES",
            help="Table: source, measure, year, value, standard_error (or lower, upper); is_reference, bias_lower, "
            "bias_upper; other columns are groups.",
        ),
    ],
    biases: Annotated[
        str,
        typer.Option(help="Biases of sources: amount (in the unit of the values), or percent of the truth."),
    ] = "amount",
    bias_scale: Annotated[
        float, typer.Option(help="How large a bias nobody knows may usually be, in per cent of the level.")
    ] = 10.0,
    smooth: Annotated[
        bool, typer.Option("--smooth", help="Let the truth change smoothly over the years, not freely.")
    ] = False,
    out: Out = None,
) -> None:
    """Combine sources on one quantity by precision, with the bias of each. No value where the level cannot be told.

    Example: guzar combine sources.csv --biases percent --out combined.csv
    """
    asked = journey.CombineQuestion(biases, bias_scale, smooth)
    require_other_files([sources], [out])
    require_table_name(out)
    done = journey.combine_file(sources, asked)
    if out not in (None, STDOUT):
        journey.tell_combined(done, asked, out)
    speak.write(out, done.table)
    if out is None:
        told = done.table.select(*done.groups, *SHOWN)
        speak.show(shown_in_words(speak, told, SHOWN, {"status": STATUSES, "status_reason": SHORT_REASONS}))
    _tell(speak, done)
    speak.say_written(out, done.table)
    speak.summary_of(out, done.table, **journey.about_combined(done, asked))


def _unit(speak: Speaker, done: journey.CombinedSources) -> str:
    code = done.one.get("unit")
    return speak.text(UNITS.get(code, code)) if code else speak.text("not stated")


def _tell(speak: Speaker, done: journey.CombinedSources) -> None:
    """What each level rests on; where there is no value and why; what is assumed everywhere."""
    counts = done.counts()
    speak.say("Measure: {measure}; unit: {unit}.", measure=done.one["measure"], unit=_unit(speak, done))
    for status, words in IN_WORDS.items():
        if status in counts:
            speak.say(words, count=speak.number(counts[status]))
    bounded = (
        done.table.filter(pl.col("status") == "bounded")["status_reason"].value_counts().sort("status_reason")
    )
    for reason, count in bounded.iter_rows():
        speak.warn(
            "Only a range, no value, in {count} cells: {reason}. It holds what each source would mean if it were right; "
            "all of them may miss the same people.",
            count=speak.number(count),
            reason=speak.text(REASONS[reason]),
        )
    if "definition" not in done.one:
        speak.warn(
            "No column definition: nothing shows that the sources count the same. It is written as not_stated."
        )
    if "unit" not in done.one:
        speak.warn("No column unit: nothing shows in what the sources count. It is written as not_stated.")
    if len(done.sources) > 1 and set(counts) == {"one_source"}:
        speak.warn(
            "No cell has two sources. These columns count as groups: {columns}; leave out what differs between sources, as "
            "remarks.",
            columns=", ".join(done.groups) or "-",
        )
    speak.say(
        "Assumed: a source is off by the same bias in all years, errors of sources are independent, a reference is right "
        "about the level. Each input stands beside the value."
    )
    speak.say(
        "Intervals are of 90 %. Not protected: for guzar protect only, unless all inputs are published."
    )

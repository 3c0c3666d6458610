"""`guzar check-sources`: publishers' slips that general tests find in what is held."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.analyse.doubts import explain
from guzar.commands.speaker import Out, Speaker, command
from guzar.define.definitions import indicators
from guzar.define.units import UNITS
from guzar.store import open_workspace

CHECKS = {
    "exchanged_values": "values that sit with each other's areas",
    "displaced_values": "values that sit with another area",
    "slipped_rows": "whole rows that slipped",
    "exchanged_codes": "names beside each other's codes",
    "code_of_another_area": "a name beside another area's code",
    "one_sender_only": "a sum that rests on one sender",
    "share_outside_range": "shares outside 0 to 100 per cent",
    "sexes_unlike_total": "women and men that miss the total",
    "total_below_parts": "totals below the sum of their parts",
    "unit_slip_between_years": "a thousand times the year before",
    "unit_slip_between_editions": "a thousand times another edition",
    "repeated_series": "one series under two areas",
}
SHOWN = 12
LONG_NUMBER = re.compile(r"-?\d{5,}(\.\d+)?|-?\d+\.\d+")  # five digits or a point: no year of four digits
ROUNDED_FROM = 10_000


def add_commands(app: typer.Typer) -> None:
    """Add the command `check-sources`."""
    command(app, "check-sources", "Analyse")(check_sources)


def check_sources(
    speak: Speaker,
    out: Out = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Look for publishers' slips with general tests: exchanged values and codes, slipped rows and units, sums.

    Example: guzar check-sources --out doubts.csv
    """
    doubts = journey.check_sources(open_workspace(workspace) if workspace else None)
    sentences = [_sentence(speak, row) for row in doubts.iter_rows(named=True)]
    told = doubts.with_columns(explanation=pl.Series(sentences, dtype=pl.String))
    speak.write(out, told)
    counts = Counter(doubts["check"])
    table = Table(speak.text("check"), speak.text("doubts"), speak.text("meaning"), box=None)
    for check, count in sorted(counts.items()):
        table.add_row(check, str(count), speak.text(CHECKS[check]))
    speak.show(table)
    for sentence in sentences[:SHOWN] if out is not None else sentences:
        speak.say("{sentence}", sentence=sentence)
    speak.say("A doubt is a question to the publisher; no value was changed.")
    speak.say_written(out, told)
    speak.summary_of(out, told, doubts=doubts.height, by_check=dict(counts))


def _sentence(speak: Speaker, row: dict[str, object]) -> str:
    """The doubt in words; a long number is rounded, the columns of --out hold all of its digits."""
    template, values = explain(row)
    shown = {name: _shown(speak, value) for name, value in values.items()}
    sentence = speak.text(template, **shown)
    if shown == values or row["indicator"] not in indicators():
        return sentence
    return f"{sentence} {speak.text('Unit: {unit}.', unit=speak.text(UNITS[indicators()[str(row['indicator'])]]))}"


def _shown(speak: Speaker, value: object) -> object:
    """A number without thousands signs as the reader's language writes it; a year or a word as it is."""
    if not isinstance(value, str) or not LONG_NUMBER.fullmatch(value):
        return value
    number = float(value)
    return speak.number(number, 0 if abs(number) >= ROUNDED_FROM else None)

"""`guzar prices`: what it costs to send money along a corridor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.speaker import Out, Speaker, command
from guzar.define.written_areas import find_corridor
from guzar.store import open_workspace

KINDS = {"simple": "simple average", "smart": "SmaRT", "published": "as published"}


def add_commands(app: typer.Typer) -> None:
    """Add the command `prices`."""
    command(app, "prices", "Analyse")(prices)


def prices(
    speak: Speaker,
    corridor: Annotated[
        str, typer.Option(help="Corridor in quotation marks, e.g. 'RUS>TJK': sent from, received in.")
    ],
    out: Out = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Prices of a corridor by quarter and year: simple average, SmaRT and as published, for 200 and 500 US dollars.

    Example: guzar prices --corridor 'RUS>TJK' --out prices.csv
    """
    found = journey.load_corridor_prices(
        open_workspace(workspace) if workspace else None, find_corridor(corridor)
    )
    speak.write(out, found)
    _show_years(speak, found)
    if found["is_fee_only"].any():
        speak.say(
            "Every quote from this sender has a margin of 0: the prices hold the fee only and are too low."
        )
    speak.say_written(out, found)
    speak.summary_of(out, found)


def _show_years(speak: Speaker, found: pl.DataFrame) -> None:
    years = found.filter((pl.col("amount_sent_usd") == 200) & ~pl.col("period").str.contains("Q")).sort(
        "period", "average_kind"
    )
    table = Table(speak.text("year"), speak.text("average"), "%", speak.text("quarters"), box=None)
    for row in years.iter_rows(named=True):
        cost = row["average_cost_percent"]
        shown = speak.text(row["why_no_value"]) if cost is None else speak.number(cost, 2)
        table.add_row(row["period"], speak.text(KINDS[row["average_kind"]]), shown, str(row["quarters"]))
    speak.show(table)

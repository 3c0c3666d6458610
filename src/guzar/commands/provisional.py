"""`guzar provisional`: months that the rule of residence has not decided wholly, with what is expected of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.given_tables import fitted
from guzar.commands.speaker import Speaker, command

LOWEST, HIGHEST = 85, 95  # per cent of final figures that a 90 % interval should hold


def add_commands(app: typer.Typer) -> None:
    """Add the command of provisional months."""
    command(app, "provisional", "Process")(provisional)


def provisional(
    speak: Speaker,
    residence: Annotated[
        Path, typer.Argument(metavar="RESIDENCE", help="The table that guzar residence wrote.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Output table: .csv, .csv.gz or .parquet.")],
    by: Annotated[str, typer.Option(help="Columns to count by as well, e.g. citizenship.")] = "",
    editions: Annotated[
        Path | None,
        typer.Option(help="Folder where every edition is kept; its revisions are written there too."),
    ] = None,
    back_test: Annotated[
        int,
        typer.Option(
            help="Hide the future so many times, month by month, and tell how far each edition was off."
        ),
    ] = 0,
    memory: Annotated[str, typer.Option(help="Memory that may be used, as 4GB or 500MB.")] = "4GB",
) -> None:
    """Migrations by month when the latest are not decided yet: decided, expected, and a 90 % interval. Counts only.

    Example: guzar provisional residence.parquet --out months.csv
    """
    columns = [name.strip() for name in by.split(",") if name.strip()]
    with speak.progress("Looking at every month as it was seen", 0) as step:
        run = journey.Residing(read_memory(memory), moved=lambda rows: step() if rows else None)
        done = journey.expect_months(residence, out, run, by=columns, editions=editions, back_test=back_test)
    speak.say(
        "Crossings: {crossings}; last day observed: {day}.", crossings=done.crossings, day=done.observed_to
    )
    if not back_test:
        _tell_edition(speak, done.table)
    if done.summary is not None:
        _tell_revisions(speak, done.summary, warns=bool(back_test))
    speak.say("{count} rows written to {path}.", count=done.table.height, path=out)
    told = {"summary": done.summary.to_dicts()} if done.summary is not None else {}
    speak.summary(
        {"rows": done.table.height, "crossings": done.crossings, "cells": done.cells, "out": str(out), **told}
    )


def _tell_edition(speak: Speaker, table: pl.DataFrame) -> None:
    """How many months are not final, and what all of them add up to."""
    is_open = table.filter((pl.col("month_status") != "final") & (pl.col("flow") != "net"))
    speak.say(
        "Months that are not final: {months}; in these, migrations decided: {decided}; expected of the undecided: {expected}.",
        months=is_open["month"].n_unique(),
        decided=int(is_open["decided"].sum()),
        expected=speak.number(float(is_open["expected"].sum()), 0),
    )
    speak.say(
        "Not protected: for guzar protect only. Publish the interval and the word provisional with every number."
    )


def _tell_revisions(speak: Speaker, summary: pl.DataFrame, *, warns: bool) -> None:
    """How editions did against what the months became; a warning where the intervals are too narrow or too wide."""
    if not summary.height:
        speak.say("No month of an earlier edition has become final yet: there is no revision to tell.")
        return
    speak.say(
        "Earlier editions beside what the months became (90 % intervals; the baseline is last year's share):"
    )
    speak.show(fitted(speak, summary))
    covered = summary.filter(pl.col("flow") == "all")["covered_percent"].item()
    if warns and not LOWEST <= covered <= HIGHEST:
        speak.warn(
            "The 90 % intervals held {share} % of the final figures: say so where you publish them.",
            share=speak.number(float(covered), 1),
        )

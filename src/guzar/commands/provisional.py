"""`guzar provisional`: months that the rule of residence has not decided wholly, with what is expected of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.shown_words import shown_in_words
from guzar.commands.speaker import Speaker, command

LOST = {
    "midpoint": "Crossings that follow a lost one: {share} %; the time between was split half-way, as if it were known. Months "
    "may be wrong by more than the intervals say: estimate lost crossings with --missing impute of guzar residence.",
    "drop": "Persons with lost crossings were left out of the table of residence: months may be too low. Lost crossings are "
    "estimated by --missing impute of guzar residence.",
}
FLOWS = {"immigration": "immigration", "emigration": "emigration", "net": "net migration", "all": "all flows"}
HEADINGS = {
    "flow": "flow",
    "rows": "months of editions",
    "covered_percent": "held by interval, %",
    "mean_absolute_revision": "mean revision, migrations",
    "baseline_mean_absolute_revision": "the same of baseline",
}
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
    _warn_of_lost(speak, done.missing, done.lost_percent)
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
    """How many months are not final, and what is decided in all of them: the same by any groups."""
    is_open = (
        (pl.col("month_status") != "final").any().over("month", "flow")
    )  # in one group is in all of them
    told = table.filter(is_open & (pl.col("flow") != "net"))
    speak.say(
        "Months that are not final: {months}; in these, migrations decided: {decided}; crossings not decided yet: {undecided}. "
        "How many of these are expected to be migrations stands in the table month by month: intervals of months cannot be "
        "added up.",
        months=told["month"].n_unique(),
        decided=speak.number(int(told["decided"].sum())),
        undecided=speak.number(int(told["undecided"].sum())),
    )
    speak.say(
        "Not protected: for guzar protect only. Publish the interval and the word provisional with every number."
    )


def _warn_of_lost(speak: Speaker, missing: str | None, share: float | None) -> None:
    """Lost crossings in the table of residence, whose interval nobody knows here."""
    if missing in LOST and (share or missing == "drop"):
        speak.warn(LOST[missing], share=speak.number(share, 1))


def _shown(speak: Speaker, summary: pl.DataFrame) -> Table:
    """The summary of revisions for a terminal: a row per flow, headings in words."""
    return shown_in_words(speak, summary.select(*HEADINGS), HEADINGS, {"flow": FLOWS})


def _tell_revisions(speak: Speaker, summary: pl.DataFrame, *, warns: bool) -> None:
    """How editions did against what the months became; a warning where the intervals are too narrow or too wide."""
    if not summary.height:
        speak.say(
            "No month of an earlier edition has become final yet: there is no revision to tell, and {file} is not written.",
            file=journey.REVISIONS,
        )
        return
    speak.say(
        "Earlier editions beside what the months became (90 % intervals; the baseline is last year's share):"
    )
    speak.show(_shown(speak, summary))
    covered = summary.filter(pl.col("flow") == "all")["covered_percent"].item()
    if warns and not LOWEST <= covered <= HIGHEST:
        speak.warn(
            "The 90 % intervals held {share} % of the final figures: say so where you publish them.",
            share=speak.number(float(covered), 1),
        )

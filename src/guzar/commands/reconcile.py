"""`guzar reconcile`: what two countries report of one flow → one flow with an interval, both reports beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_table_name
from guzar.commands.speaker import STDOUT, Out, Speaker, command

LARGEST = 12  # flows shown


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that reconciles reports."""
    command(app, "reconcile", "Analyse")(reconcile)


def reconcile(
    speak: Speaker,
    reports: Annotated[
        Path,
        typer.Argument(
            metavar="REPORTS",
            help="Table: origin, destination, year, reported_by (origin or destination), source, minimum_stay_months, persons.",
        ),
    ],
    *,
    method: Annotated[str, typer.Option(help="log-least-squares, poulain.")] = "log-least-squares",
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            help="A reporter whose counts are taken as complete: a country, or country:origin, country:destination. "
            "May be repeated."
        ),
    ] = None,
    durations: Annotated[
        str,
        typer.Option(
            help="Table of factors to stays of 12 months: imem, experts, poisson, mixture; none: as reported."
        ),
    ] = "imem",
    out: Out = None,
    report: Annotated[
        Path | None,
        typer.Option(help="What was found about each reporter: .csv, .csv.gz or .parquet."),
    ] = None,
) -> None:
    """Reconcile what countries of origin and of destination report of the same flows. Both reports stay beside the result.

    Example: guzar reconcile reports.csv --anchor SWE:destination --out flows.csv --report reporters.csv
    """
    require_other_files([reports], [out, report])
    for file in (out, report):
        require_table_name(file)
    asked = journey.ReconcileQuestion(method, tuple(anchor or ()), durations)
    done = journey.reconcile_file(reports, asked)
    about = dict(journey.about_reconciled(done, asked, reports))
    if out not in (None, STDOUT):
        journey.tell_reconciled(out, about)
    speak.write(out, done.flows)
    if report is not None:
        speak.write(report, done.reporters)
    if out is None:
        largest = done.flows.sort("persons", descending=True, nulls_last=True).head(LARGEST)
        speak.show(fitted(speak, largest.select(*SHOWN)))
    _tell(speak, done.flows, about)
    speak.say_written(out, done.flows)
    speak.summary_of(out, done.flows, **about)


SHOWN = (
    "origin",
    "destination",
    "year",
    "persons_reported_by_origin",
    "persons_reported_by_destination",
    "persons",
    "lower",
    "upper",
)


def _tell(speak: Speaker, flows: pl.DataFrame, about: dict[str, Any]) -> None:
    by_status = dict(flows["status"].value_counts().iter_rows())
    speak.say(
        "{flows} flows: {both} from both reports, {one} from one; {pairs} pairs of reports were compared, {left_out} not, as a "
        "side counts nobody.",
        flows=speak.number(flows.height),
        both=speak.number(by_status.get("both_reports", 0)),
        one=speak.number(by_status.get("one_report", 0)),
        pairs=speak.number(about["pairs"]),
        left_out=speak.number(about["pairs_left_out"]),
    )
    if about["reporters_unidentified"]:
        speak.warn(
            "Reporters that are compared with no anchor: {reporters}; {flows} flows have no reconciled value. The report says which.",
            reporters=speak.number(about["reporters_unidentified"]),
            flows=speak.number(by_status.get("unidentified", 0)),
        )
    if not about["anchors"]:
        speak.warn(
            "No reporter is named as right (--anchor): factors say who counts more than others, and nobody knows the level."
        )

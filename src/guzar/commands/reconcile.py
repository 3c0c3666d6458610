"""`guzar reconcile`: what two countries report of one flow → one flow with an interval, both reports beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_report_name, require_table_name
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

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
    method: Annotated[str, typer.Option(help="log-least-squares, poulain, bayes.")] = "log-least-squares",
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
    grades: Annotated[
        Path | None,
        typer.Option(help="With bayes, table of the prior: reporter, reported_by, undercount (low or high)."),
    ] = None,
    covariates: Annotated[
        Path | None,
        typer.Option(
            help="With bayes, table: origin, destination (and year), and numbers, as logarithms of distance and populations."
        ),
    ] = None,
    transitions: Annotated[
        Path | None,
        typer.Option(
            help="With bayes, flows from stocks: origin, destination, year_start, year_end, persons."
        ),
    ] = None,
    net: Annotated[
        Path | None,
        typer.Option(
            help="With bayes, table: area, year, net, standard_error; arrivals less departures among the countries of the reports."
        ),
    ] = None,
    draws: Annotated[int, typer.Option(help="With bayes: how many draws of all flows.")] = 0,
    draws_out: Annotated[Path | None, typer.Option(help="Table of the draws.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of draws and checks.", min=0)] = 1,
    check: Annotated[
        Path | None,
        typer.Option(
            help="With bayes, table: how many reports lie in the intervals that are expected of them when they are hidden."
        ),
    ] = None,
    out: Out = None,
    report: Annotated[
        Path | None,
        typer.Option(help="What was found about each reporter: .csv, .csv.gz, .parquet or .json."),
    ] = None,
) -> None:
    """Reconcile what countries of origin and of destination report of the same flows. Both reports stay beside the result.

    Example: guzar reconcile reports.csv --anchor SWE:destination --out flows.csv --report reporters.csv
    """
    beside = [file for file in (grades, covariates, transitions, net) if file is not None]
    _require_bayes(method, [*beside, draws_out, check], draws)
    require_other_files([reports, *beside], [out, report, draws_out, check])
    require_report_name(report)
    for file in (out, draws_out, check):
        require_table_name(file)
    asked = journey.ReconcileQuestion(
        method,
        tuple(anchor or ()),
        durations,
        grades,
        covariates,
        transitions,
        net,
        draws,
        check is not None,
        seed,
    )
    done = journey.reconcile_file(reports, asked)
    about = dict(journey.about_reconciled(done, asked, reports))
    if out not in (None, STDOUT):
        journey.tell_reconciled(out, about)
    for file, table in (
        (out, done.flows),
        (report, done.reporters),
        (draws_out, done.draws),
        (check, done.checks),
    ):
        if table is not None:
            speak.write(file, table)
    if out is None:
        largest = done.flows.sort("persons", descending=True, nulls_last=True).head(LARGEST)
        speak.show(fitted(speak, largest.select(*SHOWN)))
    _tell(speak, done.flows, about)
    _tell_nets(speak, done.reporters)
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


def _require_bayes(method: str, files: list[Path | None], draws: int) -> None:
    """Tables beside the reports, draws and checks are of the latent field alone; draws go to a file."""
    draws_out = files[-2]
    if method != "bayes" and (draws or any(file is not None for file in files)):
        raise SettingsInvalid(
            "The method {method} takes reports alone.",
            expected="--method bayes with --grades, --covariates, --transitions, --net, --draws or --check",
            do="Choose this method, or leave these options out.",
            method=method,
        )
    if draws < 0 or (draws > 0) != (draws_out is not None):
        raise SettingsInvalid(
            "{draws} draws, and {file} as their file.",
            expected="--draws with a number above 0 together with --draws-out",
            do="Give both or neither.",
            draws=draws,
            file=draws_out or "-",
        )


def _tell_nets(speak: Speaker, found: pl.DataFrame) -> None:
    """Net totals that the reports contradict: the flows are bent to them, and their intervals do not show it."""
    nets = found.filter(pl.col("parameter") == "net_total")
    far = nets.filter(pl.col("status") == "conflict")
    if not far.height:
        return
    worst = far.sort(pl.col("gap_in_deviations").abs(), descending=True).row(0, named=True)
    speak.warn(
        "Net totals that the reports contradict: {count} of {all}. The farthest is {area} in {year}: {net} is given, the reports alone "
        "expect {expected} ± {deviation}. The flows are bent to the net totals, and their intervals do not show it: do not publish them "
        "before one of the two is corrected. The report has all.",
        count=speak.number(far.height),
        all=speak.number(nets.height),
        area=worst["area"],
        year=worst["year"],
        net=speak.number(worst["net"], 0, signed=True),
        expected=speak.number(worst["net_by_reports"], 0, signed=True),
        deviation=speak.number(worst["net_by_reports_deviation"], 0),
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
    if by_status.get("no_report"):
        speak.say(
            "Flows that nobody reports: {number}. Their values are the model's.",
            number=speak.number(by_status["no_report"]),
        )
    if about["method"] == "bayes" and about["reporters_unidentified"]:
        speak.warn(
            "Reporters that are compared with no anchor: {reporters}. The level of what they alone report is that of the priors.",
            reporters=speak.number(about["reporters_unidentified"]),
        )
    elif about["reporters_unidentified"]:
        speak.warn(
            "Reporters that are compared with no anchor: {reporters}; {flows} flows have no reconciled value. The report says which.",
            reporters=speak.number(about["reporters_unidentified"]),
            flows=speak.number(by_status.get("unidentified", 0)),
        )
    has_value = pl.col("persons").is_not_null()
    if flows.filter(has_value & pl.col("lower").is_not_null()).height:
        speak.say("lower and upper are the 5 % and 95 % points of each flow.")
    bare = flows.filter(has_value & pl.col("lower").is_null()).height
    if bare:
        speak.warn(
            "Flows with a value and no interval: {flows}. No more pairs of reports were compared than there are factors, so that nothing "
            "tells how far reports differ from their fit. Give more pairs or years.",
            flows=speak.number(bare),
        )
    if not about["anchors"]:
        speak.warn(
            "No reporter is named as right (--anchor): factors say who counts more than others, and nobody knows the level."
        )

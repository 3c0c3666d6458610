"""A file of reports of flows → reconciled flows with both reports beside them, and what was found about the reporters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.reported_flows.checks import check_field
from guzar.analyse.reported_flows.durations import NONE, duration_factors
from guzar.analyse.reported_flows.evidence import PERIOD, gather_evidence
from guzar.analyse.reported_flows.mirror import Factors, fit_log_factors
from guzar.analyse.reported_flows.net_conflicts import CONFLICT, NET_TOTAL, compare_nets
from guzar.analyse.reported_flows.posterior import (
    biases_of_field,
    draw_flows,
    draws_in_rows,
    flows_of_field,
)
from guzar.analyse.reported_flows.poulain import fit_poulain_factors
from guzar.analyse.reported_flows.spreads import fit_field
from guzar.analyse.reported_flows.tables import (
    DESTINATION,
    NUMBERS,
    ORIGIN,
    PERSONS,
    YEAR,
    Reports,
    pairs_of,
    read_reports,
)
from guzar.analyse.reported_flows.values import AS_ANCHOR, TWELVE, factors_in_rows, reconcile_flows
from guzar.errors import SettingsInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

LOG_LEAST_SQUARES, POULAIN, BAYES = "log-least-squares", "poulain", "bayes"
RECONCILING_METHODS = (LOG_LEAST_SQUARES, POULAIN, BAYES)


@dataclass(frozen=True)
class ReconcileQuestion:
    """What `guzar reconcile` is asked: the method, reporters taken as right, the table of durations; with the method bayes tables
    that stand beside the reports, how many draws, and whether to check."""

    method: str = LOG_LEAST_SQUARES
    anchors: Sequence[str] = ()
    durations: str = "imem"
    grades: Path | None = None
    covariates: Path | None = None
    transitions: Path | None = None
    net: Path | None = None
    draws: int = 0
    check: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Reconciled:
    """Flows with both reports; what was found about each reporter; pairs of reports compared, and left out as a side is 0; with
    the method bayes draws, and coverage of reports that were hidden, where asked for."""

    flows: pl.DataFrame
    reporters: pl.DataFrame
    pairs: int
    left_out: int
    spread: (
        float | None
    )  # standard deviation of ln of one report about the flow, counting apart; None: cannot be told
    draws: pl.DataFrame | None = None
    checks: pl.DataFrame | None = None


def reconcile_file(file: Path, asked: ReconcileQuestion) -> Reconciled:
    """Flows from a table of reports. Raises SettingsInvalid, TableInvalid, MethodNotApplicable."""
    check_method(asked.method)
    table = read_numbers(file, NUMBERS, whole=[YEAR])
    by_field = asked.method == BAYES
    reports = read_reports(table, asked.anchors, needs_months=by_field or asked.durations != NONE)
    return reconcile_by_field(reports, asked) if by_field else reconcile_reports(reports, asked)


def check_method(method: str) -> None:
    """Refuse a method that is not known."""
    if method not in RECONCILING_METHODS:
        raise SettingsInvalid(
            "{option} {value} is not known.",
            expected="one of {known}",
            do="Choose one of them.",
            option="--method",
            value=method,
            known=", ".join(RECONCILING_METHODS),
        )


def reconcile_reports(reports: Reports, asked: ReconcileQuestion) -> Reconciled:
    """Flows by a mirror method from reports that were checked."""
    by_months = duration_factors(reports.months, asked.durations)
    pairs, counts = pairs_of(reports), reports.persons * by_months
    fit = fit_poulain_factors if asked.method == POULAIN else fit_log_factors
    factors: Factors = fit(reports, pairs, counts)
    definition = AS_ANCHOR if asked.durations == NONE else TWELVE
    flows = reconcile_flows(reports, factors, by_months).with_columns(pl.lit(definition).alias("definition"))
    return Reconciled(
        flows,
        factors_in_rows(reports, factors),
        len(pairs.first) - factors.left_out,
        factors.left_out,
        None if np.isnan(factors.spread) else float(np.sqrt(factors.spread)),
    )


def reconcile_by_field(reports: Reports, asked: ReconcileQuestion) -> Reconciled:
    """Flows by the latent field from reports that were checked, and from the tables beside them."""
    net = None if asked.net is None else read_numbers(asked.net, ["net", "standard_error"], whole=[YEAR])
    evidence = gather_evidence(
        reports,
        grades=None if asked.grades is None else read_numbers(asked.grades, []),
        covariates=None if asked.covariates is None else _read_covariates(asked.covariates),
        transitions=None
        if asked.transitions is None
        else read_numbers(asked.transitions, [PERSONS], whole=PERIOD),
        net=net,
    )
    fit = fit_field(evidence)
    flows = flows_of_field(reports, fit).with_columns(pl.lit(TWELVE).alias("definition"))
    pairs = pairs_of(reports)
    found = biases_of_field(reports, fit)
    if net is not None:
        found = pl.concat([found, compare_nets(evidence, net, asked.seed)], how="diagonal")
    return Reconciled(
        flows,
        found,
        len(pairs.first),
        0,
        float(np.sqrt(np.mean(fit.spreads.errors[:2] ** 2 + fit.spreads.kept_errors**2))),
        draws_in_rows(reports, fit, draw_flows(fit, asked.draws, asked.seed)) if asked.draws else None,
        check_field(reports, fit, asked.seed)[1] if asked.check else None,
    )


def _read_covariates(file: Path) -> pl.DataFrame:
    """origin, destination, a year or none, and numbers in all other columns."""
    names = read_numbers(file, []).columns
    return read_numbers(
        file, [name for name in names if name not in (ORIGIN, DESTINATION, YEAR)], whole=[YEAR]
    )


def about_reconciled(done: Reconciled, asked: ReconcileQuestion, file: Path) -> Mapping[str, Any]:
    """What reconciled flows rest on."""
    is_net = pl.col("parameter") == NET_TOTAL
    status = done.reporters.filter(~is_net)["status"].to_list()
    nets = done.reporters.filter(is_net)["status"].to_list()
    return {
        "made_by": "guzar reconcile",
        "measure": "migration_flow",
        "unit": "persons",
        "reports": file.name,
        "method": asked.method,
        "anchors": list(asked.anchors),
        "durations": asked.durations if asked.method != BAYES else "estimated",
        "beside": {
            name: file.name
            for name in ("grades", "covariates", "transitions", "net")
            if (file := getattr(asked, name)) is not None
        },
        "reporters": sum(each is not None for each in status),
        "reporters_unidentified": status.count("unidentified") + status.count("prior_only"),
        "pairs": done.pairs,
        "pairs_left_out": done.left_out,
        "spread_of_reports": done.spread,
        "net_totals": len(nets),
        "net_totals_in_conflict": nets.count(CONFLICT),
    }


def tell_reconciled(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside reconciled flows what they rest on."""
    write_about(out, about)

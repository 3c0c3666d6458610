"""A file of reports of flows → reconciled flows with both reports beside them, and what was found about the reporters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.reported_flows.durations import NONE, duration_factors
from guzar.analyse.reported_flows.mirror import Factors, fit_log_factors
from guzar.analyse.reported_flows.poulain import fit_poulain_factors
from guzar.analyse.reported_flows.tables import NUMBERS, YEAR, Reports, pairs_of, read_reports
from guzar.analyse.reported_flows.values import AS_ANCHOR, TWELVE, factors_in_rows, reconcile_flows
from guzar.errors import SettingsInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

LOG_LEAST_SQUARES, POULAIN = "log-least-squares", "poulain"
RECONCILING_METHODS = (LOG_LEAST_SQUARES, POULAIN)


@dataclass(frozen=True)
class ReconcileQuestion:
    """What `guzar reconcile` is asked: the method, reporters taken as right, the table of durations."""

    method: str = LOG_LEAST_SQUARES
    anchors: Sequence[str] = ()
    durations: str = "imem"


@dataclass(frozen=True)
class Reconciled:
    """Flows with both reports; what was found about each reporter; pairs of reports compared, and left out as a side is 0."""

    flows: pl.DataFrame
    reporters: pl.DataFrame
    pairs: int
    left_out: int
    spread: float  # standard deviation of ln of one report about the flow, counting apart


def reconcile_file(file: Path, asked: ReconcileQuestion) -> Reconciled:
    """Flows by a mirror method from a table of reports. Raises SettingsInvalid, TableInvalid, MethodNotApplicable."""
    check_method(asked.method)
    table = read_numbers(file, NUMBERS, whole=[YEAR])
    reports = read_reports(table, asked.anchors, needs_months=asked.durations != NONE)
    return reconcile_reports(reports, asked)


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
        float(np.sqrt(factors.spread)),
    )


def about_reconciled(done: Reconciled, asked: ReconcileQuestion, file: Path) -> Mapping[str, Any]:
    """What reconciled flows rest on."""
    status = done.reporters["status"].to_list()
    return {
        "made_by": "guzar reconcile",
        "measure": "migration_flow",
        "unit": "persons",
        "reports": file.name,
        "method": asked.method,
        "anchors": list(asked.anchors),
        "durations": asked.durations,
        "reporters": len(status),
        "reporters_unidentified": status.count("unidentified"),
        "pairs": done.pairs,
        "pairs_left_out": done.left_out,
        "spread_of_reports": done.spread,
    }


def tell_reconciled(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside reconciled flows what they rest on."""
    write_about(out, about)

"""Reports and factors → one value for each flow, with its interval, and both reports beside it.

The value is the mean of the logarithms of what the reports say after their factors, by precision: counting, the spread of reports
and the error of the factor. With one report it is that report, scaled. Where no anchor is in the group of a reporter, there is no
value: only the reports stand there.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from guzar.analyse.reported_flows.mirror import Factors
from guzar.analyse.reported_flows.tables import (
    MONTHS,
    PERSONS,
    SIDES,
    SOURCE,
    Numbers,
    Reports,
)

REACH = 1.6448536269514722  # standard deviations from the median to the 5 % and 95 % points
HALF = 0.5  # person, in the place of nobody beside a report of somebody
NOBODY = 2.995732273553991  # the largest mean that shows nobody in 5 of 100 counts
BOTH, ONE, UNIDENTIFIED, NO_REPORT = "both_reports", "one_report", "unidentified", "no_report"
TWELVE, AS_ANCHOR = "stays of 12 months or more", "as the anchor counts"


def reconcile_flows(reports: Reports, factors: Factors, months_factor: Numbers) -> pl.DataFrame:
    """One row per flow: both reports, their factors, the reconciled persons with 5 % and 95 % points, and what they rest on."""
    known = factors.is_known[reports.voice] & np.isfinite(factors.logs[reports.voice])
    middle, deviation = _mean_of_logs(reports, factors, months_factor, known)
    nobody, most = _where_nobody(reports, factors, months_factor, known)
    persons = np.where(nobody, 0.0, np.exp(middle))
    lower = np.where(nobody, 0.0, np.exp(middle - REACH * deviation))
    upper = np.where(nobody, most, np.exp(middle + REACH * deviation))
    values = {PERSONS: persons, "lower": lower, "upper": upper}
    whole = np.exp(factors.logs[reports.voice]) * months_factor
    return beside_reports(reports, np.where(known, whole, np.nan), known).with_columns(
        pl.Series(name, each).fill_nan(None) for name, each in values.items()
    )


def beside_reports(reports: Reports, factor: Numbers, known: NDArray[np.bool_]) -> pl.DataFrame:
    """One row per flow: what each side reported, its minimum stay, source and factor; further reports in words; the status.

    `factor` by report multiplies it to the reconciled level; NaN where it is not known.
    """
    told = reports.table.with_columns(
        pl.Series("factor", factor).fill_nan(None), pl.Series("flow", reports.flow), pl.Series("known", known)
    )
    table = reports.flows.with_row_index("flow").with_columns(pl.col("flow").cast(pl.Int64))
    for side in SIDES:
        first = told.filter(pl.col("reported_by") == side).unique("flow", keep="first", maintain_order=True)
        names = {
            PERSONS: f"persons_reported_by_{side}",
            MONTHS: f"minimum_stay_months_{side}",
            SOURCE: f"source_{side}",
            "factor": f"factor_{side}",
        }
        table = table.join(first.select("flow", *names).rename(names), on="flow", how="left")
    table = table.join(_further(told), on="flow", how="left")
    counts = told.group_by("flow").agg(pl.col("known").any(), sides=pl.col("reported_by").n_unique())
    status = (
        pl.when(~pl.col("known"))
        .then(pl.lit(UNIDENTIFIED))
        .when(pl.col("sides") == len(SIDES))
        .then(pl.lit(BOTH))
        .otherwise(pl.lit(ONE))
    )
    table = table.join(counts.with_columns(status=status), on="flow", how="left").sort("flow")
    return table.drop("flow", "known", "sides").with_columns(pl.col("status").fill_null(NO_REPORT))


def _further(told: pl.DataFrame) -> pl.DataFrame:
    """Reports beyond the first of a side, as side source persons; nothing of what was brought is lost."""
    more = told.filter(~pl.struct("flow", "reported_by").is_first_distinct())
    words = pl.concat_str(
        [pl.col("reported_by"), pl.col(SOURCE), pl.col(PERSONS).cast(pl.String)], separator=" "
    )
    return more.group_by("flow", maintain_order=True).agg(further_reports=words.str.join("; "))


def _mean_of_logs(
    reports: Reports, factors: Factors, months_factor: Numbers, known: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """ln of the flow by precision, and its standard deviation; NaN where no report is known by its factor."""
    persons = np.where(reports.persons > 0, reports.persons, HALF)
    own = 1 / persons + factors.spread
    variance = 1 / persons + np.nan_to_num(factors.spread + np.diag(factors.covariance)[reports.voice])
    weight = np.where(known, 1 / variance, 0.0)
    size = (reports.flows.height, reports.voices.height)
    sums = np.bincount(reports.flow, weight, minlength=size[0])
    share = np.divide(weight, sums[reports.flow], out=np.zeros_like(weight), where=sums[reports.flow] > 0)
    logs = np.log(persons) + np.log(months_factor) + np.where(known, factors.logs[reports.voice], 0.0)
    mean = np.bincount(reports.flow, share * np.where(known, logs, 0.0), minlength=size[0])
    # Where the spread cannot be told, nor can a deviation: its ends stay empty.
    by_voice = csr_array((share, (reports.flow, reports.voice)), shape=size)
    of_factors = np.asarray((by_voice @ factors.covariance * by_voice.toarray()).sum(axis=1))
    of_reports = np.bincount(reports.flow, share**2 * own, minlength=size[0])
    unknown = np.where(sums > 0, 0.0, np.nan)
    deviation = np.asarray(np.sqrt(np.maximum(of_factors + of_reports, 0.0)), np.float64)
    return np.asarray(mean + unknown, np.float64), deviation


def _where_nobody(
    reports: Reports, factors: Factors, months_factor: Numbers, known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Numbers]:
    """Flows of which every report that is known counts nobody, and the most that they may be: chance alone hides so many."""
    size = reports.flows.height
    people = np.bincount(reports.flow, np.where(known, reports.persons, 0.0), minlength=size)
    seen = np.where(known, np.exp(-np.where(known, factors.logs[reports.voice], 0.0)) / months_factor, 0.0)
    exposure = np.bincount(reports.flow, seen, minlength=size)
    nobody = (exposure > 0) & (people == 0)
    return nobody, np.divide(NOBODY, exposure, out=np.full(size, np.nan), where=exposure > 0)


def factors_in_rows(reports: Reports, factors: Factors) -> pl.DataFrame:
    """One row per reporter: its factor with standard error (of ln) and 5 % and 95 % points, and what it rests on."""
    compared = factors.pairs > 0
    told = compared | reports.is_anchor
    deviation = np.sqrt(np.maximum(np.diag(factors.covariance), 0.0))
    logs = np.where(told, factors.logs, np.nan)
    status = np.where(
        reports.is_anchor, "anchor", np.where(factors.is_known & told, "identified", UNIDENTIFIED)
    )
    return reports.voices.with_columns(
        pl.lit("factor").alias("parameter"),
        pl.Series("factor", np.exp(logs)).fill_nan(None),
        pl.Series("lower", np.exp(logs - REACH * deviation)).fill_nan(None),
        pl.Series("upper", np.exp(logs + REACH * deviation)).fill_nan(None),
        pl.Series("standard_error", np.where(told, deviation, np.nan)).fill_nan(None),
        pl.Series("component", factors.component),
        pl.Series("status", status),
        pl.Series("reports", np.bincount(reports.voice, minlength=len(logs))),
        pl.Series("pairs", factors.pairs),
    )

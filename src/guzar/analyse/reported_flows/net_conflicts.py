"""Net migration beside what the reports alone would expect of it → where the two cannot both be true.

Net totals with small standard errors are met by the field whatever the reports say: flows are then bent to them, and their intervals
are narrow. So the field is fitted once more without net totals, and each is held against the arrivals less departures that this
posterior draws.
"""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.reported_flows.evidence import Evidence, Nets
from guzar.analyse.reported_flows.posterior import draw_flows
from guzar.analyse.reported_flows.spreads import fit_field
from guzar.analyse.reported_flows.tables import YEAR

Numbers = NDArray[np.float64]
FAR = 3.0  # standard deviations of the gap
DRAWS = 200
NET_TOTAL, CONFLICT, AGREES, NOT_REPORTED = "net_total", "conflict", "agrees", "not_in_reports"


def compare_nets(evidence: Evidence, net: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per net total: area, year, net, net_by_reports with its standard deviation (persons), gap_in_deviations, status.

    `net` is the table that the evidence was gathered from. An area of which the reports have no corridor is `not_in_reports`.
    """
    nets, years = evidence.nets, evidence.years
    held = net.filter(pl.col(YEAR).is_in(years)).sort("area", YEAR)
    expected, deviation = _by_reports(evidence, seed)
    is_told = np.bincount(nets.at, minlength=len(nets.net)) > 0
    gap = (nets.net - expected) / np.sqrt(deviation**2 + nets.error**2)
    status = np.where(~is_told, NOT_REPORTED, np.where(np.abs(gap) > FAR, CONFLICT, AGREES))
    return held.select("area", YEAR, pl.col("net").cast(pl.Float64)).with_columns(
        pl.lit(NET_TOTAL).alias("parameter"),
        pl.Series("net_by_reports", np.where(is_told, expected, np.nan)).fill_nan(None),
        pl.Series("net_by_reports_deviation", np.where(is_told, deviation, np.nan)).fill_nan(None),
        pl.Series("gap_in_deviations", np.where(is_told, gap, np.nan)).fill_nan(None),
        pl.Series("status", status.astype(str)),
    )


def _by_reports(evidence: Evidence, seed: int) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation of each net total, by the field that knows none of them."""
    nets = evidence.nets
    fit = fit_field(replace(evidence, nets=_no_nets()))
    made = [
        np.bincount(nets.at, nets.sign * flows[nets.corridor, nets.year[nets.at]], minlength=len(nets.net))
        for flows in draw_flows(fit, DRAWS, seed)
    ]
    return np.mean(made, axis=0), np.std(made, axis=0, ddof=1)


def _no_nets() -> Nets:
    nobody, nowhere = np.empty(0), np.empty(0, np.int64)
    return Nets(nowhere, nobody, nobody, nowhere, nowhere, nobody)

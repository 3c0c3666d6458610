"""A fitted latent field → flows with both reports beside them, biases with what the data added to their priors, draws."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.reported_flows.blocks import solve_for
from guzar.analyse.reported_flows.evidence import COVARIATE
from guzar.analyse.reported_flows.latent_field import Fit, variance_of_biases, variance_of_flows
from guzar.analyse.reported_flows.priors import UNDERCOUNT
from guzar.analyse.reported_flows.tables import (
    CORRIDOR,
    FLOW,
    PERSONS,
    VOICE,
    YEAR,
    Reports,
    components_of,
    pairs_of,
)
from guzar.analyse.reported_flows.values import REACH, beside_reports

Numbers = NDArray[np.float64]
PRIOR_ONLY = "prior_only"


def flows_of_field(reports: Reports, fit: Fit) -> pl.DataFrame:
    """One row per corridor and year, also without a report: posterior median, 5 % and 95 % points; both reports beside them.

    The status `prior_only` is of reports that no anchor is compared with: their level is that of the priors.
    """
    years = len(fit.evidence.years)
    middle, deviation = fit.flows[:, :years], np.sqrt(variance_of_flows(fit)[:, :years])
    grid = reports.corridors.join(pl.DataFrame({YEAR: fit.evidence.years}), how="cross").with_columns(
        pl.Series(PERSONS, np.exp(middle).ravel()),
        pl.Series("lower", np.exp(middle - REACH * deviation).ravel()),
        pl.Series("upper", np.exp(middle + REACH * deviation).ravel()),
    )
    factor = np.exp(-np.append(fit.shared, 0.0)[fit.evidence.counts.biases].sum(axis=1))[: len(reports.flow)]
    _, anchored = components_of(reports, pairs_of(reports))
    beside = beside_reports(reports, factor, anchored[reports.voice])
    whole = grid.join(beside, on=FLOW, how="left", maintain_order="left")
    status = pl.col("status").fill_null("no_report").replace("unidentified", PRIOR_ONLY)
    kept = [name for name in beside.columns if name not in FLOW]
    return whole.with_columns(status).select(*FLOW, *kept, PERSONS, "lower", "upper")


def biases_of_field(reports: Reports, fit: Fit) -> pl.DataFrame:
    """One row per reporter, duration, slope and spread: the factor with 5 % and 95 % points, prior and posterior of its logarithm.

    `contraction` is 1 − posterior / prior standard deviation: 0 where the data say nothing.
    """
    of, number = fit.evidence.parameters, len(fit.shared)
    deviation = np.sqrt(np.diag(fit.arrow.left)[:number])
    prior = np.sqrt(variance_of_biases(fit.evidence, fit.spreads))
    is_slope = (of.names["parameter"] == COVARIATE).to_numpy()
    logs = np.where(is_slope, np.nan, -fit.shared)
    rows = of.names.with_columns(
        pl.Series("factor", np.exp(logs)).fill_nan(None),
        pl.Series("lower", np.exp(logs - REACH * deviation)).fill_nan(None),
        pl.Series("upper", np.exp(logs + REACH * deviation)).fill_nan(None),
        pl.Series("mean", fit.shared),
        pl.Series("standard_error", deviation),
        pl.Series("prior_mean", of.mean),
        pl.Series("prior_standard_error", prior),
        pl.Series("contraction", 1 - deviation / prior),
    )
    whole = pl.concat([_anchor_rows(reports), rows, _spread_rows(fit)], how="diagonal")
    return whole.join(_about_voices(reports), on=VOICE, how="left", maintain_order="left")


def _anchor_rows(reports: Reports) -> pl.DataFrame:
    ones = [pl.lit(1.0).alias(name) for name in ("factor", "lower", "upper")]
    zeros = [pl.lit(0.0).alias(name) for name in ("mean", "standard_error")]
    return reports.voices.filter(reports.is_anchor).with_columns(
        pl.lit(UNDERCOUNT).alias("parameter"), *ones, *zeros
    )


def _about_voices(reports: Reports) -> pl.DataFrame:
    component, anchored = components_of(reports, pairs_of(reports))
    status = np.where(reports.is_anchor, "anchor", np.where(anchored, "identified", PRIOR_ONLY))
    return reports.voices.with_columns(
        pl.Series("component", component),
        pl.Series("status", status),
        pl.Series("reports", np.bincount(reports.voice, minlength=reports.voices.height)),
    )


def _spread_rows(fit: Fit) -> pl.DataFrame:
    """Standard deviations of the model, in ln; estimated, without an error of their own."""
    own = fit.spreads
    named = {
        "of_corridors": own.of_corridors,
        "of_years": own.of_years,
        "from_year_to_year": own.from_year_to_year,
        "of_reporters": own.of_reporters,
    }
    named |= {
        f"errors_{group}": float(each) for group, each in zip(fit.evidence.groups, own.errors, strict=True)
    }
    named |= {
        f"kept_errors_{side}": float(each)
        for side, each in zip(fit.evidence.groups, own.kept_errors, strict=False)
    }
    return pl.DataFrame({"parameter": "spread", "name": list(named), "mean": list(named.values())})


def draw_flows(fit: Fit, draws: int, seed: int) -> Numbers:
    """Draws × corridors × years of the posterior (persons), by the normal approximation; the same for the same seed.

    Reports and priors are drawn first, then every draw is moved by what net migration would correct in it.
    """
    random = np.random.default_rng((seed, 6))
    years, number, nets = len(fit.evidence.years), len(fit.shared), fit.evidence.nets
    without_net = _covariance_without_net(fit, number)
    root = np.linalg.cholesky(without_net)
    within = np.linalg.cholesky(fit.arrow.inverse)
    made = np.empty((draws, len(fit.flows), years))
    moves = np.exp(fit.flows[nets.corridor, nets.year[nets.at]]) * nets.sign
    for draw in range(draws):
        shared = np.append(root @ random.standard_normal(number), np.zeros(len(nets.net) + 1))
        away = np.einsum("cde,ce->cd", within, random.standard_normal(fit.flows.shape))
        away -= np.einsum("cdk,ck->cd", fit.arrow.lean, shared[fit.arrow.columns])
        if len(nets.net):
            seen = np.bincount(
                nets.at, moves * away[nets.corridor, nets.year[nets.at]], minlength=len(nets.net)
            )
            short = nets.error * random.standard_normal(len(nets.net)) - seen
            right = np.concatenate([np.zeros(number), short])
            away += solve_for(fit.arrow, np.zeros_like(away), right)[0]
        made[draw] = np.exp(fit.flows + away)[:, :years]
    return made


def _covariance_without_net(fit: Fit, number: int) -> Numbers:
    """Of the biases, before net migration is known: the inverse of their part of the Schur complement."""
    if not len(fit.evidence.nets.net):
        return fit.arrow.left
    return np.asarray(np.linalg.inv(np.linalg.inv(fit.arrow.left)[:number, :number]))


def draws_in_rows(reports: Reports, fit: Fit, made: Numbers) -> pl.DataFrame:
    """origin, destination, year, draw, persons."""
    grid = reports.corridors.select(CORRIDOR).join(pl.DataFrame({YEAR: fit.evidence.years}), how="cross")
    number = pl.DataFrame({"draw": np.arange(1, len(made) + 1)})
    return (
        number.join(grid, how="cross")
        .with_columns(pl.Series(PERSONS, made.ravel()))
        .select(*FLOW, "draw", PERSONS)
    )

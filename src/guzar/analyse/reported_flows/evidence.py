"""Reports, transitions from stocks and net migration → arrays of the latent field: which flow, which biases, which prior of each.

The level of a posterior comes from an anchor that counts stays of twelve months; without one the evidence is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.fitting.tables import check_cells
from guzar.analyse.reported_flows.durations import REFERENCE, prior_of_durations
from guzar.analyse.reported_flows.poulain import require_anchor
from guzar.analyse.reported_flows.priors import UNDERCOUNT, prior_of_undercount
from guzar.analyse.reported_flows.tables import (
    CORRIDOR,
    DESTINATION,
    ORIGIN,
    REPORTER,
    SIDE,
    SIDES,
    YEAR,
    Reports,
)
from guzar.errors import MethodNotApplicable, TableInvalid

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
SPREAD_OF_LEVEL, SPREAD_OF_SLOPE = 10.0, 2.0  # ln: hardly a prior
LEAST_SPREAD_OF_DURATION = 0.1
RATIO = (
    np.log(0.7),
    0.35,
)  # transitions seen at the end of a period, by migrations within it: returns and deaths are not seen
COVARIATE, DURATION, TRANSITIONS = "covariate", "duration", "transitions"
LEVEL = "level"
MOST_YEARS = 150
PERIOD = ("year_start", "year_end")


@dataclass(frozen=True)
class Parameters:
    """Biases and slopes, one row each: what it is, its prior mean and variance (ln), and whether its variance is estimated."""

    names: pl.DataFrame  # parameter, reporter, reported_by, source, minimum_stay_months, name
    mean: Numbers
    variance: Numbers
    is_undercount: NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """Counted persons with corridor, group of accuracy and columns of biases; reports have a year, transitions first and last."""

    corridor: Places
    first: Places  # places of years
    last: Places
    side: Places  # 0 origin, 1 destination, 2 neither
    group: Places
    biases: Places  # by count: two columns; the number of parameters stands for none
    persons: Numbers


@dataclass(frozen=True)
class Nets:
    """Arrivals less departures of an area in a year, with standard error; corridors into and out of it by sign."""

    year: Places
    net: Numbers
    error: Numbers
    corridor: Places  # one row per net and corridor
    at: Places
    sign: Numbers


@dataclass(frozen=True)
class Evidence:
    """All that the latent field is fitted to. `slopes`: corridors × years × covariates, the level first; `seen`: counts that are
    taken into account."""

    corridors: pl.DataFrame
    years: tuple[int, ...]
    parameters: Parameters
    slopes: Numbers
    counts: Counts
    seen: NDArray[np.bool_]
    nets: Nets
    groups: tuple[str, ...]


def gather_evidence(
    reports: Reports,
    *,
    grades: pl.DataFrame | None = None,
    covariates: pl.DataFrame | None = None,
    transitions: pl.DataFrame | None = None,
    net: pl.DataFrame | None = None,
) -> Evidence:
    """Arrays of the field from checked reports and the tables beside them.

    Raises TableInvalid for tables that are none, MethodNotApplicable where nothing tells the level.
    """
    _require_reference(reports)
    first, last = reports.flows[YEAR].min(), reports.flows[YEAR].max()
    _check_years(int(first), int(last))  # type: ignore[arg-type]
    years = tuple(range(int(first), int(last) + 1))  # type: ignore[arg-type]
    names, slopes = _slopes(reports.corridors, years, covariates)
    months = sorted({float(each) for each in reports.months if each != REFERENCE})
    parameters = _parameters(reports, names, months, grades, has_transitions=transitions is not None)
    counts = _counts(reports, years, months, parameters, len(names))
    if transitions is not None:
        counts = _with_transitions(counts, transitions, reports.corridors, years, parameters)
    groups = (*SIDES, TRANSITIONS) if transitions is not None else SIDES
    nets = _nets(net, reports.corridors, years)
    seen = np.ones(len(counts.persons), bool)
    return Evidence(reports.corridors, years, parameters, slopes, counts, seen, nets, groups)


def _require_reference(reports: Reports) -> None:
    """An anchor that counts stays of twelve months: without it no posterior has a level but that of its prior."""
    require_anchor(reports)
    of_anchor = reports.is_anchor[reports.voice]
    if not (of_anchor & (reports.months == REFERENCE)).any():
        raise MethodNotApplicable(
            "No anchor counts stays of 12 months; {anchors} count other stays.",
            expected="an anchor with minimum_stay_months 12 in at least one report",
            do="Name another anchor, or use --method log-least-squares, which takes factors of durations as known.",
            anchors=", ".join(sorted(set(reports.voices.filter(reports.is_anchor)[REPORTER]))),
        )


def _check_years(first: int, last: int) -> None:
    """A process over years needs years that belong together; a slip of the pen would fill the memory."""
    if last - first >= MOST_YEARS:
        raise TableInvalid(
            "The reports are of years from {first} to {last}.",
            expected="at most {most} years",
            do="Correct the years, or leave out those that stand apart.",
            first=first,
            last=last,
            most=MOST_YEARS,
        )


def _slopes(
    corridors: pl.DataFrame, years: Sequence[int], covariates: pl.DataFrame | None
) -> tuple[list[str], Numbers]:
    """The level and covariates (each with mean 0 and deviation 1) by corridor and year."""
    level = np.ones((corridors.height, len(years), 1))
    if covariates is None:
        return [LEVEL], level
    keys = [name for name in (ORIGIN, DESTINATION, YEAR) if name in covariates.columns]
    names = [name for name in covariates.columns if name not in keys]
    if not names:
        raise TableInvalid(
            "The table of covariates has no column of numbers.",
            expected="columns origin, destination (and year), and at least one more",
            do="Add the numbers, or leave out --covariates.",
        )
    for name in names:
        check_cells(covariates, keys if len(keys) > 1 else CORRIDOR, name)
    grid = corridors.join(pl.DataFrame({YEAR: years}), how="cross")
    found = grid.join(covariates, on=keys, how="left", maintain_order="left")
    missing = found.filter(pl.any_horizontal(pl.col(names).is_null()))
    if len(missing):
        raise TableInvalid(
            "Flows without covariates: {count}; the first is {flow}.",
            expected="a row for every corridor of the reports (and every year, if the table has years)",
            do="Add the rows, or leave out their reports.",
            count=len(missing),
            flow=" ".join(str(each) for each in missing.select(ORIGIN, DESTINATION, YEAR).row(0)),
        )
    values = found.select(names).to_numpy().reshape(corridors.height, len(years), len(names))
    deviation = values.std(axis=(0, 1))
    scaled = (values - values.mean(axis=(0, 1))) / np.where(deviation > 0, deviation, 1.0)
    return [LEVEL, *names], np.concatenate([level, scaled], axis=2)


def _parameters(
    reports: Reports,
    names: list[str],
    months: list[float],
    grades: pl.DataFrame | None,
    *,
    has_transitions: bool,
) -> Parameters:
    voices = reports.voices.filter(~reports.is_anchor)
    mean, variance = prior_of_undercount(voices, grades)
    longer, spread = prior_of_durations(np.array(months), LEAST_SPREAD_OF_DURATION)
    rows = pl.concat(
        [
            pl.DataFrame({"name": names}).with_columns(parameter=pl.lit(COVARIATE)),
            voices.with_columns(parameter=pl.lit(UNDERCOUNT)),
            pl.DataFrame({"minimum_stay_months": pl.Series(months, dtype=pl.Float64)}).with_columns(
                parameter=pl.lit(DURATION)
            ),
            pl.DataFrame({"parameter": [TRANSITIONS] * has_transitions}, schema={"parameter": pl.String}),
        ],
        how="diagonal",
    )
    ratio = [RATIO] * has_transitions
    slopes = [SPREAD_OF_LEVEL, *[SPREAD_OF_SLOPE] * (len(names) - 1)]
    return Parameters(
        rows,
        np.concatenate([np.zeros(len(names)), mean, longer, [each for each, _ in ratio]]),
        np.concatenate([np.square(slopes), variance, spread**2, [each**2 for _, each in ratio]]),
        (rows["parameter"] == UNDERCOUNT).to_numpy(),
    )


def _counts(
    reports: Reports, years: tuple[int, ...], months: list[float], of: Parameters, slopes: int
) -> Counts:
    none = len(of.mean)
    free = np.cumsum(~reports.is_anchor) - 1 + slopes
    undercount = np.where(reports.is_anchor, none, free)[reports.voice]
    by_month = {month: slopes + int(of.is_undercount.sum()) + at for at, month in enumerate(months)}
    duration = np.array([by_month.get(float(each), none) for each in reports.months], np.int64)
    year = reports.table[YEAR].to_numpy().astype(np.int64) - years[0]
    side = (reports.table[SIDE] == DESTINATION).cast(pl.Int64).to_numpy()
    biases = np.column_stack([undercount, duration]).astype(np.int64)
    return Counts(reports.corridor, year, year, side, side, biases, reports.persons)


def _with_transitions(
    counts: Counts, table: pl.DataFrame, corridors: pl.DataFrame, years: tuple[int, ...], of: Parameters
) -> Counts:
    """Persons who lived elsewhere at the end of a period than at its start, as counts of the whole period."""
    check_cells(table, (*CORRIDOR, *PERIOD))
    outside = table.filter(
        (pl.col(PERIOD[0]) < years[0])
        | (pl.col(PERIOD[1]) > years[-1] + 1)
        | (pl.col(PERIOD[1]) <= pl.col(PERIOD[0]))
    )
    if len(outside):
        raise TableInvalid(
            "Periods of transitions that the reports do not cover: {count}; the first is {period}.",
            expected="year_start before year_end, both within {first} to {last}",
            do="Leave these rows out, or bring reports of these years.",
            count=len(outside),
            period=" ".join(str(each) for each in outside.select(*CORRIDOR, *PERIOD).row(0)),
            first=years[0],
            last=years[-1] + 1,
        )
    held = table.join(corridors.with_row_index("at"), on=CORRIDOR, how="inner", maintain_order="left")
    number, none = held.height, len(of.mean)

    def more(values: Places, added: Places) -> Places:
        return np.concatenate([values, added]).astype(np.int64)

    of_ratio = np.tile([none - 1, none], (number, 1))
    return Counts(
        more(counts.corridor, held["at"].to_numpy()),
        more(counts.first, held[PERIOD[0]].to_numpy() - years[0]),
        more(counts.last, held[PERIOD[1]].to_numpy() - years[0] - 1),
        more(counts.side, np.full(number, 2)),
        more(counts.group, np.full(number, 2)),
        np.concatenate([counts.biases, of_ratio]).astype(np.int64),
        np.concatenate([counts.persons, held["persons"].to_numpy()]),
    )


def _nets(table: pl.DataFrame | None, corridors: pl.DataFrame, years: tuple[int, ...]) -> Nets:
    if table is None:
        table = pl.DataFrame(
            schema={"area": pl.String, YEAR: pl.Int64, "net": pl.Float64, "standard_error": pl.Float64}
        )
    check_cells(table, ("area", YEAR), "net")
    check_cells(table, ("area", YEAR), "standard_error", least=1e-6)
    held = table.filter(pl.col(YEAR).is_in(years)).sort("area", YEAR).with_row_index("at")
    places = pl.concat([corridors[ORIGIN], corridors[DESTINATION]])
    if table.height and not held["area"].is_in(places.implode()).any():
        raise TableInvalid(
            "No row of net migration is of a country and a year of the reports.",
            expected="the same names or codes of countries, and years, in both",
            do="Compare the columns area and year with those of the reports.",
        )
    placed = corridors.with_row_index("corridor")
    parts = [
        held.join(placed, left_on="area", right_on=name).select("at", "corridor", sign=pl.lit(sign))
        for name, sign in ((DESTINATION, 1.0), (ORIGIN, -1.0))
    ]
    links = pl.concat(parts).sort("at", "corridor")
    return Nets(
        held[YEAR].to_numpy().astype(np.int64) - years[0],
        held["net"].to_numpy().astype(np.float64),
        held["standard_error"].to_numpy().astype(np.float64),
        links["corridor"].to_numpy().astype(np.int64),
        links["at"].to_numpy().astype(np.int64),
        links["sign"].to_numpy(),
    )

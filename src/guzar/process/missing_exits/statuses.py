"""Draws under several δ → one row per measure and year, with its status: what may be said, and what may not.

`observed`: nothing had to be drawn or corrected. `identified_under_A1`: a median and a 90 % interval, right if the assumptions hold.
`bounded`: no point value, only the range, and why. `not_observed`: no value at all. The interval combines the spread
between draws (each of which has bootstrap parameters of its own) by Rubin's rule; a draw counts all persons, so that there
is no sampling variance within it.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.stats import t

from guzar.process.missing_exits.coverage import LEAST_COVERAGE
from guzar.process.missing_exits.grounds import ONE_SIDED
from guzar.process.missing_exits.outside_counts import range_within
from guzar.process.missing_exits.year_counts import (
    BEYOND,
    EMIGRATIONS,
    IMMIGRATIONS,
    RESIDENTS,
    Numbers,
    YearCounts,
    stack_counts,
)

OBSERVED, IDENTIFIED, BOUNDED, NOT_OBSERVED = "observed", "identified_under_A1", "bounded", "not_observed"
SEEN, STOCK = "residents_seen_in_crossings", "stock_end_of_year"
NO_BIRTHS_OR_DEATHS = "births_or_deaths_not_given"  # of a year between the base of a stock and its end
NOT_WHOLE = (
    "year_not_whole"  # the year of the last day, where that is not its last: its stock is not observed
)
NAIVE = (
    "as_recorded",
    "left_out",
)  # counts in which nothing is estimated, beside those in which lost exits are
MEASURES = (
    ("immigrations", "migrations"),
    ("emigrations", "migrations"),
    ("net_migration", "migrations"),
    (SEEN, "persons"),
    ("stays_beyond_recorded_permission", "persons"),
)
ASSUMPTIONS = (
    "A1: whether an exit is recorded does not depend on whether the person ever returns; crossings alone cannot test this.",
    "A2: nor does it depend on the length of the stay or on a permission that has ended, given port and hidden class.",
    "A3: exits and entries are lost one by one, given the port: an outage that loses all of a month would be a shock to many.",
    "A4: directions are right but for those turned round here, and the records of one person are one person's.",
    "A5: every port in use records at least one crossing in five.",
)
DELTAS = (-np.log(2), 0.0, np.log(2), np.log(4))  # of the log-odds of losing a final exit, beside another's
MOST_DRAWN = 0.30  # share of what a value is made of that rests on drawn crossings; above it no point value
MOST_UNDECIDED = 0.005  # share of a count that the rule cannot decide yet; above it no point value
CONFIDENCE = 0.90


@dataclass(frozen=True)
class Findings:
    """Draws for every δ of DELTAS, and what is wrong with the design, if anything is.

    `told_apart`: False where ports had to be put together.
    `least_coverage` is the lowest share of exits or entries that a port records; `gaps` counts crossings that were not
    recorded; `failed` names the tests of the assumptions that failed. `as_recorded` and `left_out` are what is counted
    without estimating anything: gaps split half-way, or whoever has one left out; they stand beside the estimates.
    `delta_interval`: the δ that outside counts leave; all of DELTAS where there are none. `corrected`: whether crossings were
    left out or turned round by chance, or counts corrected for errors of linkage; `deaths_drawn`: whether rates of deaths
    are drawn from. Numbers are then estimates where no crossing is drawn, too.
    """

    draws: tuple[YearCounts, ...]
    years: range
    told_apart: bool
    least_coverage: float
    gaps: int
    has_permissions: bool = True
    base: "BaseStock | None" = None
    failed: tuple[str, ...] = ()
    as_recorded: YearCounts | None = None
    left_out: YearCounts | None = None
    delta_interval: tuple[float, float] = (float(DELTAS[0]), float(DELTAS[-1]))
    corrected: bool = False
    deaths_drawn: bool = False

    def is_observed(self, measure: str, drawn: float) -> bool:
        """Whether a value is what is recorded, of which so great a share is drawn: no crossing is lost as far as the log
        tells, and nothing else is drawn, corrected, or in doubt."""
        dies = self.deaths_drawn and KINDS.get(measure) in (RESIDENTS, BEYOND)
        return not (drawn or self.gaps or self.corrected or dies or self.failed)


@dataclass(frozen=True)
class BaseStock:
    """Population at the end of a year, and births minus deaths of the years right after it, as far as they are given.

    Births and deaths are of whole years, so a year that is observed in part has no stock: `last_whole` is the last that has.
    """

    year: int
    population: float
    natural: dict[int, float]
    last_whole: int | None = None  # None where all are

    def lacks(self, year: int) -> str:
        """Why a year has no stock; empty where it has one."""
        if self.last_whole is not None and year > self.last_whole:
            return NOT_WHOLE
        return "" if year in self.natural else NO_BIRTHS_OR_DEATHS


@dataclass(frozen=True)
class Series:
    """One measure under one δ: draws by year, and what of each draw is undecided, below and above."""

    value: Numbers
    below: Numbers
    above: Numbers


def series_of(counts: YearCounts, measure: str) -> Series:
    """The draws of a measure."""
    if measure == "net_migration":
        counted, undecided = counts.counted, counts.undecided
        net = counted[:, IMMIGRATIONS] - counted[:, EMIGRATIONS]
        return Series(net, undecided[:, EMIGRATIONS], undecided[:, IMMIGRATIONS])
    return series_of_kind(counts, KINDS[measure])


def series_of_kind(counts: YearCounts, kind: int) -> Series:
    """The draws of one kind of count."""
    counted = counts.counted[:, kind]
    return Series(counted, np.zeros_like(counted), counts.undecided[:, kind])


KINDS = {
    "immigrations": IMMIGRATIONS,
    "emigrations": EMIGRATIONS,
    SEEN: RESIDENTS,
    "stays_beyond_recorded_permission": BEYOND,
}


def interval_of(series: Series) -> tuple[Numbers, Numbers, Numbers]:
    """Lower bound, median and upper bound by year: 90 %, by Rubin's rule, with what is undecided outside."""
    draws = len(series.value)
    between = series.value.std(axis=0, ddof=1) if draws > 1 else np.zeros(series.value.shape[1])
    reach = t.ppf(0.5 + CONFIDENCE / 2, max(1, draws - 1)) * between * np.sqrt(1 + 1 / draws)
    middle = series.value.mean(axis=0)
    lower = middle - reach - series.below.mean(axis=0)
    return lower, middle, middle + reach + series.above.mean(axis=0)


def state_measures(findings: Findings) -> list[dict[str, Any]]:
    """One row per measure and year."""
    rows = []
    for measure, unit in MEASURES:
        rows += _state_one(findings, measure, unit, [series_of(draws, measure) for draws in findings.draws])
    if findings.base is None:
        return rows
    stock = [_stock_of(draws, findings.years, findings.base) for draws in findings.draws]
    after = [row for row in _state_one(findings, STOCK, "persons", stock) if row["year"] > findings.base.year]
    return [*after, *(row for row in rows if row["measure"] != SEEN)]


def state_nothing(years: range, base: BaseStock | None = None) -> list[dict[str, Any]]:
    """The rows where a border without records is in use: nothing about the whole country is observed."""
    names = [(STOCK if base is not None and measure == SEEN else measure, unit) for measure, unit in MEASURES]
    return [
        _row(measure, year, unit, NOT_OBSERVED) | {"status_reason": "open_border"}
        for measure, unit in names
        for year in years
        if measure != STOCK or base is None or year > base.year
    ]


def _row(measure: str, year: int, unit: str, status: str) -> dict[str, Any]:
    values = ("lower", "median", "upper", "range_lower", "range_upper", "tipping_delta", *NAIVE)
    row: dict[str, Any] = dict.fromkeys(values)
    return {"measure": measure, "year": year, "unit": unit, "status": status} | row


def _stock_of(counts: YearCounts, years: range, base: BaseStock) -> Series:
    """Base + births − deaths + net, added up from the year after the base."""
    net = series_of(counts, "net_migration")
    after = np.array([year > base.year for year in years])
    natural = np.array([base.natural.get(year, 0.0) for year in years]) * after
    return Series(
        base.population + np.cumsum(net.value * after + natural, axis=1),
        np.cumsum(net.below * after, axis=1),
        np.cumsum(net.above * after, axis=1),
    )


def _state_one(findings: Findings, measure: str, unit: str, series: list[Series]) -> list[dict[str, Any]]:
    """The rows of one measure; `series` holds its draws for every δ."""
    intervals = [interval_of(each) for each in series]
    lowers, _, uppers = zip(*intervals, strict=True)
    lowest, highest = range_within(lowers, uppers, DELTAS, findings.delta_interval)
    middles = np.array([middle for _, middle, _ in intervals])
    naive = _naive(findings, measure)
    rows = []
    for at, year in enumerate(findings.years):
        status, reasons = judge(findings, measure, at)
        lower, middle, upper = (float(part[at]) for part in intervals[DELTAS.index(0.0)])
        row = _row(measure, year, unit, status) | {"lower": lower, "median": middle, "upper": upper}
        row |= {"range_lower": float(lowest[at]), "range_upper": float(highest[at])}
        if measure == "net_migration":
            row["tipping_delta"] = tipping_of(middles[:, at])
        row |= {name: float(counted[at]) for name, counted in naive.items()}
        rows.append(_withhold(row) | {"status_reason": "; ".join(reasons)})
    return rows


def _naive(findings: Findings, measure: str) -> dict[str, Numbers]:
    """The same measure by year, counted without estimating anything."""
    counts = {name: getattr(findings, name) for name in NAIVE}
    series = {
        name: _stock_of(one, findings.years, findings.base)
        if measure == STOCK and findings.base is not None
        else series_of(one, measure)
        for name, each in counts.items()
        if each is not None
        for one in [stack_counts([each])]
    }
    return {name: each.value[0] for name, each in series.items()}


def judge(findings: Findings, measure: str, at: int) -> tuple[str, list[str]]:
    """The status of one cell, and the reasons why it is no better. A stock is no better than the worst year in it."""
    if KINDS.get(measure) == BEYOND and not findings.has_permissions:
        return NOT_OBSERVED, ["no_permission_recorded"]
    if measure == STOCK and findings.base is not None and (lacks := findings.base.lacks(findings.years[at])):
        return NOT_OBSERVED, [lacks]
    draws = findings.draws[DELTAS.index(0.0)]
    years = range(at, at + 1)
    if measure == STOCK and findings.base is not None:
        years = range(max(0, findings.base.year + 1 - findings.years[0]), at + 1)
    drawn = max((_drawn(draws, measure, year) for year in years), default=0.0)
    reasons = {
        "ports_not_told_apart": not findings.told_apart,
        "coverage_near_zero": findings.least_coverage < LEAST_COVERAGE or ONE_SIDED in findings.failed,
        "not_decidable_yet": any(_undecided(draws, measure, year) > MOST_UNDECIDED for year in years),
        "imputed_share_above_30_percent": drawn > MOST_DRAWN,
        "outside_counts_contradict_A1": not findings.delta_interval[0] <= 0 <= findings.delta_interval[1],
    }
    doubts = [f"diagnostic_failed_{name}" for name in findings.failed]
    if any(reasons.values()):
        return BOUNDED, [name for name, holds in reasons.items() if holds] + doubts
    return (OBSERVED if findings.is_observed(measure, drawn) else IDENTIFIED), doubts


def _kinds(measure: str) -> tuple[int, ...]:
    return (KINDS[measure],) if measure in KINDS else (IMMIGRATIONS, EMIGRATIONS)


def _undecided(draws: YearCounts, measure: str, at: int) -> float:
    kinds = list(_kinds(measure))
    undecided = draws.undecided[:, kinds, at].mean(axis=0).sum()
    return float(undecided / max(1.0, draws.counted[:, kinds, at].mean(axis=0).sum() + undecided))


def _drawn(draws: YearCounts, measure: str, at: int) -> float:
    """The share of the persons, or migrations, behind a value whose part in it was drawn: put in, or taken out, by crossings
    that nobody recorded, of all who are counted or would be. Net migration is no better than the worse of its two flows."""
    return max(_drawn_of_kind(draws, kind, at) for kind in _kinds(measure))


def _drawn_of_kind(draws: YearCounts, kind: int, at: int) -> float:
    counted, put_in, taken_out = (
        float(each[:, kind, at].mean()) for each in (draws.counted, draws.drawn, draws.removed)
    )
    return (put_in + taken_out) / max(1.0, counted + taken_out)


def tipping_of(net: Numbers) -> float | None:
    """The δ nearest to 0 at which net migration changes sign, on straight lines between DELTAS; None where it does not."""
    signed = np.flatnonzero(net)  # where it is 0 it has no sign: it may change there
    found = [
        DELTAS[i] + (DELTAS[j] - DELTAS[i]) * net[i] / (net[i] - net[j])
        if j == i + 1
        else min(DELTAS[i + 1 : j], key=abs)
        for i, j in pairwise(signed)
        if net[i] * net[j] < 0
    ]
    return float(min(found, key=abs)) if found else None


def _withhold(row: dict[str, Any]) -> dict[str, Any]:
    """The row as its status allows: no point value where it is only bounded, none at all where nothing is observed.

    Counts are not negative.
    """
    if row["status"] == NOT_OBSERVED:
        return _row(row["measure"], row["year"], row["unit"], NOT_OBSERVED)
    if row["measure"] != "net_migration":
        values = ("lower", "median", "upper", "range_lower", "range_upper")
        row |= {name: max(0.0, row[name]) for name in values}
    if KINDS.get(row["measure"]) == BEYOND:  # always a range
        row["median"] = None
    if row["status"] == BOUNDED:  # its bounds are those over all δ
        row |= {
            "lower": row["range_lower"],
            "upper": row["range_upper"],
            "median": None,
            "tipping_delta": None,
        }
    return row

"""An estimate before exits were deleted and one after → rows that say what was recovered, in totals of the country."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t

from guzar.process.missing_exits.coverage import LEAST_EXITS
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.deletions import Deletion
from guzar.process.missing_exits.diagnostics import Diagnostics, diagnose
from guzar.process.missing_exits.draws import Told, draw_past, each_draw, fit_material
from guzar.process.missing_exits.fit import Fit, Recorded
from guzar.process.missing_exits.material import Material, prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.sojourns import Numbers
from guzar.process.missing_exits.statuses import (
    CONFIDENCE,
    KINDS,
    MEASURES,
    MOST_UNDECIDED,
    interval_of,
    series_of,
)
from guzar.process.missing_exits.year_counts import (
    BEYOND,
    EMIGRATIONS,
    IMMIGRATIONS,
    YearCounts,
    count_years,
    stack_counts,
    years_of,
)
from guzar.process.residence_kernel import NO
from guzar.process.residence_rule import ResidenceRule

FLOWS = [IMMIGRATIONS, EMIGRATIONS]
Row = dict[str, Any]


@dataclass(frozen=True)
class Estimate:
    """What is estimated from a log: shares recorded, sojourns, and of each draw the counts by year and all exits, recorded
    or not."""

    material: Material
    recorded: Recorded
    fit: Fit
    tests: Diagnostics
    counts: YearCounts
    exits: Numbers

    @property
    def exits_recorded(self) -> int:
        """Exits that stand in the log."""
        return int((self.material.log.is_entry == NO).sum())


def estimate(
    log: CrossingLog,
    rule: ResidenceRule,
    draws: int,
    seed: int,
    begin: Fit | None = None,
    told: Told = lambda: None,
) -> Estimate:
    """The whole estimate under δ = 0, as `--missing impute` makes it; sojourns from those of `begin` on, where it is given."""
    material = prepare(log, rule)
    recorded = find_recorded(material)
    fit = fit_material(material, recorded, begin=begin)

    def one(draw: int) -> tuple[YearCounts, int]:
        past = draw_past(material, fit, recorded, draw, seed=seed)
        told()
        return count_years(past, rule), int((past.is_entry == NO).sum())

    drawn = each_draw(one, draws)
    counts = stack_counts([each for each, _ in drawn])
    exits = np.array([number for _, number in drawn], np.float64)
    return Estimate(material, recorded, fit, diagnose(material, recorded, fit), counts, exits)


def compare_recovery(before: Estimate, after: Estimate, deletion: Deletion) -> list[Row]:
    """What is estimated after a deletion beside what was deleted, or estimated before: exits, shares recorded, measures by
    year, and the diagnostics after it."""
    rows = [*_compare_exits(before, after, deletion), *_compare_ports(before, after, deletion)]
    for measure, unit in MEASURES:
        rows += _compare_years(before, after, measure, unit)
    failed = after.tests.failed
    rows += [
        {"tested_measure": f"diagnostic_{name}", "unit": None, "p_value": p, "is_passed": name not in failed}
        for name, p in after.tests.p_values.items()
    ]
    return rows


def _compare_exits(before: Estimate, after: Estimate, deletion: Deletion) -> list[Row]:
    """Exits that come back among those drawn; and the share of exits recorded, which is known from the deletion."""
    hidden = before.exits.mean() - before.exits_recorded
    recovered = after.exits - after.exits_recorded - hidden
    share = 100 * after.exits_recorded / after.exits
    known = 100 * after.exits_recorded / float(before.exits.mean())
    return [
        {"tested_measure": "exits_recovered", "unit": "crossings", **_beside(deletion.exits, recovered)},
        {"tested_measure": "exits_recorded", "unit": "percent", **_beside(known, share)},
    ]


def _beside(known: float, drawn: Numbers) -> Row:
    """A value that is known beside draws of it."""
    draws, middle = len(drawn), float(drawn.mean())
    reach = t.ppf(0.5 + CONFIDENCE / 2, draws - 1) * float(drawn.std(ddof=1)) * np.sqrt(1 + 1 / draws)
    return _judged(known, middle - reach, middle, middle + reach, known)


def _judged(known: float, lower: float, middle: float, upper: float, of: float) -> Row:
    return {
        "known": float(known),
        "lower": float(lower),
        "estimated": float(middle),
        "upper": float(upper),
        "recovery_error_percent": 100 * float(middle - known) / of if of else None,
        "is_passed": bool(lower <= known <= upper),
    }


def _compare_ports(before: Estimate, after: Estimate, deletion: Deletion) -> list[Row]:
    """The worst error of any port's share, in points; which port, and its share, stay inside."""
    log, between = before.material.log, before.material.exits.cycles.between
    seen = np.bincount(log.port[between[between >= 0]], minlength=len(log.ports)) >= 2 * LEAST_EXITS
    if not (before.recorded.exits_apart and after.recorded.exits_apart and seen.any()):
        return []
    expected = before.recorded.exits.share * (1 - deletion.by_port)
    worst = 100 * np.abs(after.recorded.exits.share - expected)[seen].max()
    return [{"tested_measure": "worst_port_error", "unit": "percent", "estimated": float(worst)}]


def _compare_years(before: Estimate, after: Estimate, measure: str, unit: str) -> list[Row]:
    """One measure by year, where the rule has decided; errors of flows in per cent of the gross flow of the year."""
    if measure not in KINDS and measure != "net_migration":
        return []
    if KINDS.get(measure) == BEYOND and not before.material.log.has_permissions:
        return []
    known = series_of(before.counts, measure).value.mean(axis=0)
    lower, middle, upper = interval_of(series_of(after.counts, measure))
    gross = before.counts.counted[:, FLOWS].mean(axis=0).sum(axis=0)
    of = gross if KINDS.get(measure, IMMIGRATIONS) in FLOWS else known
    decided = _decided(before.counts, measure)
    return [
        {"tested_measure": measure, "unit": unit, "year": year}
        | _judged(known[at], lower[at], middle[at], upper[at], of[at])
        | ({"known": None, "estimated": None} if KINDS.get(measure) == BEYOND else {})  # always a range
        for at, year in enumerate(years_of(before.material.rule))
        if decided[at]
    ]


def _decided(counts: YearCounts, measure: str) -> np.ndarray:
    """Years of which the rule leaves no more undecided than a point value allows."""
    kinds = [KINDS[measure]] if measure in KINDS else FLOWS
    counted, undecided = (
        part[:, kinds].mean(axis=0).sum(axis=0) for part in (counts.counted, counts.undecided)
    )
    return np.asarray(undecided <= MOST_UNDECIDED * np.maximum(1.0, counted + undecided))

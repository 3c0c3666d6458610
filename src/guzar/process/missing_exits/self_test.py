"""The estimate of lost exits tried on an office's own log: what is known is deleted, estimated again, and compared.

Six tests: exits deleted at random, whole port-months deleted (no A3 any longer), port-months of the log itself short of
exits, gaps as long as the model says, the diagnostics, and own citizens' exits in a row. Only national totals come out, and
p-values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from guzar.process.missing_exits.coverage_over_time import can_be_judged, short_months
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import ENTRY_ENTRY, EXIT_EXIT
from guzar.process.missing_exits.deletions import Deletion, delete_at_random, delete_port_months
from guzar.process.missing_exits.draws import Told
from guzar.process.missing_exits.material import losses_of, tables_of
from guzar.process.missing_exits.own_citizens import check_own_entries
from guzar.process.missing_exits.predictive import GapCheck, check_gaps
from guzar.process.missing_exits.recovery import Estimate, Row, compare_recovery, estimate
from guzar.process.residence_rule import ResidenceRule

AT_RANDOM, PORT_MONTHS, OUTAGES, GAPS, DIAGNOSTICS, OWN = (
    "exits_at_random",
    "port_months",
    "outages",
    "gaps",
    "diagnostics",
    "own_citizens",
)
BLOCKS = 3  # deletions of each kind
SELF_TEST_DRAWS = 10
LEAST_HELD = 0.80  # of the 90 % intervals after a deletion: they hold what was estimated before it
LEAST_P = 0.01  # of the gaps, and of own citizens
GAP_NAMES = {ENTRY_ENTRY: "entry_entry", EXIT_EXIT: "exit_exit"}


@dataclass(frozen=True)
class Verdict:
    """One test: passed or not (None: it could not be made), and the figures that say so."""

    self_test: str
    passed: bool | None
    facts: dict[str, Any]


def try_on_own_data(
    log: CrossingLog,
    rule: ResidenceRule,
    *,
    draws: int = SELF_TEST_DRAWS,
    seed: int,
    own_citizens: str = "",
    told: Told = lambda: None,
) -> tuple[list[Row], list[Verdict]]:
    """Rows of all tests, and a verdict on each. Raises MethodNotApplicable where nothing can be estimated at all."""
    before = estimate(log, rule, draws, seed, told=told)
    made = [
        _delete_and_recover(before, name, delete, draws, seed, told)
        for name, delete in ((AT_RANDOM, delete_at_random), (PORT_MONTHS, delete_port_months))
    ]
    made += [_check_outages(before), _check_lengths(before, seed)]
    made += [_check_diagnostics(before), _check_own(before, own_citizens)]
    return [row for rows, _ in made for row in rows], [verdict for _, verdict in made]


def _delete_and_recover(
    before: Estimate,
    name: str,
    delete: Callable[[CrossingLog, np.random.Generator], Deletion],
    draws: int,
    seed: int,
    told: Told,
) -> tuple[list[Row], Verdict]:
    """Delete exits, block by block, estimate again, and compare. Errors that a test notices are not silent."""
    log, rows = before.material.log, list[Row]()
    deleted = found = noticed = 0
    short = short_months(before.material.outages)
    for block in range(1, BLOCKS + 1):
        deletion = delete(log, np.random.default_rng((seed, len(name), block)))
        after = estimate(deletion.log, before.material.rule, draws, seed + block, before.fit, told=told)
        compared = [*compare_recovery(before, after, deletion)]
        more = max(0, short_months(after.material.outages) - short)
        if deletion.port_months:
            compared.append(_outage_row(deletion.port_months, more))
        rows += [{"self_test": name, "block": f"deletion_{block}"} | row for row in compared]
        deleted, found = deleted + deletion.port_months, found + more
        noticed += bool(more or after.tests.failed)
    passed = _held(rows) >= LEAST_HELD or (name == PORT_MONTHS and noticed == BLOCKS)
    counted = {"noticed": noticed, "blocks": BLOCKS, "port_months": deleted, "port_months_found": found}
    return rows, Verdict(name, passed, _summarise(rows) | counted)


def _outage_row(known: int, found: int) -> Row:
    """Port-months deleted, and those found to be short of exits."""
    return {
        "tested_measure": "port_months_short_of_exits",
        "unit": None,
        "known": known,
        "estimated": found,
        "recovery_error_percent": 100 * (found / known - 1) if known else None,
    }


def _check_outages(before: Estimate) -> tuple[list[Row], Verdict]:
    """Port-months of the log itself that are short of exits."""
    material = before.material
    short, judged = short_months(material.outages), can_be_judged(material.log, material.horizon)
    row = _outage_row(0, short) | {"self_test": OUTAGES, "block": "all", "is_passed": not short}
    return [row], Verdict(OUTAGES, not short if judged else None, {"short": short})


def _held(rows: list[Row]) -> float:
    judged = _judged(rows)
    return sum(judged) / max(1, len(judged))


def _judged(rows: list[Row]) -> list[bool]:
    """Whether the intervals hold what is known; diagnostics are no intervals."""
    return [row["is_passed"] for row in rows if "lower" in row]


def _summarise(rows: list[Row]) -> dict[str, Any]:
    """The figures that a verdict names: exits, errors of net migration, intervals, the worst port."""
    exits = [row for row in rows if row["tested_measure"] == "exits_recovered"]
    errors = [row["recovery_error_percent"] for row in rows if row["tested_measure"] == "net_migration"]
    net = [abs(error) for error in errors if error is not None]
    judged = _judged(rows)
    worst = [row["estimated"] for row in rows if row["tested_measure"] == "worst_port_error"]
    return {
        "deleted": int(sum(row["known"] for row in exits)),
        "recovered": round(sum(row["estimated"] for row in exits)),
        "net_error": float(np.mean(net)) if net else None,
        "net_worst": float(max(net)) if net else None,
        "held": sum(judged),
        "cells": len(judged),
        "worst_port": max(worst, default=None),
    }


def _check_lengths(before: Estimate, seed: int) -> tuple[list[Row], Verdict]:
    """Gaps of both kinds beside those that the model predicts."""
    material = before.material
    tables = tables_of(material, before.fit.sojourns, losses_of(material, before.recorded))
    found = {name: check_gaps(material.sample, tables, kind, seed) for kind, name in GAP_NAMES.items()}
    made = {name: check for name, check in found.items() if check is not None}
    rows = [row for name, check in made.items() for row in _gap_rows(name, check)]
    passed = all(check.p_value >= LEAST_P for check in made.values()) if made else None
    facts = {
        name: {"gaps": check.gaps, "p_value": check.p_value, "misplaced": check.misplaced_share}
        for name, check in made.items()
    }
    return rows, Verdict(GAPS, passed, facts)


def _gap_rows(name: str, check: GapCheck) -> list[Row]:
    """One row per bin of days, and one for all bins."""
    ends = [*(f"to_{first - 1}" for first in check.bounds[1:]), "on"]
    rows = [
        {
            "block": f"days_{first}_{end}",
            "tested_measure": name,
            "known": observed,
            "estimated": expected,
            "unit": "crossings",
        }
        for first, end, observed, expected in zip(
            check.bounds, ends, check.observed, check.expected, strict=True
        )
    ]
    rows.append(
        {
            "block": "all",
            "tested_measure": name,
            "known": check.gaps,
            "estimated": float(check.expected.sum()),
            "unit": "crossings",
            "recovery_error_percent": 100 * check.misplaced_share,
            "p_value": check.p_value,
            "is_passed": check.p_value >= LEAST_P,
        }
    )
    return [{"self_test": GAPS} | row for row in rows]


def _check_diagnostics(before: Estimate) -> tuple[list[Row], Verdict]:
    """The diagnostics of the log as it is."""
    rows = [
        {
            "self_test": DIAGNOSTICS,
            "block": "all",
            "tested_measure": f"diagnostic_{name}",
            "unit": None,
            "p_value": p,
            "is_passed": name not in before.tests.failed,
        }
        for name, p in before.tests.p_values.items()
    ]
    return rows, Verdict(DIAGNOSTICS, not before.tests.failed, {"failed": list(before.tests.failed)})


def _check_own(before: Estimate, code: str) -> tuple[list[Row], Verdict]:
    """Own citizens' exits in a row beside the estimate from everybody."""
    if not code:
        return [], Verdict(OWN, None, {"reason": "not_named"})
    own = check_own_entries(before.material, before.recorded, code)
    if own is None:
        return [], Verdict(OWN, None, {"reason": "too_few"})
    is_passed = own.p_value >= LEAST_P
    row = {
        "self_test": OWN,
        "block": "all",
        "tested_measure": "entries_recorded",
        "known": 100 * own.share,
        "estimated": 100 * own.of_all,
        "lower": 100 * own.lower,
        "upper": 100 * own.upper,
        "unit": "percent",
        "recovery_error_percent": 100 * (own.of_all / own.share - 1),
        "is_passed": is_passed,
        "p_value": own.p_value,
    }
    return [row], Verdict(
        OWN, is_passed, {"pairs": own.pairs, "own": 100 * own.share, "all": 100 * own.of_all}
    )

"""Imputing: a file of crossings with lost exits → national totals by year with intervals, bounds and a status.

Persons stand in the memory of the run only. What is written is one row per measure and year, and beside it the assumptions
that every number rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.define.tables.missing_exits import ImputedMeasures
from guzar.journey.base_stock import read_base_stock
from guzar.journey.crossings_in_files import place_beside
from guzar.journey.deaths_told import RatesRead, read_death_rates, tell_deaths
from guzar.journey.imputable import nobody_left, read_log, require_draws, require_observed, require_open
from guzar.journey.outside_counts import (
    read_outside_counts,
    require_outside_usable,
    tell_narrowed,
    tell_outside,
)
from guzar.journey.permission_rules import (
    leave_out_years,
    read_permitted,
    require_permits_of_persons,
    tell_rules,
)
from guzar.journey.purged_names import require_names_purged
from guzar.journey.residing import (
    Residing,
)
from guzar.process.missing_exits.coverage import Coverage
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import count_kinds
from guzar.process.missing_exits.diagnostics import diagnose
from guzar.process.missing_exits.draws import DRAWS, SEED, count_as_recorded, count_left_out
from guzar.process.missing_exits.false_crossings import FalseCrossings, draw_cleaned, find_false
from guzar.process.missing_exits.fit import Recorded
from guzar.process.missing_exits.link_errors import LinkErrors, moved_by_errors, without_errors
from guzar.process.missing_exits.outside_counts import FAILED, ExitsDrawn, OutsideCount, narrow_delta
from guzar.process.missing_exits.permission_gaps import RuleGaps, find_rule_gaps
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.shortened_crossings import Shortened
from guzar.process.missing_exits.statuses import (
    ASSUMPTIONS,
    DELTAS,
    BaseStock,
    Findings,
    state_measures,
    state_nothing,
)
from guzar.process.missing_exits.year_counts import YearCounts, year_ends, years_of
from guzar.process.residence_kernel import NO, YES
from guzar.process.residence_rule import ResidenceRule
from guzar.store import write_json, write_table

EVERYBODY = "_T"
DIGITS = 6  # of a share of a person: below is the error of the machine's numbers
ROUNDING = (
    "whole persons and migrations; lower ends rounded down, upper ends up, other numbers to the nearest"
)
NO_LINK_ERRORS = LinkErrors()
NO_GAPS = RuleGaps({}, {})


@dataclass(frozen=True)
class Imputed:
    """What a run found: the table, and totals of the log. The shares recorded are over all ports; `others` counts persons
    who were left out for their citizenship, and is None where everybody is counted;
    `diagnostics` are p-values of tests whether losses depend on more than the port, `failed` the tests that failed;
    `outside` is what outside counts said of δ, and None without them; `permission_rules` says which rules of stay and
    permits were used, and of how many persons no rule is known; `false_crossings` how many crossings were estimated to be
    false, by what they are, with 90 % intervals (null where it cannot be told); `deaths` how many residents died by year,
    where rates or days of death are given."""

    table: pl.DataFrame
    persons: int
    crossings: int
    duplicate_scans: int
    entries_in_a_row: int
    exits_in_a_row: int
    exits_recorded_share: float | None
    entries_recorded_share: float | None
    ports_told_apart: bool
    diagnostics: dict[str, float]
    failed: tuple[str, ...]
    others: int | None = None
    outside: dict[str, Any] | None = None
    permission_rules: dict[str, Any] | None = None
    false_crossings: dict[str, Any] = field(default_factory=dict)
    deaths: dict[str, Any] | None = None
    outside_days: int = 0
    ended_before_entry: int = 0


def impute(
    crossings: Path,
    report: Path,
    rule: ResidenceRule,
    run: Residing | None = None,
    *,
    draws: int = DRAWS,
    base_stock: Path | None = None,
    open_borders: Sequence[str] = (),
    citizenships: Sequence[str] = (),
    link_errors: LinkErrors = NO_LINK_ERRORS,
    outside_counts: Path | None = None,
    permission_rules: Path | None = None,
    permits: Path | None = None,
    deaths: Path | None = None,
    seed: int = SEED,
) -> Imputed:
    """Estimate migration by year where exits were lost, write the report and, beside it, its assumptions.

    `base_stock` is a table with year, population and, for the years after the first, births and deaths. Ports of
    `open_borders` keep no records: with them in use nothing about the country is observed. With `citizenships` only
    persons are counted whose first crossing is on documents of these countries: those, say, who use no open border.
    `link_errors` of known shares are taken away from every count. `outside_counts` is a table by OutsideCounts: the range
    is then one over the δ that agree with them. `permission_rules` is a table by PermissionRules, or the code of a
    country whose rules ship, for stays without a recorded permission; `permits` one of permits that prolong stays. `deaths`
    is a table by DeathRatesGiven: persons in the country die by these rates; whose day of death the crossings tell, then.
    """
    rule.require_applicable()
    link_errors.require_sense()
    require_draws(draws)
    base = read_base_stock(base_stock, rule) if base_stock is not None else None
    outside = read_outside_counts(outside_counts, rule) if outside_counts is not None else ()
    if outside:
        require_outside_usable(open_borders, link_errors)
    permitted = read_permitted(permission_rules, permits, rule)
    dying = read_death_rates(deaths, rule) if deaths is not None else None
    require_names_purged(crossings)
    with place_beside(report) as place:
        log, met = read_log(
            crossings, place, rule, run or Residing(), frozenset(citizenships), permitted, dying
        )
        if citizenships and not met.crossings:
            raise nobody_left(crossings, citizenships)
        require_observed(log, met, rule)
        require_permits_of_persons(permitted, met)
        require_open(log, open_borders)
        gaps = find_rule_gaps(log, year_ends(rule))
        found = _estimate(
            log, met, rule, draws, base, tuple(open_borders), link_errors, outside, seed, dying, gaps
        )
        told = tell_rules(permitted, log, met, gaps)
        table = found.table.with_columns(citizens_counted=pl.lit(" ".join(citizenships) or EVERYBODY))
        others = met.others if citizenships else None
        found = replace(
            found,
            table=table,
            others=others,
            permission_rules=told,
            outside_days=met.crossings - met.folded - len(log.day),
            ended_before_entry=met.ended_before_entry,
        )
        write_table(place / report.name, found.table)
        write_json(  # before the report, so that no report stands without it
            report.with_name(f"{report.name}.assumptions.json"),
            {
                "citizenship": list(citizenships),
                "split_persons": link_errors.split,
                "joined_persons": link_errors.joined,
                **_record(found, rule, draws, seed, open_borders),
            },
        )
        (place / report.name).replace(report)
    return found


def _estimate(
    log: CrossingLog,
    met: Shortened,
    rule: ResidenceRule,
    draws: int,
    base: BaseStock | None,
    open_borders: tuple[str, ...],
    link_errors: LinkErrors,
    outside: tuple[OutsideCount, ...],
    seed: int,
    dying: RatesRead | None = None,
    gaps: RuleGaps = NO_GAPS,
) -> Imputed:
    kinds = count_kinds(log) if log.persons else {"entry_entry": 0, "exit_exit": 0}
    rows, recorded, tests = state_nothing(years_of(rule), base), None, None
    failed: tuple[str, ...] = ()
    said: dict[str, Any] | None = None
    false_crossings: dict[str, Any] = {}
    counts: YearCounts | None = None
    if not open_borders:
        false = find_false(log, rule, seed)
        material, false_crossings = false.first, false.told
        recorded = find_recorded(material)
        tests = diagnose(material, recorded, false.fit)
        exits = [ExitsDrawn(outside, draws) for _ in DELTAS]
        findings, failed = _draw(false, recorded, exits, seed, base, sum_gaps(kinds)), tests.failed
        if link_errors.any:
            moved = moved_by_errors(material.log, rule, link_errors, seed=seed)
            mended = tuple(without_errors(each, moved, seed) for each in findings.draws)
            findings = replace(findings, draws=mended, corrected=True)
        if outside:
            found = narrow_delta(outside, exits, DELTAS)
            narrowed = replace(findings, delta_interval=(found.lower, found.upper))
            said = {**tell_outside(outside, exits, found), **tell_narrowed(findings, narrowed)}
            findings = narrowed
            failed += () if found.agrees else (FAILED,)
        counts = findings.draws[DELTAS.index(0.0)]
        as_it_stands = replace(material, log=log)  # with what is false in it
        as_recorded, left_out = count_as_recorded(as_it_stands), count_left_out(as_it_stands)
        rows = state_measures(replace(findings, failed=failed, as_recorded=as_recorded, left_out=left_out))
    return Imputed(
        _as_table(rows if open_borders else leave_out_years(rows, gaps)),
        log.persons,
        met.crossings,
        met.folded,
        kinds["entry_entry"],
        kinds["exit_exit"],
        None if recorded is None else _national(log, recorded.exits, NO),
        None if recorded is None else _national(log, recorded.entries, YES),
        recorded is not None and recorded.exits_apart and recorded.entries_apart,
        {} if tests is None else tests.p_values,
        failed,
        outside=said,
        false_crossings=false_crossings,
        deaths=tell_deaths(dying, log, met, counts, rule),
    )


def sum_gaps(kinds: dict[str, int]) -> int:
    """Crossings that follow one of the same direction."""
    return kinds["entry_entry"] + kinds["exit_exit"]


def _draw(
    false: FalseCrossings,
    recorded: Recorded,
    exits: list[ExitsDrawn],
    seed: int,
    base: BaseStock | None,
    gaps: int,
) -> Findings:
    """Draws for every δ, with the same chances in each, so that they differ by δ alone; `exits`, one for each δ, are filled."""
    material, draws = false.first, len(exits[0].exits)
    counts = draw_cleaned(false, recorded, DELTAS, draws, seed=seed, seen=[each.add for each in exits])
    return Findings(
        tuple(counts),
        years_of(material.rule),
        recorded.exits_apart and recorded.entries_apart,
        float(min(recorded.exits.share.min(), recorded.entries.share.min())),
        gaps,
        has_permissions=material.log.has_permissions,
        base=base,
        corrected=false.any,
        deaths_drawn=material.deaths_per_day > 0,
    )


def _as_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: column.dtype for name, column in ImputedMeasures.columns().items()}
    given = {name: pl.Float64 if kind == pl.Int64 else kind for name, kind in schema.items()}
    everybody = [{**row, "citizens_counted": EVERYBODY} for row in rows]
    table = pl.DataFrame([{name: row[name] for name in given} for row in everybody], schema=given)
    return ImputedMeasures.validate(table.with_columns(*whole_numbers(schema)), cast=True)


def whole_numbers(schema: Mapping[str, Any]) -> list[pl.Expr]:
    """Whole persons and migrations: lower ends rounded down, upper ends up, so that rounding narrows no range; other numbers to
    the nearest. What is no count keeps three decimals."""
    ways = {"lower": pl.Expr.floor, "upper": pl.Expr.ceil}
    numbers = [pl.col(name).round(DIGITS) for name, kind in schema.items() if kind == pl.Int64]
    whole = [
        ways.get(each.meta.output_name().removeprefix("range_"), pl.Expr.round)(each) for each in numbers
    ]
    return [*(each.cast(pl.Int64) for each in whole), pl.col("tipping_delta").round(3)]


def _national(log: CrossingLog, coverage: Coverage, side: int) -> float:
    """The share of all exits, or entries, that is recorded; coverage by port stays inside."""
    crossed = np.bincount(log.port[log.is_entry == side], minlength=len(log.ports))
    return float(crossed.sum() / max(1.0, (crossed / coverage.share).sum()))


def _record(
    found: Imputed, rule: ResidenceRule, draws: int, seed: int, open_borders: Sequence[str]
) -> dict[str, Any]:
    told = {name: value for name, value in vars(found).items() if name != "table"}
    return {
        "assumptions": list(ASSUMPTIONS),
        "rounding": ROUNDING,
        "deltas": list(DELTAS),
        "draws": draws,
        "seed": seed,
        "open_borders": list(open_borders),
        "threshold_days": rule.threshold_days,
        "window_days": rule.window_days,
        "observed_from": str(rule.first_day),
        "observed_to": str(rule.last_day),
        **told,
    }

"""Two tables of numbers by corridor, and factors that the analyst knows → one waterfall of definitions for each corridor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.definition_bridge import Count, Step, bridge
from guzar.errors import MethodNotApplicable
from guzar.journey.bridge_tables import Key, factors_of, name_of, read_counts, read_factors, some_named

SCHEMA = {
    "origin": pl.String,
    "destination": pl.String,
    "year": pl.Int64,
    "measure": pl.String,
    "source_from": pl.String,
    "source_to": pl.String,
    "step": pl.String,
    "definition_from": pl.String,
    "definition_to": pl.String,
    "factor": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "source": pl.String,
    "status": pl.String,
    "value_before": pl.Float64,
    "unit_before": pl.String,
    "value_after": pl.Float64,
    "unit_after": pl.String,
    "after_lower": pl.Float64,
    "after_upper": pl.Float64,
}


@dataclass(frozen=True)
class Bridges:
    """One row per step of each corridor and year; how many corridors, and which rows have no partner in the other table."""

    table: pl.DataFrame
    corridors: int
    only_first: list[str]
    only_second: list[str]
    factors_not_needed: list[str]


def bridge_files(first: Path, second: Path, factors: Path | None = None) -> Bridges:
    """The waterfall between the numbers of two tables, for every corridor and year that both have.

    Raises SettingsInvalid for a file that is not there; TableInvalid for numbers below 0, unknown definitions, repeated
    rows, factors without interval or source; MethodNotApplicable where no corridor is in both, one number is 0, or a stock
    meets a flow.
    """
    one, other = read_counts(first), read_counts(second)
    known = read_factors(factors) if factors else pl.DataFrame()
    pairs = sorted(set(one) & set(other))
    if not pairs:
        raise MethodNotApplicable(
            "The two tables have no corridor and year in common.",
            where="{first}: {names}; {second}: {others}",
            expected="the same origin, destination and year in both",
            do="Give both tables for the same corridor; a year that differs is no difference of definitions.",
            first=first.name,
            names=some_named(sorted(one)),
            second=second.name,
            others=some_named(sorted(other)),
        )
    rows, used = [], set()
    for key in pairs:
        _require_comparable(key, one[key], other[key])
        steps = bridge(one[key], other[key], factors_of(known, key))
        used |= {step.step for step in steps if step.status == "given"}
        rows += [_row(key, one[key], other[key], step) for step in steps]
    return Bridges(
        pl.DataFrame(rows, schema=SCHEMA, orient="row"),
        len(pairs),
        [name_of(key) for key in sorted(set(one) - set(other))],
        [name_of(key) for key in sorted(set(other) - set(one))],
        sorted(set(known["step"]) - used - {_backwards(name) for name in used}) if known.height else [],
    )


def _backwards(step: str) -> str:
    start, _, end = step.removeprefix("duration_").partition("_to_")
    return f"{'duration_' if step.startswith('duration_') else ''}{end}_to_{start}"


def _require_comparable(key: Key, one: Count, other: Count) -> None:
    if one.measure != other.measure:
        raise MethodNotApplicable(
            "A stock cannot be bridged to a flow: {corridor}.",
            expected="persons at a moment on both sides, or moves during a year on both",
            do="Compare stocks with stocks; for moves from stocks see: guzar flows-from-stocks",
            corridor=name_of(key),
        )
    empty = [each.source for each in (one, other) if each.value == 0]
    if empty:
        raise MethodNotApplicable(
            "A number is 0, and no factor leads to or from 0: {corridor}, {source}.",
            expected="two numbers above 0",
            do="Leave the corridor out; say that one agency counts nobody.",
            corridor=name_of(key),
            source=", ".join(empty),
        )


def _row(key: Key, one: Count, other: Count, step: Step) -> tuple[Any, ...]:
    known = step.known
    numbers = (known.factor, known.lower, known.upper, known.source or None) if known else (None,) * 4
    return (
        *key,
        one.measure,
        one.source,
        other.source,
        step.step,
        step.definition_from,
        step.definition_to,
        *numbers,
        step.status,
        step.value_before,
        step.unit_before,
        step.value_after,
        step.unit_after,
        step.after_lower,
        step.after_upper,
    )

"""Counts → ProtectedTables: hidden by rule and to protect, or blurred; attacked before anything leaves.

The recipe: link all cells, find those that a rule refuses, hide as little as protects them, attack the result as a
reader would, and say what was done. What does not withstand the attack does not leave.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.define.seals import seal_frame
from guzar.define.tables.releases import ProtectedTable
from guzar.errors import ReleaseRefused
from guzar.protect.adversary import Adversary, Worlds, what_is_known
from guzar.protect.amounts import AmountRules, find_primary_amounts, link_amounts
from guzar.protect.attack import Intervals, derive_intervals
from guzar.protect.contributors import find_contributors
from guzar.protect.earlier_releases import (
    Constraints,
    heed_earlier,
    least_of_hidden,
    require_not_differenced,
)
from guzar.protect.grow import Terms, make_adversary, make_terms
from guzar.protect.insiders import AT_LEAST, find_lone_persons, find_tellings
from guzar.protect.linked_cells import LinkedCells, link_cells
from guzar.protect.programmes import Floats
from guzar.protect.released_cells import FREE, HIDDEN, STATUS, Hierarchies, ReleasedTable
from guzar.protect.report import (
    Report,
    describe_attack,
    describe_cost,
    describe_naive,
    describe_tables,
    list_hidden_cells,
    told_in_public,
)
from guzar.protect.rules import CountRules, primary_by_rule
from guzar.protect.suppress import Suppression, suppress_cells

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Protected:
    """What may leave, and what the officer is told about it."""

    tables: tuple[ProtectedTable, ...]
    report: Report


def suppress_small_cells(
    counts: Mapping[str, pl.DataFrame],
    *,
    dimensions: Sequence[str],
    count: str,
    rules: CountRules,
    hierarchies: Hierarchies | None = None,
    earlier: Mapping[str, ReleasedTable] | None = None,
    unit: str = "persons",
    is_report_full: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Protected:
    """Linked tables of counts with small cells hidden, and no more beside them than protects them.

    `counts` are tables of inner cells by name, all of the same persons; `earlier` are tables released before. Every
    published value is the true one. The report is full when it tells the interval of every hidden cell, and what would
    happen without the cells hidden beside small ones: that takes longer than protecting. Refused: see `link_cells`, `suppress_cells`; ReleaseRefused where an earlier
    release makes it possible to work out a small group.
    """
    linked = link_cells(counts, dimensions=dimensions, count=count, hierarchies=hierarchies)
    limits = heed_earlier(linked, earlier or {}, rules)
    cells = limits.linked
    persons = np.where(limits.is_now, cells.values, 0.0)
    by_rule = primary_by_rule(cells, rules)
    behind = find_contributors(cells, counts, dimensions)
    by_rule["acts_of_few_persons"] = (behind > 0) & (behind < np.minimum(cells.values, rules.least()))
    by_rule["changed_little"] = limits.changed_little
    is_primary = np.any(list(by_rule.values()), axis=0) & limits.is_now & ~limits.is_public
    # Acts of few persons tell of each of them: their number must stay as uncertain as it is large.
    wide = np.where(by_rule["acts_of_few_persons"], cells.values, 0.0)
    protection = np.minimum(np.maximum(float(rules.protection), wide), limits.most_protection)
    is_lone = np.where(is_primary & limits.is_now, behind, 0.0)
    lone = find_lone_persons(cells, is_lone) if rules.insiders else []
    least = least_of_hidden(persons, rules)
    kept = is_primary & ~_told_already(limits, lone, np.where(is_primary, AT_LEAST, 0.0), least)
    terms = make_terms(
        cells,
        is_primary,
        protection=protection,
        cost=persons,
        may_hide=(persons > 0) & ~limits.is_public,
        lone_persons=lone,
        kept_from_them=np.where(kept, AT_LEAST, 0.0),
        least=least,
        step=step,
    )
    found = suppress_cells(cells, is_primary, terms, must_hide=limits.must_hide)
    _require_protected(cells, found, terms)
    if limits.is_correction:
        require_not_differenced(cells, found.is_hidden, earlier or {}, rules)
    about = {"method": "suppress", "rules": _rules_in_words(rules), "unit": unit}
    told = {**about, "lone_persons": len(lone)}
    report = _describe(cells, limits, found, by_rule, terms, told, is_full=is_report_full)
    return Protected(
        _tables_of(cells, found.is_hidden, dimensions, count, unit, told_in_public(report.facts)), report
    )


def suppress_amounts(
    contributions: pl.DataFrame,
    *,
    name: str,
    dimensions: Sequence[str],
    amount: str,
    contributor: str,
    rules: AmountRules,
    hierarchies: Hierarchies | None = None,
    unit: str | None = None,
    is_report_full: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Protected:
    """A table of amounts with cells hidden that give away a contributor, and those that protect them.

    `contributions` has one row per contribution; their unit is named as the column of the amounts where none is
    given. Refused: see `link_amounts`, `suppress_cells`.
    """
    unit = unit or amount
    amounts = link_amounts(
        contributions,
        dimensions=dimensions,
        amount=amount,
        contributor=contributor,
        hierarchies=hierarchies,
        name=name,
    )
    cells = amounts.linked
    is_primary, protection = find_primary_amounts(amounts, rules)
    terms = make_terms(
        cells,
        is_primary,
        protection=protection,
        # Whoever estimates the largest contributor from above must not come closer than the rule allows.
        rise=np.where(is_primary, protection, 0.0),
        lone_persons=find_lone_persons(cells, np.where(is_primary, amounts.contributors, 0.0)),
        kept_from_them=np.where(is_primary, protection, 0.0),
        whole_numbers=False,
        step=step,
    )
    found = suppress_cells(cells, is_primary, terms)
    _require_protected(cells, found, terms)
    none = np.zeros(len(cells.values), dtype=np.bool_)
    limits = Constraints(cells, ~none, none, none, none, np.full(len(none), np.inf))
    about = {"method": "suppress", "rules": _rules_in_words(rules), "unit": unit}
    report = _describe(
        cells, limits, found, {"contributors": is_primary}, terms, about, is_full=is_report_full
    )
    return Protected(
        _tables_of(cells, found.is_hidden, dimensions, amount, unit, told_in_public(report.facts)), report
    )


def _told_already(
    limits: Constraints, lone: Sequence[NDArray[np.int64]], kept: Floats, least: Floats
) -> Flags:
    """Cells that a lone person works out from earlier releases alone: nothing can be done about them any more."""
    told = np.zeros(len(kept), dtype=np.bool_)
    if limits.is_public.any() and lone:
        values = limits.linked.values
        widest = Adversary(values, limits.linked.sums, *what_is_known(values, ~limits.is_public, least))
        for telling in find_tellings(widest, lone, kept):
            told[widest.cells[telling.cell]] = True
    return told


def _require_protected(cells: LinkedCells, found: Suppression, terms: Terms) -> None:
    """The last look before the door: the attack of a reader finds no hidden cell tighter than its protection."""
    # Nothing is taken over from the search: an adversary who starts anew.
    adversary = make_adversary(cells, found.is_hidden, terms, Worlds(len(found.is_hidden)))
    needed, rise = terms.protection[adversary.cells], terms.rise[adversary.cells]
    adversary.look_around(needed, times=6)
    tight = sum(1 for _ in adversary.find_tight(needed, rise))
    if tight:
        raise ReleaseRefused(
            "{count} hidden cells can be derived more closely than their protection allows.",
            expected="no hidden cell tighter than its protection",
            do="Use broader groups, or report this table: guzar should have found cells to hide beside them.",
            count=tight,
        )


def _describe(
    cells: LinkedCells,
    limits: Constraints,
    found: Suppression,
    by_rule: Mapping[str, Flags],
    terms: Terms,
    about: Mapping[str, Any],
    *,
    is_full: bool,
) -> Report:
    protection = terms.protection
    intervals = _intervals_of(cells, found.is_hidden, terms) if is_full else None
    own = LinkedCells(
        np.where(limits.is_now, cells.values, 0.0), cells.sums, cells.is_inner & limits.is_now, cells.tables
    )
    hidden = found.is_hidden & limits.is_now
    reasons = {name: flags & found.is_primary for name, flags in by_rule.items()}
    reasons |= {"hidden_earlier": limits.must_hide, "to_protect_others": found.is_secondary}
    counted = {name: int((flags & limits.is_now).sum()) for name, flags in _first_reason(reasons).items()}
    facts = {
        **about,
        "tables": describe_tables(cells),
        "hidden": counted,
        "limited_by_earlier_releases": int(
            (np.isfinite(limits.most_protection) & (limits.most_protection <= protection)).sum()
        ),
        "public_already": int((limits.is_public & limits.is_now).sum()),
        "cost": {**describe_cost(own, hidden), "cells": int(limits.is_now.sum())},
        "attack": describe_attack(found.is_hidden, intervals, protection),
        **({"naive": describe_naive(cells, found.is_primary, terms)} if is_full else {}),
    }
    return Report(facts, list_hidden_cells(cells, found.is_hidden, intervals, reasons, protection))


def _intervals_of(cells: LinkedCells, is_hidden: Flags, terms: Terms) -> Intervals:
    """The tightest interval of every hidden cell, for a reader who knows what hidden cells hold at least."""
    known = terms.least, np.full(len(terms.least), np.inf)
    return derive_intervals(cells, is_hidden, known=known, whole_numbers=terms.whole_numbers, step=terms.step)


def _first_reason(reasons: Mapping[str, Flags]) -> dict[str, Flags]:
    """Each cell under the first reason that holds for it."""
    told, first = None, {}
    for name, flags in reasons.items():
        first[name] = flags if told is None else flags & ~told
        told = flags if told is None else flags | told
    return first


def _tables_of(
    cells: LinkedCells,
    is_hidden: Flags,
    dimensions: Sequence[str],
    count: str,
    unit: str,
    about: Mapping[str, Any],
) -> tuple[ProtectedTable, ...]:
    """The tables as they may leave, sealed; columns in the order asked for."""
    whole = bool((cells.values == np.round(cells.values)).all())
    made = []
    for table in cells.tables:
        own = [name for name in dimensions if name in {each.name for each in table.dimensions}]
        where = table.cells.ravel()
        # Made from a list: a column that was blanked would keep the hidden values in its memory.
        shown = [
            None if hide else value for hide, value in zip(is_hidden[where], cells.values[where], strict=True)
        ]
        frame = (
            table.codes()
            .select(own)
            .with_columns(
                pl.Series(count, shown, dtype=pl.Float64).cast(pl.Int64 if whole else pl.Float64),
                pl.Series(STATUS, np.where(is_hidden[where], HIDDEN, FREE)),
            )
        )
        seal_frame(frame)
        made.append(ProtectedTable(table.name, tuple(own), count, unit, frame, about))
    return tuple(made)


def _rules_in_words(rules: CountRules | AmountRules) -> dict[str, Any]:
    """The rules in force, those that are not used left out; the minimum is the one that counts."""
    used = {name: value for name, value in asdict(rules).items() if value not in (None, False)}
    return {**used, "minimum": rules.least()} if isinstance(rules, CountRules) else used

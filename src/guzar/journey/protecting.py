"""Protecting: tables of counts by the method of their rules, samples of records, and attacks on releases in files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.journey.collecting import read_readers_table
from guzar.journey.counts_in_files import name_of_table, read_hierarchies, read_released, read_released_tables
from guzar.journey.protection_tasks import ProtectionTask
from guzar.protect.amounts import AmountRules
from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.contributors import require_counts_of_persons
from guzar.protect.declared import TableRules, named_amount_rules, read_declared_sample
from guzar.protect.release_blurred import perturb_counts, round_counts
from guzar.protect.release_counts import Protected, suppress_amounts, suppress_small_cells
from guzar.protect.released_cells import DISCLOSURE_METHOD, STATUS, TABLE, ReleasedTable, read_release
from guzar.protect.samples import ProtectedSample, SampleRules, protect_sample
from guzar.store import Workspace

# Of what is known about counts, what may leave.
TOLD = (
    *(
        "measure",
        "concept",
        "migration_concept",
        "residence_rule",
        "readings",
        "own_citizens",
        "own_citizens_by",
    ),
    *("days", "not_complete", "by_assumption", "not_decidable_percent"),
    *("births_known", "deaths_known", "births_and_deaths_known", "not_born_or_dead_percent"),
    "from",
)
Frames = Mapping[str, pl.DataFrame]


def run_task(
    task: ProtectionTask,
    *,
    earlier: Mapping[str, ReleasedTable] | None = None,
    secret: bytes | None = None,
    is_report_full: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Protected:
    """The tables of a task by the method that their rules name, with what the officer is told.

    `earlier` are tables of the same persons that were released before.
    """
    made = _protect(task, earlier, secret, is_report_full, step)
    told = (
        replace(table, about={**table.about, "counted": counted}) if counted else table
        for table in made.tables
        # What stays open is told to the holder only: its numbers are of few persons.
        for counted in [{key: what for key, what in task.about.get(table.name, {}).items() if key in TOLD}]
    )
    return replace(made, tables=tuple(told))


def _protect(
    task: ProtectionTask,
    earlier: Mapping[str, ReleasedTable] | None,
    secret: bytes | None,
    is_report_full: bool,
    step: Callable[[], None],
) -> Protected:
    rules = task.rules
    given: dict[str, Any] = {
        "dimensions": rules.dimensions,
        "hierarchies": task.hierarchies,
        "unit": rules.unit,
    }
    if rules.method != "suppress" or rules.amounts is not None:
        _require_no_earlier(earlier, rules)
    if rules.method != "suppress":
        require_counts_of_persons(task.tables, rules.counts.least(), rules.method)
    if rules.method == "perturb":
        return perturb_counts(task.tables, count=rules.count, noise=rules.noise, secret=secret, **given)
    if rules.method == "round":
        return round_counts(task.tables, count=rules.count, base=rules.base, **given)
    if rules.amounts is not None:
        return _suppress_amounts(
            task.tables, rules, rules.amounts, {**given, "is_report_full": is_report_full}, step
        )
    return suppress_small_cells(
        task.tables,
        count=rules.count,
        rules=rules.counts,
        earlier=earlier,
        is_report_full=is_report_full,
        step=step,
        **given,
    )


def _require_no_earlier(earlier: Mapping[str, ReleasedTable] | None, rules: TableRules) -> None:
    if earlier:
        raise MethodNotApplicable(
            "--earlier is for hiding small counts; here the method is {method}.",
            expected="--method suppress, with rules for counts",
            do="Leave out --earlier.",
            method=rules.method,
        )


def _suppress_amounts(
    counts: Frames,
    rules: TableRules,
    amounts: AmountRules,
    given: Mapping[str, Any],
    step: Callable[[], None],
) -> Protected:
    if rules.contributor is None:
        raise SettingsInvalid(
            "These rules are for amounts, and need --contributor: {rules}.",
            expected="one row per contribution: codes, contributor, amount",
            do="Name the column that holds who contributed (--contributor, or contributor in guzar.toml), or choose rules "
            "for counts.",
            rules=", ".join(named_amount_rules(amounts)),
        )
    if len(counts) != 1:
        raise SettingsInvalid(
            "Rules for amounts need one table of contributions.",
            where="{tables} tables",
            expected="one row per contribution: codes, contributor, amount",
            do="Give one file.",
            tables=len(counts),
        )
    ((name, contributions),) = counts.items()
    return suppress_amounts(
        contributions,
        name=name,
        amount=rules.count,
        contributor=rules.contributor,
        rules=amounts,
        step=step,
        **given,
    )


def as_one_table(protected: Protected, dimensions: Sequence[str]) -> pl.DataFrame:
    """The protected tables as one: as it is where there is one, else with a column `table` before the others."""
    if len(protected.tables) == 1:
        return protected.tables[0].frame
    named = [table.frame.select(pl.lit(table.name).alias(TABLE), pl.all()) for table in protected.tables]
    whole = pl.concat(named, how="diagonal")
    marks = [name for name in (STATUS, DISCLOSURE_METHOD) if name in whole.columns]
    return whole.select(TABLE, *dimensions, protected.tables[0].count, *marks)


def earlier_in_file(file: Path, task: ProtectionTask) -> dict[str, ReleasedTable]:
    """The tables of an earlier release, from a file; it may be another breakdown of the same persons."""
    return read_released_tables(file, task.rules.count, task.hierarchies)


def attack_files(
    release: Path,
    *,
    dimensions: Sequence[str],
    count: str,
    minimum: float,
    hierarchies: Mapping[str, Sequence[str]],
    earlier: Path | None = None,
    step: Callable[[], None] = lambda: None,
) -> Attacked:
    """The tightest interval that anyone can derive for every hidden cell of a release, beside an earlier one if any."""
    trees = read_hierarchies(hierarchies, Path())
    frame = read_released(release, dimensions, count)
    tables = [read_release(frame, dimensions=dimensions, count=count, hierarchies=trees)]
    if earlier is not None:
        tables.append(read_released_tables(earlier, count, trees))
    counts = frame[count].drop_nulls()
    whole = bool((counts == counts.round()).all())
    return attack_release(*tables, minimum=minimum, whole_numbers=whole, step=step)


def protect_records(file: Path, rules: SampleRules | None, workspace: Workspace | None) -> ProtectedSample:
    """A sample of records by the rules given, or by those that the workspace declares for the name of the file."""
    chosen = rules
    if chosen is None:
        settings = workspace.settings() if workspace is not None else {}
        chosen = read_declared_sample(name_of_table(file), settings)
    wanted = chosen.columns()
    return protect_sample(read_readers_table(file, wanted[:1], wanted), chosen)

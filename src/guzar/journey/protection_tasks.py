"""What is to be protected together, and by which rules: declared in a workspace, or described one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from guzar.errors import SettingsInvalid
from guzar.journey.counts_in_files import names_of_tables, own_columns, read_counts, read_hierarchies
from guzar.protect.declared import (
    TableRules,
    read_declared,
    read_noise,
    read_rules,
    require_fitting,
    require_method,
    require_national,
)
from guzar.protect.release_blurred import CELL_KEY, NoiseRules
from guzar.store import Workspace, read_about


@dataclass(frozen=True)
class ProtectionTask:
    """What is to be protected together: tables of one run, their common rules, and the populations they belong to.

    `about` is what is written down beside a table: what was counted, from which days, by which rule.
    """

    tables: Mapping[str, pl.DataFrame]
    rules: TableRules
    populations: Mapping[str, str]
    hierarchies: Mapping[str, Sequence[pl.DataFrame]]
    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def has_keys(self) -> bool:
        """Whether the counts bring cell keys with them."""
        return any(CELL_KEY in table.columns for table in self.tables.values())


def declared_task(workspace: Workspace, files: Sequence[Path]) -> ProtectionTask:
    """Tables of counts with the rules that the workspace declares for their names.

    Refused (SettingsInvalid): a table without rules, tables of one run with different rules.
    """
    names = names_of_tables(files)
    settings = workspace.settings()
    rules = {name: read_declared(name, settings) for name in names}
    one = rules[names[0]]
    for name, other in rules.items():
        if replace(other, dimensions=(), hierarchies={}) != replace(one, dimensions=(), hierarchies={}):
            raise SettingsInvalid(
                "The tables {first} and {second} have different rules or populations and cannot be protected together.",
                where="guzar.toml",
                expected="one rule for tables that are protected in one run",
                do="Give them the same rules and population, or protect them one by one.",
                first=names[0],
                second=name,
            )
    every = tuple(dict.fromkeys(dimension for each in rules.values() for dimension in each.dimensions))
    paths = {name: given for each in rules.values() for name, given in each.hierarchies.items()}
    tables = {
        name: own_columns(read_counts(file, rules[name]), rules[name])
        for name, file in zip(names, files, strict=True)
    }
    populations = {name: each.population for name, each in rules.items()}
    about = _about_tables(names, files, {name: each.dimensions for name, each in rules.items()})
    return ProtectionTask(
        tables, replace(one, dimensions=every), populations, read_hierarchies(paths, workspace.path), about
    )


def described_task(
    files: Sequence[Path],
    *,
    dimensions: Sequence[str],
    count: str,
    minimum: int | None,
    protection: float | None,
    rules: Sequence[str],
    method: str,
    contributor: str | None,
    noise: str | None,
    unit: str | None,
    hierarchies: Mapping[str, Sequence[str]],
) -> ProtectionTask:
    """Tables of counts with rules given one by one; linked tables are those given together.

    Where no unit is given, it is the name of the column that holds the counts or amounts.
    """
    counts, amounts = read_rules(rules, minimum=minimum, protection=protection)
    require_national(rules, dimensions)
    require_method(method)
    require_fitting(
        method, rules, minimum=minimum, protection=protection, contributor=contributor, noise=noise
    )
    made = TableRules(
        dimensions=tuple(dimensions),
        count=count,
        unit=unit or count,
        method=method,
        counts=counts,
        amounts=amounts,
        contributor=contributor,
        noise=read_noise(noise) if noise else NoiseRules(),
        base=int(counts.protection),
    )
    names = names_of_tables(files)
    tables = {name: read_counts(file, made) for name, file in zip(names, files, strict=True)}
    about = _about_tables(names, files, dict.fromkeys(names, made.dimensions))
    trees = read_hierarchies(hierarchies, Path())
    return ProtectionTask(tables, made, dict.fromkeys(names, names[0]), trees, about)


def _about_tables(
    names: Sequence[str], files: Sequence[Path], dimensions: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """What is written down beside each file; refused (SettingsInvalid) where a dimension has no total."""
    found = {name: read_about(file) for name, file in zip(names, files, strict=True)}
    for name, about in found.items():
        without = [each for each in about.get("no_total_over", ()) if each in dimensions[name]]
        if without:
            raise SettingsInvalid(
                "The table {table} has no total over {columns}: its counts are of the same persons again and again.",
                expected="one day of a stock per table",
                do="Count one day (guzar count --on DAY), or keep one (--where); leave the column out of the dimensions.",
                table=name,
                columns=", ".join(without),
            )
    return found

"""Protecting: counts from files through the room protect, into a file or into a workspace; and back for a release."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.tables.releases import ProtectedTable
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey.collecting import read_readers_table
from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.declared import (
    TableRules,
    read_declared,
    read_declared_sample,
    read_noise,
    read_rules,
    require_method,
    require_national,
)
from guzar.protect.differencing import lay_side_by_side
from guzar.protect.door import HeldTable, let_out, read_table
from guzar.protect.release_blurred import CELL_KEY, NoiseRules, make_secret, perturb_counts, round_counts
from guzar.protect.release_counts import Protected, suppress_amounts, suppress_small_cells
from guzar.protect.released_cells import LEAST, MOST, STATUS, TABLE, ReleasedTable, read_release
from guzar.protect.report_page import write_report_page
from guzar.protect.samples import ProtectedSample, SampleRules, protect_sample
from guzar.store import StoredRelease, Workspace, checksum_of

__all__ = [
    "Protected",
    "ProtectionTask",
    "ReleasedTable",
    "SampleRules",
    "as_one_table",
    "attack_files",
    "declared_task",
    "described_task",
    "earlier_in_file",
    "earlier_in_workspace",
    "hold_protected",
    "let_out_held",
    "make_secret",
    "name_of_table",
    "protect_records",
    "run_task",
    "write_report_page",
]
ROOM = "protect"
COUNTED = "counts"  # what a protected table is made from, as an edition's source
HIDDEN_CELLS = "hidden_cells"
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class ProtectionTask:
    """What is to be protected together: tables of one run, their common rules, and the populations they belong to."""

    tables: Frames
    rules: TableRules
    populations: Mapping[str, str]
    hierarchies: Mapping[str, Sequence[pl.DataFrame]]

    @property
    def has_keys(self) -> bool:
        """Whether the counts bring cell keys with them."""
        return any(CELL_KEY in table.columns for table in self.tables.values())


def declared_task(workspace: Workspace, files: Sequence[Path]) -> ProtectionTask:
    """Tables of counts with the rules that the workspace declares for their names.

    Refused (SettingsInvalid): a table without rules, tables of one run with different rules.
    """
    names = _names_of(files)
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
        name: _own_columns(_read_counts(file, rules[name]), rules[name])
        for name, file in zip(names, files, strict=True)
    }
    populations = {name: each.population for name, each in rules.items()}
    return ProtectionTask(
        tables, replace(one, dimensions=every), populations, _read_hierarchies(paths, workspace.path)
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
    hierarchies: Mapping[str, Sequence[str]],
) -> ProtectionTask:
    """Tables of counts with rules given one by one; linked tables are those given together."""
    counts, amounts = read_rules(rules, minimum=minimum, protection=protection)
    require_national(rules, dimensions)
    require_method(method)
    _require_fitting(method, minimum, rules, protection, contributor, amounts is not None)
    made = TableRules(
        dimensions=tuple(dimensions),
        count=count,
        unit="usd" if amounts else "persons",
        method=method,
        counts=counts,
        amounts=amounts,
        contributor=contributor,
        noise=read_noise(noise) if noise else NoiseRules(),
        base=int(counts.protection),
    )
    names = _names_of(files)
    tables = {name: _read_counts(file, made) for name, file in zip(names, files, strict=True)}
    return ProtectionTask(
        tables, made, dict.fromkeys(names, names[0]), _read_hierarchies(hierarchies, Path())
    )


def _require_fitting(
    method: str,
    minimum: int | None,
    rules: Sequence[str],
    protection: float | None,
    contributor: str | None,
    are_amounts: bool,
) -> None:
    """Refuse rules that the method would not look at: nobody may think that they were kept."""
    unused = {
        "--minimum, --rule": method != "suppress" and (minimum is not None or bool(rules)),
        "--protection": (method == "perturb" and protection is not None)
        or (method == "round" and protection is not None and protection != int(protection)),
        "--contributor": contributor is not None and not are_amounts,
    }
    told = [name for name, is_unused in unused.items() if is_unused]
    if told:
        raise SettingsInvalid(
            "The method {method} cannot use {options} as given.",
            expected="--minimum and --rule with suppress; a whole number as base of rounding; --contributor with a rule "
            "for amounts",
            do="Leave them out, or choose another method.",
            method=method,
            options=", ".join(told),
        )


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
    rules = task.rules
    given: dict[str, Any] = {
        "dimensions": rules.dimensions,
        "hierarchies": task.hierarchies,
        "unit": rules.unit,
    }
    if rules.method != "suppress" or rules.amounts is not None:
        _require_no_earlier(earlier, rules)
    if rules.method == "perturb":
        return perturb_counts(task.tables, count=rules.count, noise=rules.noise, secret=secret, **given)
    if rules.method == "round":
        return round_counts(task.tables, count=rules.count, base=rules.base, **given)
    if rules.amounts is not None:
        return _suppress_amounts(task.tables, rules, {**given, "is_report_full": is_report_full}, step)
    return suppress_small_cells(
        task.tables,
        count=rules.count,
        rules=rules.counts,
        earlier=earlier,
        is_report_full=is_report_full,
        step=step,
        **given,
    )


def earlier_in_file(file: Path, task: ProtectionTask) -> dict[str, ReleasedTable]:
    """The tables of an earlier release, from a file; it may be another breakdown of the same persons."""
    return _read_tables(file, task.rules.count, task.hierarchies)


def _read_tables(
    file: Path, count: str, hierarchies: Mapping[str, Sequence[pl.DataFrame]]
) -> dict[str, ReleasedTable]:
    """The tables of a release in a file; every column that is not known for something else is a dimension."""
    release = _read_released(file, [], count)
    told = {count, STATUS, TABLE, LEAST, MOST, CELL_KEY}
    dimensions = [name for name in release.columns if name not in told]
    own = {name: trees for name, trees in hierarchies.items() if name in dimensions}
    return read_release(release, dimensions=dimensions, count=count, hierarchies=own)


def earlier_in_workspace(workspace: Workspace, task: ProtectionTask) -> dict[str, ReleasedTable]:
    """What a workspace released of the same persons before: the newest counts, and all that agree with them."""
    if task.rules.method != "suppress" or task.rules.amounts is not None:
        return {}
    populations = set(task.populations.values())
    found: dict[str, ReleasedTable] = {}
    for number, tables in enumerate(reversed(released_before(workspace))):
        own = {
            f"{number} {table.name}": read_table(table)
            for table in tables
            if table.about.get("population") in populations and table.about["method"] == "suppress"
        }
        if own and not (found and lay_side_by_side(own, found).is_correction):
            found |= own
    return found


def _require_no_earlier(earlier: Mapping[str, ReleasedTable] | None, rules: TableRules) -> None:
    if earlier:
        raise MethodNotApplicable(
            "--earlier is for hiding small counts; here the method is {method}.",
            expected="--method suppress, with rules for counts",
            do="Leave out --earlier.",
            method=rules.method,
        )


def _suppress_amounts(
    counts: Frames, rules: TableRules, given: Mapping[str, Any], step: Callable[[], None]
) -> Protected:
    if len(counts) != 1 or rules.contributor is None or rules.amounts is None:
        raise SettingsInvalid(
            "Rules for amounts need one table of contributions and the column of the contributor.",
            where="{tables} tables",
            expected="one row per contribution: codes, contributor, amount",
            do="Name the column with --contributor, and give one file.",
            tables=len(counts),
        )
    ((name, contributions),) = counts.items()
    return suppress_amounts(
        contributions,
        name=name,
        amount=rules.count,
        contributor=rules.contributor,
        rules=rules.amounts,
        step=step,
        **given,
    )


def as_one_table(protected: Protected, dimensions: Sequence[str]) -> pl.DataFrame:
    """The protected tables as one: as it is where there is one, else with a column `table` before the others."""
    if len(protected.tables) == 1:
        return protected.tables[0].frame
    named = [table.frame.select(pl.lit(table.name).alias(TABLE), pl.all()) for table in protected.tables]
    return pl.concat(named, how="diagonal").select(TABLE, *dimensions, protected.tables[0].count, STATUS)


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
    trees = _read_hierarchies(hierarchies, Path())
    frame = _read_released(release, dimensions, count)
    tables = [read_release(frame, dimensions=dimensions, count=count, hierarchies=trees)]
    if earlier is not None:
        tables.append(_read_tables(earlier, count, trees))
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


def hold_protected(
    workspace: Workspace,
    protected: Protected,
    task: ProtectionTask,
    *,
    edition: str,
    made_from: Mapping[str, str],
    who: str,
    when: str,
) -> list[str]:
    """Hold protected tables in a workspace, each with its audit log; the names of those that are new.

    `made_from` gives the checksum of each input file; `who` and `when` stand in the audit log, which stays in the
    workspace.
    """
    new = []
    _require_newest(workspace, task, edition)
    for table in protected.tables:
        about = {**table.about, "population": task.populations[table.name], "edition": edition}
        about |= {"hierarchies": _trees_of(table.dimensions, task.hierarchies)}
        frames = {
            table.name: table.frame,
            HIDDEN_CELLS: _own_cells(protected.report.hidden_cells, table.name),
        }
        receipt = {
            "table": table.name,
            "dimensions": list(table.dimensions),
            "count": table.count,
            "unit": table.unit,
            "about": about,
            "report": dict(protected.report.facts),
            # Stays in the workspace: whoever has the checksum of the counts can try out the few that were hidden.
            "made_from": made_from[table.name],
            "who": who,
            "received": when,
        }
        checksum = checksum_of(_bytes_of(table.frame) + repr(sorted(about.items())).encode())
        held = workspace.add(
            ROOM,
            table.name,
            source=COUNTED,
            edition=edition,
            checksum=checksum,
            frames=frames,
            receipt=receipt,
        )
        new += [table.name] if held is not None else []
    return new


def _require_newest(workspace: Workspace, task: ProtectionTask, edition: str) -> None:
    """Refuse an edition older than one that is held: `publish` takes the newest, and would pass it over."""
    for name in task.tables:
        newer = [held.edition for held in workspace.editions(ROOM, name) if held.edition > edition]
        if newer:
            raise SettingsInvalid(
                "The workspace holds a newer edition of {table}: {newer}; edition {edition} would never be published.",
                expected="an edition on or after the newest one that is held",
                do="Give a later date with --edition.",
                table=name,
                newer=max(newer),
                edition=edition,
            )


def _trees_of(
    dimensions: Sequence[str], hierarchies: Mapping[str, Sequence[pl.DataFrame]]
) -> dict[str, list[list[list[str | None]]]]:
    """Hierarchies as plain lists of code and parent, for those who read the release."""
    return {
        name: [
            [list(pair) for pair in tree.select("code", "parent").iter_rows()] for tree in hierarchies[name]
        ]
        for name in dimensions
        if name in hierarchies
    }


def _own_cells(cells: pl.DataFrame, name: str) -> pl.DataFrame:
    return cells.filter(pl.col(TABLE) == name).drop(TABLE) if TABLE in cells.columns else cells


def let_out_held(workspace: Workspace | None) -> tuple[list[ProtectedTable], list[dict[str, Any]]]:
    """The newest edition of every protected table of a workspace, attacked together; and their audit logs.

    Refused (ReleaseRefused) where a reader of all of them, and of all releases before, works out a hidden cell.
    """
    if workspace is None:
        return [], []
    held, audit = [], []
    for folder in sorted((workspace.path / "data" / ROOM).glob("*")):
        editions = list(workspace.editions(ROOM, folder.name))
        if not editions:
            continue
        newest = editions[-1]
        receipt = newest.receipt()
        frame = pl.read_parquet(newest.file(f"{folder.name}.parquet"))
        table = ProtectedTable(
            folder.name,
            tuple(receipt["dimensions"]),
            receipt["count"],
            receipt["unit"],
            frame,
            receipt["about"],
        )
        held.append(HeldTable(table, pl.read_parquet(newest.file(f"{HIDDEN_CELLS}.parquet"))))
        audit.append(
            {key: receipt[key] for key in ("table", "about", "report", "made_from", "who", "received")}
        )
    return let_out(held, released_before(workspace)), audit


def released_before(workspace: Workspace) -> list[list[ProtectedTable]]:
    """The protected tables of every release that was made from a workspace, oldest first."""
    return [_read_whole(release) for release in workspace.releases()]


def _read_whole(release: StoredRelease) -> list[ProtectedTable]:
    """The protected tables of a release, refused (TableInvalid) where it is not as it was written."""
    named = set(release.record.get("protected", {}))
    held = {Path(name).stem for name in release.record.get("files", {}) if name.startswith("protected/")}
    damaged = [name for name in release.damaged_files() if name.startswith("protected/")] + sorted(
        held ^ named
    )
    if damaged:
        raise TableInvalid(
            "The release {release} in the workspace is damaged.",
            where="files: {files}",
            expected="every file as the release names it",
            do="Restore the release from a backup.",
            release=release.id,
            files=", ".join(damaged),
        )
    return read_protected(release.folder, release.record)


def read_protected(folder: Path, record: Mapping[str, Any]) -> list[ProtectedTable]:
    """The protected tables of a release in its folder."""
    tables = []
    for name, about in record.get("protected", {}).items():
        frame = pl.read_parquet(folder / "protected" / f"{name}.parquet")
        tables.append(
            ProtectedTable(
                name, tuple(about["dimensions"]), about["count"], about["unit"], frame, about["about"]
            )
        )
    return tables


def _bytes_of(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def name_of_table(file: Path) -> str:
    """A table is named as its file, without endings."""
    return file.name.split(".")[0]


def _names_of(files: Sequence[Path]) -> list[str]:
    names = [name_of_table(file) for file in files]
    if len(set(names)) < len(names):
        raise SettingsInvalid(
            "Two files have the same name: {names}.",
            expected="one name per table",
            do="Rename one of the files.",
            names=", ".join(sorted({name for name in names if names.count(name) > 1})),
        )
    return names


def _read_counts(file: Path, rules: TableRules) -> pl.DataFrame:
    """Counts (or contributions) from a file, numbers as numbers."""
    known = [*rules.dimensions, rules.count, CELL_KEY, *([rules.contributor] if rules.contributor else [])]
    table = _read(file, known, [rules.count])
    if CELL_KEY in table.columns and not table.schema[CELL_KEY].is_integer():
        keys = table[CELL_KEY].cast(pl.String).str.strip_chars().cast(pl.UInt64, strict=False)
        table = table.with_columns(keys.alias(CELL_KEY))
    return table


def _own_columns(table: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """The declared columns of a table: another column is no dimension of it, whatever other tables have."""
    own = [*rules.dimensions, rules.count, CELL_KEY, rules.contributor]
    return table.select(name for name in own if name in table.columns)


def _read_released(file: Path, dimensions: Sequence[str], count: str) -> pl.DataFrame:
    """A release from a file, numbers as numbers; an empty count stays empty."""
    return _read(file, [*dimensions, count, STATUS, TABLE, LEAST, MOST], [count, LEAST, MOST])


def _read_hierarchies(files: Mapping[str, Sequence[str]], folder: Path) -> dict[str, list[pl.DataFrame]]:
    """Hierarchies by dimension, each with the columns `code, parent`; paths are taken from `folder`."""
    wanted = ["code", "parent"]
    return {
        name: [read_readers_table(folder / file, wanted, wanted) for file in given]
        for name, given in files.items()
    }


def _read(file: Path, known: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
    """A table from a file; what should be a number and is none is refused, an empty cell is missing."""
    table = read_readers_table(file, known[:1], known)
    for name in numbers:
        if name not in table.columns or table.schema[name].is_numeric():
            continue
        text = table[name].cast(pl.String).str.strip_chars()
        made = text.cast(pl.Float64, strict=False)
        wrong = int((made.is_null() & (text != "")).sum())
        if wrong:
            raise TableInvalid(
                "{count} cells of the column {column} hold no number.",
                where="{file}",
                expected="numbers, as 1200 or 14.5",
                do="Correct the column; leave a cell empty where a count is hidden.",
                count=wrong,
                column=name,
                file=file.name,
            )
        table = table.with_columns(made.alias(name))
    return table

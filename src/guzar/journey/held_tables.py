"""Protected tables of a workspace: held beside their audit logs, let out for a release, read from releases before."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.tables.releases import ProtectedTable
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.protection_tasks import ProtectionTask
from guzar.protect.differencing import lay_side_by_side
from guzar.protect.door import HeldTable, let_out, read_table
from guzar.protect.release_counts import Protected
from guzar.protect.released_cells import TABLE, ReleasedTable
from guzar.store import StoredRelease, Workspace, checksum_of

ROOM = "protect"
COUNTED = "counts"  # what a protected table is made from, as an edition's source
HIDDEN_CELLS = "hidden_cells"


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


def held_at_older_editions(workspace: Workspace, task: ProtectionTask, edition: str) -> dict[str, str]:
    """Tables of the same persons, not of this task, of which the workspace holds only an older edition: name, edition."""
    populations = set(task.populations.values())
    found = {}
    for folder in sorted((workspace.path / "data" / ROOM).glob("*")):
        editions = list(workspace.editions(ROOM, folder.name))
        if not editions or folder.name in task.tables:
            continue
        newest = editions[-1]
        if newest.edition < edition and newest.receipt()["about"].get("population") in populations:
            found[folder.name] = newest.edition
    return found


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


def _bytes_of(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


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


def released_before(workspace: Workspace) -> list[list[ProtectedTable]]:
    """The protected tables of every release that was made from a workspace, oldest first.

    Of releases made on one day the one with the later edition is the later.
    """
    releases = sorted(
        workspace.releases(), key=lambda release: (release.record["date"], _newest_edition(release))
    )
    return [_read_whole(release) for release in releases]


def _newest_edition(release: StoredRelease) -> str:
    tables = release.record.get("protected", {}).values()
    return max((str(table["about"].get("edition", "")) for table in tables), default="")


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

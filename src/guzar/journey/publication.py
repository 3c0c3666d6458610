"""The last steps of the journey: figures pass the door, become a release, and stand where they were asked for.

    Observations → protect → ReleasedFigures → share → a folder in the workspace and a copy of it

A release appears whole or not at all and is never overwritten.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.publishers import Publisher
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ProtectedTable
from guzar.errors import ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.protect.release import release_public_figures, release_public_table
from guzar.store import (
    RELEASE_RECORD,
    StoredRelease,
    Workspace,
    checksum_of,
    open_release,
    replace_folder,
)

ReleaseTables = Mapping[str, tuple[type[dy.Schema], pl.DataFrame]]


@dataclass(frozen=True)
class ProtectedCells:
    """How many cells a protected table has, and how many of them are hidden."""

    cells: int
    hidden: int


@dataclass(frozen=True)
class Published:
    """A release that was made, or was held already."""

    release: str
    folder: Path
    values: int  # rows, with and without a number
    numbers: int
    dataflows: Mapping[str, int]
    tables: Mapping[str, int]
    is_new: bool
    protected: Mapping[str, ProtectedCells]
    publisher: Publisher | None  # None where nobody is declared


def publish_figures(
    observations: dy.DataFrame[Observations],
    workspace: Workspace | None,
    out: Path | None,
    *,
    date: str,
    extra: ReleaseTables,
    protected: Sequence[ProtectedTable] = (),
    audit: Sequence[Mapping[str, Any]] = (),
    publisher: Publisher | None = None,
) -> Published:
    """Release figures, every edition, as a folder in the workspace and a copy in `out`.

    `extra` are tables beside the figures, by name, each with its declaration; `protected` are tables of counts that
    the room protect let out, `audit` what the workspace keeps about them; `publisher` is
    who answers for the release, None where nobody is declared. The same content on the same day is
    the same release and adds nothing; no release is ever overwritten. `out` appears whole or not at all; without it the
    release stands in the workspace only.
    """
    if workspace is not None:
        workspace.require_whole()
    from guzar.share.editions import name_release, write_release  # noqa: PLC0415 - SDMX takes half a second to load

    if not observations.height and not protected and "treaty_standings" in extra:
        raise ReleaseRefused(
            "This workspace holds treaties only; treaties alone make no release.",
            expected="at least one figure beside the treaties",
            do="Collect a source of figures too: guzar collect SOURCE FILE --workspace WORKSPACE. "
            "guzar collect --list names them.",
        )
    figures = release_public_figures(observations)
    tables = {name: release_public_table(name, table, frame) for name, (table, frame) in extra.items()}
    made_from = _made_from(workspace)
    release = name_release(
        figures, tables, date=date, made_from=made_from, protected=protected, publisher=publisher
    )
    is_new = out is not None and _require_free(out, release)

    def fill(folder: Path) -> None:
        write_release(
            folder,
            figures,
            tables,
            release=release,
            date=date,
            made_from=made_from,
            protected=protected,
            publisher=publisher,
        )

    if workspace is None:
        if out is None:
            raise ValueError("a release needs a workspace or a folder")
        if is_new:
            replace_folder(out, fill, mark=RELEASE_RECORD)
        folder = out
    else:
        held = workspace.release_folder(release)
        is_new = is_new or (out is None and not held.exists())
        _hold(workspace, release, fill, date, audit)
        if is_new and out is not None:
            _copy_release(open_release(held), out)
        folder = out or held
    record = open_release(folder).record
    rows = {name: int(about["rows"]) for name, about in record["tables"].items()}
    numbers = figures["value"].count()
    cells = {
        table.name: ProtectedCells(table.frame.height, table.frame[table.count].null_count())
        for table in sorted(protected, key=lambda one: one.name)
    }
    return Published(
        release, folder, figures.height, numbers, record["dataflows"], rows, is_new, cells, publisher
    )


def _hold(
    workspace: Workspace,
    release: str,
    fill: Callable[[Path], None],
    date: str,
    audit: Sequence[Mapping[str, Any]],
) -> None:
    """The release as a folder in the workspace, and beside it what the workspace alone keeps about it."""
    held = workspace.release_folder(release)
    if not held.exists():
        workspace.place(held, fill)
    if audit:  # a run may have been killed before it
        workspace.add_audit(release, {"release": release, "date": date, "tables": list(audit)})


def _require_free(out: Path, release: str) -> bool:
    """Whether `out` is free for the release; False where it holds it already, refused where it holds anything else."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return True
    if (out / RELEASE_RECORD).is_file() and open_release(out).id == release:
        return False
    raise SettingsInvalid(
        "{path} holds something else already; a release is never overwritten.",
        expected="a folder that does not exist yet, or is empty",
        do="Choose another folder, for example --out {release}.",
        path=out,
        release=release,
    )


def _copy_release(held: StoredRelease, out: Path) -> None:
    """Copy a release whose files all have the checksum that it names."""
    damaged = held.damaged_files()
    if damaged:
        raise TableInvalid(
            "The release {release} in the workspace is damaged.",
            where="files: {files}",
            expected="every file as the release names it",
            do="Restore the release from a backup.",
            release=held.id,
            files=", ".join(damaged),
        )

    def fill(folder: Path) -> None:
        shutil.copytree(held.folder, folder, dirs_exist_ok=True)

    replace_folder(out, fill, mark=RELEASE_RECORD)


def _made_from(workspace: Workspace | None) -> list[dict[str, str]]:
    """The files that figures were taken from, with their checksums: deliveries, or the files that ship."""
    if workspace is None:
        from guzar.reference import shipped_files  # noqa: PLC0415 - only when there is no workspace

        return [{"file": name, "sha256": checksum_of(content)} for name, content in shipped_files().items()]
    wanted = ("source", "edition", "file", "sha256", "received")
    receipts = [held.receipt() for held in workspace.editions("collect", "published")]
    return [{name: str(receipt[name]) for name in wanted if name in receipt} for receipt in receipts]

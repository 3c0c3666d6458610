"""Publications for the service: folders that appear whole, and one small file that names the one to serve.

    data/share/published/<name>/index.sqlite, rows.parquet, complete.json
    data/share/published/current        the name of the folder to serve

`current` is exchanged in one step once the new folder stands: a service that looks at any moment, or is started after a
machine lost its power, finds a whole publication. The publication before the current one stays, so that a reader in the
middle of an answer, and a service that cannot open the new one, go on with it.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from guzar.errors import TableInvalid
from guzar.store.beside import file_beside
from guzar.store.files import checksum_of_file, write_json
from guzar.store.workspace import Workspace

CURRENT = "current"
COMPLETE = "complete.json"
KEPT = 2  # publications, the current one among them


def publications_folder(workspace: Workspace) -> Path:
    """Where the publications of a workspace stand."""
    return workspace.path / "data" / "share" / "published"


def add_publication(
    workspace: Workspace, name: str, fill: Callable[[Path], None], about: dict[str, Any]
) -> Path:
    """Make a publication whole or not at all, and let it be the one that is served; one that is damaged is made anew."""
    target = publications_folder(workspace) / name

    def fill_whole(folder: Path) -> None:
        fill(folder)
        files = {file.name: checksum_of_file(file) for file in sorted(folder.iterdir())}
        write_json(folder / COMPLETE, {**about, "files": files})
        for file in folder.iterdir():
            _to_disk(file)

    if not _is_whole(target):
        # A service that opened it while it was whole has its files open.
        shutil.rmtree(target, ignore_errors=True)
        workspace.place(target, fill_whole)
    _name_current(target)
    _leave_out_old(target)
    return target


def _is_whole(folder: Path) -> bool:
    try:
        read_publication(folder)
    except TableInvalid:
        return False
    return True


def _name_current(target: Path) -> None:
    with file_beside(target.parent / CURRENT) as beside:
        beside.write_text(f"{target.name}\n", encoding="utf-8")
        _to_disk(beside)
        os.replace(beside, target.parent / CURRENT)


def _to_disk(file: Path) -> None:
    """What is named must be on the disk before its name is: a machine may lose its power at any moment."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _leave_out_old(target: Path) -> None:
    folders = [
        one
        for one in target.parent.iterdir()
        if one.is_dir() and not one.name.startswith(".") and one != target
    ]
    newest_first = sorted(folders, key=lambda one: one.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def read_publication(folder: Path) -> dict[str, Any]:
    """What a publication says of itself; refused (TableInvalid) where one of its files is not as it was written."""
    try:
        about: dict[str, Any] = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))
        damaged = [
            name for name, digest in about["files"].items() if checksum_of_file(folder / name) != digest
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        damaged = [COMPLETE]
    if damaged:
        raise TableInvalid(
            "The publication {name} is damaged.",
            where="files: {files}",
            expected="every file as complete.json names it",
            do="Publish again: guzar publish --workspace WORKSPACE",
            name=folder.name,
            files=", ".join(damaged),
        )
    return about

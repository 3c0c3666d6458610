"""Folders that appear whole or not at all, and never take the place of what guzar did not make."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from guzar.errors import SettingsInvalid
from guzar.store.beside import OLD, folder_beside, held, name_beside
from guzar.store.files import write_json


def replace_folder(target: Path, fill: Callable[[Path], None], *, mark: str) -> None:
    """Make the folder `target` anew, whole or not at all; what stood there before stays until the new one is ready.

    `mark` is a file by which guzar knows its own folders of this kind: a folder with anything else in it is
    refused, so that nobody's files are ever taken away.
    """
    target = target.resolve()
    require_own_folder(target, mark)
    target.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(target) as beside:
        require_own_folder(target, mark)  # a run that was killed may have left it set aside
        fill(beside)
        if not (beside / mark).exists():
            write_json(beside / mark, {"made_by": "guzar"})
        _exchange(beside, target)


def _exchange(new: Path, target: Path) -> None:
    """Move a finished folder to its place; what stood there goes back where that fails, and away where it does not."""
    if not target.exists():
        os.replace(new, target)
        return
    old = name_beside(target, OLD)
    with held(target):  # so that no other run takes it for a leftover while it is set aside
        os.replace(target, old)
        try:
            os.replace(new, target)
        except BaseException:
            os.replace(old, target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def require_own_folder(target: Path, mark: str) -> None:
    """Refuse a folder that holds what guzar did not make; for long work, before it begins."""
    is_free = not target.exists() or (target.is_dir() and not any(target.iterdir()))
    if is_free or (target / mark).is_file():
        return
    raise SettingsInvalid(
        "{path} holds other files; guzar does not replace what it did not make.",
        expected="a folder that does not exist yet, is empty, or was made by the same command",
        do="Choose another folder with --out.",
        path=target,
    )

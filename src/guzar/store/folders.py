"""Folders that appear whole or not at all, and never take the place of what guzar did not make."""

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from guzar.errors import SettingsInvalid
from guzar.store.files import write_json


def replace_folder(target: Path, fill: Callable[[Path], None], *, mark: str) -> None:
    """Make the folder `target` anew, whole or not at all; what stood there before stays until the new one is ready.

    `mark` is a file by which guzar knows its own folders of this kind: a folder with anything else in it is
    refused, so that nobody's files are ever taken away.
    """
    target = target.resolve()
    _require_own_folder(target, mark)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside, old = (target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}") for _ in range(2))
    beside.mkdir()
    try:
        fill(beside)
        if not (beside / mark).exists():
            write_json(beside / mark, {"made_by": "guzar"})
        if target.exists():
            os.replace(target, old)
        os.replace(beside, target)
    except BaseException:
        if old.exists() and not target.exists():
            os.replace(old, target)  # the last move failed: what stood there goes back
        raise
    finally:
        for leftover in (beside, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _require_own_folder(target: Path, mark: str) -> None:
    is_free = not target.exists() or (target.is_dir() and not any(target.iterdir()))
    if is_free or (target / mark).is_file():
        return
    raise SettingsInvalid(
        "{path} holds other files; guzar does not replace what it did not make.",
        expected="a folder that does not exist yet, is empty, or was made by the same command",
        do="Choose another folder with --out.",
        path=target,
    )

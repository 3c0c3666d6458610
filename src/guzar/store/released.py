"""What was released, apart from the workspace that it came from: for a machine that serves it to everybody.

    guzar.toml                        the format; no rules of protection, no addresses of databases
    data/share/releases/…             every release, as it was published
    data/share/published/…            what a service serves of them
    data/ledger.jsonl                 of these alone

Records, audit logs (which tell what was hidden, and why), files that guzar did not write, and whatever else a workspace
holds do not go along. Who publishes, and what the figures count, stands in each release.
"""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.backup import Backup, look_before, write_backup
from guzar.store.beside import folder_beside
from guzar.store.files import write_text
from guzar.store.integrity import CURRENT, PUBLISHED
from guzar.store.ledger import noted_places, write_ledger
from guzar.store.workspace import FORMAT, SETTINGS

RELEASES = "data/share/releases"
SETTINGS_OUTSIDE = (
    f"# What was released of a guzar workspace: to be served, not to be worked on.\nformat = {FORMAT}\n"
)


def write_released(place: Path, out: Path) -> Backup:
    """Write all that was released of a workspace as one archive, which `guzar workspace restore` makes a workspace of.

    Raises SettingsInvalid for a place that will not do, or where nothing was published; TableInvalid for a workspace that
    is damaged, or holds links among what was released.
    """
    found = look_before(place, out)
    if not (place / PUBLISHED / CURRENT).is_file():
        raise SettingsInvalid(
            "Nothing was published from the workspace {path}.",
            expected="a workspace from which guzar publish made a release",
            do="Publish first: guzar publish --workspace WORKSPACE",
            path=place,
        )
    with folder_beside(out) as beside:
        for name in _released_files(place, {*found.unknown, *found.leftovers}):
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(place / name, target)
        write_text(beside / SETTINGS, SETTINGS_OUTSIDE)
        write_ledger(beside, noted_places(beside))
        return write_backup(beside, out)


def _released_files(place: Path, left_out: Collection[str]) -> list[str]:
    """Every file of releases and publications by name; a link is refused, for it may name anything."""
    names = []
    for path in sorted(one for part in (RELEASES, PUBLISHED) for one in (place / part).rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_symlink():
            raise TableInvalid(
                "What was released holds a link.",
                where="{file}",
                expected="files and folders only: a link may name what belongs to somebody else",
                do="Put the file itself there, or take the link away.",
                file=name,
            )
        if path.is_file() and name not in left_out:
            names.append(name)
    return names


def _copy(source: Path, target: Path) -> None:
    """The same file by another name where the disk allows it; releases are never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)

"""A workspace of the format before → the newest one: whole or not at all, and no table or receipt is touched.

Format 2 adds the ledger (store/ledger.py). The ledger is written first; that guzar.toml names the new format comes last,
in one step: until then the workspace is one of the format before, for every guzar.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.backup import Backup, write_backup
from guzar.store.files import checksum_of_file, write_bytes
from guzar.store.integrity import check_integrity
from guzar.store.ledger import append, noted_places, read_ledger, signed_file, write_ledger
from guzar.store.workspace import FORMAT, OLDEST_FORMAT, SETTINGS, Workspace, require_known_format

LINE = re.compile(rb"^((?:\xef\xbb\xbf)?[ \t]*format[ \t]*=[ \t]*)1(?=[ \t\r]*(?:#.*)?$)", re.MULTILINE)


@dataclass(frozen=True)
class Upgraded:
    """From which format to which; how many places the ledger notes; the backup that was made first."""

    before: int
    after: int
    noted: int
    backup: Backup | None


def upgrade_workspace(place: Path, backup: Path | None) -> Upgraded:
    """Bring a workspace to the newest format; nothing changes where it has it, but for what a killed run did not note.

    `backup` is the archive that is written first, secrets included. Raises TableInvalid for a damaged workspace.
    """
    workspace = Workspace(place)
    require_known_format(workspace)
    if workspace.format != OLDEST_FORMAT:
        return Upgraded(FORMAT, FORMAT, _note_the_rest(place), None)
    text = _with_new_format(place / SETTINGS)
    if backup is None:
        require_whole(place)
    made = None if backup is None else write_backup(place, backup, with_secrets=True)
    noted = write_ledger(place, noted_places(place))
    write_bytes(place / SETTINGS, text)
    return Upgraded(OLDEST_FORMAT, FORMAT, noted, made)


def require_whole(place: Path) -> None:
    """Refuse (TableInvalid) a workspace in which anything is damaged."""
    damages = check_integrity(place).damages
    if damages:
        raise TableInvalid(
            "The workspace {path} is damaged: {count} files or folders are not as they were written.",
            where="{damages}",
            expected="a workspace that guzar workspace check finds whole",
            do="Restore it from a backup, or mend it as docs/how-to/operate.md says; then run this again.",
            path=place,
            count=len(damages),
            damages="; ".join(one.path for one in damages[:5]),
        )


def accept_losses(place: Path) -> list[str]:
    """Take what is lost for good, or was changed by hand, as it is now; the places whose notes were changed."""
    changed: list[tuple[str, str | None]] = []
    for name, digest in sorted(read_ledger(place).items()):
        path = place / name
        signed = signed_file(place, path) if path.exists() else None
        now = checksum_of_file(signed) if signed else None
        if now != digest:
            changed.append((name, now))
    if changed:
        append(place, changed)
    return [name for name, _ in changed]


def _note_the_rest(place: Path) -> int:
    """Note what stands there whole and is not noted: a run was killed before its last word."""
    noted = read_ledger(place)
    rest = [path for path in noted_places(place) if path.relative_to(place).as_posix() not in noted]
    if rest:
        require_whole(place)
        signed = [(path.relative_to(place).as_posix(), signed_file(place, path)) for path in rest]
        append(place, [(name, checksum_of_file(file)) for name, file in signed if file])
    return len(rest)


def _with_new_format(settings: Path) -> bytes:
    """The text of guzar.toml with the new format; every other sign stays."""
    before = settings.read_bytes()
    after = LINE.sub(rb"\g<1>%d" % FORMAT, before, count=1)
    told, tells = (tomllib.loads(text.decode("utf-8-sig")) for text in (before, after))
    if tells != {**told, "format": FORMAT}:
        raise SettingsInvalid(
            "guzar cannot write the new format into guzar.toml.",
            where="guzar.toml: format",
            expected="a line of its own: format = 1",
            do="Write the line so, above the first section, and run the command again.",
        )
    return after

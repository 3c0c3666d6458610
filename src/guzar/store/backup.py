"""A backup: every file of a workspace in one archive, whose bytes depend on nothing but these files.

    guzar-backup.json      format, whether secrets are in it, and of every file its size and SHA-256; the first file
    <file>                 every other file, in the order of their names, all of one time and one owner

`.tar.gz` or `.zip`. Left out: what killed runs left, and secrets (the secret of the noise, key files) unless they are
asked for. The linking zone goes along as it is: sealed. Links are refused: what they name may be anybody's.
"""

import gzip
import io
import json
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.beside import file_beside
from guzar.store.files import checksum_of_file
from guzar.store.integrity import Integrity, check_integrity
from guzar.store.workspace import SECRET, SETTINGS

RECORD = "guzar-backup.json"
ARCHIVE_FORMAT = 1
ENDINGS = (".tar.gz", ".zip")
KEY_FILE = b"# Key file of guzar."
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive knows
COPIED = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What went into a backup, and what was left out."""

    out: Path
    files: int
    bytes: int
    sealed_files: int
    with_secrets: bool
    secrets_left_out: tuple[str, ...]


def write_backup(place: Path, out: Path, *, with_secrets: bool = False) -> Backup:
    """Write all that a workspace holds as one archive, whole or not at all, readable by its owner alone.

    Raises SettingsInvalid for a place that will not do, TableInvalid for a workspace that is damaged, holds links, or
    changes meanwhile: a backup of it would be taken for a good one.
    """
    kind = _kind_of(out)
    found = look_before(place, out)
    secrets = [name for name in _files_of(place, found.leftovers) if _is_secret(place / name)]
    names = [name for name in _files_of(place, found.leftovers) if with_secrets or name not in secrets]
    before = [_stamp(place / name) for name in names]
    told = _describe(place, names, found.format, with_secrets or not secrets)
    with file_beside(out) as beside:
        beside.chmod(0o600)
        with beside.open("wb") as archive:
            (_write_zip if kind == ".zip" else _write_tar)(archive, place, told)
            archive.flush()
            os.fsync(archive.fileno())
        _require_unchanged(place, names, before)
        os.replace(beside, out)
    left_out = () if with_secrets else tuple(secrets)
    sizes = sum(one["bytes"] for one in told["files"].values())
    return Backup(out, len(names), sizes, found.counts["sealed files"], with_secrets, left_out)


def look_before(place: Path, out: Path) -> Integrity:
    """What is in a workspace of which a backup may be made to this place. Raises as `write_backup` does."""
    _kind_of(out)
    _require_free(place, out)
    found = check_integrity(place)
    if found.damages:
        raise TableInvalid(
            "The workspace {path} is damaged: {count} files or folders are not as they were written.",
            where="{damages}",
            expected="a workspace that guzar workspace check finds whole",
            do="Restore it from an earlier backup, or mend it as docs/how-to/operate.md says; then make the backup.",
            path=place,
            count=len(found.damages),
            damages="; ".join(one.path for one in found.damages[:5]),
        )
    return found


def _kind_of(out: Path) -> str:
    kind = next((ending for ending in ENDINGS if out.name.lower().endswith(ending)), "")
    if not kind:
        raise SettingsInvalid(
            "guzar cannot write a backup to {path}.",
            expected="a name that ends in .tar.gz or .zip",
            do="Choose another name.",
            path=out,
        )
    return kind


def _require_free(place: Path, out: Path) -> None:
    if out.resolve().is_relative_to(place.resolve()):
        raise SettingsInvalid(
            "The backup would stand in what it is a backup of: {path}.",
            expected="a place outside the workspace, best on another disk",
            do="Choose another place with --out.",
            path=out,
        )
    if out.exists():
        raise SettingsInvalid(
            "{path} exists already; a backup is never written over.",
            expected="a file that does not exist yet",
            do="Choose another name, one with the date for example.",
            path=out,
        )
    if not out.absolute().parent.is_dir():
        raise SettingsInvalid(
            "There is no folder {folder}.",
            expected="a file in a folder that exists",
            do="Make the folder, or choose another path.",
            folder=out.parent,
        )


def _files_of(place: Path, leftovers: list[str]) -> list[str]:
    """Every file by name, without what killed runs left; a link is refused."""
    found = []
    for path in sorted(_walk(place)):
        name = path.relative_to(place).as_posix()
        if any(name == left or name.startswith(f"{left}/") for left in leftovers):
            continue
        if not stat.S_ISREG(path.lstat().st_mode):
            raise TableInvalid(
                "The workspace holds something that is neither a file nor a folder.",
                where="{file}",
                expected="files and folders only: a link may name what belongs to somebody else",
                do="Put the file itself there, or take the link away.",
                file=name,
            )
        found.append(name)
    return sorted(found)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _is_secret(file: Path) -> bool:
    """The secret of the noise, or a key file, which should not stand in a workspace at all."""
    if file.name == SECRET:
        return True
    with file.open("rb") as opened:
        start = opened.read(4096)
    return start.startswith(KEY_FILE) or (b"[[key]]" in start and b"secret" in start)


def _describe(place: Path, names: list[str], written: int | None, is_whole: bool) -> dict[str, Any]:
    files = {
        name: {"bytes": (place / name).stat().st_size, "sha256": checksum_of_file(place / name)}
        for name in names
    }
    return {
        "made_by": "guzar workspace export",
        "format": ARCHIVE_FORMAT,
        "workspace_format": written,
        "has_all_secrets": is_whole,
        "has_settings": SETTINGS in files,
        "files": files,
    }


def _stamp(file: Path) -> tuple[int, int] | None:
    """By what a change of a file is seen; None where it is gone."""
    try:
        seen = file.stat()
    except FileNotFoundError:
        return None
    return seen.st_size, seen.st_mtime_ns


def _require_unchanged(place: Path, names: list[str], before: list[tuple[int, int] | None]) -> None:
    """Refuse a workspace in which another run wrote while it was copied."""
    for name, stamp in zip(names, before, strict=True):
        if _stamp(place / name) != stamp:
            raise _changed_meanwhile(name)


def _changed_meanwhile(name: str) -> TableInvalid:
    return TableInvalid(
        "The workspace was changed while its backup was made.",
        where="{file}",
        expected="no other run of guzar on this workspace meanwhile",
        do="Make the backup again when no other run goes on.",
        file=name,
    )


def _record_bytes(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def _write_tar(archive: BinaryIO, place: Path, told: dict[str, Any]) -> None:
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=archive, compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        record = _record_bytes(told)
        tar.addfile(_tar_entry(RECORD, len(record)), io.BytesIO(record))
        for name, one in told["files"].items():
            with (place / name).open("rb") as opened:
                try:
                    tar.addfile(_tar_entry(name, one["bytes"]), opened)
                except OSError:  # shorter than it was
                    raise _changed_meanwhile(name) from None


def _tar_entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _write_zip(archive: BinaryIO, place: Path, told: dict[str, Any]) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        packed.writestr(_zip_entry(RECORD), _record_bytes(told))
        for name, one in told["files"].items():
            entry = _zip_entry(name)
            entry.file_size = one["bytes"]
            with (place / name).open("rb") as opened, packed.open(entry, "w") as target:
                while piece := opened.read(COPIED):
                    target.write(piece)


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same bytes on every system
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry

"""A backup → the workspace that it was made of, file by file, byte by byte; nothing of an archive is trusted.

The record that stands first names every file with size and checksum. Refused are names that lead out of the folder, links,
devices, files twice, files that the record does not name, and files longer than it says; a record that promises far more
than the archive can hold, or than the disk has room for, is refused before anything is written. The folder appears whole
or not at all.
"""

import gzip
import json
import os
import re
import shutil
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn

from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.store.backup import ARCHIVE_FORMAT, COPIED, RECORD
from guzar.store.beside import folder_beside
from guzar.store.hashed_files import HashedFile
from guzar.store.integrity import Integrity, check_integrity
from guzar.store.keyring import MARKS
from guzar.store.workspace import FORMAT, SECRET

LONGEST_RECORD = 256 << 20
MOST_PACKED = 100  # times as long as the archive, which no workspace is: its tables are packed already
ALWAYS_FITS = 64 << 20  # bytes that are written whatever the archive's own length
PERSONS = re.compile(r"^linking/|/record_contents\.parquet$|(^|/)(pseudonymised|register)\.json$")
DIGEST = re.compile(r"[0-9a-f]{64}")
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    ValueError,
    NotImplementedError,
    OSError,
)


@dataclass(frozen=True)
class Restored:
    """What was restored: files, bytes, what was found in the restored folder, whether it lacks a secret that it had."""

    files: int
    bytes: int
    found: Integrity
    lacks_secret: bool
    holds_persons: bool


def restore_backup(archive: Path, out: Path) -> Restored:
    """Make the folder `out` of a backup. Raises DeliveryRefused for an archive that is damaged or no backup of guzar,
    SettingsInvalid for a folder that is not free or a disk that is too small."""
    if not archive.is_file():
        raise SettingsInvalid(
            "There is no backup {path}.",
            expected="a file that guzar workspace export wrote",
            do="Check the path.",
            path=archive,
        )
    _require_free(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        members = _open(archive, stack)
        told = _read_record(members, archive)
        files = told["files"]
        _require_room(files, archive, out.parent)
        beside = stack.enter_context(folder_beside(out))
        _unpack(members, files, beside, archive)
        lacks = not told.get("has_all_secrets", True) and not (beside / SECRET).exists()
        if lacks:  # an empty one is refused when it is asked for: a new one would give other noise in silence
            (beside / SECRET).touch(0o600)
        found = check_integrity(beside)
        if found.damages:
            _refuse(archive, found.damages[0].path)
        if out.is_dir():
            out.rmdir()
        os.replace(beside, out)
    persons = any(PERSONS.search(name) for name in files)
    return Restored(len(files), sum(one["bytes"] for one in files.values()), found, lacks, persons)


Member = tuple[str, IO[bytes] | None]  # None: neither a file nor anything that may be restored


def _open(archive: Path, stack: ExitStack) -> Iterator[Member]:
    """The members of an archive one by one; each is to be read before the next."""
    with archive.open("rb") as opened:
        start = opened.read(4)
    try:
        if start[:2] == b"\x1f\x8b":
            unpacked = _Limited(stack.enter_context(gzip.open(archive)), _longest(archive))  # noqa: SIM115
            return _members_of_tar(stack.enter_context(tarfile.open(fileobj=unpacked, mode="r|")))  # type: ignore[call-overload]
        if start == b"PK\x03\x04":
            return _members_of_zip(stack.enter_context(zipfile.ZipFile(archive)))
        raise ValueError(start)
    except DAMAGED:
        _refuse(archive, RECORD)


def _longest(archive: Path) -> int:
    """More than this no archive of a workspace unpacks to."""
    return ALWAYS_FITS + MOST_PACKED * archive.stat().st_size


class _Limited:
    """What is unpacked, up to a length: headers too may be packed a thousandfold."""

    def __init__(self, opened: gzip.GzipFile, longest: int) -> None:
        self._opened, self._left = opened, longest

    def read(self, size: int) -> bytes:
        piece = self._opened.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise ValueError(size)
        return piece


def _members_of_tar(tar: tarfile.TarFile) -> Iterator[Member]:
    for entry in tar:
        yield entry.name, tar.extractfile(entry) if entry.type in tarfile.REGULAR_TYPES else None


def _members_of_zip(packed: zipfile.ZipFile) -> Iterator[Member]:
    for entry in packed.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() or kind not in (0, stat.S_IFREG) or entry.flag_bits & 1:
            yield entry.filename, None
            continue
        with packed.open(entry) as opened:
            yield entry.filename, opened


def _read_record(members: Iterator[Member], archive: Path) -> dict[str, Any]:
    try:
        name, opened = next(members)
        if name != RECORD or opened is None:
            raise ValueError(name)
        content = opened.read(LONGEST_RECORD + 1)
        if len(content) > LONGEST_RECORD:
            raise ValueError(name)
        told: dict[str, Any] = json.loads(content.decode("utf-8"))
        _require_record(told)
    except (*DAMAGED, StopIteration, RecursionError, KeyError, TypeError, AttributeError):
        _refuse(archive, RECORD)
    return told


def _require_record(told: dict[str, Any]) -> None:
    """Refuse (ValueError) what is no record of this guzar, and names that no file of a workspace has."""
    if told["format"] != ARCHIVE_FORMAT or not any(mark in told["files"] for mark in MARKS):
        raise ValueError(told["format"])
    folded: set[str] = set()
    for name, one in told["files"].items():
        is_plain = type(one["bytes"]) is int and one["bytes"] >= 0 and DIGEST.fullmatch(one["sha256"])
        if not is_plain or not _is_inside(name) or name.casefold() in folded:
            raise ValueError(name)
        folded.add(name.casefold())
    written = told["workspace_format"]
    if written is not None and (type(written) is not int or written > FORMAT):
        raise ValueError(written)


def _is_inside(name: str) -> bool:
    """Whether a name stays in the folder on every system: no root, drive, step up, device, or sign that ends a name."""
    path = PurePosixPath(name)
    parts = name.split("/")
    is_odd = any(
        part in ("", ".", "..") or part.rstrip(". ") != part or part.split(".")[0].casefold() in RESERVED
        for part in parts
    )
    has_signs = any(ord(sign) < 32 or sign in '\\:<>"|?*' for sign in name)
    return not (path.is_absolute() or is_odd or has_signs)


def _require_room(files: dict[str, Any], archive: Path, place: Path) -> None:
    """Refuse what cannot be true of a workspace, or has no room here, before the first byte is written."""
    needed = sum(one["bytes"] for one in files.values())
    if needed > _longest(archive):
        _refuse(archive, RECORD)
    free = shutil.disk_usage(place).free
    if needed > free:
        raise SettingsInvalid(
            "The disk has no room for this backup: {needed} bytes are needed, {free} are free.",
            expected="a disk with room for the whole workspace",
            do="Choose another place with --out.",
            needed=needed,
            free=free,
        )


def _unpack(members: Iterator[Member], files: dict[str, Any], folder: Path, archive: Path) -> None:
    """Write every file that the record names, once, as long as it says and with its checksum."""
    left = dict(files)
    name = RECORD
    try:
        for name, opened in members:
            told = left.pop(name, None)
            if told is None or opened is None:
                _refuse(archive, name)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(opened, target, told, archive, name)
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the archive
        _refuse(archive, name)
    if left:
        _refuse(archive, min(left))


def _copy(opened: IO[bytes], target: Path, told: dict[str, Any], archive: Path, name: str) -> None:
    left = int(told["bytes"])
    with target.open("xb") as written:
        target.chmod(0o600 if target.name == SECRET else 0o666 & ~_umask())
        hashed = HashedFile(written)
        while piece := opened.read(min(COPIED, left + 1)):
            left -= len(piece)
            if left < 0:
                _refuse(archive, name)
            hashed.write(piece)
        written.flush()
        os.fsync(written.fileno())
    if left or hashed.checksum != told["sha256"]:
        _refuse(archive, name)


def _umask() -> int:
    if sys.platform == "win32":
        return 0
    before = os.umask(0o077)
    os.umask(before)
    return before


def _require_free(out: Path) -> None:
    if not out.exists() or (out.is_dir() and not out.is_symlink() and not any(out.iterdir())):
        return
    raise SettingsInvalid(
        "{path} holds other files; a backup is restored beside what stands, never over it.",
        expected="a folder that does not exist yet, or is empty",
        do="Choose another folder with --out.",
        path=out,
    )


def _refuse(archive: Path, name: str) -> NoReturn:
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:200])
    raise DeliveryRefused(
        "{archive} is damaged, was changed, or is no backup of a guzar that is known here.",
        where="{file}",
        expected="the archive as guzar workspace export wrote it, by this guzar or an earlier one",
        do="Take another copy of the backup. Nothing was restored.",
        archive=archive.name,
        file=shown,
    ) from None

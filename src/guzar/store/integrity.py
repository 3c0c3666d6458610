"""Integrity: every file of a workspace against the checksum that guzar wrote of it, and what else lies about.

Looked at and not changed: editions by their receipts, receipts and releases by the ledger, audit logs, publications for
the service, the linking zone (its sealed files by their checksums: what is in them only the key can prove), registers by
their manifests, receipts of purges and erasures. Said apart: what is damaged, what killed runs left, what nobody knows.
"""

import json
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guzar.errors import GuzarError
from guzar.store.about import ENDING
from guzar.store.beside import OLD, SIGNS, held
from guzar.store.erasures import FORGETTING, erasure_receipts, is_erasure_under_way
from guzar.store.files import checksum_of, checksum_of_file
from guzar.store.keyring import MARKS
from guzar.store.ledger import ledger_file, noted_places, read_ledger, signed_file
from guzar.store.linking_zone import PENDING, RECEIPTS, ZONE, purge_receipts, zone_entries
from guzar.store.person_parts import MANIFEST, read_manifest, require_as_written
from guzar.store.releases import RELEASE_RECORD
from guzar.store.workspace import INCOMING, OLDEST_FORMAT, RECEIPT, SECRET, SECRET_BYTES, SETTINGS, Workspace

PUBLISHED = "data/share/published"
COMPLETE, CURRENT = "complete.json", "current"
# What is wrong with a file.
MISSING = "missing"
CHANGED = "not as it was written"
UNREADABLE = "cannot be read"
LOST = "lost: the ledger names it"
NOT_THE_NOTED = "not as the ledger notes it"
NOT_WHOLE = "a folder without the file that names the others"
NO_SUCH_RELEASE = "names what is not there"
HALF_ERASED = "an erasure was broken off; guzar workspace forget brings it to its end"
LEFTOVER = re.compile(rf"\..+\.{SIGNS}({re.escape(OLD)})?|\..+-being-sealed|ledger\.new")


@dataclass(frozen=True)
class Damage:
    """A file or folder that is not as guzar wrote it, and in what way."""

    path: str
    what: str


@dataclass
class Integrity:
    """What was found: numbers of what is whole, damages, leftovers of killed runs, files that nobody knows, files that
    were put here and not noted."""

    kind: str  # workspace, or records under pseudonyms
    format: int | None
    counts: Counter[str] = field(default_factory=Counter)
    damages: list[Damage] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    not_noted: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    has_secret: bool = False
    lacks_secret: bool = False  # it was left out of the backup from which this was restored


def check_integrity(place: Path) -> Integrity:
    """Look at every file of a workspace, or of a folder that `guzar pseudonymise` made; nothing is changed."""
    looking = _Looking(place)
    return looking.look()


class _Looking:
    """One look at one folder: files met so far, and what was found."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._known: set[str] = set()
        self._is_workspace = (place / SETTINGS).is_file()
        kind = "workspace" if self._is_workspace else "records under pseudonyms"
        written = Workspace(place).format if self._is_workspace else None
        self._found = Integrity(kind, written if isinstance(written, int) else None)

    def look(self) -> Integrity:
        if self._is_workspace:
            self._look_at_root()
            self._look_at_editions()
            self._look_at_releases()
            self._look_at_publications()
            self._look_at_ledger()
        else:
            self._look_at_pseudonymised()
        self._look_at_zone()
        self._look_at_erasures()
        self._look_at_the_rest()
        self._found.damages.sort(key=lambda one: (one.path, one.what))
        return self._found

    def _damaged(self, path: Path | str, what: str) -> None:
        name = path if isinstance(path, str) else self._name(path)
        self._found.damages.append(Damage(name, what))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._place).as_posix()

    def _know(self, *paths: Path) -> None:
        self._known.update(self._name(path) for path in paths)

    def _look_at_root(self) -> None:
        secret = self._place / SECRET
        self._know(self._place / SETTINGS, secret, ledger_file(self._place))
        size = secret.stat().st_size if secret.is_file() else None
        self._found.has_secret, self._found.lacks_secret = bool(size), size == 0
        if size not in (None, 0, SECRET_BYTES):
            self._damaged(secret, CHANGED)

    def _look_at_editions(self) -> None:
        for folder in sorted((self._place / "data").glob("*/*/*/*/*")):
            if folder.is_dir() and folder.parts[-5] != "share" and not folder.name.startswith("."):
                self._look_at_signed(folder, RECEIPT, "editions")

    def _look_at_signed(self, folder: Path, name: str, counted: str) -> dict[str, Any] | None:
        """A folder of which one file names the checksums of the others."""
        self._know(folder / name)
        if not (folder / name).is_file():
            self._damaged(folder / name, MISSING if any(folder.iterdir()) else NOT_WHOLE)
            return None
        told = _read_json(folder / name)
        files = told.get("files")
        if not isinstance(files, dict):
            self._damaged(folder / name, UNREADABLE)
            return None
        for file, digest in files.items():
            self._look_at_file(folder / file, digest)
        self._found.counts[counted] += 1
        return told

    def _look_at_file(self, path: Path, digest: object) -> None:
        self._know(path)
        if not path.is_file():
            self._damaged(path, MISSING)
        elif checksum_of_file(path) != digest:
            self._damaged(path, CHANGED)

    def _look_at_releases(self) -> None:
        shared = self._place / "data" / "share"
        for folder in sorted(path for path in shared.glob("releases/*") if _is_own(path)):
            told = self._look_at_signed(folder, RELEASE_RECORD, "releases")
            if told is not None and told.get("release") != folder.name:
                self._damaged(folder / RELEASE_RECORD, CHANGED)
            if told is not None:
                self._look_at_packed(folder, told)
        for file in sorted(shared.glob("audits/*.json")):
            self._know(file)
            told = _read_json(file)
            self._found.counts["audits"] += 1
            if not told:
                self._damaged(file, UNREADABLE)
            elif told.get("release") != file.stem or not (shared / "releases" / file.stem).is_dir():
                self._damaged(file, NO_SUCH_RELEASE)

    def _look_at_packed(self, folder: Path, told: dict[str, Any]) -> None:
        """The release as one archive, which no record names: in it stand the files that the record names."""
        for pack in folder.glob("packs/*.zip"):  # parts of the same files, one archive per subject
            self._look_at_pack(pack)
        packed = folder / f"{folder.name}.zip"
        self._know(packed)
        if not packed.is_file():
            return
        try:
            with zipfile.ZipFile(packed) as archive:
                whole = {one.partition("/")[2]: checksum_of(archive.read(one)) for one in archive.namelist()}
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error, NotImplementedError):
            whole = {}
        record = {RELEASE_RECORD: checksum_of_file(folder / RELEASE_RECORD)}
        if whole != {**told["files"], **record}:
            self._damaged(packed, CHANGED)

    def _look_at_pack(self, pack: Path) -> None:
        """The archive of one subject, which repeats what the release holds: it must be readable to its end."""
        self._know(pack)
        try:
            with zipfile.ZipFile(pack) as archive:
                whole = archive.testzip() is None
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error, NotImplementedError):
            whole = False
        if not whole:
            self._damaged(pack, CHANGED)

    def _look_at_publications(self) -> None:
        place = self._place / PUBLISHED
        for folder in sorted(path for path in place.glob("*") if _is_own(path)):
            self._look_at_signed(folder, COMPLETE, "publications")
        pointer = place / CURRENT
        if pointer.is_file():
            self._know(pointer)
            named = pointer.read_text(encoding="utf-8", errors="replace").strip()
            is_name = bool(named) and named == Path(named).name
            if not is_name or not (place / named / COMPLETE).is_file():
                self._damaged(pointer, NO_SUCH_RELEASE)
        elif self._found.counts["publications"]:
            self._damaged(pointer, MISSING)

    def _look_at_ledger(self) -> None:
        """What the ledger names stands there as it was noted; what stands there and is not noted is said apart."""
        if self._found.format == OLDEST_FORMAT:
            return
        noted = read_ledger(self._place)
        for name, digest in sorted(noted.items()):
            path = self._place / name
            if not path.exists():
                self._damaged(name, LOST)
            elif (signed := signed_file(self._place, path)) and checksum_of_file(signed) != digest:
                self._damaged(signed, NOT_THE_NOTED)
        places = map(self._name, noted_places(self._place))
        self._found.not_noted = [name for name in places if name not in noted]

    def _look_at_pseudonymised(self) -> None:
        told = self._look_at_signed(self._place, MARKS[1], "records under pseudonyms")
        if told is None:
            self._found.counts.clear()

    def _look_at_zone(self) -> None:
        """The linking zone: headers as they are written, sealed files as their headers name them."""
        zone = self._place / ZONE
        folders = sorted(path for path in zone.glob("*") if _is_own(path))
        for folder in folders:
            self._know(*(file for file in folder.iterdir()))
        try:
            entries = zone_entries(self._place)
        except GuzarError:
            entries = []
            self._damaged(zone, UNREADABLE)
        for entry in entries:
            self._look_at_file(entry.file(self._place), entry.sha256)
        self._found.counts["sealed files"] = len(entries)
        self._know(*zone.glob(RECEIPTS), zone / PENDING)
        try:
            self._found.counts["receipts of purges"] = len(purge_receipts(self._place))
        except GuzarError:
            self._damaged(zone, UNREADABLE)
        if (zone / PENDING).exists():
            self._found.leftovers.append(self._name(zone / PENDING))

    def _look_at_erasures(self) -> None:
        for file in erasure_receipts(self._place):
            self._know(file)
            self._found.counts["receipts of erasures"] += 1
            if not _read_json(file):
                self._damaged(file, UNREADABLE)
        if is_erasure_under_way(self._place):
            self._damaged(self._place / FORGETTING, HALF_ERASED)

    def _look_at_the_rest(self) -> None:
        """Every file: registers are looked at, leftovers and files that nobody knows are named."""
        for path in _walk(self._place):
            name = self._name(path)
            self._found.files += 1
            self._found.bytes += path.lstat().st_size
            if path.name == MANIFEST and name not in self._known:
                self._look_at_register(path.parent)
        listed = {_top_leftover(self._name(path)) for path in _walk(self._place)} - {None}
        self._found.leftovers += sorted(str(name) for name in listed if _is_free(self._place / str(name)))
        names = [self._name(path) for path in _walk(self._place) if _top_leftover(self._name(path)) is None]
        known = self._known | {name for name in names if name.endswith(ENDING)}
        known |= {name.removesuffix(ENDING) for name in names if name.endswith(ENDING)}
        self._found.unknown = sorted(name for name in names if name not in known)

    def _look_at_register(self, folder: Path) -> None:
        self._know(*(file for file in folder.iterdir() if file.suffix in (".json", ".parquet")))
        self._found.counts["registers"] += 1
        try:
            for part in read_manifest(folder).parts:
                require_as_written(folder, part)
        except GuzarError as error:
            self._damaged(folder / str(error.values.get("file", MANIFEST)), CHANGED)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder, and none that is being written."""
    return folder.is_dir() and not folder.name.startswith(".")


def _is_free(path: Path) -> bool:
    """Whether no run that still goes on holds it."""
    with held(path) as is_free:
        return is_free


def _top_leftover(name: str) -> str | None:
    """The topmost folder or file of a path that a killed run left; None where there is none."""
    parts = name.split("/")
    if parts[0] == INCOMING:
        return "/".join(parts[:2])
    if parts[0] == FORGETTING:
        return FORGETTING
    for depth, part in enumerate(parts, start=1):
        if LEFTOVER.fullmatch(part):
            return "/".join(parts[:depth])
    return None


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder by name; links are named and not followed."""
    for path in sorted(folder.iterdir()):
        if stat.S_ISDIR(path.lstat().st_mode):
            yield from _walk(path)
        else:
            yield path


def _read_json(file: Path) -> dict[str, Any]:
    """What stands in a JSON file; nothing where it cannot be read."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}

"""The workspace: a folder whose paths are the provenance.

    <workspace>/guzar.toml
    <workspace>/data/ledger.jsonl      what was put here (store/ledger.py; since format 2)
    <workspace>/data/<room>/<table>/<source>/<edition>/<checksum>/*.parquet + receipt.json

Nothing is overwritten: a new edition is a new folder, the same bytes again add nothing. A folder is written
beside its place and moved there in one step, so that a crash leaves the workspace as it was.
"""

import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.toml_places import place_in_toml
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.beside import file_beside, folder_beside, sweep_folder
from guzar.store.erasures import finish_erasure
from guzar.store.files import checksum_of, write_json, write_text
from guzar.store.ledger import is_noted, note
from guzar.store.releases import RELEASE_RECORD, StoredRelease, open_release

FORMAT = 2
OLDEST_FORMAT = 1  # is read and written as before; `guzar workspace upgrade` makes it the newest
SETTINGS = "guzar.toml"
RECEIPT = "receipt.json"
SECRET = "noise.secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
INCOMING = ".incoming"
PARTIAL = ".part"  # folder of a download that has not ended


@dataclass(frozen=True)
class StoredEdition:
    """One edition of one table in the workspace."""

    room: str
    table: str
    source: str
    edition: str
    folder: Path

    def receipt(self) -> dict[str, Any]:
        """What is known about where this edition came from; refused where it cannot be read."""
        try:
            loaded: dict[str, Any] = json.loads((self.folder / RECEIPT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise _refuse_damaged(self.folder.parents[5], [self._name(RECEIPT)]) from None
        return loaded

    def file(self, name: str) -> Path:
        """A file of this edition, ready to be read; refused where it is not as its receipt describes it."""
        path = self.folder / name
        digest = self.receipt().get("files", {}).get(name)
        if digest is None or not path.is_file() or _checksum_of_file(*_stamp(path)) != digest:
            raise _refuse_damaged(self.folder.parents[5], [self._name(name)])
        return path

    def tell(self, receipt: Mapping[str, Any]) -> None:
        """Let the receipt say something else from now on: until when names are held, what was erased."""
        write_json(self.folder / RECEIPT, receipt)
        Workspace(self.folder.parents[5]).note(self.folder)

    def _name(self, file: str) -> str:
        return f"{self.folder.relative_to(self.folder.parents[5]).as_posix()}/{file}"


@dataclass(frozen=True)
class Workspace:
    """A folder of collected, processed and released tables."""

    path: Path

    def settings(self) -> dict[str, Any]:
        """What guzar.toml says."""
        try:
            return tomllib.loads((self.path / SETTINGS).read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            line, column = place_in_toml(error)
            raise SettingsInvalid(
                "The settings of the workspace cannot be read.",
                where="{file}, line {line}, column {column}" if line else "{file}, the end of the file",
                expected="a TOML file in UTF-8",
                do="Correct the line, or remove it.",
                file=SETTINGS,
                line=line,
                column=column,
            ) from None

    @property
    def format(self) -> object:
        """The format that guzar.toml names; a whole number where nobody has spoilt it."""
        return self.settings().get("format")

    def note(self, place: Path) -> None:
        """Put down in the ledger that a folder or file stands there, as it is now; of format 1 there is none."""
        if self.format != OLDEST_FORMAT:
            note(self.path, place)

    def secret(self) -> bytes:
        """The secret of this workspace, made at first use and readable by its owner alone; it stands in no output."""
        path = self.path / SECRET
        if not path.exists():
            with file_beside(path) as beside:  # whole or not at all: half a secret would never be one
                beside.chmod(0o600)
                beside.write_bytes(os.urandom(SECRET_BYTES))
                with suppress(FileExistsError):  # another `guzar` was quicker
                    _name_unless_there(beside, path)
        content = path.read_bytes()
        if len(content) != SECRET_BYTES:
            raise _refuse_damaged(self.path, [SECRET])
        return content

    def partial(self, address: str) -> Path:
        """The folder that holds what has been received of one address while its download lasts."""
        return self.path / INCOMING / (checksum_of(address.encode())[:24] + PARTIAL)

    def editions(self, room: str, table: str) -> Iterator[StoredEdition]:
        """All editions held of one table, oldest first; refused where one has lost its receipt.

        A folder without a receipt may hold the newest edition: to pass it over would give an older one as the newest.
        """
        folders = [path for path in (self.path / "data" / room / table).glob("*/*/*") if path.is_dir()]
        lost = sorted(path for path in folders if not (path / RECEIPT).is_file())
        if lost:
            names = [f"{path.relative_to(self.path).as_posix()}/{RECEIPT}" for path in lost]
            raise _refuse_damaged(self.path, names)
        for folder in sorted(folders, key=lambda p: (p.parts[-2], p.parts[-3], p.parts[-1])):
            yield StoredEdition(room, table, folder.parts[-3], folder.parts[-2], folder)

    def holds(self, room: str, table: str, source: str, edition: str, checksum: str) -> bool:
        """Whether exactly these bytes are held already."""
        return (self._folder(room, table, source, edition, checksum) / RECEIPT).exists()

    def read(self, room: str, table: str) -> pl.LazyFrame | None:
        """Every row of every edition of one table, or None where none is held."""
        files = [
            held.file(name)
            for held in self.editions(room, table)
            for name in sorted(held.receipt().get("files", {}))
            if name.startswith(table) and name.endswith(".parquet")
        ]
        return pl.scan_parquet(files) if files else None

    def add(
        self,
        room: str,
        table: str,
        *,
        source: str,
        edition: str,
        checksum: str,
        frames: Mapping[str, pl.DataFrame],
        receipt: Mapping[str, Any],
        originals: Mapping[str, bytes] | None = None,
    ) -> Path | None:
        """Add one edition; None where the same bytes are held already."""
        place = self._folder(room, table, source, edition, checksum)
        if (place / RECEIPT).exists():
            if not is_noted(self.path, place):  # the run that made it was killed before its last word
                self.note(place)
            return None
        if place.exists():  # what should stand there has lost its receipt: nothing can be put beside it
            raise _refuse_damaged(self.path, [f"{place.relative_to(self.path).as_posix()}/{RECEIPT}"])

        def fill(folder: Path) -> None:
            for name, frame in frames.items():
                frame.write_parquet(folder / f"{name}.parquet")
            for name, content in (originals or {}).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            files = {
                file.relative_to(folder).as_posix(): file
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            }
            checksums = {name: checksum_of(file.read_bytes()) for name, file in files.items()}
            write_json(folder / RECEIPT, {**receipt, "files": checksums})

        self.place(place, fill)
        return place

    def damages(self) -> list[str]:
        """What is not as it was written: folders without a receipt, files missing or changed, below `data`."""
        folders = [
            path
            for path in (self.path / "data").glob("*/*/*/*/*")
            if path.is_dir() and path.parts[-5] != "share"
        ]
        return sorted(damage for folder in folders for damage in _damages_of(folder, self.path))

    def require_whole(self) -> None:
        """Refuse a workspace whose tables are not those that its receipts describe."""
        damages = self.damages()
        if damages:
            raise _refuse_damaged(self.path, damages)

    def release_folder(self, release: str) -> Path:
        """Where a release stands, or will stand."""
        return self.path / "data" / "share" / "releases" / release

    def audit_file(self, release: str) -> Path:
        """Where the audit log of a release stands: in the workspace only, never in what leaves."""
        folder = self.path / "data" / "share" / "audits"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{release}.json"

    def add_audit(self, release: str, about: Mapping[str, Any]) -> None:
        """Keep the audit log of a release; nothing where it is kept already."""
        if not self.audit_file(release).exists():
            write_json(self.audit_file(release), about)
            self.note(self.audit_file(release))

    def releases(self) -> list[StoredRelease]:
        """All releases made from this workspace, by date and id."""
        return [
            open_release(record.parent)
            for record in sorted(self.release_folder("").glob(f"*/{RELEASE_RECORD}"))
        ]

    def place(self, target: Path, fill: Callable[[Path], None]) -> None:
        """Make the folder `target` whole or not at all: filled beside its place, then moved there."""
        incoming = self.path / INCOMING
        incoming.mkdir(exist_ok=True)
        with folder_beside(incoming / "edition") as beside:
            fill(beside)
            target.parent.mkdir(parents=True, exist_ok=True)
            _move_unless_there(beside, target)
        self.note(target)

    def _folder(self, room: str, table: str, source: str, edition: str, checksum: str) -> Path:
        return self.path / "data" / room / table / source / edition / checksum[:16]


def _name_unless_there(file: Path, path: Path) -> None:
    if sys.platform == "win32":
        file.rename(path)  # fails where a file stands, as a link does elsewhere
    else:
        os.link(file, path)


def _refuse_damaged(root: Path, damages: list[str]) -> TableInvalid:
    return TableInvalid(
        "The workspace {path} is damaged: {count} files or folders are not as they were written.",
        where="{damages}",
        expected="every file with the checksum that its receipt names",
        do="Restore them from a backup, or remove these folders and collect their sources again.",
        path=root,
        count=len(damages),
        damages="; ".join(damages[:5]),
    )


def _stamp(file: Path) -> tuple[Path, int, int]:
    seen = file.stat()
    return file, seen.st_size, seen.st_mtime_ns


@lru_cache(maxsize=4096)  # one command asks for the same files several times
def _checksum_of_file(file: Path, _size: int, _written: int) -> str:
    return checksum_of(file.read_bytes())


def open_workspace(path: Path, *, create: bool = False) -> Workspace:
    """The workspace in `path`; made there when `create` is set, refused where it is something else."""
    settings = path / SETTINGS
    if not settings.exists():
        if not create:
            raise SettingsInvalid(
                "{path} is not a guzar workspace.",
                expected="a folder with a file guzar.toml",
                do="Check the path; or make a workspace with: guzar collect SOURCE FILE --workspace {path}, or with: guzar demo",
                path=path,
            )
        path.mkdir(parents=True, exist_ok=True)
        write_text(settings, f"# Settings of this guzar workspace\nformat = {FORMAT}\n")
    workspace = Workspace(path)
    require_known_format(workspace)
    sweep_folder(path / INCOMING, but=PARTIAL)  # a download that broke off is gone on with
    with suppress(OSError):  # who may only read goes on: what is half done shows as damage where it is read
        finish_erasure(path)
    return workspace


def require_known_format(workspace: Workspace) -> None:
    """Refuse (SettingsInvalid) a workspace of a newer guzar, or one whose format nobody knows."""
    written = workspace.format
    if isinstance(written, bool) or not isinstance(written, int) or not OLDEST_FORMAT <= written <= FORMAT:
        raise SettingsInvalid(
            "The workspace has the format {written}; this guzar knows {oldest} to {known}.",
            where="guzar.toml: format",
            expected="format = {known}",
            do="Use the guzar that made it, or a newer one.",
            written=written,
            oldest=OLDEST_FORMAT,
            known=FORMAT,
        )


def _damages_of(folder: Path, root: Path) -> list[str]:
    name = folder.relative_to(root).as_posix()
    try:
        written: dict[str, str] = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return [f"{name}/{RECEIPT}"]
    return [
        f"{name}/{file}"
        for file, digest in written.items()
        if not (folder / file).is_file() or checksum_of((folder / file).read_bytes()) != digest
    ]


def _move_unless_there(beside: Path, target: Path) -> None:
    """Move a finished folder to its place; where another `guzar` was quicker, the same content stands there."""
    try:
        os.replace(beside, target)
    except OSError:
        if not target.is_dir():
            raise

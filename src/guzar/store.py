"""The workspace: a folder whose paths are the provenance.

    <workspace>/guzar.toml
    <workspace>/data/<room>/<table>/<source>/<edition>/<checksum>/*.parquet + receipt.json

Nothing is overwritten: a new edition is a new folder, the same bytes again add nothing. A folder is written
beside its place and moved there in one step, so that a crash leaves the workspace as it was.
"""

import hashlib
import json
import os
import shutil
import time
import tomllib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import SettingsInvalid, TableInvalid

FORMAT = 1
SETTINGS = "guzar.toml"
RECEIPT = "receipt.json"
INCOMING = ".incoming"
LEFTOVER_SECONDS = 3600  # no delivery takes an hour to write
RELEASE_RECORD = "release.json"  # what a release says about itself
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
        """What is known about where this edition came from."""
        loaded: dict[str, Any] = json.loads((self.folder / RECEIPT).read_text(encoding="utf-8"))
        return loaded


@dataclass(frozen=True)
class StoredRelease:
    """A release as a folder: everything that `guzar publish` wrote, read back."""

    folder: Path
    record: Mapping[str, Any]  # release.json: release, date, editions, rows, checksum of every file

    @property
    def id(self) -> str:
        """The id of the release, as guzar-2026-11-21-1a2b3c4d."""
        return str(self.record["release"])

    def figures(self) -> dy.DataFrame[ReleasedFigures]:
        """All figures of the release, every edition."""
        return ReleasedFigures.validate(pl.read_parquet(self.folder / "parquet" / "figures.parquet"))

    def table(self, name: str) -> pl.DataFrame | None:
        """A table beside the figures (treaties, claims), or None where the release has none of this name."""
        file = self.folder / "parquet" / f"{name}.parquet"
        return pl.read_parquet(file) if name in self.record["tables"] else None

    def damaged_files(self) -> list[str]:
        """Files that are missing or whose bytes differ from the checksum that the release names."""
        paths = [(name, digest, self.folder / name) for name, digest in self.record["files"].items()]
        return [
            n for n, digest, path in paths if not path.is_file() or checksum_of(path.read_bytes()) != digest
        ]


@dataclass(frozen=True)
class Workspace:
    """A folder of collected, processed and released tables."""

    path: Path

    def settings(self) -> dict[str, Any]:
        """What guzar.toml says."""
        try:
            return tomllib.loads((self.path / SETTINGS).read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(
                "The settings of the workspace cannot be read.",
                where="guzar.toml: {problem}",
                expected="a TOML file in UTF-8",
                do="Correct the line, or remove it.",
                problem=error,
            ) from None

    def partial(self, address: str) -> Path:
        """The folder that holds what has been received of one address while its download lasts."""
        return self.path / INCOMING / (checksum_of(address.encode())[:24] + PARTIAL)

    def editions(self, room: str, table: str) -> Iterator[StoredEdition]:
        """All editions held of one table, oldest first."""
        root = self.path / "data" / room / table
        for receipt in sorted(
            root.glob(f"*/*/*/{RECEIPT}"), key=lambda p: (p.parts[-3], p.parts[-4], p.parts[-2])
        ):
            folder = receipt.parent
            yield StoredEdition(room, table, folder.parts[-3], folder.parts[-2], folder)

    def holds(self, room: str, table: str, source: str, edition: str, checksum: str) -> bool:
        """Whether exactly these bytes are held already."""
        return (self._folder(room, table, source, edition, checksum) / RECEIPT).exists()

    def read(self, room: str, table: str) -> pl.LazyFrame | None:
        """Every row of every edition of one table, or None where none is held."""
        files = [
            file
            for held in self.editions(room, table)
            for file in sorted(held.folder.glob(f"{table}*.parquet"))
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
            return None

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
            raise TableInvalid(
                "The workspace {path} is damaged: {count} files or folders are not as they were written.",
                where="{damages}",
                expected="every file with the checksum that its receipt names",
                do="Restore them from a backup, or remove these folders and collect their sources again.",
                path=self.path,
                count=len(damages),
                damages="; ".join(damages[:5]),
            )

    def release_folder(self, release: str) -> Path:
        """Where a release stands, or will stand."""
        return self.path / "data" / "share" / "releases" / release

    def releases(self) -> list[StoredRelease]:
        """All releases made from this workspace, by date and id."""
        return [
            open_release(record.parent)
            for record in sorted(self.release_folder("").glob(f"*/{RELEASE_RECORD}"))
        ]

    def place(self, target: Path, fill: Callable[[Path], None]) -> None:
        """Make the folder `target` whole or not at all: filled beside its place, then moved there."""
        beside = self.path / INCOMING / uuid.uuid4().hex
        beside.mkdir(parents=True)
        try:
            fill(beside)
            target.parent.mkdir(parents=True, exist_ok=True)
            _move_unless_there(beside, target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _folder(self, room: str, table: str, source: str, edition: str, checksum: str) -> Path:
        return self.path / "data" / room / table / source / edition / checksum[:16]


def open_workspace(path: Path, *, create: bool = False) -> Workspace:
    """The workspace in `path`; made there when `create` is set, refused where it is something else."""
    settings = path / SETTINGS
    if not settings.exists():
        if not create:
            raise SettingsInvalid(
                "{path} is not a guzar workspace.",
                expected="a folder with a file guzar.toml",
                do="Make one with: guzar collect SOURCE FILE --workspace {path}, or run: guzar demo",
                path=path,
            )
        path.mkdir(parents=True, exist_ok=True)
        write_text(settings, f"# Settings of this guzar workspace\nformat = {FORMAT}\n")
    _clear_incoming(path / INCOMING)
    workspace = Workspace(path)
    _require_known_format(workspace)
    return workspace


def _require_known_format(workspace: Workspace) -> None:
    written = workspace.settings().get("format")
    if written != FORMAT:
        raise SettingsInvalid(
            "The workspace has the format {written}; this guzar knows {known}.",
            where="guzar.toml: format",
            expected="format = {known}",
            do="Use the guzar that made it, or a newer one.",
            written=written,
            known=FORMAT,
        )


def open_release(folder: Path) -> StoredRelease:
    """The release in `folder`; refused where it is something else."""
    record = folder / RELEASE_RECORD
    if not record.is_file():
        raise SettingsInvalid(
            "{path} is not a release.",
            expected="a folder with a file release.json",
            do="Make one with: guzar publish --workspace WORKSPACE --out {path}",
            path=folder,
        )
    return StoredRelease(folder, json.loads(record.read_text(encoding="utf-8")))


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


def _clear_incoming(incoming: Path) -> None:
    """Remove what a crash left half-made; a download that broke off stays, to be gone on with.

    What is younger may belong to another `guzar` at work in the same workspace.
    """
    for left in incoming.glob("*"):
        if left.suffix != PARTIAL and time.time() - left.stat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


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


def checksum_of(content: bytes) -> str:
    """SHA-256 of a delivery's bytes."""
    return hashlib.sha256(content).hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write a text file so that it appears complete or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that it appears complete or not at all."""
    if not path.parent.is_dir() or path.is_dir():
        raise SettingsInvalid(
            "There is no folder {folder}." if not path.is_dir() else "{path} is a folder and not a file.",
            expected="a file in a folder that exists",
            do="Make the folder, or choose another path.",
            folder=path.parent,
            path=path,
        )
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file, keys in the order given."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """Write a table as .csv, .csv.gz or .parquet, by the ending of its name."""
    import gzip  # noqa: PLC0415
    import io  # noqa: PLC0415

    name = path.name.lower()
    if name.endswith(".parquet"):
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        return write_bytes(path, buffer.getvalue())
    if name.endswith((".csv", ".csv.gz")):
        text = frame.write_csv().encode("utf-8")
        return write_bytes(path, gzip.compress(text, mtime=0) if name.endswith(".gz") else text)
    raise SettingsInvalid(
        "guzar cannot write a table to {path}.",
        expected="a name that ends in .csv, .csv.gz or .parquet",
        do="Choose another name for --out.",
        path=path,
    )


def read_table(path: Path) -> pl.DataFrame:
    """Read a table from .csv, .csv.gz or .parquet; every CSV column as text, empty cells as missing."""
    name = path.name.lower()
    if not path.is_file():
        raise SettingsInvalid(
            "There is no file {path}.",
            expected="a table as .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=path,
        )
    try:
        if name.endswith(".parquet"):
            return pl.read_parquet(path)
        if name.endswith((".csv", ".csv.gz")):
            return pl.read_csv(path, infer_schema=False, null_values=[""])
    except pl.exceptions.PolarsError as problem:
        raise TableInvalid(
            "{name} could not be read as a table.",
            where="{name}: {problem}",
            expected="a CSV file in UTF-8 with commas between the columns and one header row, or a parquet file",
            do="Open the file, save it again in this form, and repeat.",
            name=path.name,
            problem=str(problem).splitlines()[0],
        ) from problem
    raise SettingsInvalid(
        "guzar cannot read a table from {path}.",
        expected="a name that ends in .csv, .csv.gz or .parquet",
        do="Save the table in one of these forms.",
        path=path,
    )

"""A release as a folder: what `guzar publish` wrote, read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.files import checksum_of

RELEASE_RECORD = "release.json"  # what a release says about itself
WRITTEN = {"release": str, "date": str, "values": int, "files": dict, "tables": dict, "editions": list}


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
        """All figures of the release, every edition; no rows where it holds protected tables only."""
        if not self.record["values"]:
            return ReleasedFigures.create_empty()
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
    return StoredRelease(folder, _read_record(record))


def _read_record(file: Path) -> dict[str, Any]:
    """release.json as guzar writes it; refused (TableInvalid) where it was cut short or changed by hand."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or any(
        not isinstance(told.get(name), kind) for name, kind in WRITTEN.items()
    ):
        raise TableInvalid(
            "The record of the release cannot be read.",
            where="{file}",
            expected="the file as guzar publish wrote it",
            do="Restore the release from a backup.",
            file=file,
        )
    return told

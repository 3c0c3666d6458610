"""Releases before the one of a site, and what changed since: as pages, the feed and the calendar read them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

RECORD = "release.json"


@dataclass(frozen=True)
class PastRelease:
    """One earlier release: its id, its day, its number of rows, and the folder where it lies."""

    id: str
    date: str
    values: int
    folder: Path

    @property
    def files(self) -> list[str]:
        """The files that stay on a site for good: the archive of the whole, and the record with its checksums."""
        return [name for name in (f"{self.id}.zip", RECORD) if (self.folder / name).is_file()]


@dataclass(frozen=True)
class History:
    """Earlier releases, oldest first, and the changes since the last of them (rows of ReleaseChanges).

    `tables` are the files beside the figures that came, went or changed.
    """

    earlier: Sequence[PastRelease] = ()
    changes: pl.DataFrame | None = None
    tables: Sequence[str] = ()


def read_past_release(folder: Path) -> PastRelease:
    """The earlier release in a folder, as its record names it."""
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return PastRelease(record["release"], record["date"], int(record["values"]), folder)


def offer_past_releases(history: History, out: Path) -> None:
    """Put the archive and the record of every earlier release below `out`/<id>, so that citations still lead there."""
    for past in history.earlier:
        (out / past.id).mkdir(parents=True, exist_ok=True)
        for name in past.files:
            shutil.copyfile(past.folder / name, out / past.id / name)

"""Small workspaces for tests: one as guzar makes it today, and one as the guzar of format 1 left it on disk."""

import hashlib
import json
from pathlib import Path

import polars as pl
from tests.analyse.made_up_stocks import observe

from guzar.store import Workspace, open_workspace

SETTINGS_1 = "# Settings of this guzar workspace\nformat = 1\n\n[services]\nformat = \"x\"  # 'format = 1' is said above\n"
EDITIONS = {"2022-05-10": 10.0, "2023-05-10": 20.0}


def figures(edition: str) -> pl.DataFrame:
    """One figure of one edition."""
    return observe(("wb_remittances_paid", "KGZ", "_T", "_Z", "2020", EDITIONS[edition]), edition=edition)


def make_workspace(path: Path) -> Workspace:
    """Two editions, collected by today's guzar."""
    held = open_workspace(path, create=True)
    for edition in EDITIONS:
        held.add(
            "collect",
            "published",
            source="world_bank",
            edition=edition,
            checksum=edition[3] * 64,
            frames={"published_observations": figures(edition)},
            receipt=receipt_of(edition),
        )
    return held


def receipt_of(edition: str) -> dict[str, object]:
    """What a receipt says beside the checksums."""
    return {
        "source": "world_bank",
        "edition": edition,
        "file": "f.csv",
        "sha256": "0" * 64,
        "received": edition,
    }


def make_format_1(path: Path) -> Path:
    """The same workspace as format 1 has it: written here file by file, by no code of guzar."""
    path.mkdir(parents=True)
    (path / "guzar.toml").write_text(SETTINGS_1, encoding="utf-8")
    for edition in EDITIONS:
        folder = path / "data" / "collect" / "published" / "world_bank" / edition / (edition[3] * 16)
        folder.mkdir(parents=True)
        table = folder / "published_observations.parquet"
        figures(edition).write_parquet(table)
        files = {table.name: hashlib.sha256(table.read_bytes()).hexdigest()}
        told = json.dumps({**receipt_of(edition), "files": files}, ensure_ascii=False, indent=2)
        (folder / "receipt.json").write_text(told + "\n", encoding="utf-8")
    return path


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Every file with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }

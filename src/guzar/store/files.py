"""Files that appear complete or not at all, and their checksums."""

import gzip
import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from guzar.errors import SettingsInvalid
from guzar.store.beside import file_beside


def checksum_of(content: bytes) -> str:
    """SHA-256 of a delivery's bytes."""
    return hashlib.sha256(content).hexdigest()


def checksum_of_file(path: Path) -> str:
    """SHA-256 of a file's content, read piece by piece."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write a text file so that it appears complete or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that it appears complete or not at all."""
    if not path.parent.is_dir() or path.is_dir():
        raise SettingsInvalid(
            "There is no folder {folder}." if not path.is_dir() else "{path} is a folder and not a file.",
            expected="a file in a folder that exists",
            do="Make the folder, or choose another path." if not path.is_dir() else "Choose another name.",
            folder=path.parent,
            path=path,
        )
    with file_beside(path) as beside:
        beside.write_bytes(content)
        os.replace(beside, path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file, keys in the order given."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def write_table(path: Path, frame: pl.DataFrame) -> None:
    """Write a table as .csv, .csv.gz or .parquet, by the ending of its name; .json, for reports, holds a list of its rows."""
    name = path.name.lower()
    if name.endswith(".json"):
        return write_text(path, frame.write_json() + "\n")
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
        do="Choose another name.",
        path=path,
    )

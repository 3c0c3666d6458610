"""A register on disk: a folder of Parquet parts by person and time, so that a month changes some of them.

    <register>/register.json             rule, days, files added, tally, and of every part its first person and its rows
    <register>/about.json                what a table in a file has beside it
    <register>/part-00000.parquet        crossings of whole persons, from its first person to that of the next part
    <register>/left-out-00000.parquet    crossings of these persons that the rule leaves out, as they were recorded

A part is never changed: a new register links those that stay, and takes the place of the old one in one step.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guzar.errors import TableInvalid
from guzar.store.files import write_json

MANIFEST = "register.json"
FORMAT = 1
ROW_GROUP = 1_000_000
IN_ORDER = ("person_id", "crossing_date")


@dataclass(frozen=True)
class PersonPart:
    """One part: its number, its first person, how many rows and persons, its latest day, and rows left out."""

    number: int
    first_person: str | int | None
    rows: int
    persons: int
    latest_crossing: str | None  # a day; whoever crossed no later than W days before the last day is decided
    rows_left_out: int

    @property
    def file(self) -> str:
        """The name of the part."""
        return f"part-{self.number:05d}.parquet"

    @property
    def file_left_out(self) -> str:
        """The name of the file with the crossings that the rule leaves out; there is none where there are none."""
        return f"left-out-{self.number:05d}.parquet"


@dataclass(frozen=True)
class Manifest:
    """What is known of a register: facts for the journey as plain values, and its parts in the order of persons."""

    facts: dict[str, Any]
    parts: tuple[PersonPart, ...]


def is_register(path: Path) -> bool:
    """Whether a folder is one that `guzar register` made."""
    return (path / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """What is known of a register. Raises TableInvalid where it cannot be read, or where parts are missing."""
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        parts = tuple(PersonPart(**part) for part in facts.pop("parts"))
        is_known = facts.pop("format") == FORMAT and all(_is_whole(folder, part) for part in parts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, pa.ArrowException):
        is_known = False
    if not is_known:
        raise TableInvalid(
            "The register {folder} is damaged, or of another guzar: its parts are not those that {manifest} names.",
            expected="every file as guzar register wrote it",
            do="Restore the folder from a backup, or make it again from the files of crossings.",
            folder=folder.name,
            manifest=MANIFEST,
        )
    return Manifest(facts, parts)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write down what is known of a register."""
    write_json(
        folder / MANIFEST,
        {"format": FORMAT, **manifest.facts, "parts": [asdict(part) for part in manifest.parts]},
    )


def parts_of(folder: Path) -> list[Path]:
    """The files of a register in the order of persons."""
    return [folder / part.file for part in read_manifest(folder).parts]


def read_part(folder: Path, part: PersonPart) -> tuple[pa.Table, pa.Table | None]:
    """The crossings of a part, and those that its rule leaves out."""
    left_out = pq.read_table(folder / part.file_left_out) if part.rows_left_out else None
    return pq.read_table(folder / part.file), left_out


def write_part(folder: Path, part: PersonPart, rows: pa.Table, left_out: pa.Table) -> None:
    """Write the files of a part."""
    _write(rows, folder / part.file)
    if part.rows_left_out:
        _write(left_out, folder / part.file_left_out)


def _write(rows: pa.Table, file: Path) -> None:
    """Write a table; columns in which every value is another one as differences, which is small and quick."""
    in_order = [each.name for each in rows.schema if each.name in IN_ORDER and _is_number(each.type)]
    pq.write_table(
        rows,
        file,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[name for name in rows.column_names if name not in in_order],
        column_encoding=dict.fromkeys(in_order, "DELTA_BINARY_PACKED"),
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_temporal(kind))


def link_part(held: Path, part: PersonPart, folder: Path, number: int) -> PersonPart:
    """Take a part over into another register as it is; copied where the disk knows no links."""
    taken = PersonPart(**{**asdict(part), "number": number})
    for name, new_name in _files(part, taken):
        try:
            os.link(held / name, folder / new_name)
        except OSError:
            shutil.copyfile(held / name, folder / new_name)
    return taken


def _files(part: PersonPart, taken: PersonPart) -> Sequence[tuple[str, str]]:
    own = [(part.file, taken.file)]
    return [*own, (part.file_left_out, taken.file_left_out)] if part.rows_left_out else own


def _is_whole(folder: Path, part: PersonPart) -> bool:
    left_out = pq.read_metadata(folder / part.file_left_out).num_rows if part.rows_left_out else 0
    return pq.read_metadata(folder / part.file).num_rows == part.rows and left_out == part.rows_left_out

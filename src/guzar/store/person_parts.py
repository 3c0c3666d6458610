"""A register on disk: a folder of Parquet parts by person and time, so that a month changes some of them.

    <register>/register.json             rule, days, files added, tally, and of every part its first person and its rows
    <register>/about.json                what a table in a file has beside it
    <register>/part-00000.parquet        crossings of whole persons, from its first person to that of the next part
    <register>/left-out-00000.parquet    crossings of these persons that the rule leaves out, as they were recorded

A part is never changed: a new register links those that stay, and takes the place of the old one in one step. Of every
part `register.json` holds the SHA-256, and its seal is the SHA-256 of all else that stands in it: no secret, so it shows
damage and changes by hand, not a forger. A part is checked whenever it is read or linked.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guzar.errors import TableInvalid
from guzar.store.files import write_json
from guzar.store.hashed_files import HashedFile

MANIFEST = "register.json"
FORMAT = 2
ROW_GROUP = 1_000_000
IN_ORDER = ("person_id", "crossing_date")
SEAL = "seal"
KEPT = 4_096  # files whose checksums a run remembers


@dataclass(frozen=True)
class PersonPart:
    """One part: its number, its first person, how many rows and persons, its latest day, rows left out, checksums."""

    number: int
    first_person: str | int | None
    rows: int
    persons: int
    latest_crossing: str | None  # a day; whoever crossed no later than W days before the last day is decided
    rows_left_out: int
    sha256: str = ""  # known once it is written
    sha256_left_out: str = ""

    @property
    def file(self) -> str:
        """The name of the part."""
        return f"part-{self.number:05d}.parquet"

    @property
    def file_left_out(self) -> str:
        """The name of the file with the crossings that the rule leaves out; there is none where there are none."""
        return f"left-out-{self.number:05d}.parquet"

    @property
    def files(self) -> dict[str, str]:
        """The names of its files with their checksums."""
        own = {self.file: self.sha256}
        return {**own, self.file_left_out: self.sha256_left_out} if self.rows_left_out else own


@dataclass(frozen=True)
class Manifest:
    """What is known of a register: facts for the journey as plain values, and its parts in the order of persons."""

    facts: dict[str, Any]
    parts: tuple[PersonPart, ...]


def is_register(path: Path) -> bool:
    """Whether a folder is one that `guzar register` made."""
    return (path / MANIFEST).is_file()


def damaged(folder: Path, file: str = MANIFEST) -> TableInvalid:
    """The refusal of a register in which a file is not as `guzar register` wrote it."""
    return TableInvalid(
        "The register {folder} is damaged, was changed by hand, or is of another guzar.",
        where="{file}",
        expected="every file as guzar register wrote it, and no other part",
        do="Restore the folder from a backup, or make it again from the files of crossings.",
        folder=folder.name,
        file=file,
    )


def read_manifest(folder: Path) -> Manifest:
    """What is known of a register. Raises TableInvalid where it is not as it was written, or where a part is missing,
    stands twice or is not named; what stands in the parts is looked at when they are read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        seal, is_known = content.pop(SEAL), content.pop("format") == FORMAT
        if not is_known or seal != seal_of(content):
            raise damaged(folder)
        parts = tuple(PersonPart(**part) for part in content.pop("parts"))
        is_whole = _are_in_order(parts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise damaged(folder) from None
    if not is_whole:
        raise damaged(folder)
    _require_named(folder, parts)
    return Manifest(content, parts)


def seal_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of what stands in a manifest beside format and seal, however its keys are ordered."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def _are_in_order(parts: Sequence[PersonPart]) -> bool:
    """Whether these are parts as they are written: numbered in turn, each from a person above that of the one before."""
    kinds: dict[str, tuple[type, ...]] = {field.name: (int,) for field in fields(PersonPart)}
    kinds |= {
        "first_person": (str, int),
        "latest_crossing": (str,),
        "sha256": (str,),
        "sha256_left_out": (str,),
    }
    if len(parts) == 1 and not parts[0].rows + parts[0].rows_left_out:  # made of no crossings
        kinds |= {name: (type(None),) for name in ("first_person", "latest_crossing")}
    are_plain = all(type(value) in kinds[name] for part in parts for name, value in vars(part).items())
    firsts = [part.first_person for part in parts]
    are_in_turn = [part.number for part in parts] == list(range(len(parts)))
    is_rising = all(one < other for one, other in pairwise(firsts))  # type: ignore[operator]
    return bool(parts) and are_plain and are_in_turn and is_rising


def _require_named(folder: Path, parts: Sequence[PersonPart]) -> None:
    """Refuse parts that are gone, and such as the manifest does not name."""
    named = {name for part in parts for name in part.files}
    on_disk = {file.name for sign in ("part-*.parquet", "left-out-*.parquet") for file in folder.glob(sign)}
    if wrong := sorted(named ^ on_disk):
        raise damaged(folder, wrong[0])


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write down what is known of a register, with its seal."""
    content = {**manifest.facts, "parts": [asdict(part) for part in manifest.parts]}
    write_json(folder / MANIFEST, {"format": FORMAT, **content, SEAL: seal_of(content)})


def parts_of(folder: Path) -> list[Path]:
    """The files of a register in the order of persons. Raises TableInvalid where one is not as it was written."""
    parts = read_manifest(folder).parts
    for part in parts:
        require_as_written(folder, part)
    return [folder / part.file for part in parts]


def require_as_written(folder: Path, part: PersonPart) -> None:
    """Refuse (TableInvalid) a part whose files are not byte for byte those that were written."""
    for name, checksum in part.files.items():
        if _checksum_on_disk(folder / name) != checksum:
            raise damaged(folder, name)


def _checksum_on_disk(file: Path) -> str:
    """The SHA-256 of a file; computed once in a run as long as the file stays what it is. Empty where it is gone."""
    try:
        stands = file.stat()
        return _checksum(file, stands.st_dev, stands.st_ino, stands.st_size, stands.st_mtime_ns)
    except OSError:
        return ""


@lru_cache(KEPT)
def _checksum(file: Path, *_stands: int) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_part(folder: Path, part: PersonPart) -> tuple[pa.Table, pa.Table | None]:
    """The crossings of a part, and those that its rule leaves out; what is read is what was checked."""
    tables = []
    for name, checksum in part.files.items():
        try:
            content = (folder / name).read_bytes()
        except OSError:
            raise damaged(folder, name) from None
        if hashlib.sha256(content).hexdigest() != checksum:
            raise damaged(folder, name)
        tables.append(pq.read_table(pa.BufferReader(content)))
    if [table.num_rows for table in tables] != [part.rows, part.rows_left_out][: len(tables)]:
        raise damaged(folder)
    return tables[0], tables[1] if part.rows_left_out else None


def write_part(folder: Path, part: PersonPart, rows: pa.Table, left_out: pa.Table) -> PersonPart:
    """Write the files of a part; the part with their checksums."""
    own = _write(rows, folder / part.file)
    return replace(
        part,
        sha256=own,
        sha256_left_out=_write(left_out, folder / part.file_left_out) if part.rows_left_out else "",
    )


def _write(rows: pa.Table, file: Path) -> str:
    """Write a table; columns in which every value is another one as differences, which is small and quick. Its SHA-256."""
    in_order = [each.name for each in rows.schema if each.name in IN_ORDER and _is_number(each.type)]
    with file.open("wb") as opened:
        hashed = HashedFile(opened)
        pq.write_table(
            rows,
            hashed,
            compression="zstd",
            row_group_size=ROW_GROUP,
            use_dictionary=[name for name in rows.column_names if name not in in_order],
            column_encoding=dict.fromkeys(in_order, "DELTA_BINARY_PACKED"),
            write_page_checksum=True,
        )
    return hashed.checksum


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_temporal(kind))


def link_part(held: Path, part: PersonPart, folder: Path, number: int) -> PersonPart:
    """Take a part over into another register as it is; copied where the disk knows no links. Raises TableInvalid where it
    is not as it was written."""
    taken = replace(part, number=number)
    for name, new_name in zip(part.files, taken.files, strict=True):
        try:
            os.link(held / name, folder / new_name)
        except OSError:
            shutil.copyfile(held / name, folder / new_name)
        if _checksum_on_disk(folder / new_name) != part.files[name]:
            raise damaged(held, name)
    return taken

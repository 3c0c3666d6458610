"""A register → the same without some persons: other parts stay as they are, and what is told of the whole stays true."""

import shutil
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from guzar.journey.register_facts import Known, as_manifest, read_known
from guzar.journey.register_parts import PartsWriter
from guzar.process.histories import DATE, PERSON, SEQUENCE
from guzar.process.residence import Tally
from guzar.process.touched_persons import Crossings, Reclassified, tally_of
from guzar.store.person_parts import MANIFEST, PersonPart, read_part, write_manifest
from guzar.store.traces import Pseudonyms

BY = "guzar workspace forget"  # among the files of a register: rows that were taken away again


def write_register_without(folder: Path, out: Path, sought: Pseudonyms) -> int:
    """Write a register without the persons sought into an empty folder; how many crossings of theirs it had.

    Raises TableInvalid where the register is not as it was written.
    """
    known = read_known(folder)
    order = _order_of(known.columns)
    tally, gone = Tally(**vars(known.tally)), 0
    last: tuple[pa.Table, pa.Table] | None = None
    with PartsWriter(out) as writer:
        for part in known.parts:
            rows, left_out = _read(folder, part, known)
            theirs, theirs_left_out = (_of(table, sought) for table in (rows, left_out))
            last = rows.slice(0, 0), left_out.slice(0, 0)
            if not theirs.num_rows + theirs_left_out.num_rows:
                if part.first_person is not None:
                    writer.link(folder, part)
                continue
            gone += theirs.num_rows + theirs_left_out.num_rows
            nothing = left_out.slice(0, 0)
            _take_off(tally, tally_of(Crossings(theirs, theirs_left_out, nothing), order, known.rule))
            _add(writer, _but(rows, sought), _but(left_out, sought))
        if not writer.count and last is not None:
            _add(writer, *last, even_empty=True)
        parts = writer.finish()
    file = {"name": BY, "sha256": "", "rows": -gone, "rows_held_already": 0}
    files = [*known.files, {**file, "observed_to": known.rule.last_day.isoformat()}]
    write_manifest(out, as_manifest(replace(known, files=files, tally=tally, parts=parts)))
    _copy_the_rest(folder, out, known)
    return gone


def _read(folder: Path, part: PersonPart, known: Known) -> tuple[pa.Table, pa.Table]:
    rows, left_out = read_part(folder, part)
    recorded = [name for name in known.columns if name in rows.column_names]
    return rows, rows.slice(0, 0).select(recorded) if left_out is None else left_out


def _of(rows: pa.Table, sought: Pseudonyms) -> pa.Table:
    return rows.filter(_is_theirs(rows, sought))


def _but(rows: pa.Table, sought: Pseudonyms) -> pa.Table:
    return rows.filter(pc.invert(_is_theirs(rows, sought)))


def _is_theirs(rows: pa.Table, sought: Pseudonyms) -> pa.ChunkedArray:
    persons = rows.column(PERSON).cast(pa.large_string())
    return pc.is_in(persons, pa.array(sorted(sought.in_column(PERSON)), pa.large_string()))


def _add(writer: PartsWriter, rows: pa.Table, left_out: pa.Table, *, even_empty: bool = False) -> None:
    writer.add(Reclassified(rows, left_out, 0, 0, 0, 0))
    writer.end_part(even_empty=even_empty)


def _take_off(tally: Tally, theirs: Tally) -> None:
    for field in fields(Tally):
        setattr(tally, field.name, getattr(tally, field.name) - getattr(theirs, field.name))


def _order_of(columns: Mapping[str, str]) -> list[str]:
    """Time, the sequence, and all other columns, as the crossings of a register stand."""
    order = [name for name in (DATE, SEQUENCE) if name in columns]
    return order + sorted(name for name in columns if name not in {PERSON, *order})


def _copy_the_rest(folder: Path, out: Path, known: Known) -> None:
    """Files that stand beside the parts: what the register is about, and whatever else somebody put there."""
    own = {MANIFEST, *(name for part in known.parts for name in part.files)}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in own:
            shutil.copyfile(path, out / path.name)

"""Collecting records about persons: a delivery becomes pseudonymous rows, a quarantine, a receipt, and sealed names.

A delivery is read twice: once to see whether it may come in at all and which rows repeat one another, once to take it
in, batch by batch. Nothing is placed in the workspace before all of it is ready; nothing that names a person is
written anywhere but sealed.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.collect.record_batches import OpenedRecords
from guzar.collect.record_database import fetch_records, find_address, name_of, query_of
from guzar.collect.record_files import open_packed_records, open_records
from guzar.collect.record_form import RecordForm, find_record_form
from guzar.collect.record_mapping import RecordMapping
from guzar.collect.record_receipt import RecordReceipt
from guzar.collect.record_sifting import (
    Examined,
    Sifted,
    count_by_first_fault,
    examine,
    faults_of,
    quarantine_of,
    sift_batches,
    without_repetitions,
)
from guzar.define.columns import EDITION
from guzar.errors import SettingsInvalid
from guzar.process.pseudonymise import split_identity
from guzar.store import RECEIPT, Workspace, write_json
from guzar.store.keyring import Keyring
from guzar.store.linking_zone import ZONE, ZoneEntry, put_delivery, put_identity

CONTENTS = "records about persons, under a pseudonym"
Step = Callable[[], None]


@dataclass(frozen=True)
class RecordDelivery:
    """A delivery as it lies there: a file, or the packed answer of a database."""

    name: str
    path: Path | None = None
    packed: pa.Buffer | None = None

    def stream(self) -> BinaryIO:
        """Its bytes, from the beginning."""
        if self.path is not None:
            return self.path.open("rb")
        stream: BinaryIO = pa.BufferReader(self.packed)
        return stream

    def opened(self, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
        """Its records, ready to be read."""
        if self.path is not None:
            return open_records(self.path, form, mapping)
        return open_packed_records(self.packed, self.name, form, mapping)


@dataclass(frozen=True)
class CollectedRecords:
    """What became of one delivery of records."""

    source: str
    holder: str
    edition: str
    file: str
    kept: int
    refused: int
    reasons: Mapping[str, int]  # a row with two faults is counted under both
    first_rows: Mapping[str, list[int]]  # by reason: the numbers of the first rows that have it
    can_be_linked: bool | None  # None: surveys bring no names; also where the delivery was held already
    is_new: bool


def collect_records(
    workspace: Workspace,
    source: str,
    delivery: RecordDelivery,
    mapping: RecordMapping,
    receipt: RecordReceipt,
    keyring: Keyring,
    *,
    received: str,
    edition: str | None = None,
    moved: Step = lambda: None,
) -> CollectedRecords:
    """Take one delivery of records about persons into the workspace; the same bytes again add nothing.

    Raises DeliveryRefused, and leaves the workspace as it was, where the delivery is damaged, lacks columns, or would
    lose more than half of its rows. `moved` is called after every batch.
    """
    form = find_record_form(source)
    dated = _edition_of(edition or receipt.edition or received)
    checksum = _checksum_of(delivery)
    held = _held_edition(workspace, form, receipt, checksum)
    if held is not None:
        return _held_already(held, form, receipt, delivery)
    opened = delivery.opened(form, mapping)

    def read() -> Iterator[Sifted]:
        for part in sift_batches(opened.batches(), form, mapping, date.fromisoformat(received)):
            yield part
            moved()

    examined = examine(read(), form, delivery.name, mapping)
    faults = faults_of(examined.refused)
    told = {
        "source": form.source,
        **{name: str(value) for name, value in asdict(receipt).items() if name != "edition"},
        "file": delivery.name,
        "sha256": checksum,
        "layout": opened.kind,
        "edition": dated,
        "received": received,
        "contains": CONTENTS,
        "key_id": keyring.key_id,
        "rows_kept": {form.table: examined.kept},
        "rows_refused": count_by_first_fault(examined.refused),
        "faults": [asdict(fault) for fault in faults],
        "first_day": examined.first_day,
        "last_day": examined.last_day,
        "columns_found": list(opened.found),
        "columns_left_out": list(opened.left_out),
        "mapping_sha256": hashlib.sha256(mapping.content).hexdigest() if mapping.content else None,
    }
    _place(workspace, form, delivery, receipt, keyring, read, examined, told)
    return CollectedRecords(
        form.source,
        receipt.holder,
        dated,
        delivery.name,
        examined.kept,
        examined.refused.height,
        {fault.reason: fault.count for fault in faults},
        {fault.reason: fault.rows for fault in faults},
        examined.linkable > 0 if "surname" in form.columns else None,
        True,
    )


def fetch_delivery(
    workspace: Workspace, source: str, mapping: RecordMapping, environment: Mapping[str, str]
) -> RecordDelivery:
    """The records that an agency's database gives, as the mapping file asks for them."""
    if not mapping.database:
        raise SettingsInvalid(
            "There is no file to collect, and the mapping file names no database.",
            expected="a file, or a section [database] in the mapping file",
            do="Name the file after the source, or complete the mapping file.",
        )
    address = find_address(mapping.database, source, environment, workspace.settings())
    packed = fetch_records(address, query_of(mapping.database))
    return RecordDelivery(name_of(mapping.database, mapping.file), packed=packed)


def _edition_of(edition: str) -> str:
    if re.fullmatch(EDITION, edition):
        return edition
    raise SettingsInvalid(
        "“{edition}” is not a date.",
        where="--edition",
        expected="the date of the delivery: 2023, 2023-06 or 2023-06-30",
        do="Correct --edition, or leave it out: the day of receipt is taken.",
        edition=edition,
    )


def _checksum_of(delivery: RecordDelivery) -> str:
    digest = hashlib.sha256()
    with delivery.stream() as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _held_edition(
    workspace: Workspace, form: RecordForm, receipt: RecordReceipt, checksum: str
) -> Mapping[str, Any] | None:
    """The receipt under which exactly these bytes of this holder are held already."""
    held = (one for one in workspace.editions("collect", form.table) if one.source == receipt.holder_id)
    return next((one.receipt() for one in held if one.folder.name == checksum[:16]), None)


def _held_already(
    held: Mapping[str, Any], form: RecordForm, receipt: RecordReceipt, delivery: RecordDelivery
) -> CollectedRecords:
    faults = held.get("faults", ())
    kept = int(held["rows_kept"][form.table])
    return CollectedRecords(
        form.source,
        receipt.holder,
        held["edition"],
        delivery.name,
        kept,
        sum(held["rows_refused"].values()),
        {fault["reason"]: fault["count"] for fault in faults},
        {fault["reason"]: fault["rows"] for fault in faults},
        None,
        False,
    )


def _place(
    workspace: Workspace,
    form: RecordForm,
    delivery: RecordDelivery,
    receipt: RecordReceipt,
    keyring: Keyring,
    read: Callable[[], Iterator[Sifted]],
    examined: Examined,
    told: Mapping[str, Any],
) -> None:
    """Fill the edition and the sealed entries beside their places, then move them there, the edition last.

    A crash between the moves leaves sealed entries without an edition: the next run makes the same ones again, since
    they are named by their content, and adds the edition.
    """
    checksum = str(told["sha256"])
    place = (
        workspace.path / "data" / "collect" / form.table / receipt.holder_id / told["edition"] / checksum[:16]
    )

    def fill(folder: Path) -> None:
        sealed = _fill(folder, form, receipt, keyring, read, examined)
        sealed.append(_seal_delivery(folder, delivery, examined, keyring, receipt))
        quarantine_of(examined).write_parquet(folder / "refused_rows.parquet")
        files = {
            file.name: _checksum_of(RecordDelivery(file.name, file)) for file in folder.glob("*.parquet")
        }
        entries = [entry.entry for entry in sealed]
        write_json(
            folder / RECEIPT,
            _plain({**told, "sealed": entries, "files": dict(sorted(files.items()))}),
        )
        _move_sealed(folder / ZONE, workspace.path / ZONE)

    workspace.place(place, fill)


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def _fill(
    folder: Path,
    form: RecordForm,
    receipt: RecordReceipt,
    keyring: Keyring,
    read: Callable[[], Iterator[Sifted]],
    examined: Examined,
) -> list[ZoneEntry]:
    """Write the pseudonymous rows batch by batch; seal the identity rows of each batch."""
    key = keyring.for_purpose("pseudonym", receipt.holder_id)
    until = receipt.retention_until.isoformat()
    sealed: list[ZoneEntry | None] = []
    schema = _as_arrow(form.kept.create_empty()).schema
    with pq.ParquetWriter(folder / f"{form.table}.parquet", schema, compression="zstd") as writer:
        for part in read():
            records = without_repetitions(part, examined)
            if not records.height:
                continue
            rows, identity = split_identity(records, key)
            kept = form.kept.validate(rows.select(form.kept.column_names()))
            writer.write_table(_as_arrow(kept))
            sealed.append(
                put_identity(folder, identity, keyring, holder=receipt.holder_id, retention_until=until)
            )
    return [entry for entry in sealed if entry is not None]


def _as_arrow(rows: pl.DataFrame) -> pa.Table:
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _seal_delivery(
    folder: Path, delivery: RecordDelivery, examined: Examined, keyring: Keyring, receipt: RecordReceipt
) -> ZoneEntry:
    """The delivery as it was sent, sealed as one file, whatever its size."""
    return put_delivery(
        folder,
        delivery.stream,
        keyring,
        holder=receipt.holder_id,
        retention_until=receipt.retention_until.isoformat(),
        rows=examined.rows,
    )


def _move_sealed(staged: Path, zone: Path) -> None:
    zone.mkdir(exist_ok=True)
    for entry in sorted(staged.glob("*")):
        if not (zone / entry.name).exists():
            os.replace(entry, zone / entry.name)
    shutil.rmtree(staged, ignore_errors=True)

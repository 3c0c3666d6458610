"""Collecting records about persons: a delivery becomes pseudonymous rows, a quarantine, a receipt, and sealed names.

A delivery is read twice: once to see whether it may come in at all and which rows repeat one another, once to take it
in, batch by batch. Nothing is placed in the workspace before all of it is ready; nothing that names a person is
written anywhere but sealed.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
)
from guzar.define.columns import EDITION
from guzar.errors import SettingsInvalid
from guzar.journey.held_records import (
    ERASED,
    MARKS_FILE,
    OTHER,
    TAKEN,
    HeldEdition,
    Known,
    Recogniser,
    held_editions,
    hold_until,
    names_stand,
    tell_sealed,
    without_known,
)
from guzar.journey.misplaced_rows import require_few_shown, set_aside_unfit
from guzar.process.pseudonymise import mark_contents, split_identity
from guzar.store import RECEIPT, Workspace, folder_beside, write_json
from guzar.store.keyring import Keyring
from guzar.store.linking_zone import HEADER, ZONE, ZoneEntry, put_delivery, put_identity
from guzar.store.workspace import INCOMING

CONTENTS = "records about persons, under a pseudonym"
MARKS_SCHEMA = pa.schema([("content", pa.uint64())])
TERMS = ("sha256", "key_id", "mapping_sha256", "numbering", "corrects")
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
    held: int = 0  # records that were held already, as they are
    replaced: int = 0  # records that took the place of earlier ones: corrected, or under a newer key
    sealed_again: int = 0  # records whose names were sealed once more, after a purge
    held_until: str = ""  # the day until which names are held from now on, where a newer receipt has moved it


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
    """Take one delivery of records about persons into the workspace; what is held already is not added again.

    The same bytes on the same terms add nothing: names that were purged since are sealed again, and a newer receipt
    says until when. Raises DeliveryRefused, and leaves the workspace as it was, where the delivery is damaged, lacks
    columns, or would lose more than half of its rows. `moved` is called after every batch.
    """
    form = find_record_form(source)
    dated = _edition_of(edition or receipt.edition or received)
    terms = _terms_of(delivery, mapping, receipt, keyring)
    editions = held_editions(workspace, form.table)
    own = [one for one in editions if one.stored.source == receipt.holder_id]
    held = next((one for one in own if terms.items() <= one.told.items()), None)
    if held is not None and names_stand(workspace.path, held):
        until = hold_until(workspace.path, held, receipt, keyring)
        return _collected(held.told, form, receipt, delivery, is_new=False, held_until=until)
    opened = delivery.opened(form, mapping)

    def read() -> Iterator[Sifted]:
        for part in sift_batches(opened.batches(), form, mapping, date.fromisoformat(received)):
            yield set_aside_unfit(part)
            moved()

    recogniser = Recogniser(editions, form, receipt, keyring)
    found = examine(recogniser.watch(read()), form, delivery.name, mapping)
    require_few_shown(found.refused, found.rows, delivery.name)
    verdicts = recogniser.recognise(is_again=_came_before(own, terms))
    examined = without_known(found, verdicts, delivery.name)
    known = Known(verdicts, examined.set_aside)
    if held is not None:
        sealed = _seal_again(workspace, held, form, delivery, receipt, keyring, read, examined, known)
        until = receipt.retention_until.isoformat()
        return _collected(
            held.told, form, receipt, delivery, is_new=False, sealed_again=sealed, held_until=until
        )
    told = {
        **_order_of(form, delivery, receipt, terms),
        "taken_in": max((one.taken_in for one in own), default=0) + 1,
        "records_held_already": found.kept - examined.kept - known.count(OTHER),
        "records_replaced": known.count(*TAKEN),
        "layout": opened.kind,
        **{"edition": dated, "received": received, "contains": CONTENTS},
        **_rows_of(examined, form),
        **{"columns_found": list(opened.found), "columns_left_out": list(opened.left_out)},
    }
    _place(workspace, form, delivery, receipt, keyring, read, examined, known, told)
    can_be_linked = examined.linkable > 0 if "surname" in form.columns else None
    return _collected(told, form, receipt, delivery, can_be_linked=can_be_linked)


def _terms_of(
    delivery: RecordDelivery, mapping: RecordMapping, receipt: RecordReceipt, keyring: Keyring
) -> dict[str, Any]:
    """What decides what is kept of a delivery: with all of it the same, it is held already."""
    return {
        "sha256": _checksum_of(delivery),
        "key_id": keyring.key_id,
        "mapping_sha256": hashlib.sha256(mapping.content).hexdigest() if mapping.content else None,
        "numbering": receipt.numbering,
        "corrects": receipt.corrects,
    }


def _came_before(own: Sequence[HeldEdition], terms: Mapping[str, Any]) -> bool:
    """Whether the holder sent these bytes before, as a correction or not, as now; perhaps on other terms."""
    return any(all(one.told.get(name) == terms[name] for name in ("sha256", "corrects")) for one in own)


def _order_of(
    form: RecordForm, delivery: RecordDelivery, receipt: RecordReceipt, terms: Mapping[str, Any]
) -> dict[str, Any]:
    """What the receipt in the workspace says of the delivery itself: whose it is, what it is, on which terms."""
    return {
        "source": form.source,
        **{name: str(value) for name, value in asdict(receipt).items() if name != "edition"},
        **terms,
        "file": delivery.name,
    }


def _rows_of(examined: Examined, form: RecordForm) -> dict[str, Any]:
    """What the receipt says of the rows; those set aside are counted by the first of their faults, each once."""
    return {
        "rows_kept": {form.table: examined.kept},
        "rows_refused": count_by_first_fault(examined.refused),
        "faults": [asdict(fault) for fault in faults_of(examined.refused)],
        "first_day": examined.first_day,
        "last_day": examined.last_day,
    }


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


def _collected(
    told: Mapping[str, Any],
    form: RecordForm,
    receipt: RecordReceipt,
    delivery: RecordDelivery,
    *,
    can_be_linked: bool | None = None,
    is_new: bool = True,
    sealed_again: int = 0,
    held_until: str = "",
) -> CollectedRecords:
    """What became of a delivery, as its receipt in the workspace says."""
    faults = told.get("faults", ())
    return CollectedRecords(
        form.source,
        receipt.holder,
        told["edition"],
        delivery.name,
        int(told["rows_kept"][form.table]),
        sum(told["rows_refused"].values()),
        {fault["reason"]: fault["count"] for fault in faults},
        {fault["reason"]: fault["rows"] for fault in faults},
        can_be_linked,
        is_new,
        told.get("records_held_already", 0) if is_new else 0,
        told.get("records_replaced", 0) if is_new else 0,
        sealed_again,
        held_until,
    )


def _place(
    workspace: Workspace,
    form: RecordForm,
    delivery: RecordDelivery,
    receipt: RecordReceipt,
    keyring: Keyring,
    read: Callable[[], Iterator[Sifted]],
    examined: Examined,
    known: Known,
    told: Mapping[str, Any],
) -> None:
    """Fill the edition and the sealed entries beside their places, then move them there, the edition last.

    A crash between the moves leaves sealed entries without an edition: the next run makes the same ones again, since
    they are named by their content, and adds the edition.
    """
    edition = workspace.path / "data" / "collect" / form.table / receipt.holder_id / told["edition"]
    place = edition / str(told["sha256"])[:16]
    if place.exists():  # the same bytes, with another key, mapping file or receipt
        terms = "\x1f".join(str(told[name]) for name in TERMS)
        place = edition / hashlib.sha256(terms.encode()).hexdigest()[:16]

    def fill(folder: Path) -> None:
        sealed = _fill(folder, form, receipt, keyring, read, known)
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
    known: Known,
) -> list[ZoneEntry]:
    """Write the pseudonymous rows batch by batch, and their marks; seal the identity rows of each batch."""
    key = keyring.for_purpose("pseudonym", receipt.holder_id)
    until = receipt.retention_until.isoformat()
    sealed: list[ZoneEntry | None] = []
    schema = _as_arrow(form.kept.create_empty()).schema
    with (
        pq.ParquetWriter(folder / f"{form.table}.parquet", schema, compression="zstd") as writer,
        pq.ParquetWriter(folder / MARKS_FILE, MARKS_SCHEMA, compression="zstd") as marks,
    ):
        for part in read():
            records, numbers, is_added = known.choose(part, keyring, receipt)
            if not records.height:
                continue
            rows, identity = split_identity(records, key, numbers)
            marked = pl.DataFrame({"record_id": numbers, "content": mark_contents(records, key)}).filter(
                is_added
            )
            kept = form.kept.validate(
                rows.join(marked, on="record_id", how="semi", maintain_order="left").select(
                    form.kept.column_names()
                )
            )
            writer.write_table(_as_arrow(kept))
            in_order = kept.select("record_id").join(
                marked, on="record_id", how="left", maintain_order="left"
            )
            marks.write_table(_as_arrow(in_order.select("content")))
            sealed.append(
                put_identity(folder, identity, keyring, holder=receipt.holder_id, retention_until=until)
            )
    return [entry for entry in sealed if entry is not None]


def _seal_again(
    workspace: Workspace,
    held: HeldEdition,
    form: RecordForm,
    delivery: RecordDelivery,
    receipt: RecordReceipt,
    keyring: Keyring,
    read: Callable[[], Iterator[Sifted]],
    examined: Examined,
    known: Known,
) -> int:
    """Seal once more the names of records that are held, after a purge; how many. The records stay as they are.

    Who was erased since stays erased, and so does the delivery as it was sent, which names everybody.
    """
    with folder_beside(workspace.path / INCOMING / "names") as folder:
        sealed = _fill(folder, form, receipt, keyring, read, replace(known, are_all_held=True))
        entries = list(sealed)
        if ERASED not in held.told:
            entries.append(_seal_delivery(folder, delivery, examined, keyring, receipt))
        _move_sealed(folder / ZONE, workspace.path / ZONE)
    tell_sealed(held, [entry.entry for entry in entries], receipt)
    return sum(entry.rows for entry in sealed)


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
        else:  # the same content again: the latest receipt says until when it is held
            os.replace(entry / HEADER, zone / entry.name / HEADER)
    shutil.rmtree(staged, ignore_errors=True)

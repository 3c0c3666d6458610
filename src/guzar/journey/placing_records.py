"""Records that may come in → an edition in the workspace: pseudonymous rows, marks, what was refused, a receipt; names sealed apart."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.collect.record_form import RecordForm
from guzar.collect.record_receipt import RecordReceipt
from guzar.collect.record_sifting import (
    Examined,
    Sifted,
    quarantine_of,
)
from guzar.journey.held_records import (
    ERASED,
    MARKS_FILE,
    HeldEdition,
    Known,
    tell_sealed,
)
from guzar.journey.record_delivery import RecordDelivery
from guzar.process.pseudonymise import mark_contents, split_identity
from guzar.store import RECEIPT, Workspace, folder_beside, write_json
from guzar.store.files import checksum_of_file
from guzar.store.keyring import Keyring
from guzar.store.linking_zone import HEADER, ZONE, ZoneEntry, put_delivery, put_identity
from guzar.store.workspace import INCOMING

TERMS = ("sha256", "key_id", "mapping_sha256", "numbering", "corrects")


MARKS_SCHEMA = pa.schema([("content", pa.uint64())])


def place(
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
        files = {file.name: checksum_of_file(file) for file in folder.glob("*.parquet")}
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


def seal_again(
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

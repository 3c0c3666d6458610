"""One delivery of records: a file, or what an agency's database gave; read as often as needed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from guzar.collect.record_batches import OpenedRecords
from guzar.collect.record_database import fetch_records, find_address, name_of, query_of
from guzar.collect.record_files import open_packed_records, open_records
from guzar.collect.record_form import RecordForm
from guzar.collect.record_mapping import RecordMapping
from guzar.errors import SettingsInvalid
from guzar.store import Workspace


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

    def checksum(self) -> str:
        """The SHA-256 of its bytes."""
        digest = hashlib.sha256()
        with self.stream() as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    def opened(self, form: RecordForm, mapping: RecordMapping) -> OpenedRecords:
        """Its records, ready to be read."""
        if self.path is not None:
            return open_records(self.path, form, mapping)
        return open_packed_records(self.packed, self.name, form, mapping)


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

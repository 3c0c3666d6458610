"""Collecting what an agency delivered: every file of its folder under one receipt and one mapping file.

<folder>/receipts/<agency>.toml     holder, legal basis, purpose, retention
<folder>/<agency>/                  the deliveries, and mapping.toml where their columns are named otherwise
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from guzar.collect.record_form import find_record_form
from guzar.collect.record_mapping import RecordMapping, read_record_mapping
from guzar.collect.record_receipt import read_record_receipt
from guzar.journey.collecting_records import CollectedRecords, collect_records
from guzar.journey.record_delivery import RecordDelivery
from guzar.store import Workspace
from guzar.store.keyring import Keyring

MAPPING, RECEIPTS = "mapping.toml", "receipts"


def collect_agency(
    workspace: Workspace, source: str, folder: Path, agency: str, keyring: Keyring, *, received: str
) -> Iterator[CollectedRecords]:
    """Take each delivery of an agency into the workspace, in the order of names; what became of each, as it is done.

    source: the kind of records, as in `guzar collect --list`. received: the ISO date of receipt. Errors: those of
    reading the receipt, the mapping file and the deliveries (DeliveryRefused, SettingsInvalid).
    """
    receipt_file = folder / RECEIPTS / f"{agency}.toml"
    receipt = read_record_receipt(receipt_file.read_bytes(), receipt_file.name, date.fromisoformat(received))
    described, mapping = folder / agency / MAPPING, RecordMapping()
    if described.exists():
        mapping = read_record_mapping(described.read_bytes(), described.name, find_record_form(source))
    for file in sorted(folder.joinpath(agency).iterdir()):
        if file != described:
            delivery = RecordDelivery(file.name, file)
            yield collect_records(workspace, source, delivery, mapping, receipt, keyring, received=received)

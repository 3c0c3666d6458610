"""Collecting records about persons: a delivery becomes pseudonymous rows, a quarantine, a receipt, and sealed names.

A delivery is read twice: once to see whether it may come in at all and which rows repeat one another, once to take it
in, batch by batch. Nothing is placed in the workspace before all of it is ready; nothing that names a person is
written anywhere but sealed.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from guzar.collect.record_form import RecordForm, find_record_form
from guzar.collect.record_mapping import RecordMapping
from guzar.collect.record_receipt import RecordReceipt
from guzar.collect.record_sifting import (
    Examined,
    Sifted,
    count_by_first_fault,
    examine,
    faults_of,
    sift_batches,
)
from guzar.define.columns import EDITION
from guzar.errors import SettingsInvalid
from guzar.journey.held_records import (
    OTHER,
    TAKEN,
    HeldEdition,
    Known,
    Recogniser,
    held_editions,
    hold_until,
    names_stand,
    without_known,
)
from guzar.journey.misplaced_rows import require_few_shown, set_aside_unfit
from guzar.journey.placing_records import place, seal_again
from guzar.journey.record_delivery import RecordDelivery
from guzar.store import Workspace
from guzar.store.keyring import Keyring

CONTENTS = "records about persons, under a pseudonym"
Step = Callable[[], None]


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
        sealed = seal_again(workspace, held, form, delivery, receipt, keyring, read, examined, known)
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
    place(workspace, form, delivery, receipt, keyring, read, examined, known, told)
    can_be_linked = examined.linkable > 0 if "surname" in form.columns else None
    return _collected(told, form, receipt, delivery, can_be_linked=can_be_linked)


def _terms_of(
    delivery: RecordDelivery, mapping: RecordMapping, receipt: RecordReceipt, keyring: Keyring
) -> dict[str, Any]:
    """What decides what is kept of a delivery: with all of it the same, it is held already."""
    return {
        "sha256": delivery.checksum(),
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

"""The receipt of records about persons: who holds them, on which legal basis, for what, and until when.

In: a TOML file of five lines that the holder fills. Out: a `RecordReceipt`. DeliveryRefused, with the names of what is
missing, where records may not be taken in: no legal basis, a purpose other than statistics, no date of retention.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guzar.define.columns import EDITION
from guzar.define.toml_places import place_in_toml
from guzar.errors import DeliveryRefused

STATISTICS = "statistics"
YEARS_KEPT = 10  # names are purged long before; no delivery is kept longer
NEEDED = ("holder", "legal_basis", "purpose", "retention_until")
FORM = 'holder = "…", legal_basis = "…", purpose = "statistics", retention_until = 2030-12-31'


@dataclass(frozen=True)
class RecordReceipt:
    """What the holder of a delivery says about it."""

    holder: str
    legal_basis: str
    purpose: str
    retention_until: date
    contact: str = ""
    edition: str = ""

    @property
    def holder_id(self) -> str:
        """The holder as the name of a folder: letters and digits, joined by _."""
        return re.sub(r"[\W_]+", "_", self.holder.casefold()).strip("_")[:60]


def read_record_receipt(content: bytes, file: str, received: date) -> RecordReceipt:
    """The receipt `file`; DeliveryRefused where it does not allow records about persons to be taken in."""
    told = _read_toml(content, file)
    absent = [name for name in NEEDED if not str(told.get(name, "")).strip()]
    if absent:
        raise _refuse("The receipt {file} does not name: {absent}.", file, absent=", ".join(absent))
    receipt = RecordReceipt(
        holder=" ".join(str(told["holder"]).split()),
        legal_basis=str(told["legal_basis"]).strip(),
        purpose=str(told["purpose"]).strip(),
        retention_until=_read_retention(told["retention_until"], file, received),
        contact=str(told.get("contact", "")),
        edition=str(told.get("edition", "")),
    )
    _require_usable(receipt, file)
    return receipt


def _read_toml(content: bytes, file: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line, column = place_in_toml(error)
        raise DeliveryRefused(
            "The receipt {file} cannot be read.",
            where="{file}, line {line}, column {column}" if line else "{file}, the end of the file",
            expected="a TOML file in UTF-8: {form}",
            do="Correct the line. A worked example stands in docs/how-to/collect-records.md.",
            file=file,
            line=line,
            column=column,
            form=FORM,
        ) from None


def _read_retention(found: object, file: str, received: date) -> date:
    """The last day on which the records may be held: not before the receipt, at most ten years after it."""
    try:
        until = date.fromisoformat(str(found)[:10])
    except ValueError:
        raise _refuse(
            "The receipt {file} does not say as a date how long the records are held.", file
        ) from None
    if until < received:
        raise _refuse(
            "The receipt {file} lets the records be held until {until}: that is past.", file, until=until
        )
    if (
        until.toordinal()
        > received.replace(year=received.year + YEARS_KEPT, day=min(received.day, 28)).toordinal()
    ):
        raise _refuse(
            "The receipt {file} lets the records be held until {until}: that is more than {years} years.",
            file,
            until=until,
            years=YEARS_KEPT,
        )
    return until


def _require_usable(receipt: RecordReceipt, file: str) -> None:
    if receipt.purpose.casefold() != STATISTICS:
        raise _refuse("The receipt {file} names another purpose than statistics.", file)
    if not receipt.holder_id:
        raise _refuse("The holder in the receipt {file} has no letters.", file)
    if receipt.edition and not re.fullmatch(EDITION, receipt.edition):
        raise _refuse("The edition in the receipt {file} is not a date.", file)


def _refuse(what: str, file: str, **values: object) -> DeliveryRefused:
    return DeliveryRefused(
        what,
        where="{file}",
        expected="a receipt with holder, legal basis, purpose and retention: {form}",
        do="Ask the holder of the records to complete the receipt; without it nothing is taken in.",
        file=file,
        form=FORM,
        **values,
    )

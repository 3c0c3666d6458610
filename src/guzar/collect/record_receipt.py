"""The receipt of records about persons: who holds them, on which legal basis, for what, and until when.

In: a TOML file of five lines that the holder fills. Out: a `RecordReceipt`. DeliveryRefused, with the names of what is
missing, where records may not be taken in: no legal basis, a purpose other than statistics, no date of retention.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guzar.define.columns import EDITION
from guzar.define.toml_places import place_in_toml
from guzar.errors import DeliveryRefused

TEXTS = ("holder", "legal_basis", "purpose", "contact", "numbering")
WRITTEN_DAY = r"\d{4}-\d{2}-\d{2}"
LONGEST_NAME = 60  # signs of a folder
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
    numbering: str = ""  # the series of record numbers, where the holder begins to count anew
    corrects: bool = False  # records that are held under the same number are replaced

    @property
    def holder_id(self) -> str:
        """The holder as the name of a folder: letters and digits, joined by _; capitals and blanks do not matter."""
        spelt = unicodedata.normalize("NFKC", self.holder).casefold().replace("ё", "е")
        name = re.sub(r"[\W_]+", "_", spelt).strip("_")
        if len(name) <= LONGEST_NAME:
            return name
        return f"{name[:50]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"  # two that begin alike are two


def read_record_receipt(content: bytes, file: str, received: date) -> RecordReceipt:
    """The receipt `file`; DeliveryRefused where it does not allow records about persons to be taken in."""
    told = _read_toml(content, file)
    absent = [name for name in NEEDED if not str(told.get(name, "")).strip()]
    if absent:
        raise _refuse("The receipt {file} does not name: {absent}.", file, absent=", ".join(absent))
    _require_kinds(told, file)
    receipt = RecordReceipt(
        holder=" ".join(str(told["holder"]).split()),
        legal_basis=str(told["legal_basis"]).strip(),
        purpose=str(told["purpose"]).strip(),
        retention_until=_read_retention(told["retention_until"], file, received),
        contact=str(told.get("contact", "")),
        edition=str(told.get("edition", "")),
        numbering=str(told.get("numbering", "")).strip(),
        corrects=told.get("corrects", False),
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
        if not re.fullmatch(WRITTEN_DAY, str(found)):
            raise ValueError
        until = date.fromisoformat(str(found))
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


def _require_kinds(told: Mapping[str, Any], file: str) -> None:
    """Refuse lines that hold something else than a text (corrects: true or false)."""
    texts = [name for name in TEXTS if not isinstance(told.get(name, ""), str)]
    wrong = texts + [name for name in ("corrects",) if not isinstance(told.get(name, False), bool)]
    if wrong:
        raise _refuse(
            "Lines of the receipt {file} hold something else than one text: {names}.",
            file,
            names=", ".join(wrong),
        )


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

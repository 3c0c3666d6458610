"""Records of one kind that a workspace holds → which rows of a new delivery it knows already, and what becomes of them.

A record is known again by its number: a keyed hash of holder, kind and the agency's own number, the same in every
delivery (process/pseudonymise.py). Beside the records of every edition stands a keyed mark of what each of them said, so
that a record that came again as it was is told from one that came changed. A record keeps the number under which it was
first taken in, whatever key is in use later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from guzar.collect.record_batches import ROW
from guzar.collect.record_form import RecordForm
from guzar.collect.record_receipt import RecordReceipt
from guzar.collect.record_sifting import Examined, Sifted
from guzar.errors import DeliveryRefused, TableInvalid
from guzar.process.pseudonymise import mark_contents, number_records
from guzar.store import StoredEdition, Workspace
from guzar.store.keyring import Keyring
from guzar.store.linking_zone import ZONE, set_retention

MARKS_FILE = "record_contents.parquet"  # one mark per record of the edition, in their order
ERASED = "rows_erased"  # in the receipt of an edition from which persons were erased
HELD_OTHER = "record_id: another record is held under this number; corrects = true in the receipt lets this one replace it"
MOST_OTHERS = 0.5  # of a delivery; more, and the numbers are those of another series
ROWS_COMPARED = 10_000  # with the records of other holders
# What becomes of a row whose number is known. Rows of no known number are new.
SAME = "same"  # held as it is: not added again, its names are sealed
RENEWED = "renewed"  # held as it is, but under an older key: taken in again, with a pseudonym of the newest
EARLIER = "earlier"  # what the record said before it was corrected: nothing happens
CORRECTED = "corrected"  # takes the place of the one that is held
OTHER = "other"  # says something else, and nobody says that it is a correction: set aside
TAKEN = (RENEWED, CORRECTED)
VERDICTS = {ROW: pl.Int64, "state": pl.String, "number_key": pl.String}
VERSIONS = {"number": pl.UInt64, "taken_in": pl.Int64, "key_id": pl.String, "content": pl.UInt64}


@dataclass(frozen=True)
class HeldEdition:
    """One edition of records with its receipt; `taken_in` counts the editions of its holder from 1."""

    stored: StoredEdition
    told: Mapping[str, Any]

    @property
    def taken_in(self) -> int:
        """The place among the editions of its holder, in the order in which they were taken in."""
        return int(self.told.get("taken_in", 0))


def held_editions(workspace: Workspace, table: str) -> list[HeldEdition]:
    """All editions of one table of records, of every holder, each holder's in the order in which they were taken in."""
    found = [HeldEdition(one, one.receipt()) for one in workspace.editions("collect", table)]
    return sorted(found, key=lambda one: one.taken_in)


class Recogniser:
    """Watches the batches of a delivery go by, and says at the end which of their records are held already."""

    def __init__(
        self, held: Sequence[HeldEdition], form: RecordForm, receipt: RecordReceipt, keyring: Keyring
    ) -> None:
        self._form, self._receipt, self._keyring = form, receipt, keyring
        self._own = [one for one in held if one.stored.source == receipt.holder_id]
        self._others = [one for one in held if one.stored.source != receipt.holder_id]
        self._key_ids = sorted({str(one.told["key_id"]) for one in self._own})
        self._prints: list[pl.DataFrame] = []
        self._compared = 0

    def watch(self, parts: Iterable[Sifted]) -> Iterator[Sifted]:
        """The batches as they are; of each record its number and mark under every key in use are noted."""
        for part in parts:
            for key_id in self._key_ids:
                self._prints.append(self._print(part, self._receipt.holder_id, key_id))
            if self._others and self._compared < ROWS_COMPARED:
                self._require_of_nobody_else(part)
                self._compared += part.kept.height
            yield part

    def recognise(self, *, is_again: bool) -> pl.DataFrame:
        """`row, state, number_key` of the rows whose number is held; `is_again`: these very bytes were held before."""
        if not self._prints:
            return pl.DataFrame(schema=VERDICTS)
        prints = pl.concat(self._prints)
        versions = pl.concat([_versions(one, self._form) for one in self._own])
        numbers = prints.select(ROW, "number", number_key="key_id").join(versions, on="number")
        said = prints.select(ROW, "key_id", said="content")
        compared = numbers.join(said, on=[ROW, "key_id"], how="left").sort(ROW, "taken_in")
        is_same = pl.col("content") == pl.col("said")
        known = compared.group_by(ROW, maintain_order=True).agg(
            pl.col("number_key").first(),
            newest_same=is_same.last(),
            newest_key=pl.col("key_id").last(),
            any_same=is_same.any(),
        )
        stays = pl.lit(not self._receipt.corrects or is_again)
        state = (
            pl.when(pl.col("newest_same") & (pl.col("newest_key") == self._keyring.key_id))
            .then(pl.lit(SAME))
            .when("newest_same")
            .then(pl.lit(RENEWED))
            .when(pl.col("any_same") & stays)
            .then(pl.lit(EARLIER))
            .otherwise(pl.lit(CORRECTED if self._receipt.corrects else OTHER))
        )
        return known.select(ROW, state.alias("state"), "number_key")

    def _print(self, part: Sifted, holder: str, key_id: str) -> pl.DataFrame:
        key = self._keyring.for_purpose("pseudonym", holder, key_id=key_id)
        return pl.DataFrame(
            {
                ROW: part.rows,
                "key_id": [key_id] * part.kept.height,
                "number": _as_number(number_records(part.kept, key, self._receipt.numbering)),
                "content": mark_contents(part.kept, key),
            },
            schema={ROW: pl.Int64, "key_id": pl.String, "number": pl.UInt64, "content": pl.UInt64},
        )

    def _require_of_nobody_else(self, part: Sifted) -> None:
        """Refuse records that are held of another holder, word for word: most often it is the same one, spelt otherwise."""
        known = {key.key_id for key in self._keyring.keys}
        some = Sifted(part.rows.head(ROWS_COMPARED), part.kept.head(ROWS_COMPARED), part.refused)
        for one in self._others:
            if one.told["key_id"] not in known:
                continue
            prints = self._print(some, one.stored.source, str(one.told["key_id"]))
            same = prints.join(_versions(one, self._form), on=["number", "content"], how="semi").height
            if same:
                raise DeliveryRefused(
                    "{count} records of this delivery are held already, word for word, of another holder: {other}.",
                    where="holder in the receipt: {holder}",
                    expected="one holder, spelt as in its earlier receipts",
                    do="Correct the holder in the receipt, so that its records are known again.",
                    count=same,
                    other=str(one.told["holder"]),
                    holder=self._receipt.holder,
                )


def without_known(examined: Examined, verdicts: pl.DataFrame, name: str) -> Examined:
    """What a first reading found, less the rows that are held; those that contradict what is held are set aside.

    DeliveryRefused where most rows contradict: then the agency has begun to number anew.
    """
    known = verdicts.filter(~pl.col(ROW).is_in(examined.set_aside.implode()))
    others = known.filter(pl.col("state") == OTHER)
    if others.height > MOST_OTHERS * examined.kept:
        raise DeliveryRefused(
            "{count} of {rows} records have numbers under which other records of this holder are held.",
            where="{name}",
            expected="a number that the holder gives to one record and never again",
            do='If the holder numbers anew (every year, say), name the series in the receipt: numbering = "2025". If the '
            "records are corrected, write corrects = true there.",
            count=others.height,
            rows=examined.kept,
            name=name,
        )
    refused = others.sort(ROW).select(ROW, reason=pl.lit(HELD_OTHER))
    passed_over = known.filter(pl.col("state").is_in([OTHER, EARLIER]))[ROW]
    held = known.filter(pl.col("state").is_in([SAME, EARLIER])).height
    return replace(
        examined,
        kept=examined.kept - held - others.height,
        set_aside=pl.concat([examined.set_aside, passed_over]),
        refused=pl.concat([examined.refused, refused]).sort(ROW),
    )


@dataclass(frozen=True)
class Known:
    """What is known of the rows of a delivery before it is taken in."""

    verdicts: pl.DataFrame  # row, state, number_key
    set_aside: pl.Series  # rows that are neither kept nor sealed
    are_all_held: bool = (
        False  # this very delivery was taken in before: a row that is not held was erased since
    )

    def count(self, *states: str) -> int:
        """Rows of these states."""
        return self.verdicts.filter(pl.col("state").is_in(states)).height

    def choose(
        self, part: Sifted, keyring: Keyring, receipt: RecordReceipt
    ) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
        """Of one batch: records whose names are sealed, their numbers, and which of them are added to what is held."""
        stays = ~part.rows.is_in(self.set_aside.implode())
        if self.are_all_held:
            stays &= part.rows.is_in(self.verdicts[ROW].implode())
        rows, records = part.rows.filter(stays), part.kept.filter(stays)
        own = pl.DataFrame({ROW: rows}).join(self.verdicts, on=ROW, how="left", maintain_order="left")
        is_added = (own["state"] != SAME).fill_null(True)
        return records, _numbers_of(records, own["number_key"], keyring, receipt), is_added


def names_stand(workspace: Path, held: HeldEdition) -> bool:
    """Whether everything that was sealed with an edition stands in the linking zone still."""
    return all((workspace / ZONE / str(entry)).is_dir() for entry in held.told["sealed"])


def hold_until(workspace: Path, held: HeldEdition, receipt: RecordReceipt, keyring: Keyring) -> str:
    """Let the names of an edition be held as long as a newer receipt says; the day, where it is another one."""
    until = receipt.retention_until.isoformat()
    if held.told["retention_until"] == until:
        return ""
    set_retention(workspace, held.told["sealed"], keyring, retention_until=until)
    _tell(held, retention_until=until)
    return until


def tell_sealed(held: HeldEdition, entries: Sequence[str], receipt: RecordReceipt) -> None:
    """Say in the receipt of an edition what was sealed again for it, and until when it is held."""
    _tell(held, sealed=list(entries), retention_until=receipt.retention_until.isoformat())


def _tell(held: HeldEdition, **changed: object) -> None:
    held.stored.tell({**held.told, **changed})


def _versions(held: HeldEdition, form: RecordForm) -> pl.DataFrame:
    """Numbers and marks of the records of one edition."""
    if MARKS_FILE not in held.told.get("files", {}):
        raise TableInvalid(
            "The workspace holds records of this holder that an earlier guzar took in: they cannot be known again.",
            where="{table}, edition {edition}",
            expected="records whose numbers are the same in every delivery",
            do="Take in all deliveries of this holder again, in a new workspace.",
            table=form.table,
            edition=held.stored.edition,
        )
    numbers = pl.read_parquet(held.stored.file(f"{form.table}.parquet"), columns=["record_id"])["record_id"]
    marks = pl.read_parquet(held.stored.file(MARKS_FILE))["content"]
    return pl.DataFrame(
        {
            "number": _as_number(numbers),
            "taken_in": [held.taken_in] * len(numbers),
            "key_id": [str(held.told["key_id"])] * len(numbers),
            "content": marks,
        },
        schema=VERSIONS,
    )


def _numbers_of(
    records: pl.DataFrame, known: pl.Series, keyring: Keyring, receipt: RecordReceipt
) -> pl.Series:
    """The number of each record: the one that it has (`known`: under which key), else a new one under the newest key."""
    keys = known.fill_null(keyring.key_id)
    numbers = pl.Series("record_id", [None] * records.height, dtype=pl.String)
    for key_id in keys.unique().sort():
        key = keyring.for_purpose("pseudonym", receipt.holder_id, key_id=key_id)
        at = (keys == key_id).arg_true()
        numbers = numbers.scatter(at, number_records(records[at], key, receipt.numbering))
    return numbers


def _as_number(record_ids: pl.Series) -> pl.Series:
    """The first half of a record number as an integer: enough to compare, and small."""
    return record_ids.str.slice(0, 16).str.to_integer(base=16, dtype=pl.UInt64)

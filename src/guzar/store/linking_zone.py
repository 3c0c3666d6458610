"""The linking zone: the one place where names stand, sealed, until a day that is fixed, and purged before counting.

    <workspace>/linking/<entry>/header.json          in clear: kind, holder, rows, retention date, key id; no names
                               (a keyed proof says whether somebody has changed it)
                               /identity.sealed      identity rows (Parquet), or delivery.sealed: the delivery as sent
    <workspace>/linking/purged-<first digits of what was purged>.json      the receipt of a purge

An entry is named by its content, so that the same one again adds nothing. Nothing is counted while an entry stands
or no receipt of a purge does. Deleting a file does not wipe a disk: what makes names unreadable in the end is that
the key file stands elsewhere. See docs/methods/pseudonyms.md.
"""

import hashlib
import hmac
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from guzar.errors import ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.store.files import checksum_of, write_json
from guzar.store.keyring import Keyring
from guzar.store.sealed import key_of_sealed, seal_stream, unseal

ZONE = "linking"
HEADER = "header.json"
RECEIPTS = "purged-*.json"
PENDING = "purge-begun.json"
IDENTITY, DELIVERY = "identity", "delivery"  # kinds of entries


@dataclass(frozen=True)
class ZoneEntry:
    """What the linking zone says in clear about one sealed file."""

    entry: str
    kind: str
    holder: str
    rows: int
    retention_until: str
    key_id: str
    sha256: str  # of the sealed file
    proof: str = ""  # keyed hash of all the above: who has not the key cannot put off the retention date

    def file(self, place: Path) -> Path:
        """Where the sealed file stands."""
        return place / ZONE / self.entry / f"{self.kind}.sealed"


@dataclass(frozen=True)
class PurgeReceipt:
    """What was purged: every entry with its rows and checksum, the day, and who did it."""

    purged_on: str
    purged_by: str
    rows: int
    entries: tuple[ZoneEntry, ...]


def put_identity(
    place: Path, identity: pl.DataFrame, keyring: Keyring, *, holder: str, retention_until: str
) -> ZoneEntry | None:
    """Seal identity rows into the zone of a workspace; None where there are none."""
    if not identity.height:
        return None
    table = io.BytesIO()
    identity.write_parquet(table)
    opens = partial(io.BytesIO, table.getvalue())
    return _put(place, IDENTITY, opens, identity.height, keyring, holder, retention_until)


def put_delivery(
    place: Path,
    content: bytes | Callable[[], BinaryIO],
    keyring: Keyring,
    *,
    holder: str,
    retention_until: str,
    rows: int = 0,
) -> ZoneEntry:
    """Seal a delivery about persons as it was sent; it may not stand in clear.

    `content` is the bytes, or opens the delivery anew at every call, so that one of any size is one sealed file.
    """
    opens = content if callable(content) else partial(io.BytesIO, content)
    return _put(place, DELIVERY, opens, rows, keyring, holder, retention_until)


def read_identities(
    place: Path, keyring: Keyring, *, on: str, order: Mapping[str, int] | None = None
) -> pl.DataFrame:
    """All identity rows of a workspace, for linking on the ISO date `on`; a column that some lack is missing there.

    A record that was taken in again (corrected, or after a purge) stands there once: as the entry says that comes last
    in `order` (by name of entry; others come first). Raises SettingsInvalid without the key or without any row,
    ReleaseRefused after the retention date, TableInvalid for a damaged zone or a header that was changed.
    """
    entries = [entry for entry in zone_entries(place) if entry.kind == IDENTITY]
    if not entries:
        raise SettingsInvalid(
            "The linking zone holds no identity rows.",
            where="{folder}",
            expected="records that were taken in, and a linking zone that is not purged yet",
            do="Take in the deliveries with guzar collect or guzar pseudonymise (after a purge: the new ones, "
            "or all of them again), then link, after a purge with --earlier, then purge.",
            folder=place.name,
        )
    for entry in entries:
        _require_genuine(entry, keyring)
    _require_within_retention(entries, on)
    frames = sorted(identity_frames(place, keyring), key=lambda one: (order or {}).get(one[0].entry, 0))
    every = pl.concat((frame for _, frame in frames), how="diagonal")
    return every.unique("record_id", keep="last", maintain_order=True)


def identity_frames(place: Path, keyring: Keyring) -> Iterator[tuple[ZoneEntry, pl.DataFrame]]:
    """Identity rows entry by entry, for work in bounded memory."""
    for entry in zone_entries(place):
        if entry.kind == IDENTITY:
            yield entry, pl.read_parquet(io.BytesIO(open_entry(place, entry, keyring)))


def open_entry(place: Path, entry: ZoneEntry, keyring: Keyring) -> bytes:
    """The content of one entry; refused where it, or what is said beside it, is not as guzar wrote it."""
    _require_genuine(entry, keyring)
    content = entry.file(place).read_bytes()
    if checksum_of(content) != entry.sha256:
        raise _refuse_damaged(entry.entry)
    return unseal(content, key_of_sealed(content, keyring, name=entry.entry), name=entry.entry)


def set_retention(place: Path, names: Iterable[str], keyring: Keyring, *, retention_until: str) -> None:
    """Let the entries that are named be held until another day, as a newer receipt of their holder says."""
    for entry in zone_entries(place):
        if entry.entry in set(names):
            _require_genuine(entry, keyring)
            _write_header(place, replace(entry, retention_until=retention_until), keyring)


def zone_entries(place: Path) -> list[ZoneEntry]:
    """Every entry of the linking zone of a workspace, in the order of their names."""
    folders = sorted(
        path for path in (place / ZONE).glob("*") if path.is_dir() and not path.name.startswith(".")
    )
    return [_read_entry(folder) for folder in folders]


def expired_entries(place: Path, *, on: str) -> list[ZoneEntry]:
    """Entries whose retention date has passed on the ISO date `on`."""
    return [entry for entry in zone_entries(place) if entry.retention_until < on]


def purge(place: Path, *, on: str, by: str) -> PurgeReceipt:
    """Delete every sealed file of the zone and leave a receipt; a purge that was broken off is brought to its end.

    The list of what goes is written before the first file goes, so that the receipt names all of it whatever happens.
    """
    zone = place / ZONE
    zone.mkdir(parents=True, exist_ok=True)
    begun = _read_receipt(zone / PENDING) if (zone / PENDING).exists() else None
    folders = sorted(path for path in zone.iterdir() if path.is_dir())
    done = purge_receipts(place)
    if done and not begun and not folders:
        return done[-1]
    found = {entry.entry: entry for entry in map(_describe, folders)}
    if begun:  # what it lists may be half gone by now
        found |= {entry.entry: entry for entry in begun.entries}
    entries = tuple(found[name] for name in sorted(found))
    day, who = (begun.purged_on, begun.purged_by) if begun else (on, by)
    receipt = PurgeReceipt(day, who, sum(e.rows for e in entries if e.kind == IDENTITY), entries)
    write_json(zone / PENDING, asdict(receipt))
    for folder in folders:
        shutil.rmtree(folder)
    os.replace(zone / PENDING, zone / f"purged-{_name_of(receipt)}.json")
    return receipt


def purge_receipts(place: Path) -> list[PurgeReceipt]:
    """Every receipt of a purge in a workspace, oldest first."""
    return sorted(
        (_read_receipt(file) for file in (place / ZONE).glob(RECEIPTS)), key=lambda one: one.purged_on
    )


def require_purged(place: Path) -> None:
    """Refuse (ReleaseRefused) to count while names stand in the zone, or before a purge has left its receipt."""
    standing = zone_entries(place)
    if standing or (place / ZONE / PENDING).exists():
        raise ReleaseRefused(
            "Names still stand in the linking zone: {count} sealed files, {rows} identity rows.",
            where="{folder}/linking",
            expected="a linking zone that is purged before anything is counted",
            do="Link the records first, then run: guzar keys purge-links --workspace {folder}",
            count=len(standing),
            rows=sum(entry.rows for entry in standing if entry.kind == IDENTITY),
            folder=place.name,
        )
    if not purge_receipts(place):
        raise ReleaseRefused(
            "There is no receipt of a purge of names.",
            where="{folder}/linking",
            expected="a receipt of guzar keys purge-links, which is required before counting",
            do="Run: guzar keys purge-links --workspace {folder}",
            folder=place.name,
        )


def require_retention_ahead(retention_until: str, *, on: str) -> None:
    """Refuse (SettingsInvalid) a retention date that is no date or has passed: nothing may be kept under it."""
    try:
        is_ahead = date.fromisoformat(retention_until) >= date.fromisoformat(on)
    except ValueError:
        is_ahead = False
    if not is_ahead:
        raise SettingsInvalid(
            "The receipt names no retention date that lies ahead.",
            where="retention_until",
            expected="a date such as 2027-12-31, today or later",
            do="Agree with the holder until when names may be kept, and correct the receipt.",
        )


def _put(
    place: Path,
    kind: str,
    opens: Callable[[], BinaryIO],
    rows: int,
    keyring: Keyring,
    holder: str,
    retention_until: str,
) -> ZoneEntry:
    """Seal beside the place of the entry, whose name only the sealed file gives, and move it there in one step."""
    beside = place / ZONE / f".{kind}-being-sealed"
    shutil.rmtree(beside, ignore_errors=True)  # what a crash left half-made
    beside.mkdir(parents=True)
    try:
        with (beside / f"{kind}.sealed").open("wb") as sealed:
            seal_stream(opens, sealed, keyring.for_purpose("linking zone", holder))
        digest = _checksum_of_file(beside / f"{kind}.sealed")
        entry = ZoneEntry(digest[:16], kind, holder, rows, retention_until, keyring.key_id, digest)
        target = place / ZONE / entry.entry
        if target.exists():  # the same content again: the latest receipt says until when it is held
            _read_entry(target)
            return _write_header(place, entry, keyring)
        entry = replace(entry, proof=_proof_of(entry, keyring))
        write_json(beside / HEADER, asdict(entry))
        os.replace(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return entry


def _write_header(place: Path, entry: ZoneEntry, keyring: Keyring) -> ZoneEntry:
    proven = replace(entry, proof=_proof_of(entry, keyring))
    write_json(place / ZONE / entry.entry / HEADER, asdict(proven))
    return proven


def _proof_of(entry: ZoneEntry, keyring: Keyring) -> str:
    """A keyed hash of what the header says, with the key under which the entry is sealed."""
    key = keyring.for_purpose("linking zone", entry.holder, key_id=entry.key_id)
    said = json.dumps(asdict(replace(entry, proof="")), sort_keys=True).encode()
    return hashlib.blake2b(said, digest_size=32, key=key.secret, person=b"guzar header").hexdigest()


def _require_genuine(entry: ZoneEntry, keyring: Keyring) -> None:
    if not hmac.compare_digest(str(entry.proof).encode(), _proof_of(entry, keyring).encode()):
        raise TableInvalid(
            "What is said beside a sealed file was changed after guzar wrote it, or an earlier guzar wrote it.",
            where="linking/{name}/header.json",
            expected="holder, rows and retention date as the receipt of the delivery has them, with their proof",
            do="Restore the folder from a backup, or purge the zone and take in the deliveries again.",
            name=entry.entry,
        )


def _checksum_of_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _require_within_retention(entries: list[ZoneEntry], on: str) -> None:
    late = [entry for entry in entries if entry.retention_until < on]
    if late:
        raise ReleaseRefused(
            "The linking zone holds names beyond their retention date: {count} sealed files of {holders}.",
            where="the earliest date: {date}",
            expected="names that are linked and purged before their retention date",
            do="Purge them with guzar keys purge-links, or have the holder extend the date in a new delivery.",
            count=len(late),
            holders=", ".join(sorted({entry.holder for entry in late})),
            date=min(entry.retention_until for entry in late),
        )


def _read_entry(folder: Path) -> ZoneEntry:
    try:
        entry = ZoneEntry(**_read_json(folder / HEADER))
        date.fromisoformat(entry.retention_until)
    except (OSError, ValueError, TypeError):
        raise _refuse_damaged(folder.name) from None
    if entry.entry != folder.name or not (folder / f"{entry.kind}.sealed").is_file():
        raise _refuse_damaged(folder.name)
    return entry


def _describe(folder: Path) -> ZoneEntry:
    """An entry for the receipt of its purge; of a damaged one, what can still be said."""
    try:
        return _read_entry(folder)
    except TableInvalid:
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        digest = checksum_of(b"".join(file.read_bytes() for file in files))
        return ZoneEntry(folder.name, "damaged", "", 0, "", "", digest)


def _read_receipt(file: Path) -> PurgeReceipt:
    try:
        content = dict(_read_json(file))
        entries = tuple(ZoneEntry(**entry) for entry in content.pop("entries"))
        return PurgeReceipt(entries=entries, **content)
    except (OSError, ValueError, TypeError, KeyError):
        raise _refuse_damaged(file.name) from None


def _read_json(file: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _name_of(receipt: PurgeReceipt) -> str:
    return checksum_of(json.dumps(asdict(receipt), sort_keys=True).encode())[:16]


def _refuse_damaged(name: str) -> TableInvalid:
    return TableInvalid(
        "The linking zone is damaged.",
        where="linking/{name}",
        expected="the files as guzar wrote them",
        do="Restore the folder from a backup, or purge the zone and take in the deliveries again.",
        name=name,
    )

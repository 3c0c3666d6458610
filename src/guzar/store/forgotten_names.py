"""The linking zone without some records: identity rows are sealed anew, deliveries as they were sent go whole.

No row can be cut out of a delivery and leave it what was sent, and nobody can find a person in it by a pseudonym. Nothing
reads it once it is taken in: what linkage needs stands in the identity rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from guzar.errors import SettingsInvalid
from guzar.store.keyring import Keyring
from guzar.store.linking_zone import (
    DELIVERY,
    IDENTITY,
    ZONE,
    ZoneEntry,
    identity_frames,
    open_entry,
    put_identity,
    zone_entries,
)


@dataclass
class ZoneWithout:
    """What becomes of the zone: of each entry that goes the one that takes its place, if any; rows that go; holders."""

    replaced: dict[str, ZoneEntry | None] = field(default_factory=dict)
    identity_rows: int = 0
    deliveries: int = 0
    holders: set[str] = field(default_factory=set)


def require_key(place: Path, keyring: Keyring | None) -> None:
    """Refuse (SettingsInvalid) to erase in a zone that nobody can open."""
    if zone_entries(place) and keyring is None:
        raise SettingsInvalid(
            "The linking zone is sealed; without its key nobody can erase in it.",
            expected="--keys with the key file with which it was sealed, or a zone that is purged",
            do="Name the key file, or link and purge the names first (guzar keys purge-links).",
        )


def seal_without(place: Path, folder: Path, keyring: Keyring, records: frozenset[str]) -> ZoneWithout:
    """Seal into `folder` what stays of the identity rows that hold one of these records."""
    done = ZoneWithout()
    for entry, rows in identity_frames(place, keyring):
        kept = rows.filter(~pl.col("record_id").is_in(sorted(records)))
        if kept.height == rows.height:
            continue
        done.identity_rows += rows.height - kept.height
        done.holders.add(entry.holder)
        done.replaced[entry.entry] = put_identity(
            folder, kept, keyring, holder=entry.holder, retention_until=entry.retention_until
        )
    return done


def drop_deliveries(place: Path, done: ZoneWithout) -> None:
    """Let every delivery as it was sent go, of the holders of these records."""
    for entry in zone_entries(place):
        if entry.kind == DELIVERY and entry.holder in done.holders:
            done.replaced[entry.entry] = None
            done.deliveries += 1


def opened_identities(place: Path, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    """The sealed identity rows that are left, opened in memory to be searched; a delivery holds no pseudonym."""
    for entry in zone_entries(place):
        if entry.kind == IDENTITY:
            yield f"{ZONE}/{entry.entry}", open_entry(place, entry, keyring)

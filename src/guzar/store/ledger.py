"""The ledger of a workspace: one line for everything that was put there and cannot be made anew, so that a loss is seen.

    <workspace>/data/ledger.jsonl      {"place": "data/collect/published/…", "sha256": "…"}

A receipt names the files beside it, but nobody named the receipt: an edition that was lost whole, or a receipt that was
changed, went unseen, and an older edition stood in for the newest. A line gives the SHA-256 of a receipt, of the record
of a release, or of a single file; of several lines for one place the last one holds. Lines are only added, each in one
write, after what they name has been moved to its place: a run that is killed between the two leaves something whole that
is not noted yet, never a note of something that is not there. See docs/decisions/0011-a-ledger.md.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from guzar.store.files import checksum_of_file

LEDGER = "ledger.jsonl"
ROOMS = ("collect", "protect", "share")  # what stands in other rooms is made anew from these
SIGNED = ("receipt.json", "release.json")  # files that name all others beside them


def ledger_file(workspace: Path) -> Path:
    """Where the ledger of a workspace stands."""
    return workspace / "data" / LEDGER


def read_ledger(workspace: Path) -> dict[str, str]:
    """Every place that is noted, with the SHA-256 of what tells it; a line that was cut short is no note."""
    try:
        lines = ledger_file(workspace).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    noted: dict[str, str] = {}
    for line in lines:
        try:
            told = json.loads(line)
            place, digest = str(told["place"]), told["sha256"]
        except (ValueError, KeyError, TypeError):
            continue
        if digest is None:  # given up: it is lost, and somebody has said so
            noted.pop(place, None)
        else:
            noted[place] = str(digest)
    return noted


def is_noted(workspace: Path, place: Path) -> bool:
    """Whether a place is noted as it is now, or is none that is noted."""
    signed = signed_file(workspace, place)
    return signed is None or read_ledger(workspace).get(_name(workspace, place)) == checksum_of_file(signed)


def note(workspace: Path, place: Path) -> None:
    """Put down that a folder or file stands at its place, as it is now; nothing for what can be made anew."""
    signed = signed_file(workspace, place)
    if signed is not None:
        append(workspace, [(_name(workspace, place), checksum_of_file(signed))])


def append(workspace: Path, notes: Iterable[tuple[str, str | None]]) -> None:
    """Add lines: place and SHA-256 of each, none for a place that is given up."""
    ledger_file(workspace).parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps({"place": place, "sha256": digest}) + "\n" for place, digest in notes)
    with ledger_file(workspace).open("a+b", buffering=0) as ledger:
        if ledger.seek(0, os.SEEK_END):
            ledger.seek(-1, os.SEEK_END)
            text = text if ledger.read(1) == b"\n" else "\n" + text  # after a line that was cut short
        ledger.write(text.encode("utf-8"))  # in one piece: two runs do not mix their lines


def write_ledger(workspace: Path, places: Iterable[Path]) -> int:
    """Make the ledger of all that stands in a workspace, complete or not at all; how many places it notes."""
    lines = [
        (_name(workspace, place), checksum_of_file(signed))
        for place in places
        if (signed := signed_file(workspace, place)) is not None
    ]
    beside = ledger_file(workspace).with_suffix(".new")
    beside.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps({"place": place, "sha256": digest}) + "\n" for place, digest in lines)
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, ledger_file(workspace))
    return len(lines)


def signed_file(workspace: Path, place: Path) -> Path | None:
    """The file whose checksum stands for a place; None where the place is none that is noted."""
    parts = place.relative_to(workspace).parts
    if len(parts) < 3 or parts[0] != "data" or parts[1] not in ROOMS:
        return None
    if place.is_file():
        return place
    return next((place / name for name in SIGNED if (place / name).is_file()), None)


def noted_places(workspace: Path) -> list[Path]:
    """Every folder and file of a workspace that the ledger is to name, in the order of their names."""
    data = workspace / "data"
    editions = [path for room in ("collect", "protect") for path in data.glob(f"{room}/*/*/*/*")]
    shared = [*data.glob("share/releases/*"), *data.glob("share/audits/*.json")]
    found = [path for path in (*editions, *shared) if not path.name.startswith(".")]
    return sorted(path for path in found if signed_file(workspace, path) is not None)


def _name(workspace: Path, place: Path) -> str:
    return place.relative_to(workspace).as_posix()

"""One erasure while it is planned: everything that holds a pseudonym is written anew beside its place, and searched."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guzar.errors import TableInvalid
from guzar.journey.earlier_clusters import CHECKSUM, HIGHEST, RECORDS, checksum_of_clusters
from guzar.journey.forgotten_register import write_register_without
from guzar.journey.forgotten_rows import can_be_rewritten, rows_of, write_without, write_without_rows
from guzar.journey.held_records import ERASED, MARKS_FILE
from guzar.store import RECEIPT, write_json
from guzar.store.about import ENDING
from guzar.store.erasures import ErasurePlan, name_receipt, write_receipt
from guzar.store.files import checksum_of_file
from guzar.store.forgotten_names import ZoneWithout, drop_deliveries, seal_without
from guzar.store.keyring import MARKS, Keyring
from guzar.store.linking_zone import ZONE, zone_entries
from guzar.store.person_parts import MANIFEST
from guzar.store.traces import Pseudonyms, Search, files_below, search_files
from guzar.store.workspace import OLDEST_FORMAT, SETTINGS, Workspace

RELEASED = "data/share/"
STATEMENT = (
    "No pseudonym of the persons erased is left in any file of the workspace; every file was searched."
)


@dataclass
class Forgotten:
    """What was erased: rows by table, sealed names and deliveries; files written anew; files searched."""

    persons: int
    rows: Counter[str] = field(default_factory=Counter)
    identity_rows: int = 0
    deliveries: int = 0
    files_changed: int = 0
    files_searched: int = 0
    receipt: str = ""
    was_finished: bool = False  # an earlier erasure that had been broken off, before this one


@dataclass(frozen=True)
class ErasureOrder:
    """Why persons are erased, and since when they are to be gone."""

    day: str
    by: str
    reason: str = ""
    legal_basis: str = ""


class Erasure:
    """One erasure while it is planned: what is written beside, and which place it is to take."""

    def __init__(
        self, place: Path, folder: Path, sought: Pseudonyms, keyring: Keyring | None, done: Forgotten
    ) -> None:
        self._place, self._folder, self._sought, self._keyring = place, folder, sought, keyring
        self.done = done
        self.plan = ErasurePlan()
        self._receipts: dict[Path, dict[str, Any]] = {}  # of editions, as they are to become
        self._written = 0
        self._checksums: dict[str, str] = {}

    def plan_all(self, files: Sequence[tuple[str, Path]]) -> None:
        """Write anew whatever holds a pseudonym. Raises TableInvalid where that cannot be done of a file."""
        found = search_files([(name, path) for name, path in files if not is_sealed(name)], self._sought)
        _require_searched(found, self._sought)
        traced = [(name, path) for name, path in files if name in set(found.traces)]
        registers = sorted({path.parent for _, path in traced if (path.parent / MANIFEST).is_file()})
        stuck = [name for name, path in traced if not self._can_go(name, path, registers)]
        if stuck:
            raise _refuse_stuck(stuck, self._sought)
        for name, path in traced:
            if path.parent not in registers:
                self._write_table(name, path)
        for register in registers:
            self._write_register(register)
        self._seal_zone()
        self._write_receipts()
        self.done.files_searched = found.searched + len(zone_entries(self._place))
        left = search_files(files_below(self._folder), self._sought)
        stays = [name for name in left.traces if not name.startswith(ZONE)]
        if stays or (left.closed and self._keyring is None):
            raise _refuse_stuck(
                sorted({target for one, target in self.plan.moves if one in stays}) or stays, self._sought
            )

    def _can_go(self, name: str, path: Path, registers: Sequence[Path]) -> bool:
        if path.parent in registers:
            return True
        return not name.startswith(RELEASED) and path.name != RECEIPT and can_be_rewritten(path)

    def _beside(self, path: Path) -> Path:
        """Where to write what is to take the place of a file or folder."""
        self._written += 1
        name = f"{self._written:04}-{path.name}"
        self.plan.moves.append((name, self._target(path)))
        return self._folder / name

    def _target(self, path: Path) -> str:
        """A place as the plan names it: below the workspace, else as it stands on this machine."""
        return path.relative_to(self._place).as_posix() if path.is_relative_to(self._place) else str(path)

    def _write_table(self, name: str, path: Path) -> None:
        out = self._beside(path)
        receipt = path.parent / RECEIPT
        if receipt.is_file() and (path.parent / MARKS_FILE).is_file():
            rows = rows_of(path, self._sought)
            write_without_rows(path, out, rows)
            write_without_rows(path.parent / MARKS_FILE, self._beside(path.parent / MARKS_FILE), rows)
            self._note_file(path.parent / MARKS_FILE)
        else:
            rows = write_without(path, out, self._sought)
        self.done.rows[_table_name(path)] += len(rows)
        self._checksums[self._target(path)] = checksum_of_file(out)
        self._note_file(path, len(rows))
        self._write_about(path, out)

    def _note_file(self, path: Path, rows: int = 0) -> None:
        """Let the receipt of an edition, or what stands beside pseudonymous records, name the new checksum."""
        home = next(
            (one for one in path.parents if (one / RECEIPT).is_file() or (one / MARKS[1]).is_file()), None
        )
        if home is None or not home.is_relative_to(self._place):
            return
        told = self._told(home)
        name = path.relative_to(home).as_posix()
        if name in told.get("files", {}):
            written = next(one for one, target in reversed(self.plan.moves) if target == self._target(path))
            told["files"][name] = checksum_of_file(self._folder / written)
            if rows:
                erased = Counter(told.get(ERASED, {}))
                erased[_table_name(path)] += rows
                told[ERASED] = dict(sorted(erased.items()))

    def _told(self, home: Path) -> dict[str, Any]:
        """What the receipt of a folder is to say from now on."""
        if home not in self._receipts:
            file = home / RECEIPT if (home / RECEIPT).is_file() else home / MARKS[1]
            self._receipts[home] = json.loads(file.read_text(encoding="utf-8"))
        return self._receipts[home]

    def _write_about(self, path: Path, out: Path) -> None:
        """What stands beside clusters: how many records, the checksum of their numbers, and the highest number given."""
        about = path.with_name(path.name + ENDING)
        told = json.loads(about.read_text(encoding="utf-8")) if about.is_file() else {}
        if CHECKSUM not in told:
            return
        told[RECORDS], told[CHECKSUM] = checksum_of_clusters(out)
        while str(told.get(HIGHEST)) in self._sought.persons:
            told[HIGHEST] += 1  # it was a number of somebody who is forgotten; a higher one does as well
        write_json(self._beside(about), told)

    def _write_register(self, folder: Path) -> None:
        out = self._beside(folder)
        out.mkdir()
        self.done.rows["register"] += write_register_without(folder, out, self._sought)
        self._checksums[self._target(folder / MANIFEST)] = checksum_of_file(out / MANIFEST)

    def _seal_zone(self) -> None:
        """Seal names anew without those of the persons; deliveries of their holders go whole."""
        if self._keyring is None or not zone_entries(self._place):
            return
        done = seal_without(self._place, self._folder, self._keyring, self._sought.records)
        done.holders |= {home.parents[1].name for home in self._receipts if (home / RECEIPT).is_file()}
        drop_deliveries(self._place, done)
        for old, new in done.replaced.items():
            self.plan.removals.append(f"{ZONE}/{old}")
            if new is not None:
                self.plan.moves.append((f"{ZONE}/{new.entry}", f"{ZONE}/{new.entry}"))
                self._checksums[f"{ZONE}/{new.entry}/{new.kind}.sealed"] = new.sha256
        self.done.identity_rows, self.done.deliveries = done.identity_rows, done.deliveries
        self._tell_entries(done)

    def _tell_entries(self, done: ZoneWithout) -> None:
        """Let every receipt name the sealed files that took the place of those that it named."""
        for file in sorted((self._place / "data" / "collect").glob(f"*/*/*/*/{RECEIPT}")):
            told = self._receipts.get(file.parent) or json.loads(file.read_text(encoding="utf-8"))
            before = [str(entry) for entry in told.get("sealed", ())]
            after = [_entry_after(entry, done) for entry in before]
            if before != after:
                told["sealed"] = [entry for entry in after if entry]
                self._receipts[file.parent] = told

    def _write_receipts(self) -> None:
        workspace = Workspace(self._place)
        has_ledger = (self._place / SETTINGS).is_file() and workspace.format != OLDEST_FORMAT
        for home, told in sorted(self._receipts.items()):
            name = RECEIPT if (home / RECEIPT).is_file() else MARKS[1]
            out = self._beside(home / name)
            write_json(out, told)
            if has_ledger and name == RECEIPT:
                self.plan.notes.append((self._target(home), checksum_of_file(out)))

    def write_receipt(self, order: ErasureOrder) -> None:
        """What was done, when and why; of whom nobody can tell from it."""
        self.done.files_changed = len(self.plan.moves)
        told = {
            "made_by": "guzar workspace forget",
            "erased_on": order.day,
            "erased_by": order.by,
            "reason": order.reason,
            "legal_basis": order.legal_basis,
            "persons": self.done.persons,
            "rows_by_table": dict(sorted(self.done.rows.items())),
            "identity_rows": self.done.identity_rows,
            "sealed_deliveries": self.done.deliveries,
            "files_searched": self.done.files_searched,
            "files_not_searched": 0,
            "statement": STATEMENT,
            # Of what stands outside the workspace no name is given: a folder may be named after somebody.
            "checksums": {
                name: digest
                for name, digest in sorted(self._checksums.items())
                if not Path(name).is_absolute()
            },
        }
        self.done.receipt = name_receipt(told, order.day)
        write_receipt(self._folder, told)
        self.plan.moves.append(("receipt.json", self.done.receipt))


def _entry_after(entry: str, done: ZoneWithout) -> str:
    """The sealed file that stands for an entry from now on; empty where none does."""
    if entry not in done.replaced:
        return entry
    new = done.replaced[entry]
    return "" if new is None else new.entry


def _table_name(path: Path) -> str:
    """A table as a receipt names it: the file without ending and number."""
    stem = path.name.removesuffix(".gz").rpartition(".")[0]
    return stem.rpartition("-")[0] if stem.rpartition("-")[2].isdigit() else stem


def is_sealed(name: str) -> bool:
    """Whether a file is of the linking zone, which the key opens."""
    return name.startswith(f"{ZONE}/") and name.endswith(".sealed")


def _require_searched(found: Search, sought: Pseudonyms) -> None:
    if found.closed:
        raise TableInvalid(
            "Files of the workspace cannot be searched: {count}. Nothing was erased.",
            where="{files}",
            expected="files that are whole, not encrypted, and packed as .gz, .bz2, .xz, .zst, .lz4 or .zip, if at all",
            do="Unpack these files, or take them away, and run the command again.",
            count=len(found.closed),
            files="; ".join(shown(found.closed, sought)),
        )


def _refuse_stuck(names: Sequence[str], sought: Pseudonyms) -> TableInvalid:
    return TableInvalid(
        "The person stands in files from which guzar cannot take rows: {count}. Nothing was erased.",
        where="{files}",
        expected="tables as .csv, .csv.gz or .parquet, registers, sealed names; and no pseudonym in a release",
        do="Take these files away, or write them anew without the person, and run the command again. A release that names a "
        "pseudonym is a matter for the disclosure officer.",
        count=len(names),
        files="; ".join(shown(names, sought)),
    )


def shown(names: Sequence[str], sought: Pseudonyms) -> list[str]:
    """The first names; a file may be named after a pseudonym, which is not shown."""
    hidden = re.compile("|".join(map(re.escape, sorted(sought.anywhere))) or "(?!)", re.IGNORECASE)
    return [hidden.sub("…", name) for name in list(names)[:5]]

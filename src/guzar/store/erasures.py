"""Erasures: receipts of what was erased, and the moves of one that was broken off, brought to their end.

    <workspace>/erasures/erased-<day>-<first digits>.json     when, why, how many rows of which table; nobody's number
    <workspace>/.forgetting/plan.json                         moves and removals that are under way
    <workspace>/.forgetting/…                                 the files that take the place of others

An erasure first writes every changed file here, and its plan last of all. Until the plan stands nothing has changed; from
then on whoever opens the workspace carries it out. Each step may be done twice: a run that is killed leaves the state
before, or one that the next run brings to its end.

A plan is an order to replace and remove files, and a workspace may come from anybody: only a plan that was
written into this very folder of this disk may name files beside the workspace (`--also`).
"""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guzar.errors import TableInvalid
from guzar.store.files import checksum_of, write_json, write_text
from guzar.store.ledger import append

ERASURES = "erasures"
FORGETTING = ".forgetting"
PLAN = "plan.json"


@dataclass
class ErasurePlan:
    """What is to be done once everything is written: moves (from the folder of the erasure), removals, notes."""

    moves: list[tuple[str, str]] = field(default_factory=list)  # name in the folder, place to take
    removals: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # lines for the ledger
    folder: list[int] = field(default_factory=list)  # in which it was written, as the disk numbers it


def begin_erasure(place: Path) -> Path:
    """The empty folder in which changed files are written; what a run left there that never had a plan goes."""
    folder = place / FORGETTING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def drop_erasure(place: Path) -> None:
    """Take away what was written for an erasure that has no plan."""
    if not is_erasure_under_way(place):
        shutil.rmtree(place / FORGETTING, ignore_errors=True)


def is_erasure_under_way(place: Path) -> bool:
    """Whether an erasure was planned and has not come to its end."""
    return (place / FORGETTING / PLAN).is_file()


def carry_out(place: Path, plan: ErasurePlan) -> None:
    """Let what was written take its place. From the first line on it will be done, whatever happens."""
    folder = place / FORGETTING
    for name, _ in plan.moves:
        _to_disk(folder / name)
    told = {"moves": plan.moves, "removals": plan.removals, "notes": plan.notes, "folder": _identity(folder)}
    write_json(folder / PLAN, told)
    finish_erasure(place)


def finish_erasure(place: Path) -> bool:
    """Do what a plan says and has not been done yet; whether there was one."""
    folder = place / FORGETTING
    if not (folder / PLAN).is_file():
        return False
    plan = _read_plan(folder / PLAN)
    _require_own(place, plan)
    for name, target in plan.moves:
        if (folder / name).exists():
            path = place / target
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.rmtree(path)
            with suppress(FileNotFoundError):  # another run that opened the workspace was quicker
                os.replace(folder / name, path)
    for target in plan.removals:
        path = place / target
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if plan.notes:
        append(place, plan.notes)
    (folder / PLAN).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def name_receipt(receipt: dict[str, Any], day: str) -> str:
    """Where the receipt of an erasure stands below the workspace: named by its content."""
    digest = checksum_of(json.dumps(receipt, sort_keys=True, ensure_ascii=False).encode())
    return f"{ERASURES}/erased-{day}-{digest[:8]}.json"


def erasure_receipts(place: Path) -> Sequence[Path]:
    """The receipts of all erasures in a workspace, by day."""
    return sorted((place / ERASURES).glob("erased-*.json"))


def write_receipt(folder: Path, receipt: dict[str, Any]) -> None:
    """Write the receipt among the files that are to take their places."""
    write_text(folder / "receipt.json", json.dumps(receipt, ensure_ascii=False, indent=2) + "\n")


def _read_plan(file: Path) -> ErasurePlan:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        pairs = {name: [(str(one), str(other)) for one, other in told[name]] for name in ("moves", "notes")}
        removals = [str(name) for name in told["removals"]]
        return ErasurePlan(pairs["moves"], removals, pairs["notes"], list(told.get("folder", [])))
    except (ValueError, KeyError, TypeError):
        raise TableInvalid(
            "The plan of an erasure that was broken off cannot be read.",
            where="{file}",
            expected="the file as guzar wrote it",
            do="Restore the workspace from a backup, and erase again.",
            file=f"{FORGETTING}/{PLAN}",
        ) from None


def _require_own(place: Path, plan: ErasurePlan) -> None:
    """Refuse (TableInvalid) a plan that would touch what is no business of the workspace: nothing has been done then."""
    folder = place / FORGETTING
    if plan.folder == _identity(folder):
        return
    targets = [*(target for _, target in plan.moves), *plan.removals]
    is_own = all(_is_below(place.resolve(), place / target) for target in targets)
    if not is_own or not all(_is_below(folder.resolve(), folder / name) for name, _ in plan.moves):
        raise TableInvalid(
            "The plan of an erasure names files outside the workspace, and was not written here.",
            where="{file}",
            expected="an erasure that was begun in this folder, on this disk",
            do="Take the folder {folder} away, look whether the workspace is whole with guzar workspace check, and erase again.",
            file=f"{FORGETTING}/{PLAN}",
            folder=FORGETTING,
        )


def _is_below(root: Path, path: Path) -> bool:
    """Whether a path leads to something below a folder, links followed."""
    there = path.resolve()
    return there != root and there.is_relative_to(root)


def _identity(folder: Path) -> list[int]:
    """The numbers by which the disk knows a folder: another copy of it has others."""
    seen = folder.stat()
    return [seen.st_dev, seen.st_ino]


def _to_disk(path: Path) -> None:
    """What the plan names must be on the disk before the plan is: a machine may lose its power at any moment."""
    for file in [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]:
        with file.open("rb") as opened:
            os.fsync(opened.fileno())

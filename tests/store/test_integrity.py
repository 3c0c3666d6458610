"""`check_integrity` sees every damage, and tells leftovers and strangers from it; it changes nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store.workspaces import bytes_below, make_format_1, make_workspace

from guzar.store import open_workspace
from guzar.store.files import checksum_of
from guzar.store.integrity import check_integrity
from guzar.store.ledger import append, ledger_file, read_ledger
from guzar.store.upgrade import accept_losses, upgrade_workspace

EDITION = "data/collect/published/world_bank/2023-05-10/3333333333333333"
PUBLISHED = "data/share/published"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with two editions, a release record, an audit log and a publication for the service."""
    workspace = make_workspace(tmp_path / "w")
    content = b"a\n1\n"

    def fill(folder: Path) -> None:
        (folder / "a.csv").write_bytes(content)
        told = {"release": "guzar-2026-01-01-00000000", "files": {"a.csv": checksum_of(content)}}
        (folder / "release.json").write_text(json.dumps(told))

    workspace.place(workspace.release_folder("guzar-2026-01-01-00000000"), fill)
    workspace.add_audit("guzar-2026-01-01-00000000", {"release": "guzar-2026-01-01-00000000", "tables": []})
    served = workspace.path / PUBLISHED / "guzar-2026-01-01-00000000"
    served.mkdir(parents=True)
    (served / "index.sqlite").write_bytes(content)
    told = {"files": {"index.sqlite": checksum_of(content)}}
    (served / "complete.json").write_text(json.dumps(told))
    (served.parent / "current").write_text("guzar-2026-01-01-00000000\n")
    return workspace.path


def test_a_whole_workspace_is_whole_and_stays_as_it_is(place: Path) -> None:
    before = bytes_below(place)
    found = check_integrity(place)
    assert (found.damages, found.leftovers, found.unknown, found.not_noted) == ([], [], [], [])
    assert found.counts["editions"] == 2
    assert (found.counts["releases"], found.counts["audits"], found.counts["publications"]) == (1, 1, 1)
    assert found.files == len(before)
    assert bytes_below(place) == before


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a table changed": (f"{EDITION}/published_observations.parquet", _append),
    "a table gone": (f"{EDITION}/published_observations.parquet", Path.unlink),
    "a receipt gone": (f"{EDITION}/receipt.json", Path.unlink),
    "a receipt changed": (f"{EDITION}/receipt.json", _append),
    "an edition lost whole": (EDITION, shutil.rmtree),
    "a release lost whole": ("data/share/releases/guzar-2026-01-01-00000000", shutil.rmtree),
    "a release changed": ("data/share/releases/guzar-2026-01-01-00000000/a.csv", _append),
    "an audit log changed": ("data/share/audits/guzar-2026-01-01-00000000.json", _append),
    "an audit log lost": ("data/share/audits/guzar-2026-01-01-00000000.json", Path.unlink),
    "an index changed": (f"{PUBLISHED}/guzar-2026-01-01-00000000/index.sqlite", _append),
    "a publication cut short": (f"{PUBLISHED}/guzar-2026-01-01-00000000/complete.json", Path.unlink),
    "the pointer gone": (f"{PUBLISHED}/current", Path.unlink),
    "the pointer elsewhere": (f"{PUBLISHED}/current", lambda path: path.write_text("../../releases")),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_is_seen_and_named(place: Path, name: str) -> None:
    file, damage = DAMAGES[name]
    damage(place / file)
    told = [one.path for one in check_integrity(place).damages]
    assert told, name
    assert all(path.startswith(file) or file.startswith(path) or "/current" in path for path in told) or (
        "release" in name
    )


def test_a_lost_release_is_named_although_nothing_stands_there(place: Path) -> None:
    """Only the ledger knows; a guzar of format 1 saw nothing."""
    shutil.rmtree(place / EDITION)
    assert [(one.path, one.what) for one in check_integrity(place).damages] == [
        (EDITION, "lost: the ledger names it")
    ]
    assert accept_losses(place) == [EDITION]
    assert check_integrity(place).damages == []


def test_leftovers_and_strangers_are_no_damage(place: Path) -> None:
    (place / ".incoming" / "killed").mkdir(parents=True)
    (place / ".incoming" / "killed" / "half.parquet").write_bytes(b"x")
    (place / "data" / ".ledger.jsonl.0123abcd").write_bytes(b"x")
    (place / EDITION / "notes.txt").write_text("mine")
    found = check_integrity(place)
    assert found.damages == []
    assert found.leftovers == [".incoming/killed", "data/.ledger.jsonl.0123abcd"]
    assert found.unknown == [f"{EDITION}/notes.txt"]


def test_what_a_killed_run_did_not_note_is_told_and_noted_by_the_upgrade(place: Path) -> None:
    lines = ledger_file(place).read_text().splitlines(keepends=True)
    ledger_file(place).write_text("".join(line for line in lines if EDITION not in line) + '{"place": "da')
    found = check_integrity(place)
    assert (found.damages, found.not_noted) == ([], [EDITION])
    assert upgrade_workspace(place, None).noted == 1
    assert check_integrity(place).not_noted == []


def test_the_same_delivery_again_notes_what_was_not_noted(tmp_path: Path) -> None:
    make_workspace(tmp_path / "w")
    ledger_file(tmp_path / "w").unlink()
    make_workspace(tmp_path / "w")
    assert check_integrity(tmp_path / "w").not_noted == []


def test_a_ledger_outlives_a_line_that_was_cut_short(tmp_path: Path) -> None:
    append(tmp_path, [("a", "1")])
    ledger_file(tmp_path).write_bytes(ledger_file(tmp_path).read_bytes() + b'{"place": "b", "sh')
    append(tmp_path, [("c", "2"), ("a", "3")])
    assert read_ledger(tmp_path) == {"a": "3", "c": "2"}
    append(tmp_path, [("a", None)])
    assert read_ledger(tmp_path) == {"c": "2"}


def test_format_1_is_read_and_written_as_before(tmp_path: Path) -> None:
    """No ledger appears in it, so that the guzar that made it goes on with it."""
    make_format_1(tmp_path / "w")
    make_workspace(tmp_path / "w")
    assert open_workspace(tmp_path / "w").format == 1
    assert not ledger_file(tmp_path / "w").exists()
    assert check_integrity(tmp_path / "w").damages == []

"""The upgrade of a format-1 workspace: whole or not at all, once, and no table or receipt is touched."""

import tomllib
from pathlib import Path

import pytest
from tests.store.workspaces import SETTINGS_1, bytes_below, make_format_1

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store import open_workspace
from guzar.store.integrity import check_integrity
from guzar.store.ledger import ledger_file
from guzar.store.restore import restore_backup
from guzar.store.upgrade import upgrade_workspace


def test_only_the_line_changes_and_the_ledger_comes(tmp_path: Path) -> None:
    place = make_format_1(tmp_path / "w")
    before = bytes_below(place)
    done = upgrade_workspace(place, tmp_path / "before.zip")
    after = bytes_below(place)
    assert (done.before, done.after, done.noted) == (1, 2, 2)
    assert after.pop("data/ledger.jsonl").count(b"\n") == 2
    assert after.pop("guzar.toml").decode() == SETTINGS_1.replace("format = 1\n", "format = 2\n")
    before.pop("guzar.toml")
    assert after == before
    assert check_integrity(place).damages == []
    assert check_integrity(place).not_noted == []


def test_the_backup_that_is_made_first_gives_the_old_workspace_back(tmp_path: Path) -> None:
    place = make_format_1(tmp_path / "w")
    before = bytes_below(place)
    upgrade_workspace(place, tmp_path / "before.zip")
    restore_backup(tmp_path / "before.zip", tmp_path / "old")
    assert bytes_below(tmp_path / "old") == before


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    place = make_format_1(tmp_path / "w")
    upgrade_workspace(place, None)
    before = bytes_below(place)
    done = upgrade_workspace(place, tmp_path / "b.zip")
    assert (done.before, done.after, done.noted, done.backup) == (2, 2, 0, None)
    assert bytes_below(place) == before


def test_killed_before_its_last_step_it_is_still_format_1_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make_format_1(tmp_path / "w")

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("guzar.store.upgrade.write_bytes", kill)
        with pytest.raises(KeyboardInterrupt):
            upgrade_workspace(place, None)
    assert open_workspace(place).format == 1
    assert check_integrity(place).damages == []
    assert upgrade_workspace(place, None).noted == 2
    assert tomllib.loads((place / "guzar.toml").read_text())["format"] == 2


def test_a_damaged_workspace_stays_as_it_is(tmp_path: Path) -> None:
    place = make_format_1(tmp_path / "w")
    next(place.rglob("*.parquet")).write_bytes(b"x")
    for backup in (None, tmp_path / "b.zip"):
        with pytest.raises(TableInvalid, match="damaged"):
            upgrade_workspace(place, backup)
    assert open_workspace(place).format == 1
    assert not ledger_file(place).exists()


@pytest.mark.parametrize("written", ["3", "0", '"1"', "true", "1.5"])
def test_other_formats_are_refused_in_words(tmp_path: Path, written: str) -> None:
    place = make_format_1(tmp_path / "w")
    (place / "guzar.toml").write_text(f"format = {written}\n")
    for opens in (open_workspace, lambda path: upgrade_workspace(path, None)):
        with pytest.raises(SettingsInvalid, match="this guzar knows 1 to 2"):
            opens(place)


@pytest.mark.parametrize(
    "line", ["format=1", "  format = 1  # since 2026", "\ufeffformat = 1\r", "# format = 1\nformat = 1"]
)
def test_the_line_is_found_however_it_is_written(tmp_path: Path, line: str) -> None:
    place = make_format_1(tmp_path / "w")
    (place / "guzar.toml").write_bytes(f"{line}\n[a]\nb = 1\n".encode())
    upgrade_workspace(place, None)
    assert open_workspace(place).settings() == {"format": 2, "a": {"b": 1}}

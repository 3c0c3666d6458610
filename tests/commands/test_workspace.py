"""`guzar workspace` as an operator types it: check, upgrade, export, restore; releases stay byte for byte."""

import json
import shutil
from pathlib import Path

import pytest
from tests.store.workspaces import bytes_below, make_format_1

from guzar.cli import main

DATE = "2026-11-21"


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def _publish(place: Path, out: Path) -> dict[str, bytes]:
    assert _run("publish", "--workspace", place, "--out", out, "--date", DATE, "--quiet") == 0
    return bytes_below(out)


def test_backup_restore_and_upgrade_give_byte_equal_releases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A workspace as the guzar before left it: published, backed up, restored, upgraded; one release, one name."""
    place = make_format_1(tmp_path / "w")
    first = _publish(place, tmp_path / "first")
    assert _run("workspace", "export", place, "--out", tmp_path / "b.tar.gz", "--quiet") == 0
    assert _run("workspace", "restore", tmp_path / "b.tar.gz", "--out", tmp_path / "r", "--quiet") == 0
    assert _publish(tmp_path / "r", tmp_path / "restored") == first
    assert _run("workspace", "upgrade", place, "--quiet") == 0
    assert (tmp_path / "w-format-1.tar.gz").is_file()
    assert _publish(place, tmp_path / "upgraded") == first
    shutil.rmtree(place / "data" / "share")
    (place / "data" / "ledger.jsonl").unlink()
    shutil.rmtree(place / "data" / "process")
    assert _publish(place, tmp_path / "anew") == first, "made anew, not copied"
    assert (
        _run("workspace", "restore", tmp_path / "w-format-1.tar.gz", "--out", tmp_path / "old", "--quiet")
        == 0
    )
    assert _publish(tmp_path / "old", tmp_path / "of-the-old") == first
    capsys.readouterr()
    assert _run("workspace", "check", place, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["is_whole"], told["damages"], told["unknown"], told["format"]) == (True, [], [], 2)
    assert told["counts"]["releases"] == 1


def test_check_names_what_is_damaged_and_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = make_format_1(tmp_path / "w")
    _publish(place, tmp_path / "out")
    (packed,) = place.glob("data/share/releases/*/*.zip")
    packed.write_bytes(packed.read_bytes()[:-9])
    capsys.readouterr()
    assert _run("workspace", "check", place) == 3
    said = capsys.readouterr().err
    assert packed.relative_to(place).as_posix() in said
    assert "guzar workspace upgrade" in said, "a reader of format 1 is told how to upgrade"
    assert _run("workspace", "check", place, "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert [one["path"] for one in told["damages"]] == [packed.relative_to(place).as_posix()]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "nothing"], 2),
        (["upgrade", "nothing"], 2),
        (["export", "nothing"], 2),
        (["restore", "nothing.zip", "--out", "o"], 2),
        (["restore", "w/guzar.toml", "--out", "o"], 3),
        (["export", "w", "--out", "w/b.zip"], 2),
        (["export", "w", "--out", "b.rar"], 2),
        (["upgrade", "w", "--backup", "b.zip", "--no-backup"], 2),
        (["forget", "w"], 2),
        (["forget", "w", "--person", "f" * 32], 6),
        (["forget", "w", "--persons", "nothing.txt"], 2),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_message(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_format_1(tmp_path / "w")
    before = bytes_below(tmp_path)
    assert _run("workspace", *words) == code
    said = capsys.readouterr().err
    assert said.startswith("guzar: ")
    assert "f" * 32 not in said
    assert bytes_below(tmp_path) == before


def test_a_newer_workspace_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = make_format_1(tmp_path / "w")
    (place / "guzar.toml").write_text("format = 3\n")
    before = bytes_below(place)
    for name in ("check", "upgrade", "export"):
        assert _run("workspace", name, place) == 2
        assert "this guzar knows 1 to 2" in capsys.readouterr().err
    assert bytes_below(place) == before

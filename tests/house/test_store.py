"""The workspace: nothing is overwritten, nothing appears half-made."""

import os
import time
from pathlib import Path

import polars as pl
import pytest

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store import open_workspace, replace_folder, write_table
from guzar.store.beside import held

FRAME = pl.DataFrame({"area": ["KGZ", "NA"], "value": [1.5, None]})


def _add(workspace, **changed):  # type: ignore[no-untyped-def]
    given = {
        "source": "s",
        "edition": "2020-12",
        "checksum": "a" * 64,
        "frames": {"t": FRAME},
        "receipt": {"file": "f"},
    }
    return workspace.add("collect", "t", **(given | changed))


def test_the_same_bytes_add_nothing(tmp_path: Path) -> None:
    """A second delivery of the same checksum is no new edition."""
    workspace = open_workspace(tmp_path / "w", create=True)
    assert _add(workspace) is not None
    assert _add(workspace) is None
    assert len(list(workspace.editions("collect", "t"))) == 1


def test_editions_stand_side_by_side(tmp_path: Path) -> None:
    """A later edition and other bytes of one edition are folders of their own, oldest first."""
    workspace = open_workspace(tmp_path / "w", create=True)
    _add(workspace, edition="2024", checksum="c" * 64)
    _add(workspace)
    _add(workspace, checksum="b" * 64)
    assert [held.edition for held in workspace.editions("collect", "t")] == ["2020-12", "2020-12", "2024"]
    rows = workspace.read("collect", "t")
    assert rows is not None
    assert rows.collect().height == 3 * FRAME.height


def test_a_failure_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    """What breaks while an edition is written leaves no trace of it."""
    workspace = open_workspace(tmp_path / "w", create=True)
    with pytest.raises(TypeError):
        _add(workspace, receipt={"date": object()})
    assert not list(workspace.editions("collect", "t"))
    assert not [path for path in (tmp_path / "w").rglob("*") if path.is_file() and path.name != "guzar.toml"]


def test_leftovers_of_a_crash_are_removed(tmp_path: Path) -> None:
    """A half-made folder of an earlier run goes when the workspace is opened again; one still at work stays."""
    open_workspace(tmp_path / "w", create=True)
    left, at_work = (tmp_path / "w" / ".incoming" / name for name in ("half-made", "at-work"))
    left.mkdir(parents=True)
    at_work.mkdir()
    an_hour_and_more = time.time() - 4000
    os.utime(left, (an_hour_and_more, an_hour_and_more))
    with held(at_work) as is_own:
        assert is_own
        open_workspace(tmp_path / "w")
    assert not left.exists()
    assert at_work.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows shows nobody who holds a folder")
def test_what_a_killed_run_left_goes_and_what_is_held_stays(tmp_path: Path) -> None:
    """Right after `kill -9` nobody holds the folder; a folder that a run still fills stays."""
    place = open_workspace(tmp_path / "w", create=True)
    left = tmp_path / "w" / ".incoming" / "killed"
    left.mkdir(parents=True)

    def fill(folder: Path) -> None:
        open_workspace(tmp_path / "w")
        assert not left.exists()
        assert folder.exists()

    place.place(tmp_path / "w" / "data" / "made", fill)


@pytest.mark.skipif(os.name == "nt", reason="Windows shows nobody who holds a folder")
def test_leftovers_beside_a_place_go_with_the_next_run(tmp_path: Path) -> None:
    """Of a file, of a folder, and of what was set aside; what another run holds, and what is another's, stays."""
    names = (".site.0123abcd", ".site.0123abcd.old", ".site.89abcdef", ".site.notes", ".t.csv.01234567")
    for name in names[:4]:
        (tmp_path / name).mkdir()
    (tmp_path / names[4]).write_text("half")
    with held(tmp_path / ".site.89abcdef"):
        write_table(tmp_path / "t.csv", FRAME)
        replace_folder(tmp_path / "site", lambda folder: None, mark="made.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".site.89abcdef",
        ".site.notes",
        "site",
        "t.csv",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows shows nobody who holds a folder")
def test_what_was_set_aside_comes_back_where_the_next_run_fails(tmp_path: Path) -> None:
    """Killed between two moves, a run left nothing under the name: the old folder stands there again."""
    target = tmp_path / "site"
    replace_folder(target, lambda folder: (folder / "a").write_text("old") and None, mark="made.json")
    target.rename(tmp_path / ".site.0123abcd.old")

    def fail(folder: Path) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        replace_folder(target, fail, mark="made.json")
    assert (target / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_secret_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies while it makes the secret of a workspace leaves none, and the next makes one."""
    workspace = open_workspace(tmp_path / "w", create=True)

    def fail(size: int) -> bytes:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("guzar.store.workspace.os.urandom", fail)
        with pytest.raises(RuntimeError):
            workspace.secret()
    assert len(workspace.secret()) == 32
    assert workspace.secret() == workspace.secret()
    assert (tmp_path / "w" / "noise.secret").stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    """The message says what makes a folder a workspace."""
    with pytest.raises(SettingsInvalid, match=r"guzar\.toml"):
        open_workspace(tmp_path)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_tables_are_written_and_read_by_their_ending(tmp_path: Path, name: str) -> None:
    """What was written is read again; an empty cell is missing, NA is text."""
    write_table(tmp_path / name, FRAME)
    read = pl.read_parquet if name.endswith(".parquet") else pl.read_csv
    again = read(tmp_path / name)
    assert again["area"].to_list() == ["KGZ", "NA"]
    assert again.cast({"value": pl.Float64})["value"].to_list() == [1.5, None]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    """guzar does not guess the form of a file."""
    with pytest.raises(SettingsInvalid, match="csv"):
        write_table(tmp_path / "t.docx", FRAME)


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    """While the new folder fails, the old one stays; when it is ready, it takes the old one's place."""
    target = tmp_path / "site"
    replace_folder(target, lambda folder: (folder / "a").write_text("old") and None, mark="made.json")

    def fail(folder: Path) -> None:
        (folder / "a").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        replace_folder(target, fail, mark="made.json")
    assert (target / "a").read_text() == "old"
    replace_folder(target, lambda folder: (folder / "b").write_text("new") and None, mark="made.json")
    assert sorted(path.name for path in target.iterdir()) == ["b", "made.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_guzar_did_not_make_is_never_replaced(tmp_path: Path) -> None:
    """Somebody's documents, and a workspace, stay where they are."""
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(SettingsInvalid, match="did not make"):
        replace_folder(tmp_path, lambda folder: None, mark="made.json")
    assert (tmp_path / "thesis.docx").read_text() == "years of work"
    open_workspace(tmp_path / "w", create=True)
    with pytest.raises(SettingsInvalid, match="did not make"):
        replace_folder(tmp_path / "w", lambda folder: None, mark="made.json")
    assert (tmp_path / "w" / "guzar.toml").is_file()


@pytest.mark.parametrize("damage", ["change", "remove a file", "remove the receipt", "break the receipt"])
def test_a_changed_workspace_is_noticed(tmp_path: Path, damage: str) -> None:
    """Every file has its checksum in the receipt; what differs is named, and nothing is published from it."""
    workspace = open_workspace(tmp_path / "w", create=True)
    folder = _add(workspace, originals={"original/f.csv": b"1"})
    workspace.require_whole()
    if damage == "change":
        FRAME.with_columns(value=pl.lit(9.0)).write_parquet(folder / "t.parquet")
    elif damage == "remove a file":
        (folder / "original" / "f.csv").unlink()
    elif damage == "remove the receipt":
        (folder / "receipt.json").unlink()
    else:
        (folder / "receipt.json").write_text("{")
    with pytest.raises(TableInvalid, match="collect/t/s/2020-12"):
        workspace.require_whole()


def test_a_workspace_of_another_format_is_refused(tmp_path: Path) -> None:
    """An older guzar does not touch what a newer one wrote."""
    open_workspace(tmp_path / "w", create=True)
    (tmp_path / "w" / "guzar.toml").write_text("format = 99")
    with pytest.raises(SettingsInvalid, match="99"):
        open_workspace(tmp_path / "w")


def test_the_old_folder_comes_back_where_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of the two moves fails (a file that is open elsewhere): nothing is lost."""
    target = tmp_path / "site"
    replace_folder(target, lambda folder: (folder / "a").write_text("old") and None, mark="made.json")
    moves: list[object] = []
    move = os.replace

    def fail_second(source: Path, place: Path) -> None:
        if Path(place).name == "site" and not moves:
            moves.append(source)
            raise PermissionError
        move(source, place)

    monkeypatch.setattr(os, "replace", fail_second)
    with pytest.raises(PermissionError):
        replace_folder(target, lambda folder: (folder / "b").write_text("new") and None, mark="made.json")
    assert moves
    assert (target / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_damaged_folder_is_not_taken_for_the_edition(tmp_path: Path) -> None:
    """A folder that has lost its receipt is in the way: the delivery is refused and not silently left out."""
    workspace = open_workspace(tmp_path / "w", create=True)
    folder = _add(workspace)
    (folder / "receipt.json").unlink()
    with pytest.raises(TableInvalid, match="collect/t/s/2020-12"):
        _add(workspace)

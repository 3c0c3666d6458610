"""A publication appears whole or not at all, and `current` always names one that can be read."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from guzar.errors import TableInvalid
from guzar.store import Workspace, open_workspace
from guzar.store.publications import COMPLETE, CURRENT, add_publication, publications_folder, read_publication


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "work", create=True)


def publish(workspace: Workspace, name: str, content: str = "rows") -> Path:
    return add_publication(workspace, name, lambda folder: write(folder, content), {"release": name})


def write(folder: Path, content: str) -> None:
    (folder / "index.sqlite").write_text(content, encoding="utf-8")


def current(workspace: Workspace) -> str:
    return (publications_folder(workspace) / CURRENT).read_text(encoding="utf-8").strip()


def test_what_was_published_last_is_named_and_the_one_before_stays(workspace: Workspace) -> None:
    folders = [publish(workspace, name) for name in ("first", "second", "third")]
    assert current(workspace) == "third"
    assert [folder.exists() for folder in folders] == [False, True, True]
    assert read_publication(folders[2])["release"] == "third"


def test_the_same_again_changes_nothing_and_is_named_again(workspace: Workspace) -> None:
    publish(workspace, "first")
    publish(workspace, "second")
    folder = publish(workspace, "first", content="other")
    assert current(workspace) == "first"
    assert (folder / "index.sqlite").read_text(encoding="utf-8") == "rows"


def test_a_publication_that_fails_leaves_the_old_one(workspace: Workspace) -> None:
    publish(workspace, "first")

    def fill(folder: Path) -> None:
        write(folder, "half")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        add_publication(workspace, "second", fill, {})
    assert current(workspace) == "first"
    assert [one.name for one in publications_folder(workspace).iterdir() if one.is_dir()] == ["first"]


def test_a_changed_file_is_told(workspace: Workspace) -> None:
    folder = publish(workspace, "first")
    (folder / "index.sqlite").write_text("rowz", encoding="utf-8")
    with pytest.raises(TableInvalid, match=r"index\.sqlite"):
        read_publication(folder)
    (folder / COMPLETE).write_text("{", encoding="utf-8")
    with pytest.raises(TableInvalid, match=r"complete\.json"):
        read_publication(folder)


@pytest.mark.parametrize("name", ["index.sqlite", COMPLETE])
def test_a_damaged_publication_is_made_anew_by_publishing_again(workspace: Workspace, name: str) -> None:
    """As its refusal advises: the same release on the same day has the same folder."""
    folder = publish(workspace, "first")
    (folder / name).write_text("{", encoding="utf-8")
    with pytest.raises(TableInvalid, match="Publish again"):
        read_publication(folder)
    assert publish(workspace, "first") == folder
    assert read_publication(folder)["release"] == "first"
    assert (folder / "index.sqlite").read_text(encoding="utf-8") == "rows"


KILLED = """
    import sys, time
    from pathlib import Path
    from guzar.store import open_workspace
    from guzar.store.publications import add_publication

    def fill(folder):
        (folder / "index.sqlite").write_text("half")
        print("filling", flush=True)
        time.sleep(60)

    add_publication(open_workspace(Path(sys.argv[1])), "second", fill, {})
"""


def test_a_run_killed_in_the_middle_leaves_the_old_publication_and_nothing_else(workspace: Workspace) -> None:
    publish(workspace, "first")
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(workspace.path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "filling\n"
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert current(workspace) == "first"
    read_publication(publications_folder(workspace) / "first")
    open_workspace(workspace.path)  # takes away what the killed run left
    left = [one.name for one in workspace.path.rglob("*") if "index" in one.name]
    assert left == ["index.sqlite"]
    assert read_publication(publish(workspace, "second"))["release"] == "second"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes there")
def test_a_full_disk_leaves_the_old_publication(workspace: Workspace) -> None:
    """The limit on the size of a file stands in for the end of the disk where no small disk may be mounted."""
    publish(workspace, "first")
    code = """
        import resource, signal, sys
        from pathlib import Path
        from guzar.store import open_workspace
        from guzar.store.publications import add_publication
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        fill = lambda folder: (folder / "index.sqlite").write_bytes(bytes(100_000))
        add_publication(open_workspace(Path(sys.argv[1])), "second", fill, {})
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(workspace.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "File too large" in done.stderr
    assert current(workspace) == "first"
    read_publication(publications_folder(workspace) / "first")

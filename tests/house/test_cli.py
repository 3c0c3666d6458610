"""The command line as a whole: one message, the right exit, every console."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guzar.cli import main


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`guzar` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "guzar", *arguments],
        capture_output=True,
        check=False,
        env=os.environ | environment,
    )


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code and the message of a refusal."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize("out", ["absent/f.csv", ".", "f.docx"])
def test_a_path_that_cannot_be_written_is_one_message(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing folder, a folder instead of a file and an unknown ending end with exit 2 and no traceback."""
    monkeypatch.chdir(tmp_path)
    code, said = refused(["figures", "--indicator", "population", "--area", "KGZ", "--out", out], capsys)
    assert code == 2
    assert said.startswith("guzar: ")
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_the_site_never_replaces_somebodys_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with other files, a workspace among them, is left as it is."""
    (tmp_path / "thesis.docx").write_text("years of work")
    code, said = refused(["site", "--out", str(tmp_path)], capsys)
    assert code == 2
    assert "did not make" in said
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Silently speaking English would hide a mistake."""
    code, said = refused(["figures", "--list", "--lang", "fr"], capsys)
    assert (code, "fr" in said) == (2, True)


def test_wrong_usage_is_told_in_russian(capsys: pytest.CaptureFixture[str]) -> None:
    """Also the mistakes that the command parser finds."""
    code, said = refused(["figures", "--nonsense", "--lang", "ru"], capsys)
    assert code == 2
    assert "Нет ключа --nonsense" in said


def test_a_fault_of_guzar_is_a_message_without_the_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The kind of the fault is named; its text, which may quote data, is not."""

    def fail(_: object) -> None:
        raise ValueError("Ivanov, passport 123")

    monkeypatch.setattr("guzar.journey.load_observations", fail)
    code, said = refused(["figures", "--indicator", "population", "--area", "KGZ"], capsys)
    assert code == 1
    assert "ValueError" in said
    assert "Ivanov" not in said


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        ("cp866", ("collect", "--list", "--lang", "ru")),
        ("cp1251", ("trace", "Observations")),
        ("cp1252", ("table", "Observations", "--lang", "ru")),
        ("ascii", ("collect", "--list", "--lang", "ru")),
    ],
    ids=str,
)
def test_every_console_shows_something(encoding: str, arguments: tuple[str, ...]) -> None:
    """A Windows console without a dash or an arrow shows the nearest sign."""
    shown = run(*arguments, PYTHONIOENCODING=encoding)
    assert shown.returncode == 0, shown.stderr.decode(encoding, errors="replace")
    assert io.TextIOWrapper(io.BytesIO(shown.stdout), encoding=encoding).read()


def test_version_and_bare_call() -> None:
    """`guzar --version` names the version; `guzar` alone shows the help."""
    assert run("--version").stdout.startswith(b"guzar ")
    assert b"collect" in run().stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes of Windows break in another way")
@pytest.mark.parametrize("out", [["--out", "-"], ["--json"], []])
def test_a_closed_pipe_is_no_fault(out: list[str]) -> None:
    """`guzar … | head` has seen enough: nothing is said, and the exit is 0."""
    asked = ["figures", "--indicator", "migrant_stock", "--area", "RUS", "--edition", "all", *out]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "guzar", *asked], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")

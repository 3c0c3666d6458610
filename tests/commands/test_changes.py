"""`guzar changes`: two releases by folder and by id, files, languages, refusals."""

import json
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from tests.share.conftest import make_observations

from guzar.cli import main
from guzar.define.tables.figures import Observations
from guzar.journey.publication import publish_figures
from guzar.store import open_workspace


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with two releases; the second has one other value and lacks one row."""
    workspace = open_workspace(tmp_path / "work", create=True)
    first = make_observations()
    second = first.with_row_index("row").filter(pl.col("row") != 3)
    second = second.with_columns(
        value=pl.when(pl.col("row") == 0).then(pl.col("value") + 5).otherwise(pl.col("value"))
    ).drop("row")
    _publish(first, workspace, tmp_path / "one", "2026-01-01")
    _publish(Observations.validate(second), workspace, tmp_path / "two", "2026-02-01")
    return tmp_path


def _publish(rows: dy.DataFrame[Observations], workspace, out: Path, date: str) -> None:
    publish_figures(rows, workspace, out, date=date, extra={})


def test_two_folders_give_a_labelled_table(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = place / "changes.csv"
    assert run("changes", "--from", place / "one", "--to", place / "two", "--out", out, "--lang", "en") == 0
    assert sorted(pl.read_csv(out)["change"]) == ["removal", "revision"]
    said = capsys.readouterr().out
    assert "2 values differ" in said
    assert "revisions: 1" in said


def test_two_ids_of_a_workspace_in_russian(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = sorted(path.name for path in (place / "work" / "data" / "share" / "releases").iterdir())
    out = place / "changes.parquet"
    words = ["changes", "--from", ids[0], "--to", ids[1], "--workspace", place / "work", "--out", out]
    assert run(*words, "--lang", "ru") == 0
    assert "удаления: 1" in capsys.readouterr().out
    assert run(*words, "--json", "--quiet") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["earlier"], told["later"]) == (ids[0], ids[1])
    assert told["changes"] == {"revision": 1, "status": 0, "addition": 0, "break": 0, "removal": 1}


def test_what_is_no_release_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("changes", "--from", place, "--to", place / "two", "--lang", "en") in (2, 3)
    assert "is not a release" in capsys.readouterr().err
    words = ["changes", "--from", "guzar-x", "--to", "guzar-y", "--workspace", place / "work"]
    assert run(*words, "--lang", "en") in (2, 3)
    said = capsys.readouterr().err
    assert "holds no release guzar-x" in said
    assert "Traceback" not in said

"""`guzar changes`: two releases by folder and by id, files, languages, refusals."""

import json
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from tests.share.conftest import make_observations

from guzar.cli import main
from guzar.commands.changes import _told
from guzar.commands.speaker import Speaker
from guzar.define.tables.changes import ReleaseChanges
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


def test_the_differences_are_shown_one_a_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["changes", "--from", place / "one", "--to", place / "two"]
    assert run(*words, "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    [revision] = [line for line in lines if line.startswith("  revision: ")]
    [removal] = [line for line in lines if line.startswith("  removal: ")]
    assert lines.index(revision) < lines.index(removal)
    rows = {row["change"]: row for row in _written(place)}
    row = rows["revision"]
    assert (
        f"{row['indicator']}, {row['area']}, {row['counterpart']}, {row['sex']}, {row['period']}, "
        in revision
    )
    assert revision.endswith(f"{row['value_before']:,.0f} {row['unit']} → {row['value']:,.0f} {row['unit']}")
    assert removal.endswith(" → –")
    assert "more. All of them" not in "\n".join(lines)
    assert run(*words, "--lang", "ru") == 0
    assert "  пересмотр: " in capsys.readouterr().out


def _written(place: Path) -> list[dict[str, object]]:
    out = place / "all.csv"
    assert run("changes", "--from", place / "one", "--to", place / "two", "--out", out, "--quiet") == 0
    return pl.read_csv(out).to_dicts()


def test_only_the_first_are_shown_and_how_to_get_all(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guzar.commands.changes.SHOWN", 1)
    words = ["changes", "--from", place / "one", "--to", place / "two", "--lang", "en"]
    assert run(*words) == 0
    shown = capsys.readouterr().out
    assert "  revision: " in shown
    assert "  removal: " not in shown
    assert "And 1 more. All of them: --out changes.csv, or --out -" in shown
    assert run(*words, "--out", "-") == 0
    told = capsys.readouterr()
    assert told.out.count("\n") == 3  # the head and both rows
    assert "  revision: " not in told.err


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"change": "addition", "value": 5.0, "unit": "persons"}, "addition: i, KAZ, _T, _T, 2020, s 2024: 5 persons"),
        (
            {
                "change": "status", "value": 5.0, "value_before": 5.0, "unit": "persons", "unit_before": "persons",
                "edition_before": "2023", "observation_status": "observed", "observation_status_before": "estimated",
            },
            "other kind of number: i, KAZ, _T, _T, 2020, s 2023 → 2024: 5 persons (estimated → observed)",
        ),
        (
            {
                "change": "break", "value": 5.0, "value_before": 4.0, "unit": "persons", "unit_before": "permits",
                "edition_before": "2024", "definition": "new", "definition_before": "old",
            },
            "break: i, KAZ, _T, _T, 2020, s 2024: 4 permits → 5 persons (old → new)",
        ),
    ],
)  # fmt: skip
def test_a_difference_in_a_line(row: dict[str, object], told: str) -> None:
    cell = {"indicator": "i", "area": "KAZ", "counterpart": "_T", "sex": "_T", "period": "2020"}
    held = dict.fromkeys(ReleaseChanges.column_names()) | cell | {"source": "s", "edition": "2024"} | row
    assert _told(Speaker("en"), held) == told

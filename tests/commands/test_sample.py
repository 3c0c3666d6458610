"""`guzar sample`: records for researchers, nobody alone in what others know of them."""

from pathlib import Path

import polars as pl
import pytest
from tests.commands.test_protect import run
from tests.protect.persons import make_persons

COLUMNS = "--quasi-identifiers sex,region --k 4 --sensitive status --l 2"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_persons(4, 600, sex=2, region=15, status=4).write_csv("records.csv")
    return tmp_path


def smallest(name: str) -> tuple[int, int]:
    groups = (
        pl.read_csv(name).group_by("sex", "region").agg(size=pl.len(), status=pl.col("status").n_unique())
    )
    return groups["size"].min(), groups["status"].min()


def test_every_combination_is_shared(capsys: pytest.CaptureFixture[str]) -> None:
    assert smallest("records.csv")[0] < 4
    assert run(f"sample records.csv {COLUMNS} --out sample.csv") == 0
    assert "values blanked" in capsys.readouterr().out
    size, different = smallest("sample.csv")
    assert size >= 4
    assert different >= 2
    kept = pl.read_csv("sample.csv")
    assert 0.95 * 600 <= kept.height <= 600
    assert kept["sex"].null_count() < kept["region"].null_count(), (
        "the least important column is blanked first"
    )


def test_rules_of_a_workspace(folder: Path) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "guzar.toml").write_text(
        'format = 1\n[sample.records]\nquasi_identifiers = ["sex", "region"]\nk = 4\nsensitive = ["status"]\nl = 2\n'
    )
    assert run("sample records.csv --workspace work --out declared.csv --quiet") == 0
    assert run(f"sample records.csv {COLUMNS} --out typed.csv --quiet") == 0
    assert Path("declared.csv").read_bytes() == Path("typed.csv").read_bytes()
    assert run("sample records.csv --workspace work --k 2") == 2
    Path("others.csv").write_bytes(Path("records.csv").read_bytes())
    assert run("sample others.csv --workspace work") == 2


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ('quasi_identifiers = ["sex"]\nminimum = 4', "minimum"),
        ('quasi_identifiers = ["sex"]\nk = "4"', "k"),
        ("k = 4", "quasi_identifiers"),
    ],
)
def test_a_wrong_declaration_is_refused_by_its_keys(
    folder: Path, declared: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "guzar.toml").write_text(f"format = 1\n[sample.records]\n{declared}\n")
    assert run("sample records.csv --workspace work --out sample.csv") == 2
    said = capsys.readouterr().err
    assert f"cannot be used: {told}." in said
    assert "[sample.records]" in said
    assert not Path("sample.csv").exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("--quasi-identifiers sex --sensitive status", 4),  # the region is named nowhere
        ("--quasi-identifiers sex,region,passport --sensitive status", 3),
        ("--quasi-identifiers sex,region --sensitive status --k 1", 2),
        ("--sensitive status", 2),
    ],
)
def test_what_cannot_be_a_sample_is_refused(more: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"sample records.csv {more} --out sample.csv") == code
    assert capsys.readouterr().err.startswith("guzar: ")
    assert not Path("sample.csv").exists()


def test_a_sensitive_column_with_too_few_values_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    line = "sample records.csv --quasi-identifiers sex,region --k 3 --sensitive status --l 5 --out sample.csv"
    assert run(line) == 6
    assert "different values by column: status: 4" in capsys.readouterr().err
    assert not Path("sample.csv").exists()


def test_russian_messages_write_no_decimal_points(capsys: pytest.CaptureFixture[str]) -> None:
    """Six hundred records, all alone under k = 700: at most 30 of them may be left out."""
    line = "sample records.csv --quasi-identifiers sex,region --k 700 --sensitive status --l 1 --lang ru"
    assert run(line) == 6
    said = capsys.readouterr().err
    assert "не больше 30 из них" in said
    assert "0.05" not in said

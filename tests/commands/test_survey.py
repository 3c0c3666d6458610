"""`guzar survey`: what it writes, says and refuses; its totals go on to `guzar protect`."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

HEAD = "record_id,household_id,survey_weight,stratum,cluster,interview_date,sex,age,citizenship,birth_place,is_absent,months_absent,absent_in"


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """600 answers of three strata, ten clusters each; every third member is abroad."""
    rows = [
        f"r{at},h{at // 4},25.5,T{at % 3},C{at // 20},2022-04-01,{'FM'[at % 2]},{at % 80},QMA,QMA,"
        + (f"true,{at % 20},QMB" if at % 3 == at % 7 % 3 else "false,,")
        for at in range(600)
    ]
    file = tmp_path / "answers.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return file


def test_estimates_go_on_to_protect(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table, what is written down beside it, and the next command as it can be typed."""
    out, protected = tmp_path / "absent.csv", tmp_path / "protected.csv"
    assert run("survey", answers, "--measure", "absent", "--by", "sex", "--out", out) == 0
    said = capsys.readouterr()
    assert "600 answers in 90 clusters and 3 strata (87 degrees of freedom)" in said.out
    assert "Households all of whose members are abroad cannot be asked" in said.err
    table = pl.read_csv(out)
    true = pl.read_csv(answers).filter("is_absent").group_by("sex").len()
    expected = {sex: round(25.5 * count + 1e-9) for sex, count in true.iter_rows()}
    assert dict(table.select("sex", "persons").iter_rows()) == pytest.approx(expected, abs=1)
    assert (table["lower"] < table["persons"]).all()
    about = json.loads(out.with_name("absent.csv.about.json").read_text(encoding="utf-8"))
    assert about["concept"] == "reported"
    assert "cannot be asked" in about["whole_household_absence"]
    next_step = said.out.partition("Next: guzar ")[2].split("\n")[0].replace("absent.csv", str(out))
    assert run(*next_step.replace("…", str(protected)).split()) == 0
    total = pl.read_csv(protected).filter(pl.col("sex") == "_T")["persons"].item()
    assert total == table["persons"].sum()


def test_thin_tables_do_not_go_on(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table with empty cells is no table for protect."""
    out = tmp_path / "thin.csv"
    arguments = [
        "survey",
        str(answers),
        "--measure",
        "persons",
        "--by",
        "age_group",
        "--minimum-answers",
        "200",
    ]
    assert run(*arguments, "--out", out) == 0
    said = capsys.readouterr()
    assert "Next:" not in said.out
    assert "whole tables only" in said.err
    assert set(pl.read_csv(out)["reason"].drop_nulls()) == {"too_few_answers"}


def test_a_program_gets_the_design(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json: rows, design and the named bias."""
    assert run("survey", answers, "--measure", "mean_age", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["answers"], told["degrees_of_freedom"]) == (1, 600, 87)
    assert told["table"][0]["years"] == pytest.approx(sum(at % 80 for at in range(600)) / 600)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--measure", "absentees"], 2, "knows no measure absentees"),
        (["--measure", "absent", "--where", "sex"], 2, "--where"),
        (["--measure", "absent", "--where", "sex=F", "--where", "sex=M"], 2, "two codes of one column"),
        (["--measure", "absent", "--ages", "15,0", "--by", "age_group"], 2, "no age groups"),
        (["--measure", "absent", "--from", "April"], 2, "--from is not a date"),
        (["--measure", "absent", "--single-cluster", "guess"], 2, "strata of one cluster"),
        (["--measure", "absent", "--from", "2030-01-01"], 3, "no answers"),
        (["--measure", "persons", "--by", "household_id"], 2, "list of persons"),
    ],
)
def test_what_is_wrong_is_refused(
    answers: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """One message, and nothing that is half done."""
    assert run("survey", answers, *arguments) == code
    assert words in capsys.readouterr().err


def test_cells_of_another_kind_are_refused(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A weight in words, without the words in the message."""
    answers.write_text(answers.read_text("utf-8").replace(",25.5,", ",Canary,", 1), encoding="utf-8")
    assert run("survey", answers, "--measure", "absent") != 0
    said = capsys.readouterr().err
    assert "survey_weight" in said
    assert "Canary" not in said

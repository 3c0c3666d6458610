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
    assert "Days of interviews: 1; periods" in said.out
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
    assert told["table"][0]["years"] == round(sum(at % 80 for at in range(600)) / 600, 1)
    assert (told["interview_days"], told["interview_periods"], told["rounds"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--measure", "absentees"], 2, "knows no measure absentees"),
        (["--measure", "absent", "--where", "sex"], 2, "--where"),
        (["--measure", "absent", "--where", "sex=F", "--where", "sex=M"], 2, "two codes of one column"),
        (["--measure", "absent", "--ages", "15,0", "--by", "age_group"], 2, "no age groups"),
        (["--measure", "absent", "--from", "April"], 2, "--from is not a date"),
        (["--measure", "absent", "--single-cluster", "guess"], 2, "strata of one cluster"),
        (["--measure", "absent", "--from", "2030-01-01"], 3, "days of interviews in the table: 2022-04-01"),
        (["--measure", "absent", "--rounds", "4"], 2, "cannot be 4 rounds"),
        (["--measure", "absent", "--workspace", "work"], 2, "not both"),
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


def test_weights_that_are_no_numbers_of_persons_are_refused(
    answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message without the weight in it; not an error of a library."""
    whole = answers.read_text("utf-8")
    for weight in ("1e17", "1e308"):
        answers.write_text(whole.replace(",25.5,", f",{weight},", 1), encoding="utf-8")
        assert run("survey", answers, "--measure", "persons") == 3
        said = capsys.readouterr().err
        assert "Weights above a thousand million: 1" in said
        assert weight not in said


def test_rounds_that_do_not_fit_are_warned_of(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two periods: refused without a word on rounds, said with one of them, and silent with two."""
    rows = answers.read_text("utf-8").splitlines()
    later = [row.replace("2022-04-01", "2022-10-01") if at % 2 else row for at, row in enumerate(rows)]
    answers.write_text("\n".join(later) + "\n", encoding="utf-8")
    assert run("survey", answers, "--measure", "persons") == 3
    assert "2022-04-01, 2022-10-01" in capsys.readouterr().err
    assert run("survey", answers, "--measure", "persons", "--rounds", "1") == 0
    assert "the interviews stand in 2 periods" in capsys.readouterr().err
    assert run("survey", answers, "--measure", "persons", "--rounds", "2") == 0
    assert capsys.readouterr().err == ""


def test_a_workspace_is_asked_for_the_survey_that_it_holds(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same estimate as from the file; a correction counts once; two holders are two surveys."""
    receipt, key, work = tmp_path / "receipt.toml", tmp_path / "guzar.key", tmp_path / "work"
    told = 'holder = "{}"\nlegal_basis = "made up"\npurpose = "statistics"\nretention_until = 2032-12-31\n'
    receipt.write_text(told.format("Office (made up)"), encoding="utf-8")
    run("keys", "new", key)
    taken_in = ("--receipt", receipt, "--keys", key, "--workspace", work)
    assert run("collect", "survey", answers, *taken_in) == 0
    assert run("survey", answers, "--measure", "mean_age", "--json") == 0
    from_file = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert run("survey", "--workspace", work, "--measure", "mean_age", "--json") == 0
    assert json.loads(capsys.readouterr().out) == from_file
    rows = answers.read_text("utf-8").replace(
        "r7,h1,25.5,T1,C0,2022-04-01,M,7,", "r7,h1,25.5,T1,C0,2022-04-01,M,67,"
    )
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(rows, encoding="utf-8")
    receipt.write_text(told.format("Office (made up)") + "corrects = true\n", encoding="utf-8")
    assert run("collect", "survey", corrected, *taken_in) == 0
    capsys.readouterr()
    assert run("survey", "--workspace", work, "--measure", "mean_age", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert again["answers"] == 600
    assert again["table"][0]["years"] == round((sum(at % 80 for at in range(600)) + 60) / 600, 1)
    receipt.write_text(told.format("Another (made up)"), encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text(rows.replace("\nr", "\nq").replace(",25.5,", ",20,"), encoding="utf-8")
    assert run("collect", "survey", other, *taken_in) == 0
    assert run("survey", "--workspace", work, "--measure", "mean_age") == 2
    assert "surveys of several holders" in capsys.readouterr().err

"""`guzar bounds`: a range with its assumptions, in both languages; no middle anywhere."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def test_a_range_with_its_assumptions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is written, beside it, said and told to a program."""
    lists, out = tmp_path / "lists.csv", tmp_path / "bounds.csv"
    lists.write_text(
        "sector,first_list,second_list,both\nbuilding,1200,800,300\ntrade,500,400,0\n", encoding="utf-8"
    )
    assert run("bounds", lists, "--method", "two-lists", "--odds-ratio", 3, "--out", out) == 0
    said = capsys.readouterr()
    assert "odds ratio of being on the two lists is 0.33 to 3.00" in said.out
    assert "no upper end" in said.err
    table = pl.read_csv(out)
    assert "odds ratio of the lists 0.333 to 3" in table["assumptions_en"][0]
    assert "3195" not in said.out + out.read_text(encoding="utf-8")  # Chapman's number is nowhere
    about = json.loads(out.with_name("bounds.csv.about.json").read_text(encoding="utf-8"))
    assert about["no_point_estimate"] is True
    assert run("bounds", lists, "--method", "two-lists", "--lang", "ru") == 0
    shown = capsys.readouterr().out
    assert "Результат — диапазон" in shown
    assert "если бы действовала только случайность" in shown
    assert not {"bounded", "nobody_on_both_lists"} & set(shown.split())
    assert set(table["status"]) == {"bounded"}


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("person_id,first_list,second_list,both\nsecret7,50,40,20\n", (), 6),
        ("first_list,second_list,both\n50,40,many\n", (), 3),
        ("first_list,second_list,both\n50,40,45\n", (), 3),
        ("first_list,second_list,both\n50,40,20\n", ("--odds-ratio", "1"), 2),
        ("first_list,second_list,both\n50,40,20\n", ("--missed-links", "5"), 2),
        ("sex,first_list,second_list,both\nF,50,40,20\nF,50,40,20\n", (), 3),
    ],
)
def test_refusals(
    tmp_path: Path, text: str, options: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message, no file, no value of a person."""
    lists, out = tmp_path / "lists.csv", tmp_path / "bounds.csv"
    lists.write_text(text, encoding="utf-8")
    assert run("bounds", lists, "--method", "two-lists", *options, "--out", out) == code
    said = capsys.readouterr().err
    assert said.startswith("guzar: ")
    assert all(part in said for part in ("Expected: ", "What to do: "))
    assert "secret7" not in said
    assert not out.exists()


def test_on_80_columns_no_line_is_longer_and_no_number_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers with thousands in one piece, wide headings broken; what a source says is rounded."""
    monkeypatch.setenv("COLUMNS", "80")
    lists, sources = tmp_path / "lists.csv", tmp_path / "sources.csv"
    text = "citizenship,occupation,first_list,second_list,both\nUZB,construction,45000,3200,800\nTJK,trade,600,3200,8\n"
    lists.write_text(text, encoding="utf-8")
    heading = "source;measure;definition;unit;year;value;standard_error\n"
    row = "{};residents;usual residents;persons;2020;1234567,123456;20000\n"
    sources.write_text(heading + row.format("register") + row.format("border"), encoding="utf-8")
    assert run("bounds", lists, "--method", "two-lists") == 0
    shown = capsys.readouterr().out
    assert "105,120   334,750 range" in shown
    assert "too_few_persons" not in shown
    assert max(map(len, shown.splitlines()[:6])) <= 80
    assert run("combine", sources) == 0
    shown = capsys.readouterr().out
    assert "2020 1,234,570 " in shown
    assert max(map(len, shown.splitlines()[:3])) <= 80

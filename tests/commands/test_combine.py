"""`guzar combine`: what it writes, says and refuses."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

HEAD = "source,unit,measure,definition,year,value,standard_error,is_reference\n"
ROWS = "register,persons,net,un,2019,100,3,\nregister,persons,net,un,2020,104,3,\nsurvey,persons,net,un,2020,60,8,\n"


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A register and a survey that differ, and a census."""
    file = tmp_path / "sources.csv"
    file.write_text(HEAD + ROWS + "census,persons,net,un,2020,95,1,true\n", encoding="utf-8")
    return file


def test_a_table_with_what_it_rests_on(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file, the words, and what stands beside it."""
    out = sources.with_name("combined.csv")
    assert run("combine", sources, "--out", out) == 0
    said = capsys.readouterr()
    assert "trusted (is_reference): 2 cells" in said.out
    assert said.err == ""
    table = pl.read_csv(out)
    assert table["definition"].to_list() == ["un", "un"]
    assert {table.schema[name] for name in ("value", "lower", "upper")} == {pl.Int64}  # persons are whole
    assert "Measure: net; unit: Persons." in said.out
    assert table["survey_value"].to_list() == [None, 60]
    about = json.loads(out.with_name("combined.csv.about.json").read_text(encoding="utf-8"))
    assert about["references"] == ["census"]
    assert about["statuses"] == {"identified_by_reference": 2}


def test_without_the_census_there_is_no_value(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in words, in both languages; the range holds both."""
    sources.write_text(HEAD + ROWS, encoding="utf-8")
    assert run("combine", sources, "--json") == 0
    told = json.loads((said := capsys.readouterr()).out)
    assert {row["value"] for row in told["table"]} == {None}
    assert "nothing tells which is right" in said.err
    assert run("combine", sources, "--lang", "ru") == 0
    said = capsys.readouterr()
    assert "два источника расходятся" in said.err
    assert "не известен: диапазон" in said.out
    assert "two_sources_differ" not in said.out


def test_a_unit_that_nobody_gave_is_not_stated(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the table itself, not only in a warning; numbers without digits that say nothing."""
    out = sources.with_name("combined.csv")
    text = "source,measure,year,value,standard_error\na,net,2020,1.5,0.1\nb,net,2020,1.4,0.1\n"
    sources.write_text(text, encoding="utf-8")
    assert run("combine", sources, "--out", out) == 0
    assert "not_stated" in capsys.readouterr().err
    table = pl.read_csv(out)
    assert table.select("unit", "definition").row(0) == ("not_stated", "not_stated")
    assert 1.4 < table["value"].item() < 1.5
    longest = max(len(cell) for cell in out.read_text(encoding="utf-8").splitlines()[1].split(","))
    assert longest <= len("identified_if_biases_balance")
    assert all(len(cell) <= 12 for cell in out.read_text(encoding="utf-8").splitlines()[1].split(",")[4:7])


def test_rows_that_cannot_be_used_are_named(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As guzar bounds does."""
    sources.write_text(HEAD + ROWS.replace("104,3", "104,-3"), encoding="utf-8")
    assert run("combine", sources) == 3
    assert "rows below the heading: 2" in capsys.readouterr().err
    sources.write_text(HEAD + ROWS.replace("60,8", "-60,8"), encoding="utf-8")
    assert run("combine", sources, "--biases", "percent") == 6
    assert "rows below the heading: 3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (HEAD + ROWS.replace("un,2019", "other,2019"), (), 6),
        (HEAD + ROWS.replace("104", "many"), (), 3),
        (HEAD + ROWS.replace("2019", "2019.5"), (), 3),
        (HEAD + ROWS, ("--biases", "odd"), 2),
        (HEAD + ROWS, ("--bias-scale", "0"), 2),
        (HEAD + ROWS.replace("60,8", "-60,8"), ("--biases", "percent"), 6),
        (None, (), 2),
    ],
)
def test_refusals(
    sources: Path, text: str | None, options: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message, the exit code of the contract, and no file."""
    sources.unlink()
    if text is not None:
        sources.write_text(text, encoding="utf-8")
    out = sources.with_name("out.csv")
    assert run("combine", sources, *options, "--out", out) == code
    said = capsys.readouterr().err
    assert said.startswith("guzar: ")
    assert "Traceback" not in said
    assert not out.exists()

"""`guzar bridge`: every corridor of two tables, in both languages; what cannot be bridged is refused."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.commands.test_bounds import run

HEADING = (
    "origin,destination,year,source,value,unit,minimum_stay_months,origin_basis,reference_date,coverage\n"
)
REGISTER = (
    HEADING
    + "KGZ,RUS,2015,Register,26000,acts,3,citizenship,2015-12-31,all\nUZB,RUS,2015,Register,74000,acts,3,citizenship,2015-12-31,all\n"
)
SURVEY = (
    HEADING
    + "UZB,RUS,2015,Survey,40000,persons,12,birth,2015-12-31,all\nKGZ,RUS,2015,Survey,9800,persons,12,birth,2015-12-31,\nTJK,RUS,2015,Survey,1,persons,12,birth,,\n"
)
FACTORS = "step,factor,lower,upper,source\nacts_to_persons,0.8,0.7,0.9,Study\ncoverage,0.8,0.7,0.9,Study\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A register of acts, a survey of persons, and what a study says of them."""
    made = [tmp_path / name for name in ("register.csv", "survey.csv", "factors.csv")]
    for file, text in zip(made, (REGISTER, SURVEY, FACTORS), strict=True):
        file.write_text(text, encoding="utf-8")
    return made


def test_a_waterfall_of_each_corridor(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Factors multiply to the ratio in each corridor; what took no part is said."""
    out = files[0].with_name("bridge.csv")
    register, survey, factors = files
    assert run("bridge", "--from", register, "--to", survey, "--factors", factors, "--out", out) == 0
    said = capsys.readouterr()
    assert "Also in it, for want of a factor: by citizenship → birth; coverage all → ··." in said.out
    assert "TJK>RUS 2015" in said.err
    assert "not needed by any definition: coverage" in said.err
    table = pl.read_csv(out)
    products = table.group_by("origin").agg(pl.col("factor").product()).sort("origin")
    assert products["factor"].to_list() == pytest.approx([9800 / 26000, 40000 / 74000])
    assert table.filter(pl.col("step") == "unexplained").height == 2
    assert set(table["status"]) == {"given", "published", "no_factor_known", "not_stated", "residual"}


def test_order_of_rows_does_not_matter(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The same corridors from rows in another order."""
    register, survey, _ = files
    lines = REGISTER.splitlines()
    turned = register.with_name("turned.csv")
    turned.write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n", encoding="utf-8")
    told = []
    for one in (register, turned):
        assert run("bridge", "--from", one, "--to", survey, "--json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert told[0]["corridors"] == 2


def test_in_russian(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """No English word of guzar's own is left."""
    register, survey, factors = files
    assert run("bridge", "--from", register, "--to", survey, "--factors", factors, "--lang", "ru") == 0
    said = capsys.readouterr()
    assert "срок, месяцев: 3 → 9" in said.out
    assert "множитель неизвестен" in said.out
    for word in ("counts", "no factor", "unexplained", "stay", "persons"):
        assert word not in said.out


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("26000", "-26000", 3, "KGZ"),
        ("26000", "0", 6, "KGZ>RUS 2015, Register"),
        ("citizenship", "nationality", 3, "nationality"),
        ("acts", "crossings", 3, "crossings"),
        (",3,", ",-3,", 3, "-3"),
        ("2015-12-31", "31.12.2015", 3, "31.12.2015"),
        ("2015,R", "2014,R", 6, "no corridor and year in common"),
        ("UZB,RUS", "KGZ,RUS", 3, "stand more than once"),
        ("Register", "", 3, "source"),
        ("value,unit", "value,kind", 3, "unit"),
        ("value", "number", 3, "value"),
        ("minimum_stay_months", "measure", 3, "measure"),
    ],
)
def test_refusals(
    files: list[Path], old: str, new: str, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message that names the row, and no file."""
    register, survey, _ = files
    register.write_text(REGISTER.replace(old, new), encoding="utf-8")
    out = register.with_name("bridge.csv")
    assert run("bridge", "--from", register, "--to", survey, "--out", out) == code
    assert told in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("acts_to_people,0.8,0.7,0.9,Study", "acts_to_people"),
        ("acts_to_persons,0.8,0.9,0.7,Study", "acts_to_persons"),
        ("acts_to_persons,0.8,,0.9,Study", "acts_to_persons"),
        ("acts_to_persons,-0.8,0.7,0.9,Study", "acts_to_persons"),
        ("acts_to_persons,0.8,0.7,0.9,", "source"),
        ("coverage,0.8,0.7,0.9,One\ncoverage,0.9,0.7,1,Other", "two factors"),
    ],
)
def test_refused_factors(files: list[Path], row: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A factor has a known step, an interval around it and a source."""
    register, survey, factors = files
    factors.write_text(f"step,factor,lower,upper,source\n{row}\n", encoding="utf-8")
    assert run("bridge", "--from", register, "--to", survey, "--factors", factors) == 3
    assert told in capsys.readouterr().err


def test_a_stock_is_no_flow(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Persons at a moment and moves of a year differ by more than definitions."""
    register, survey, _ = files
    survey.write_text(
        "origin,destination,year,source,persons,measure\nKGZ,RUS,2015,UN,500000,stock\n", encoding="utf-8"
    )
    assert run("bridge", "--from", register, "--to", survey) == 6
    assert "KGZ>RUS 2015" in capsys.readouterr().err


def test_a_factor_of_one_corridor_goes_first(files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A row that names the corridor goes before one that names none."""
    register, survey, factors = files
    factors.write_text(
        "step,origin,factor,lower,upper,source\nacts_to_persons,UZB,0.5,0.4,0.6,Own\nacts_to_persons,,0.8,0.7,0.9,Study\n",
        encoding="utf-8",
    )
    assert run("bridge", "--from", register, "--to", survey, "--factors", factors, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["table"]
    found = {row["origin"]: row["factor"] for row in rows if row["step"] == "acts_to_persons"}
    assert found == {"KGZ": 0.8, "UZB": 0.5}


def test_other_years_of_a_table_are_its_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stock of 1 January reaches 1 July by the growth to the next year's; another corridor has no part in it."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    heading = "origin,destination,year,source,persons,measure,reference_date\n"
    first.write_text(
        heading
        + "KGZ,RUS,2015,A,100,stock,2015-01-01\nKGZ,RUS,2016,A,400,stock,2016-01-01\nUZB,RUS,2016,A,9,stock,2016-01-01\n",
        encoding="utf-8",
    )
    second.write_text(heading + "KGZ,RUS,2015,B,210,stock,2015-07-02\n", encoding="utf-8")
    assert run("bridge", "--from", first, "--to", second, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["table"]
    dated = next(row for row in rows if row["step"] == "reference_date")
    assert dated["status"] == "own_series"
    assert dated["source"] == "A, 2015-01-01 – 2016-01-01"
    assert dated["factor"] == pytest.approx(4 ** (182 / 365))
    assert (dated["lower"], dated["upper"]) == (1, 4)

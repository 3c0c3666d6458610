"""`guzar quality-report`: figures that are known, «Not stated.» for all else, in both languages and three forms."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main
from guzar.define.codelist import read_codelist


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def _concepts(file: Path) -> dict[str, str]:
    told = json.loads(file.read_text(encoding="utf-8"))
    return {each["code"]: each["text"] for each in told["concepts"]}


@pytest.fixture
def combined(tmp_path: Path) -> Path:
    """A table of guzar combine with what it writes beside it."""
    sources = tmp_path / "sources.csv"
    sources.write_text(
        "source,measure,unit,definition,area,year,value,standard_error,is_reference\n"
        "register,net,persons,un,KGZ,2020,104,3,\ncensus,net,persons,un,KGZ,2020,95,1,true\n",
        encoding="utf-8",
    )
    assert run("combine", sources, "--out", tmp_path / "combined.csv") == 0
    return tmp_path / "combined.csv"


def test_what_is_known_and_nothing_else(combined: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every text has its source; the office's own words stand only where they were given."""
    out = combined.with_name("quality.json")
    assert run("quality-report", combined, "--out", out) == 0
    told = _concepts(out)
    assert list(told) == read_codelist("sims")["code"].to_list()
    assert told["S.15.3"] == "Sources combined: census; register; trusted for the level: census."
    assert told["S.3.7"] == "Areas: KGZ."
    assert told["S.4"] == "Unit: Persons."
    width = pl.read_csv(combined).select(50 * (pl.col("upper") - pl.col("lower")) / pl.col("value")).item()
    assert f"{width:.4g} % of the value" in told["S.13.1"]
    own = ("S.1.1", "S.6.1", "S.7.1", "S.7.2", "S.8.1", "S.13.2", "S.14.1", "S.16", "S.17.1")
    assert {told[code] for code in own} == {"Not stated."}
    assert told["S.13"] == ""
    assert "not stated: S.1.1" in capsys.readouterr().out.replace("\n", " ")


def test_what_the_office_states(combined: Path) -> None:
    """By code and by language; on a page in Russian, without markup of its own."""
    stated = combined.with_name("office.toml")
    stated.write_text(
        '"S.1.1" = {en = "Committee <b>", ru = "Комитет <b>"}\n"S.16" = "2 staff"\n', encoding="utf-8"
    )
    page = combined.with_name("quality.html")
    assert run("quality-report", combined, "--stated", stated, "--lang", "ru", "--out", page) == 0
    text = page.read_text(encoding="utf-8")
    assert "Комитет &lt;b&gt;" in text
    assert "2 staff" in text
    assert "Не указано." in text
    assert "Contact organisation" in text
    assert "Not stated" not in text
    assert not re.search("<script|https?://", text)
    note = combined.with_name("quality.md")
    assert run("quality-report", combined, "--stated", stated, "--out", note) == 0
    assert "### S.1.1 Contact organisation · Организация\n\nCommittee <b>" in note.read_text(encoding="utf-8")


def test_lost_crossings_protection_and_receipts(tmp_path: Path) -> None:
    """What other steps leave behind, with its figures."""
    table, out = tmp_path / "report.csv", tmp_path / "q.json"
    table.write_text(
        "measure,year,lower,median,upper,status\nnet,2020,90,100,110,bounded\n", encoding="utf-8"
    )
    beside = {
        "exits_recorded_share": 0.9,
        "entries_recorded_share": 0.99,
        "diagnostics": {"time": 0.0001},
        "failed": ["time"],
    }
    table.with_name("report.csv.assumptions.json").write_text(json.dumps(beside), encoding="utf-8")
    protection, receipt = tmp_path / "p.json", tmp_path / "r.toml"
    protection.write_text('{"method": "suppress", "hidden": {"too_few": 3}}', encoding="utf-8")
    receipt.write_text('holder = "Border service"\nlegal_basis = "Law 12"\n', encoding="utf-8")
    assert run("quality-report", table, "--protection", protection, "--receipt", receipt, "--out", out) == 0
    told = _concepts(out)
    assert told["S.13.3.1"] == "Exits not recorded: 10 %; entries: 1 % (estimated)."
    assert told["S.13.3.5"] == "Tests of the assumptions that failed: losses over time."
    assert told["S.13.1"].startswith("Intervals of 90 %; half their width is 10 %")
    assert told["S.7.2"] == "Protected; method: cells hidden. Cells hidden: too_few: 3."
    assert told["S.6.1"] == "Legal basis of the records: Law 12."
    assumptions = [
        "A1: whether an exit is recorded does not depend on whether the person ever returns; crossings alone cannot test this."
    ]
    beside |= {"assumptions": assumptions, "missing": "impute"}
    table.with_name("report.csv.assumptions.json").write_text(json.dumps(beside), encoding="utf-8")
    assert run("quality-report", table, "--out", out, "--lang", "ru") == 0
    told = _concepts(out)
    assert "Строк по статусам: известны только границы: 1." in told["S.13.1"]
    assert "Проверка допущений не пройдена (потери во времени)" in told["S.13.1"]
    assert ".." not in "".join(told.values())
    assert "не пройдены: потери во времени." in told["S.13.3.5"]
    assert told["S.18.5"] == "Потерянные пересечения: оценены по пересечениям границы."


ESTIMATE = {
    "citizenship": ["QMB"],
    "others": 9021,
    "assumptions": ["A1: whether an exit is recorded does not depend on whether the person ever returns."],
    "deltas": [-0.6931, 0.0, 1.3863],
    "draws": 5,
    "seed": 1,
    "open_borders": [],
    "persons": 2311,
    "crossings": 57661,
    "diagnostics": {"time": 0.7, "first_exits": 0.00007},
    "failed": ["first_exits"],
    "permission_rules": {"file": "RUS", "rules": 7, "persons_without_rule": 12},
    "false_crossings": {
        "refused_entries": {"number": None, "lower": None, "upper": None},
        "wrong_directions": {"number": 80, "lower": 64, "upper": 95},
    },
    "deaths": {
        "file": "d.csv",
        "sources": ["yearbook"],
        "persons_without_rate": 0,
        "by_year": [{"year": 2019, "residents_died": 4.0, "lower": 1.7, "upper": 6.3}],
    },
}


def _estimate(folder: Path, **changed: object) -> dict[str, str]:
    """The report of an estimate of lost crossings with this beside it."""
    columns = "measure,year,unit,lower,median,upper,status,range_lower,range_upper,as_recorded,left_out,tipping_delta,status_reason"
    rows = "immigrations,2019,migrations,1,2,3,identified_under_A1,1,4,2,1,,\nnet_migration,2019,migrations,1,,3,bounded,1,4,2,1,,x\n"
    table, out = folder / "report.csv", folder / "q.json"
    table.write_text(f"{columns}\n{rows}", encoding="utf-8")
    beside = table.with_name("report.csv.assumptions.json")
    beside.write_text(json.dumps(ESTIMATE | changed), encoding="utf-8")
    assert run("quality-report", table, "--out", out) == 0
    return _concepts(out)


def test_of_an_estimate_all_that_stands_beside_it(tmp_path: Path) -> None:
    """Whose numbers they are, the sources beside the crossings, what was adjusted, what failed; every column."""
    told = _estimate(tmp_path)
    assert (
        "documents of QMB; other persons, left out: 9021. No number here is one of the whole" in told["S.3.6"]
    )
    assert "tipping_delta, status_reason)" in told["S.3.1"]
    assert told["S.12.3"] == "Rows with a range and no single value: 1 of 2."
    assert "known if A1 holds: 1. A test of the assumptions failed (persons under two" in told["S.13.1"]
    assert "80 (64 to 95). They are turned round." in told["S.13.3.2"]
    assert "80 (64 to 95). They are turned round." in told["S.18.6"]
    assert "2019: 4 (2–6)" in told["S.18.6"]
    assert "0.5 to 4 times" in told["S.13.3.5"]
    assert "RUS, 7 rules." in told["S.18.1"]
    assert "rates of d.csv (yearbook)" in told["S.18.1"]


def test_with_an_open_border_nothing_is_said_to_be_estimated(tmp_path: Path) -> None:
    """Neither assumptions nor draws nor a range over them."""
    told = _estimate(tmp_path, open_borders=["X1"], failed=[], diagnostics={})
    assert {told[code] for code in ("S.13.3.5", "S.18.4", "S.18.5")} == {"Not stated."}
    assert "nothing about the country is observed" in told["S.12.3"]


def test_of_persons_only_the_size(tmp_path: Path) -> None:
    """A table of guzar residence: no value of a row is in the report."""
    table, out = tmp_path / "residence.csv", tmp_path / "q.json"
    table.write_text("person_id,year,area,status\nsecret7,1987,TJK,resident\n", encoding="utf-8")
    assert run("quality-report", table, "--out", out) == 0
    text = out.read_text(encoding="utf-8")
    assert "Rows: 1" in text
    assert not re.search("secret7|1987|TJK|resident\\b", text)


@pytest.mark.parametrize(
    ("stated", "name"), [('"S.99" = "x"', "q.json"), ("not toml", "q.json"), ('"S.1.1" = "x"', "q.docx")]
)
def test_refusals(combined: Path, stated: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Codes that are none, a damaged file, an ending that guzar does not write."""
    file = combined.with_name("office.toml")
    file.write_text(stated, encoding="utf-8")
    assert run("quality-report", combined, "--stated", file, "--out", combined.with_name(name)) == 2
    assert capsys.readouterr().err.startswith("guzar: ")
    assert not combined.with_name(name).exists()


def test_what_stands_beside_is_read_and_never_written_over(combined: Path) -> None:
    """The file of facts is refused as a place for the report; assumptions are told in the reader's language."""
    facts = combined.with_name("combined.csv.about.json")
    before = facts.read_bytes()
    assert run("quality-report", combined, "--out", facts) == 2
    assert facts.read_bytes() == before
    out = combined.with_name("quality.json")
    assert run("quality-report", combined, "--out", out, "--lang", "ru") == 0
    told = _concepts(out)
    assert "ошибки источников не зависят друг от друга" in told["S.13.3.5"]
    assert told["S.4"] == "Единица: Человек."
    assert told["S.3.5"] == "Статистическая единица: лицо."


def test_an_interval_of_unknown_chance_is_not_called_one_of_90(tmp_path: Path) -> None:
    """Nobody wrote down what the ends of a table brought from outside mean."""
    table, out = tmp_path / "brought.csv", tmp_path / "quality.json"
    table.write_text("year,value,lower,upper\n2020,100,90,110\n", encoding="utf-8")
    assert run("quality-report", table, "--out", out) == 0
    assert _concepts(out)["S.13.1"] == "Not stated."

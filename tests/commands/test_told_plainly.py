"""What commands for flows, tables and ages say to somebody who reads them for the first time, in English and in Russian."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main
from guzar.errors import MethodNotApplicable, Phrase
from guzar.languages import translate

STOCKS = """birth_country,residence_country,year,persons
KGZ,RUS,2015,590000
KGZ,RUS,2020,640000
UZB,RUS,2015,1140000
UZB,RUS,2020,1150000
RUS,KGZ,2015,126000
RUS,KGZ,2020,119000
RUS,UZB,2015,700000
RUS,UZB,2020,690000
UZB,KGZ,2015,33000
UZB,KGZ,2020,31000
KGZ,UZB,2015,11000
KGZ,UZB,2020,10500
"""
PEOPLE = """country,births,deaths,population_start,population_end
KGZ,800000,165000,5940000,6525000
RUS,8500000,9300000,144640000,143945000
UZB,3600000,790000,31300000,34080000
"""
REPORTS = """origin,destination,year,reported_by,source,minimum_stay_months,persons
SWE,NOR,2019,origin,Sweden,12,5000
SWE,NOR,2019,destination,Norway,12,5600
NOR,SWE,2019,origin,Norway,12,3100
NOR,SWE,2019,destination,Sweden,12,2800
"""
FLOWS = ("flows-from-stocks", "--stocks", "stocks.csv", "--start", "2015", "--end", "2020")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("stocks.csv").write_text(STOCKS, encoding="utf-8")
    Path("people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([*words])
    return int(str(stopped.value.code or 0))


def _flows(*more: str, method: str = "pseudo-bayes", people: str = "people.csv") -> int:
    return _run(*FLOWS, "--demography", people, "--method", method, *more)


def _by_sex(text: str, keys: int) -> str:
    """Both sexes with the same numbers; `sex` stands after so many columns."""
    head, *rows = [line.split(",") for line in text.splitlines()]
    lines = [[*head[:keys], "sex", *head[keys:]]]
    lines += [[*row[:keys], sex, *row[keys:]] for row in rows for sex in ("F", "M")]
    return "\n".join(map(",".join, lines))


@pytest.mark.parametrize("method", ["open", "difference-drop", "rogers-von-rabenau"])
def test_balance_is_refused_where_nothing_is_balanced(
    method: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only closed worlds have births and deaths that are made to agree with the stocks."""
    assert _flows("--balance", "before", "--draws", "0", method=method) == 2
    assert "--balance with one of minimum, independence, pseudo-bayes" in capsys.readouterr().err


def test_balance_stands_beside_closed_flows_only(folder: Path) -> None:
    for method, told in (("minimum", "after"), ("open", None)):
        assert _flows("--draws", "0", "--out", "f.csv", "--quiet", method=method) == 0
        assert json.loads(Path("f.csv.about.json").read_text(encoding="utf-8"))["balance"] == told


@pytest.mark.parametrize("draws", ["0", "20"])
def test_a_misspelt_data_type_is_refused(
    draws: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With draws and without, as a run without them is often the first look at the table."""
    head, *rows = STOCKS.splitlines()
    Path("stocks.csv").write_text(
        "\n".join([f"{head},data_type", *(f"{row},censuss" for row in rows)]), encoding="utf-8"
    )
    assert _flows("--draws", draws) == 3
    assert "censuss is not a data_type" in capsys.readouterr().err


def test_numbers_of_a_refusal_are_written_for_its_reader(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("people.csv").write_text(PEOPLE.replace("165000", "16500000"), encoding="utf-8")
    assert _flows("--draws", "0") == 6
    assert "persons too many: KGZ (10,560,000)." in capsys.readouterr().err
    assert _flows("--draws", "0", "--lang", "ru") == 6
    assert "KGZ (10\u202f560\u202f000)" in capsys.readouterr().err


def test_numbers_in_messages_keep_codes_and_years() -> None:
    """Marks of thousands and of decimals are the reader's; a year is not grouped, a text stays as it is."""
    refused = MethodNotApplicable(
        "{ratio} in {year}, {text}: {persons:,.1f}; {list}",
        ratio=0.85,
        year=2015,
        text="1.5",
        persons=-1234567.25,
        list=(Phrase("{part:.2f}", {"part": 0.5}),),
    )
    assert refused.message() == "0.85 in 2015, 1.5: -1,234,567.2; 0.50"
    in_russian = refused.message(lambda text: translate(text, "ru"))
    assert in_russian == "0,85 in 2015, 1.5: -1\u202f234\u202f567,2; 0,50"


def test_a_missing_column_of_sexes_is_said_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("stocks.csv").write_text(_by_sex(STOCKS, 3), encoding="utf-8")
    assert _flows("--draws", "0") == 3
    assert "Only the stocks have the column sex" in capsys.readouterr().err
    Path("stocks.csv").write_text(STOCKS, encoding="utf-8")
    Path("people.csv").write_text(_by_sex(PEOPLE, 1), encoding="utf-8")
    assert _flows("--draws", "0") == 3
    assert "Only births and deaths have the column sex" in capsys.readouterr().err


def test_intervals_of_sexes_name_the_sex(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("stocks.csv").write_text(_by_sex(STOCKS, 3), encoding="utf-8")
    Path("people.csv").write_text(_by_sex(PEOPLE, 1), encoding="utf-8")
    assert _flows("--draws", "20", "--out", "f.csv") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("All moves:") == 2
    assert said.index("Sex F:") < said.index("All moves:") < said.index("Sex M:") < said.rindex("All moves:")


def test_cells_below_0_are_not_summed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The growth matrix has cells below 0 here: minus 30,719 persons moved nowhere."""
    assert _flows("--draws", "0", "--out", "f.csv", method="rogers-von-rabenau") == 0
    told = capsys.readouterr()
    assert "-30,719" not in told.out
    assert "Cells below 0" in told.err
    assert json.loads(Path("f.csv.about.json").read_text(encoding="utf-8"))["moves"] is None


def test_no_adjustment_is_told_where_there_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _flows("--draws", "0", method="open") == 0
    assert "disagree" not in "".join(capsys.readouterr())


def test_the_account_adds_up_as_it_is_written_down(folder: Path) -> None:
    """The sum beside the flows holds for every country, with its signs."""
    assert _flows("--draws", "0", "--out", "f.csv", "--report", "a.csv", "--quiet") == 0
    sum_ = json.loads(Path("f.csv.about.json").read_text(encoding="utf-8"))["account"]
    end, _, parts = sum_.partition(" = ")
    words = parts.split(" ")
    signs = [1, *(1 if sign == "+" else -1 for sign in words[1::2])]
    account = pl.read_csv("a.csv")
    added = sum(sign * account[name] for sign, name in zip(signs, words[::2], strict=True))
    assert added.to_list() == pytest.approx(account[end].to_list(), abs=1e-3)


def test_totals_that_disagree_are_told_without_a_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("o.csv").write_text("origin,persons\nA,5300\nB,10000\n", encoding="utf-8")
    Path("d.csv").write_text("destination,persons\nA,5000\nB,10000.5\n", encoding="utf-8")
    words = ("fit-margins", "--margin", "origin=o.csv", "--margin", "destination=d.csv")
    assert _run(*words) == 6
    assert "have different sums: 15,300 and 15,000.5 persons." in capsys.readouterr().err
    assert _run(*words, "--lang", "ru") == 6
    assert "15\u202f300 и 15\u202f000,5 лиц" in capsys.readouterr().err


def test_a_fit_names_no_rounding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("o.csv").write_text("origin,persons\nA,300\nB,500\n", encoding="utf-8")
    Path("d.csv").write_text("destination,persons\nA,200\nB,600\n", encoding="utf-8")
    assert _run("fit-margins", "--margin", "origin=o.csv", "--margin", "destination=d.csv") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "every total is met to a millionth of a person" in said
    assert "e-" not in said.split("together;")[1]


def test_flows_without_an_interval_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two pairs, three factors: nothing tells how far reports differ, and the command says so."""
    Path("reports.csv").write_text(REPORTS, encoding="utf-8")
    assert _run("reconcile", "reports.csv", "--anchor", "SWE:destination", "--out", "r.csv") == 0
    without = pl.read_csv("r.csv").filter(pl.col("persons").is_not_null() & pl.col("lower").is_null()).height
    assert without > 0
    assert f"Flows with a value and no interval: {without}." in capsys.readouterr().err


def test_a_sum_of_some_ages_is_not_called_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["age,population_start,population_end,survival", "0,900,950,0.98", "5,850,880,0.99"]
    Path("p.csv").write_text("\n".join([*rows, "10,800,840,0.99", "15,700,900,0.9"]), encoding="utf-8")
    assert _run("net-by-age", "p.csv", "--method", "forward") == 0
    assert "of the age groups that have an estimate" in " ".join(capsys.readouterr().out.split())


def test_shared_ages_say_beside_them_that_nobody_saw_them(folder: Path) -> None:
    assert _run("share-by-age", "--sex", "F", "--persons", "1000", "--out", "s.csv", "--quiet") == 0
    about = json.loads(Path("s.csv.about.json").read_text(encoding="utf-8"))
    assert (about["unit"], about["ages_are"]) == ("persons", "those of the family, not observed")


def test_arguments_of_russian_help_are_russian(capsys: pytest.CaptureFixture[str]) -> None:
    for name, word in (("ages", "КОЭФФИЦИЕНТЫ"), ("net-by-age", "НАСЕЛЕНИЕ")):
        _run(name, "--help", "--lang", "ru")
        assert word in capsys.readouterr().out

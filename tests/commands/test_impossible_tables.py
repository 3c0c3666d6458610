"""Tables that are wrong in themselves or say less than they seem to: refused or told, and never a fault of guzar itself."""

from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

MOVES = "origin,destination,persons\nA,B,10\nB,A,20\nB,C,5\nC,A,7\nC,B,2\nA,C,1\n"
STOCKS = {("A", "A"): 900, ("B", "A"): 100, ("A", "B"): 50, ("B", "B"): 500}
PEOPLE = {"A": "60,50,1000,1040", "B": "30,20,550,590"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with moves of three areas, and stocks of two countries at two dates ten years apart."""
    monkeypatch.chdir(tmp_path)
    Path("moves.csv").write_text(MOVES, encoding="utf-8")
    _write_stocks([""], "")
    return tmp_path


def _write_stocks(sexes: list[str], heading: str) -> None:
    """Both tables, alike for every sex."""
    cells = [
        f"{birth},{living},{year},{count + (year - 2000) * 2}{sex}"
        for sex in sexes
        for (birth, living), count in STOCKS.items()
        for year in (2000, 2010)
    ]
    people = [f"{name},{row}{sex}" for sex in sexes for name, row in PEOPLE.items()]
    Path("stocks.csv").write_text(
        "\n".join([f"birth_country,residence_country,year,persons{heading}", *cells]), encoding="utf-8"
    )
    head = f"country,births,deaths,population_start,population_end{heading}"
    Path("people.csv").write_text("\n".join([head, *people]), encoding="utf-8")


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    return int(str(stopped.value.code))


def _flows(*more: str, method: str = "difference-drop") -> int:
    words = ["--stocks", "stocks.csv", "--demography", "people.csv", "--start", "2000", "--end", "2010"]
    return _run("flows-from-stocks", *words, "--method", method, "--out", "f.csv", *more)


def test_stdout_holds_the_table_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """What is told before the table is written goes to stderr too."""
    Path("rows.csv").write_text("origin,persons\nA,20\nB,30\n", encoding="utf-8")
    assert _run("fit-margins", "--margin", "origin=rows.csv", "--out", "-") == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "origin,persons"
    assert "Only totals were observed" in told.err


def test_what_a_margin_does_not_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """C has 9 persons and no total: they are gone, and the message says so."""
    Path("rows.csv").write_text("origin,persons\nA,20\nB,30\n", encoding="utf-8")
    assert _run("fit-margins", "moves.csv", "--margin", "origin=rows.csv", "--out", "f.csv") == 0
    assert "do not name: C. Their cells were made 0, 9 persons" in capsys.readouterr().err


@pytest.mark.parametrize("nearness", ["entropy", "absolute", "squares"])
def test_a_table_without_moves_stays_one(nearness: str) -> None:
    """Net totals of 0 and no moves: nothing to do, by whatever nearness."""
    Path("none.csv").write_text("origin,destination,persons\nA,B,0\nB,A,0\n", encoding="utf-8")
    Path("net.csv").write_text("area,net\nA,0\nB,0\n", encoding="utf-8")
    assert _run("fit-net", "none.csv", "--net", "net.csv", "--nearness", nearness, "--out", "f.csv") == 0
    assert pl.read_csv("f.csv")["persons"].to_list() == [0.0, 0.0]


@pytest.mark.parametrize("total", ["nan", "inf", "-3", "1e300"])
def test_a_total_that_is_none_is_wrong_usage(total: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of net totals and of the method rates; the message names the option and not the cells."""
    Path("net.csv").write_text("area,net\nA,5\nB,-8\nC,3\n", encoding="utf-8")
    assert _run("fit-net", "moves.csv", "--net", "net.csv", "--total", total) == 2
    assert _flows("--draws", "0", "--total", total, method="rates") == 2
    assert capsys.readouterr().err.count("--total") >= 2


def test_a_total_that_no_one_reads_is_wrong_usage() -> None:
    """Only rates shares a total out."""
    assert _flows("--draws", "0", "--total", "100") == 2


def test_more_than_can_be_counted_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """1e300 persons are a slip of the decimal sign, in any table; not a fault of guzar."""
    Path("rows.csv").write_text("origin,persons\nA,1e300\nB,30\nC,10\n", encoding="utf-8")
    Path("net.csv").write_text("area,net\nA,1e300\nB,-1e300\nC,0\n", encoding="utf-8")
    assert _run("fit-margins", "moves.csv", "--margin", "origin=rows.csv") == 3
    assert _run("fit-net", "moves.csv", "--net", "net.csv") == 3
    assert "the first: A" in capsys.readouterr().err
    assert _run("share-by-age", "--sex", "F", "--persons", "1e300") == 2


@pytest.mark.parametrize(
    ("population", "words"),
    [
        ("A,-100\nB,200\nC,50", "A"),
        ("A,0\nB,200\nC,50", "nobody lives: A"),
        ("A,100", "Fewer than two areas"),
    ],
)
def test_impossible_populations_have_no_indices(
    population: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A negative population gave an intensity without a word, and 0 a warning of numpy."""
    Path("p.csv").write_text(f"area,population\n{population}\n", encoding="utf-8")
    assert _run("indices", "moves.csv", "--population", "p.csv", "--out", "i.csv") == 3
    assert words in capsys.readouterr().err


def test_distances_below_0_are_refused() -> None:
    """They went into the mean."""
    Path("p.csv").write_text("area,population\nA,100\nB,200\nC,50\n", encoding="utf-8")
    apart = "\n".join(f"{a},{b},{-10 if a == 'A' else 10}" for a in "ABC" for b in "ABC" if a != b)
    Path("d.csv").write_text(f"origin,destination,distance_km\n{apart}\n", encoding="utf-8")
    assert _run("indices", "moves.csv", "--population", "p.csv", "--distance", "d.csv", "--out", "i.csv") == 3


@pytest.mark.parametrize(
    ("sexes", "words"), [([",F", ",M", ",T"], "counted twice"), ([",F", ","], "Rows without a sex: 10")]
)
def test_both_sexes_beside_single_ones_are_refused(
    sexes: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A total was added to its parts; rows without a code were left out in silence."""
    _write_stocks(sexes, ",sex")
    assert _flows("--draws", "0") == 3
    assert words in capsys.readouterr().err


def test_who_is_left_out_of_one_sex_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """C is among the women's births and deaths only: the men born there are named as left out."""
    _write_stocks([",F", ",M"], ",sex")
    for file, rows in (
        ("stocks.csv", [f"C,A,{year},{7},{sex}" for year in (2000, 2010) for sex in "FM"]),
        ("people.csv", ["C,1,1,10,10,F"]),
    ):
        Path(file).write_text("\n".join([Path(file).read_text("utf-8"), *rows]), encoding="utf-8")
    assert _flows("--draws", "0") == 0
    assert "Left out, as they are not in both tables: C; with 7 persons" in capsys.readouterr().out


def test_the_plain_value_outside_its_interval_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Stocks that stand still make no moves, and their errors do."""
    still = Path("stocks.csv").read_text("utf-8").replace(",70", ",50").replace(",120", ",100")
    Path("stocks.csv").write_text(still, encoding="utf-8")
    assert _flows("--draws", "100", method="minimum") == 0
    rows = pl.read_csv("f.csv")
    outside = rows.filter(~pl.col("persons").is_between("lower", "upper")).height
    told = capsys.readouterr()
    assert ("outside its own interval in" in told.err) == (outside > 0)
    assert "moves in all 10 years were more" in told.out


def test_populations_beside_their_stocks_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """In thousands: the diagonal is told, so they were never read, and nobody heard of it."""
    told = Path("people.csv").read_text("utf-8")
    assert _flows("--draws", "0") == 0
    assert "Populations that differ" not in capsys.readouterr().err
    Path("people.csv").write_text(told.replace("1000,1040", "1,1.04"), encoding="utf-8")
    assert _flows("--draws", "0") == 0
    assert "sum of their stocks: A." in capsys.readouterr().err


def test_a_seed_below_0_is_wrong_usage() -> None:
    """It was a fault of guzar."""
    assert _flows("--draws", "40", "--seed", "-1") == 2


def test_reports_and_net_totals_that_say_nothing_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """No report made an empty table; net totals of other countries were left out in silence."""
    heading = "origin,destination,year,reported_by,source,minimum_stay_months,persons"
    Path("none.csv").write_text(heading + "\n", encoding="utf-8")
    assert _run("reconcile", "none.csv", "--out", "f.csv") == 3
    Path("one.csv").write_text(
        f"{heading}\nA,B,2001,origin,a,12,50\nA,B,2001,destination,b,12,60\n", encoding="utf-8"
    )
    Path("net.csv").write_text("area,year,net,standard_error\nQ,2001,5,10\n", encoding="utf-8")
    words = ["--method", "bayes", "--anchor", "A", "--net", "net.csv", "--out", "f.csv"]
    assert _run("reconcile", "one.csv", *words) == 3
    assert "No row of net migration" in capsys.readouterr().err

"""`guzar flows-from-stocks`: rows are marked where nobody looked, the report has the verdicts, deaths follow a table."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

ORIGINS = {"A": 9000, "B": 7000, "C": 5000, "D": 4000}  # of those who live in FRO and in MOV
HOSTS = {"FRO": dict.fromkeys(ORIGINS, 1.1), "MOV": {"A": 1.2, "B": 0.9, "C": 1.1, "D": 1.3}}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stocks of six countries, two of which host people; births and deaths that balance."""
    monkeypatch.chdir(tmp_path)
    cells = ["birth_country,residence_country,year,persons"]
    for host, factors in HOSTS.items():
        for origin, count in ORIGINS.items():
            cells += [f"{origin},{host},2015,{count}", f"{origin},{host},2020,{count * factors[origin]:.0f}"]
    Path("stocks.csv").write_text("\n".join(cells), encoding="utf-8")
    people = ["country,births,deaths,population_start,population_end"]
    grown = {(host, o): count * (HOSTS[host][o] - 1) for host in HOSTS for o, count in ORIGINS.items()}
    for name in (*ORIGINS, *HOSTS):
        came = sum(more if host == name else -more for (host, o), more in grown.items() if name in (host, o))
        people += [f"{name},5000,5000,500000,{500000 + came:.0f}"]
    Path("people.csv").write_text("\n".join(people), encoding="utf-8")
    return tmp_path


def _run(*more: str, method: str = "pseudo-bayes") -> int:
    words = ["--stocks", "stocks.csv", "--demography", "people.csv", "--start", "2015", "--end", "2020"]
    with pytest.raises(SystemExit) as stopped:
        main(["flows-from-stocks", *words, "--method", method, *more])
    return int(str(stopped.value.code))


def test_rows_are_marked_and_the_report_says_why(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A frozen destination by a difference: its corridors; the message counts them and names it."""
    assert _run("--out", "f.csv", "--report", "r.csv", method="difference-drop") == 0
    flows, report = pl.read_csv("f.csv"), pl.read_csv("r.csv")
    marked = flows.filter(pl.col("observation_status") == "modelled_from_modelled")
    assert set(marked["destination"]) == {"FRO"}
    assert marked.filter(pl.col("persons") > 0).height == 4
    verdicts = {row["country"]: row for row in report.iter_rows(named=True)}
    assert (verdicts["FRO"]["frozen_mix"], verdicts["FRO"]["origins_judged"]) == ("frozen", 4)
    assert (verdicts["MOV"]["frozen_mix"], verdicts["MOV"]["stock_status"]) == ("moved", "estimated")
    assert verdicts["FRO"]["variation_of_ratios"] < 0.002 < verdicts["MOV"]["variation_of_ratios"]
    said = capsys.readouterr().err
    assert "4 of 7 corridors, with 41.7 % of the moves" in said  # 2,500 of 2,500 + 3,500
    assert "(FRO)" in said


def test_an_account_marks_both_ends(place: Path) -> None:
    """Who left a country is read from its second stock as well; the numbers go beside the table."""
    assert _run("--out", "f.csv") == 0
    marked = pl.read_csv("f.csv").filter(pl.col("observation_status") == "modelled_from_modelled")
    assert marked.height == 10
    assert marked.filter((pl.col("origin") != "FRO") & (pl.col("destination") != "FRO")).height == 0
    about = json.loads(next(path for path in place.glob("f*.json")).read_text(encoding="utf-8"))
    assert about["corridors_modelled_from_modelled"] == 10
    assert 0 < about["share_of_moves_modelled_from_modelled"] < 1
    assert about["deaths"] == "proportional"


def test_old_evidence_marks_like_a_frozen_mix(place: Path) -> None:
    """A column last_observed: seen in 2014, the stock of 2020 is a model's."""
    cells = pl.read_csv("stocks.csv").with_columns(
        last_observed=pl.when(pl.col("residence_country") == "MOV").then(2014)
    )
    cells.write_csv("stocks.csv")
    assert _run("--out", "f.csv", method="difference-drop") == 0
    marked = pl.read_csv("f.csv").filter(pl.col("observation_status") == "modelled_from_modelled")
    assert set(marked["destination"]) == {"FRO", "MOV"}


def test_deaths_by_birthplace_change_flows_and_keep_the_balance(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those born in A and living in MOV die thrice as often: more of them must have come."""
    assert _run("--out", "alike.csv", method="minimum") == 0
    Path("m.csv").write_text(
        "birth_country,residence_country,relative_mortality\nA,MOV,3\nX,MOV,2\n", "utf-8"
    )
    assert _run("--mortality", "m.csv", "--out", "told.csv", "--report", "r.csv", method="minimum") == 0
    assert "both other tables: X." in capsys.readouterr().err
    to_mov = [
        pl.read_csv(file)
        .filter((pl.col("origin") == "A") & (pl.col("destination") == "MOV"))["persons"]
        .sum()
        for file in ("alike.csv", "told.csv")
    ]
    assert to_mov[1] > to_mov[0] + 10
    report = pl.read_csv("r.csv")
    end = pl.col("population_start") + pl.col("adjust_start") + pl.col("births") - pl.col("deaths")
    end = end + pl.col("net") + pl.col("enter") - pl.col("leave")
    off = report.select((end - pl.col("adjust_end") - pl.col("population_end")).abs().max()).item()
    assert off < 1e-3


def test_mortality_without_deaths_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A difference of stocks deducts no deaths."""
    Path("m.csv").write_text("birth_country,residence_country,relative_mortality\nA,MOV,3\n", "utf-8")
    assert _run("--mortality", "m.csv", "--out", "f.csv", method="difference-drop") == 2
    assert "deducts no deaths" in capsys.readouterr().err
    assert not Path("f.csv").exists()


def test_the_account_may_be_json(place: Path) -> None:
    """A report may be .json, one object for each country; flows may not."""
    assert _run("--draws", "0", "--report", "account.json") == 0
    account = json.loads(Path("account.json").read_text(encoding="utf-8"))
    assert {row["country"] for row in account} == {*ORIGINS, *HOSTS}
    assert _run("--draws", "0", "--out", "flows.json") == 2


def test_medians_far_from_persons_are_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The draws of stocks that nobody vouches for have more moves than the plain value: the last words say so."""
    assert _run("--out", "f.csv", "--draws", "40", "--report", "r.csv") == 0
    said = capsys.readouterr()
    assert "no second reading of persons" in said.err
    assert pl.read_csv("f.csv")["median"].sum() > pl.read_csv("f.csv")["persons"].sum()


def test_two_tables_cannot_both_go_to_stdout(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One may, and then nothing else is on stdout; with --json neither."""
    assert _run("--report", "-", "--out", "-") == 2
    assert "stdout" in capsys.readouterr().err
    assert _run("--report", "-", "--out", "f.csv", method="difference-drop") == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("country,")
    assert _run("--report", "-", "--json", "--out", "f.csv", method="difference-drop") == 2
    assert "--json and a table" in capsys.readouterr().err


def test_more_foreigners_than_inhabitants_are_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """20,000 inhabitants where 25,000 born abroad live: the country is named; before, it was scaled without a word."""
    people = pl.read_csv("people.csv")
    few = pl.col("country") == "MOV"
    people.with_columns(
        pl.when(few).then(20_000).otherwise(pl.col(name)).alias(name)
        for name in ("population_start", "population_end")
    ).write_csv("people.csv")
    assert _run("--out", "f.csv", "--draws", "0", method="open") == 0
    assert "more people born abroad than inhabitants: MOV." in capsys.readouterr().err

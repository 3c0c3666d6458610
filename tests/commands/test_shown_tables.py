"""What a person sees without --out, what a program reads with --json or `--out -`, and which edition is meant."""

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from guzar import journey
from guzar.cli import main
from guzar.errors import MethodNotApplicable, SettingsInvalid

SHARE = [
    "figures",
    "--indicator",
    "remittances_received_percent_gdp",
    "--area",
    "uzbekistan",
    "--year",
    "2022",
]
COMMANDS = {
    "figures": SHARE,
    "prices": ["prices", "--corridor", "RUS>TJK"],
    "decompose": ["remittances", "decompose", "--area", "KGZ", "--from", "2021", "--to", "2022"],
    "allocate": ["remittances", "allocate", "--area", "KGZ", "--year", "2020"],
    "check-sources": ["check-sources"],
    "claims": ["claims", "check", "claims.csv"],
}


@pytest.fixture(autouse=True)
def claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One claim in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("claims.csv").write_text(
        "id,area,indicator,year,value,unit\n1,UZB,remittances_received_percent_gdp,2022,20.6,percent\n",
        encoding="utf-8",
    )


def _run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    said = capsys.readouterr()
    assert stopped.value.code == 0, said.err
    return said.out, said.err


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_one_table_as_file_as_csv_and_as_json(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The three hold the same rows; with CSV on stdout every message goes to stderr."""
    _run([*words, "--out", "t.csv"], capsys)
    written = Path("t.csv").read_text(encoding="utf-8")
    piped, _ = _run([*words, "--out", "-"], capsys)
    told = json.loads(_run([*words, "--json"], capsys)[0])
    assert piped == written
    assert told["rows"] == len(told["table"]) == len(list(csv.DictReader(io.StringIO(written))))
    assert json.loads(_run([*words, "--out", "t.csv", "--json"], capsys)[0])["out"] == "t.csv"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (COMMANDS["decompose"], "GDP deflator"),
        (COMMANDS["allocate"], "RUS Russia"),
        (COMMANDS["prices"], "SmaRT"),
        (COMMANDS["claims"], "agrees with 20.63%"),
        (SHARE, "17.22"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_a_file_the_table_is_shown(
    words: list[str], shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 80 columns no number is cut; nothing is said of a file."""
    monkeypatch.setenv("COLUMNS", "80")
    said, _ = _run(words, capsys)
    assert shown in said
    assert "…" not in said
    assert "written" not in said


def test_an_allocation_says_how_much_of_the_stock_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    """The figures that ship name few destinations: their share is told and is most of the stock."""
    told = json.loads(_run([*COMMANDS["allocate"], "--json"], capsys)[0])
    assert 95 < told["percent_of_stock_abroad"] <= 100
    by_rule: dict[str, float] = {}
    for row in told["table"]:
        by_rule[row["allocation_rule"]] = by_rule.get(row["allocation_rule"], 0) + row["allocated_share"]
    assert all(total == pytest.approx(1) for total in by_rule.values())


def test_the_list_of_indicators_names_unit_areas_and_years(capsys: pytest.CaptureFixture[str]) -> None:
    """In the reader's language; every indicator listed has figures."""
    told = json.loads(_run(["figures", "--list", "--json", "--lang", "ru"], capsys)[0])["indicators"]
    assert told["migrant_stock"]["name"] == "Численность мигрантов"
    assert all(one["areas"] >= 1 and one["first_year"] <= one["last_year"] for one in told.values())
    held = journey.load_observations(None)
    assert set(told) == set(held["indicator"])
    shown, _ = _run(["figures", "--list", "--lang", "ru"], capsys)
    assert "Численность мигрантов · Человек" in shown


def test_the_beginning_of_an_edition_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """`2024-04` is the one edition of that month; `2024` are two, and both are named."""
    rows = json.loads(_run([*SHARE, "--edition", "2024-04", "--json"], capsys)[0])["table"]
    assert {row["edition"] for row in rows} == {"2024-04-04"}
    with pytest.raises(SystemExit) as stopped:
        main([*SHARE, "--edition", "2024"])
    assert stopped.value.code == 2
    assert "one of: 2024-04-04, 2024-07-25" in capsys.readouterr().err


def test_which_edition_is_meant() -> None:
    """An edition that is written out wins over those that begin so; nothing is guessed."""
    rows = pl.DataFrame({"edition": ["2023", "2023-05-10", "2024-04-04"]})
    assert journey.find_edition(rows, "2023") == "2023"
    assert journey.find_edition(rows, "2024") == "2024-04-04"
    with pytest.raises(MethodNotApplicable, match="Did you mean 2024-04-04"):
        journey.find_edition(rows, "2024-04-05")
    with pytest.raises(SettingsInvalid, match="2023-05-10, 2023-06"):
        journey.find_edition(pl.DataFrame({"edition": ["2023-05-10", "2023-06"]}), "2023")


def test_a_decomposition_takes_the_beginning_of_an_edition(capsys: pytest.CaptureFixture[str]) -> None:
    """As `figures` does."""
    words = ["remittances", "decompose", "--area", "UZB", "--from", "2022", "--to", "2022"]
    short = [*words, "--from-edition", "2024-04", "--to-edition", "2025-01", "--json"]
    whole = [*words, "--from-edition", "2024-04-04", "--to-edition", "2025-01-22", "--json"]
    assert _run(short, capsys) == _run(whole, capsys)

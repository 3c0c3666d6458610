"""`guzar flows-from-stocks`: intervals unless they are declined, the weight's share, the bracket, and what is told of them."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

PLACES = ("AAA", "BBB", "CCC", "DDD")
YEARS = ("--start", 2015, "--end", 2020)


def run(*words: object) -> int:
    """The exit code of guzar."""
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


@pytest.fixture
def tables(tmp_path: Path) -> tuple[object, ...]:
    """Stocks of four countries at two dates, births and deaths between them, as options."""
    stocks, people = tmp_path / "stocks.csv", tmp_path / "people.csv"
    rows = [
        f"{born},{lives},{year},{1000 * (at + 1) + 37 * (there + 1) * (year - 2014)},{'census' if lives == 'AAA' else ''}"
        for at, born in enumerate(PLACES)
        for there, lives in enumerate(PLACES)
        for year in (2015, 2020)
        if born != lives
    ]
    stocks.write_text(
        "birth_country,residence_country,year,persons,data_type\n" + "\n".join(rows), encoding="utf-8"
    )
    people.write_text(
        "country,births,deaths,population_start,population_end\n"
        + "\n".join(f"{place},8000,6000,200000,202000" for place in PLACES),
        encoding="utf-8",
    )
    return ("--stocks", stocks, "--demography", people, *YEARS)


def test_intervals_are_the_default(
    tables: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns, their order of size, the bracket, countries, and the file beside it."""
    out, report = tmp_path / "flows.csv", tmp_path / "account.csv"
    asked = ("flows-from-stocks", *tables, "--method", "pseudo-bayes", "--out", out, "--report", report)
    assert run(*asked) == 0
    said = capsys.readouterr().out
    assert "Stocks of 3 of 4 countries are modelled" in said
    assert "0.87" in said
    flows = pl.read_csv(out)
    assert flows.columns == [
        *("origin", "destination", "persons", "observation_status", "lower", "median", "upper"),
        *("share_due_to_weight", "minimum", "independence"),
    ]
    assert flows.height == 12
    assert (flows["lower"] < flows["median"]).all()
    assert (flows["median"] < flows["upper"]).all()
    assert flows["share_due_to_weight"].is_between(0, 1).all()
    assert (
        flows.select(
            (pl.col("persons") - 0.87 * pl.col("minimum") - 0.13 * pl.col("independence")).abs().max()
        ).item()
        < 1e-6
    )
    countries = pl.read_csv(report)
    assert (countries["net_lower"] <= countries["net"]).all()
    assert (countries["net"] <= countries["net_upper"]).all()
    about = json.loads(out.with_name("flows.csv.about.json").read_text(encoding="utf-8"))
    assert (about["draws"], about["draws_without_account"]) == (200, 0)
    again = tmp_path / "again.csv"
    assert run(*asked[:-4], "--out", again) == 0
    assert again.read_text(encoding="utf-8") == out.read_text(encoding="utf-8")


def test_without_draws_only_the_plain_value_with_a_warning(
    tables: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the plain value is the same with and without draws; both languages."""
    plain, drawn = tmp_path / "plain.csv", tmp_path / "drawn.csv"
    asked = ("flows-from-stocks", *tables, "--method", "minimum")
    assert run(*asked, "--draws", 0, "--out", plain) == 0
    assert "No draws, no intervals" in capsys.readouterr().err
    assert run(*asked, "--draws", 20, "--out", drawn, "--lang", "ru") == 0
    assert "насколько этот метод далёк" in capsys.readouterr().out
    one, other = pl.read_csv(plain), pl.read_csv(drawn)
    assert one.columns == ["origin", "destination", "persons", "observation_status"]
    assert other.columns == [*one.columns, "lower", "median", "upper"]
    assert one["persons"].equals(other["persons"])


def test_wrong_words_and_numbers_are_refused(
    tables: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A data type that is none, and draws that are too few."""
    asked = ("flows-from-stocks", *tables, "--method", "pseudo-bayes")
    assert run(*asked, "--draws", 3) == 2
    assert "3 draws are not enough" in capsys.readouterr().err
    assert run(*asked, "--draws", -1) == 2
    stocks = tmp_path / "stocks.csv"
    stocks.write_text(stocks.read_text(encoding="utf-8").replace("census", "guess"), encoding="utf-8")
    assert run(*asked) == 3
    assert "guess is not a data_type" in capsys.readouterr().err


def test_types_of_moves_have_intervals(tables: tuple[object, ...], tmp_path: Path) -> None:
    """Each row of each type has its own."""
    out = tmp_path / "types.parquet"
    assert (
        run(
            "flows-from-stocks", *tables, "--method", "pseudo-bayes", "--by-type", "--draws", 40, "--out", out
        )
        == 0
    )
    flows = pl.read_parquet(out)
    assert flows.height == 36
    assert flows.filter(pl.col("persons") > 1).select((pl.col("lower") < pl.col("upper")).all()).item()
    assert (flows["minimum"] <= flows["independence"] + 1e-6).mean() > 0.5

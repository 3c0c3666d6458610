"""`guzar balance`: the shipped figures of every area, an office's own tables, refusals."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.commands.test_bounds import run

from guzar.define.areas import THE_TWELVE
from guzar.journey.balancing import balance_twelve

CENSUSES = "area,reference_date,persons,source,lower,upper\nKGZ,2009-04-01,5400000,Census,5350000,5450000\nKGZ,2022-04-01,6977000,Census,,\n"
YEARS = range(2009, 2023)
VITAL = "area,year,births,deaths\n" + "".join(f"KGZ,{year},150000,40000\n" for year in YEARS)
REGISTERED = "area,year,immigrations,emigrations,source\n" + "".join(
    f"KGZ,{year},5000,15000,Register\n" for year in YEARS
)


def _files(folder: Path, **texts: str) -> list[object]:
    words: list[object] = []
    for name, text in texts.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        words += [f"--{name}", file]
    return words


def test_shipped_figures_of_the_twelve_areas() -> None:
    """Every account of every area adds up to what is left; closure is never judged without registers."""
    table = balance_twelve(None)
    assert set(table["area"]) == set(THE_TWELVE)
    wide = table.filter(pl.col("component") != "estimated_net_migration").pivot(
        "component", index=["area", "period_start"], values="value"
    )
    left = wide["population_end"] - wide["population_start"] - wide["births"] + wide["deaths"]
    assert (left - wide["residual_net_migration"]).abs().max() < 1e-3  # type: ignore[operator]
    assert wide["error_of_closure"].null_count() == wide.height
    assert set(table.filter(pl.col("component") == "population_end")["account_status"]) == {"estimated"}
    censuses = table.filter(pl.col("area") == "KGZ")["period_end"].unique().sort().to_list()
    assert censuses == ["1999-07-02", "2009-07-02", "2022-07-02", "2023-07-02"]


def test_what_the_publisher_estimated_is_what_is_left() -> None:
    """World Population Prospects close their own account: within 3,000 persons or 0.1 % of the population a period, by rounding."""
    table = balance_twelve(None)
    estimated = table.filter(
        (pl.col("component") == "estimated_net_migration") & (pl.col("source") == "world_population")
    )
    left = table.filter(pl.col("component") == "residual_net_migration")
    people = table.filter(pl.col("component") == "population_end")
    both = left.join(estimated, on=["area", "period_start"]).join(
        people, on=["area", "period_start"], suffix="_people"
    )
    assert both.height == left.height
    gap = (both["value"] - both["value_right"]).abs()
    assert ((gap < 3000) | (gap < both["value_people"] * 0.001)).all()


def test_an_office_with_its_own_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Growth of 1,577,000 in thirteen years; 110,000 a year by nature, −10,000 by the register: 277,000 are left over."""
    own = _files(tmp_path, population=CENSUSES, vital=VITAL, registered=REGISTERED)
    assert run("balance", "--area", "Kyrgyzstan", *own, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    lines = {row["component"]: row for row in told["table"] if row["status"] != "estimated"}
    assert told["accounts"] == 1
    assert lines["error_of_closure"]["value"] == pytest.approx(277_000, abs=1)
    assert lines["error_of_closure"]["lower"] == pytest.approx(227_000, abs=1)
    assert lines["error_of_closure"]["upper"] == pytest.approx(327_000, abs=1)
    assert run("balance", "--area", "KGZ", *own, "--out", tmp_path / "b.csv") == 0
    said = capsys.readouterr().out
    assert "miss 277,000 more arrivals than departures: 21,308 a year, 4.48 % of the population" in said
    assert "errors of both enumerations" in said
    assert run("balance", "--area", "KGZ", *own, "--lang", "ru") == 0
    said = capsys.readouterr().out
    assert "невязка баланса" in said
    for word in ("births", "miss", "estimated", "census"):
        assert word not in said


def test_nothing_is_judged_without_a_register(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said what is not held and what to collect."""
    assert run("balance", "--area", "UZB") == 0
    said = capsys.readouterr().out
    assert "closure cannot be judged" in said
    assert "give them with --registered" in said
    assert "no census at either end" in said


@pytest.mark.parametrize(
    ("table", "old", "new", "code", "told"),
    [
        ("population", "5400000", "-1", 3, "KGZ"),
        ("population", "2009-04-01", "1.4.2009", 3, "1.4.2009"),
        ("population", "5350000", "5450001", 3, "5450001"),
        ("population", "KGZ,2022-04-01", "KGZ,2009-04-01", 3, "more than once"),
        ("population", "KGZ", "UZB", 6, "KGZ"),
        ("vital", "150000", "-150000", 3, "births"),
        ("vital", "deaths", "dead", 3, "deaths"),
        ("vital", "KGZ,2015", "KGZ,1915", 6, "KGZ"),
        ("registered", "15000", "", 3, "emigrations"),
        ("registered", "immigrations", "in", 3, "immigrations"),
    ],
)
def test_refusals(
    tmp_path: Path,
    table: str,
    old: str,
    new: str,
    code: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One message that names the place, and no file."""
    texts = {"population": CENSUSES, "vital": VITAL, "registered": REGISTERED}
    own = _files(tmp_path, **texts | {table: texts[table].replace(old, new)})
    out = tmp_path / "b.csv"
    assert run("balance", "--area", "KGZ", *own, "--out", out) == code
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_an_area_without_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """Known to guzar, and nothing held of it."""
    assert run("balance", "--area", "FRA") == 6
    assert run("balance", "--area", "Atlantis") == 2
    assert "FRA" in capsys.readouterr().err

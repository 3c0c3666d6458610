"""`guzar residence --missing impute`: from a file to a report of totals, with its assumptions; nothing about a person."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.house.canaries import say
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.define.tables.missing_exits import ImputedMeasures
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import ResidenceRule, impute
from guzar.process.missing_exits.crossing_log import NO_LIMIT

OBSERVED = ("--observed-from", "2016-01-01", "--observed-to", "2021-12-31")


@pytest.fixture(scope="module")
def crossings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world in a file, as an office would hand it over."""
    log = make_world(7, World(persons=900)).log
    days = pl.Series(log.permitted_until, dtype=pl.Int64)
    frame = pl.DataFrame(
        {
            "person_id": [f"p{number:05d}" for number in log.person],
            "crossing_date": pl.Series(log.day, dtype=pl.Int32).cast(pl.Date),
            "direction": np.where(log.is_entry == 1, "entry", "exit"),
            "port": [log.ports[place] for place in log.port],
            "permitted_until": days.set(days == NO_LIMIT, None).cast(pl.Int32).cast(pl.Date),
            "resident_at_start_given": (log.given == 1)[log.person],
        }
    )
    path = tmp_path_factory.mktemp("crossings") / "crossings.parquet"
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(path)
    return path


def test_the_report_is_a_table_of_totals(crossings: Path, tmp_path: Path) -> None:
    """Every measure and year once, by the declared schema; no column and no value of a person."""
    out = tmp_path / "report.csv"
    said = say("residence", crossings, *OBSERVED, "--missing", "impute", "--draws", "5", "--report", out)
    assert said[0] == 0, said[1]
    report = pl.read_csv(out)
    assert report.columns == ImputedMeasures.column_names()
    assert report.height == 5 * 6
    assert report.filter(pl.col("status") == "identified_under_A1").height > 10
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "p000" not in written
    assert {path.name for path in tmp_path.iterdir()} == {"report.csv", "report.csv.assumptions.json"}
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))
    assert [text[:2] for text in told["assumptions"]] == ["A1", "A2", "A3", "A4", "A5"]
    assert 0.8 < told["exits_recorded_share"] < 0.95
    assert told["entries_recorded_share"] > 0.99
    assert "AIR" not in written  # coverage by port stays inside
    assert "A1:" in said[1]


def test_the_result_does_not_depend_on_form_or_order(crossings: Path, tmp_path: Path) -> None:
    """CSV in person order and shuffled Parquet: the same report."""
    text = tmp_path / "sorted.csv"
    pl.read_parquet(crossings).sort("person_id", "crossing_date").write_csv(text)
    tables = [impute(source, tmp_path / "out.parquet", RULE, draws=5).table for source in (crossings, text)]
    assert tables[0].equals(tables[1])
    assert pl.read_parquet(tmp_path / "out.parquet").equals(tables[1])


def test_an_open_border_leaves_no_number(crossings: Path, tmp_path: Path) -> None:
    """A border without records is not seen in the log: named, it takes every number away."""
    out = tmp_path / "report.csv"
    said = say(
        "residence", crossings, *OBSERVED, "--missing", "impute", "--open-borders", "OPEN1", "--report", out
    )
    assert said[0] == 0, said[1]
    report = pl.read_csv(out)
    assert report["status"].unique().to_list() == ["not_observed"]
    assert report["upper"].null_count() == report.height


def test_one_port_name_for_all_is_enough_for_one_coverage(crossings: Path, tmp_path: Path) -> None:
    """Without ports there is one unknown: still identified, with a wider belief in one port."""
    source = tmp_path / "no_ports.parquet"
    pl.read_parquet(crossings).drop("port", "permitted_until").write_parquet(source)
    found = impute(source, tmp_path / "report.csv", RULE, draws=5)
    assert found.ports_told_apart
    beyond = found.table.filter(pl.col("measure") == "stays_beyond_recorded_permission")
    assert beyond["status"].unique().to_list() == ["not_observed"]


def test_ports_that_cannot_be_told_apart_give_bounds_only(crossings: Path, tmp_path: Path) -> None:
    """Ports dealt out by chance, the same for everybody: no point value anywhere, and the reason."""
    source, frame = tmp_path / "mixed.parquet", pl.read_parquet(crossings)
    codes = np.random.default_rng(3).choice(["N", "S"], frame.height)
    frame.with_columns(port=pl.Series(codes)).write_parquet(source)
    found = impute(source, tmp_path / "report.csv", RULE, draws=5)
    assert not found.ports_told_apart
    assert found.table["median"].null_count() == found.table.height
    bounded = found.table.filter(pl.col("status") == "bounded")
    assert bounded.height == found.table.height
    assert bounded["status_reason"].str.contains("ports_not_told_apart").all()


def test_a_stock_needs_its_base(crossings: Path, tmp_path: Path) -> None:
    """With a base the stock stands in the place of residents seen in crossings."""
    base = tmp_path / "base.csv"
    years = "".join(f"{year},,10,5\n" for year in range(2016, 2022))
    base.write_text("year,population,births,deaths\n2015,50000,,\n" + years, encoding="utf-8")
    table = impute(crossings, tmp_path / "report.csv", RULE, draws=5, base_stock=base).table
    stock = table.filter(pl.col("measure") == "stock_end_of_year")
    assert stock["year"].to_list() == list(range(2016, 2022))
    net = table.filter(pl.col("measure") == "net_migration")
    assert stock["median"][0] == pytest.approx(50000 + 5 + net["median"][0], abs=0.01)
    assert table.filter(pl.col("measure") == "residents_seen_in_crossings").is_empty()


@pytest.mark.parametrize(
    "text",
    [
        "year,population\n2015,5\n",
        "year,population,births,deaths\n2015,5,,\n2017,,1,1\n",
        "year,population,births,deaths\n2015,,,\n2016,,1,1\n",
        "year,population,births,deaths\n2015,5,,\n2016,,,1\n",
        "",
    ],
)
def test_a_base_with_holes_is_refused(crossings: Path, tmp_path: Path, text: str) -> None:
    """A column, a year, the population or a birth missing."""
    base = tmp_path / "base.csv"
    base.write_text(text, encoding="utf-8")
    with pytest.raises(TableInvalid, match="no base for a stock"):
        impute(crossings, tmp_path / "report.csv", RULE, draws=5, base_stock=base)


@pytest.mark.parametrize(
    "words",
    [
        ("--missing", "impute"),
        ("--missing", "impute", "--report", "r.csv", "--out", "o.csv"),
        ("--missing", "impute", "--report", "r.csv", "--self-test"),
        ("--report", "r.csv", "--out", "o.csv"),
        (),
    ],
)
def test_imputation_writes_a_report_and_nothing_else_does(crossings: Path, words: tuple[str, ...]) -> None:
    """No table of persons with imputation, no report without it."""
    assert say("residence", crossings, *OBSERVED, *words)[0] == SettingsInvalid.exit_code


def test_crossings_that_tell_nothing_are_refused(tmp_path: Path) -> None:
    """One entry and one exit: no cycle closes. No file is left."""
    rows = [("a", "2016-03-01", "entry"), ("a", "2016-04-01", "exit")]
    pl.DataFrame(rows, schema=["person_id", "crossing_date", "direction"], orient="row").write_csv(
        tmp_path / "in.csv"
    )
    rule = ResidenceRule(365, 487, date(2016, 1, 1), date(2019, 12, 31))
    with pytest.raises(MethodNotApplicable, match="No exit is recorded between two entries"):
        impute(tmp_path / "in.csv", tmp_path / "report.csv", rule)
    pl.DataFrame(rows[:0], schema=["person_id", "crossing_date", "direction"], orient="row").write_csv(
        tmp_path / "none.csv"
    )
    with pytest.raises(MethodNotApplicable):
        impute(tmp_path / "none.csv", tmp_path / "report.csv", rule)
    assert not (tmp_path / "report.csv").exists()

"""`guzar provisional`: from a table of residence to months with intervals; editions, back-test, refusals; no person."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.house.canaries import say
from tests.process.provisional.made_histories import MadeWorld, make_crossings

WORLD = MadeWorld(persons=2500, first_day=date(2013, 1, 1), break_on=date(2021, 1, 1))
PERSON = {"person_id", "crossing_date", "is_migration", "residence_before"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crossings of a small country and their residence, up to two last days."""
    folder = tmp_path_factory.mktemp("provisional")
    make_crossings(WORLD, 3).write_parquet(folder / "crossings.parquet")
    for name, last in (("earlier", "2022-12-31"), ("residence", "2024-12-31")):
        observed = ("--observed-from", "2013-01-01", "--observed-to", last)
        assert (
            say("residence", folder / "crossings.parquet", *observed, "--out", folder / f"{name}.parquet")[0]
            == 0
        )
    return folder


def test_months_hold_what_is_decided_and_what_is_expected(place: Path) -> None:
    """Totals add up, intervals hold them, old months are decided, and no column is about a person."""
    out = place / "months.csv"
    code, said = say("provisional", place / "residence.parquet", "--out", out)
    assert code == 0, said
    table = pl.read_csv(out)
    assert not PERSON & set(table.columns)
    assert (table["unit"] == "migrations").all()
    assert (table["interval_percent"] == 90).all()
    assert "half-way" not in said, "nothing was lost here"
    report = place / "quality.json"
    assert say("quality-report", out, "--out", report)[0] == 0
    concepts = {each["code"]: each["text"] for each in json.loads(report.read_text("utf-8"))["concepts"]}
    assert concepts["S.4"] == "Unit: Changes of residence across a border."
    assert concepts["S.3.5"].startswith("Statistical unit: migration")
    assert concepts["S.13.1"].startswith("Intervals of 90 %")
    assert table.height == 17 * 3
    assert ((table["decided"] + table["expected"] - table["total"]).abs() < 0.05).all()
    one_way = table.filter(pl.col("flow") != "net")
    assert (one_way["expected_lower"] >= 0).all()
    assert (one_way["expected_upper"] <= one_way["undecided"]).all()
    assert (one_way["upper"] - one_way["lower"]).sum() > 0
    oldest, newest = table.filter(month="2023-08"), table.filter(month="2024-12")
    assert (oldest["month_status"] == "final").all()
    assert (newest["month_status"] == "provisional").all()
    flows = {row["flow"]: row["total"] for row in newest.iter_rows(named=True)}
    assert flows["immigration"] - flows["emigration"] == pytest.approx(flows["net"], abs=0.2)


def test_groups_add_up_to_the_whole(place: Path) -> None:
    """By citizenship, nothing is lost or counted twice."""
    whole, parts = place / "whole.csv", place / "parts.csv"
    runs = [
        say("provisional", place / "residence.parquet", "--out", whole),
        say("provisional", place / "residence.parquet", "--by", "citizenship", "--out", parts),
    ]
    assert [code for code, _ in runs] == [0, 0]
    summed = pl.read_csv(parts).group_by("month", "flow").agg(pl.col("decided", "undecided", "total").sum())
    both = pl.read_csv(whole).join(summed, on=["month", "flow"], suffix="_summed")
    assert both.height == 17 * 3
    assert (both["decided"] == both["decided_summed"]).all()
    assert (both["undecided"] == both["undecided_summed"]).all()
    assert ((both["total"] - both["total_summed"]).abs() < 0.5).all()
    told = [
        next(line for line in said[1].splitlines() if line.startswith("Months that are not final"))
        for said in runs
    ]
    assert told[0] == told[1], "what is not final is counted alike by any groups"


def test_editions_are_kept_and_their_revisions_told(place: Path) -> None:
    """Two editions two years apart: months of the first are final in the second, or too old to stand there."""
    kept = place / "editions"
    for name in ("earlier", "residence"):
        words = ("provisional", place / f"{name}.parquet", "--out", place / "kept.csv", "--editions", kept)
        assert say(*words)[0] == 0
        if name == "earlier":
            assert say(*words)[0] == 0, "the same edition again changes nothing"
        older = kept / "provisional-2022-12-31.csv"  # below, as an earlier version kept it
        pl.read_csv(older).drop("unit", "interval_percent", strict=False).write_csv(older)
    assert {path.name for path in kept.iterdir()} == {
        "provisional-2022-12-31.csv", "provisional-2024-12-31.csv",
    }, "no month of the first stands in the second: no revision to tell"  # fmt: skip
    held = kept / "provisional-2024-12-31.csv"
    held.write_text(
        held.read_text(encoding="utf-8").replace("immigration,", "immigration,1", 1), encoding="utf-8"
    )
    code, told = say(
        "provisional", place / "residence.parquet", "--out", place / "kept.csv", "--editions", kept
    )
    assert code == 2
    assert "2024-12-31" in told


def test_a_back_test_tells_coverage_and_revisions(place: Path) -> None:
    """Hidden editions against what their months became: intervals mostly hold, and the estimate beats the baseline."""
    out = place / "triangle.csv"
    words = (
        "provisional",
        place / "residence.parquet",
        "--back-test",
        "12",
        "--out",
        out,
        "--json",
        "--quiet",
    )
    code, said = say(*words)
    assert code == 0, said
    summary = {row["flow"]: row for row in json.loads(said)["summary"]}
    overall = summary["all"]
    assert 75 <= overall["covered_percent"] <= 100
    assert overall["mean_absolute_revision"] < 0.85 * overall["baseline_mean_absolute_revision"]
    triangle = pl.read_csv(out)
    assert triangle["observed_to"].n_unique() == 12
    revised = triangle["final_total"] - triangle["total"] - triangle["revision"]
    assert (revised.abs() < 0.06).all()


def test_lost_crossings_are_told(place: Path) -> None:
    """Known from what stands beside the table of residence; the back-test of few editions has headings in Russian."""
    about = place / "residence.parquet.about.json"
    before = about.read_text(encoding="utf-8")
    about.write_text(
        json.dumps({**json.loads(before), "crossings_after_a_lost_one_percent": 3.9}), encoding="utf-8"
    )
    words = ("provisional", place / "residence.parquet", "--back-test", "1", "--out", place / "t.csv")
    _, said = say(*words, "--lang", "ru")
    about.write_text(before, encoding="utf-8")
    assert "после потерянного: 3,9 %" in said
    assert "сальдо миграции" in said
    assert "immigration" not in said


def test_what_is_no_table_of_residence_is_refused(place: Path) -> None:
    """Crossings as recorded, a table that was changed, a short history, columns that tell persons apart."""
    out = place / "no.csv"
    assert say("provisional", place / "crossings.parquet", "--out", out)[0] == 3
    assert say("provisional", place / "residence.parquet", "--by", "person_id", "--out", out)[0] == 2
    code, told = say("provisional", place / "residence.parquet", "--back-test", "99", "--out", out)
    assert code == 6
    assert "provisional months: 144 months." in told
    assert "172 months or more; the first 365 days are not counted" in told.replace("\n", " ")
    assert (
        "-3 hides no edition"
        in say("provisional", place / "residence.parquet", "--back-test", "-3", "--out", out)[1]
    )
    changed = place / "changed.parquet"
    table = pl.read_parquet(place / "residence.parquet")
    table.with_columns(is_migration=~pl.col("is_migration")).write_parquet(changed)
    beside = (place / "residence.parquet.about.json").read_text(encoding="utf-8")
    (place / "changed.parquet.about.json").write_text(beside, encoding="utf-8")
    assert say("provisional", changed, "--out", out)[0] == 3
    assert not out.exists()

"""`guzar ages` and `guzar net-by-age`: files in and out, groups, refusals in one message with its exit code."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

RATES = (22, 15, 9, 11, 34, 31, 22, 15, 10, 7, 6, 5, 4, 3, 3, 3, 2, 2)  # per 1,000, groups of 5 years
SURVIVAL = (0.965, 0.992, 0.997, 0.99, 0.9, 0.6)


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([*words])
    return int(stopped.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Migrants of two areas; populations of both sexes; births of both together."""
    monkeypatch.chdir(tmp_path)
    rows = [
        (area, 5 * at, rate * size / 1000, float(size))
        for area, size in (("North", 1_000), ("South", 90_000))
        for at, rate in enumerate(RATES)
    ]
    pl.DataFrame(rows, schema=["area", "age", "migrants", "population"], orient="row").write_csv(
        "migrants.csv"
    )
    people = [
        (sex, 5 * at, 1000.0 + 10 * at, 1020.0, survival)
        for sex in ("F", "M")
        for at, survival in enumerate(SURVIVAL)
    ]
    names = ["sex", "age", "population_start", "population_end", "survival"]
    pl.DataFrame(people, schema=names, orient="row").write_csv("populations.csv")
    Path("births.csv").write_text("births\n2050\n", encoding="utf-8")
    return tmp_path


def test_schedules_of_areas(folder: Path) -> None:
    """A curve and a report for each area; what they rest on beside them."""
    assert _run("ages", "migrants.csv", "--out", "curve.csv", "--report", "report.csv") == 0
    curve, report = pl.read_csv("curve.csv"), pl.read_csv("report.csv")
    assert set(curve["area"]) == {"North", "South"}
    assert curve.height == 2 * 90
    assert ((curve["lower"] < curve["value"]) & (curve["value"] < curve["upper"])).all()
    widths = (
        curve.group_by("area").agg(width=(pl.col("upper") / pl.col("lower")).mean()).sort("area")["width"]
    )
    assert widths[0] > widths[1], "fewer people, wider intervals"
    assert report.filter(measure="parameter").height == 2 * 7
    assert report.filter(pl.col("measure") == "index_of_curve")["definition"].null_count() == 0
    about = json.loads(Path("curve.csv.about.json").read_text(encoding="utf-8"))
    assert max(about["gap_percent"].values()) < 15


def test_net_migration_by_age(folder: Path) -> None:
    """Births are split by the sex ratio; methods say what they made."""
    said = (
        "net-by-age",
        "populations.csv",
        "--births",
        "births.csv",
        "--sex-ratio",
        "1.05",
        "--out",
        "net.csv",
    )
    assert _run(*said) == 0
    net = pl.read_csv("net.csv")
    youngest = {sex: value for sex, value in net.filter(age=0).select("sex", "net").iter_rows()}
    assert youngest == pytest.approx({"F": 1020 - 0.965 * 1000, "M": 1020 - 0.965 * 1050})
    assert set(net["method"]) == {"stock"}
    assert _run("net-by-age", "populations.csv", "--method", "reverse", "--out", "other.csv") == 0
    assert pl.read_csv("other.csv").filter(age=0)["net"].null_count() == 2


def test_a_total_is_shared_out(folder: Path) -> None:
    """All persons, and no more; most at the age of the peak."""
    assert (
        _run("share-by-age", "--sex", "M", "--persons", "10000", "--oldest", "80", "--out", "made.csv") == 0
    )
    made = pl.read_csv("made.csv")
    assert made["age"].to_list() == list(range(81))
    assert made["persons"].sum() == pytest.approx(10_000)
    assert 18 <= made.sort("persons")["age"][-1] <= 26


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("ages", "migrants.csv", "--family", "8"), 2, "8 parameters"),
        (("ages", "negative.csv"), 3, "migrants"),
        (("ages", "few.csv"), 6, "too few"),
        (("ages", "nobody.csv"), 6, "Nobody moves"),
        (("ages", "odd.csv"), 3, "140"),
        (("share-by-age", "--sex", "X", "--persons", "5"), 2, "sex X"),
        (("share-by-age", "--sex", "F", "--persons", "5", "--oldest", "0"), 2, "age of 0"),
        (("net-by-age", "populations.csv"), 6, "Births"),
        (("net-by-age", "populations.csv", "--method", "magic"), 2, "magic"),
        (("net-by-age", "uneven.csv", "--births", "births.csv"), 3, "different widths"),
        (("net-by-age", "deadly.csv", "--births", "births.csv"), 3, "1.2000"),
        (("net-by-age", "populations.csv", "--births", "unborn.csv"), 3, "births"),
        (("net-by-age", "populations.csv", "--births", "births.csv", "--sex-ratio", "105"), 2, "105"),
        (("ages", "crowded.csv"), 3, "more migrants than people"),
        (("ages", "both.csv"), 3, "rates and migrants"),
        (("fit-net", "moves.csv", "--net", "net.csv", "--nearness", "magic"), 2, "magic"),
        (("fit-margins", "--margin", "origin=one.csv", "--no-diagonal"), 3, "destination"),
    ],
)
def test_what_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, part: str
) -> None:
    """One message, no traceback, no file."""
    table, people = pl.read_csv("migrants.csv"), pl.read_csv("populations.csv").filter(sex="F")
    table.with_columns(migrants=-pl.col("migrants")).write_csv("negative.csv")
    table.filter(pl.col("age") < 20).write_csv("few.csv")
    table.with_columns(migrants=0 * pl.col("migrants")).write_csv("nobody.csv")
    table.with_columns(age=pl.col("age").replace(85, 140)).write_csv("odd.csv")
    people.with_columns(age=pl.col("age").replace(25, 40)).write_csv("uneven.csv")
    people.with_columns(survival=pl.lit(1.2)).write_csv("deadly.csv")
    Path("unborn.csv").write_text("births\n-5\n", encoding="utf-8")
    table.with_columns(migrants=pl.col("population") + 1).write_csv("crowded.csv")
    table.with_columns(rate=0.01).write_csv("both.csv")
    Path("moves.csv").write_text("origin,destination,persons\nA,B,3\nB,A,2\n", encoding="utf-8")
    Path("net.csv").write_text("area,net\nA,1\nB,-1\n", encoding="utf-8")
    Path("one.csv").write_text("origin,persons\nA,5\n", encoding="utf-8")
    assert _run(*words, "--out", "made.csv") == code
    said = capsys.readouterr().err
    assert part in said
    assert "Traceback" not in said
    assert not Path("made.csv").exists()

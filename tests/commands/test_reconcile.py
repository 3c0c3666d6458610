"""`guzar reconcile` from files to files: exits, both reports, draws, checks, refusals in one message."""

from pathlib import Path

import polars as pl
import pytest
from tests.analyse.reported_flows.made_up_reports import make_world

from guzar.cli import main

ANCHOR = ("--anchor", "C00:destination")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    file = tmp_path / "reports.csv"
    make_world(5, 3, spread=0.1, poisson=True).reports.write_csv(file)
    return file


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["reconcile", *(str(word) for word in words)])
    return int(stopped.value.code or 0)


@pytest.mark.parametrize("method", ["log-least-squares", "poulain", "bayes"])
def test_flows_and_reporters_are_written(method: str, reports: Path, tmp_path: Path) -> None:
    """Every flow once, both reports beside it; every reporter with a factor; beside the flows what they rest on."""
    out, report = tmp_path / "flows.csv", tmp_path / "reporters.csv"
    assert _run(reports, "--method", method, *ANCHOR, "--out", out, "--report", report, "--quiet") == 0
    flows, found = pl.read_csv(out), pl.read_csv(report)
    assert flows.height == 5 * 4 * 3
    for name in (
        "persons_reported_by_origin",
        "persons_reported_by_destination",
        "persons",
        "lower",
        "upper",
        "definition",
    ):
        assert flows[name].null_count() == 0, name
    assert (flows["lower"] <= flows["upper"]).all()
    factors = found.filter(pl.col("reporter").is_not_null())
    assert factors.height == 10
    assert factors.filter(pl.col("status") == "anchor")["factor"].to_list() == [1.0]
    assert [each for each in tmp_path.iterdir() if each.name.startswith("flows.csv") and each != out]


def test_draws_and_coverage_are_written_apart(reports: Path, tmp_path: Path) -> None:
    """Three draws of every flow; coverage by way and reporter."""
    draws, check = tmp_path / "draws.parquet", tmp_path / "check.csv"
    words = (
        reports,
        "--method",
        "bayes",
        *ANCHOR,
        "--draws",
        3,
        "--draws-out",
        draws,
        "--check",
        check,
        "--quiet",
    )
    assert _run(*words) == 0
    assert pl.read_parquet(draws).height == 3 * 5 * 4 * 3
    assert {"leave_one_source_out", "leave_corridors_out"} == set(pl.read_csv(check)["check"])


def test_without_anchor_there_are_no_values_and_it_says_so(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Factors about their mean, reports kept, and a warning."""
    out = tmp_path / "flows.csv"
    assert _run(reports, "--out", out, "--lang", "en") == 0
    assert "nobody knows the level" in capsys.readouterr().err
    flows = pl.read_csv(out)
    assert flows["persons"].null_count() == flows.height
    assert set(flows["status"]) == {"unidentified"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--method", "poulain"), 6, "No reporter is named as right"),
        (("--method", "bayes"), 6, "No reporter is named as right"),
        (("--method", "mean"), 2, "--method mean is not known"),
        (("--durations", "mine", *ANCHOR), 2, "--durations mine is not known"),
        (("--anchor", "SWE"), 2, "The anchor SWE reports nothing"),
        (("--draws", "3", "--draws-out", "draws.csv", *ANCHOR), 2, "takes reports alone"),
        (("--method", "bayes", "--draws", "3", *ANCHOR), 2, "3 draws, and - as their file"),
    ],
    ids=["poulain", "bayes", "method", "durations", "anchor", "draws of a mirror", "draws without file"],
)
def test_what_cannot_be_done_is_refused(
    words: tuple[str, ...], code: int, said: str, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message, and the exit that the contract gives it."""
    assert _run(reports, *words, "--lang", "en") == code
    assert said in capsys.readouterr().err


def test_a_negative_report_is_named(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3; country, year and side."""
    table = pl.read_csv(reports).with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(-5.0).otherwise(pl.col("persons")).alias("persons")
    )
    table.write_csv(reports)
    assert _run(reports, *ANCHOR, "--lang", "en") == 3
    assert "C00 C01 2011 destination register" in capsys.readouterr().err


def _nets(reports: Path, place: Path, more: float) -> Path:
    """Arrivals less departures by the reports of destinations, one country raised and one lowered by so many persons."""
    told = pl.read_csv(reports).filter(pl.col("reported_by") == "destination")
    came, went = (
        told.group_by("year", area=name).agg(pl.col("persons").sum()) for name in ("destination", "origin")
    )
    net = came.join(went, on=["area", "year"], suffix="_out").sort("area", "year")
    moved = (
        pl.when(pl.col("area") == "C01").then(more).when(pl.col("area") == "C02").then(-more).otherwise(0.0)
    )
    file = place / "net.csv"
    net.select(
        "area", "year", net=pl.col("persons") - pl.col("persons_out") + moved, standard_error=pl.lit(200.0)
    ).write_csv(file)
    return file


def test_net_totals_that_reports_contradict_are_told(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nets near the reports pass without a word; a hundred thousand more is named, with both numbers in the report."""
    report = tmp_path / "r.csv"
    words = ("--method", "bayes", *ANCHOR, "--out", tmp_path / "f.csv", "--report", report)
    sizes = pl.read_csv(reports)["persons"].sum()
    assert _run(reports, *words, "--net", _nets(reports, tmp_path, 5.0 * sizes)) == 0
    assert "that the reports contradict: " in capsys.readouterr().err
    rows = pl.read_csv(report, infer_schema_length=None).filter(pl.col("parameter") == "net_total")
    assert rows.height == 15
    far = rows.filter(pl.col("status") == "conflict")
    assert {"C01", "C02"} <= set(far["area"])
    assert (far["gap_in_deviations"].abs() > 3).all()
    expected = (rows["net"] - rows["net_by_reports"]) / (
        rows["net_by_reports_deviation"] ** 2 + 200.0**2
    ).sqrt()
    assert rows["gap_in_deviations"].to_list() == pytest.approx(expected.to_list())


def test_net_totals_that_agree_are_no_conflict(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Net totals as the truth has them: no warning, and every row says that both agree."""
    report, true = (
        tmp_path / "r.csv",
        make_world(5, 3, spread=0.1, poisson=True).truth.rename({"truth": "persons"}),
    )
    came, went = (
        true.group_by("year", area=name).agg(pl.col("persons").sum()) for name in ("destination", "origin")
    )
    net = came.join(went, on=["area", "year"], suffix="_out").with_columns(standard_error=pl.lit(100.0))
    net.select("area", "year", "standard_error", net=pl.col("persons") - pl.col("persons_out")).write_csv(
        tmp_path / "net.csv"
    )
    words = ("--method", "bayes", *ANCHOR, "--out", tmp_path / "f.csv", "--report", report)
    assert _run(reports, *words, "--net", tmp_path / "net.csv") == 0
    assert "contradict" not in capsys.readouterr().err
    rows = pl.read_csv(report, infer_schema_length=None).filter(pl.col("parameter") == "net_total")
    assert set(rows["status"]) == {"agrees"}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("minimum_stay_months", 365, "in days"),
        ("persons", 1e-6, "of a person"),
        ("minimum_stay_months", -1, "can be used"),
    ],
)
def test_units_that_cannot_be_are_refused(
    column: str, value: float, said: str, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days for months, millions for persons: input that is wrong in itself."""
    first = pl.int_range(pl.len()) == 0
    pl.read_csv(reports).with_columns(
        pl.when(first).then(value).otherwise(pl.col(column).cast(pl.Float64)).alias(column)
    ).write_csv(reports)
    assert _run(reports, *ANCHOR) == 3
    assert said in capsys.readouterr().err

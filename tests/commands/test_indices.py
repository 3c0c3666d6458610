"""`guzar indices`: sums of areas beside the indices; what is read is never written over."""

from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main


def _run(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["indices", "flows.csv", "--population", "people.csv", *words])
    return int(stopped.value.code or 0)


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three areas, one of which nobody leaves or reaches; distances."""
    monkeypatch.chdir(tmp_path)
    Path("flows.csv").write_text("origin,destination,persons\nA,B,7\nB,A,2\nA,A,50\n", encoding="utf-8")
    Path("people.csv").write_text("area,population\nA,100\nB,200\nC,300\n", encoding="utf-8")
    pairs = [f"{i},{j},5" for i in "ABC" for j in "ABC" if i != j]
    Path("far.csv").write_text("\n".join(["origin,destination,distance_km", *pairs]), encoding="utf-8")


def test_sums_of_areas_are_written_beside_the_indices() -> None:
    """By hand: 7 go and 2 come back, who stays in an area is not counted, and C has zeros and not nothing."""
    assert _run("--sums", "sums.csv", "--out", "indices.csv") == 0
    sums = pl.read_csv("sums.csv")
    assert sums.rows() == [("A", 7.0, 2.0, 9.0, -5.0), ("B", 2.0, 7.0, 9.0, 5.0), ("C", 0.0, 0.0, 0.0, 0.0)]
    assert sums.columns == ["area", "departures", "arrivals", "turnover", "net"]


@pytest.mark.parametrize("option", ["--out", "--sums"])
def test_distances_are_not_written_over(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The file of distances is read like the others."""
    before = Path("far.csv").read_text(encoding="utf-8")
    assert _run("--distance", "far.csv", option, "far.csv") == 2
    assert "far.csv would be written over" in capsys.readouterr().err
    assert Path("far.csv").read_text(encoding="utf-8") == before

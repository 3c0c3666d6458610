"""The measurement of linkage at a small size: nothing is moved by the links found, and a bad linkage is told."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
PEOPLE, SEED = 1500, 3


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    place = importlib.util.spec_from_file_location("measure_linkage", ROOT / "tools" / "measure_linkage.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    sys.modules["measure_linkage"] = module
    place.loader.exec_module(module)
    return module


def test_a_small_country_keeps_what_is_promised(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "LEAST_FLOW", 100)
    assert tool.measure_country(tmp_path / "country", PEOPLE, SEED) == []
    told = capsys.readouterr().out
    for row in (
        "| all |",
        "| citizenship | QMA |",
        "| sex | F |",
        "| script | differ |",
        "| net migration, 2021 |",
    ):
        assert row in told


def test_links_that_are_wrong_are_told(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every second person is taken for the one before, or every record for a person of its own."""
    monkeypatch.setattr(tool, "LEAST_FLOW", 50)
    place = tmp_path / "country"
    _, truth = tool.make_records(place, 1000, SEED)
    crossings = pl.read_parquet(place / "made" / "deliveries" / "crossings" / "*.parquet").select(
        "record_id", "crossing_date", "direction", "port"
    )
    true = tool.count_flows(crossings, truth, place)
    merged = truth.with_columns(pl.col("person_id") // 2)
    broken = tool.print_bias(tool.count_flows(crossings, merged, place), true)
    assert any(line.startswith("entries followed by an entry") for line in broken)
    alone = truth.select("record_id", person_id=pl.int_range(truth.height))
    broken = tool.print_bias(tool.count_flows(crossings, alone, place), true)
    assert any(line.startswith("immigrations, all years") for line in broken)
    quality = tool.quality_of_links(alone, truth)
    run = tool.Run({}, alone, tool.MOST_SECONDS + 1.0, tool.MOST_BYTES + 1)
    assert [line.split()[0] for line in tool.check_run(run, quality)] == ["recall", "precision", "181", "6.0"]
    assert "gross flow" in capsys.readouterr().out

"""`guzar residence --missing impute --self-test`: a table of totals, and a text that says what passed and what it means."""

from pathlib import Path

import polars as pl
import pytest
from tests.house.canaries import say
from tests.journey.test_imputing import OBSERVED, crossings

from guzar.define.tables.missing_exits import ImputationSelfTest
from guzar.errors import SettingsInvalid

__all__ = ["crossings"]
TRY = (*OBSERVED, "--missing", "impute", "--self-test")


def test_the_self_test_is_read_aloud_and_written(crossings: Path, tmp_path: Path) -> None:
    """One row per test, block, measure and year; nothing of a person or a port; exit 0 whatever failed."""
    out = tmp_path / "self_test.csv"
    said = say("residence", crossings, *TRY, "--draws", "5", "--report", out)
    assert said[0] == 0, said[1]
    table = pl.read_csv(out)
    assert table.columns == ImputationSelfTest.column_names()
    assert set(table["self_test"]) == {"exits_at_random", "port_months", "outages", "gaps", "diagnostics"}
    assert [path.name for path in tmp_path.iterdir()] == ["self_test.csv"]
    written = out.read_text(encoding="utf-8")
    assert "p000" not in written
    assert "AIR" not in written
    beyond = table.filter(pl.col("tested_measure") == "stays_beyond_recorded_permission")
    assert beyond.height > 10
    assert beyond["known"].null_count() == beyond["estimated"].null_count() == beyond.height  # always a range
    assert (beyond["lower"] < beyond["upper"]).any()
    assert "one in ten deleted" in said[1]
    assert "Not tried: own citizens." in said[1]
    assert "(A1)" in said[1]


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "o.csv"),
        ("--base-stock", "b.csv"),
        ("--open-borders", "OPEN1"),
        ("--view", "origin", "--own-citizens", "KGZ"),
        ("--draws", "2"),
        ("--own-citizens", "XYZ"),
    ],
)
def test_what_the_self_test_has_no_use_for_is_refused(crossings: Path, words: tuple[str, ...]) -> None:
    """Options of other runs, too few draws, own citizens whom nobody saw."""
    assert say("residence", crossings, *TRY, *words)[0] == SettingsInvalid.exit_code

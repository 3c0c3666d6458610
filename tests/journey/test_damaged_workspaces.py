"""A damaged workspace answers nothing: an older edition never stands in for a newer one that was lost."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from tests.analyse.made_up_stocks import observe

from guzar.cli import main
from guzar.errors import TableInvalid
from guzar.journey import load_observations
from guzar.store import Workspace, open_workspace

EDITIONS = {"2022-05-10": 10.0, "2023-05-10": 20.0}
ASKED = ["figures", "--indicator", "remittances_paid_usd", "--area", "KGZ", "--workspace"]


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """Two editions, collected and processed."""
    held = open_workspace(tmp_path / "w", create=True)
    for edition, value in EDITIONS.items():
        paid = observe(("wb_remittances_paid", "KGZ", "_T", "_Z", "2020", value), edition=edition)
        held.add(
            "collect", "published", source="world_bank", edition=edition, checksum=edition[3] * 64,
            frames={"published_observations": paid}, receipt={"received": edition},
        )  # fmt: skip
    assert load_observations(held).height == 2
    return held


@pytest.mark.parametrize("room", ["collect/published", "process/observations"])
def test_an_edition_without_its_receipt_is_refused(
    place: Workspace, room: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its folder is named, and no older edition is shown as the newest."""
    (lost,) = place.path.glob(f"data/{room}/world_bank/2023-05-10/*/receipt.json")
    lost.unlink()
    with pytest.raises(SystemExit) as stopped:
        main([*ASKED, str(place.path)])
    assert stopped.value.code == 3
    assert lost.relative_to(place.path).as_posix() in capsys.readouterr().err


def test_a_table_with_other_values_is_refused(place: Workspace) -> None:
    """A table that can be read, but is not the one that was written, gives no figure."""
    (table,) = place.path.glob("data/process/observations/world_bank/2023-05-10/*/observations.parquet")
    pl.read_parquet(table).with_columns(pl.col("value") * 2).write_parquet(table)
    with pytest.raises(TableInvalid, match="damaged"):
        load_observations(place)
    with pytest.raises(TableInvalid, match="damaged"):
        place.read("process", "observations")


def test_a_folder_taken_away_whole_is_made_anew(place: Workspace) -> None:
    """What guzar advises helps: the processed folder is made again from what was collected."""
    (folder,) = place.path.glob("data/process/observations/world_bank/2023-05-10/*")
    shutil.rmtree(folder)
    assert load_observations(place)["value"].sort().to_list() == [10.0, 20.0]

"""A plan of an erasure is an order to replace and remove files: from a workspace of strangers none is taken to touch others."""

import json
from pathlib import Path

import pytest

from guzar.errors import TableInvalid
from guzar.store.erasures import (
    FORGETTING,
    PLAN,
    ErasurePlan,
    begin_erasure,
    carry_out,
    finish_erasure,
    is_erasure_under_way,
)


def planted(place: Path, **told: object) -> None:
    """A plan as somebody else may have put it there."""
    folder = begin_erasure(place)
    (folder / "0001-new").write_text("new")
    (folder / PLAN).write_text(json.dumps({"moves": [], "removals": [], "notes": [], **told}))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "work" / "data").mkdir(parents=True)
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "file").write_text("theirs")
    return tmp_path / "work"


@pytest.mark.parametrize(
    "told",
    [
        {"removals": ["../others"]},
        {"removals": ["data/../../others/file"]},
        {"removals": ["{others}"]},
        {"removals": ["."]},
        {"removals": ["link"]},
        {"moves": [["0001-new", "{others}"]]},
        {"moves": [["0001-new", "../others/file"]]},
        {"moves": [["../../others/file", "data/taken"]]},
        {"moves": [["0001-new", "{others}/file"]], "folder": [1, 2]},
    ],
    ids=json.dumps,
)
def test_a_plan_of_strangers_touches_nothing_outside(place: Path, told: dict[str, object]) -> None:
    others = place.parent / "others"
    (place / "link").symlink_to(others)
    planted(place, **json.loads(json.dumps(told).replace("{others}", str(others))))
    with pytest.raises(TableInvalid, match="outside the workspace"):
        finish_erasure(place)
    assert (others / "file").read_text() == "theirs"
    assert (place / "data").is_dir()
    assert is_erasure_under_way(place)


def test_a_plan_within_the_workspace_is_carried_out_wherever_it_came_from(place: Path) -> None:
    (place / "data" / "old").write_text("old")
    planted(place, moves=[["0001-new", "data/table"]], removals=["data/old"])
    assert finish_erasure(place)
    assert (place / "data" / "table").read_text() == "new"
    assert not (place / "data" / "old").exists()
    assert not (place / FORGETTING).exists()


def test_files_beside_follow_a_plan_that_was_written_here(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = place.parent / "others" / "file"
    folder = begin_erasure(place)
    (folder / "0001-new").write_text("new")
    with monkeypatch.context() as patched:
        patched.setattr("guzar.store.erasures.finish_erasure", lambda _: False)  # the run is killed here
        carry_out(place, ErasurePlan([("0001-new", str(beside))]))
    assert beside.read_text() == "theirs"
    assert finish_erasure(place)
    assert beside.read_text() == "new"

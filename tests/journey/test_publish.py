"""Publishing: whole or not at all, never overwritten, the same content once."""

import json
import shutil

import polars as pl
import pytest
from typer.testing import CliRunner

from guzar import journey
from guzar.cli import application
from guzar.define.tables.figures import Observations
from guzar.define.tables.treaty_standings import TreatyStandings
from guzar.errors import ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.store import open_release, open_workspace

DATE = "2026-11-21"


def observation(value: float) -> pl.DataFrame:
    row = {
        "indicator": "migrant_stock",
        "area": "KGZ",
        "counterpart": "_T",
        "sex": "_T",
        "period": "2020",
        "year": 2020,
        "value": value,
        "unit": "persons",
        "definition": "un_stock_hosted",
        "source": "un_migrant_stock",
        "edition": "2020-12",
        "observation_status": "estimated",
        "last_observed": None,
        "missing_mark": None,
    }
    return Observations.validate(pl.DataFrame([row]), cast=True)


@pytest.fixture
def held(monkeypatch):
    """What a workspace holds, changed by a test with `held.append(...)`."""
    values = [observation(200_000)]
    for module in ("asking", "releasing"):
        monkeypatch.setattr(f"guzar.journey.{module}.load_observations", lambda _: values[-1])
    return values


@pytest.fixture
def workspace(tmp_path):
    return open_workspace(tmp_path / "work", create=True)


def test_a_release_stands_in_the_workspace_and_in_the_folder_asked_for(workspace, held, tmp_path):
    done = journey.publish_release(workspace, tmp_path / "out", date=DATE)
    [release] = workspace.releases()
    assert release.id == done.release == open_release(tmp_path / "out").id
    assert release.figures()["value"].to_list() == [200_000]
    assert done.is_new


def test_the_same_content_on_the_same_day_is_the_same_release(workspace, held, tmp_path):
    first = journey.publish_release(workspace, tmp_path / "out", date=DATE)
    again = journey.publish_release(workspace, tmp_path / "out", date=DATE)
    elsewhere = journey.publish_release(workspace, tmp_path / "elsewhere", date=DATE)
    assert first.release == again.release == elsewhere.release
    assert (again.is_new, elsewhere.is_new) == (False, True)
    assert len(workspace.releases()) == 1


def test_other_content_is_another_release_and_never_takes_the_place_of_the_first(workspace, held, tmp_path):
    first = journey.publish_release(workspace, tmp_path / "out", date=DATE)
    held.append(observation(200_001))
    with pytest.raises(SettingsInvalid, match="never overwritten"):
        journey.publish_release(workspace, tmp_path / "out", date=DATE)
    second = journey.publish_release(workspace, tmp_path / "second", date=DATE)
    assert second.release != first.release
    assert open_release(tmp_path / "out").figures()["value"].to_list() == [200_000]
    assert len(workspace.releases()) == 2


def test_one_id_never_stands_for_two_records(workspace, held, tmp_path):
    """The same figures from a workspace and from what ships: the records name other files, so the ids differ."""
    made = [
        journey.publish_release(place, tmp_path / str(place is None), date=DATE)
        for place in (workspace, None)
    ]
    records = [open_release(one.folder).record for one in made]
    assert records[0]["made_from"] != records[1]["made_from"]
    assert made[0].release != made[1].release


def test_a_folder_with_other_files_is_left_alone(workspace, held, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("mine")
    with pytest.raises(SettingsInvalid):
        journey.publish_release(workspace, tmp_path / "out", date=DATE)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.docx"]


def test_a_crash_in_the_middle_leaves_nothing_behind(workspace, held, tmp_path, monkeypatch):
    def full_disk(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("guzar.share.editions.pack_release", full_disk)
    for place in (workspace, None):
        with pytest.raises(OSError, match="no space"):
            journey.publish_release(place, tmp_path / "out", date=DATE)
    assert workspace.releases() == []
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_a_damaged_release_is_not_copied(workspace, held, tmp_path):
    done = journey.publish_release(workspace, tmp_path / "out", date=DATE)
    (workspace.release_folder(done.release) / "LICENCE.md").write_text("public domain")
    with pytest.raises(TableInvalid, match=r"LICENCE\.md"):
        journey.publish_release(workspace, tmp_path / "again", date=DATE)
    assert not (tmp_path / "again").exists()


def test_an_unknown_source_is_refused_with_exit_4(held, tmp_path):
    held.append(observation(1).with_columns(source=pl.lit("hearsay")))
    with pytest.raises(ReleaseRefused) as refused:
        journey.publish_release(None, tmp_path / "out", date=DATE)
    assert refused.value.exit_code == 4
    assert not (tmp_path / "out").exists()


def test_tables_beside_the_figures_are_released_with_their_declaration(held, tmp_path):
    done = journey.publish_release(
        None, tmp_path / "out", date=DATE, extra={"stocks": (Observations, observation(7))}
    )
    assert done.tables == {"stocks": 1}
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    [resource] = [one for one in package["resources"] if one["path"] == "tables/stocks.csv"]
    assert [field["name"] for field in resource["schema"]["fields"]] == Observations.column_names()


def run(*arguments: str):
    return CliRunner().invoke(application(), list(arguments))


def test_the_command_says_what_it_published(held, tmp_path):
    out = tmp_path / "out"
    told = json.loads(run("publish", "--out", str(out), "--date", DATE, "--json").stdout)
    assert told["release"] == open_release(out).id
    assert told["dataflows"] == {"migrant_stocks": 1}
    assert "already; nothing added" in run("publish", "--out", str(out), "--date", DATE).stdout
    shutil.rmtree(out)
    with pytest.raises(SettingsInvalid, match="is not a date"):
        raise run("publish", "--out", str(out), "--date", "21.11.2026").exception
    assert not out.exists()


def test_treaties_alone_make_no_release(tmp_path):
    """The refusal says so, and does not ask for a source that was collected already."""
    nothing = Observations.create_empty()
    treaties = {"treaty_standings": (TreatyStandings, TreatyStandings.create_empty())}
    with pytest.raises(ReleaseRefused, match="treaties only"):
        journey.publication.publish_figures(nothing, None, tmp_path / "out", date=DATE, extra=treaties)


def test_a_release_is_published_by_whom_the_settings_declare(workspace, held, tmp_path):
    """Nobody where the figures came from others; whom guzar.toml names; guzar itself without a workspace."""
    assert journey.publish_release(workspace, None, date=DATE).publisher is None
    settings = workspace.path / "guzar.toml"
    settings.write_text(f'{settings.read_text()}\n[publisher]\nname_ru = "Комитет"\n', encoding="utf-8")
    done = journey.publish_release(workspace, None, date=DATE)
    assert done.publisher is not None
    assert done.publisher.name("en") == "Комитет"
    assert open_release(done.folder).record["publisher"] == {"name_en": "Комитет", "name_ru": "Комитет"}
    without = journey.publish_release(None, tmp_path / "out", date=DATE)
    assert without.publisher is not None
    assert without.publisher.name("en") == "The guzar developers"
    settings.write_text('format = 2\npublisher = "Комитет"\n', encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="publisher"):
        journey.publish_release(workspace, None, date=DATE)

"""`guzar workspace export --released`: what may stand on a machine that faces everybody, and nothing else."""

import re
import tarfile
from pathlib import Path

import pytest
from tests.commands.test_changes import run
from tests.share.sdmx.service.running import running
from tests.share.sdmx.service.test_protected_tables import BY_AGE, BY_SEX, DECLARED

from guzar.define.definitions import definitions, find_definition, indicators
from guzar.define.sources import sources
from guzar.journey.comparing import find_release

SECRET = 'borders = "postgresql://registrar@inside.example/register"'
OUTSIDE = re.compile(r"guzar-backup\.json|guzar\.toml|data/ledger\.jsonl|data/share/(releases|published)/.+")


def forget_own_definitions() -> None:
    """As in another run of guzar, on another machine."""
    for known in (definitions, indicators, sources):
        known.cache_clear()


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an own table, protected tables, an address of a database, and what somebody put there."""
    place = tmp_path_factory.mktemp("inside")
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "own-table.md").read_text(encoding="utf-8")
    for kind, name in (("csv", "permits.csv"), ("toml", "permits.toml")):
        found = re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)
        assert found
        (place / name).write_text(found.group(1), encoding="utf-8")
    workspace = place / "work"
    workspace.mkdir()
    (workspace / "guzar.toml").write_text(f"{DECLARED}\n[databases]\n{SECRET}\n", encoding="utf-8")
    for name, rows in (("by_sex", BY_SEX), ("by_age", BY_AGE)):
        (place / f"{name}.csv").write_text(rows, encoding="utf-8")
    there = ("--workspace", workspace, "--quiet")
    tables = (place / "by_sex.csv", place / "by_age.csv")
    assert run("protect", *tables, "--edition", "2026-01-15", *there) == 0
    assert (
        run("collect", "own_table", place / "permits.csv", "--mapping", place / "permits.toml", *there) == 0
    )
    assert run("publish", *there) == 0
    forget_own_definitions()
    assert list((workspace / "data" / "share" / "audits").glob("*.json"))
    [release] = (workspace / "data" / "share" / "releases").iterdir()
    (release / "note.txt").write_text("told by telephone", encoding="utf-8")
    return workspace


def test_only_what_was_released_goes_along(work: Path, tmp_path: Path) -> None:
    archive = tmp_path / "released.tar.gz"
    assert run("workspace", "export", work, "--released", "--out", archive, "--quiet") == 0
    with tarfile.open(archive) as packed:
        names = packed.getnames()
        settings = packed.extractfile("guzar.toml")
        assert settings is not None
        assert SECRET.encode() not in settings.read()
    assert [name for name in names if not OUTSIDE.fullmatch(name)] == []
    assert not [name for name in names if name.endswith("note.txt")]
    assert any(name.endswith("index.sqlite") for name in names)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["released.tar.gz"]


def test_it_is_served_where_the_workspace_is_not(work: Path, tmp_path: Path) -> None:
    """Definitions of own tables stand in the release; nothing of the workspace is needed."""
    archive, outside = tmp_path / "released.zip", tmp_path / "outside"
    assert run("workspace", "export", work, "--released", "--out", archive, "--quiet") == 0
    assert run("workspace", "restore", archive, "--out", outside, "--quiet") == 0
    assert run("workspace", "check", outside, "--quiet") == 0
    with running(outside) as server:
        for flow in ("INDICATORS", "BY_SEX", "BY_AGE"):
            status, _, body = server.get(f"/sdmx/v2/data/dataflow/GUZAR/{flow}/*?format=csv&labels=both")
            assert status == 200, body
        assert (
            b"work_permits_in_force" in server.get("/sdmx/v2/data/dataflow/GUZAR/INDICATORS/*?format=csv")[2]
        )
    forget_own_definitions()
    [release] = (outside / "data" / "share" / "releases").iterdir()
    find_release(str(release), None)
    assert find_definition("example_permits_in_force").unit == "permits"
    forget_own_definitions()


def test_a_workspace_without_a_publication_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "guzar.toml").write_text("format = 2\n", encoding="utf-8")
    assert run("workspace", "export", tmp_path / "work", "--released", "--out", tmp_path / "out.zip") == 2
    assert "guzar publish" in capsys.readouterr().err
    assert not (tmp_path / "out.zip").exists()


def test_a_link_among_what_was_released_is_refused(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may name a register."""
    [release] = (work / "data" / "share" / "releases").iterdir()
    link = release / "more.csv"
    link.symlink_to(work / "guzar.toml")
    try:
        assert run("workspace", "export", work, "--released", "--out", tmp_path / "out.zip") == 3
    finally:
        link.unlink()
    assert "more.csv" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

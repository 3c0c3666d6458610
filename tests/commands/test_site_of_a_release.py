"""`guzar site --release`: pages of a release that was published before, so that they belong to what a service serves."""

import re
from pathlib import Path

import pytest
from tests.commands.test_changes import place, run

from guzar.define.definitions import definitions, indicators
from guzar.define.sources import sources
from guzar.share.sdmx.service.publication import release_of_site

__all__ = ["place"]  # a fixture: a workspace with two releases


def test_the_site_is_of_the_release_that_is_named(place: Path) -> None:
    older, newer = sorted(path.name for path in (place / "work" / "data" / "share" / "releases").iterdir())
    words = ["site", "--workspace", place / "work", "--out", place / "site", "--quiet"]
    assert run(*words, "--release", older) == 0
    assert release_of_site(place / "site") == older
    assert run(*words, "--release", place / "two") == 0
    assert release_of_site(place / "site") == newer
    assert sorted(path.name for path in (place / "work" / "data" / "share" / "releases").iterdir()) == [older, newer]  # fmt: skip


def test_a_release_of_an_own_table_is_shown_in_its_own_words(tmp_path: Path) -> None:
    """Each command in a run of its own, as on the page about own tables: the definition stands in the workspace."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "own-table.md").read_text(encoding="utf-8")
    for kind, name in (("csv", "permits.csv"), ("toml", "permits.toml")):
        found = re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)
        assert found
        (tmp_path / name).write_text(found.group(1), encoding="utf-8")
    work = ("--workspace", tmp_path / "work", "--quiet")
    table = (tmp_path / "permits.csv", "--mapping", tmp_path / "permits.toml")
    for words in (
        ("collect", "own_table", *table, *work),
        ("publish", "--out", tmp_path / "release", *work),
        ("site", "--release", tmp_path / "release", "--out", tmp_path / "site", *work),
    ):
        for known in (definitions, indicators, sources):
            known.cache_clear()
        assert run(*words) == 0
    assert (tmp_path / "site" / "en" / "data" / "work_permits_in_force.html").is_file()


def test_a_release_that_is_not_there_is_refused(
    place: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [
        "site",
        "--workspace",
        place / "work",
        "--release",
        "guzar-x",
        "--out",
        place / "site",
        "--lang",
        "en",
    ]
    assert run(*words) in (2, 3)
    assert "holds no release guzar-x" in capsys.readouterr().err
    assert not (place / "site").exists()


@pytest.mark.parametrize("record", ["", "{", "[]", '{"release": "guzar-x"}'])
def test_a_release_whose_record_was_spoilt_is_refused(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "release.json").write_text(record, encoding="utf-8")
    assert run("site", "--release", tmp_path / "release", "--out", tmp_path / "site") == 3
    assert capsys.readouterr().err.startswith("guzar: The record of the release cannot be read.")
    assert not (tmp_path / "site").exists()

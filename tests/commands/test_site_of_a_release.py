"""`guzar site --release`: pages of a release that was published before, so that they belong to what a service serves."""

from pathlib import Path

import pytest
from tests.commands.test_changes import place, run

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

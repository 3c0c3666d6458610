"""The shipped figures, released and written as a site once for all tests of pages: it takes a while."""

from pathlib import Path

import pytest

from guzar import journey
from guzar.use.observatory.published import Published, load_release
from guzar.use.observatory.site import write_site

DAY = "2026-01-02"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The shipped figures with the tables beside them, released as `guzar demo` releases them."""
    folder = tmp_path_factory.mktemp("shipped") / "release"
    journey.publish_release(None, folder, date=DAY, extra=journey.load_release_tables(None, as_of=DAY))
    return load_release(folder)


@pytest.fixture(scope="session")
def shipped_site(shipped: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the shipped figures. Nobody may write into it."""
    out = tmp_path_factory.mktemp("shipped-site")
    write_site(shipped, out)
    return out

"""The shipped figures, released, made into pages and written as a site once for all tests of pages: it takes a
while.
"""

from functools import cache
from pathlib import Path

import pytest
from tests.use.observatory.sites import MakePages, made_up_release

from guzar import journey
from guzar.use.observatory.content import Page
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.published import Published, load_release
from guzar.use.observatory.site import all_pages, write_site
from guzar.use.observatory.words import Words

DAY = "2026-01-02"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The shipped figures with the tables beside them, released as `guzar demo` releases them."""
    folder = tmp_path_factory.mktemp("shipped") / "release"
    journey.publish_release(None, folder, date=DAY, extra=journey.load_release_tables(None, as_of=DAY))
    return load_release(folder)


@pytest.fixture(scope="session")
def shipped_pages(shipped: Published) -> MakePages:
    """Every page of the shipped figures, by language. A page is frozen: whoever asks again gets the same pages."""

    @cache
    def make(lang: Language) -> list[Page]:
        return all_pages(shipped, Words(lang))

    return make


@pytest.fixture(scope="session")
def made_up_pages() -> MakePages:
    """Every page of the made-up release, by language."""

    @cache
    def make(lang: Language) -> list[Page]:
        return all_pages(made_up_release(), Words(lang))

    return make


@pytest.fixture(scope="session")
def shipped_site(
    shipped: Published, shipped_pages: MakePages, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The site of the shipped figures: the pages above, written. Nobody may write into it."""
    out = tmp_path_factory.mktemp("shipped-site")
    with pytest.MonkeyPatch.context() as once:
        once.setattr("guzar.use.observatory.site.all_pages", lambda _, say: shipped_pages(say.lang))
        write_site(shipped, out)
    return out

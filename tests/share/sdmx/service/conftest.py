"""Two small releases of shipped figures, and the service as a process of its own that serves the first of them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.share.sdmx.service.asking import Server
from tests.share.sdmx.service.running import running

from guzar import journey
from guzar.journey.serving import publish_for_service
from guzar.store import open_release, open_workspace
from guzar.store.publications import publications_folder

OLD_DATE, NEW_DATE = "2026-11-22", "2026-11-23"


@dataclass(frozen=True)
class Prepared:
    """A workspace that holds both releases and serves the old one; and the folder of what is published of the new one."""

    workspace: Path
    old: str
    new: str
    published_new: Path


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("served")
    workspace = open_workspace(folder / "work", create=True)
    shipped = journey.load_observations(None).filter(pl.col("indicator") == "migrant_stock")
    ids = []
    for date, more in ((OLD_DATE, 0), (NEW_DATE, 1)):
        with pytest.MonkeyPatch.context() as patch:
            figures = shipped.with_columns(pl.col("value") + more)
            patch.setattr("guzar.journey.releasing.load_observations", lambda _, figures=figures: figures)
            ids.append(journey.publish_release(workspace, None, date=date).release)
    old, new = ids
    published = publications_folder(workspace)
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    made = publish_for_service(workspace, open_release(workspace.release_folder(new)), at=at)
    shutil.move(made.folder, folder / "new")
    shutil.rmtree(published)
    publish_for_service(workspace, open_release(workspace.release_folder(old)), at=at)
    return Prepared(workspace.path, old, new, folder / "new")


@pytest.fixture
def workspace(prepared: Prepared, tmp_path: Path) -> Path:
    """A copy of the workspace, for one test."""
    shutil.copytree(prepared.workspace, tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def server(workspace: Path) -> Iterator[Server]:
    with running(workspace) as started:
        yield started


@pytest.fixture(scope="session")
def shared_server(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One service for all tests that leave it as it was."""
    place = tmp_path_factory.mktemp("shared") / "work"
    shutil.copytree(prepared.workspace, place)
    with running(place) as started:
        yield started

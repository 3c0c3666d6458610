"""A service in a process of its own: over a workspace, or over released figures together with the same in plain SQL."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import duckdb
import polars as pl
from tests.share.sdmx.plain_queries import open_rows
from tests.share.sdmx.service.asking import Server

from guzar import journey
from guzar.define.structures import subject_of
from guzar.journey.serving import publish_for_service
from guzar.store import open_release, open_workspace

PUBLISHED_AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
SECONDS_TO_END = 20


class running:  # noqa: N801 - used as a word: with running(...)
    """The service of a workspace, started and at the end stopped."""

    def __init__(self, workspace: Path, *options: str) -> None:
        self._workspace, self._options = workspace, options

    def __enter__(self) -> Server:
        command = [sys.executable, "-m", "guzar", "serve", "--workspace", str(self._workspace)]
        log = (self._workspace.parent / "log").open("wb")
        self._process = subprocess.Popen(
            [*command, "--port", "0", "--rate", "0", *self._options], stdout=subprocess.PIPE, stderr=log
        )
        log.close()
        assert self._process.stdout is not None
        found = re.search(rb":(\d+)\n", self._process.stdout.readline())
        assert found, (self._workspace.parent / "log").read_text(encoding="utf-8")
        return Server(int(found[1]), self._process, self._workspace, self._workspace.parent / "log")

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(SECONDS_TO_END)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()


@dataclass(frozen=True)
class Released:
    """A running service, and the released Parquet that it should tell, as rows of plain SQL."""

    server: Server
    figures: pl.DataFrame
    rows: duckdb.DuckDBPyConnection

    @property
    def address(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.server.port}"

    def of(self, flow: str) -> pl.DataFrame:
        """The figures of one dataflow."""
        return self.figures.filter(pl.col("indicator").is_in(list(self.indicators[flow])))

    @property
    def indicators(self) -> dict[str, tuple[str, ...]]:
        """The indicators of each dataflow that has rows."""
        found: dict[str, list[str]] = {}
        for one in sorted(self.figures["indicator"].unique()):
            found.setdefault(subject_of(one).id, []).append(one)
        return {flow: tuple(held) for flow, held in sorted(found.items())}


@contextmanager
def serve_released(folder: Path, areas: tuple[str, ...] = ()) -> Iterator[Released]:
    """The shipped figures (of some areas only, where they are named), released, published and served on a free port."""
    place = open_workspace(folder / "work", create=True)
    held = journey.load_observations(None)
    if areas:
        held = held.filter(pl.col("area").is_in(areas))
    with patch("guzar.journey.releasing.load_observations", lambda _: held):
        done = journey.publish_release(place, None, date=PUBLISHED_AT.date().isoformat())
    release = open_release(place.release_folder(done.release))
    publish_for_service(place, release, at=PUBLISHED_AT)
    [parquet] = release.folder.rglob("*.parquet")
    with running(place.path) as server:
        yield Released(server, pl.read_parquet(parquet), open_rows(parquet))

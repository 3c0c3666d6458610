"""Fixtures that every room's tests share, and the rule that CI skips nothing but what needs `../shared`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from guzar.define.definitions import definitions, indicators
from guzar.define.sources import sources

# A step that costs milliseconds may cost a second on a machine that is busy.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

SHARED = Path(__file__).resolve().parents[2] / "shared"
SHARED_ABSENT = "../shared absent"

# Rooms in the order of the journey, so that the cause of a failure shows before its consequences.
ORDER = (
    "house",
    "define",
    "store",
    "collect",
    "engines",
    "process",
    "analyse",
    "protect",
    "share",
    "golden",
    "use",
    "journey",
    "commands",
)


# Pages of the shipped figures take a minute to make: all their tests run in one process, which makes them once.
TOGETHER = "tests/use/observatory/"
APART = "test_thin_sites.py"


class WholeFiles(LoadFileScheduling):
    """Whole files to each process, as `--dist loadfile` does, and those that share pages to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TOGETHER if file.startswith(TOGETHER) and not file.endswith(APART) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """How tests are dealt out to processes."""
    return WholeFiles(config, log)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data and reference outputs; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(SHARED_ABSENT)
    return SHARED


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests read English messages whatever the machine's locale is."""
    monkeypatch.setenv("GUZAR_LANG", "en")


@pytest.fixture(autouse=True)
def only_shipped_definitions() -> Iterator[None]:
    """A workspace's own sources and definitions are known for one run of guzar: a test is one run."""
    yield
    for known in (definitions, indicators, sources):
        known.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run quick rooms first; the offline bundle and the browser, which take minutes, last."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        rooms = [part for part in Path(item.fspath).parts if part in ORDER]
        is_slow = item.get_closest_marker("browser") is not None or Path(item.fspath).name == "test_bundle.py"
        return is_slow, ORDER.index(rooms[-1]) if rooms else len(ORDER)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """In CI a skip for any reason but an absent `../shared` is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if SHARED_ABSENT not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped in CI: {reason}"
    return report

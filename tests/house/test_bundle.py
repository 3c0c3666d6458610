"""The offline bundle: it installs and works where there is no network; its Windows half is complete."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).parents[2]
NO_NAMESPACE = "needs unshare (util-linux) with permission to make a network namespace"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked bundle for both platforms."""
    place = tmp_path_factory.mktemp("bundle")
    subprocess.run(
        [sys.executable, "tools/make_bundle.py", "--out", str(place)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    archive = next(place.glob("guzar-*-offline-both.zip"))
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place / "unpacked")
    return place / "unpacked"


def _without_network(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "--map-root-user", "--net", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def guzar(bundle: Path) -> Callable[..., None]:
    """What `install.sh` makes in a namespace without any network, to be run there."""
    if shutil.which("unshare") is None or _without_network("true", folder=bundle).returncode:
        pytest.skip(NO_NAMESPACE)
    installed = _without_network("sh", "install.sh", folder=bundle)
    assert installed.returncode == 0, installed.stderr

    def run(*words: str) -> None:
        done = _without_network("guzar-venv/bin/guzar", *words, folder=bundle)
        assert done.returncode == 0, done.stderr

    return run


def test_a_table_becomes_a_site_without_a_network(bundle: Path, guzar: Callable[..., None]) -> None:
    """The table of the page on own tables, collected, released and shown: fonts, shapes and lists are in the bundle."""
    page = (ROOT / "docs" / "how-to" / "own-table.md").read_text(encoding="utf-8")
    for kind, name in (("csv", "permits.csv"), ("toml", "permits.toml")):
        found = re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)
        assert found
        (bundle / name).write_text(found.group(1), encoding="utf-8")
    guzar("collect", "own_table", "permits.csv", "--mapping", "permits.toml", "--workspace", "work")
    guzar("publish", "--workspace", "work", "--out", "release")
    guzar("site", "--workspace", "work", "--out", "site")
    assert (bundle / "site" / "index.html").is_file()
    assert len(list((bundle / "release").rglob("*.xlsx"))) > 0


def test_a_workbook_is_read_by_the_core_alone(bundle: Path, guzar: Callable[..., None]) -> None:
    """What only the tests' environment has is not there."""
    with xlsxwriter.Workbook(bundle / "claims.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(0, 0, ["id", "area", "indicator", "year", "value", "unit"])
        sheet.write_row(1, 0, ["1", "KGZ", "migrant_stock", 2020, 199011, "persons"])
    guzar("claims", "check", "claims.xlsx", "--out", "verdicts.csv")
    assert "agrees" in (bundle / "verdicts.csv").read_text(encoding="utf-8")


@pytest.mark.full  # a minute
def test_the_demo_runs_without_a_network(bundle: Path, guzar: Callable[..., None]) -> None:
    """All figures that ship, released and shown."""
    guzar("demo", "--people", "0", "--out", "demo")
    assert (bundle / "demo" / "site" / "index.html").is_file()


def test_the_windows_half_is_complete(bundle: Path, tmp_path: Path) -> None:
    """Every requirement of guzar on Windows is met by a wheel of the bundle, none of them by an index."""
    resolved = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--dry-run",
            "--no-index",
            "--find-links",
            str(bundle / "windows"),
            "--platform",
            "win_amd64",
            "--python-version",
            "3.11",
            "--only-binary",
            ":all:",
            "--target",
            str(tmp_path),
            "guzar",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert resolved.returncode == 0, resolved.stderr
    assert any(wheel.name.startswith("colorama") for wheel in (bundle / "windows").iterdir())
    assert b"--no-index" in (bundle / "install.bat").read_bytes()

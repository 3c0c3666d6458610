"""The offline bundle: it installs and works where there is no network; its Windows half is complete."""

import shutil
import subprocess
import sys
import zipfile
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


def test_the_bundle_installs_and_runs_the_demo_without_a_network(bundle: Path) -> None:
    """In a namespace without any network: install, then the whole demo."""
    if shutil.which("unshare") is None or _without_network("true", folder=bundle).returncode:
        pytest.skip(NO_NAMESPACE)
    installed = _without_network("sh", "install.sh", folder=bundle)
    assert installed.returncode == 0, installed.stderr
    shown = _without_network("guzar-venv/bin/guzar", "demo", "--people", "0", "--out", "demo", folder=bundle)
    assert shown.returncode == 0, shown.stderr
    assert (bundle / "demo" / "site" / "index.html").is_file()
    _require_a_workbook_can_be_read(bundle)


def _require_a_workbook_can_be_read(bundle: Path) -> None:
    """The core alone reads workbooks: what only the tests' environment has is not there."""
    with xlsxwriter.Workbook(bundle / "claims.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(0, 0, ["id", "area", "indicator", "year", "value", "unit"])
        sheet.write_row(1, 0, ["1", "KGZ", "migrant_stock", 2020, 199011, "persons"])
    checked = _without_network(
        "guzar-venv/bin/guzar", "claims", "check", "claims.xlsx", "--out", "verdicts.csv", folder=bundle
    )
    assert checked.returncode == 0, checked.stderr
    assert "agrees" in (bundle / "verdicts.csv").read_text(encoding="utf-8")


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

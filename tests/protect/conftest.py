"""What the tests of the door share."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
Checked = subprocess.CompletedProcess[str]


@pytest.fixture
def run_mypy(tmp_path: Path) -> Callable[[str], Checked]:
    """Type-check a few lines under the settings of the house."""

    def check(lines: str) -> Checked:
        snippet = tmp_path / "snippet.py"
        snippet.write_text(lines, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(snippet)]
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    return check

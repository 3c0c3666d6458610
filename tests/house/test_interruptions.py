"""Killed at a few random moments, a stage leaves nothing half-made, and its next run ends in the same tree.

Two moments for each of three stages; tools/measure_interruptions.py takes 50 for each of twelve.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("collect", "pseudonymise", "publish")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows neither fork nor SIGKILL")
def test_a_killed_stage_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    """In a process of its own, which forks before any library has begun threads."""
    words = [str(ROOT / "tools" / "measure_interruptions.py"), *STAGES, "--moments", "2", "--people", "300"]
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{2 * len(STAGES)} kills, 0 promises broken" in done.stdout

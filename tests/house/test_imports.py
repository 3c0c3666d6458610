"""Rooms keep to themselves: the import contracts hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# The checker sets up logging anew, which silences the loggers of all tests that follow: it runs by itself.
CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_import_contracts_hold() -> None:
    """No room imports another, and the ground floor imports no room."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

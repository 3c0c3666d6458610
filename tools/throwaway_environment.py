"""A package that is no dependency → a Python that has it, made for one run and thrown away with its folder."""

import importlib.util
import subprocess
import sys
from pathlib import Path

INSTALL_SECONDS = 300


def find_python(requirement: str, place: Path) -> str | None:
    """A Python that has a package (`duckdb`, `pytauargus==0.6.0`): this one, or one made in `place`; else none."""
    if importlib.util.find_spec(requirement.partition("==")[0]) is not None:
        return sys.executable
    home = place / "environment"
    python = str(home / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", requirement],
            check=True,
            capture_output=True,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return python

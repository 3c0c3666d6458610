"""Install the system packages that the tests need, or say how; never fails for want of root.

Tests that need a package skip with the printed line as their reason where it is missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "chromium": "chromium",
    "pdftoppm": "poppler-utils",
    "postgres": "postgresql",
    "java": "openjdk-17-jre-headless",
}


def _is_there(program: str) -> bool:
    """On the path, or where Debian keeps the programs of a PostgreSQL server."""
    return shutil.which(program) is not None or any(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))


def main() -> None:
    missing = [package for program, package in PACKAGES.items() if not _is_there(program)]
    if not missing:
        return
    line = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.stdout.write(f"Some tests will be skipped. To run them too: sudo {line}\n")
        return
    asks_nothing = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for each in ("apt-get update -qq", line):
        subprocess.run(each.split(), check=False, stdout=subprocess.DEVNULL, env=asks_nothing)


main()

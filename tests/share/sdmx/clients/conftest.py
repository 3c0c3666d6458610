"""One service over released figures of four areas, and what a client in its own process read from it."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.share.sdmx.service.running import Released, serve_released

HERE = Path(__file__).parent
SECONDS = 120
Told = dict[str, Any]


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    with serve_released(tmp_path_factory.mktemp("released"), ("KAZ", "KGZ", "TJK", "UZB")) as service:
        yield service


@pytest.fixture(scope="session")
def read_with(released: Released) -> Callable[[str], Told]:
    """What a script of this folder printed about the service; each runs once, in a process of its own."""

    @functools.cache
    def read(script: str) -> Told:
        command = [sys.executable, "-W", "ignore", str(HERE / f"{script}.py"), released.address]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told: Told = json.loads(done.stdout.splitlines()[-1])
        return told

    return read

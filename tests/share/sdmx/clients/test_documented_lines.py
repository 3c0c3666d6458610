"""The lines of docs/methods/sdmx-clients.md work: each block of Python is run against the service, by itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[4] / "docs" / "methods" / "sdmx-clients.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
HERE = [one for one in BLOCKS if "pandasdmx" not in one]  # that one is run by tools/measure_sdmx_clients.py
# What the last line of a block gives, and how many rows must come of it at least.
COUNTED = {
    "add_source": "assert len(sdmx.to_pandas(stocks)) > 100",
    "versions": "assert len(data.data[0].obs) > 100",
    "RegistryClient": "assert len(list(rows)) > 100",
}


def test_there_are_lines_for_every_client() -> None:
    assert len(BLOCKS) == 4
    assert len(HERE) == 3


@pytest.mark.parametrize("block", HERE, ids=[one.splitlines()[0][:40] for one in HERE])
def test_the_lines_work(released, block) -> None:
    [*_, count] = [counted for word, counted in COUNTED.items() if word in block]
    lines = block.replace("http://127.0.0.1:8000", released.address) + count
    first = "" if "import " in block else "import sdmx\n"  # the page says it once
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", first + lines],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]

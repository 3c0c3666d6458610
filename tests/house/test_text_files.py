"""What is committed says nothing about a machine, and nothing unfinished ships."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".toml", ".csv", ".po", ".html", ".css", ".js", ".json", ".txt", ""}
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|work|tmp|Users)/[\w./-]+")
UNFINISHED = re.compile(r"raise NotImplementedError|\bTODO\b|\bFIXME\b")


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    files = [ROOT / line for line in listed.splitlines()] or list((ROOT / "src").rglob("*"))
    return [
        file for file in files if file.is_file() and file.suffix in TEXT and file.stat().st_size < 400_000
    ]


def test_no_path_of_a_machine_is_committed() -> None:
    """Paths under a home or work folder belong to one machine only."""
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in _tracked()
        if file != Path(__file__)
        for match in MACHINE_PATH.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, "\n".join(found)


def test_nothing_unfinished_ships() -> None:
    """Shipped code holds no marker of work left to do."""
    found = [
        str(file.relative_to(ROOT))
        for file in _tracked()
        if file.suffix == ".py"
        and "src" in file.parts
        and UNFINISHED.search(file.read_text(encoding="utf-8"))
    ]
    assert not found

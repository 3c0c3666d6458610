"""The page of the whole road, from made-up crossings to a release: every line of it runs, in the order of the page."""

import re
import shlex
from pathlib import Path

import pytest

from guzar.cli import main
from guzar.journey.permission_rules import read_permission_rules

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "from-crossings-to-a-table.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _run(line: str) -> int:
    words = [
        name
        for word in shlex.split(line)[1:]
        for name in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
    ]
    with pytest.raises(SystemExit) as stopped:
        main(words)
    return int(stopped.value.code or 0)


def test_the_whole_road_can_be_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the page tells to type runs, what it tells to save is saved, and what it shows is said."""
    monkeypatch.chdir(tmp_path)
    said, shown, ran = "", [], 0
    for kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "toml":
            with Path("work", "guzar.toml").open("a", encoding="utf-8") as settings:
                settings.write("\n" + body)
        elif kind == "csv":
            Path("rules.csv").write_text(body, encoding="utf-8")
            assert len(read_permission_rules(Path("rules.csv")).rules) == 3
        elif kind == "sh":
            for line in body.splitlines():
                code = _run(line)
                told = capfd.readouterr()
                assert code == 0, f"{line}\n{told.err}"
                said, ran = said + told.out + told.err, ran + 1
        else:
            shown += body.splitlines()
    assert ran > 15
    assert len(shown) > 3
    assert [line for line in shown if line not in said] == []
    assert len(list(Path("release", "protected").glob("*.csv"))) == 2

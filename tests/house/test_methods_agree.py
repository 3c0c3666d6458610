"""Pages of methods say what the code does and what was measured, in the documents and on the site."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from guzar.analyse.combine import MODELLED_SHARE
from guzar.analyse.frozen_origins import TOLERANCE
from guzar.cli import main
from guzar.use.observatory.methods import frozen_mix

ROOT = Path(__file__).parents[2]
METHODS = sorted((ROOT / "docs" / "methods").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
FROZEN = (ROOT / "docs" / "methods" / "frozen-origin-mix.md").read_text(encoding="utf-8")


def _figures_commands() -> list[str]:
    texts = [block for page in METHODS for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [line for text in texts for line in text.splitlines() if line.startswith("guzar figures ")]


@pytest.mark.parametrize("line", _figures_commands())
def test_an_example_can_be_repeated(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of the pages of methods runs on the figures that ship, and prints the number beside it."""
    command, _, beside = line.partition("#")
    with pytest.raises(SystemExit) as stopped:
        main(shlex.split(command)[1:])
    said = capsys.readouterr()
    assert stopped.value.code == 0, said.err
    for number in re.findall(r"\d{1,3}(?:,\d{3})+", beside):
        assert number in said.out


def _whole(printed: str) -> int:
    return int(printed.replace(",", ""))


def _measured() -> dict[str, int]:
    """The distribution of deviations over the whole world, from the table that `make verify` writes."""
    text = (ROOT / "docs" / "acceptance" / "frozen-origins.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (?:([\d.]+)% to ([\d.]+)%|above ([\d.]+)%) \| ([\d,]+) \|$", text, re.MULTILINE)
    rows = [(float(low or above), float(high or "inf"), _whole(count)) for low, high, above, count in found]
    assert sum(count for *_, count in rows) == _whole(re.findall(r"([\d,]+) pairs of dates;", text)[0])

    def between(low: float, high: float) -> int:
        return sum(count for start, end, count in rows if start >= low and end <= high)

    inf = float("inf")
    return {
        "tested": between(0, inf),
        "close": between(0, 0.2),
        "below": between(0.2, 0.5),
        "above": between(0.5, 5),
        "far": between(5, inf),
    }


def test_the_site_quotes_the_measured_deviations() -> None:
    """What the page says about the world is what was measured last; so are the false alarms."""
    assert _measured() == frozen_mix.WORLD
    text = (ROOT / "docs" / "acceptance" / "frozen-origins.md").read_text(encoding="utf-8")
    [(wrong, tried)] = re.findall(r"([\d,]+) of ([\d,]+) such mixes are called frozen", text)
    assert (_whole(wrong), _whole(tried)) == (frozen_mix.SHUFFLED_FROZEN, frozen_mix.SHUFFLED)


def test_documents_and_site_name_the_same_thresholds() -> None:
    """The tolerance and the tenth of a sum are those of the code."""
    assert pytest.approx(100 * TOLERANCE) == frozen_mix.TOLERANCE_PERCENT
    assert f"{100 * TOLERANCE:g} %" in FROZEN
    assert pytest.approx(0.1) == MODELLED_SHARE
    assert "more than a tenth" in FROZEN


def test_every_dependency_has_its_reason_and_licence() -> None:
    """What `pyproject.toml` declares stands in the decision on dependencies, and nothing else does."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *declared["project"]["dependencies"],
        *(name for extra in declared["project"].get("optional-dependencies", {}).values() for name in extra),
        *declared["dependency-groups"]["tests"],
    ]
    names = {re.match(r"[\w.-]+", one)[0] for one in asked}  # type: ignore[index]
    page = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w.-]+) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    told = {name for name, reason, licence in rows if reason.strip() and licence.strip()} - {"package"}
    assert told == names

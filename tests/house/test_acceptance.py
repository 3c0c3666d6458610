"""Pages of the full-size acceptance: a person can read them, and they name no machine."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "acceptance").glob("*.md"))
OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|usr|mnt|Users)/|[A-Z]:\\")


def _tool(name: str) -> ModuleType:
    place = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    sys.modules[name] = module
    place.loader.exec_module(module)
    return module


def test_every_part_has_a_page_that_says_what_was_done_and_on_which_data() -> None:
    """Pages that stand are those of parts, and start with a heading, an account, the data and the result."""
    parts = {part.name: part for part in _tool("verify").PARTS}
    assert len(PAGES) >= 4
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        part = parts[page.stem]
        assert text.startswith(f"# {part.title}\n\n{part.what}\n\n- Data: {part.data}.\n")
        assert "- Result: passed" in text, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    """What is committed is the same wherever it was made."""
    assert OF_A_MACHINE.findall(page.read_text(encoding="utf-8")) == []


def test_a_page_is_written_without_the_paths_of_its_machine() -> None:
    """Also where the command printed some, and where it failed."""
    verify = _tool("verify")
    part = verify.PARTS[0]
    page = verify.write_page(part, f"{verify.ROOT}/docs | x", "FAILED (exit 1)", is_markdown=False)
    assert str(verify.ROOT.parent) not in page
    assert "- Result: FAILED (exit 1)" in page
    assert page.rstrip().endswith("```")


def test_cells_of_a_table_stay_cells() -> None:
    """A bar inside a cell, a missing value and a long number."""
    table = _tool("markdown_tables").as_table(
        ("a", "b"), [("x|y", None), (1234567, "two\nlines")], numbers=("b",)
    )
    assert table.splitlines() == [
        "| a | b |",
        "| --- | ---: |",
        "| x\\|y |  |",
        "| 1,234,567 | two lines |",
    ]

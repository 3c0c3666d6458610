"""Generated pages are what the declarations say today."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("name", ["data-dictionary.md", "glossary.md", "sources.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    """`make docs` was run after the last change of a declaration."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == _generated()[name]

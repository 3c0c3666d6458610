"""Rooms keep to themselves: the import contracts hold."""

from importlinter.cli import lint_imports


def test_import_contracts_hold() -> None:
    """No room imports another, and the ground floor imports no room."""
    assert lint_imports(no_cache=True) == 0

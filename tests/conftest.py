"""Fixtures that every room's tests share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data and reference outputs; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared absent")
    return SHARED

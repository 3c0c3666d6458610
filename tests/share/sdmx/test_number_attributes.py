"""Attributes that are numbers are compared as numbers."""

import pytest
from tests.share.sdmx.conftest import Shipped

from guzar.share.sdmx.data_paths import read_v2_data
from guzar.share.sdmx.rows import find_series, read_series


@pytest.mark.parametrize(("asked", "is_any"), [("gt:10", False), ("lt:10", True), ("eq:01", True)])
def test_decimals_are_numbers(shipped: Shipped, asked: str, is_any: bool) -> None:
    """No row has more than ten decimals; as texts, 2 would be more than 10."""
    query = read_v2_data(shipped.index.flows["ECONOMY"].flow, "", {"c[DECIMALS]": asked})
    assert any(True for _ in read_series(shipped.index, query, find_series(shipped.index, query))) is is_any

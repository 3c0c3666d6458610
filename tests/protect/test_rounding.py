"""Controlled rounding: sums hold, and every cell stays near."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.errors import MethodNotApplicable
from guzar.protect.linked_cells import link_cells
from guzar.protect.rounding import round_cells


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=24, max_size=24), st.sampled_from([3, 5, 10]))
def test_rounded_tables_add_up(counts: list[int], base: int) -> None:
    grid = np.indices((4, 3, 2)).reshape(3, -1)
    codes = {f"d{axis}": [f"c{position}" for position in positions] for axis, positions in enumerate(grid)}
    linked = link_cells({"t": pl.DataFrame({**codes, "n": counts})}, dimensions=list(codes), count="n")
    rounded = round_cells(linked, base=base)
    assert np.abs(linked.sums @ rounded.values).max() == 0
    assert (rounded.values % base == 0).all()
    assert (rounded.values >= 0).all()
    assert np.abs(rounded.values - linked.values).max() < (2 * base if rounded.gone_further else base)


def test_a_base_of_one_is_refused() -> None:
    linked = link_cells({"t": pl.DataFrame({"d": ["a"], "n": [3]})}, dimensions=["d"], count="n")
    with pytest.raises(MethodNotApplicable, match="changes nothing"):
        round_cells(linked, base=1)

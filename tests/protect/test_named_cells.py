"""Cells in messages: codes of the first ones, missing codes marked, no counts."""

import polars as pl

from guzar.protect.named_cells import name_cells

CELLS = pl.DataFrame({"region": ["A", "A", None, "B"], "age": [10, 20, 30, 40], "persons": [1, 2, 3, 4]})


def test_three_cells_are_named_and_more_are_hinted_at() -> None:
    assert name_cells(CELLS, ["region", "age"]) == "region=A age=10; region=A age=20; region=? age=30; …"
    assert name_cells(CELLS[:2], ["region", "age"]) == "region=A age=10; region=A age=20"


def test_a_cell_is_named_once() -> None:
    assert name_cells(CELLS[:2], ["region"]) == "region=A"


def test_a_dimension_that_a_linked_table_does_not_have_is_left_out() -> None:
    assert name_cells(CELLS[2:], ["region", "age"], are_linked=True) == "age=30; region=B age=40"

"""What can be derived from a release."""

import numpy as np
import polars as pl
import pytest

from guzar.errors import TableInvalid
from guzar.protect.adversary import what_is_known
from guzar.protect.attack import derive_intervals, outer_bounds
from guzar.protect.linked_cells import LinkedCells, link_cells

COUNTS = pl.DataFrame(
    {"region": ["A", "A", "B", "B", "C", "C"], "sex": ["F", "M"] * 3, "persons": [2, 9, 8, 7, 30, 40]}
)


def linked() -> LinkedCells:
    return link_cells({"t": COUNTS}, dimensions=["region", "sex"], count="persons")


def hidden(cells: LinkedCells, *codes: tuple[str, str]) -> np.ndarray:
    table = cells.tables[0].codes()
    flags = np.zeros(len(cells.values), dtype=np.bool_)
    wanted = [row in codes for row in table.iter_rows()]
    flags[cells.tables[0].cells.ravel()[wanted]] = True
    return flags


def test_one_hidden_cell_is_no_secret() -> None:
    cells = linked()
    found = derive_intervals(cells, hidden(cells, ("A", "F")))
    assert (found.lower.tolist(), found.upper.tolist()) == ([2], [2])


def test_four_hidden_cells_are_known_to_an_interval_worked_out_by_hand() -> None:
    """A: 11 in all, B: 15, hidden F 10 together: A-F lies between 0 and 10."""
    cells = linked()
    found = derive_intervals(cells, hidden(cells, ("A", "F"), ("A", "M"), ("B", "F"), ("B", "M")))
    table = cells.tables[0].codes().to_dicts()
    order = {cell: position for position, cell in enumerate(cells.tables[0].cells.ravel().tolist())}
    bounds = {
        tuple(table[order[cell]].values()): (low, high)
        for cell, low, high in zip(found.cells.tolist(), found.lower, found.upper, strict=True)
    }
    assert bounds == {("A", "F"): (0, 10), ("A", "M"): (1, 11), ("B", "F"): (0, 10), ("B", "M"): (5, 15)}


def test_hidden_values_are_not_used() -> None:
    """The attack on a table whose hidden cells hold anything gives the same intervals."""
    cells = linked()
    flags = hidden(cells, ("A", "F"), ("A", "M"), ("B", "F"), ("B", "M"))
    blank = LinkedCells(np.where(flags, 1e9, cells.values), cells.sums, cells.is_inner, cells.tables)
    one, two = derive_intervals(cells, flags), derive_intervals(blank, flags)
    assert (one.lower.tolist(), one.upper.tolist()) == (two.lower.tolist(), two.upper.tolist())


def test_a_hidden_grand_total_has_no_upper_bound() -> None:
    cells = linked()
    every = np.ones(len(cells.values), dtype=np.bool_)
    assert np.isinf(derive_intervals(cells, every).upper).all()


def test_a_table_that_does_not_add_up_is_refused() -> None:
    cells = linked()
    wrong = cells.values.copy()
    wrong[cells.tables[0].cells[0, 0]] += 1
    broken = LinkedCells(wrong, cells.sums, cells.is_inner, cells.tables)
    with pytest.raises(TableInvalid, match="do not add up"):
        derive_intervals(broken, hidden(cells, ("A", "F")))
    with pytest.raises(TableInvalid, match="do not add up"):
        derive_intervals(broken, np.zeros(len(wrong), dtype=np.bool_))


def test_outer_bounds_hold_the_truth() -> None:
    cells = linked()
    flags = hidden(cells, ("A", "F"), ("A", "M"), ("B", "F"), ("_T", "F"))
    lower, upper = outer_bounds(cells.sums, *what_is_known(cells.values, flags))
    assert ((lower <= cells.values) & (cells.values <= upper)).all()


def test_an_attack_that_stops_at_a_width_finds_the_same_cells_closer_than_it() -> None:
    random = np.random.default_rng(7)
    for _ in range(20):
        codes = [(f"r{row}", f"c{column}") for row in range(6) for column in range(5)]
        frame = pl.DataFrame(codes, schema=["region", "sex"], orient="row")
        cells = link_cells(
            {"t": frame.with_columns(persons=random.poisson(4, len(codes)))},
            dimensions=["region", "sex"],
            count="persons",
        )
        flags = random.random(len(cells.values)) < 0.4
        whole = derive_intervals(cells, flags)
        stopped = derive_intervals(cells, flags, wide_enough=5)
        close = whole.width() < 5
        assert (close == (stopped.width() < 5)).all()
        assert (stopped.lower[close] == whole.lower[close]).all()
        assert (stopped.upper[close] == whole.upper[close]).all()
        assert (whole.lower <= stopped.lower).all()
        assert (stopped.upper <= whole.upper).all()
        assert stopped.programmes <= whole.programmes

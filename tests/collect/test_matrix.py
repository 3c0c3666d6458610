"""Matrices of corridors: whole or refused; thousands only in groups of three; totals compared."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.sources.made_up_files import Cell, country_names, matrix, text

from guzar.collect.grid import read_text
from guzar.collect.matrix import compare_totals, leave_out_diagonal, numbers_with_thousands, read_matrix
from guzar.errors import DeliveryRefused

NAMES = [name for name in country_names(170) if name.isascii()]


def _read(rows: list[list[Cell]], *, square: bool = True) -> pl.DataFrame:
    delivery = text(rows)
    return read_matrix(read_text(delivery), 1, delivery, square=square).cells


def test_every_cell_has_both_ends_and_a_place() -> None:
    cells = _read(matrix(NAMES))
    assert cells.height == len(NAMES) ** 2
    one = cells.filter(down=NAMES[2], across=NAMES[5]).row(0, named=True)
    assert one["reported_value"] == "205"
    assert one["place"] == f"row 4, {NAMES[2]}, column {NAMES[5]}"


@pytest.mark.parametrize(
    "harm", ["row twice", "row gone", "column gone", "label gone", "labels shifted", "renamed"]
)
def test_a_matrix_that_is_not_whole_is_refused(harm: str) -> None:
    rows = matrix(NAMES)
    if harm == "row twice":
        rows.insert(4, rows[3])
    elif harm == "row gone":
        rows.pop(4)
    elif harm == "column gone":
        rows = [row[:3] + row[4:] for row in rows]
    elif harm == "label gone":
        rows[0][7] = ""
    elif harm == "labels shifted":
        rows[0].insert(0, "")
    else:
        rows[3][0] = "Atlantis"
    with pytest.raises(DeliveryRefused):
        _read(rows)


@given(st.integers(-(10**12), 10**12))
def test_grouped_thousands_are_read_back(number: int) -> None:
    cells = pl.DataFrame(
        {"reported_value": [f"{number:,}"], "value": [None]}, schema_overrides={"value": pl.Float64}
    )
    assert numbers_with_thousands(cells)["value"].to_list() == [float(number)]


@pytest.mark.parametrize("printed", ["1,5", "0,123", "12,34", "1,2345", "1,083,5", "..", ""])
def test_a_decimal_comma_is_never_thousands(printed: str) -> None:
    cells = pl.DataFrame(
        {"reported_value": [printed], "value": [None]}, schema_overrides={"value": pl.Float64}
    )
    assert numbers_with_thousands(cells)["value"].to_list() == [None]


@given(st.floats(1.0, 100.0))
def test_a_wrong_total_is_found_in_a_matrix_that_is_not_rounded(gap: float) -> None:
    cells = pl.DataFrame(
        [
            ("A", "A", 1.25),
            ("A", "B", 2.5),
            ("B", "A", 3.75),
            ("B", "B", 0.5),
            ("T", "A", 5.0),
            ("T", "B", 3.0 + gap),
        ],
        schema=["down", "across", "value"],
        orient="row",
    )
    found = compare_totals(cells, "T", "T")
    assert found["totals_that_differ"] == "1"
    assert found["largest_difference"].startswith("B: printed")


def test_an_area_with_itself_is_no_figure() -> None:
    """Zeros and blanks on the diagonal mean "not applicable"; a number there stays, for the checks."""
    cells = pl.DataFrame(
        {
            "down": ["Chad", "Chad", "Mali", "Peru", "Togo"],
            "across": ["Chad", "Mali", "Mali ", "Peru", "Togo"],
            "reported_value": ["0", "0", "0.0", "3", None],
            "value": [0.0, 0.0, None, 3.0, None],
        }
    )
    kept, told = leave_out_diagonal(cells)
    assert kept.select("down", "across").rows() == [("Chad", "Mali"), ("Peru", "Peru")]
    assert told["diagonal_left_out"].startswith("3 cells")

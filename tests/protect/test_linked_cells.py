"""Every cell once, every sum once; nonsense is refused."""

import numpy as np
import polars as pl
import pytest

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.protect.linked_cells import link_cells

COUNTS = pl.DataFrame({"region": ["A", "A", "B"], "sex": ["F", "M", "F"], "persons": [3, 4, 1]})
TREE = pl.DataFrame({"code": ["A", "B", "N"], "parent": ["N", "N", None]})


def test_all_margins_are_made_and_zeros_filled_in() -> None:
    linked = link_cells({"t": COUNTS}, dimensions=["region", "sex"], count="persons")
    cells = linked.tables[0].with_cells(persons=linked.values)
    counted = {row[:2]: row[2] for row in cells.iter_rows()}
    assert counted[("_T", "_T")] == 8
    assert counted[("B", "M")] == 0
    assert counted[("_T", "F")] == 4
    assert not (linked.sums @ linked.values).any()


def test_a_hierarchy_names_its_own_total() -> None:
    linked = link_cells(
        {"t": COUNTS}, dimensions=["region", "sex"], count="persons", hierarchies={"region": [TREE]}
    )
    assert linked.tables[0].dimensions[0].total == "N"
    assert linked.is_inner.sum() == 4


def test_tables_share_their_common_totals() -> None:
    age = pl.DataFrame({"region": ["A", "B"], "age": ["old", "old"], "persons": [7, 1]})
    linked = link_cells({"sex": COUNTS, "age": age}, dimensions=["region", "sex", "age"], count="persons")
    alone = 3 * 3 + 3 * 2
    assert len(linked.values) == alone - 3  # the regions and the total stand in both
    assert not (linked.sums @ linked.values).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"persons": [3, 4, -1]}, "negative"),
        ({"persons": [3.0, 4.0, 1.5]}, "whole number"),
        ({"persons": [3, 4, None]}, "whole number"),
        ({"sex": ["F", "F", "F"]}, "more than once"),
        ({"region": ["A", None, "B"]}, "without a code"),
    ],
)
def test_nonsense_is_refused(change: dict[str, list[object]], message: str) -> None:
    table = COUNTS.with_columns(**{name: pl.Series(values) for name, values in change.items()})
    with pytest.raises(TableInvalid, match=message):
        link_cells({"t": table}, dimensions=["region", "sex"], count="persons")


@pytest.mark.parametrize(
    ("hierarchy", "message"),
    [
        ({"code": ["A", "N"], "parent": ["N", None]}, "do not stand in its hierarchy"),
        ({"code": ["A", "A", "B"], "parent": ["N", "M", "N"]}, "more than one parent"),
        ({"code": ["A", "B", "X", "Y"], "parent": ["N", "N", "Y", "X"]}, "circle"),
        ({"code": ["A", "B"], "above": ["N", "N"]}, "lacks a column"),
    ],
)
def test_a_wrong_hierarchy_is_refused(hierarchy: dict[str, list[str | None]], message: str) -> None:
    with pytest.raises(TableInvalid, match=message):
        link_cells(
            {"t": COUNTS},
            dimensions=["region", "sex"],
            count="persons",
            hierarchies={"region": [pl.DataFrame(hierarchy)]},
        )


def test_tables_that_disagree_are_refused_without_a_value() -> None:
    age = pl.DataFrame({"region": ["A", "B"], "age": ["old", "old"], "persons": [7777, 1]})
    with pytest.raises(TableInvalid, match="disagree on") as refused:
        link_cells({"sex": COUNTS, "age": age}, dimensions=["region", "sex", "age"], count="persons")
    assert "777" not in str(refused.value)


def test_a_table_for_no_reader_is_refused() -> None:
    codes = [f"c{number}" for number in range(200)]
    table = pl.DataFrame({"a": codes, "b": codes, "c": codes, "persons": np.ones(200, dtype=int)})
    with pytest.raises(MethodNotApplicable, match="would have"):
        link_cells({"t": table}, dimensions=["a", "b", "c"], count="persons")


def test_totals_are_known_whatever_order_scipy_gives_the_cells_of_a_sum() -> None:
    """SciPy sorts the cells of a row in place when it likes; groups stand behind their parts then."""
    counts = pl.DataFrame({"region": ["A", "B", "C", "D"], "persons": [1, 1, 9, 9]})
    tree = pl.DataFrame({"code": list("ABCD"), "parent": ["x", "x", "y", "y"]})
    linked = link_cells({"t": counts}, dimensions=["region"], count="persons", hierarchies={"region": [tree]})
    before = sorted((total, sorted(parts.tolist())) for total, parts in linked.each_sum())
    linked.sums.sort_indices()
    after = sorted((total, sorted(parts.tolist())) for total, parts in linked.each_sum())
    assert after == before
    for total, parts in linked.each_sum():
        assert linked.values[total] == linked.values[parts].sum()

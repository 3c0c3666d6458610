"""Which cells are hidden: golden cases of other packages, and laws on random tables."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.errors import MethodNotApplicable
from guzar.protect.attack import derive_intervals
from guzar.protect.grow import make_terms
from guzar.protect.linked_cells import LinkedCells, link_cells
from guzar.protect.rules import CountRules, find_primary_cells
from guzar.protect.suppress import Suppression, suppress_cells


def hide(linked: LinkedCells, rules: CountRules) -> Suppression:
    is_primary, lone = find_primary_cells(linked, rules), ()
    return suppress_cells(
        linked,
        is_primary,
        make_terms(
            linked,
            is_primary,
            protection=np.full(len(linked.values), float(rules.protection)),
            lone_persons=lone,
        ),
    )


def secondary(linked: LinkedCells, found: Suppression) -> set[tuple[str, ...]]:
    cells = linked.tables[0].with_cells(hidden=found.is_secondary).filter("hidden").drop("hidden")
    return set(cells.iter_rows())


def inner(rows: dict[str, list[int]], codes: list[str]) -> pl.DataFrame:
    cells = [(code, kind, n) for kind, counts in rows.items() for code, n in zip(codes, counts, strict=True)]
    return pl.DataFrame(cells, schema=["region", "kind", "persons"], orient="row")


Z1 = inner(
    {
        "annet": [11, 7, 5, 13, 9, 12, 6, 9],
        "arbeid": [11, 1, 8, 2, 14, 9, 4, 3],
        "soshjelp": [55, 29, 35, 17, 63, 24, 22, 38],
        "trygd": [36, 18, 25, 13, 52, 22, 8, 15],
    },
    list("ABCDEFGH"),
)
ACCIDENTS = inner(
    {
        "serious": [4, 5, 3, 4, 1, 6],
        "light": [0, 0, 2, 1, 0, 0],
        "none": [0, 1, 1, 4, 0, 0],
        "unknown": [0] * 6,
    },
    [f"k{number}" for number in range(1, 7)],
)


def test_small_counts_hide_the_cells_that_gauss_suppression_hides() -> None:
    """Golden case 1 (GaussSuppression, data z1): three secondary cells, in the column annet."""
    linked = link_cells({"z1": Z1}, dimensions=["region", "kind"], count="persons")
    found = hide(linked, CountRules(minimum=4, protection=1))
    assert secondary(linked, found) == {("B", "annet"), ("D", "annet"), ("H", "annet")}


def test_protected_zeros_hide_a_total() -> None:
    """Golden case 2 (mun_accidents): where zeros are refused, k1 in all and k6 serious are hidden as well."""
    linked = link_cells({"mun": ACCIDENTS}, dimensions=["region", "kind"], count="persons")
    found = hide(linked, CountRules(minimum=4, zeros=True, protection=1))
    assert linked.values[found.is_secondary].sum() <= 4 + 6
    assert (derive_intervals(linked, found.is_hidden).width() >= 1).all()


def test_linked_tables_need_a_cell_that_neither_needs_alone() -> None:
    """Golden case 4 (sdcTable): counties and sizes together force N to be hidden."""
    persons = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
    counts = pl.DataFrame({"region": list(persons), "persons": list(persons.values())})
    county = pl.DataFrame({"code": list(persons), "parent": ["county-1"] * 4 + ["county-2"] * 4})
    size = pl.DataFrame(
        {"code": list(persons), "parent": ["BIG" if code in "LM" else "small" for code in persons]}
    )

    def hidden(*hierarchies: pl.DataFrame) -> set[tuple[str, ...]]:
        linked = link_cells(
            {"t": counts}, dimensions=["region"], count="persons", hierarchies={"region": hierarchies}
        )
        return secondary(linked, hide(linked, CountRules(minimum=4, protection=1)))

    assert hidden(county) == set()
    assert hidden(size) == set()
    assert hidden(county, size) == {("N",)}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Two or three dimensions of two to four codes, with many small counts."""
    shape = draw(st.lists(st.integers(2, 4), min_size=2, max_size=3))
    counts = draw(st.lists(st.integers(0, 12), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    grid = np.indices(shape).reshape(len(shape), -1)
    codes = {f"d{axis}": [f"c{position}" for position in positions] for axis, positions in enumerate(grid)}
    return pl.DataFrame({**codes, "persons": counts})


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([1, 3, 5]))
def test_no_hidden_cell_can_be_derived_more_closely_than_its_protection(
    counts: pl.DataFrame, protection: int
) -> None:
    """Whatever the table: the attack finds no hidden cell tighter than the protection, and the truth inside."""
    dimensions = [name for name in counts.columns if name != "persons"]
    linked = link_cells({"t": counts}, dimensions=dimensions, count="persons")
    found = hide(linked, CountRules(minimum=5, protection=protection))
    intervals = derive_intervals(linked, found.is_hidden)
    own = linked.values[intervals.cells]
    assert (intervals.width() >= protection).all()
    assert ((intervals.lower <= own) & (own <= intervals.upper)).all()


def test_a_table_that_cannot_be_protected_is_refused() -> None:
    """Where nothing may be hidden beside it, a small cell cannot be protected."""
    counts = pl.DataFrame({"region": ["A", "B"], "persons": [1, 9]})
    linked = link_cells({"t": counts}, dimensions=["region"], count="persons")
    small = find_primary_cells(linked, CountRules())
    nothing = np.zeros(len(small), dtype=np.bool_)
    with pytest.raises(MethodNotApplicable, match="No choice of cells"):
        suppress_cells(linked, small, make_terms(linked, small, protection=np.full(3, 5.0), may_hide=nothing))

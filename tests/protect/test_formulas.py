"""Codes that a spreadsheet would run never leave; plain numbers and dashes do."""

import polars as pl
import pytest

from guzar.errors import TableInvalid
from guzar.protect.amounts import link_amounts
from guzar.protect.formulas import is_formula
from guzar.protect.linked_cells import link_cells

RUN = [
    "=1+1",
    "=-1",
    "=cmd",
    "+cmd",
    "-cmd|x",
    "@SUM(A1)",
    "-(1)",
    "+(2)",
    "-2+3+cmd",
    " =A1",
    "\t@a",
    "＝A1",
    "=",
]
SHOWN = ["-1", "+992", "-1.5", "-1,5", "-", "+", "0-17", "60+", "a=b", "_T", "a@b", "north-east"]


@pytest.mark.parametrize("code", RUN)
def test_a_code_that_would_run_is_refused(code: str) -> None:
    counts = pl.DataFrame({"region": ["A", code], "persons": [10, 20]})
    with pytest.raises(TableInvalid, match="run as formulas") as refused:
        link_cells({"t": counts}, dimensions=["region"], count="persons")
    parts = refused.value
    assert parts.exit_code == 3
    assert code.strip() in str(parts)


@pytest.mark.parametrize("code", SHOWN)
def test_a_plain_number_stays_allowed(code: str) -> None:
    assert not is_formula(code)
    counts = pl.DataFrame({"region": ["A", code], "persons": [10, 20]})
    other = code if code != "_T" else "B"
    cells = link_cells({"t": counts.with_columns(region=pl.Series(["A", other]))}, dimensions=["region"], count="persons")  # fmt: skip
    assert cells.values.max() == 30


def test_a_code_of_a_hierarchy_and_names_of_columns_and_tables_leave_as_well() -> None:
    counts = pl.DataFrame({"region": ["A", "B"], "persons": [10, 20]})
    tree = pl.DataFrame({"code": ["A", "B", "=N"], "parent": ["=N", "=N", "_T"]})
    given = {"dimensions": ["region"], "count": "persons"}
    with pytest.raises(TableInvalid, match="=N"):
        link_cells({"t": counts}, **given, hierarchies={"region": [tree]})
    with pytest.raises(TableInvalid, match="@t"):
        link_cells({"@t": counts}, **given)
    with pytest.raises(TableInvalid, match="=region"):
        link_cells({"t": counts.rename({"region": "=region"})}, dimensions=["=region"], count="persons")


def test_contributions_are_read_with_the_same_care() -> None:
    rows = pl.DataFrame({"region": ["A", "=B"], "sender": ["a", "b"], "amount": [1.0, 2.0]})
    with pytest.raises(TableInvalid, match="run as formulas"):
        link_amounts(rows, dimensions=["region"], amount="amount", contributor="sender")

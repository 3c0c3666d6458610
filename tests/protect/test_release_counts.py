"""What leaves: true where it is shown, empty where it is hidden, safe against anyone who reads it."""

import io

import numpy as np
import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons, possible_values

from guzar.define.seals import is_sealed
from guzar.errors import TableInvalid
from guzar.protect.linked_cells import link_cells
from guzar.protect.release_counts import Protected, suppress_small_cells
from guzar.protect.rules import CountRules

PERSONS = make_persons(3, 700, region=6, status=5, sex=2)
TREE = pl.DataFrame({"code": list("012345"), "parent": ["north", "north", "south", "south", "south", "east"]})


def protect(
    *tables: list[str], hierarchies: dict[str, list[pl.DataFrame]] | None = None, **rules: object
) -> Protected:
    return suppress_small_cells(
        {"_".join(by): count_persons(PERSONS, by) for by in tables},
        dimensions=list(dict.fromkeys(name for by in tables for name in by)),
        count="persons",
        rules=CountRules(**rules),
        hierarchies=hierarchies,
    )


@pytest.mark.parametrize("hierarchies", [None, {"region": [TREE]}])
def test_every_published_value_is_true_and_every_hidden_one_empty(hierarchies) -> None:
    [table] = protect(["region", "status"], hierarchies=hierarchies).tables
    linked = link_cells(
        {"t": count_persons(PERSONS, ["region", "status"])},
        dimensions=["region", "status"],
        count="persons",
        hierarchies=hierarchies,
    )
    truth = linked.tables[0].with_cells(truth=linked.values)
    joined = table.frame.join(truth, on=["region", "status"], how="full", coalesce=True)
    assert joined.height == table.frame.height == truth.height
    assert joined.filter(pl.col("persons").is_null())["confidentiality_status"].unique().to_list() == ["C"]
    shown = joined.drop_nulls()
    assert (shown["persons"] == shown["truth"]).all()
    assert shown["confidentiality_status"].unique().to_list() == ["F"]
    assert shown.filter(pl.col("persons").is_between(1, 4)).is_empty()
    assert is_sealed(table.frame)


def test_linked_tables_are_protected_as_one() -> None:
    """Attacked by linear programmes of another library over the union of both tables."""
    done = protect(["region", "status"], ["region", "sex"])
    linked = link_cells(
        {"_".join(by): count_persons(PERSONS, by) for by in (["region", "status"], ["region", "sex"])},
        dimensions=["region", "status", "sex"],
        count="persons",
    )
    is_hidden = np.zeros(len(linked.values), dtype=np.bool_)
    for placed, table in zip(linked.tables, done.tables, strict=True):
        assert placed.codes().equals(table.frame.select(table.dimensions))
        is_hidden[placed.cells.ravel()[table.frame["persons"].is_null().to_numpy()]] = True
    assert is_hidden.sum() == done.report.facts["cost"]["cells_hidden"] > 0
    for cell in np.flatnonzero(is_hidden):
        least, most = possible_values(linked, is_hidden, int(cell))
        assert most - least >= 5
        assert least <= linked.values[cell] <= most


def test_hidden_counts_are_not_left_in_memory() -> None:
    """A column that is blanked in place keeps its values in its buffers, and writes them into Arrow files."""
    persons = pl.DataFrame({"region": ["A"] * 3 + ["B"] * 77777, "sex": ["F"] * 77780})
    [table] = suppress_small_cells(
        {"t": count_persons(persons, ["region", "sex"])},
        dimensions=["region", "sex"],
        count="persons",
        rules=CountRules(),
    ).tables
    assert table.frame.filter(pl.col("region") == "B")["persons"].null_count() == 2
    arrow = io.BytesIO()
    table.frame.write_ipc(arrow)
    assert (77777).to_bytes(8, "little") not in arrow.getvalue()


def test_rules_hide_more() -> None:
    plain, zeros = protect(["region", "status"]), protect(["region", "status"], zeros=True)
    sensitive = protect(["status", "sex"], sensitive=True)
    assert zeros.report.facts["hidden"]["nobody"] > 0 == plain.report.facts["hidden"]["nobody"]
    assert sensitive.tables[0].frame.filter(pl.col("persons").is_between(1, 9)).is_empty()
    assert sensitive.report.facts["rules"]["minimum"] == 10


def test_a_full_cell_tells_about_everybody_in_its_total() -> None:
    """All 20 of region A are seasonal: whoever lives in A is known to be seasonal."""
    counts = pl.DataFrame(
        {
            "region": ["A", "B", "B", "C", "C"],
            "status": ["seasonal", "seasonal", "settled"] * 1 + ["seasonal", "settled"],
            "persons": [20, 30, 40, 50, 60],
        }
    )
    given = {"dimensions": ["region", "status"], "count": "persons"}
    plain = suppress_small_cells({"t": counts}, rules=CountRules(), **given)
    full = suppress_small_cells({"t": counts}, rules=CountRules(full_cells=True), **given)
    assert plain.tables[0].frame["persons"].null_count() == 0
    cell = full.tables[0].frame.filter((pl.col("region") == "A") & (pl.col("status") == "seasonal"))
    assert cell["persons"].to_list() == [None]


def test_the_report_counts_what_was_done() -> None:
    done = protect(["region", "status"])
    facts, cells = done.report.facts, done.report.hidden_cells
    assert sum(facts["hidden"].values()) == facts["cost"]["cells_hidden"] == cells.height
    assert facts["attack"]["tighter_than_protection"] == 0
    assert facts["naive"]["tighter_than_protection"] > 0
    assert (cells["upper"] - cells["lower"] >= cells["protection"]).all()
    assert set(cells.columns) == {
        "region",
        "status",
        "hidden_because",
        "protection",
        "lower",
        "upper",
        "table",
    }


def test_margins_that_do_not_add_up_are_refused_and_right_ones_heeded() -> None:
    counts = pl.DataFrame({"region": ["A", "B", "_T"], "persons": [10, 20, 30]})
    done = suppress_small_cells({"t": counts}, dimensions=["region"], count="persons", rules=CountRules())
    assert done.tables[0].frame["persons"].to_list() == [30, 10, 20]
    wrong = counts.with_columns(persons=pl.Series([10, 20, 31]))
    with pytest.raises(TableInvalid, match="sums of their inner cells: 1 of 1"):
        suppress_small_cells({"t": wrong}, dimensions=["region"], count="persons", rules=CountRules())

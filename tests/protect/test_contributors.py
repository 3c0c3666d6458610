"""Counts of acts: it is persons that a minimum is about, not what they did."""

import numpy as np
import polars as pl
import pytest

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.protect.attack_release import attack_release
from guzar.protect.contributors import find_contributors, require_counts_of_persons
from guzar.protect.linked_cells import link_cells
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.released_cells import read_release
from guzar.protect.rules import CountRules

# Ten crossings at the post P77 are all of one person, forty at P1 of twenty.
ACTS = pl.DataFrame(
    {
        "port": ["P77", "P77", "P1", "P1", "P2", "P2"],
        "direction": ["entry", "exit"] * 3,
        "crossings": [10, 9, 40, 41, 60, 12],
        "contributors": [1, 1, 20, 22, 30, 12],
    }
)
GIVEN = {"dimensions": ["port", "direction"], "count": "crossings"}


def test_ten_crossings_of_one_person_are_hidden() -> None:
    """And not derived more closely than they are many; without the column they would pass as ten persons."""
    made = suppress_small_cells({"t": ACTS}, rules=CountRules(), unit="crossings", **GIVEN)
    frame = made.tables[0].frame
    assert frame.filter(pl.col("port") == "P77")["crossings"].null_count() == 3
    assert "contributors" not in frame.columns
    release = {"t": read_release(frame, **GIVEN)[""]}
    attacked = attack_release(release, minimum=5).cells.filter(pl.col("port") == "P77")
    width = (attacked["upper"] - attacked["lower"]).fill_null(np.inf).to_list()
    assert min(width) >= 9
    naive = suppress_small_cells(
        {"t": ACTS.drop("contributors")}, rules=CountRules(), unit="crossings", **GIVEN
    )
    assert naive.tables[0].frame["crossings"].null_count() == 0


def test_a_margin_has_at_least_the_persons_of_its_largest_part() -> None:
    """How many different persons stand behind a total, its parts do not tell."""
    linked = link_cells({"t": ACTS}, **GIVEN)
    found = find_contributors(linked, {"t": ACTS}, GIVEN["dimensions"])
    told = linked.tables[0].with_cells(persons=found)
    assert told.filter(pl.all_horizontal(pl.col("port") == "P77", pl.col("direction") == "_T"))[
        "persons"
    ].to_list() == [1]
    assert told.filter((pl.col("port") == "_T") & (pl.col("direction") == "_T"))["persons"].to_list() == [30]


def test_noise_does_not_hide_acts_of_few_persons() -> None:
    """A few units more or less do not hide that one person crossed about ten times."""
    with pytest.raises(MethodNotApplicable, match="fewer than 5 persons"):
        require_counts_of_persons({"t": ACTS}, 5, "perturb")
    require_counts_of_persons({"t": ACTS.filter(pl.col("contributors") > 1)}, 5, "perturb")


@pytest.mark.parametrize(
    "wrong", [[11, 1, 20, 22, 30, 12], [0, 1, 20, 22, 30, 12], [None, 1, 20, 22, 30, 12]]
)
def test_numbers_of_persons_that_cannot_be_are_refused(wrong: list[int | None]) -> None:
    """More persons than acts, acts of nobody, no number."""
    with pytest.raises(TableInvalid):
        suppress_small_cells(
            {"t": ACTS.with_columns(contributors=pl.Series(wrong))}, rules=CountRules(), **GIVEN
        )

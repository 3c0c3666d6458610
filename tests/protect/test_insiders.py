"""Someone who stands alone in a cell learns nothing of another."""

import numpy as np
import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons, possible_values

from guzar.protect.grow import make_terms
from guzar.protect.insiders import find_lone_persons
from guzar.protect.linked_cells import LinkedCells, link_cells
from guzar.protect.rules import CountRules, find_primary_cells
from guzar.protect.suppress import Suppression, suppress_cells


def hide(linked: LinkedCells, rules: CountRules) -> Suppression:
    is_primary = find_primary_cells(linked, rules)
    lone = find_lone_persons(linked, np.where(is_primary, linked.values, 0.0)) if rules.insiders else []
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


def test_two_lone_persons_need_a_third_hidden_cell() -> None:
    """Golden case 6 (GaussSuppression, singletons): a1, b2, c1, d0; without insiders nothing more is hidden."""
    counts = pl.DataFrame({"region": list("abcd"), "persons": [1, 2, 1, 0]})
    linked = link_cells({"t": counts}, dimensions=["region"], count="persons")
    without = hide(linked, CountRules(minimum=2, protection=1, insiders=False))
    heeded = hide(linked, CountRules(minimum=2, protection=1))
    assert (without.is_secondary.sum(), heeded.is_secondary.sum()) == (0, 1)


def test_a_person_in_a_total_and_in_its_part_is_one_person() -> None:
    counts = pl.DataFrame({"region": ["A", "B", "B"], "sex": ["F", "F", "M"], "persons": [1, 4, 3]})
    linked = link_cells({"t": counts}, dimensions=["region", "sex"], count="persons")
    [cells] = find_lone_persons(linked, linked.values)
    told = (
        linked.tables[0].with_cells(at=np.isin(np.arange(len(linked.values)), cells)).filter("at").drop("at")
    )
    assert sorted(told.iter_rows()) == [("A", "F"), ("A", "_T")]


@pytest.mark.parametrize("seed", range(6))
def test_no_lone_person_works_out_another_small_cell(seed: int) -> None:
    """Checked by linear programmes of another library, with that person's cells known."""
    persons = make_persons(seed, 60, region=4, status=4)
    linked = link_cells(
        {"t": count_persons(persons, ["region", "status"])}, dimensions=["region", "status"], count="persons"
    )
    rules = CountRules(minimum=4, protection=2)
    found = hide(linked, rules)
    lone = find_lone_persons(linked, np.where(found.is_primary, linked.values, 0.0))
    assert lone
    for cells in lone:
        for other in np.setdiff1d(np.flatnonzero(found.is_primary), cells):
            least, most = possible_values(linked, found.is_hidden, int(other), cells.tolist())
            assert most > least

"""Which estimates of a survey are not told: few answers, few that carry it, and what the others would give away."""

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.survey_estimates import SurveyQuestion, estimate_survey
from guzar.analyse.survey_hidden import Behind, Cell, Limits, answers_behind, hide_cells

LIMITS = Limits(answers=25, clusters=1, largest=0.2)


def _answers(counts: dict[str, tuple[int, int]], **columns: Any) -> pl.DataFrame:
    """By code so many present and so many absent, of weight 10, spread over two strata of ten clusters."""
    rows = [
        {"citizenship": code, "is_absent": is_absent}
        for code, (present, absent) in counts.items()
        for is_absent, number in ((False, present), (True, absent))
        for _ in range(number)
    ]
    return (
        pl.DataFrame(rows)
        .with_row_index("at")
        .select(
            "citizenship",
            "is_absent",
            record_id=pl.format("r{}", "at"),
            survey_weight=pl.lit(10.0),
            stratum=pl.col("at").cast(pl.Int64) % 2,
            cluster=pl.col("at").cast(pl.Int64) % 20,
            age=(pl.col("at") % 70).cast(pl.Int32),
            **columns,
        )
    )


def _told(answers: pl.DataFrame, measure: str, **asked: Any) -> dict[str, dict[str, Any]]:
    table = estimate_survey(answers, measure, SurveyQuestion(by=("citizenship",), **asked)).table
    return {row["citizenship"]: row for row in table.to_dicts()}


@pytest.mark.parametrize(
    ("weight", "reason"), [(0.0, "too_few_answers"), (0.001, "few_answers_carry_it"), (10.0, None)]
)
def test_an_estimate_is_not_that_of_one_person(weight: float, reason: str | None) -> None:
    """Thirty answers of which one weighs: their mean age would be the age of that person."""
    answers = _answers({"QMA": (100, 0), "QMB": (30, 0)})
    light = pl.col("citizenship").eq("QMB") & pl.col("citizenship").cum_count().over("citizenship").gt(1)
    answers = answers.with_columns(
        pl.when(light).then(weight).otherwise("survey_weight").alias("survey_weight")
    )
    row = _told(answers, "mean_age")["QMB"]
    assert row["reason"] == reason
    assert (row["years"] is None) == (row["contributors"] is None) == (reason is not None)


def test_the_effective_number_of_answers_must_reach_the_minimum() -> None:
    """Ten answers of weight 10 and thirty of weight 1: as many as 16.4 equal ones, of which none is a fifth."""
    weight = np.array([10.0] * 10 + [1.0] * 30)
    found = answers_behind(weight, np.arange(40), np.ones(40, dtype=np.bool_))
    assert found.weight**2 / found.squares == pytest.approx(130**2 / 1030)
    assert found.why_hidden(LIMITS) == "few_answers_carry_it"
    assert found.why_hidden(Limits(16, 1, 0.2)) is None
    assert found.why_hidden(Limits(1, 1, 0.07)) == "few_answers_carry_it"  # one is 10 / 130
    equal = answers_behind(np.full(25, 100 / 3), np.arange(25), np.ones(25, dtype=np.bool_))
    assert equal.why_hidden(LIMITS) is None


def test_a_cell_of_weight_zero_is_empty_and_says_why() -> None:
    """It is listed, since people in it answered; nothing is told of them."""
    answers = _answers({"QMA": (100, 0), "QMB": (30, 0)}).with_columns(
        pl.when(pl.col("citizenship") == "QMB").then(0.0).otherwise("survey_weight").alias("survey_weight")
    )
    asked = SurveyQuestion(by=("citizenship",))
    for measure in ("persons", "mean_age", "present"):
        done = estimate_survey(answers, measure, asked)
        assert done.table.filter(pl.col("citizenship") == "QMB")["reason"].to_list() == ["too_few_answers"]
        assert (done.answers, done.without_weight) == (100, 30)


def test_a_hidden_share_is_not_what_the_others_leave() -> None:
    """One person of QMC: the next smallest is hidden with it, and neither number is told."""
    told = _told(_answers({"QMA": (500, 0), "QMB": (60, 0), "QMC": (1, 0)}), "share")
    assert {code: row["reason"] for code, row in told.items()} == {
        "QMA": None,
        "QMB": "else_another_could_be_worked_out",
        "QMC": "too_few_answers",
    }
    assert told["QMB"]["percent"] is told["QMB"]["contributors"] is told["QMC"]["contributors"] is None
    assert told["QMA"]["percent"] == round(100 * 500 / 561, 1)  # and no further digits


def test_hidden_cells_together_must_be_enough() -> None:
    """Two cells of one person each leave two persons: a third is hidden."""
    told = _told(_answers({"QMA": (500, 0), "QMB": (60, 0), "QMC": (1, 0), "QMD": (1, 0)}), "persons")
    assert [code for code, row in told.items() if row["persons"] is not None] == ["QMA"]


def test_present_and_absent_do_not_give_one_another_away() -> None:
    """Persons less those present is the weight of the one who is absent, and the other way round."""
    answers = _answers({"QMA": (200, 100), "QMB": (80, 1), "QMC": (1, 90), "QMD": (50, 0), "QME": (150, 70)})
    present, absent = _told(answers, "present"), _told(answers, "absent")
    assert present["QMB"]["reason"] == absent["QMC"]["reason"] == "too_few_of_the_others"
    assert absent["QMB"]["reason"] == present["QMC"]["reason"] == "too_few_answers"
    for code in ("QMA", "QMB", "QMC", "QME"):
        assert (present[code]["persons"] is None) == (absent[code]["persons"] is None), code
    assert present["QMD"]["persons"] == 500  # nobody of them is absent
    assert _told(answers, "persons")["QMB"]["persons"] == 810


NUMBERS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(numbers=NUMBERS, width=st.integers(1, 4))
def test_no_sum_leaves_one_cell_or_too_few(numbers: list[tuple[int, int]], width: int) -> None:
    """Of any table, its margins included: what is hidden of a sum that could be told is enough by itself on each side."""
    cells = {
        (str(at // width), str(at % width)): _cell(present, absent)
        for at, (present, absent) in enumerate(numbers)
        if present + absent
    }
    of_all = set(hide_cells(_sides(cells, 0), LIMITS, adds_up=True))
    hidden = set(hide_cells(_sides(cells, 1, 2), LIMITS, adds_up=True))
    assert hidden == set(hide_cells(_sides(cells, 2, 1), LIMITS, adds_up=True))  # present and absent alike
    assert of_all <= hidden
    for places, found in (((0,), of_all), ((1, 2), hidden)):
        for group in _sums(cells):
            inside = [codes for codes in group if codes in found]
            if not inside or set(inside) == set(group) or not _is_enough(cells, group, places):
                continue
            assert _is_enough(cells, inside, places)
            for side in places:
                assert sum(cells[codes][side].answers > 0 for codes in inside) != 1


def _cell(present: int, absent: int) -> tuple[Behind, Behind, Behind]:
    sides = [
        Behind(number, number, number, float(number > 0), frozenset({1})) for number in (present, absent)
    ]
    return sides[0] + sides[1], sides[0], sides[1]


def _sides(cells: dict[Any, tuple[Behind, ...]], *places: int) -> dict[Any, Cell]:
    return {codes: Cell(told[0], tuple(told[at] for at in places)) for codes, told in cells.items()}


def _sums(cells: dict[Any, Any]) -> list[list[Any]]:
    sums = [list(cells)]
    for at in range(2):
        sums += [[c for c in cells if c[at] == code] for code in {codes[at] for codes in cells}]
    return sums


def _is_enough(cells: dict[Any, tuple[Behind, ...]], group: list[Any], places: tuple[int, ...]) -> bool:
    numbers = [sum(cells[codes][place].answers for codes in group) for place in places]
    return all(number == 0 or number >= LIMITS.answers for number in numbers)


def test_combinations_are_those_of_fewer_columns() -> None:
    """The sums that are guarded in a table of three columns: everybody, by one of them, by two of them."""
    cells = {(a, b, c): (Behind(50, 50, 50, 1, frozenset({1})),) for a in "ab" for b in "ab" for c in "ab"}
    cells["a", "a", "a"] = (Behind(1, 1, 1, 1, frozenset({1})),)
    hidden = hide_cells(
        {codes: Cell(behind[0], behind) for codes, behind in cells.items()}, LIMITS, adds_up=True
    )
    for places in combinations(range(3), 2):
        same = [codes for codes in hidden if all(codes[place] == "a" for place in places)]
        assert len(same) == 2

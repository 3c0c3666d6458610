"""True claims raise no alarm, wrong ones do: 300 and 200, drawn by seed from everything that ships."""

import time

import polars as pl
import pytest
from tests.use.claims_recall import (
    BORNE_OUT,
    as_markdown,
    check_rows,
    draw_true_claims,
    measure_recall,
)

from guzar import journey

AT_LEAST = {"scale": 0.9, "swap": 0.9, "year": 0.85, "unit": 0.95, "edition": 0.6}


@pytest.mark.parametrize("seed", [1, 20261121])
def test_no_true_claim_is_an_alarm_and_most_wrong_ones_are_found(seed: int) -> None:
    """No false alarm at all; recall by kind of error is printed and has a floor."""
    measured = measure_recall(seed)
    print("\n" + as_markdown(measured))  # noqa: T201 - the recall by kind is what the reader wants to see
    assert measured["true_claims"] == 300
    assert measured["false_alarms"] == []
    recall = {kind: found["recall"] for kind, found in measured["kinds"].items()}  # type: ignore[attr-defined]
    assert set(recall) == set(AT_LEAST)
    assert all(recall[kind] >= floor for kind, floor in AT_LEAST.items()), recall


def test_true_claims_are_borne_out() -> None:
    """They agree, or are projections of years to come: a check that says nothing about true claims would be none."""
    rows = check_rows(draw_true_claims(journey.load_observations(None), 200, 7))
    assert {row["verdict"] for row in rows} <= BORNE_OUT | {"forecast_not_outcome"}
    assert sum(row["verdict"] in BORNE_OUT for row in rows) >= 190
    assert all(
        ", forecast)" in str(row["explanation"]) for row in rows if row["verdict"] == "forecast_not_outcome"
    )


def test_a_hundred_thousand_claims_are_checked_in_reasonable_time() -> None:
    """Twenty thousand here, with five times the time allowed for a busy machine; a list may be long."""
    rows = draw_true_claims(journey.load_observations(None), 400, 3)
    table = pl.DataFrame(
        [row | {"id": f"{row['id']}-{copy}", "note": str(copy)} for copy in range(50) for row in rows]
    )
    start = time.process_time()
    checked = journey.judge_claims(table, "many", None)
    assert checked.height == 20_000
    assert time.process_time() - start < 40

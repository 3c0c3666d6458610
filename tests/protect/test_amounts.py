"""Amounts: whom a cell gives away, and what must be hidden beside it."""

import numpy as np
import polars as pl
import pytest

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.protect.amounts import AmountRules, find_primary_amounts, link_amounts
from guzar.protect.release_counts import suppress_amounts

TURNOVER = {
    ("North", "Retail"): (100, 5, 5),
    ("North", "Services"): (10, 10, 10),
    ("South", "Retail"): (20, 20, 20),
    ("South", "Services"): (30, 30, 30),
}


def contributions() -> pl.DataFrame:
    rows = [
        (region, sector, f"{region}{sector}{number}", amount)
        for (region, sector), amounts in TURNOVER.items()
        for number, amount in enumerate(amounts)
    ]
    return pl.DataFrame(rows, schema=["region", "sector", "firm", "turnover"], orient="row")


def test_dominance_hides_what_the_peer_hides() -> None:
    """Golden case 10 (pytauargus, NK(2,75), OPT): North and South by total and retail, at the same cost of 460."""
    done = suppress_amounts(
        contributions(),
        name="turnover",
        dimensions=["region", "sector"],
        amount="turnover",
        contributor="firm",
        rules=AmountRules(dominance=(2, 75)),
    )
    frame = done.tables[0].frame
    hidden = set(frame.filter(pl.col("turnover").is_null()).select("region", "sector").iter_rows())
    assert hidden == {("North", "_T"), ("North", "Retail"), ("South", "_T"), ("South", "Retail")}
    shown = {row[:2]: row[2] for row in frame.drop_nulls().iter_rows()}
    assert shown == {
        ("_T", "_T"): 290,
        ("_T", "Retail"): 170,
        ("_T", "Services"): 120,
        ("North", "Services"): 30,
        ("South", "Services"): 90,
    }


def test_a_contributor_to_two_cells_is_one_contributor_to_their_total() -> None:
    rows = pl.DataFrame(
        {"region": ["A", "A", "B", "B"], "sender": ["x", "y", "x", "z"], "usd": [50.0, 10.0, 40.0, 5.0]}
    )
    amounts = link_amounts(rows, dimensions=["region"], amount="usd", contributor="sender")
    total = int(amounts.linked.tables[0].cells[0])
    assert amounts.contributors[total] == 3
    assert amounts.largest[total].tolist()[:3] == [90, 10, 5]


@pytest.mark.parametrize(
    ("rules", "refused", "width"),
    [
        (AmountRules(dominance=(1, 80)), True, 100 / 0.8 - 115),
        (AmountRules(dominance=(1, 90)), False, 11.5),
        (AmountRules(p_percent=10), True, 11.5),
        (AmountRules(p_percent=4), False, 11.5),
        (AmountRules(few_contributors=4), True, 11.5),
        (AmountRules(few_contributors=3), False, 11.5),
    ],
)
def test_a_rule_worked_out_by_hand(rules: AmountRules, refused: bool, width: float) -> None:
    """100, 10 and 5 of 115: the largest is 87 %; the second can estimate it to within the 5 of the third."""
    rows = pl.DataFrame({"region": ["A"] * 3, "sender": ["x", "y", "z"], "usd": [100.0, 10.0, 5.0]})
    amounts = link_amounts(rows, dimensions=["region"], amount="usd", contributor="sender")
    is_primary, needed = find_primary_amounts(amounts, rules)
    inner = int(amounts.linked.tables[0].cells[1])
    assert bool(is_primary[inner]) is refused
    assert needed[inner] == pytest.approx(max(width, 11.5))


@pytest.mark.parametrize(
    "change",
    [
        {"usd": [-1.0, 2.0]},
        {"usd": [None, 2.0]},
        {"sender": [None, "y"]},
        {"region": [None, "B"]},
        {"usd": ["a", "b"]},
    ],
)
def test_wrong_contributions_are_refused_without_a_value(change: dict[str, list[object]]) -> None:
    rows = {"region": ["A", "B"], "sender": ["secret-name", "y"], "usd": [1.0, 2.0]} | change
    with pytest.raises(TableInvalid) as refused:
        link_amounts(pl.DataFrame(rows), dimensions=["region"], amount="usd", contributor="sender")
    assert "secret-name" not in str(refused.value)


def test_rules_without_sense_are_refused() -> None:
    for wrong in (
        {},
        {"dominance": (0, 50)},
        {"p_percent": 101},
        {"few_contributors": 1},
        {"dominance": (1, np.nan)},
    ):
        with pytest.raises(SettingsInvalid, match="make no sense"):
            AmountRules(**wrong)

"""Ranges from two lists and multipliers: by hand, laws, coverage, and what is withheld or refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.hidden_groups import (
    ENDS,
    BoundsQuestion,
    bound_hidden_groups,
    range_of_multiplier,
    range_of_two_lists,
)
from guzar.errors import GuzarError, MethodNotApplicable, SettingsInvalid, TableInvalid

LISTS, SHARE = BoundsQuestion("two-lists"), BoundsQuestion("multiplier")


def _lists(*rows: tuple[int, int, int]) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=["first_list", "second_list", "both"], orient="row")
    return table.with_columns(pl.Series("sector", [f"s{at}" for at in range(len(rows))]))


def test_two_lists_by_hand() -> None:
    """1,200 and 800, 300 on both: 1,700 seen, and 900 × 500 / 301 = 1,495 on neither if the lists are independent."""
    low, high = range_of_two_lists(1200, 800, 300, (1.0,), (1.0,))
    assert ((low - 1700) * (high - 1700)) ** 0.5 == pytest.approx(1495, rel=1e-3)  # even on the log scale
    row = bound_hidden_groups(_lists((1200, 800, 300)), LISTS).table.row(0, named=True)
    assert [row[name] for name in ENDS] == [
        3000,
        3420,
        2270,
        5210,
    ]  # 3,002 to 3,417 and 2,272 to 5,204 outwards
    assert "odds ratio of the lists 0.5 to 2;" in row["assumptions_en"]
    assert "отношение шансов попасть в оба списка от 0,5 до 2;" in row["assumptions_ru"]
    assert (row["unit"], row["interval_percent"], row["method"]) == ("persons", 90, "two-lists")


def test_a_multiplier_by_hand() -> None:
    """1,000 counted, 10 to 20 of a hundred say they were: 5,000 to 10,000; with odds halved and doubled wider."""
    assert range_of_multiplier((1000, 1000), (0.1, 0.2), (1.0,)) == pytest.approx((5000, 10000))
    # Odds of .2 doubled are .5, a share of 1/3; odds of .1 halved are 1/18, a share of 1/19.
    assert range_of_multiplier((1000, 1000), (0.1, 0.2), (0.5, 2.0)) == pytest.approx((3000, 19000))
    shares = {
        "benchmark_lower": [900.0],
        "benchmark_upper": [1100.0],
        "share_lower": [0.1],
        "share_upper": [0.2],
    }
    row = bound_hidden_groups(pl.DataFrame(shares), SHARE).table.row(0, named=True)
    assert [row[name] for name in ENDS] == [4500, 11000, 2700, 20900]


PARTS = st.tuples(st.integers(10, 5000), st.integers(10, 5000), st.integers(10, 5000))


@settings(max_examples=60, deadline=None)
@given(PARTS, st.floats(1.05, 5), st.floats(0, 0.2), st.floats(0, 0.2))
def test_weaker_assumptions_never_narrow_a_range(
    parts: tuple[int, int, int], ratio: float, missed: float, false: float
) -> None:
    """Never a point, never fewer than are on the longer list, chance inside all; more doubt, wider range."""
    only_first, only_second, both = parts
    table = _lists((only_first + both, only_second + both, both))
    asked = BoundsQuestion("two-lists", ratio, missed, false)
    row, wider = (
        bound_hidden_groups(table, one).table.row(0, named=True)
        for one in (asked, BoundsQuestion("two-lists", ratio + 1, missed + 0.1, false + 0.1))
    )
    assert max(only_first, only_second) + both < row["lower"] + 10 <= row["lower_by_chance"] + 10
    assert row["lower_by_chance"] < row["upper_by_chance"] <= row["upper"]
    assert wider["lower"] <= row["lower"]
    assert row["upper"] <= wider["upper"]


@pytest.mark.parametrize("odds", [1.0, 2.0])
def test_ranges_hold_the_truth(odds: float) -> None:
    """Independent lists: the range by chance in 86 to 94 of a hundred; dependent ones (odds ratio 2): the whole range."""
    draw, truth, held = np.random.default_rng(5), 4000, []
    both, first, second = 0.12 * odds, 0.25, 0.3  # unnormalised chances of 11, 10, 01; 00 by the odds ratio
    cells = np.array([both, first, second, first * second / 0.12])
    for _ in range(600):
        n11, n10, n01, _n00 = draw.multinomial(truth, cells / cells.sum())
        row = bound_hidden_groups(_lists((n11 + n10, n11 + n01, n11)), LISTS).table.row(0, named=True)
        ends = ("lower_by_chance", "upper_by_chance") if odds == 1 else ("lower", "upper")
        held.append(row[ends[0]] <= truth <= row[ends[1]])
    assert (0.86 <= np.mean(held) <= 0.94) if odds == 1 else np.mean(held) >= 0.95


def test_small_counts_are_withheld_and_open_ends_stay_open() -> None:
    """Fewer than ten persons anywhere: nothing; no overlap, or all of one list on the other: a lower end only."""
    table = bound_hidden_groups(
        _lists((5, 400, 2), (405, 400, 398), (500, 400, 0), (500, 400, 400)), LISTS
    ).table
    assert table["status_reason"].to_list() == [
        "too_few_persons",
        "too_few_persons",
        "nobody_on_both_lists",
        "one_list_holds_the_other",
    ]
    assert table["upper"].null_count() == 4
    assert table["lower"].to_list()[:3] == [None, None, 500]
    assert not {"value", "median", "estimate", "first_list", "both"} & set(table.columns)


@pytest.mark.parametrize(
    ("table", "asked", "kind"),
    [
        (_lists((10, 10, 11)), LISTS, TableInvalid),
        (_lists((10, 10, 5)).drop("both"), LISTS, TableInvalid),
        (_lists((50, 50, 20), (60, 50, 20)).with_columns(sector=pl.lit("s")), LISTS, TableInvalid),
        (_lists((50, 50, 20)).rename({"sector": "person_id"}), LISTS, MethodNotApplicable),
        (_lists((50, 50, 20)).rename({"sector": "full_name"}), LISTS, MethodNotApplicable),
        (_lists((50, 50, 20)).rename({"sector": "status"}), LISTS, SettingsInvalid),
        (_lists((10**18, 50, 20)), LISTS, TableInvalid),
        (_lists((50, 50, 20)), BoundsQuestion("two-lists", 1.0), SettingsInvalid),
        (_lists((50, 50, 20)), BoundsQuestion("two-lists", missed_links=0.6), SettingsInvalid),
        (_lists((50, 50, 20)), BoundsQuestion("one-number"), SettingsInvalid),
        (_lists((50, 50, 20)), SHARE, TableInvalid),
    ],
)
def test_what_is_refused(table: pl.DataFrame, asked: BoundsQuestion, kind: type[GuzarError]) -> None:
    """Counts that cannot be, tables of persons, and ranges that would be no ranges."""
    with pytest.raises(kind):
        bound_hidden_groups(table, asked)

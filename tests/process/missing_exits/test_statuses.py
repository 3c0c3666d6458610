"""What may be said of each cell: a number, bounds, or nothing; and why."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from guzar.define.tables.missing_exits import ImputedMeasures
from guzar.process.missing_exits.statuses import (
    DELTAS,
    MEASURES,
    SEEN,
    STOCK,
    BaseStock,
    Findings,
    Series,
    interval_of,
    state_measures,
    state_nothing,
    tipping_of,
)
from guzar.process.missing_exits.year_counts import YearCounts

YEARS = range(2019, 2021)
# immigrations, emigrations, residents, beyond; two years
COUNTED = np.array([[100.0, 110.0], [90.0, 120.0], [1000.0, 990.0], [50.0, 60.0]])


def draws_of(shift: float = 0.0, undecided: float = 0.0, drawn: float = 5.0) -> YearCounts:
    """Five draws around COUNTED; `shift` is added to emigrations."""
    spread = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])[:, None, None] * np.array([1, -1, 1, 1])[:, None]
    counted = COUNTED + spread + np.array([0.0, shift, -shift, -shift])[:, None]
    nobody = np.zeros_like(counted)
    return YearCounts(counted, np.full_like(counted, undecided), np.full_like(counted, drawn), nobody)


def findings(**changes: object) -> Findings:
    settings: dict[str, object] = {"told_apart": True, "least_coverage": 0.6, "gaps": 9}
    draws = {"undecided": changes.pop("undecided", 0.0), "drawn": changes.pop("drawn", 5.0)}
    all_draws = tuple(draws_of(10 * delta, **draws) for delta in DELTAS)  # type: ignore[arg-type]
    return Findings(all_draws, YEARS, **(settings | changes))  # type: ignore[arg-type]


def row_of(rows: list[dict[str, object]], measure: str, year: int) -> Mapping[str, object]:
    found = [row for row in rows if row["measure"] == measure and row["year"] == year]
    assert len(found) == 1
    return found[0]


def test_an_interval_by_hand() -> None:
    """Five draws with variance 2.5: t(.95; 4) = 2.1318, times √(1.2 · 2.5) = 3.6924."""
    value = np.array([[8.0], [9.0], [10.0], [11.0], [12.0]])
    lower, middle, upper = interval_of(Series(value, np.array([[1.0]] * 5), np.array([[0.0]] * 5)))
    assert middle[0] == 10
    assert upper[0] - 10 == pytest.approx(3.6924, abs=1e-3)
    assert 10 - lower[0] == pytest.approx(4.6924, abs=1e-3)


def test_a_number_where_the_assumptions_identify_it() -> None:
    """Median, interval and the range over δ around it."""
    row = row_of(state_measures(findings()), "immigrations", 2019)
    assert row["status"] == "identified_under_A1"
    assert row["median"] == 100
    assert row["status_reason"] == ""
    net = row_of(state_measures(findings()), "net_migration", 2019)
    beyond = row_of(state_measures(findings()), "stays_beyond_recorded_permission", 2019)
    assert beyond["median"] is None  # always a range
    assert beyond["lower"] < beyond["upper"]  # type: ignore[operator]
    assert net["range_lower"] < net["lower"] < net["median"] == 10 < net["upper"] < net["range_upper"]  # type: ignore[operator]


def test_nothing_drawn_is_observed() -> None:
    """Neither a gap nor a drawn crossing."""
    row = row_of(state_measures(findings(drawn=0.0, gaps=0)), "immigrations", 2019)
    assert row["status"] == "observed"


@pytest.mark.parametrize(
    ("changes", "estimated"),
    [
        ({"deaths_drawn": True}, {SEEN, "stays_beyond_recorded_permission"}),
        ({"corrected": True}, {measure for measure, _ in MEASURES}),
        ({"failed": ("few_cycles",)}, {measure for measure, _ in MEASURES}),
    ],
)
def test_what_is_corrected_or_in_doubt_is_not_observed(
    changes: dict[str, object], estimated: set[str]
) -> None:
    """Deaths that are drawn, crossings left out by chance, or too few of them to tell of losses, where no exit is lost."""
    rows = state_measures(findings(drawn=0.0, gaps=0, **changes))
    told = {str(row["measure"]): row["status"] for row in rows}
    assert {measure for measure, status in told.items() if status == "identified_under_A1"} == estimated
    assert set(told.values()) <= {"observed", "identified_under_A1"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"told_apart": False}, "ports_not_told_apart"),
        ({"least_coverage": 0.1}, "coverage_near_zero"),
        ({"undecided": 3.0}, "not_decidable_yet"),
        ({"drawn": 40.0}, "imputed_share_above_30_percent"),
    ],
)
def test_no_point_value_where_only_bounds_are_known(changes: dict[str, object], reason: str) -> None:
    """Each reason alone takes the median away, and leaves the range over δ."""
    row = row_of(state_measures(findings(**changes)), "immigrations", 2019)
    assert (row["status"], row["status_reason"], row["median"]) == ("bounded", reason, None)
    assert row["lower"] == row["range_lower"]
    assert row["upper"] == row["range_upper"]


def test_an_open_border_leaves_nothing() -> None:
    """Every measure and year, and no value in any."""
    rows = state_nothing(YEARS)
    assert len(rows) == len(MEASURES) * len(YEARS)
    values = ("lower", "median", "upper", "range_lower", "range_upper", "tipping_delta")
    assert {row["status"] for row in rows} == {"not_observed"}
    assert all(row[name] is None for row in rows for name in values)


def test_stays_beyond_permission_need_a_permission() -> None:
    """Where no permission is recorded their number is not 0: it is not observed."""
    row = row_of(state_measures(findings(has_permissions=False)), "stays_beyond_recorded_permission", 2019)
    assert (row["status"], row["upper"]) == ("not_observed", None)


def test_a_stock_adds_up_from_its_base() -> None:
    """5,000 at the end of 2018, births − deaths 30 and 20, net 10 and −10."""
    base = BaseStock(2018, 5000.0, {2019: 30.0, 2020: 20.0})
    rows = state_measures(findings(base=base))
    assert row_of(rows, STOCK, 2019)["median"] == 5040
    assert row_of(rows, STOCK, 2020)["median"] == 5050
    assert not [row for row in rows if row["measure"] == SEEN]
    later = state_measures(findings(base=BaseStock(2019, 5000.0, {2020: 20.0})))
    assert [row["year"] for row in later if row["measure"] == STOCK] == [2020]


def test_a_year_that_is_observed_in_part_has_no_stock() -> None:
    """Births and deaths of all of 2020 and migration of half of it make no population."""
    base = BaseStock(2018, 5000.0, {2019: 30.0, 2020: 20.0}, last_whole=2019)
    rows = state_measures(findings(base=base))
    assert row_of(rows, STOCK, 2019)["median"] == 5040
    last = row_of(rows, STOCK, 2020)
    assert (last["status"], last["status_reason"], last["range_upper"]) == (
        "not_observed",
        "year_not_whole",
        None,
    )


def test_a_stock_is_no_better_than_the_worst_year_in_it() -> None:
    """An undecided first year bounds the stock of the second."""
    made = findings(base=BaseStock(2018, 5000.0, {2019: 0.0, 2020: 0.0}))
    for draws in made.draws:
        draws.undecided[:, 0, 0] = 9
    rows = state_measures(made)
    assert row_of(rows, "net_migration", 2020)["status"] == "identified_under_A1"
    assert row_of(rows, STOCK, 2020)["status"] == "bounded"


@pytest.mark.parametrize(
    ("net", "tipping"),
    [
        ([5, 5, 5, 5], None),
        ([4, 2, -2, -4], np.log(2) / 2),
        ([-1, 1, 2, 3], -np.log(2) / 2),
        ([4, 0, -2, -4], 0.0),
        ([4, 2, 0, -4], np.log(2)),
        ([4, 0, 0, -4], 0.0),
        ([4, 0, 0, 4], None),
        ([0, 0, 0, 0], None),
    ],
)
def test_the_delta_that_tips_the_sign(net: list[float], tipping: float | None) -> None:
    """On a straight line between the δ at which was drawn; none where the sign stays."""
    found = tipping_of(np.array(net, float))
    assert found == (None if tipping is None else pytest.approx(tipping))


def test_counts_without_estimates_stand_beside() -> None:
    """Each by its measure; net and stock are worked out from them as from draws; none where nothing is observed."""
    nobody = np.zeros_like(COUNTED)
    plain = YearCounts(COUNTED + 7, nobody, nobody, nobody)
    fewer = YearCounts(COUNTED - [[9], [4], [0], [0]], nobody, nobody, nobody)
    base = BaseStock(2018, 5000.0, {2019: 30.0, 2020: 20.0})
    made = {"as_recorded": plain, "left_out": fewer}
    rows = state_measures(findings(**made))
    assert row_of(rows, "immigrations", 2020)["as_recorded"] == 117
    assert row_of(rows, "net_migration", 2019)["as_recorded"] == 10
    assert row_of(rows, "net_migration", 2019)["left_out"] == 5
    assert row_of(rows, SEEN, 2020)["left_out"] == 990
    assert row_of(state_measures(findings(base=base, **made)), STOCK, 2020)["left_out"] == 5000 + 50 + 5 - 15
    beyond = row_of(state_measures(findings(has_permissions=False, **made)), MEASURES[-1][0], 2019)
    assert (beyond["as_recorded"], beyond["left_out"]) == (None, None)


def test_a_table_counts_nothing_where_nothing_is_observed() -> None:
    """The declared table refuses a plain count of a country with an open border."""
    rows = [row | {"status_reason": "open_border", "citizens_counted": "_T"} for row in state_nothing(YEARS)]
    schema = {name: column.dtype for name, column in ImputedMeasures.columns().items()}
    table = pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
    assert ImputedMeasures.is_valid(table)
    assert not ImputedMeasures.is_valid(table.with_columns(as_recorded=5))
    assert not ImputedMeasures.is_valid(table.with_columns(left_out=5))

"""General tests of sources: planted slips are found, clean tables raise nothing, real slips are found unaided."""

import json
import random
from pathlib import Path
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_figures import observed, row
from tests.collect.sources.money_files import observed as read_observed

from guzar.analyse.checks import find_shares_outside_range, find_single_sender_totals, find_source_doubts
from guzar.analyse.doubts import explain
from guzar.analyse.exchanged_codes import find_exchanged_codes
from guzar.analyse.misplaced_values import find_misplaced_values
from guzar.analyse.series_slips import find_repeated_series, find_unit_slips
from guzar.analyse.slipped_rows import count_moved, count_with_twin, find_slipped_rows
from guzar.analyse.sums_and_totals import find_sexes_unlike_total, find_totals_below_parts
from guzar.collect.code_lists import read_code_lists
from guzar.collect.delivery import take_delivery
from guzar.define.areas import area_name, areas
from guzar.define.tables.checks import DeliveredCodes
from guzar.define.tables.figures import Observations

COUNTRIES = sorted(areas().filter(pl.col("kind") == "country")["code"].to_list(), key=area_name)[:60]


def _two_publishers(
    first: dict[str, float], second: dict[str, float], unit: str = "percent"
) -> list[dict[str, Any]]:
    """One indicator for one year by two publishers, and the first one's values of the year before."""
    rows = [row("cost", code, 2016, value, unit=unit, source="first") for code, value in second.items()]
    rows += [row("cost", code, 2017, value, unit=unit, source="first") for code, value in first.items()]
    return rows + [
        row("cost", code, 2017, value, unit=unit, source="second") for code, value in second.items()
    ]


def _values(seed: int = 1) -> dict[str, float]:
    pick = random.Random(seed)
    return {code: round(pick.uniform(1, 20), 3) for code in COUNTRIES}


@given(st.integers(0, 57), st.integers(1, 2), st.integers(0, 1000))
def test_two_exchanged_values_are_found_with_the_right_publisher(place: int, apart: int, seed: int) -> None:
    """Law: exchange two neighbours' values in one publication, and exactly they are in doubt, there."""
    values = _values(seed)
    one, other = COUNTRIES[place], COUNTRIES[place + apart]
    slipped = {**values, one: values[other], other: values[one]}
    doubts = find_misplaced_values(observed(_two_publishers(slipped, values)))
    assert [(set(d["areas_in_doubt"].split()), d["source"], d["check"]) for d in doubts] == [
        ({one, other}, "first", "exchanged_values")
    ]
    assert doubts[0]["expected_by_chance"] < 0.05


def test_three_in_a_circle_and_a_chain_are_found() -> None:
    """A rotation of three is one circle; a value that slid one row down is a chain."""
    values, a, b, c = _values(), *COUNTRIES[5:8]
    circle = {**values, a: values[b], b: values[c], c: values[a]}
    found = find_misplaced_values(observed(_two_publishers(circle, values)))
    assert [set(d["areas_in_doubt"].split()) for d in found] == [{a, b, c}]
    chain = {**values, a: values[b], b: values[c], c: 99.0}
    found = find_misplaced_values(observed(_two_publishers(chain, values)))
    assert [(d["check"], set(d["areas_in_doubt"].split())) for d in found] == [
        ("displaced_values", {a, b, c})
    ]


def test_ordinary_revisions_raise_no_doubt() -> None:
    """Values that were revised a little, or all of them, are no exchange."""
    values = _values()
    few = {**values, **{code: values[code] * 1.07 for code in COUNTRIES[::9]}}
    assert find_misplaced_values(observed(_two_publishers(few, values))) == []
    every = {code: value * random.Random(code).uniform(0.8, 1.2) for code, value in values.items()}
    assert find_misplaced_values(observed(_two_publishers(every, values))) == []
    assert find_slipped_rows(observed(_two_publishers(every, values))) == []


def test_rows_that_slipped_by_one_are_found_behind_a_common_factor() -> None:
    """Forty values one row further down, all of them two per cent lower."""
    values = {code: value * 1000 for code, value in _values(3).items()}
    moved = COUNTRIES[10:50]
    slipped = dict(values)
    for place, code in enumerate(moved):
        slipped[code] = round(0.98 * values[moved[place - 1]])
    doubts = find_slipped_rows(observed(_two_publishers(slipped, values, unit="usd")))
    assert [(d["check"], d["source"], d["period"]) for d in doubts] == [("slipped_rows", "first", "2017")]
    assert set(doubts[0]["areas_in_doubt"].split()) <= set(moved)
    assert json.loads(doubts[0]["explanation_values"])["factor"] == "0.9800"


def _codes(pairs: list[tuple[str, str]]) -> dy.DataFrame[DeliveredCodes]:
    return DeliveredCodes.validate(pl.DataFrame([
        {"source": "made_up", "edition": "2017", "place": f"row {i}", "reported_area": name, "reported_code": code}
        for i, (name, code) in enumerate(pairs)
    ]))  # fmt: skip


def test_two_names_beside_each_others_codes_are_one_doubt() -> None:
    """A swap is one doubt for both; a right list raises none."""
    pairs = [(area_name(code), code) for code in COUNTRIES]
    assert find_exchanged_codes(_codes(pairs)) == []
    pairs[3], pairs[4] = (pairs[3][0], pairs[4][1]), (pairs[4][0], pairs[3][1])
    doubts = find_exchanged_codes(_codes(pairs))
    assert [(d["check"], set(d["areas_in_doubt"].split())) for d in doubts] == [
        ("exchanged_codes", set(COUNTRIES[3:5]))
    ]


def test_one_sender_far_from_the_total_is_doubted_and_near_it_is_not() -> None:
    """One sender alone is no doubt where it is nearly the whole."""
    rows = [
        row("remittances_bilateral_usd", "UZB", 2018, 28.0, counterpart="RUS"),
        row("remittances_received_usd", "UZB", 2018, 76.0, source="other"),
        row("remittances_bilateral_usd", "TJK", 2018, 90.0, counterpart="RUS"),
        row("remittances_received_usd", "TJK", 2018, 100.0, source="other"),
    ]
    doubts = find_single_sender_totals(observed(rows))
    assert [(d["areas_in_doubt"], d["value_found"], d["value_expected"]) for d in doubts] == [
        ("UZB", "28", "76")
    ]


def test_shares_sums_and_totals() -> None:
    """Each law of a table, kept and broken once."""
    share = {"definition": "un_stock_female_percent", "unit": "percent", "sex": "F"}
    rows = [row("female", "KGZ", 2020, 101.0, **share), row("female", "TJK", 2020, 50.0, **share)]
    assert [d["areas_in_doubt"] for d in find_shares_outside_range(observed(rows))] == ["KGZ"]
    cell = {"unit": "persons", "counterpart": "UZB", "definition": "un_stock_by_origin"}
    stocks = [
        row("stock", "KGZ", 2020, value, sex=sex, **cell) for sex, value in (("_T", 10), ("F", 4), ("M", 5))
    ]
    stocks += [
        row("stock", "TJK", 2020, value, sex=sex, **cell) for sex, value in (("_T", 9), ("F", 4), ("M", 5))
    ]
    assert [d["areas_in_doubt"] for d in find_sexes_unlike_total(observed(stocks))] == ["UZB>KGZ"]
    total = [
        row("stock", area, 2020, 8, sex="_T", unit="persons", definition="un_stock_hosted")
        for area in ("KGZ", "TJK")
    ]
    parts = [*total, *[one for one in stocks if one["sex"] == "_T"]]
    assert {d["areas_in_doubt"] for d in find_totals_below_parts(observed(parts))} == {"KGZ", "TJK"}
    assert find_totals_below_parts(observed([total[0], row("stock", "KGZ", 2020, 8, sex="_T", **cell)])) == []


def test_a_sex_that_is_withheld_is_no_zero() -> None:
    """Women withheld beside a printed total: the sum is not known, so that nothing can be said against it."""
    cell = {"unit": "persons", "counterpart": "UZB", "definition": "un_stock_by_origin"}
    stocks = [row("stock", "KGZ", 2020, value, sex=sex, **cell) for sex, value in (("_T", 10), ("M", 5))]
    hidden = row("stock", "KGZ", 2020, 0, sex="F", **cell)
    hidden |= {"value": None, "observation_status": "withheld", "missing_mark": "~"}
    assert len(find_sexes_unlike_total(observed(stocks))) == 1
    assert find_sexes_unlike_total(observed([*stocks, hidden])) == []


@given(st.randoms(use_true_random=False))
def test_of_equally_wide_gaps_the_first_by_name_is_shown(shuffle: random.Random) -> None:
    """Law: the doubts do not depend on the order of the rows, also where one doubt stands for many."""
    rows = [
        row("stock", "KGZ", 2020, value, sex=sex, unit="persons", counterpart=code, definition="un_stock_by_origin")
        for code in COUNTRIES[:25]
        for sex, value in (("_T", 10), ("F", 4), ("M", 5))
    ]  # fmt: skip
    first = min(code for code in COUNTRIES[:25])
    shuffle.shuffle(rows)
    doubts = find_sexes_unlike_total(observed(rows))
    assert [(d["areas_in_doubt"], json.loads(d["explanation_values"])["cells"]) for d in doubts] == [
        (f"{first}>KGZ", 25)
    ]


def test_slipped_units_are_found_between_years_and_editions() -> None:
    """A thousandfold step in a steady series, and one cell exactly a thousand times that of another edition."""
    steady = [row("amount", "KGZ", 2010 + i, 5e6 * 1.02**i) for i in range(10)]
    assert find_unit_slips(observed(steady)) == []
    steady[4]["value"] /= 1000
    assert {d["period"] for d in find_unit_slips(observed(steady))} == {"2014", "2015"}
    editions = [row("amount", "KGZ", 2010, 5.25e6), row("amount", "KGZ", 2010, 5.25e9, edition="2025")]
    assert [d["check"] for d in find_unit_slips(observed(editions))] == ["unit_slip_between_editions"]
    by_chance = [row("amount", "KGZ", 2010, 1.0), row("amount", "KGZ", 2010, 1000.0, edition="2025")]
    assert find_unit_slips(observed(by_chance)) == []


def test_people_who_fled_are_no_slipped_unit() -> None:
    """A count of people that grows a thousandfold and stays there is in doubt only where another edition disagrees."""
    low = [row("refugees", "LBN", 2005 + i, 120.0 + i, unit="persons") for i in range(6)]
    high = [row("refugees", "LBN", 2011 + i, 126_939.0 * 1.05**i, unit="persons") for i in range(6)]
    assert find_unit_slips(observed([*low, *high])) == []
    back = [row("refugees", "LBN", 2017 + i, 168.0 + i, unit="persons") for i in range(4)]
    assert {d["period"] for d in find_unit_slips(observed([*low, *high, *back]))} == {"2011", "2017"}
    other = [row("refugees", "LBN", 2011, 125.5, unit="persons", edition="2025")]
    doubts = find_unit_slips(observed([*low, *high, *other]))
    assert [(d["check"], d["period"]) for d in doubts] == [("unit_slip_between_years", "2011")]


def test_money_that_changes_its_level_for_good_is_still_in_doubt() -> None:
    """An amount or a rate that loses three digits in one steady step."""
    rows = [row("amount", "ZMB", 1965 + i, 714.286 / (1000 if i > 5 else 1), unit="usd") for i in range(12)]
    assert [d["period"] for d in find_unit_slips(observed(rows))] == ["1971"]


def test_one_series_under_two_areas_is_found() -> None:
    """Two areas with the same long run; a short run of small numbers is no evidence."""
    rows = [row("amount", area, 2010 + i, 123456.7 * 1.1**i) for area in ("KGZ", "TJK") for i in range(8)]
    assert [d["areas_in_doubt"] for d in find_repeated_series(observed(rows))] == ["KGZ TJK"]
    small = [row("amount", area, 2010 + i, float(i + 1)) for area in ("KGZ", "TJK") for i in range(8)]
    assert find_repeated_series(observed(small)) == []


@given(
    st.lists(st.integers(1, 30), min_size=10, max_size=40),
    st.lists(st.integers(1, 30), min_size=40, max_size=40),
)
def test_the_quick_count_never_hides_a_slip(ours: list[int], theirs: list[int]) -> None:
    """Law: there are at least as many values with a twin as there are values that moved."""
    first, second = np.array(ours, float), np.array(theirs[: len(ours)], float)
    assert count_with_twin(first, second, 0.5) >= count_moved(first, second, 0.5)


def test_a_doubt_is_a_courteous_sentence_with_its_values() -> None:
    """The sentence can be filled from its own values and asks, it does not accuse."""
    values = _values()
    one, other = COUNTRIES[:2]
    doubts = find_source_doubts(
        observed(_two_publishers({**values, one: values[other], other: values[one]}, values))
    )
    template, filled = explain(doubts.row(0, named=True))
    said = template.format(**filled)
    assert "grateful" in said
    assert one in said
    assert doubts.height == 1


def test_sdg_10_c_1_of_2017_on_the_wrong_countries(shared: Path) -> None:
    """Nine values of one year, one exchange, one circle, one chain, and nothing else in 369 shared cells."""
    files = ("sdg/sdg-migration-series-2020.csv", "remittance-prices/wdi-2023-05-cost-to-country-percent.xls")
    doubts = find_misplaced_values(pl.concat([read_observed(shared, file) for file in files]))
    found = {frozenset(d["areas_in_doubt"].split()) for d in doubts}
    assert found == {
        frozenset({"BLR", "BEN"}), frozenset({"KHM", "CMR", "CPV"}), frozenset({"HRV", "CUB", "CIV", "CRI"})
    }  # fmt: skip
    assert {(d["source"], d["period"]) for d in doubts} == {("sdg", "2017")}
    assert max(d["expected_by_chance"] for d in doubts) < 0.001


def test_uzbekistan_has_one_sender_in_two_matrices(shared: Path) -> None:
    """2,801 against 7,610 million in 2018, and the same in 2017."""
    files = ("remittances/world-bank-2018-bilateral-remittances.csv", "remittances/knomad-2023-06-inflows.xlsx",
             "remittances/world-bank-2017-bilateral-remittances.xlsx")  # fmt: skip
    doubts = find_single_sender_totals(pl.concat([read_observed(shared, file) for file in files]))
    uzbek = {
        d["period"]: (float(d["value_found"]), float(d["value_expected"]))
        for d in doubts
        if d["areas_in_doubt"] == "UZB"
    }
    assert uzbek["2018"] == (pytest.approx(2801e6, rel=1e-3), pytest.approx(7610e6, rel=1e-3))
    assert set(uzbek) == {"2017", "2018"}


def test_the_two_codes_swapped_in_a_workbook(shared: Path) -> None:
    """Algeria beside ARE and the United Arab Emirates beside DZA, found by looking for lists of codes."""
    delivery = take_delivery(shared / "data" / "stocks" / "world-bank-2017-bilateral-migrant-stocks.xlsx")
    doubts = find_exchanged_codes(read_code_lists(delivery, source="world_bank_stock", edition="2018"))
    assert [(d["check"], d["value_found"]) for d in doubts] == [
        ("exchanged_codes", "United Arab Emirates = DZA, Algeria = ARE")
    ]


def test_canada_2015_slipped_in_one_carrier_of_the_2019_revision(
    published_stocks: dy.DataFrame[Observations],
) -> None:
    """Origins from the letter P on hold their neighbours' numbers in the tidy table; the 2020 revision does not."""
    stocks = published_stocks.filter((pl.col("area") == "CAN") | (pl.col("counterpart") == "UKR"))
    doubts = find_slipped_rows(stocks)
    assert [(d["source"], d["edition"], d["period"]) for d in doubts] == [
        ("un_migrant_stock", "2019-08", "2015")
    ]
    assert {"UKR>CAN", "RUS>CAN", "TJK>CAN", "UZB>CAN"} <= set(doubts[0]["areas_in_doubt"].split())

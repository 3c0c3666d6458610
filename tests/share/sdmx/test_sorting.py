"""`sort` of SDMX REST 2: the rows of a query, all of them, in the order that plain Python gives."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share.sdmx.conftest import PUBLISHED_AT, Shipped

from guzar.share.sdmx import sorting
from guzar.share.sdmx.answers import Words, make_answer
from guzar.share.sdmx.data_paths import read_v2_data
from guzar.share.sdmx.periods import days_of
from guzar.share.sdmx.refusals import QueryRefused

FLOW = "REMITTANCES"
FLAT = {"dimensionAtObservation": "AllDimensions"}
Row = dict[str, Any]


def rows_of(shipped: Shipped, given: dict[str, str]) -> list[Row]:
    """Each observation with its components, in the order of the answer."""
    flow = shipped.index.flows[FLOW].flow
    answer = make_answer(
        shipped.index, read_v2_data(flow, "", given), Words({}, {}), most=10_000_000, prepared=PUBLISHED_AT
    )
    assert answer is not None
    return [
        {
            **dict(zip([one.id for one in flow.dimensions], series.key, strict=True)),
            "TIME_PERIOD": days_of(at),
            "OBS_VALUE": float(value) if value else float("-inf"),
            **{
                one.id: held or ""
                for one, held in zip(
                    answer.observation_attributes, answer.attribute_sets[number], strict=True
                )
            },
        }
        for series in answer.series
        for at, value, number in series.observations
    ]


NAMES = st.sampled_from(["REF_AREA", "INDICATOR", "EDITION", "TIME_PERIOD", "OBS_VALUE", "EVIDENCE"])
TERMS = st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=4, unique_by=lambda one: one[0])


def test_a_flat_answer_is_sorted_by_any_components(shipped: Shipped) -> None:
    plain = rows_of(shipped, FLAT)

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(terms=TERMS)
    def check(terms: list[tuple[str, bool]]) -> None:
        wanted = plain.copy()
        for name, goes_down in reversed(terms):
            wanted.sort(key=lambda row: row[name], reverse=goes_down)
        asked = "+".join(f"{name}:desc" if goes_down else name for name, goes_down in terms)
        assert rows_of(shipped, {**FLAT, "sort": asked}) == wanted
        page = rows_of(shipped, {**FLAT, "sort": asked, "offset": "7", "limit": "30"})
        assert page == wanted[7:37]  # the page of the sorted rows, not the sorted page

    check()


def test_series_are_sorted_by_their_keys_and_their_periods(shipped: Shipped) -> None:
    plain = rows_of(shipped, {})
    down = rows_of(shipped, {"sort": "REF_AREA:desc+TIME_PERIOD:desc"})
    assert [row["REF_AREA"] for row in down] == sorted((row["REF_AREA"] for row in plain), reverse=True)
    assert len(down) == len(plain) > 100
    places: dict[tuple[Any, ...], list[int]] = {}
    own = [one.id for one in shipped.index.flows[FLOW].flow.dimensions]
    for place, row in enumerate(down):
        places.setdefault(tuple(row[name] for name in own), []).append(place)
    assert all(held == list(range(held[0], held[0] + len(held))) for held in places.values())
    periods = [[down[place]["TIME_PERIOD"] for place in held] for held in places.values()]
    assert all(held == sorted(held, reverse=True) for held in periods)
    assert max(map(len, periods)) > 3
    for series in ("series_key", "*"):
        assert rows_of(shipped, {"sort": series}) == plain
        assert rows_of(shipped, {"sort": f"{series}:asc"}) == plain
    assert rows_of(shipped, {"sort": "*:desc"}) == plain[::-1]


def test_a_component_counts_once(shipped: Shipped) -> None:
    flow = shipped.index.flows[FLOW].flow
    asked = "+".join(["REF_AREA:desc", *["*"] * 500, "REF_AREA"])
    terms = sorting.read_sort(flow, asked)
    assert terms[0] == ("REF_AREA", True)
    assert len(terms) == len(flow.dimensions) + 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"sort": "NOTHING"}, 400),
        ({"sort": "REF_AREA:up"}, 400),
        ({"sort": ""}, 400),
        ({"sort": "OBS_VALUE"}, 400),  # within series only AllDimensions can be sorted by it
        ({"sort": "TIME_PERIOD+REF_AREA"}, 400),
        ({"sort": "REF_AREA", "dimensionAtObservation": "REF_AREA"}, 501),
        ({"reportingYearStartDay": "July"}, 400),
        ({"reportingYearStartDay": "--07-01"}, 501),
    ],
)
def test_what_cannot_be_sorted_is_refused(shipped: Shipped, asked: dict[str, str], status: int) -> None:
    with pytest.raises(QueryRefused) as refused:
        rows_of(shipped, asked)
    assert refused.value.status == status


def test_too_many_rows_are_not_sorted(shipped: Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "MOST_SORTED", 20)
    with pytest.raises(QueryRefused) as refused:
        rows_of(shipped, {"sort": "REF_AREA"})
    assert refused.value.status == 413


def test_calendar_years_change_nothing(shipped: Shipped) -> None:
    assert rows_of(shipped, {"reportingYearStartDay": "--01-01"}) == rows_of(shipped, {})

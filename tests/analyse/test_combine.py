"""Sums and comparisons: counts add up over any split; different things are refused, saying which differ."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import hosted, observe, stock

from guzar.analyse.combine import add_up, compare
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

ORIGINS = ("ARM", "AZE", "BLR", "DEU", "GEO", "KAZ", "KGZ", "POL")
COUNTS = st.lists(st.integers(0, 10**9), min_size=2, max_size=len(ORIGINS))


@given(counts=COUNTS, picks=st.lists(st.booleans(), min_size=len(ORIGINS), max_size=len(ORIGINS)))
def test_counts_add_up_over_any_split(counts: list[int], picks: list[bool]) -> None:
    """However the origins are split in two, the sums of the parts add up to the sum of all."""
    cells = [stock("RUS", origin, "2020", count) for origin, count in zip(ORIGINS, counts, strict=False)]
    parts = [
        [cell for cell, pick in zip(cells, picks, strict=False) if pick is side] for side in (True, False)
    ]
    whole = add_up(observe(*cells), {"counterpart": "_T"})["value"].sum()
    assert whole == sum(
        add_up(observe(*part), {"counterpart": "_T"})["value"].sum() for part in parts if part
    )
    assert whole == sum(counts)


@given(counts=st.lists(st.floats(0, 1e12), min_size=2, max_size=len(ORIGINS)))
def test_the_order_of_the_parts_does_not_matter(counts: list[float]) -> None:
    """The same rows in another order give the same sums, to the last digit of an amount."""
    cells = [stock("RUS", origin, "2020", count) for origin, count in zip(ORIGINS, counts, strict=False)]
    forwards, backwards = observe(*cells), observe(*reversed(cells))
    assert add_up(forwards, {"counterpart": "_T"}).equals(add_up(backwards, {"counterpart": "_T"}))


def test_a_part_that_is_not_known_makes_the_sum_not_known() -> None:
    """A missing mark is not a zero."""
    total = add_up(
        observe(stock("RUS", "ARM", "2020", 5), ("un_stock_by_origin", "RUS", "GEO", "_T", "2020", None)),
        {"counterpart": "_T"},
    )
    assert total["value"].to_list() == [None]
    assert total["observation_status"].to_list() == ["not_known"]


def test_persons_and_dollars_are_refused_and_the_units_named() -> None:
    """Adding across units says which units."""
    mixed = pl.concat(
        [
            observe(stock("RUS", "ARM", "2020", 5)),
            observe(("wb_bilateral_remittances", "ARM", "RUS", "_Z", "2018", 5.0)),
        ]
    )
    with pytest.raises(MethodNotApplicable, match="unit: persons / usd"):
        add_up(Observations.validate(mixed), {"counterpart": "_T"})


@pytest.mark.parametrize(
    ("property_", "other", "said"),
    [
        ("unit", "entries", "unit: persons / entries"),
        ("concept", "citizenship", "concept: birth / citizenship"),
        ("measure", "flow", "measure: stock / flow"),
    ],
)
def test_other_units_concepts_and_measures_are_refused(
    property_: str, other: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Persons and entries, birth and citizenship, stock and flow: refused, saying which differ."""
    from dataclasses import replace

    from guzar.define import definitions

    born = definitions.find_definition("un_stock_by_origin")
    changed = replace(born, id="made_up", **{property_: other})
    known = {**definitions.definitions(), "made_up": changed}
    monkeypatch.setattr(definitions, "definitions", lambda: known)
    one = observe(stock("RUS", "ARM", "2020", 5))
    two = one.with_columns(definition=pl.lit("made_up"), counterpart=pl.lit("GEO"), unit=pl.lit(changed.unit))
    with pytest.raises(MethodNotApplicable, match=said):
        add_up(Observations.validate(pl.concat([one, two])), {"counterpart": "_T"})
    with pytest.raises(MethodNotApplicable, match=said):
        compare(one, Observations.validate(two))


def test_editions_are_never_added_or_compared() -> None:
    """The distance between editions is a revision; the message names the editions."""
    old, new = (
        observe(stock("RUS", "ARM", "2015", 5), edition="2019-08"),
        observe(stock("RUS", "ARM", "2015", 6)),
    )
    with pytest.raises(MethodNotApplicable, match="2019-08, 2020-12"):
        add_up(Observations.validate(pl.concat([old, new])), {"counterpart": "_T"})
    with pytest.raises(MethodNotApplicable, match="2019-08, 2020-12"):
        compare(old, new)


def test_shares_are_not_added() -> None:
    """A sum of percentages is no percentage."""
    shares = observe(
        ("un_stock_female_percent", "RUS", "_T", "F", "2020", 50.0),
        ("un_stock_female_percent", "KAZ", "_T", "F", "2020", 52.0),
    )
    with pytest.raises(MethodNotApplicable, match="rate"):
        add_up(shares, {"area": "NCA9"})


def test_a_total_among_its_parts_is_refused() -> None:
    """Both sexes beside men and women would count people twice."""
    both = observe(
        stock("RUS", "ARM", "2020", 9),
        stock("RUS", "ARM", "2020", 4, "M"),
        stock("RUS", "ARM", "2020", 5, "F"),
    )
    with pytest.raises(MethodNotApplicable, match="twice"):
        add_up(both, {"sex": "_T"})


def test_comparing_the_same_kind_gives_difference_and_ratio() -> None:
    """Listed origins against the printed total: same unit, concept and measure."""
    first = observe(hosted("RUS", "2020", 100))
    second = observe(("guzar_stock_listed_origins", "RUS", "_T", "_T", "2020", 80.0))
    row = compare(first, second).row(0, named=True)
    assert (row["difference"], row["ratio"]) == (-20, 0.8)


@pytest.mark.parametrize(
    ("modelled", "status"), [(0, "estimated"), (10, "estimated"), (11, "modelled_from_modelled")]
)
def test_a_sum_is_modelled_where_more_than_a_tenth_of_it_is(modelled: int, status: str) -> None:
    """A tenth of the persons may rest on a model; one more in a hundred may not."""
    parts = pl.concat(
        [
            observe(stock("RUS", "ARM", "2020", modelled), observation_status="modelled_from_modelled"),
            observe(stock("RUS", "GEO", "2020", 100 - modelled)),
        ]
    )
    assert add_up(Observations.validate(parts), {"counterpart": "_T"})["observation_status"].to_list() == [
        status
    ]

"""Totals of regions: hosted, abroad, inside, incoming and outgoing stand apart, and members are complete."""

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import hosted, observe, stock

from guzar.analyse.regions import total_corridor, total_figures, total_members, total_regions
from guzar.analyse.stock_figures import derive_stock_figures
from guzar.define.areas import regions
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

MEMBERS = regions()["CA5"].members
OUTSIDE = ("RUS", "DEU", "TUR")
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(MEMBERS + OUTSIDE), st.sampled_from(MEMBERS + OUTSIDE)).filter(
        lambda e: e[0] != e[1]
    ),
    st.integers(1, 10**6),
    min_size=1,
    max_size=20,
)


@pytest.fixture(scope="module")
def derived(published_stocks: dy.DataFrame[Observations]) -> pl.DataFrame:
    """Everything that guzar derives from the two published revisions."""
    return derive_stock_figures(published_stocks)["observations"]


def _value(
    derived: pl.DataFrame, indicator: str, area: str, counterpart: str = "_T", *, period: str = "2019"
) -> float:
    found = derived.filter(
        (pl.col("indicator") == indicator)
        & (pl.col("area") == area)
        & (pl.col("counterpart") == counterpart)
        & (pl.col("period") == period)
        & (pl.col("sex") == ("F" if "percent" in indicator else "_T"))
        & (pl.col("edition") == {"2019": "2019-08", "2020": "2020-12"}[period])
    )
    return float(found["value"].item())


def test_the_nine_areas_of_the_2019_revision(derived: pl.DataFrame) -> None:
    """Cross-check 7 and finding D09: 17.7 m hosted, 21.1 m abroad, 11.5 m in both."""
    assert _value(derived, "migrant_stock", "NCA9") == 17_707_038
    assert _value(derived, "migrant_stock_listed_origins", "NCA9") == 17_325_041
    assert _value(derived, "emigrant_stock", "NCA9") == 21_064_101
    assert _value(derived, "migrant_stock", "NCA9", "NCA9") == 11_484_394
    assert _value(derived, "migrant_stock_from_outside_region", "NCA9") == 17_325_041 - 11_484_394
    assert _value(derived, "emigrant_stock_outside_region", "NCA9") == 21_064_101 - 11_484_394


def test_the_five_states_of_central_asia(derived: pl.DataFrame) -> None:
    """Five states, not nine: other numbers under other names; 4,949,476 of those born there live in Russia."""
    assert _value(derived, "migrant_stock", "CA5") == 5_543_398
    assert _value(derived, "emigrant_stock", "CA5") == 7_598_870
    assert _value(derived, "migrant_stock", "RUS", "CA5") == 4_949_476


def test_women_among_those_born_in_the_nine_areas(derived: pl.DataFrame) -> None:
    """53.2 % of people abroad, 51.3 % of people hosted (finding D16)."""
    assert round(_value(derived, "emigrant_stock_female_percent", "NCA9"), 1) == 53.2
    assert round(_value(derived, "migrant_stock_female_percent", "NCA9"), 1) == 51.3


def test_a_result_names_its_publisher_and_date(published_stocks: dy.DataFrame[Observations]) -> None:
    """The same name by two publishers, or at two dates, is two regions."""
    totals = total_regions(published_stocks, [regions()["NCA9"]])
    assert set(totals["region_publisher"]) == {regions()["NCA9"].publisher}
    assert totals["region_as_of"].null_count() == 0
    assert set(totals["region_members"]) == {" ".join(regions()["NCA9"].members)}


@given(cells=CELLS)
def test_intra_incoming_and_outgoing_make_the_totals(cells: dict[tuple[str, str], int]) -> None:
    """Hosted = intra + incoming and abroad = intra + outgoing, whatever the corridors are."""
    full = (
        {(m, "DEU"): 1 for m in MEMBERS} | {("DEU", m): 1 for m in MEMBERS} | cells
    )  # every member has both
    table = observe(
        *[stock(area, origin, "2020", n) for (area, origin), n in full.items()],
        *[hosted(m, "2020", 1e9) for m in MEMBERS],
    )
    rows = derive_stock_figures(table)["observations"].filter(pl.col("area") == "CA5")
    by = dict(rows.filter(pl.col("counterpart") == "_T").select("indicator", "value").iter_rows())
    inside = sum(n for (a, o), n in full.items() if a in MEMBERS and o in MEMBERS)
    found = rows.filter((pl.col("counterpart") == "CA5") & (pl.col("indicator") == "migrant_stock"))[
        "value"
    ].sum()
    assert found == inside
    if inside:
        assert by["migrant_stock_listed_origins"] == inside + by["migrant_stock_from_outside_region"]
        assert by["emigrant_stock"] == inside + by["emigrant_stock_outside_region"]
    assert by["emigrant_stock"] == sum(n for (a, o), n in full.items() if o in MEMBERS)


def test_a_missing_member_gives_no_total() -> None:
    """Four of five members are not Central Asia."""
    table = observe(*[hosted(m, "2020", 5) for m in MEMBERS[:-1]])
    assert total_members(table, regions()["CA5"], "un_stock_hosted").height == 0


def test_shares_of_members_are_not_added_up() -> None:
    """The refusal says what cannot be added, and of which region."""
    shares = observe(*[("un_stock_female_percent", m, "_T", "F", "2020", 50.0) for m in MEMBERS])
    with pytest.raises(MethodNotApplicable, match=r"un_stock_female_percent[\s\S]*CA5"):
        total_figures(shares, "migrant_stock_female_percent", "CA5")


def test_corridors_with_regions_at_both_ends() -> None:
    """Born in one region and living in another; people in both lists are counted by corridor, never at home."""
    table = observe(
        stock("RUS", "KAZ", "2020", 10),
        stock("KAZ", "RUS", "2020", 3),
        stock("KAZ", "UZB", "2020", 2),
        stock("KAZ", "DEU", "2020", 9),
    )
    assert total_corridor(table, "CA5", "EAEU")["value"].to_list() == [12]

"""Share of women: from the counts of both sexes, wherever both are held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import observe, stock

from guzar.analyse.gender import women_among_emigrants, women_among_migrants
from guzar.define.definitions import definitions


@given(women=st.integers(0, 10**7), men=st.integers(1, 10**7))
def test_the_share_lies_between_none_and_all(women: int, men: int) -> None:
    """Women per hundred of both sexes."""
    table = observe(stock("RUS", "KGZ", "2020", women + men), stock("RUS", "KGZ", "2020", women, "F"))
    row = women_among_migrants(table).row(0, named=True)
    assert row["value"] == pytest.approx(100 * women / (women + men))
    assert (row["sex"], row["unit"], row["indicator"]) == ("F", "percent", "migrant_stock_female_percent")


def test_nobody_gives_no_share() -> None:
    """A corridor without people, or without women counted, has no share of women."""
    table = observe(
        stock("RUS", "KGZ", "2020", 0), stock("RUS", "KGZ", "2020", 0, "F"), stock("RUS", "TJK", "2020", 5)
    )
    assert women_among_migrants(table).height == 0


def test_emigrants_have_their_own_share() -> None:
    """The share of people abroad is not the share of people hosted."""
    table = observe(
        ("guzar_emigrant_stock", "KGZ", "_T", "_T", "2020", 10.0),
        ("guzar_emigrant_stock", "KGZ", "_T", "F", "2020", 6.0),
    )
    assert women_among_emigrants(table)["value"].to_list() == [60.0]


def test_birth_based_figures_carry_the_soviet_caveat() -> None:
    """Every birth-based definition that guzar computes says who is counted as a migrant, in both languages."""
    born = [
        d
        for d in definitions().values()
        if d.id.startswith("guzar_") and d.concept == "birth" and d.source == "un_migrant_stock"
    ]
    assert len(born) >= 10
    assert all("USSR before 1991" in d.note_en and "СССР" in d.note_ru for d in born)

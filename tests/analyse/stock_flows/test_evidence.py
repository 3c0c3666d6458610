"""Which second stocks are evidence: frozen mixes, old censuses, models; and the flows that rest on them."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.stock_flows.evidence import judge_destinations, mark_flows
from guzar.define.areas import THE_TWELVE
from guzar.errors import TableInvalid

MIX = {"ARM": 40_000, "GEO": 25_000, "KAZ": 9_000, "UKR": 3_000, "FRA": 12}
Row = tuple[str, str, int, float]


def _cells(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["birth_country", "residence_country", "year", "persons"], orient="row")


def _both(factors: dict[str, float], living: str = "RUS", mix: dict[str, int] = MIX) -> list[Row]:
    first = [(origin, living, 2015, float(count)) for origin, count in mix.items()]
    return first + [(o, living, 2020, float(int(count * factors.get(o, 1.0)))) for o, count in mix.items()]


def _verdict(rows: list[Row]) -> dict[str, object]:
    return judge_destinations(_cells(rows), 2015, 2020).row(0, named=True)


@settings(max_examples=25)
@given(factor=st.floats(0.5, 3.0))
def test_a_shared_out_total_is_frozen(factor: float) -> None:
    """All origins times one factor, cut to whole persons; the twelve people from France are not judged."""
    verdict = _verdict(_both(dict.fromkeys(MIX, factor)))
    assert (verdict["frozen_mix"], verdict["origins_judged"]) == ("frozen", 4)
    assert verdict["stock_status"] == "modelled_from_modelled"


@settings(max_examples=25)
@given(moved=st.sampled_from(["ARM", "GEO", "KAZ", "UKR"]), by=st.floats(1.02, 4))
def test_one_origin_that_moves_thaws_the_mix(moved: str, by: float) -> None:
    """An origin that grew by 2 % more than the others was looked at."""
    verdict = _verdict(_both({moved: by}))
    assert (verdict["frozen_mix"], verdict["stock_status"]) == ("moved", "estimated")


def test_three_origins_are_too_few_and_natives_do_not_count() -> None:
    """The verdict is open, and nothing is marked because of it; people born in the country are no origin."""
    few = {origin: MIX[origin] for origin in ("ARM", "GEO", "KAZ")}
    natives: list[Row] = [("RUS", "RUS", year, 1e8) for year in (2015, 2020)]
    verdict = _verdict([*_both({}, mix=few), *natives])
    assert (verdict["frozen_mix"], verdict["variation_of_ratios"]) == ("too_few_origins", None)
    assert verdict["stock_status"] == "estimated"


def test_origins_that_vanish_have_moved() -> None:
    """A second date without any of them: no number for the variation, and no frozen mix."""
    verdict = _verdict([*_both({})[: len(MIX)], ("FRA", "RUS", 2020, 12.0)])
    assert (verdict["frozen_mix"], verdict["variation_of_ratios"]) == ("moved", None)


@pytest.mark.parametrize(
    ("seen", "status"), [(2018, "estimated"), (2017, "modelled_from_modelled"), (None, "estimated")]
)
def test_a_second_stock_is_seen_within_two_years(seen: int | None, status: str) -> None:
    """The oldest evidence of the second date counts, that of the first does not; what is not told is not judged."""
    moving = _cells(_both({"ARM": 2.0}))
    at_end = (pl.col("year") == 2020) & (pl.col("birth_country") == "ARM")
    told = moving.with_columns(
        last_observed=pl.when(at_end)
        .then(pl.lit(seen, pl.Int64))
        .when(pl.col("year") == 2015)
        .then(2010)
        .otherwise(pl.lit(2020 if seen else None, pl.Int64))
    )
    assert judge_destinations(told, 2015, 2020)["stock_status"].to_list() == [status]


def test_a_year_that_is_none_is_refused() -> None:
    """Infinity, as a spreadsheet may write it, is no year of a census."""
    with pytest.raises(TableInvalid, match="last_observed"):
        judge_destinations(_cells(_both({})).with_columns(last_observed=float("inf")), 2015, 2020)


def test_a_stock_that_says_it_is_modelled_is_taken_at_its_word() -> None:
    """The column observation_status of published figures."""
    told = _cells(_both({"ARM": 2.0})).with_columns(observation_status=pl.lit("modelled_from_modelled"))
    assert judge_destinations(told, 2015, 2020)["stock_status"].to_list() == ["modelled_from_modelled"]


def test_flows_are_marked_where_their_method_reads_the_stock() -> None:
    """Differences that drop falls read stocks of the destination only; all others read both ends."""
    judged = pl.DataFrame(
        {"country": ["A", "B", "C"], "stock_status": ["modelled_from_modelled", "estimated", "estimated"]}
    )
    flows = pl.DataFrame({"origin": ["A", "B", "B"], "destination": ["B", "A", "C"], "persons": [1.0, 2, 3]})
    wanted = {"difference-drop": [False, True, False], "pseudo-bayes": [True, True, False]}
    for method, marks in wanted.items():
        found = mark_flows(flows, judged, method)["observation_status"] == "modelled_from_modelled"
        assert found.to_list() == marks


def test_the_published_stocks_of_2020(shared: Path) -> None:
    """Eleven of the twelve areas, all but Türkiye, and 69 of 153 destinations of the world."""
    file = shared / "data" / "stocks" / "un-desa-2020-stock-by-origin-destination-sex.parquet"
    cells = pl.read_parquet(file).filter(pl.col("sex") == "total").drop("sex")
    cells = cells.rename({"orig": "birth_country", "dest": "residence_country", "stock": "persons"})
    verdicts = judge_destinations(cells, 2015, 2020).filter(pl.col("frozen_mix") != "too_few_origins")
    frozen = set(verdicts.filter(pl.col("frozen_mix") == "frozen")["country"])
    assert (verdicts.height, len(frozen)) == (153, 69)
    assert set(THE_TWELVE) - frozen == {"TUR"}

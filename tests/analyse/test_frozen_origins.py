"""The frozen origin mix: a shared-out total is found, an observed one is left alone, the right cells are marked."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import hosted, observe, stock

from guzar.analyse.frozen_origins import judge_origin_mixes, mark_frozen_origins
from guzar.define.areas import THE_TWELVE
from guzar.define.tables.figures import Observations

MIX = {"ARM": 40_000, "GEO": 25_000, "KAZ": 9_000, "UKR": 3_000, "FRA": 12}


def _at(year: str, factor: float, mix: dict[str, int] = MIX) -> list[tuple[str, str, str, str, str, float]]:
    return [stock("RUS", origin, year, float(int(count * factor))) for origin, count in mix.items()]


@given(factor=st.floats(0.3, 3.0))
def test_a_shared_out_total_is_frozen_whatever_the_factor(factor: float) -> None:
    """Every origin times one factor, cut to whole persons."""
    verdict = judge_origin_mixes(observe(*_at("2015", 1), *_at("2020", factor))).row(0, named=True)
    assert verdict["is_frozen"]
    assert verdict["origins_tested"] == 4  # the twelve people from France are too few to tell
    assert verdict["common_factor"] == pytest.approx(factor, rel=1e-3)


@given(moved=st.sampled_from(["ARM", "GEO", "KAZ", "UKR"]), by=st.floats(1.02, 4))
def test_one_larger_origin_that_moves_thaws_the_mix(moved: str, by: float) -> None:
    """All larger origins must agree, not most of them."""
    later = MIX | {moved: int(MIX[moved] * by)}
    verdict = judge_origin_mixes(observe(*_at("2015", 1), *_at("2020", 0.98, later))).row(0, named=True)
    assert verdict["is_frozen"] is False


def test_an_origin_that_appears_counts_as_having_moved() -> None:
    """A new large origin is news; its endless ratio is not printed."""
    verdict = judge_origin_mixes(
        observe(*_at("2015", 1), *_at("2020", 1), stock("RUS", "SYR", "2020", 5000))
    ).row(0, named=True)
    assert verdict["is_frozen"] is False
    assert verdict["largest_deviation"] is None


def test_two_origins_are_too_few_to_tell() -> None:
    """With few origins a common factor may be chance: the verdict is open."""
    two = {"ARM": 40_000, "GEO": 25_000}
    verdict = judge_origin_mixes(observe(*_at("2015", 1, two), *_at("2020", 1.1, two))).row(0, named=True)
    assert verdict["is_frozen"] is None


def test_only_the_later_corridors_are_marked() -> None:
    """The earlier date, the total over all origins and other destinations keep their status."""
    moving = [stock("KAZ", o, "2015", c) for o, c in MIX.items()] + [
        stock("KAZ", o, "2020", c * k) for k, (o, c) in enumerate(MIX.items(), 2)
    ]
    table = observe(
        *_at("2015", 1),
        *_at("2020", 1.1),
        *moving,
        hosted("RUS", "2015", 80_000),
        hosted("RUS", "2020", 88_000),
    )
    marked = mark_frozen_origins(table, judge_origin_mixes(table))
    cells = marked.filter(pl.col("observation_status") == "modelled_from_modelled")
    assert cells.select("definition", "area", "period").unique().rows() == [
        ("un_stock_by_origin", "RUS", "2020")
    ]
    assert cells.height == len(MIX)
    assert marked.height == table.height
    assert marked.select("value").sum().item() == table.select("value").sum().item()


def _with_evidence(years: dict[str, int]) -> pl.Expr:
    return pl.col("period").replace_strict(years, return_dtype=pl.Int32)


@pytest.mark.parametrize(("census_seen_later", "expected"), [(2009, 2009), (2016, None)])
def test_evidence_is_as_old_as_the_mix(census_seen_later: int, expected: int | None) -> None:
    """Without a census in between the age is handed on; with one in between it is not known."""
    table = observe(*_at("2015", 1), *_at("2020", 1.1)).with_columns(
        last_observed=_with_evidence({"2015": 2009, "2020": census_seen_later})
    )
    marked = mark_frozen_origins(table, judge_origin_mixes(table))
    assert marked.filter(pl.col("period") == "2020")["last_observed"].unique().to_list() == [expected]


def test_a_census_after_the_first_printing_cannot_lie_behind_it() -> None:
    """An edition of 2019-08 printed the same 2015 already: a census of 2019 is not what both dates rest on."""
    old = observe(*_at("2015", 1), edition="2019-08").with_columns(last_observed=pl.lit(2009, pl.Int32))
    new = observe(*_at("2015", 1), *_at("2020", 1.1)).with_columns(
        last_observed=_with_evidence({"2015": 2009, "2020": 2019})
    )
    table = pl.concat([old, new])
    marked = mark_frozen_origins(table, judge_origin_mixes(table))
    assert marked.filter(pl.col("period") == "2020")["last_observed"].unique().to_list() == [2009]


def test_eleven_of_the_twelve_repeat_2015_in_2020(published_stocks: pl.DataFrame) -> None:
    """The published 2020 revision: all but Türkiye; born in Central Asia and living in Russia all times 0.9995."""
    verdicts = judge_origin_mixes(published_stocks.filter(pl.col("edition") == "2020-12"))
    last = verdicts.filter((pl.col("from_year") == 2015) & pl.col("area").is_in(THE_TWELVE))
    assert dict(last.select("area", "is_frozen").iter_rows()) == {area: area != "TUR" for area in THE_TWELVE}
    russia = last.filter(pl.col("area") == "RUS").row(0, named=True)
    assert round(russia["common_factor"], 4) == 0.9995
    assert russia["largest_deviation"] < 0.0001
    assert russia["origins_tested"] >= 12


def test_periods_with_new_origin_data_are_not_frozen(published_stocks: pl.DataFrame) -> None:
    """Russia around its censuses of 2002 and 2010, and yearly registers elsewhere: never frozen."""
    verdicts = judge_origin_mixes(published_stocks.filter(pl.col("edition") == "2020-12"))
    russia = verdicts.filter((pl.col("area") == "RUS") & pl.col("from_year").is_between(1990, 2010))
    assert russia["is_frozen"].to_list() == [False] * 5
    registers = verdicts.filter(pl.col("area").is_in(["DNK", "NOR", "NLD", "CHE", "BEL"]))
    assert registers.filter("is_frozen").height == 0
    assert registers.filter(pl.col("is_frozen").is_not_null()).height == 30


def test_an_origin_that_is_not_known_at_one_date_is_not_tested() -> None:
    """A missing mark is no zero: it neither moved nor stood still."""
    cells = observe(*_at("2015", 1), *_at("2020", 0.98))
    is_hidden = (pl.col("counterpart") == "GEO") & (pl.col("period") == "2020")
    hidden = cells.with_columns(
        value=pl.when(~is_hidden).then("value"),
        observation_status=pl.when(is_hidden).then(pl.lit("not_known")).otherwise("observation_status"),
    )
    verdict = judge_origin_mixes(Observations.validate(hidden)).row(0, named=True)
    assert (verdict["is_frozen"], verdict["origins_tested"]) == (True, 3)

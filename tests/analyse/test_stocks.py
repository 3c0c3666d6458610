"""People abroad, listed and unlisted origins: made-up corridors by hand, and the published tables."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_stocks import hosted, observe, stock

from guzar.analyse.corridor_totals import sum_rest_of_world, total_corridors
from guzar.analyse.stocks import count_emigrants, count_listed_origins, count_unlisted_origins
from guzar.define.areas import THE_TWELVE

ENDS = ("ARM", "RUS", "KAZ", "DEU", "USA")
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(ENDS), st.sampled_from(ENDS)).filter(lambda e: e[0] != e[1]),
    st.integers(0, 10**7),
    min_size=1,
)


def test_people_at_home_and_of_other_origin_are_not_counted() -> None:
    """Born and living in one country is no migration; a printed group of others is no country of birth."""
    table = observe(
        stock("RUS", "ARM", "2020", 7),
        stock("RUS", "RUS", "2020", 900),
        stock("RUS", "OTH", "2020", 50),
        stock("KAZ", "ARM", "2020", 3),
    )
    assert count_emigrants(table).select("area", "counterpart", "value").rows() == [("ARM", "_T", 10)]
    assert dict(count_listed_origins(table).select("area", "value").iter_rows()) == {"RUS": 7, "KAZ": 3}


def test_a_printed_row_of_the_world_is_no_corridor() -> None:
    """The world as origin or destination holds everybody already: adding it to them would count them twice."""
    table = observe(*[
        ("unhcr_refugees", area, origin, "_Z", "2020", persons)
        for area, origin, persons in (("DEU", "SYR", 5.0), ("TUR", "SYR", 7.0), ("DEU", "WLD", 5.0), ("WLD", "SYR", 12.0))
    ])  # fmt: skip
    totals = total_corridors(table)
    hosted_ = totals.filter(pl.col("definition") == "guzar_refugees_hosted")
    abroad = totals.filter(pl.col("definition") == "guzar_refugees_abroad")
    assert dict(hosted_.select("area", "value").iter_rows()) == {"DEU": 5, "TUR": 7}
    assert dict(abroad.select("area", "value").iter_rows()) == {"SYR": 12}


@given(cells=CELLS)
def test_abroad_and_hosted_are_the_same_people(cells: dict[tuple[str, str], int]) -> None:
    """Over all areas, people born somewhere else and people hosted from somewhere else are the same number."""
    table = observe(*[stock(area, origin, "2020", count) for (area, origin), count in cells.items()])
    assert (
        count_emigrants(table)["value"].sum()
        == count_listed_origins(table)["value"].sum()
        == sum(cells.values())
    )


@given(cells=CELLS)
def test_the_twelve_and_the_rest_make_the_whole(cells: dict[tuple[str, str], int]) -> None:
    """Corridors inside the twelve plus both ends of the rest give everybody with one end in the twelve."""
    table = observe(*[stock(area, origin, "2020", count) for (area, origin), count in cells.items()])
    rest = sum_rest_of_world(table)
    inside = sum(n for (area, origin), n in cells.items() if area in THE_TWELVE and origin in THE_TWELVE)
    touching = sum(n for (area, origin), n in cells.items() if area in THE_TWELVE or origin in THE_TWELVE)
    assert inside + rest["value"].sum() == touching
    assert set(rest["area"]) | set(rest["counterpart"]) <= {*THE_TWELVE, "ROW"}


def test_unlisted_origins_are_the_printed_total_minus_the_listed() -> None:
    """Where the listed origins exceed the total there is no negative count of people, but no row."""
    table = observe(
        stock("RUS", "ARM", "2020", 70),
        hosted("RUS", "2020", 100),
        stock("KAZ", "ARM", "2020", 9),
        hosted("KAZ", "2020", 8),
    )
    assert count_unlisted_origins(table).select("area", "value").rows() == [("RUS", 30)]


def test_women_and_men_make_both_sexes_in_the_published_cells(published_stocks: pl.DataFrame) -> None:
    """Cross-check 4: in the 2020 revision in every cell, in the 2019 revision but for three cells."""
    cells = published_stocks.filter(pl.col("definition") == "un_stock_by_origin")
    wide = cells.pivot(on="sex", index=["edition", "area", "counterpart", "period"], values="value")
    alone = pl.col("_T").is_null()  # a row for men, none for both sexes
    apart = wide.filter((pl.col("M").fill_null(0) + pl.col("F").fill_null(0) != pl.col("_T")) | alone)
    assert dict(apart["edition"].value_counts().iter_rows()) == {"2019-08": 3}
    names = set(apart.select("counterpart", "area", "period").iter_rows())
    assert names == {("AGO", "NAM", "2010"), ("COD", "NAM", "2010"), ("GRD", "ESP", "1990")}


@pytest.mark.parametrize(
    ("area", "low", "high"),
    [
        ("KGZ", 1.5, 2.5),
        ("UZB", 5, 7),
        ("KAZ", 7, 12),
        ("UKR", 6, 9),
        ("ARM", 6, 14),
        ("TUR", 2, 16),
        ("GEO", 2, 5),
        ("TKM", 1, 2.5),
        ("AZE", 0.5, 1.5),
        ("RUS", 0, 0.5),
        ("BLR", 0, 0.5),
        ("TJK", 0, 0.5),
    ],
)
def test_origins_not_listed_have_the_known_size(
    published_stocks: pl.DataFrame, area: str, low: float, high: float
) -> None:
    """Cross-check 5: sums over listed origins fall below the printed totals, by country."""
    both = published_stocks.filter(
        (pl.col("sex") == "_T") & (pl.col("area") == area) & (pl.col("year") >= 2000)
    )
    gap = count_unlisted_origins(both).join(
        both.filter(pl.col("definition") == "un_stock_hosted"), on=["area", "period", "edition"]
    )
    percent = gap.select(100 * pl.col("value") / pl.col("value_right")).to_series()
    assert percent.min() >= low - 0.5
    assert percent.max() <= high + 0.5


def test_the_two_revisions_agree_as_far_as_said(published_stocks: pl.DataFrame) -> None:
    """Cross-check 6: KAZ, KGZ, TJK and UZB to Russia are the same in both revisions, 1990 to 2015."""
    corridors = (
        published_stocks.filter(
            (pl.col("area") == "RUS")
            & pl.col("counterpart").is_in(["KAZ", "KGZ", "TJK", "UZB"])
            & (pl.col("sex") == "_T")
        )
        .pivot(on="edition", index=["counterpart", "period"], values="value")
        .drop_nulls()
    )
    assert corridors.height == 24
    assert corridors.filter(pl.col("2019-08") != pl.col("2020-12")).height == 0


def test_stock_differences_are_the_published_flows(published_stocks: pl.DataFrame, shared: Path) -> None:
    """Cross-check 1: max(0, later - earlier) is the method sd_drop_neg in the region, all six periods."""
    region = [area for area in THE_TWELVE if area != "UKR"]
    cells = published_stocks.filter(
        (pl.col("edition") == "2020-12")
        & (pl.col("sex") == "_T")
        & pl.col("area").is_in(region)
        & pl.col("counterpart").is_in(region)
    ).select("area", "counterpart", "year", "value")
    later = cells.with_columns(year=pl.col("year") - 5)
    differences = cells.join(later, on=["area", "counterpart", "year"], how="full", coalesce=True).fill_null(
        0
    )
    differences = differences.with_columns(rise=(pl.col("value_right") - pl.col("value")).clip(0)).filter(
        pl.col("year").is_between(1990, 2015)
    )
    flows = pl.read_parquet(
        shared / "data" / "flows-published" / "abel-cohen-1990-2020-flows-by-method-sex-type.parquet"
    )
    flows = flows.filter(
        (pl.col("method") == "sd_drop_neg") & (pl.col("sex") == "total") & (pl.col("type") == "total")
    ).select(
        area=pl.col("dest").cast(pl.String),
        counterpart=pl.col("orig").cast(pl.String),
        year=pl.col("year0").cast(pl.Int32),
        flow="flow",
    )
    joined = differences.join(flows, on=["area", "counterpart", "year"], how="left").fill_null(0)
    assert joined.filter(pl.col("rise") != pl.col("flow")).height == 0
    assert joined.filter(pl.col("rise") > 0).height > 100


def test_region_check_stocks(published_stocks: pl.DataFrame, shared: Path) -> None:
    """Every stock figure of region-check.csv comes out of guzar's own tables."""
    everything = pl.concat(
        [published_stocks, count_emigrants(published_stocks), sum_rest_of_world(published_stocks)]
    )
    known = {
        (r["area"], r["counterpart"], r["sex"], r["period"], r["edition"], r["indicator"]): r["value"]
        for r in everything.filter(pl.col("indicator") == "migrant_stock").iter_rows(named=True)
    }
    checked = 0
    with (shared / "data" / "region-check.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if not row["indicator"].startswith("migrant stock, born in area") or "NCA9" in row["area"]:
                continue
            sex = {"male": "M", "female": "F"}.get(row["indicator"].split(", ")[-1], "_T")
            edition = "2019-08" if "2019" in row["source_file"] else "2020-12"
            if "un-desa" in row["source_file"]:
                born = row["area"].split("+")  # one row adds up five countries of birth
                keys = [(row["counterpart"], one, sex, row["year"], edition, "migrant_stock") for one in born]
                assert sum(known[key] for key in keys) == float(row["value"]), row["check_id"]
                checked += 1
    assert checked >= 25

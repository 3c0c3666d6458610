"""The numbered cross-checks of the data README on stocks, flows, population, refugees and treaties."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.people_files import (
    BOOK_2019,
    BOOK_2020,
    CENTRAL_ASIA_TREATIES,
    DECISIONS,
    FLOWS,
    GROUPS,
    MEMBER_TREATIES,
    RATES,
    ROUNDED,
    STOCK_2019,
    STOCK_2020,
    TOTALS_2019,
    UNHCR_STOCK,
    WIDE_2019,
    observed,
    read_file,
)

from guzar.define.areas import THE_TWELVE, members
from guzar.process.harmonise_treaties import harmonise_treaties

ELEVEN = [area for area in THE_TWELVE if area != "UKR"]
CORRIDOR = ["area", "counterpart", "period"]


def _stock(shared: Path, file: str, sex: str = "_T") -> pl.DataFrame:
    held = observed(shared, file)
    return held.filter((pl.col("definition") == "un_stock_by_origin") & (pl.col("sex") == sex))


@cache
def _flows(shared: Path, definition: str, sex: str = "_T") -> pl.DataFrame:
    return observed(shared, FLOWS).filter(
        (pl.col("definition") == f"abel_cohen_{definition}") & (pl.col("sex") == sex)
    )


def test_1_flows_without_negatives_are_differences_of_stocks(shared: Path) -> None:
    inside = pl.col("area").is_in(ELEVEN) & pl.col("counterpart").is_in(ELEVEN)
    stock = _stock(shared, STOCK_2020).filter(inside).select("area", "counterpart", "year", "value")
    later = stock.select("area", "counterpart", (pl.col("year") - 5).alias("year"), later="value")
    change = stock.join(later, on=["area", "counterpart", "year"], how="full", coalesce=True).fill_null(0)
    change = change.filter(pl.col("year").is_between(1990, 2015)).with_columns(
        rise=(pl.col("later") - pl.col("value")).clip(0)
    )
    flows = _flows(shared, "sd_drop_neg").filter(inside).select("area", "counterpart", "year", flow="value")
    both = change.join(flows, on=["area", "counterpart", "year"], how="full", coalesce=True).fill_null(0)
    assert both.group_by("year").len()["len"].to_list() == [103] * 6
    assert both.filter(pl.col("rise") != pl.col("flow")).is_empty()


def _net(flows: pl.DataFrame) -> pl.DataFrame:
    into = flows.group_by("area", "year").agg(into=pl.col("value").sum())
    out = flows.group_by(area="counterpart", year="year").agg(out=pl.col("value").sum())
    both = into.join(out, on=["area", "year"], how="full", coalesce=True).fill_null(0)
    return both.select("area", "year", net=pl.col("into") - pl.col("out"))


@pytest.mark.parametrize("method", ["da_pb_closed", "da_min_closed"])
def test_2_closed_flows_balance_to_the_2022_revision(shared: Path, method: str) -> None:
    held = observed(shared, "population/wpp-2022-net-migration.txt").select("area", "year", "value")
    shares = pl.DataFrame({"after": range(6), "weight": [0.5, 1, 1, 1, 1, 0.5]})
    weighted = held.join(shares, how="cross").with_columns(
        year=(pl.col("year") - pl.col("after")).cast(pl.Int32)
    )
    expected = weighted.group_by("area", "year").agg(expected=(pl.col("value") * pl.col("weight")).sum())
    both = _net(_flows(shared, method)).join(expected, on=["area", "year"])
    for year, correlation in ((1990, 0.9997), (2010, 0.9999), (2015, 0.9999)):
        cells = both.filter(pl.col("year") == year)
        assert cells.select(pl.corr("net", "expected")).item() >= correlation
    recent = both.filter(pl.col("year") == 2015)
    assert recent.height == 229  # Chile among them, which the flows write as CHI
    assert 900 < recent.select((pl.col("net") - pl.col("expected")).abs().mean()).item() < 1200


@pytest.mark.parametrize("method", ["da_min_open", "da_min_closed", "da_pb_closed"])
def test_3_outward_return_and_transit_make_the_total(shared: Path, method: str) -> None:
    parts = pl.concat([_flows(shared, f"{method}_{part}") for part in ("outward", "return", "transit")])
    summed = parts.group_by(CORRIDOR).agg(parts=pl.col("value").sum())
    both = _flows(shared, method).join(summed, on=CORRIDOR, how="full", coalesce=True)
    gap = both.select((pl.col("value").fill_null(0) - pl.col("parts").fill_null(0)).abs().max()).item()
    assert gap <= 1


def test_4_men_and_women_make_the_total_in_stocks_and_not_in_flows(shared: Path) -> None:
    for file, exceptions in ((STOCK_2020, 0), (STOCK_2019, 3)):
        summed = (
            pl.concat([_stock(shared, file, sex) for sex in ("F", "M")])
            .group_by(CORRIDOR)
            .agg(both=pl.col("value").sum())
        )
        cells = _stock(shared, file).join(summed, on=CORRIDOR, how="full", coalesce=True)
        assert cells.filter(pl.col("value").ne_missing(pl.col("both"))).height == exceptions
    flows = [_flows(shared, "da_pb_closed", sex)["value"].sum() for sex in ("F", "M", "_T")]
    assert 0.003 < abs(flows[0] + flows[1] - flows[2]) / flows[2] < 0.006


def test_5_listed_origins_fall_below_the_total(shared: Path) -> None:
    listed = _stock(shared, STOCK_2020).group_by("area", "year").agg(listed=pl.col("value").sum())
    hosted = observed(shared, BOOK_2020).filter(
        (pl.col("indicator") == "migrant_stock") & (pl.col("sex") == "_T")
    )
    both = hosted.join(listed, on=["area", "year"]).with_columns(gap=1 - pl.col("listed") / pl.col("value"))
    gaps = {
        area: cells["gap"]
        for (area,), cells in both.filter(pl.col("area").is_in(THE_TWELVE)).group_by("area")
    }
    for area, (lowest, highest) in {
        "KGZ": (0.01, 0.03),
        "UZB": (0.04, 0.08),
        "KAZ": (0.06, 0.13),
        "UKR": (0.05, 0.10),
        "ARM": (0.05, 0.15),
        "GEO": (0.01, 0.06),
        "RUS": (0, 0.01),
        "TJK": (0, 0.01),
    }.items():
        assert lowest <= gaps[area].max() <= highest, area
        assert gaps[area].min() >= -1e-9


def test_6_revisions_agree_on_the_nineties_and_less_later(shared: Path) -> None:
    share = {}
    cells = [
        pl.concat([_stock(shared, file, sex) for sex in ("F", "M")]) for file in (STOCK_2019, STOCK_2020)
    ]
    both = cells[0].join(cells[1], on=[*CORRIDOR, "sex"], suffix="_2020").filter(pl.col("value") > 0)
    for year, part in both.group_by("year"):
        share[year[0]] = (part["value"] == part["value_2020"]).mean()
    assert min(share[year] for year in (1990, 1995, 2000)) >= 0.985
    assert share[2005] > share[2010] > share[2015] > 0.6
    to_russia = (pl.col("area") == "RUS") & pl.col("counterpart").is_in(["KAZ", "KGZ", "TJK", "UZB"])
    totals = (
        _stock(shared, STOCK_2019)
        .join(_stock(shared, STOCK_2020), on=CORRIDOR, suffix="_2020")
        .filter(to_russia)
    )
    assert totals.height == 4 * 6
    assert totals["value"].equals(totals["value_2020"].alias("value"))


def test_7_the_region_in_the_2019_revision(shared: Path) -> None:
    region = list(members("NCA9"))
    stock = _stock(shared, STOCK_2019).filter(pl.col("year") == 2019)
    here, from_here = pl.col("area").is_in(region), pl.col("counterpart").is_in(region)
    assert stock.filter(here)["value"].sum() == 17_325_041
    assert stock.filter(from_here)["value"].sum() == 21_064_101
    assert stock.filter(here & from_here)["value"].sum() == 11_484_394
    book = observed(shared, BOOK_2019).filter(
        (pl.col("definition") == "un_stock_hosted") & (pl.col("sex") == "_T") & (pl.col("year") == 2019)
    )
    assert book.filter(here)["value"].sum() == 17_707_038


def test_8_kyrgyzstan_2020_changes_its_sign_between_revisions(shared: Path) -> None:
    def printed(series: str, revision: str) -> float:
        held = observed(shared, f"population/wpp-{revision}-{series}.txt")
        return float(held.filter((pl.col("area") == "KGZ") & (pl.col("year") == 2020))["value"].item())

    assert [printed(s, "2022") for s in ("births", "deaths", "net-migration")] == [160_571, 41_180, -14_307]
    assert [printed(s, "2024") for s in ("births", "deaths", "net-migration")] == [160_005, 51_349, 54_704]


def test_derived_table_holds_the_printed_births(shared: Path) -> None:
    derived = observed(shared, RATES).filter(pl.col("definition") == "wpp_births")
    for revision in ("2022", "2024"):
        printed = observed(shared, f"population/wpp-{revision}-births.txt")
        both = printed.join(derived, on=["area", "period", "edition"], how="left", suffix="_derived")
        assert both["value_derived"].null_count() == 0
        assert both.filter((pl.col("value") - pl.col("value_derived")).abs() > 0.5).is_empty()


def test_rounded_file_is_the_2024_revision_in_persons(shared: Path) -> None:
    printed = observed(shared, "population/wpp-2024-net-migration.txt")
    both = printed.join(observed(shared, ROUNDED), on=["area", "period"], suffix="_rounded")
    assert both.height > 17_000
    assert both.select((pl.col("value") - pl.col("value_rounded")).abs().max()).item() <= 500.001


def test_wide_table_and_totals_hold_the_same_stocks(shared: Path) -> None:
    wide = observed(shared, WIDE_2019).filter(pl.col("value") > 0)
    both = _stock(shared, STOCK_2019).join(wide, on=CORRIDOR, how="inner", suffix="_wide")
    assert both.height > 70_000
    other = both.filter(pl.col("value") != pl.col("value_wide"))
    # Two releases of one revision: they differ for Canada, which is why the wide table is a series of its own.
    assert set(other["area"]) == {"CAN"}
    assert set(other["period"]) == {"2015", "2019"}
    keys = ["definition", "area", "period"]
    totals, book = observed(shared, TOTALS_2019), observed(shared, BOOK_2019).filter(pl.col("sex") == "_T")
    same = totals.join(book, on=keys, how="left", suffix="_book")
    assert same["value_book"].null_count() == same["value"].null_count()
    assert same.filter((pl.col("value") - pl.col("value_book")).abs() > 1e-6).is_empty()


def test_refugees_hosted_agree_with_the_stock_workbook(shared: Path) -> None:
    year_end = observed(shared, UNHCR_STOCK).filter((pl.col("year") == 2020) & (pl.col("area") == "TUR"))
    hosted = year_end.filter(pl.col("definition").is_in(["unhcr_refugees", "unhcr_asylum_seekers"]))[
        "value"
    ].sum()
    book = (
        observed(shared, BOOK_2020)
        .filter(
            (pl.col("definition") == "un_stock_refugees")
            & (pl.col("area") == "TUR")
            & (pl.col("year") == 2020)
        )["value"]
        .item()
    )
    assert hosted == pytest.approx(book, rel=0.02)  # the one at the end, the other at the middle of the year


def test_groups_by_sex_add_up_to_the_stock_of_every_corridor(shared: Path) -> None:
    """Women and men, where both are known, are the people of the stock table: in every corridor, for every kind."""
    kinds = ["refugees", "asylum_seekers", "idps", "ooc", "oip", "returned_idps", "hst"]
    named = {f"unhcr_{kind}_by_sex": f"unhcr_{kind}" for kind in kinds}
    groups = observed(shared, GROUPS)
    assert set(groups["definition"]) == set(named)
    assert set(groups["sex"]) == {"F", "M"}
    assert set(groups["observation_status"]) == {"provisional", "not_known"}
    whole = groups.filter(pl.col("observation_status") == "provisional")
    people = whole.group_by("definition", "area", "counterpart").agg(pl.col("value").sum(), pl.len())
    assert set(people["len"]) == {2}
    stock = observed(shared, UNHCR_STOCK).filter(pl.col("period") == "2025")
    both = people.with_columns(pl.col("definition").replace_strict(named)).join(
        stock, on=["definition", "area", "counterpart"], how="left", suffix="_stock"
    )
    assert both.height > 7_500
    assert both.filter(pl.col("value") != pl.col("value_stock")).is_empty()
    assert both["value_stock"].null_count() == 0


def test_decisions_are_kept_as_printed(shared: Path) -> None:
    """Every outcome of every corridor and year; the printed total differs from their sum in some hundred corridors."""
    raw = pl.read_parquet(shared / "data" / DECISIONS)
    held = observed(shared, DECISIONS)
    assert (
        held["value"].sum()
        == raw.select(pl.col("^dec_(recog|other|rej|closed|total).*$").sum()).sum_horizontal().item()
    )
    by_outcome = held.group_by("definition").agg(pl.col("value").sum())
    outcomes = dict(by_outcome.iter_rows())
    assert outcomes["unhcr_decisions_recognised"] == raw["dec_recognized"].sum()
    assert outcomes["unhcr_decisions_total"] == raw["dec_total"].sum()
    assert set(held["unit"]) == {"decisions"}


def test_16_the_two_treaty_files_agree_on_every_shared_cell(shared: Path) -> None:
    def actions(file: str) -> pl.DataFrame:
        status = read_file(shared, file).tables["published_treaty_status"]
        return harmonise_treaties(status, source="treaties", edition="2022-08-25")

    first, second = actions(CENTRAL_ASIA_TREATIES), actions(MEMBER_TREATIES)
    cell = ["treaty", "area"]
    shared_cells = first.filter(pl.col("as_of") == "2022-08-25").join(second, on=cell, suffix="_second")
    assert shared_cells.height == 45
    assert shared_cells.filter(
        pl.col("treaty_action").ne_missing(pl.col("treaty_action_second"))
        | pl.col("action_date").ne_missing(pl.col("action_date_second"))
    ).is_empty()
    became = pl.col("treaty_action").is_in(["ratified", "acceded"])
    dated = first.filter(became).join(second, on=cell, suffix="_second")
    assert dated.height > 30
    assert dated.filter(pl.col("action_date").str.slice(0, 4) != pl.col("action_date_second")).is_empty()

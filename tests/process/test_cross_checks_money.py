"""Cross-checks 9 to 15 of the data folder: remittances, prices and SDG series against each other."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.money_files import observed, read_file, value

from guzar.process.harmonise_prices import harmonise_prices

RECEIVED = "remittances/wdi-2023-05-received-usd.xls"
SHARE = "remittances/wdi-2023-05-received-percent-gdp.xls"
PAID = "remittances/wdi-2023-05-paid-usd.xls"
GDP = "macro/gdp-and-exchange-rate-1960-2023.csv"
INFLOWS = "remittances/knomad-2023-06-inflows.xlsx"
AVERAGES = "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv"
QUOTES = "remittance-prices/rpw-quotes-2011q1-2014q2.parquet"
COST_TO = "remittance-prices/wdi-2023-05-cost-to-country-percent.xls"
SDG = "sdg/sdg-migration-series-2020.csv"


@pytest.fixture(scope="module")
def quotes(shared: Path) -> pl.DataFrame:
    """All price quotes, harmonised."""
    reading = read_file(shared, QUOTES)
    return harmonise_prices(
        reading.tables["published_price_quotes"], source="remittance_prices", edition="2014"
    )


def _gaps(shared: Path) -> pl.DataFrame:
    """Recomputed over published share of GDP, minus one, by area and year."""
    parts = [
        observed(shared, RECEIVED).select("area", "year", amount="value"),
        observed(shared, GDP).filter(indicator="gdp_usd").select("area", "year", output="value"),
        observed(shared, SHARE).select("area", "year", share="value"),
    ]
    joined = parts[0].join(parts[1], on=["area", "year"]).join(parts[2], on=["area", "year"]).drop_nulls()
    recomputed = 100 * pl.col("amount") / pl.col("output")
    return joined.with_columns(gap=(recomputed / pl.col("share") - 1).abs())


@pytest.mark.parametrize(("area", "equal", "years"), [("KAZ", 27, 27), ("KGZ", 22, 29), ("ARM", 26, 27)])
def test_received_over_gdp_is_the_published_share(shared: Path, area: str, equal: int, years: int) -> None:
    gaps = _gaps(shared).filter(area=area)
    assert (gaps.height, gaps.filter(pl.col("gap") < 1e-6).height) == (years, equal)


@pytest.mark.parametrize(
    ("area", "largest"), [("KGZ", 0.076), ("TJK", 0.021), ("UZB", 0.110), ("RUS", 0.035)]
)
def test_largest_gap_of_the_share(shared: Path, area: str, largest: float) -> None:
    gap = _gaps(shared).filter(area=area)["gap"].max()
    assert isinstance(gap, float)
    assert gap == pytest.approx(largest, abs=5e-4)


@pytest.mark.parametrize(
    ("area", "wdi", "knomad"),
    [("TJK", 3.20, 5.35), ("UZB", 13.50, 16.74), ("RUS", 6.00, 7.50), ("KGZ", 3.05, 3.05)],
)
def test_two_publications_of_2022_differ_as_known(shared: Path, area: str, wdi: float, knomad: float) -> None:
    assert value(observed(shared, RECEIVED), area=area, year=2022) / 1e9 == pytest.approx(wdi, abs=0.005)
    chosen = {"area": area, "year": 2022, "indicator": "remittances_received_usd"}
    assert value(observed(shared, INFLOWS), **chosen) / 1e9 == pytest.approx(knomad, abs=0.005)


@pytest.mark.parametrize(
    ("area", "summed", "knomad"),
    [
        ("KGZ", 2685, 2689),
        ("TJK", 2181, 2183),
        ("KAZ", 615, 618),
        ("ARM", 1484, 1488),
        ("GEO", 2034, 2034),
        ("AZE", 1226, 1226),
        ("UKR", 14690, 14694),
        ("RUS", 8609, 9287),
        ("BLR", 1200, 1446),
        ("UZB", 2801, 7610),
    ],
)
def test_sums_of_the_2018_matrix(shared: Path, area: str, summed: int, knomad: int) -> None:
    matrix = observed(shared, "remittances/world-bank-2018-bilateral-remittances.csv")
    assert matrix.filter(area=area)["value"].sum() / 1e6 == pytest.approx(summed, abs=1e-6)
    chosen = {"area": area, "year": 2018, "indicator": "remittances_received_usd"}
    assert value(observed(shared, INFLOWS), **chosen) / 1e6 == pytest.approx(knomad, abs=0.5)


@pytest.mark.parametrize("file", ["2017-bilateral-remittances.xlsx", "2018-bilateral-remittances.csv"])
def test_uzbekistan_has_one_sender_in_the_matrices(shared: Path, file: str) -> None:
    matrix = observed(shared, f"remittances/world-bank-{file}")
    senders = matrix.filter(
        (pl.col("area") == "UZB") & (pl.col("value") > 0) & (pl.col("counterpart") != "_T")
    )
    assert senders["counterpart"].to_list() == ["RUS"]
    assert set(senders["observation_status"]) == {"modelled_from_modelled"}


def test_uzbekistan_has_no_value_in_2011_nor_in_the_2014_file(shared: Path) -> None:
    matrix = observed(shared, "remittances/world-bank-2011-bilateral-remittances-latin1.csv")
    assert not matrix.filter(area="UZB").height
    inflows = observed(shared, "remittances/knomad-2014-04-inflows.xls").filter(area="UZB")
    assert set(inflows["missing_mark"]) == {".."}


def test_turkmenistan_receives_from_russia_only(shared: Path) -> None:
    matrix = observed(shared, "remittances/world-bank-2017-bilateral-remittances.xlsx")
    positive = matrix.filter(
        (pl.col("area") == "TKM") & (pl.col("value") > 0) & (pl.col("counterpart") != "_T")
    )
    assert positive["counterpart"].to_list() == ["RUS"]
    assert positive["value"][0] / 1e6 == pytest.approx(10.3, abs=0.05)
    later = observed(shared, "remittances/world-bank-2018-bilateral-remittances.csv")
    assert later.filter(area="TKM")["value"].sum() == 0


@pytest.mark.parametrize(("year", "change"), [(2014, -12.3), (2015, -39.7)])
def test_paid_by_russia(shared: Path, year: int, change: float) -> None:
    paid = observed(shared, PAID)
    ratio = value(paid, area="RUS", year=year) / value(paid, area="RUS", year=year - 1)
    assert 100 * (ratio - 1) == pytest.approx(change, abs=0.05)


def test_mean_of_quotes_is_the_corridor_average(shared: Path, quotes: pl.DataFrame) -> None:
    corridor = ["counterpart", "area", "period"]
    means = quotes.group_by(corridor).agg(mean=pl.col("total_cost_percent_200").mean())
    averages = observed(shared, AVERAGES).filter(pl.col("value").is_not_null()).select(*corridor, "value")
    both = means.join(averages, on=corridor).with_columns(
        equal=(pl.col("mean") - pl.col("value")).abs() < 1e-6
    )
    russian = both.filter(counterpart="RUS")
    assert (russian.height, russian["equal"].sum()) == (130, 130)
    assert both.height == 2167
    assert both["equal"].mean() == pytest.approx(0.736, abs=5e-4)


def test_total_cost_is_fee_plus_margin(quotes: pl.DataFrame) -> None:
    fee = 100 * pl.col("fee_local_200") / pl.col("amount_local_200")
    gap = (pl.col("total_cost_percent_200") - fee - pl.col("margin_percent_200")).abs()
    within = quotes.select((gap <= 0.011).fill_null(False).mean()).item()
    assert within == pytest.approx(0.993, abs=5e-4)


def _costs(shared: Path) -> pl.DataFrame:
    sdg = observed(shared, SDG).filter((pl.col("definition") == "sdg_10_c_1") & (pl.col("area") != "WLD"))
    wdi = observed(shared, COST_TO).select("area", "year", wdi="value")
    return sdg.select("area", "year", sdg="value").join(wdi, on=["area", "year"]).drop_nulls()


def test_sdg_costs_are_the_rounded_ones_of_the_bank(shared: Path) -> None:
    both = _costs(shared)
    differing = both.filter((pl.col("sdg") - pl.col("wdi")).abs() > 0.05 + 1e-9)
    assert (both.height, differing.height) == (369, 11)
    misplaced = {"BLR", "BEN", "KHM", "CMR", "CPV", "HRV", "CUB", "CRI"}
    assert set(differing.filter(year=2017)["area"]) == misplaced | {"CIV"}
    assert set(differing.filter(pl.col("year") != 2017)["area"]) == {"CIV"}


@pytest.mark.parametrize(
    ("area", "sdg", "wdi"),
    [
        ("BLR", 18.3, 1.34),
        ("BEN", 1.3, 18.30),
        ("KHM", 4.4, 15.06),
        ("CMR", 10.2, 4.40),
        ("CPV", 15.1, 10.15),
    ],
)
def test_values_on_the_wrong_country_are_kept_as_published(
    shared: Path, area: str, sdg: float, wdi: float
) -> None:
    chosen = _costs(shared).filter(area=area, year=2017)
    assert chosen["sdg"][0] == sdg
    assert chosen["wdi"][0] == pytest.approx(wdi, abs=0.005)


@pytest.mark.parametrize(("year", "cost"), [(2018, 1.85), (2019, 1.59), (2020, 1.94)])
def test_cost_from_russia(shared: Path, year: int, cost: float) -> None:
    rows = observed(shared, "remittance-prices/wdi-2023-05-cost-from-country-percent.xls")
    assert value(rows, area="RUS", year=year) == pytest.approx(cost, abs=0.005)

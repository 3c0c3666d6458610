"""Every figure of region-check.csv that comes from these files, through readers and harmonise."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.money_files import SOURCE_OF_FILE, observed, only, read_file

from guzar.process.harmonise_prices import harmonise_prices

SCALES = {"US dollars, million": 1e6}
CORRIDORS = (
    "migrant stock, born in area",
    "remittances sent from area to counterpart",
    "average cost to send money, corridor",
)
SERIES = {
    "gross domestic product": "gdp_usd",
    "exchange rate": "exchange_rate_local_currency_per_usd",
    "remittances as share of GDP (17.3.2)": "remittances_received_percent_gdp",
    "remittance cost (10.c.1)": "remittance_cost_to_percent",
}


def _rows(shared: Path) -> list[dict[str, str]]:
    table = pl.read_csv(shared / "data" / "region-check.csv", infer_schema=False, null_values=[""])
    return list(table.filter(pl.col("source_file").is_in(list(SOURCE_OF_FILE))).iter_rows(named=True))


def test_every_figure_is_reproduced(shared: Path) -> None:
    checked, wrong = 0, []
    for row in _rows(shared):
        found = _find(row)(shared, row)
        expected = None if row["unit"] == "mark" else float(row["value"]) * SCALES.get(row["unit"], 1)
        if not (found is None and expected is None) and found != pytest.approx(expected, rel=1e-12):
            wrong.append((row["check_id"], row["value"], found))
        checked += 1
    assert not wrong
    assert checked == 75


def _find(row: dict[str, str]) -> Callable[[Path, dict[str, str]], float | None]:
    if row["source_file"].endswith("rpw-quotes-2011q1-2014q2.parquet"):
        return _from_quotes
    return _sum_of_column if "sum of model estimates" in row["indicator"] else _from_observations


def _from_observations(shared: Path, row: dict[str, str]) -> float | None:
    rows = observed(shared, row["source_file"])
    chosen: dict[str, object] = {"period": re.sub(r"(\d{4})(Q\d)", r"\1-\2", row["year"].removesuffix("e"))}
    is_corridor = row["indicator"].startswith(CORRIDORS)
    if is_corridor:
        chosen |= {"area": row["counterpart"], "counterpart": row["area"]}
    else:
        rows = rows.filter(pl.col("counterpart").is_in(["_T", "_Z"]))
        chosen["area"] = row["area"]
    if row["indicator"] in SERIES:
        chosen["indicator"] = SERIES[row["indicator"]]
    if "10.7.2" in row["indicator"]:
        chosen["definition"] = "sdg_10_7_2_alldomains"
    if row["indicator"].startswith("remittances paid, KNOMAD"):
        chosen["indicator"] = "remittances_paid_usd"
    if "vintage_date" in row["where_in_file"]:
        chosen["edition"] = row["where_in_file"].split("vintage_date=")[1]
    found = only(rows, **chosen)
    if row["unit"] == "mark":
        assert found["missing_mark"] == row["value"]
        assert found["observation_status"] == "not_known"
    number = found["value"]
    assert number is None or isinstance(number, float)
    return number


def _sum_of_column(shared: Path, row: dict[str, str]) -> float:
    rows = observed(shared, row["source_file"]).filter(area=row["area"])
    return float(rows["value"].sum())


def _from_quotes(shared: Path, row: dict[str, str]) -> float:
    reading = read_file(shared, row["source_file"])
    quotes = harmonise_prices(
        reading.tables["published_price_quotes"], source="remittance_prices", edition="2014"
    )
    chosen = quotes.filter(area=row["counterpart"], counterpart=row["area"], period="2014-Q2")
    mean = chosen["total_cost_percent_200"].mean()
    assert isinstance(mean, float)
    return float(chosen.height) if row["unit"] == "quotes" else mean

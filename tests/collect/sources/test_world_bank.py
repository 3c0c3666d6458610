"""World Development Indicators: workbook and bulk text, made up and published."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_codes, text, workbook
from tests.collect.sources.money_files import observed, read, read_file, sifted, value

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.define.definitions import definitions
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

SERIES = "BX.TRF.PWKR.CD.DT"
HEADER: list[Cell] = [
    "Country Name",
    "Country Code",
    "Indicator Name",
    "Indicator Code",
    "2020",
    "2021",
    "2022",
]


def _rows(series: str = SERIES) -> list[list[Cell]]:
    body: list[list[Cell]] = [
        ["name", code, "Remittances", series, 1000.5, None, 3] for code in country_codes(210)
    ]
    return [
        ["Data Source", "World Development Indicators"],
        ["Last Updated Date", "2023-05-10"],
        [],
        list(HEADER),
        *body,
    ]


def _bulk(series: str = SERIES, **more: str) -> Delivery:
    rows = [[*row, ""] if len(row) > 2 else row for row in _rows(series)]
    return text(rows, **more)


@pytest.mark.parametrize("delivery", [workbook({"Data": _rows()}), _bulk(), _bulk(encoding="utf-8-sig")])
def test_both_forms_read_alike(delivery: Delivery) -> None:
    reading = read(delivery, "world_bank")
    figures, refused = quarantine.sift(reading.tables["published_figures"], "world_bank")
    assert reading.edition == "2023-05-10"
    assert (figures.height, refused.height) == (630, 0)
    held = harmonise(figures, source="world_bank", edition="2023-05-10")
    assert value(held, area="KGZ", year=2020) == 1000.5
    assert not held.filter(year=2021).height, "a blank cell is no figure"
    assert set(held["indicator"]) == {"remittances_received_usd"}
    assert set(held["counterpart"]) == {"_T"}


def test_an_unknown_indicator_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        read(_bulk("AG.LND.TOTL.K2"), "world_bank")
    assert "AG.LND.TOTL.K2" in str(refusal.value)
    assert SERIES in str(refusal.value)


@pytest.mark.parametrize("stray", ["AG.LND.TOTL.K2", ""])
def test_a_stray_indicator_in_one_row_is_set_aside(stray: str) -> None:
    rows = _rows()
    rows[10][3] = stray
    figures, refused = quarantine.sift(
        read(text(rows), "world_bank").tables["published_figures"], "world_bank"
    )
    assert refused["reason"].to_list() == [quarantine.UNKNOWN_SERIES] * 3
    assert figures.height == 627


def test_a_year_without_a_column_is_noticed() -> None:
    rows = _rows()
    rows[3][5] = "2023"
    with pytest.raises(DeliveryRefused, match="gap"):
        read(text(rows), "world_bank")


def test_without_a_date_there_is_no_edition() -> None:
    rows = _rows()
    rows[1] = ["Last Updated Date", ""]
    assert read(text(rows), "world_bank").edition is None


@pytest.mark.parametrize(
    ("series", "indicator"),
    [
        (SERIES, "remittances_received_usd"),
        ("BM.TRF.PWKR.CD.DT", "remittances_paid_usd"),
        ("BX.TRF.PWKR.DT.GD.ZS", "remittances_received_percent_gdp"),
        ("NY.GDP.MKTP.CD", "gdp_usd"),
        ("SI.RMT.COST.OB.ZS", "remittance_cost_from_percent"),
        ("SI.RMT.COST.IB.ZS", "remittance_cost_to_percent"),
        ("SP.POP.TOTL", "population"),
    ],
)
def test_codes_of_indicators(series: str, indicator: str) -> None:
    found = [d.indicator for d in definitions().values() if d.source == "world_bank" and d.series == series]
    assert found == [indicator]


def test_published_workbook_is_taken_whole(shared: Path) -> None:
    file = "remittances/wdi-2023-05-received-usd.xls"
    figures, refused = sifted(shared, file)
    assert figures.height + refused.height == 266 * 63
    assert refused.is_empty()
    assert read_file(shared, file).details["economies_with_metadata"] == "265"
    assert not observed(shared, file).filter(pl.col("area").is_in(["AFE", "ECS", "LIC"])).height
    assert observed(shared, file).filter(area="WLD").height > 40


def test_two_editions_of_one_series(shared: Path) -> None:
    files = ("remittances/wdi-2021-09-paid-usd.csv", "remittances/wdi-2023-05-paid-usd.xls")
    old, new = (observed(shared, file) for file in files)
    assert (old["edition"][0], new["edition"][0]) == ("2021-09-15", "2023-05-10")
    assert set(old["definition"]) == set(new["definition"])
    assert value(old, area="RUS", year=2019) == value(new, area="RUS", year=2019)

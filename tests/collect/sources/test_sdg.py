"""SDG series: breakdowns in the series, nature as status, N is no value."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_codes, text
from tests.collect.sources.money_files import observed, only, read, read_file, sifted

from guzar.collect import quarantine
from guzar.collect.sources.sdg import COLUMNS
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

FILE = "sdg/sdg-migration-series-2020.csv"
LABELS: list[Cell] = list(COLUMNS)


def _rows(*rows: list[Cell]) -> list[list[Cell]]:
    filler: list[list[Cell]] = [
        ["17.3.2", "BX_TRF_PWKR", "1", code, "x", year, 1.5, "percent", "ca", "", "", ""]
        for code in country_codes(150)
        for year in range(1980, 2015)
    ]
    return [LABELS, *filler, *rows]


def test_breakdown_nature_and_missing_value() -> None:
    made = text(
        _rows(
            ["10.7.2", "SG_CPA_MIGRS", "417", "KGZ", "x", 2019, "N", "number", "c", "", "", "domain1"],
            ["8.8.1", "SL_EMP_INJUR", "398", "KAZ", "x", 2018, 20.5, "y", "m", "bothsex", "migper", ""],
            ["8.8.1", "SL_EMP_INJUR", "398", "KAZ", "x", 2018, 21.5, "y", "c", "male", "migper", ""],
            ["10.c.1", "SI_RMT_COST", "1", "", "World", 2018, 6.9, "percent", "notspec", "", "", ""],
        ),
        "series-2020.csv",
    )
    reading = read(made, "sdg")
    assert (reading.edition, reading.details["edition_from"]) == ("2020", "the name of the file")
    figures, refused = quarantine.sift(reading.tables["published_figures"], "sdg")
    assert refused.is_empty()
    held = harmonise(figures, source="sdg", edition="2020")
    category = only(held, definition="sdg_10_7_2_domain1")
    assert (category["value"], category["missing_mark"], category["observation_status"]) == (
        None,
        "N",
        "not_known",
    )
    injuries = held.filter(definition="sdg_8_8_1_migper").sort("sex")
    assert injuries.select("sex", "value", "observation_status").rows() == [
        ("M", 21.5, "observed"),
        ("_T", 20.5, "estimated"),
    ]
    assert only(held, definition="sdg_10_c_1")["area"] == "WLD"
    assert set(held.filter(definition="sdg_17_3_2")["observation_status"]) == {"estimated"}


@pytest.mark.parametrize("name", ["series.csv", "series-2020-2024.csv"])
def test_a_name_without_one_year_is_refused(name: str) -> None:
    with pytest.raises(DeliveryRefused, match="which year"):
        read(text(_rows(), name), "sdg")


def test_published_series_are_taken_whole(shared: Path) -> None:
    figures, refused = sifted(shared, FILE)
    assert (figures.height, refused.height) == (13005, 0)
    assert read_file(shared, FILE).edition == "2020"


def test_350_categories_have_no_value(shared: Path) -> None:
    held = observed(shared, FILE).filter(indicator="migration_policy_category")
    silent = held.filter(pl.col("value").is_null())
    assert silent.height == 350
    assert set(silent["missing_mark"]) == {"N"}
    assert set(held["value"].drop_nulls()) == {1, 2, 3, 4}

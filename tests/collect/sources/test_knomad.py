"""KNOMAD workbooks: million dollars, notes below, dates that lie before the data, zeros that are no data."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_names, workbook
from tests.collect.sources.money_files import observed, only, read, read_file, sifted, value

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

YEARS = [str(year) for year in range(2008, 2018)]
ZEROS: list[Cell] = [0, 0, 5, 0, 7, 7, 7, 7, 0, 0]


def _book(
    date: str, last: str = "2017", first: str = "Remittance inflows (US$ million)", blank_rows: int = 0
) -> Delivery:
    header: list[Cell] = [first, *YEARS[:-1], last, "% of GDP in 2017"]
    names = country_names(190)
    body: list[list[Cell]] = [
        [name, *(ZEROS if i == 0 else [1.5] * 10), 2.25] for i, name in enumerate(names)
    ]
    notes: list[list[Cell]] = [
        [],
        ["World", *[99.0] * 10, 1],
        [],
        ["Note: All numbers are made up."],
        [f"Date: {date}"],
    ]
    return workbook({"Inward remittance flows": [[] for _ in range(blank_rows)] + [header, *body, *notes]})


def test_millions_shares_and_notes() -> None:
    reading = read(_book("June 2023"), "knomad")
    figures, refused = quarantine.sift(reading.tables["published_figures"], "knomad")
    assert reading.edition == "2023-06"
    assert reading.notes == ("Note: All numbers are made up.", "Date: June 2023")
    assert refused.is_empty()
    held = harmonise(figures, source="knomad", edition="2023-06")
    assert value(held, area="KGZ", period="2009") == 1_500_000
    share = only(held, area="KGZ", indicator="remittances_received_percent_gdp")
    assert (share["period"], share["value"], share["unit"]) == ("2017", 2.25, "percent")
    assert value(held, area="WLD", period="2009") == 99_000_000, "a row of numbers is never a note"


def test_a_zero_of_the_listed_edition_is_no_data() -> None:
    """None of the zeros that this edition prints is a true zero; other editions are taken at their word."""
    reading = read(_book("June 2023"), "knomad")
    figures, _ = quarantine.sift(reading.tables["published_figures"], "knomad")
    assert figures.filter(reported_area="Armenia", reported_period="2008")["reported_value"].to_list() == [
        "0"
    ]
    held = harmonise(figures, source="knomad", edition="2023-06")
    amounts = held.filter(area="ARM", indicator="remittances_received_usd").sort("year")
    assert amounts["value"].to_list() == [None, None, 5e6, None, 7e6, 7e6, 7e6, 7e6, None, None]
    assert set(amounts.filter(pl.col("value").is_null())["missing_mark"]) == {"0 (no data)"}
    other = harmonise(figures, source="knomad", edition="2014-04").filter(area="ARM", year=2008)
    assert other["value"].to_list() == [0], "the rule holds for the listed edition only"


@pytest.mark.parametrize(
    ("date", "last", "edition"),
    [
        ("June 2023", "2017", "2023-06"),
        ("April 2013", "2017", None),
        ("no month", "2017", None),
        ("May 2017", "2017e", None),
    ],
)
def test_a_date_before_the_data_is_not_believed(date: str, last: str, edition: str | None) -> None:
    assert read(_book(date, last), "knomad").edition == edition


def test_a_flow_without_name_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="no header row"):
        read(_book("June 2023", first="Country"), "knomad")


def test_header_in_a_later_row() -> None:
    reading = read(_book("June 2023", blank_rows=3), "knomad")
    assert reading.tables["published_figures"].height == 191 * 11


def test_the_2014_file_prints_the_wrong_year(shared: Path) -> None:
    reading = read_file(shared, "remittances/knomad-2014-04-inflows.xls")
    assert reading.edition == "2014-04"
    assert reading.details["date_printed"] == "April 2013"


def test_every_cell_of_the_2014_file_is_kept_or_set_aside(shared: Path) -> None:
    figures, refused = sifted(shared, "remittances/knomad-2014-04-inflows.xls")
    assert (figures.height, refused.height) == (214 * 44, 214)
    assert set(refused["reason"]) == {quarantine.UNKNOWN_PERIOD}, "the column of shares names no year"


@pytest.mark.parametrize(
    ("file", "cells", "notes"),
    [
        ("remittances/knomad-2023-06-inflows.xlsx", 216 * 23, 8),
        ("remittances/knomad-2023-06-outflows.xlsx", 214 * 24, 7),
    ],
)
def test_every_cell_of_the_2023_files_is_kept(shared: Path, file: str, cells: int, notes: int) -> None:
    figures, refused = sifted(shared, file)
    assert (figures.height, refused.height) == (cells, 0)
    assert len(read_file(shared, file).notes) == notes


@pytest.mark.parametrize(
    ("area", "years"),
    [("TJK", {2000, 2001}), ("UZB", set(range(2000, 2005))), ("TKM", set(range(2000, 2023)))],
)
def test_zeros_of_2023_that_are_no_data(shared: Path, area: str, years: set[int]) -> None:
    held = observed(shared, "remittances/knomad-2023-06-inflows.xlsx")
    silent = held.filter((pl.col("area") == area) & (pl.col("missing_mark") == "0 (no data)"))
    assert set(silent["year"]) == years
    assert set(silent["observation_status"]) == {"not_known"}


def test_estimates_are_marked(shared: Path) -> None:
    held = observed(shared, "remittances/knomad-2014-04-inflows.xls")
    assert only(held, area="KGZ", period="2013")["observation_status"] == "estimated"

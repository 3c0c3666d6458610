"""Shares as carried by others: many editions in one file, rounded figures apart, nothing counted twice."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, text
from tests.collect.sources.money_files import SOURCE_OF_FILE, observed, read, sifted

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, take_delivery
from guzar.define.definitions import definitions
from guzar.errors import DeliveryRefused
from guzar.journey import collect_delivery, load_observations
from guzar.process.harmonise import harmonise
from guzar.store import open_workspace

SOURCE = "world_bank_as_carried"
VINTAGES = "remittances/received-percent-gdp-vintages.csv"
PANEL = "remittances/panel-kgz-tjk-uzb-2009-2024.csv"
HEADER: list[Cell] = ["iso3", "reference_year", "vintage_date", "value_percent_gdp", "carrier", "note"]


def _file(*rows: list[Cell]) -> Delivery:
    filler: list[list[Cell]] = [["KGZ", 1900 + i, "2020-01-01", 1.25, "made up", ""] for i in range(80)]
    return text([HEADER, *filler, *rows])


def test_two_editions_of_one_year_do_not_contradict_each_other() -> None:
    delivery = _file(["UZB", 2022, "2024-07-25", 20.63, "a", ""], ["UZB", 2022, "2025-01-22", 17.22, "a", ""])
    reading = read(delivery, SOURCE)
    figures, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    assert refused.is_empty()
    held = harmonise(figures, source=SOURCE, edition="1999").filter(area="UZB").sort("edition")
    assert held.select("edition", "value").rows() == [("2024-07-25", 20.63), ("2025-01-22", 17.22)]
    assert reading.edition == "2025-01-22"


def test_two_values_of_one_edition_contradict_each_other() -> None:
    delivery = _file(["UZB", 2022, "2024-07-25", 20.63, "a", ""], ["UZB", 2022, "2024-07-25", 17.22, "b", ""])
    _, refused = quarantine.sift(read(delivery, SOURCE).tables["published_figures"], SOURCE)
    assert refused["reason"].to_list() == [quarantine.CONTRADICTS] * 2


@pytest.mark.parametrize("date", ["2024-13", "25.07.2024", "2024-07-45"])
def test_a_date_that_is_none_is_set_aside(date: str) -> None:
    reading = read(_file(["UZB", 2022, date, 20.63, "a", ""]), SOURCE)
    _, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    assert refused["reason"].to_list() == [quarantine.UNKNOWN_EDITION]


def test_a_file_cut_at_a_line_end_is_refused() -> None:
    whole = _file()
    cut = whole.content[: whole.content.rindex(b"\n", 0, -400) + 1]
    with pytest.raises(DeliveryRefused, match="fewer rows"):
        read(Delivery("cut.csv", cut), SOURCE)


def test_rounded_press_figures_are_a_definition_of_their_own(shared: Path) -> None:
    rounded = (
        observed(shared, VINTAGES).filter(definition="wb_carried_received_percent_gdp_rounded").sort("area")
    )
    assert rounded.select("area", "value").rows() == [("KGZ", 31.0), ("TJK", 51.0), ("UZB", 21.0)]
    assert "ROUNDED" in definitions()["wb_carried_received_percent_gdp_rounded"].rule
    latest = observed(shared, VINTAGES).filter(year=2022).sort("edition").group_by("area").last()
    assert not latest.filter(pl.col("definition").str.ends_with("rounded")).height


def test_the_panel_and_the_list_hold_the_same_figures_once(shared: Path, tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "work", create=True)
    for file in (VINTAGES, PANEL):
        delivery = take_delivery(shared / "data" / file)
        assert collect_delivery(workspace, SOURCE_OF_FILE[file], delivery, received="2026-11-21").is_new
    held = load_observations(workspace).filter(source=SOURCE)
    assert held.height == 87
    of_june = held.filter(edition="2026-06-11")
    assert of_june.height == 46
    panel = observed(shared, PANEL).select("area", "year", "value")
    assert of_june.join(panel, on=["area", "year", "value"], how="semi").height == 46


def test_every_row_is_kept(shared: Path) -> None:
    assert [frame.height for frame in sifted(shared, VINTAGES)] == [87, 0]
    assert [frame.height for frame in sifted(shared, PANEL)] == [46, 0]

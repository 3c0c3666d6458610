"""Remittance matrices: corridors from sender to receiver, totals apart, always a model."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_names, matrix, text, workbook
from tests.collect.sources.money_files import observed, read, read_file, sifted, value

from guzar.collect import quarantine
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

NAMES = [
    "Afghanistan",
    "Albania",
    *[n for n in country_names(175) if n.isascii() and n not in ("Afghanistan", "Albania")],
]
SOURCE = "bilateral_remittances"


def _with_totals() -> list[list[Cell]]:
    rows = matrix(NAMES, "Origin")
    rows = [[*rows[0], "Total"], *[[*row, sum(row[1:])] for row in rows[1:]]]  # type: ignore[arg-type]
    total = [sum(row[j] for row in rows[1:]) for j in range(1, len(rows[0]))]  # type: ignore[misc]
    return [
        *rows,
        ["Total Remittances", *total],
        [],
        ["Notes:"],
        ["The remittance data is for 2011, made up in 2020."],
    ]


def test_the_sender_is_the_counterpart() -> None:
    reading = read(text(matrix(NAMES), "matrix-2018.csv"), SOURCE)
    figures, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    held = harmonise(figures, source=SOURCE, edition="2019")
    assert refused.is_empty()
    assert reading.edition == "2019"
    row, column = NAMES.index("Russia"), NAMES.index("Kyrgyzstan")
    assert value(held, counterpart="RUS", area="KGZ", period="2018") == (100 * row + column) * 1e6
    assert set(held["observation_status"]) == {"modelled_from_modelled"}


def test_totals_are_a_series_of_their_own_and_checked() -> None:
    rows = [
        ["" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell for cell in row]
        for row in _with_totals()
    ]
    width = len(rows[0])
    reading = read(
        text([[*row, *[""] * (width - len(row))] for row in rows], "matrix.csv", "latin-1"), SOURCE
    )
    figures, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    assert refused.is_empty()
    assert reading.details["totals_that_differ"] == "0"
    assert len(reading.notes) == 2
    held = harmonise(figures, source=SOURCE, edition="2012")
    total = value(held, area="KGZ", counterpart="_T")
    assert total == held.filter((pl.col("area") == "KGZ") & (pl.col("counterpart") != "_T"))["value"].sum()
    assert set(held["period"]) == {"2011"}


def test_a_wrong_total_is_named_in_the_receipt_and_not_repaired() -> None:
    rows = _with_totals()
    rows[-4][5] = 7.0
    title: list[Cell] = ["Estimates for 2017 (April 2018 Version)"]
    renamed = [["WORLD" if cell in ("Total", "Total Remittances") else cell for cell in row] for row in rows]
    reading = read(workbook({"Bilateral_Remittances_2017": [title, *renamed[:-2]]}), SOURCE)
    assert reading.edition == "2018-04"
    assert reading.details["totals_that_differ"] == "1"
    assert "printed 7" in reading.details["largest_difference"]


def test_a_matrix_without_a_year_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="which year"):
        read(text(matrix(NAMES), "matrix.csv"), SOURCE)


def test_a_matrix_that_is_not_square_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="not whole"):
        read(text(matrix(NAMES)[:-1], "matrix-2018.csv"), SOURCE)


@pytest.mark.parametrize(
    ("file", "cells", "edition"),
    [
        ("2011-bilateral-remittances-latin1.csv", 217 * 214 - 210, "2012"),
        ("2017-bilateral-remittances.xlsx", 215 * 215 - 213, "2018-04"),
        ("2018-bilateral-remittances.csv", 214 * 214 - 214, "2019"),
    ],
)
def test_every_published_cell_is_kept(shared: Path, file: str, cells: int, edition: str) -> None:
    """All but those of an area with itself, where 0 or nothing stands for "not applicable"."""
    name = f"remittances/world-bank-{file}"
    figures, refused = sifted(shared, name)
    assert (figures.height, refused.height) == (cells, 0)
    assert read_file(shared, name).edition == edition


def test_published_totals_are_the_sums_of_their_cells(shared: Path) -> None:
    details = read_file(shared, "remittances/world-bank-2011-bilateral-remittances-latin1.csv").details
    assert (details["totals_checked"], details["totals_that_differ"]) == ("382", "0")


def test_two_totals_hold_what_a_dash_hides(shared: Path) -> None:
    """The matrix of 2017 prints `-` for four corridors, two of which its totals nevertheless contain."""
    file = "remittances/world-bank-2017-bilateral-remittances.xlsx"
    details = read_file(shared, file).details
    assert (details["totals_checked"], details["totals_that_differ"]) == ("428", "2")
    assert details["largest_difference"].startswith("Israel: printed 990.3")
    hidden = observed(shared, file).filter(observation_status="not_known")
    corridors = {("IND", "PAK"), ("PAK", "IND"), ("ISR", "LBN"), ("LBN", "ISR")}
    assert set(hidden.select("counterpart", "area").iter_rows()) == corridors


def test_unidentified_senders_are_kept_apart(shared: Path) -> None:
    held = observed(shared, "remittances/world-bank-2011-bilateral-remittances-latin1.csv")
    apart = held.filter(pl.col("counterpart").is_in(["OTN", "OTS", "XXX"]))
    assert set(apart["counterpart"]) == {"OTN", "OTS", "XXX"}
    assert apart.filter(counterpart="XXX")["value"].sum() > 0

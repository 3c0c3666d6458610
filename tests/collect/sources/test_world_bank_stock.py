"""World Bank stocks: origin down, destination across; the compiler's codes are delivered and never used."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_names, matrix, text, workbook
from tests.collect.sources.money_files import observed, read, read_file, sifted, value

from guzar.collect import quarantine
from guzar.collect.delivery import take_delivery
from guzar.collect.sources.world_bank_stock import read_code_list
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

NAMES = [
    "Afghanistan",
    "Albania",
    *[n for n in country_names(175) if n.isascii() and n not in ("Afghanistan", "Albania")],
]
SOURCE = "world_bank_stock"
WORKBOOK = "stocks/world-bank-2017-bilateral-migrant-stocks.xlsx"
MATRIX = "stocks/world-bank-2000-bilateral-migrant-stocks.csv"


def test_dots_in_row_labels_are_blanks() -> None:
    rows = matrix(NAMES)
    dotted: list[list[Cell]] = [[str(row[0]).replace(" ", "."), *row[1:]] for row in rows[1:]]
    reading = read(text([rows[0], *dotted], "stocks-2000.csv"), SOURCE)
    figures, refused = quarantine.sift(reading.tables["published_figures"], SOURCE)
    assert refused.is_empty()
    held = harmonise(figures, source=SOURCE, edition="2011")
    row, column = NAMES.index("Kyrgyzstan"), NAMES.index("Russia")
    assert value(held, counterpart="KGZ", area="RUS") == 100 * row + column
    assert set(held["sex"]) == {"_T"}


def test_every_published_cell_is_kept(shared: Path) -> None:
    """All but those of an area with itself, where 0 stands for "not applicable"."""
    assert [frame.height for frame in sifted(shared, MATRIX)] == [226 * 226 - 226, 0]
    assert [frame.height for frame in sifted(shared, WORKBOOK)] == [217 * 217 - 213, 0]
    assert read_file(shared, WORKBOOK).details["totals_that_differ"] == "0"


def test_totals_carry_all_counterparts(shared: Path) -> None:
    held = observed(shared, WORKBOOK).filter(area="RUS")
    total = value(held, counterpart="_T")
    assert held.filter(pl.col("counterpart") != "_T")["value"].sum() == total == 11652102


def test_the_swapped_codes_are_delivered_and_not_used(shared: Path) -> None:
    listed = read_code_list(take_delivery(shared / "data" / WORKBOOK))
    swapped = dict(
        listed.filter(pl.col("reported_code").is_in(["ARE", "DZA"]))
        .select("reported_area", "reported_code")
        .iter_rows()
    )
    assert swapped == {"Algeria": "ARE", "United Arab Emirates": "DZA"}
    held = observed(shared, WORKBOOK).filter(counterpart="_T")
    assert value(held, area="ARE") == 8312524
    assert value(held, area="DZA") < value(held, area="ARE")


def test_a_list_of_codes_without_codes_is_refused() -> None:
    book = workbook({"Bilateral_Migration_2017": [["a"]], "countries-comparison": [["country", "iso3c"]]})
    with pytest.raises(DeliveryRefused, match="empty"):
        read_code_list(book)

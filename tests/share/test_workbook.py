"""Workbooks: what a person sees in Excel, in English and in Russian."""

import io
import re
import zipfile

import fastexcel
import polars as pl
import pytest

from guzar.define.structures import subject_of
from guzar.share.workbook import COLUMNS, write_workbook

STOCKS = subject_of("migrant_stock")


@pytest.fixture(scope="module")
def books(figures) -> dict[str, bytes]:
    return {
        language: write_workbook(figures, STOCKS, release="guzar-x", date="2026-11-21", language=language)
        for language in ("en", "ru")
    }


def rows_of_sheet(book: bytes, sheet: str) -> list[tuple]:
    loaded = fastexcel.read_excel(book).load_sheet(
        sheet, header_row=None, dtypes="string", dtype_coercion="coerce"
    )
    return loaded.to_polars().rows()


def last_row(sheet: str) -> int:
    return max(int(number) for number in re.findall(r'<row r="(\d+)"', sheet))


def test_a_sheet_for_each_indicator_and_one_that_explains(books):
    assert fastexcel.read_excel(books["en"]).sheet_names == [
        "README",
        "migrant_stock",
        "migrant_stock_female_percent",
    ]
    assert fastexcel.read_excel(books["ru"]).sheet_names[0] == "О таблице"


def test_the_russian_workbook_speaks_russian(books):
    rows = rows_of_sheet(books["ru"], "migrant_stock")
    assert rows[0][0] == "Численность мигрантов"
    assert rows[1][0] == "Единица измерения: Человек"
    assert rows[4][:5] == ("Территория", "Другая сторона", "Пол", "Период", "Значение")
    body = [row for row in rows[5:] if row[11] == "KGZ"]
    assert {row[0] for row in body} == {"Кыргызстан"}
    assert {row[2] for row in body} == {"Женщины", "Оба пола"}
    assert "пересмотр 2020 г." in {row[10] for row in body}


def test_every_value_is_there_and_a_missing_one_is_empty_with_its_mark(books, figures):
    rows = rows_of_sheet(books["en"], "migrant_stock")[5:]
    wanted = figures.filter(pl.col("indicator") == "migrant_stock")
    assert sorted(float(row[4]) for row in rows if row[4]) == wanted["value"].drop_nulls().sort().to_list()
    assert {(row[5], row[7]) for row in rows if not row[4]} == {
        ("Withheld by the source", "~"),
        ("Not known", ".."),
    }


def test_numbers_are_numbers_in_a_format_and_panes_are_frozen(books):
    with zipfile.ZipFile(io.BytesIO(books["en"])) as parts:
        sheet, styles = parts.read("xl/worksheets/sheet3.xml").decode(), parts.read("xl/styles.xml").decode()
    assert re.search(r'<c r="E6" s="\d+"><v>\d+\.\d+</v></c>', sheet)
    assert 'formatCode="#,##0.0"' in styles
    assert '<pane xSplit="1" ySplit="5"' in sheet
    assert f'ref="A1:M{last_row(sheet)}"/>' in sheet
    assert f'max="{len(COLUMNS)}" width=' in sheet


def test_the_same_figures_give_the_same_bytes(books, figures):
    again = write_workbook(figures, STOCKS, release="guzar-x", date="2026-11-21", language="ru")
    assert again == books["ru"]


def test_signs_of_xml_in_a_text_do_no_harm(figures):
    marked = figures.with_columns(
        missing_mark=pl.when(pl.col("missing_mark").is_not_null()).then(pl.lit("<&>"))
    )
    book = write_workbook(marked, STOCKS, release="guzar-x", date="2026-11-21", language="en")
    assert "<&>" in {row[7] for row in rows_of_sheet(book, "migrant_stock")}

"""Workbooks: what a person sees in Excel, in English and in Russian."""

import io
import re
import zipfile

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.define.sheet_names import FORBIDDEN, LONGEST, _fit, sheet_name
from guzar.define.structures import code_names, subject_of
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
        "Migrant stock",
        "Women among migrants",
    ]
    assert fastexcel.read_excel(books["ru"]).sheet_names == [
        "О таблице",
        "Численность мигрантов",
        "Женщины среди мигрантов",
    ]


def test_the_russian_workbook_speaks_russian(books):
    rows = rows_of_sheet(books["ru"], "Численность мигрантов")
    assert rows[0][0] == "Численность мигрантов"
    assert rows[1][0] == "Единица измерения: Человек"
    assert rows[2][0] == "Источник: ООН, ДЭСВ: International Migrant Stock"
    assert rows[5][:5] == ("Территория", "Другая сторона", "Пол", "Период", "Значение")
    body = [row for row in rows[6:] if row[11] == "KGZ"]
    assert {row[0] for row in body} == {"Кыргызстан"}
    assert {row[2] for row in body} == {"Женщины", "Оба пола"}
    assert "пересмотр 2020 г." in {row[8] for row in body}


def test_every_value_is_there_and_a_missing_one_is_empty_with_its_mark(books, figures):
    rows = rows_of_sheet(books["en"], "Migrant stock")[6:]
    wanted = figures.filter(pl.col("indicator") == "migrant_stock")
    assert sorted(float(row[4]) for row in rows if row[4]) == wanted["value"].drop_nulls().sort().to_list()
    assert {(row[5], row[7]) for row in rows if not row[4]} == {
        ("Withheld by the source", "~"),
        ("Not known", ".."),
    }


def test_numbers_are_numbers_in_a_format_and_panes_are_frozen(books):
    with zipfile.ZipFile(io.BytesIO(books["en"])) as parts:
        sheet, styles = parts.read("xl/worksheets/sheet3.xml").decode(), parts.read("xl/styles.xml").decode()
    assert re.search(r'<row r="7">(<c r="[A-D]7"[^E]*?</c>){4}<c r="E7" s="\d+"><v>\d+\.\d+</v></c>', sheet)
    assert 'formatCode="#,##0.0"' in styles
    assert '<pane xSplit="1" ySplit="6"' in sheet
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
    assert "<&>" in {row[7] for row in rows_of_sheet(book, "Migrant stock")}


def test_sheets_are_ready_for_paper(books):
    """A4 across, one page wide, the headings on every page, title and page number below."""
    with zipfile.ZipFile(io.BytesIO(books["ru"])) as parts:
        sheet, book = parts.read("xl/worksheets/sheet2.xml").decode(), parts.read("xl/workbook.xml").decode()
    [paper] = re.findall("<pageSetup [^>]*>", sheet)
    assert {'paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"'} <= set(paper.rstrip("/>").split())
    assert "Страница &amp;P из &amp;N" in sheet
    assert "'Численность мигрантов'!$6:$6" in book
    assert f"'Численность мигрантов'!$A$1:$J${last_row(sheet)}" in book


def test_every_indicator_has_a_sheet_name_of_its_own_in_both_languages():
    """Reviewed names fit, are unique within their workbook, and hold whole words."""
    for language in ("en", "ru"):
        full = code_names("CL_INDICATOR", language)
        named = {indicator: sheet_name(indicator, language) for indicator in full}
        assert max(len(name) for name in named.values()) <= LONGEST
        for subject in {subject_of(one) for one in full}:
            mine = [name.casefold() for one, name in named.items() if subject_of(one) == subject]
            assert len(set(mine)) == len(mine), sorted(mine)


def test_a_taken_sheet_name_gets_a_number():
    assert sheet_name("births", "en", ["BIRTHS"]) == "Births (2)"
    assert sheet_name("births", "en", ["Births", "Births (2)"]) == "Births (3)"


@given(st.text(alphabet="abcdefgh [/'?", min_size=1, max_size=80))
def test_a_name_that_was_not_reviewed_ends_with_a_whole_word(name):
    fitted = _fit(name, LONGEST)
    words = name.translate(FORBIDDEN).split()
    assert len(fitted) <= LONGEST
    assert not set(fitted) & set("[]:*?/")
    if words and len(words[0]) <= LONGEST:
        assert " ".join(words).startswith(fitted.lstrip()) or fitted in " ".join(words)

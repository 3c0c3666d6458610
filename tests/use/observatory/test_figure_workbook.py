"""The workbook behind every figure: what a reader of a page finds in Excel, in both languages."""

import io
import re
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from tests.use.observatory.sites import MakePages, made_up_release

from guzar.use.observatory.content import Figure
from guzar.use.observatory.figure_workbook import COLUMNS, write_figure_workbook, write_figure_workbooks
from guzar.use.observatory.svg import Html
from guzar.use.observatory.words import Words

EN, RU = Words("en"), Words("ru")


def figure_of(rows: pl.DataFrame) -> Figure:
    return Figure("one", "Heading of 5 < 6 & more", "Measure", Html(""), "Source line.", rows=rows)


def cells(book: bytes, sheet: int = 0) -> list[tuple]:
    loaded = fastexcel.read_excel(book).load_sheet(
        sheet, header_row=None, dtypes="string", dtype_coercion="coerce"
    )
    return loaded.to_polars().rows()


def header_of(rows: list[tuple], first: str) -> int:
    return next(i for i, row in enumerate(rows) if row[0] == first)


@pytest.mark.parametrize(
    ("say", "sheets", "area", "value"),
    [
        (EN, ["Data", "README"], "Area", "Value"),
        (RU, ["Данные", "О таблице"], "Территория", "Значение"),
    ],
)
def test_every_value_stands_in_the_workbook_as_a_number(say: Words, sheets, area, value) -> None:
    published = made_up_release()
    rows = published.figures.filter(pl.col("unit").is_in(["percent", "persons"])).head(40)
    book = write_figure_workbook(figure_of(rows), published, say)
    assert fastexcel.read_excel(book).sheet_names == sheets
    held = cells(book)
    header = header_of(held, area)
    assert held[0][0] == "Heading of 5 < 6 & more"
    assert len(held[header]) == len(COLUMNS)
    read = fastexcel.read_excel(book).load_sheet(0, header_row=header).to_polars()
    assert read[value].dtype == pl.Float64
    assert read[value].to_list() == rows["value"].to_list()


def test_units_have_their_own_formats_heads_stay_and_the_sheet_prints() -> None:
    published = made_up_release()
    rows = pl.concat(
        [
            published.figures.filter((pl.col("unit") == unit) & pl.col("value").is_not_null()).head(1)
            for unit in ("percent", "persons")
        ]
    )
    with zipfile.ZipFile(io.BytesIO(write_figure_workbook(figure_of(rows), published, RU))) as parts:
        sheet, styles = parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/styles.xml").decode()
    formats = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]+)"', styles)) | {"3": "#,##0", "1": "0"}
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    shown = [formats[used[int(style)]] for style in re.findall(r'<c r="E\d+" s="(\d+)"><v>', sheet)]
    assert shown == ["#,##0.0", "#,##0"]
    assert re.search(r'<pane xSplit="1" ySplit="\d+"', sheet)
    assert 'paperSize="9"' in sheet
    assert 'orientation="landscape"' in sheet
    assert "Страница &amp;P из &amp;N" in sheet


def test_a_missing_value_is_an_empty_cell_with_its_status() -> None:
    published = made_up_release()
    rows = published.figures.filter(pl.col("value").is_null())
    held = cells(write_figure_workbook(figure_of(rows), published, RU))
    body = held[header_of(held, "Территория") + 1 :]
    assert body
    assert {row[4] for row in body} == {None}
    assert all(row[6] for row in body)


def test_what_explains_the_figure_stands_on_a_sheet_of_its_own() -> None:
    published = made_up_release()
    rows = published.figures.filter(pl.col("source") == "un_migrant_stock").head(3)
    labels = [row[0] for row in cells(write_figure_workbook(figure_of(rows), published, RU), 1) if row[0]]
    assert {"Выпуск", "Дата", "Источник", "Определение"} <= set(labels)


def test_rows_of_other_tables_keep_their_kinds() -> None:
    rows = pl.DataFrame(
        {
            "area": ["KGZ", "UZB"],
            "from_year": [1999, 2005],
            "share": [0.25, None],
            "is_old": [True, False],
            "day": pl.Series(["2026-01-02", None]).str.to_date(),
        }
    )
    book = write_figure_workbook(figure_of(rows), made_up_release(), EN)
    header = header_of(cells(book), "Area")
    read = fastexcel.read_excel(book).load_sheet(0, header_row=header).to_polars()
    assert read.row(0)[:4] == ("Kyrgyzstan", 1999, 0.25, "yes")
    assert str(read.row(0)[4]).startswith("2026-01-02")
    assert read.row(1)[2] is None


def test_figures_that_are_alike_share_a_workbook_and_its_bytes(
    shipped_pages: MakePages, tmp_path: Path
) -> None:
    page = next(page for page in shipped_pages("ru") if page.path == "areas/KGZ.html")
    published = made_up_release()
    held: dict[str, str] = {}
    first = write_figure_workbooks(page, published, RU, tmp_path, held)
    written = {name: (tmp_path / name).read_bytes() for name in first.values()}
    assert set(first) == {figure.id for figure in page.figures if figure.rows is not None}
    assert write_figure_workbooks(page, published, RU, tmp_path / "again", held) == first
    assert not list((tmp_path / "again").iterdir())
    again = write_figure_workbooks(page, published, RU, tmp_path / "anew", {})
    assert {name: (tmp_path / "anew" / name).read_bytes() for name in again.values()} == written

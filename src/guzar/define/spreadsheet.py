"""Sheets of an Excel workbook as releases and pages write them: formats, heads, print settings, rows as SpreadsheetML.

XlsxWriter makes the workbook: titles, formats, widths, frozen panes. The rows are put into its sheets as text, which is
much faster than cell by cell; all times in the file are fixed, so that the same figures
give the same bytes.
"""

import io
import math
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from guzar.define.structures import DECIMALS
from guzar.languages import translate

HEADER_HEIGHT = 30  # points: headings in two lines, on screens and on paper
LINE_HEIGHT = 15  # points
README_WIDTH = 110  # characters
A4 = 9  # the number that Excel gives the paper
NARROWEST, WIDEST = 10, 60  # characters
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold
FIRST_DAY = date(1899, 12, 30)  # day 0 of Excel's calendar, as it counts since March 1900
EMPTY_CELL = "/>"  # what follows the address of a cell
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Cell = Callable[[str], str]  # a text → what follows the address of its cell
NOTE = "An empty value is not a zero: see the columns “Kind of number” and “Missing mark”."


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook, by what they are for."""

    title: xlsxwriter.format.Format
    heading: xlsxwriter.format.Format
    wrapped: xlsxwriter.format.Format
    year: xlsxwriter.format.Format
    period: xlsxwriter.format.Format
    day: xlsxwriter.format.Format
    numbers: dict[int, xlsxwriter.format.Format]  # by decimals

    def number(self, decimals: int) -> int:
        """The number of the format for values with so many decimals, as cells name it."""
        return int(self.numbers[decimals]._get_xf_index())


@dataclass(frozen=True)
class SheetRows:
    """Rows to be put into a sheet: SpreadsheetML, and the address of the last cell."""

    xml: str
    last_cell: str


def make_styles(book: xlsxwriter.Workbook) -> Styles:
    """The formats of a workbook: numbers in thousands, with the decimals of every unit; years without."""
    numbers = {}
    for decimals in sorted({0, 2, 4, *DECIMALS.values()}):
        places = f".{'0' * decimals}" if decimals else ""
        numbers[decimals] = book.add_format({"num_format": f"#,##0{places}", "align": "right", "indent": 1})
    return Styles(
        title=book.add_format({"bold": True, "font_size": 14}),
        heading=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        year=book.add_format({"num_format": "0", "align": "right", "indent": 1}),
        period=book.add_format({"align": "right", "indent": 1}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "right", "indent": 1}),
        numbers=numbers,
    )


def write_about(
    book: xlsxwriter.Workbook,
    styles: Styles,
    name: str,
    title: str,
    lines: Sequence[tuple[str, str]],
    language: str,
) -> None:
    """A sheet that explains: a title, then lines of a label and its text, as high as the text needs."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, README_WIDTH)
    sheet.write_string(0, 0, title, styles.title)
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, styles.wrapped)
        sheet.write_string(row, 1, text, styles.wrapped)
        # Not every program finds the height of wrapped text by itself.
        sheet.set_row(row, LINE_HEIGHT * max(1, math.ceil(1.1 * len(text) / README_WIDTH)))
    set_for_print(sheet, title, language)


def write_head(
    book: xlsxwriter.Workbook,
    styles: Styles,
    name: str,
    lines: Sequence[str],
    columns: Sequence[tuple[str, int]],
    *,
    rows: int,
    printed: int,
    language: str,
) -> int:
    """Title, lines and headings of a sheet; returns the row of the headings, counted from 0.

    `lines` begin with the title; `columns` are headings with their widths in characters. Panes are frozen below the
    headings, a filter covers the rows, and the first `printed` columns are printed.
    """
    sheet = book.add_worksheet(name)
    header = len(lines) + 1
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, text, None if row else styles.title)
    for column, (heading, width) in enumerate(columns):
        sheet.write_string(header, column, heading, styles.heading)
        sheet.set_column(column, column, width)
    sheet.set_row(header, HEADER_HEIGHT)
    sheet.freeze_panes(header + 1, 1)
    sheet.autofilter(header, 0, header + rows, len(columns) - 1)
    set_for_print(sheet, lines[0], language)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, header + rows, printed - 1)
    return header


def set_for_print(sheet: xlsxwriter.worksheet.Worksheet, title: str, language: str) -> None:
    """A4 across, as wide as one page, with title, page number and pages below."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    pages = translate("Page {page} of {pages}", language).format(page="&P", pages="&N")
    # An ampersand begins an instruction in a footer, two are an ampersand; Excel takes 255 characters in all.
    sheet.set_footer(f"&L{title[:150].replace('&', '&&')}&R{pages}")


def fit_width(longest: int, heading: str = "") -> int:
    """The width of a column whose longest cell has so many characters, within what a reader can take in.

    A heading may stand in two lines.
    """
    return min(max(longest + 2, math.ceil(len(heading) / 2) + 2, NARROWEST), WIDEST)


def make_rows(
    texts: pl.DataFrame,
    special: Mapping[str, Cell],
    header: int,
    each: Mapping[str, Sequence[Cell]] | None = None,
) -> SheetRows:
    """The rows as SpreadsheetML: text as text unless `special` has the cell of a column, or `each` that of every row of
    a column; empty where missing.

    Every cell has its address: SpreadsheetML lets it be left out, but not every office program reads that.
    """
    columns = texts.columns
    written = [
        [text if text is None else cell(text) for cell, text in zip(each[name], texts[name], strict=True)]
        if each and name in each
        else _cells(texts[name].to_list(), special.get(name, text_cell()))
        for name in columns
    ]
    letters = [f'<c r="{xl_col_to_name(place)}' for place in range(len(columns))]
    rows = []
    for number, cells in enumerate(zip(*written, strict=True), start=header + 2):
        inside = "".join(
            [f'{letter}{number}"{cell or EMPTY_CELL}' for letter, cell in zip(letters, cells, strict=True)]
        )
        rows.append(f'<row r="{number}">{inside}</row>')
    last = f"{xl_col_to_name(len(columns) - 1)}{header + 1 + texts.height}"
    return SheetRows("".join(rows), last)


def _cells(texts: Sequence[str | None], cell: Cell) -> list[str | None]:
    """The cells of a column; a text that stands in many rows is written once."""
    made = {text: cell(text) for text in set(texts) if text is not None}
    return [None if text is None else made[text] for text in texts]


def number_cell(style: int) -> Cell:
    """Cells of numbers that are printed already."""
    begin = f' s="{style}"><v>'
    return lambda text: f"{begin}{text}</v></c>"


def text_cell(style: int = 0) -> Cell:
    """Cells of text, signs of XML written out and those that XML cannot hold left out."""
    begin = f' s="{style}" t="inlineStr"><is><t>' if style else ' t="inlineStr"><is><t>'
    return lambda text: f"{begin}{escape(NOT_IN_XML.sub('', text), quote=False)}</t></is></c>"


def period_cell(styles: Styles) -> Cell:
    """Cells of periods: a year is a number without thousands, a quarter or a span is text."""
    year, period = number_cell(styles.year._get_xf_index()), text_cell(styles.period._get_xf_index())
    return lambda text: year(text) if len(text) == 4 else period(text)


def with_rows(workbook: bytes, rows: Mapping[int, SheetRows]) -> bytes:
    """The workbook with the rows put into its sheets (by sheet number, from 1); all times fixed."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = old.read(part)
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", part.filename)
            if sheet and int(sheet[1]) in rows:
                put = rows[int(sheet[1])]
                text = content.decode("utf-8").replace("</sheetData>", put.xml + "</sheetData>", 1)
                # The extent of the sheet, which XlsxWriter knew before the rows were there.
                text = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{put.last_cell}"/>', text)
                content = text.encode("utf-8")
            entry = zipfile.ZipInfo(part.filename, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content, compresslevel=6)
    return result.getvalue()

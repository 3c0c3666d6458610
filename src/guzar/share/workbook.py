"""ReleasedFigures of one subject → an Excel workbook in English or Russian: a README, a sheet per indicator.

XlsxWriter makes the workbook: README, titles, formats, widths, frozen panes. The rows of figures are put into
its sheets as text made column by column, which is much faster than cell by cell; all times in the file are
fixed, so that the same figures give the same bytes.
"""

import io
import math
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from string import ascii_uppercase

import dataframely as dy
import polars as pl
import xlsxwriter

from guzar.define.definitions import definitions
from guzar.define.reader_rows import HEADINGS, label_rows, print_number
from guzar.define.sheet_names import sheet_name
from guzar.define.sources import edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.structures import DECIMALS, Subject, code_names
from guzar.define.tables.releases import ReleasedFigures
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.sdmx.writers import rows_of

HEADER_ROW = 5  # rows above the figures: title, unit, sources, note, empty, header (counted from 0)
HEADER_HEIGHT = 30  # points: headings in two lines, on screens and on paper
A4 = 9  # the number that Excel gives the paper
ROWS_OF_A_SHEET = 1_000_000  # a little below what Excel allows
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold

COLUMNS = (
    "area",
    "counterpart",
    "sex",
    "period",
    "value",
    "observation_status",
    "last_observed",
    "missing_mark",
    "edition",
    "definition",
    "source",
    "area_code",
    "counterpart_code",
)
# On paper the names suffice, and the sources stand above the rows.
PRINTED = COLUMNS.index("source")
NARROWEST, WIDEST = 10, 60  # characters
README_WIDTH = 110  # characters
LINE_HEIGHT = 15  # points
EMPTY_CELL = "/>"  # what follows the address of a cell
LAST = ascii_uppercase[len(COLUMNS) - 1]
README = "README"
NOTE = "An empty value is not a zero: see the columns “Kind of number” and “Missing mark”."


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook, by what they are for."""

    title: xlsxwriter.format.Format
    heading: xlsxwriter.format.Format
    wrapped: xlsxwriter.format.Format
    year: xlsxwriter.format.Format
    period: xlsxwriter.format.Format
    numbers: dict[int, xlsxwriter.format.Format]  # by decimals


def write_workbook(
    figures: dy.DataFrame[ReleasedFigures], subject: Subject, *, release: str, date: str, language: str
) -> bytes:
    """The workbook of one subject as bytes; every text in `language`."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties(
        {
            "title": translate(subject.name_en, language),
            "comments": release,
            "created": datetime.fromisoformat(date),
        }
    )
    styles, chosen = _styles(book), rows_of(subject, figures)
    _readme_sheet(book, styles, chosen, subject, release=release, date=date, language=language)
    sheets: dict[int, str] = {}
    for name, part in _sheets(chosen, language):
        _head(book, styles, name, part, language)
        sheets[len(book.worksheets())] = _rows_as_xml(part, styles, language)
    book.close()
    return _with_rows(buffer.getvalue(), sheets)


def _styles(book: xlsxwriter.Workbook) -> Styles:
    numbers = {}
    for decimals in sorted({0, *DECIMALS.values()}):
        numbers[decimals] = book.add_format(
            {
                "num_format": "#,##0" + (f".{'0' * decimals}" if decimals else ""),
                "align": "right",
                "indent": 1,
            }
        )
    return Styles(
        title=book.add_format({"bold": True, "font_size": 14}),
        heading=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        year=book.add_format({"num_format": "0", "align": "right", "indent": 1}),
        period=book.add_format({"align": "right", "indent": 1}),
        numbers=numbers,
    )


def _readme_sheet(
    book: xlsxwriter.Workbook,
    styles: Styles,
    figures: pl.DataFrame,
    subject: Subject,
    *,
    release: str,
    date: str,
    language: str,
) -> None:
    """What the workbook holds: release, sources, editions, licences, definitions with rules and notes."""

    def say(text: str) -> str:
        return translate(text, language)

    sheet = book.add_worksheet(say(README))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, README_WIDTH)
    sheet.write_string(0, 0, say(subject.name_en), styles.title)
    lines = [
        (say("Release"), release),
        (say("Date"), write_date(date, language)),
        (say("Note"), say(NOTE)),
        *_source_lines(figures, language),
        *_definition_lines(figures, language),
    ]
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, styles.wrapped)
        sheet.write_string(row, 1, text, styles.wrapped)
        # Not every program finds the height of wrapped text by itself.
        sheet.set_row(row, LINE_HEIGHT * max(1, math.ceil(1.1 * len(text) / README_WIDTH)))
    _set_for_print(sheet, say(subject.name_en), language)


def _source_lines(figures: pl.DataFrame, language: str) -> list[tuple[str, str]]:
    held = figures.group_by("source").agg(pl.col("edition").unique().sort()).sort("source")
    lines = []
    for source, editions in held.iter_rows():
        about = known_sources()[source]
        labels = "; ".join(edition_label(source, one, language) for one in editions)
        name = code_names("CL_SOURCE", language)[source]
        licence = f"{translate('Licence', language)}: {translate(about.licence, language)}"
        words = f"{name}: {labels}. {about.attribution}. {licence}. {about.address}".replace("..", ".")
        lines.append((translate("Source", language), words))
    return lines


def _definition_lines(figures: pl.DataFrame, language: str) -> list[tuple[str, str]]:
    lines = []
    for one in figures["definition"].unique().sort():
        about = definitions()[one]
        name, note = (about.name_ru, about.note_ru) if language == "ru" else (about.name_en, about.note_en)
        rule = f"{translate('Rule', language)}: {translate(about.rule, language)}"
        words = f"{name} ({one}). {rule}. {note}"
        lines.append((translate("Definition", language), words.strip()))
    return lines


def _sheets(figures: pl.DataFrame, language: str) -> list[tuple[str, pl.DataFrame]]:
    """One part per indicator and unit, more where Excel's rows do not suffice; names that Excel allows."""
    sheets: dict[str, pl.DataFrame] = {}
    taken = {translate(README, language)}
    for indicator, unit in figures.select("indicator", "unit").unique().sort("indicator", "unit").iter_rows():
        rows = figures.filter((pl.col("indicator") == indicator) & (pl.col("unit") == unit))
        for start in range(0, rows.height, ROWS_OF_A_SHEET):
            name = sheet_name(indicator, language, taken | set(sheets))
            sheets[name] = rows.slice(start, ROWS_OF_A_SHEET)
    return list(sheets.items())


def _head(book: xlsxwriter.Workbook, styles: Styles, name: str, rows: pl.DataFrame, language: str) -> None:
    """Title, unit and headings of a sheet; panes frozen below them, widths set, a filter over the rows."""
    sheet = book.add_worksheet(name)
    indicator, unit = rows.row(0, named=True)["indicator"], rows.row(0, named=True)["unit"]
    title = code_names("CL_INDICATOR", language)[indicator]
    sheet.write_string(0, 0, title, styles.title)
    unit_name = code_names("CL_UNIT", language)[unit]
    sheet.write_string(1, 0, f"{translate('Unit', language)}: {unit_name}")
    named = label_rows(rows, language, COLUMNS)
    sources = "; ".join(named["source"].unique().sort())
    sheet.write_string(2, 0, f"{translate('Source', language)}: {sources}")
    sheet.write_string(3, 0, translate(NOTE, language))
    for column, shown in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, column, translate(HEADINGS[shown], language), styles.heading)
        sheet.set_column(column, column, _width(shown, named))
    sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + rows.height, len(COLUMNS) - 1)
    _set_for_print(sheet, title, language)
    sheet.repeat_rows(HEADER_ROW)
    sheet.print_area(0, 0, HEADER_ROW + rows.height, PRINTED - 1)


def _width(column: str, named: pl.DataFrame) -> int:
    """Characters that the longest cell of a column takes, within what a reader can take in."""
    if column == "value":
        return 18
    longest = named[column].cast(pl.String).str.len_chars().max()
    return min(max(int(str(longest or 0)) + 2, NARROWEST), WIDEST)


def _set_for_print(sheet: xlsxwriter.worksheet.Worksheet, title: str, language: str) -> None:
    """A4 across, as wide as one page, with title, page number and pages below."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    pages = translate("Page {page} of {pages}", language).format(page="&P", pages="&N")
    # An ampersand begins an instruction in a footer; two are an ampersand.
    sheet.set_footer(f"&L{title.replace('&', '&&')}&R{pages}")


def _rows_as_xml(rows: pl.DataFrame, styles: Styles, language: str) -> str:
    """The rows as SpreadsheetML: numbers in their format, names as text, missing cells empty.

    Every cell has its address: SpreadsheetML lets it be left out, but not every office program reads that.
    """
    number_style = styles.numbers[DECIMALS.get(rows["unit"][0], 0)]._get_xf_index()
    texts = label_rows(rows, language, COLUMNS).with_columns(
        value=print_number(pl.col("value")), last_observed=pl.col("last_observed").cast(pl.String)
    )
    texts = texts.with_row_index("number", offset=HEADER_ROW + 2)
    is_year = pl.col("period").str.len_chars() == 4
    year, period = styles.year._get_xf_index(), styles.period._get_xf_index()
    special = {
        "period": pl.when(is_year).then(_number_cell("period", year)).otherwise(_text_cell("period", period)),
        "value": _number_cell("value", number_style),
        "last_observed": _number_cell("last_observed", year),
    }
    number = pl.col("number").cast(pl.String)
    cells = [
        pl.concat_str(
            pl.lit(f'<c r="{letter}'),
            number,
            pl.lit('"'),
            special.get(column, _text_cell(column)).fill_null(EMPTY_CELL),
        )
        for letter, column in zip(ascii_uppercase, COLUMNS, strict=False)
    ]
    row = pl.concat_str(pl.lit('<row r="'), number, pl.lit('">'), *cells, pl.lit("</row>"))
    return "".join(texts.select(row=row)["row"])


def _number_cell(column: str, style: int) -> pl.Expr:
    return pl.format(f' s="{style}"><v>{{}}</v></c>', pl.col(column))


def _text_cell(column: str, style: int = 0) -> pl.Expr:
    styled = f' s="{style}"' if style else ""
    escaped = pl.col(column).str.replace_all("&", "&amp;", literal=True)
    escaped = escaped.str.replace_all("<", "&lt;", literal=True).str.replace_all(">", "&gt;", literal=True)
    return pl.format(f'{styled} t="inlineStr"><is><t>{{}}</t></is></c>', escaped)


def _with_rows(workbook: bytes, rows: dict[int, str]) -> bytes:
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
                count = rows[int(sheet[1])].count("<row ")
                text = content.decode("utf-8").replace(
                    "</sheetData>", rows[int(sheet[1])] + "</sheetData>", 1
                )
                # The extent of the sheet, which XlsxWriter knew before the rows were there.
                text = re.sub(
                    r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{LAST}{HEADER_ROW + 1 + count}"/>', text
                )
                content = text.encode("utf-8")
            entry = zipfile.ZipInfo(part.filename, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content, compresslevel=6)
    return result.getvalue()

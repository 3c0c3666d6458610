"""ReleasedFigures of one subject → an Excel workbook in English or Russian: a README, a sheet per indicator.

XlsxWriter makes the workbook: README, titles, formats, widths, frozen panes. The rows of figures are put into
its sheets as text made column by column, which is much faster than cell by cell; all times in the file are
fixed, so that the same figures give the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import dataframely as dy
import polars as pl
import xlsxwriter

from guzar.define.definitions import definitions
from guzar.define.sources import edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.structures import DECIMALS, Subject, code_names
from guzar.define.tables.releases import ReleasedFigures
from guzar.languages import translate
from guzar.share.labels import edition_names, name_of
from guzar.share.sdmx.writers import print_number, rows_of

HEADER_ROW = 4  # rows above the figures: title, unit, note, empty, header (counted from 0)
SHEET_NAME = 31  # characters that Excel allows
ROWS_OF_A_SHEET = 1_000_000  # a little below what Excel allows
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold

# Heading, where its text comes from, width in characters.
COLUMNS = (
    ("Area", "area", 24),
    ("Counterpart", "counterpart", 24),
    ("Sex", "sex", 12),
    ("Period", "period", 11),
    ("Value", "value", 16),
    ("Kind of number", "observation_status", 22),
    ("Last observed", "last_observed", 14),
    ("Missing mark", "missing_mark", 13),
    ("Definition", "definition", 40),
    ("Source", "source", 36),
    ("Edition", "edition", 20),
    ("Area code", "area_code", 11),
    ("Counterpart code", "counterpart_code", 17),
)
NAMED = ("area", "counterpart", "sex", "observation_status", "definition", "source")
NOTE = "An empty value is not a zero: see the columns “Kind of number” and “Missing mark”."


@dataclass(frozen=True)
class Styles:
    """Formats of one workbook, by what they are for."""

    title: xlsxwriter.format.Format
    heading: xlsxwriter.format.Format
    wrapped: xlsxwriter.format.Format
    year: xlsxwriter.format.Format
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
    for name, part in _sheets(chosen):
        _head(book, styles, name, part, language)
        sheets[len(book.worksheets())] = _rows_as_xml(part, styles, language)
    book.close()
    return _with_rows(buffer.getvalue(), sheets)


def _styles(book: xlsxwriter.Workbook) -> Styles:
    numbers = {}
    for decimals in sorted({0, *DECIMALS.values()}):
        numbers[decimals] = book.add_format(
            {"num_format": "#,##0" + (f".{'0' * decimals}" if decimals else "")}
        )
    return Styles(
        title=book.add_format({"bold": True, "font_size": 14}),
        heading=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        year=book.add_format({"num_format": "0", "align": "right"}),
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

    sheet = book.add_worksheet(say("README"))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, say(subject.name_en), styles.title)
    lines = [
        (say("Release"), release),
        (say("Date"), date),
        (say("Note"), say(NOTE)),
        *_source_lines(figures, language),
        *_definition_lines(figures, language),
    ]
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, styles.wrapped)
        sheet.write_string(row, 1, text, styles.wrapped)


def _source_lines(figures: pl.DataFrame, language: str) -> list[tuple[str, str]]:
    held = figures.group_by("source").agg(pl.col("edition").unique().sort()).sort("source")
    lines = []
    for source, editions in held.iter_rows():
        about = known_sources()[source]
        labels = "; ".join(edition_label(source, one, language) for one in editions)
        name = code_names("CL_SOURCE", language)[source]
        words = f"{name}: {labels} — {about.licence} — {about.attribution} — {about.address}"
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


def _sheets(figures: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """One part per indicator and unit, more where Excel's rows do not suffice; names that Excel allows."""
    sheets: dict[str, pl.DataFrame] = {}
    for indicator, unit in figures.select("indicator", "unit").unique().sort("indicator", "unit").iter_rows():
        rows = figures.filter((pl.col("indicator") == indicator) & (pl.col("unit") == unit))
        for start in range(0, rows.height, ROWS_OF_A_SHEET):
            sheets[_free_name(indicator, sheets)] = rows.slice(start, ROWS_OF_A_SHEET)
    return list(sheets.items())


def _free_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, cut to what Excel allows; with a number where the name is taken."""
    endings = ("", *(f" {number}" for number in range(2, 1000)))
    names = (wanted[: SHEET_NAME - len(ending)] + ending for ending in endings)
    return next(name for name in names if name not in set(taken))


def _head(book: xlsxwriter.Workbook, styles: Styles, name: str, rows: pl.DataFrame, language: str) -> None:
    """Title, unit and headings of a sheet; panes frozen below them, widths set, a filter over the rows."""
    sheet = book.add_worksheet(name)
    indicator, unit = rows.row(0, named=True)["indicator"], rows.row(0, named=True)["unit"]
    sheet.write_string(0, 0, code_names("CL_INDICATOR", language)[indicator], styles.title)
    unit_name = code_names("CL_UNIT", language)[unit]
    sheet.write_string(1, 0, f"{translate('Unit', language)}: {unit_name}")
    sheet.write_string(2, 0, translate(NOTE, language))
    for column, (heading, _, width) in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, column, translate(heading, language), styles.heading)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + rows.height, len(COLUMNS) - 1)


def _rows_as_xml(rows: pl.DataFrame, styles: Styles, language: str) -> str:
    """The rows as SpreadsheetML: numbers in their format, names as text, missing cells left out."""
    number_style = styles.numbers[DECIMALS.get(rows["unit"][0], 0)]._get_xf_index()
    year_style = styles.year._get_xf_index()
    texts = rows.select(
        *[name_of(name, language).alias(name) for name in NAMED],
        edition_names(rows, language).alias("edition"),
        "missing_mark",
        "period",
        value=print_number(pl.col("value")),
        last_observed=pl.col("last_observed").cast(pl.String),
        area_code="area",
        counterpart_code="counterpart",
    ).with_row_index("number", offset=HEADER_ROW + 2)
    is_year = pl.col("period").str.len_chars() == 4
    cells = [
        pl.when(is_year).then(_number_cell("D", "period", year_style)).otherwise(_text_cell("D", "period"))
        if column == "period"
        else _number_cell(letter, column, number_style)
        if column == "value"
        else _number_cell(letter, column, year_style)
        if column == "last_observed"
        else _text_cell(letter, column)
        for letter, (_, column, _) in zip("ABCDEFGHIJKLM", COLUMNS, strict=True)
    ]
    row = pl.concat_str(
        pl.lit('<row r="'),
        pl.col("number").cast(pl.String),
        pl.lit('">'),
        *[cell.fill_null("") for cell in cells],
        pl.lit("</row>"),
    )
    return "".join(texts.select(row=row)["row"])


def _number_cell(letter: str, column: str, style: int) -> pl.Expr:
    return pl.format(f'<c r="{letter}{{}}" s="{style}"><v>{{}}</v></c>', pl.col("number"), pl.col(column))


def _text_cell(letter: str, column: str) -> pl.Expr:
    escaped = pl.col(column).str.replace_all("&", "&amp;", literal=True)
    escaped = escaped.str.replace_all("<", "&lt;", literal=True).str.replace_all(">", "&gt;", literal=True)
    return pl.format(f'<c r="{letter}{{}}" t="inlineStr"><is><t>{{}}</t></is></c>', pl.col("number"), escaped)


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
                    r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:M{HEADER_ROW + 1 + count}"/>', text
                )
                content = text.encode("utf-8")
            entry = zipfile.ZipInfo(part.filename, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content, compresslevel=6)
    return result.getvalue()

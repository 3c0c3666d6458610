"""The template of a source: a workbook with headings, lists of codes, and one example row marked as made up.

An agency without a system of its own fills it in; the reader takes it back. The sheet for the records comes first and
holds nothing but the heading; the example stands on the second sheet, so that nobody delivers it.
"""

import io
from typing import Any

import polars as pl
import xlsxwriter

from guzar.collect.record_form import AREA_COLUMNS, RecordForm, codes_of, is_date
from guzar.define.areas import area_name
from guzar.languages import translate

RECORDS = "records"
EXAMPLE = "example (made up)"
MEANINGS = "columns"
CODES = "codes"
MADE_UP = "Every word and number below is made up. This sheet is not read."
# What a column means to whoever fills it in, where that is another thing than it means in the workspace.
TO_FILL_IN = {
    "record_id": "Your own number of the record, another one for every record. guzar does not keep it: each record gets "
    "a new number.",
}
DAY = "YYYY-MM-DD, for example 2024-03-01, or a date cell of the spreadsheet program"
MOMENT = (
    "YYYY-MM-DD HH:MM, for example 2024-03-01 14:30, or a date cell; without a time of day, midnight is taken"
)
TRUE_OR_FALSE = "true or false"
CODE = "a code from the sheet of codes, or the name of the country in English or Russian"
WORD = "a code from the sheet of codes"
NUMBER = "a number"
TEXT = "text"
ROWS = 100_000  # rows of the sheet whose cells are checked while they are typed


def write_template(form: RecordForm, language: str) -> bytes:
    """The workbook as bytes: sheets for records, an example, the meaning of the columns, and the codes."""
    content = io.BytesIO()
    fixed = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, fixed) as book:
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        sheets = (
            book.add_worksheet(translate(name, language)) for name in (RECORDS, EXAMPLE, MEANINGS, CODES)
        )
        records, example, meanings, codes = sheets
        _write_records(records, form, bold, text)
        _write_example(example, form, bold, language)
        _write_meanings(meanings, form, bold, language)
        _write_codes(codes, form, bold, language)
    return content.getvalue()


def _write_records(sheet: Any, form: RecordForm, bold: Any, text: Any) -> None:
    """The heading; cells are text, so that no program turns a number of a document or a date into something else."""
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(form.columns):
        sheet.set_column(place, place, max(len(name) + 2, 12), text)
        sheet.write_string(0, place, name, bold)
        codes = codes_of(form, name)
        if 0 < len(codes) <= 12:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": codes})


def _write_example(sheet: Any, form: RecordForm, bold: Any, language: str) -> None:
    sheet.write_string(0, 0, translate(MADE_UP, language))
    for place, name in enumerate(form.columns):
        sheet.set_column(place, place, max(len(name) + 2, 12))
        # A mark before the name: a reader of workbooks does not take this sheet for the records.
        sheet.write_string(1, place, f"# {name}", bold)
        sheet.write_string(2, place, form.example.get(name, ""))


def _write_meanings(sheet: Any, form: RecordForm, bold: Any, language: str) -> None:
    headings = ("column", "needed", "meaning", "how it is written", "unit")
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, translate(heading, language), bold)
    for place, width in enumerate((24, 8, 80, 60, 12)):
        sheet.set_column(place, place, width)
    for row, (name, column) in enumerate(form.columns.items(), 1):
        needed = "no" if column.nullable else "yes"
        meaning = TO_FILL_IN.get(name, column.description or "")
        unit = str((column.metadata or {}).get("unit", ""))
        written = how_written(form, name)
        sheet.write_string(row, 0, name)
        for place, cell in enumerate((needed, meaning, written, "" if unit == "none" else unit), 1):
            sheet.write_string(row, place, translate(cell, language))


def how_written(form: RecordForm, name: str) -> str:
    """How the cells of a column are written in the template."""
    kind = form.columns[name].dtype
    if is_date(form.columns[name]):
        return DAY if kind == pl.Date else MOMENT
    if kind == pl.Boolean:
        return TRUE_OR_FALSE
    if codes_of(form, name):
        return CODE if name in AREA_COLUMNS else WORD
    return NUMBER if kind.is_numeric() else TEXT


def _write_codes(sheet: Any, form: RecordForm, bold: Any, language: str) -> None:
    """One pair of columns for every column with codes: the code, and its name where it is an area."""
    place = 0
    sheet.set_column(0, 100, 18)
    for name in form.columns:
        codes = codes_of(form, name)
        if codes:
            sheet.write_string(0, place, name, bold)
            for row, code in enumerate(codes, 1):
                sheet.write_string(row, place, code)
                named = area_name(code, language)
                if named != code and len(code) == 3:
                    sheet.write_string(row, place + 1, named)
            place += 2

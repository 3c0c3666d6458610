"""The template of a source: a workbook with headings, lists of codes, and one example row marked as made up.

An agency without a system of its own fills it in; the reader takes it back. The sheet for the records comes first and
holds nothing but the heading; the example stands on the second sheet, so that nobody delivers it.
"""

import io
from typing import Any

import xlsxwriter

from guzar.collect.record_form import RecordForm, codes_of
from guzar.define.areas import area_name
from guzar.languages import translate

RECORDS = "records"
EXAMPLE = "example (made up)"
MEANINGS = "columns"
CODES = "codes"
MADE_UP = "Every word and number below is made up. This sheet is not read."
TRUTH = ("true", "false")
ROWS = 100_000  # rows of the sheet whose cells are checked while they are typed


def write_template(form: RecordForm, language: str) -> bytes:
    """The workbook as bytes: sheets for records, an example, the meaning of the columns, and the codes."""
    content = io.BytesIO()
    fixed = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, fixed) as book:
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        _write_records(book.add_worksheet(RECORDS), form, bold, text)
        _write_example(book.add_worksheet(EXAMPLE), form, bold, language)
        _write_meanings(book.add_worksheet(MEANINGS), form, bold, language)
        _write_codes(book.add_worksheet(CODES), form, bold, language)
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
    headings = ("column", "needed", "meaning", "unit")
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, translate(heading, language), bold)
    sheet.set_column(0, 0, 24)
    sheet.set_column(2, 2, 90)
    for row, (name, column) in enumerate(form.columns.items(), 1):
        needed = translate("no" if column.nullable else "yes", language)
        unit = str((column.metadata or {}).get("unit", ""))
        cells = (name, needed, translate(column.description or "", language), unit)
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, "" if cell == "none" else cell)


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

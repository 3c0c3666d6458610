"""ReleasedFigures of one subject → an Excel workbook in English or Russian: a README, a sheet per indicator."""

import io
from datetime import datetime

import dataframely as dy
import polars as pl
import xlsxwriter

from guzar.define.about_figures import definition_lines, source_lines
from guzar.define.reader_rows import HEADINGS, label_rows, print_number
from guzar.define.sheet_names import sheet_name
from guzar.define.spreadsheet import (
    NOTE,
    SheetRows,
    Styles,
    fit_width,
    make_rows,
    make_styles,
    number_cell,
    period_cell,
    with_rows,
    write_about,
    write_head,
)
from guzar.define.structures import DECIMALS, Subject, code_names
from guzar.define.tables.releases import ReleasedFigures
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.sdmx.writers import rows_of

ROWS_OF_A_SHEET = 1_000_000  # a little below what Excel allows

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
WIDTH_OF_VALUES = 18  # characters
README = "README"


def write_workbook(
    figures: dy.DataFrame[ReleasedFigures], subject: Subject, *, release: str, date: str, language: str
) -> bytes:
    """The workbook of one subject as bytes; every text in `language`."""

    def say(text: str) -> str:
        return translate(text, language)

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties(
        {"title": say(subject.name_en), "comments": release, "created": datetime.fromisoformat(date)}
    )
    styles, chosen = make_styles(book), rows_of(subject, figures)
    lines = [
        (say("Release"), release),
        (say("Date"), write_date(date, language)),
        (say("Note"), say(NOTE)),
        *source_lines(chosen, language),
        *definition_lines(chosen, language),
    ]
    write_about(book, styles, say(README), say(subject.name_en), lines, language)
    sheets: dict[int, SheetRows] = {}
    for name, part in _sheets(chosen, language):
        header = _head(book, styles, name, part, language)
        sheets[len(book.worksheets())] = _rows(part, styles, header, language)
    book.close()
    return with_rows(buffer.getvalue(), sheets)


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


def _head(book: xlsxwriter.Workbook, styles: Styles, name: str, rows: pl.DataFrame, language: str) -> int:
    """Title, unit, sources, note and headings of a sheet; returns the row of the headings."""
    indicator, unit = rows.row(0, named=True)["indicator"], rows.row(0, named=True)["unit"]
    named = label_rows(rows, language, COLUMNS)
    lines = [
        code_names("CL_INDICATOR", language)[indicator],
        f"{translate('Unit', language)}: {code_names('CL_UNIT', language)[unit]}",
        f"{translate('Source', language)}: {'; '.join(named['source'].unique().sort())}",
        translate(NOTE, language),
    ]
    columns = [
        (
            translate(HEADINGS[one], language),
            WIDTH_OF_VALUES if one == "value" else fit_width(_longest(named[one])),
        )
        for one in COLUMNS
    ]
    return write_head(
        book, styles, name, lines, columns, rows=rows.height, printed=PRINTED, language=language
    )


def _longest(column: pl.Series) -> int:
    """Characters of the longest cell of a column."""
    return int(str(column.cast(pl.String).str.len_chars().max() or 0))


def _rows(rows: pl.DataFrame, styles: Styles, header: int, language: str) -> SheetRows:
    """The rows: numbers in their format, names as text, missing cells empty."""
    texts = label_rows(rows, language, COLUMNS).with_columns(
        value=print_number(pl.col("value")), last_observed=pl.col("last_observed").cast(pl.String)
    )
    special = {
        "period": period_cell(styles),
        "value": number_cell(styles.number(DECIMALS.get(rows["unit"][0], 0))),
        "last_observed": number_cell(styles.year._get_xf_index()),
    }
    return make_rows(texts, special, header)

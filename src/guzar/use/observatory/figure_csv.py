"""The rows behind a figure → a CSV that a reader of the page opens with a double click, in the page's language.

Names instead of codes, headings in the language, and the separator and decimal mark that Excel of that language
expects. The coded tables, for programs, are those of the release (SDMX-CSV, Parquet, `tables/`).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from guzar.define.reader_rows import (
    BYTE_ORDER_MARK,
    CSV_FORMS,
    NAMED_BY,
    name_codes,
    name_editions,
    print_number,
    write_reader_csv,
)
from guzar.languages import translate
from guzar.use.observatory.content import Page

# Of released figures; the definition says more than the indicator does, the codes join them to other tables.
COLUMNS = (
    "definition",
    "area",
    "counterpart",
    "sex",
    "period",
    "value",
    "unit",
    "observation_status",
    "last_observed",
    "missing_mark",
    "source",
    "edition",
    "area_code",
    "counterpart_code",
)
ANSWERS = {True: "yes", False: "no"}


def write_figure_files(page: Page, language: str, folder: Path, held: dict[bytes, str]) -> dict[str, str]:
    """Write the rows of every figure on a page; returns the file name of each, by the figure's id.

    `held` names what stands in the folder already, by content: pages that show the same rows share one file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for figure in page.figures:
        if figure.rows is None:
            continue
        content = write_figure_csv(figure.rows, language)
        if content not in held:
            held[content] = f"{page.path.removesuffix('.html').replace('/', '-')}-{figure.id}.csv"
            (folder / held[content]).write_bytes(content)
        names[figure.id] = held[content]
    return names


def write_figure_csv(rows: pl.DataFrame, language: str) -> bytes:
    """Released figures, or rows of a table beside them, as CSV for readers of one language."""
    if {"definition", "observation_status", "missing_mark"} <= set(rows.columns):
        return write_reader_csv(rows, language, COLUMNS)
    form = CSV_FORMS[language]
    told = rows.select(_column_in_words(rows, name, language) for name in rows.columns)
    return BYTE_ORDER_MARK + told.write_csv(separator=form.separator).encode("utf-8")


def heading_of(column: str, language: str) -> str:
    """A column of a table beside the figures, as a heading: `from_year` is “From year”."""
    words = column.replace("_", " ")
    return translate(words[0].upper() + words[1:], language)


def _column_in_words(rows: pl.DataFrame, column: str, language: str) -> pl.Expr | pl.Series:
    heading = heading_of(column, language)
    kind = rows.schema[column]
    if kind.is_float():
        printed = print_number(pl.col(column)).str.replace(
            ".", CSV_FORMS[language].decimal_mark, literal=True
        )
        return printed.alias(heading)
    if kind == pl.Boolean:
        answers = {answer: translate(word, language) for answer, word in ANSWERS.items()}
        return pl.col(column).replace_strict(answers, return_dtype=pl.String).alias(heading)
    if column == "edition" and "source" in rows.columns:
        return name_editions(rows, language).alias(heading)
    if column in NAMED_BY and kind == pl.String:
        return name_codes(rows, column, language).alias(heading)
    return pl.col(column).alias(heading)

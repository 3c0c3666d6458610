"""The rows behind a figure → an Excel workbook in the page's language: the table, and a sheet that explains it.

The same engine as the workbooks of a release: numbers are numbers in their format, missing values are empty cells,
headings stay in sight, and the sheet prints on A4.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from guzar.define.about_figures import definition_lines, source_lines
from guzar.define.reader_rows import (
    HEADINGS,
    NAMED_BY,
    label_rows,
    name_codes,
    name_editions,
    print_number,
)
from guzar.define.spreadsheet import (
    FIRST_DAY,
    NOTE,
    Cell,
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
from guzar.define.structures import DECIMALS, code_names
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.use.observatory.content import Figure, Page
from guzar.use.observatory.figure_csv import ANSWERS, heading_of
from guzar.use.observatory.provenance import editions_named
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

COLUMNS = (
    "area",
    "counterpart",
    "sex",
    "period",
    "value",
    "unit",
    "observation_status",
    "last_observed",
    "missing_mark",
    "edition",
    "definition",
    "source",
    "area_code",
    "counterpart_code",
)
PRINTED = COLUMNS.index("source")
WIDTH_OF_VALUES = 18  # characters
YEARS = ("year", "last_observed")
OF_FIGURES = {"definition", "observation_status", "missing_mark"}


def write_figure_workbooks(
    page: Page, published: Published, say: Words, folder: Path, held: dict[str, str]
) -> dict[str, str]:
    """Write the workbook of every figure on a page; returns the file name of each, by the figure's id.

    `held` names what stands in the folder already: the same figure on several pages has one workbook.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for figure in page.figures:
        if figure.rows is None:
            continue
        mark = _mark(figure, published)
        if mark not in held:
            held[mark] = f"{page.path.removesuffix('.html').replace('/', '-')}-{figure.id}.xlsx"
            (folder / held[mark]).write_bytes(write_figure_workbook(figure, published, say))
        names[figure.id] = held[mark]
    return names


def _mark(figure: Figure, published: Published) -> str:
    """What a workbook is made of, short: figures that share it have the same workbook."""
    rows = figure.rows if figure.rows is not None else pl.DataFrame()
    told = [
        figure.heading,
        figure.sub,
        figure.source,
        *(figure.warning or ()),
        published.release,
        rows.write_csv(),
    ]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def write_figure_workbook(figure: Figure, published: Published, say: Words) -> bytes:
    """The workbook of one figure that has rows, as bytes: sheets “Data” and “README”; the same rows, the same bytes."""
    rows = figure.rows if figure.rows is not None else pl.DataFrame()
    language = say.lang
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties(
        {
            "title": figure.heading,
            "comments": published.release,
            "created": datetime.fromisoformat(published.date),
        }
    )
    styles = make_styles(book)
    is_figures = set(rows.columns) >= OF_FIGURES
    texts, special = _figures(rows, styles, language) if is_figures else _others(rows, styles, language)
    each = {_heading("value", language): _values(rows["unit"], styles)} if is_figures else None
    lines = _lines(figure, rows, say)
    columns = [
        (
            name,
            WIDTH_OF_VALUES
            if name == _heading("value", language)
            else fit_width(_longest(texts[name]), name),
        )
        for name in texts.columns
    ]
    printed = PRINTED if is_figures else len(columns)
    header = write_head(
        book,
        styles,
        translate("Data", language),
        lines,
        columns,
        rows=rows.height,
        printed=printed,
        language=language,
    )
    body: SheetRows = make_rows(texts, special, header, each)
    write_about(
        book,
        styles,
        translate("README", language),
        figure.heading,
        _about(figure, rows, published, say, is_figures=is_figures),
        language,
    )
    book.close()
    return with_rows(buffer.getvalue(), {1: body})


def _longest(texts: pl.Series) -> int:
    """Characters of the longest cell of a column."""
    return max((len(text) for text in texts.to_list() if text is not None), default=0)


def _heading(column: str, language: str) -> str:
    return translate(HEADINGS[column], language)


def _lines(figure: Figure, rows: pl.DataFrame, say: Words) -> list[str]:
    """What stands above the rows: heading, measure, unit, source, warning, and what an empty value means."""
    units: list[str] = rows["unit"].drop_nulls().unique().sort().to_list() if "unit" in rows.columns else []
    names = code_names("CL_UNIT", say.lang)
    source = figure.source or editions_named(rows, say)
    return [
        figure.heading,
        *([figure.sub] if figure.sub else []),
        *([f"{say('Unit')}: {'; '.join(names.get(one, one) for one in units)}"] if units else []),
        *([f"{say('Source')}: {source}"] if source else []),
        *([" ".join(figure.warning)] if figure.warning else []),
        *([say(NOTE)] if set(rows.columns) >= OF_FIGURES else []),
    ]


def _about(
    figure: Figure, rows: pl.DataFrame, published: Published, say: Words, *, is_figures: bool
) -> list[tuple[str, str]]:
    """The release, how to cite, sources with editions and licences, definitions with rules and notes."""
    editions = editions_named(rows, say) or say("see the source line")
    cited = say(
        "{heading}. Source: {editions}. {whose}, release {release} of {date}.",
        heading=figure.heading,
        editions=editions,
        whose=published.published_by(say.lang),
        release=published.release,
        date=published.date,
    )
    return [
        (say("Release"), published.release),
        (say("Date"), write_date(published.date, say.lang)),
        (say("Cite"), cited),
        *([(say("Note"), say(NOTE))] if is_figures else []),
        *([(say("Note"), " ".join(figure.warning))] if figure.warning else []),
        *(source_lines(rows, say.lang) if {"source", "edition"} <= set(rows.columns) else []),
        *(definition_lines(rows, say.lang) if "definition" in rows.columns else []),
    ]


def _figures(rows: pl.DataFrame, styles: Styles, language: str) -> tuple[pl.DataFrame, dict[str, Cell]]:
    """Released figures in words, headings in the language."""
    heads = {name: _heading(name, language) for name in COLUMNS}
    texts = label_rows(rows, language, COLUMNS).with_columns(
        value=print_number(pl.col("value")), last_observed=pl.col("last_observed").cast(pl.String)
    )
    special = {
        heads["period"]: period_cell(styles),
        heads["last_observed"]: number_cell(styles.year._get_xf_index()),
    }
    return texts.rename(heads), special


def _values(units: pl.Series, styles: Styles) -> list[Cell]:
    """The cell of every value, in the format of its unit."""
    held = units.to_list()
    cells = {unit: number_cell(styles.number(DECIMALS.get(unit, 0))) for unit in set(held)}
    return [cells[unit] for unit in held]


def _others(rows: pl.DataFrame, styles: Styles, language: str) -> tuple[pl.DataFrame, dict[str, Cell]]:
    """Rows of a table beside the figures: codes by name, numbers and days as such, yes and no in words."""
    texts, special = [], dict[str, Cell]()
    for name in rows.columns:
        heading = heading_of(name, language)
        column = rows[name]
        kind = column.dtype
        texts.append(_printed(rows, name, language).alias(heading))
        if kind == pl.Date:
            special[heading] = number_cell(styles.day._get_xf_index())
        elif kind.is_numeric():
            special[heading] = number_cell(_format_of(column, styles))
        elif name == "period":
            special[heading] = period_cell(styles)
    return rows.select(texts), special


def _format_of(column: pl.Series, styles: Styles) -> int:
    """Years without thousands; whole numbers without decimals, others with two, with four where all are small."""
    if column.name in YEARS or column.name.endswith("_year"):
        return int(styles.year._get_xf_index())
    held = column.drop_nulls()
    if column.dtype.is_integer() or bool((held == held.round()).all()):
        return styles.number(0)
    return styles.number(2 if float(held.abs().max()) >= 1 else 4)  # type: ignore[arg-type]


def _printed(rows: pl.DataFrame, column: str, language: str) -> pl.Expr | pl.Series:
    """One column as the text of its cells."""
    kind = rows.schema[column]
    if kind.is_float():
        return print_number(pl.col(column))
    if kind == pl.Boolean:
        answers = {answer: translate(word, language) for answer, word in ANSWERS.items()}
        return pl.col(column).replace_strict(answers, return_dtype=pl.String)
    if kind == pl.Date:
        return (pl.col(column) - pl.lit(FIRST_DAY)).dt.total_days().cast(pl.String)
    if column == "edition" and "source" in rows.columns:
        return name_editions(rows, language)
    if column in NAMED_BY and kind == pl.String:
        return name_codes(rows, column, language)
    return pl.col(column).cast(pl.String)

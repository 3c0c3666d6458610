"""Released figures in words: every code by its name in one language, as workbooks and CSV files show them.

The heading of a column and the form of a CSV are those of the language: Excel for Russian, double-clicked, takes
`;` between cells and a comma before decimals, and would make a date of 12.5; both need a byte-order mark to read
UTF-8. Programs read the coded tables of a release instead (SDMX-CSV, Parquet).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from guzar.define.sources import edition_label
from guzar.define.structures import code_names
from guzar.languages import translate

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Column of the words, with its heading; the order of the columns of a labelled table.
HEADINGS = {
    "indicator": "Indicator",
    "area": "Area",
    "counterpart": "Counterpart",
    "sex": "Sex",
    "period": "Period",
    "value": "Value",
    "unit": "Unit",
    "observation_status": "Kind of number",
    "last_observed": "Last observed",
    "missing_mark": "Missing mark",
    "definition": "Definition",
    "source": "Source",
    "edition": "Edition",
    "licence": "Licence",
    "area_code": "Area code",
    "counterpart_code": "Counterpart code",
    "indicator_code": "Indicator code",
    "definition_code": "Definition code",
}
# Columns named by a codelist, and the codes that stand apart beside the names.
NAMED_BY = {
    "indicator": "CL_INDICATOR",
    "area": "CL_AREA",
    "counterpart": "CL_AREA",
    "sex": "CL_SEX",
    "unit": "CL_UNIT",
    "observation_status": "CL_EVIDENCE",
    "definition": "CL_DEFINITION",
    "source": "CL_SOURCE",
}
CODES = {name: name.removesuffix("_code") for name in HEADINGS if name.endswith("_code")}


@dataclass(frozen=True)
class CsvForm:
    """How a CSV for readers of one language is written."""

    separator: str
    decimal_mark: str


CSV_FORMS = {"en": CsvForm(",", "."), "ru": CsvForm(";", ",")}


def label_rows(
    figures: pl.DataFrame, language: str, columns: Sequence[str] = tuple(HEADINGS)
) -> pl.DataFrame:
    """Released figures → the same rows in words, in `columns` (names of HEADINGS); values stay numbers.

    A code that no list names stays as it is. (A thousand small tables are put into words for one site: column by
    column in plain Python, for a query costs more than their rows.)
    """
    return pl.DataFrame([_in_words(figures, name, language).alias(name) for name in columns])


def _in_words(figures: pl.DataFrame, name: str, language: str) -> pl.Series:
    if name in NAMED_BY:
        return name_codes(figures, name, language)
    if name == "edition":
        return name_editions(figures, language)
    if name == "licence":
        return _translated(figures, name, language)
    return figures[CODES.get(name, name)]


def name_editions(figures: pl.DataFrame, language: str) -> pl.Series:
    """What the edition of each row is called in one language; empty where a row has none."""
    names = {held: edition_label(*held, language) for held in held_editions(figures)}
    each = zip(figures["source"].to_list(), figures["edition"].to_list(), strict=True)
    return _texts(map(names.get, each))


def held_editions(figures: pl.DataFrame) -> list[tuple[str, str]]:
    """The sources of rows with their editions, in order."""
    held = set(zip(figures["source"].to_list(), figures["edition"].to_list(), strict=True))
    return sorted((source, edition) for source, edition in held if source is not None and edition is not None)


def write_reader_csv(figures: pl.DataFrame, language: str, columns: Sequence[str] = tuple(HEADINGS)) -> bytes:
    """The labelled rows as a CSV that Excel of that language opens rightly; headings in that language.

    `columns` are names of HEADINGS, in the order wanted.
    """
    form = CSV_FORMS[language]
    printed = print_number(pl.col("value")).str.replace(".", form.decimal_mark, literal=True)
    rows = label_rows(figures, language, columns).with_columns(value=printed)
    named = rows.select(pl.col(name).alias(translate(HEADINGS[name], language)) for name in columns)
    return BYTE_ORDER_MARK + named.write_csv(separator=form.separator).encode("utf-8")


def print_number(value: pl.Expr) -> pl.Expr:
    """A number in the fewest digits that read back to it; whole numbers without a decimal point."""
    is_whole = (value == value.round()) & (value.abs() < 2**53)
    return (
        pl.when(is_whole)
        .then(value.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(value.cast(pl.String))
    )


def name_codes(rows: pl.DataFrame, column: str, language: str) -> pl.Series:
    """The names of a coded column's codes in one language; a code that its list does not name stays as it is."""
    names = _names(NAMED_BY[column], language)
    return _texts(names.get(code, code) for code in rows[column].to_list())


@cache
def _names(codelist: str, language: str) -> dict[str, str]:
    return code_names(codelist, language)


def _translated(figures: pl.DataFrame, column: str, language: str) -> pl.Series:
    texts = figures[column].to_list()
    words = {text: translate(text, language) for text in set(texts) - {None}}
    return _texts(map(words.get, texts))


def _texts(values: Iterable[str | None]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)

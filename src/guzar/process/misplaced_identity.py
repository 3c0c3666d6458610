"""What identifies the person of a row, found in a column of that row which is kept in clear.

A clerk types the name into the column of ports, or a mapping file takes the wrong column: the door must see it however
it is written. Compared are words in small Latin letters, numbers of documents as pseudonyms are made from them, and
dates of birth in the forms in use; contained counts as found. Columns that hold codes of a list cannot hold a name.
"""

import dataframely as dy
import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.process.document_numbers import normalise_documents
from guzar.process.identifying_values import to_latin_words

NAMES = ("surname", "given_name", "patronymic")
NUMBERS = ("document_number", "personal_number")
REPLACED = ("record_id", "birth_place")  # a new number takes the place of one, the other is cut to a country
LETTERS_OF_NAME = 4  # a code of three letters is no name
DIGITS_OF_DOCUMENT = 5  # a port may be called 1, as a careless entry of a document is
DIGITS_ALONE = 6  # from so many, digits are a document without its letters
# A text that could hold a name (letters in a row) or a document or date (digits, whatever stands between them).
LETTERS, DIGITS = rf"\p{{L}}{{{LETTERS_OF_NAME}}}", rf"(\d\D*){{{DIGITS_OF_DOCUMENT}}}"
# Days as they are written; every sign between the parts becomes a full stop before they are compared.
WRITTEN_DAYS = (
    *("%d.%m.%Y", "%-d.%-m.%Y", "%d.%m.%y", "%m.%d.%Y", "%-m.%-d.%Y"),
    *("%Y.%m.%d", "%Y.%-m.%-d", "%d%m%Y", "%Y%m%d"),
)


def free_columns(records: pl.DataFrame) -> list[str]:
    """Columns that are kept in clear and hold any text: ports, regions, households."""
    return [
        name
        for name, kind in records.schema.items()
        if kind == pl.String
        and name in DECLARED
        and name not in REPLACED
        and not is_direct(name)
        and getattr(DECLARED[name](), "regex", None) is None
    ]


def is_direct(name: str) -> bool:
    """Whether a declared column identifies a person directly."""
    declared: dy.Column = DECLARED[name]()
    return (declared.metadata or {}).get("secrecy") == Secrecy.DIRECT


def find_misplaced(records: pl.DataFrame) -> dict[str, pl.Series]:
    """Columns that are kept but hold a name, document or date of birth of their row, or any document; which rows do.

    A number that stands more often in the column than as a document (the code of a port, typed into the wrong field
    by a clerk) is no document.
    """
    if not any(name in records.columns for name in (*NAMES, *NUMBERS, "birth_date")):
        return {}
    found = {}
    for name in free_columns(records):
        shown = records[name].unique().drop_nulls()
        suspects = shown.filter(shown.str.contains(f"{LETTERS}|{DIGITS}"))
        if not len(suspects):
            continue
        at = records[name].is_in(suspects.implode()).fill_null(False).arg_true()
        rows = records[at]
        hit = rows.select(
            pl.any_horizontal(*_tests(rows, records, name, suspects)).fill_null(False)
        ).to_series()
        if hit.any():
            marked = at.filter(hit).implode()
            found[name] = pl.int_range(records.height, eager=True).cast(at.dtype).is_in(marked)
    return found


def _tests(rows: pl.DataFrame, records: pl.DataFrame, name: str, suspects: pl.Series) -> list[pl.Expr]:
    words, number = to_latin_words(pl.col(name)), normalise_documents(pl.col(name))
    digits = pl.col(name).str.replace_all(r"\D", "")
    tests = [pl.lit(False)]
    if suspects.str.contains(LETTERS).any():
        tests += _names_shown(rows, words)
    if suspects.str.contains(DIGITS).any():
        for column in (one for one in NUMBERS if one in records.columns):
            tests += [
                _own_document_shown(number, digits, column),
                number.is_in(_documents(records, column, name)),
            ]
        tests += _births_shown(rows, name)
    return tests


def _names_shown(rows: pl.DataFrame, words: pl.Expr) -> list[pl.Expr]:
    """A name of the row among the words, or its surname and given name written as one word."""
    own = {name: to_latin_words(pl.col(name)) for name in NAMES if name in rows.columns}
    shown = [_is_among(name, words) for name in own.values()]
    if {"surname", "given_name"} <= set(own):
        joined = words.str.replace_all(" ", "")
        parts = [own[name].str.replace_all(" ", "") for name in ("surname", "given_name")]
        for one in (parts, parts[::-1]):
            whole = pl.concat_str(one)
            shown.append((whole.str.len_chars() > LETTERS_OF_NAME) & joined.str.contains(whole, literal=True))
    return shown


def _is_among(name: pl.Expr, words: pl.Expr) -> pl.Expr:
    long_enough = name.str.replace_all(" ", "").str.len_chars() >= LETTERS_OF_NAME
    return long_enough & words.str.contains(name, literal=True)


def _own_document_shown(number: pl.Expr, digits: pl.Expr, column: str) -> pl.Expr:
    own = normalise_documents(pl.col(column))
    own_digits = pl.col(column).str.replace_all(r"\D", "")
    whole = (own.str.count_matches(r"\d") >= DIGITS_OF_DOCUMENT) & number.str.contains(own, literal=True)
    alone = (own_digits.str.len_chars() >= DIGITS_ALONE) & digits.str.contains(own_digits, literal=True)
    return whole.fill_null(False) | alone.fill_null(False)


def _documents(records: pl.DataFrame, column: str, name: str) -> pl.Series:
    """Numbers that stand in the column, and as often or more often as documents of the delivery."""
    shown = records.lazy().select(number=normalise_documents(pl.col(name))).drop_nulls()
    shown = shown.filter(pl.col("number").str.count_matches(r"\d") >= DIGITS_OF_DOCUMENT)
    held = records.lazy().select(number=normalise_documents(pl.col(column))).drop_nulls()
    both = (
        shown.group_by("number")
        .agg(shown=pl.len())
        .join(held.group_by("number").agg(held=pl.len()), on="number")
    )
    return both.filter(pl.col("shown") <= pl.col("held")).select("number").collect().to_series().implode()


def _births_shown(rows: pl.DataFrame, name: str) -> list[pl.Expr]:
    if "birth_date" not in rows.columns:
        return []
    parts = pl.col(name).str.replace_all(r"\D+", ".")
    written = pl.format(".{}.", parts)
    return [
        written.str.contains(pl.format(".{}.", pl.col("birth_date").dt.strftime(form)), literal=True)
        for form in WRITTEN_DAYS
    ]

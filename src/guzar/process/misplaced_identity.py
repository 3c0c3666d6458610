"""What identifies the person of a row, found in a column of that row which is kept in clear.

A clerk types the name into the column of ports, or a mapping file takes the wrong column: the door must see it however
it is written; and the name or document of somebody else in the delivery, where the line above or below was typed. Compared are words in small Latin letters, numbers of documents as pseudonyms are made from them, and
dates of birth in the forms in use; contained counts as found. Columns that hold codes of a list cannot hold a name.
"""

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.process.document_numbers import normalise_documents
from guzar.process.identifying_values import to_latin_words

NAMES = ("surname", "given_name", "patronymic")
NUMBERS = ("document_number", "personal_number")
REPLACED = ("record_id", "birth_place")  # a new number takes the place of one, the other is cut to a country
LETTERS_OF_NAME = 4  # a code of three letters is no name
BLANKS = 2  # before and after the words
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
    """Columns that are kept but hold a name, document or date of birth of their row, or any document or name; which rows do.

    A number that stands more often in the column than as a document (the code of a port, typed into the wrong field
    by a clerk) is no document; the same holds for names of others.
    """
    if not any(name in records.columns for name in (*NAMES, *NUMBERS, "birth_date")):
        return {}
    found = {}
    for name in free_columns(records):
        shown = records[name].unique().drop_nulls()
        hits = [
            at.filter(rows.lazy().select(pl.any_horizontal(tests).fill_null(False)).collect().to_series())
            for at, rows, tests in _suspected(records, name, shown)
            if tests
        ]
        marked = pl.concat([pl.Series(dtype=pl.UInt32), *hits])
        if len(marked):
            numbers = pl.int_range(records.height, dtype=pl.UInt32, eager=True)
            found[name] = numbers.is_in(marked.implode())
    return found


def _suspected(
    records: pl.DataFrame, name: str, shown: pl.Series
) -> Iterator[tuple[pl.Series, pl.DataFrame, list[pl.Expr]]]:
    """Rows whose text could hold a name, and rows whose text could hold a document or a date, with what to test."""
    words = pl.DataFrame({name: shown}).with_columns(
        words=to_latin_words(pl.col(name)), number=normalise_documents(pl.col(name))
    )
    for pattern, tests in (
        (LETTERS, [*_names_shown(records), *_names_of_others(records, name)]),
        (DIGITS, [*_documents_shown(records, name), *_births_shown(records, name)]),
    ):
        suspects = words.filter(pl.col(name).str.contains(pattern))
        if suspects.height:
            at = records[name].is_in(suspects[name].implode()).fill_null(False).arg_true()
            rows = records[at].join(suspects, on=name, how="left", maintain_order="left")
            yield at, rows, tests


def _names_shown(records: pl.DataFrame) -> list[pl.Expr]:
    """A name of the row among the words, or its surname and given name written as one word."""
    own = {name: to_latin_words(pl.col(name)) for name in NAMES if name in records.columns}
    shown = [
        (name.str.len_chars() >= LETTERS_OF_NAME + BLANKS) & pl.col("words").str.contains(name, literal=True)
        for name in own.values()
    ]
    if {"surname", "given_name"} <= set(own):
        joined = pl.col("words").str.replace_all(" ", "", literal=True)
        one, other = (own[name].str.replace_all(" ", "", literal=True) for name in ("surname", "given_name"))
        for whole in (pl.concat_str(one, other), pl.concat_str(other, one)):
            shown.append((whole.str.len_chars() > LETTERS_OF_NAME) & joined.str.contains(whole, literal=True))
    return shown


def _names_of_others(records: pl.DataFrame, name: str) -> list[pl.Expr]:
    """A text that is a name of anybody in the delivery, and stands in the column as often as that or less: a port may be
    called as a person is, and then more people cross there than are called so.
    """
    shown = _counted_words(records[name].filter(records[name].str.contains(LETTERS)), "shown")
    held = [_counted_words(records[column], "held") for column in NAMES if column in records.columns]
    both = [shown.join(one, on="words").filter(pl.col("shown") <= pl.col("held"))["words"] for one in held]
    return [pl.col("words").is_in(one.implode()) for one in both if len(one)]


def _counted_words(texts: pl.Series, name: str) -> pl.DataFrame:
    """How often each text stands there, as words."""
    counted = texts.drop_nulls().value_counts(name=name)
    words = counted.select(name, words=to_latin_words(pl.col(texts.name)))
    return words.filter(pl.col("words").str.len_chars() >= LETTERS_OF_NAME + BLANKS).group_by("words").sum()


def _documents_shown(records: pl.DataFrame, name: str) -> list[pl.Expr]:
    """The document of the row, with its letters or without; any document of the delivery."""
    number, digits = pl.col("number"), pl.col(name).str.replace_all(r"\D", "")
    tests = []
    for column in (one for one in NUMBERS if one in records.columns):
        own, own_digits = normalise_documents(pl.col(column)), pl.col(column).str.replace_all(r"\D", "")
        whole = (own.str.count_matches(r"\d") >= DIGITS_OF_DOCUMENT) & number.str.contains(own, literal=True)
        alone = (own_digits.str.len_chars() >= DIGITS_ALONE) & digits.str.contains(own_digits, literal=True)
        tests += [whole, alone, number.is_in(_documents(records, column, name))]
    return tests


def _documents(records: pl.DataFrame, column: str, name: str) -> pl.Series:
    """Numbers that stand in the column, and as often or more often as documents of the delivery."""
    texts = records[name].value_counts(name="shown").drop_nulls()
    shown = texts.filter(pl.col(name).str.contains(DIGITS)).select(
        "shown", number=normalise_documents(pl.col(name))
    )
    if not shown.height:
        return pl.Series(dtype=pl.String).implode()
    held = records.select(number=normalise_documents(pl.col(column))).drop_nulls()
    both = (
        shown.group_by("number")
        .agg(pl.col("shown").sum())
        .join(held.group_by("number").agg(held=pl.len()), on="number")
    )
    return both.filter(pl.col("shown") <= pl.col("held"))["number"].implode()


def _births_shown(records: pl.DataFrame, name: str) -> list[pl.Expr]:
    """The date of birth of the row, in any form in use; only where the year or its last figures stand there."""
    if "birth_date" not in records.columns:
        return []
    born = pl.col("birth_date")
    written = pl.format(".{}.", pl.col(name).str.replace_all(r"\D+", "."))
    year = pl.col(name).str.contains(born.dt.strftime("%y"), literal=True)
    return [
        year & written.str.contains(pl.format(".{}.", born.dt.strftime(form)), literal=True)
        for form in WRITTEN_DAYS
    ]

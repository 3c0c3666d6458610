"""Records about persons → every value that may stand in no other file, in the forms in which it could slip out.

Names as written, in Latin letters and folded as linkage folds them, numbers of documents as written and as they are
compared, full dates of birth in four spellings, and all of them hashed without a key: a hash without a key is as good
as the name, because whoever has a list of names makes the same one. Used by the scan for leaks (store/leak_scan.py), which compares without regard to capitals.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from guzar.process.document_numbers import normalise_documents
from guzar.process.names import fold_names

NAMES = ("surname", "given_name", "patronymic")
NUMBERS = ("document_number", "personal_number")
EVENTS = ("crossing_date", "issued_on", "valid_from", "event_date", "resident_from", "interview_date")
WRITTEN_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")
FOLDED = "{kind}, folded"
HASHED = "{kind}, hashed without a key"
ALGORITHMS = ("md5", "sha1", "sha256")
# Cyrillic letters of Russian and the languages of Central Asia in plain Latin ones: a form to look for, no standard.
LATIN = dict(
    zip("абвгдезийклмнопрстуфыэіқғҳўңөүҷӯӣәұһ", "abvgdeziyklmnoprstufyeiqghunoujuiauh", strict=True)
) | {
    "ё": "yo",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


def identifying_values(records: pl.DataFrame) -> dict[str, set[str]]:
    """What identifies persons in one table of deliveries, by kind, in every form that is looked for.

    A date of birth that is not before every event of the delivery (of children) is left out: it could not be told
    from the date of an event.
    """
    found: dict[str, set[str]] = {}
    for column in (*NAMES, *NUMBERS):
        if column in records.columns:
            values = records[column].drop_nulls().str.strip_chars().unique()
            folded = _fold(values, column)
            found[column] = {form for value in values for form in _forms(value)} - {""}
            found[FOLDED.format(kind=column)] = folded - found[column]
            forms = (form for value in values for form in (value, *_forms(value)))
            found[HASHED.format(kind=column)] = _hash_all([*forms, *folded])
    days = _birth_dates(records)
    if days:
        found["birth_date"] = {day.strftime(form) for day in days for form in WRITTEN_DATES}
        found[HASHED.format(kind="birth_date")] = _hash_all(found["birth_date"])
    return found


def merge_values(parts: Iterable[dict[str, set[str]]]) -> dict[str, set[str]]:
    """The values of several tables as one."""
    merged: dict[str, set[str]] = {}
    for part in parts:
        for kind, values in part.items():
            merged.setdefault(kind, set()).update(values)
    return merged


def to_latin(text: str) -> str:
    """A name in small Latin letters."""
    return "".join(LATIN.get(letter, letter) for letter in text.casefold())


def to_latin_words(texts: pl.Expr) -> pl.Expr:
    """Texts as words in small Latin letters with a blank before, between and after them; x and its kh are one."""
    small = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[ʻʼ'’`´‘]", "")
    latin = small.str.replace_many(list(LATIN), list(LATIN.values()))
    words = latin.str.replace_all("kh", "h", literal=True).str.replace_all(r"[^\p{L}]+", " ")
    return pl.format(" {} ", words.str.strip_chars())


def _forms(value: str) -> set[str]:
    return {value, value.upper(), value.casefold(), to_latin(value), to_latin(value).upper()}


def _fold(values: pl.Series, column: str) -> set[str]:
    """Names as linkage compares them, numbers of documents as pseudonyms are made from them."""
    if column in NAMES:
        folded = fold_names(values, column)["key"]
    else:
        folded = values.to_frame("number").select(normalise_documents(pl.col("number"))).to_series()
    return set(folded.drop_nulls()) - {""}


def _hash_all(texts: Iterable[str]) -> set[str]:
    return {
        hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
        for text in set(texts) - {""}
        for algorithm in ALGORITHMS
    }


def _birth_dates(records: pl.DataFrame) -> list[date]:
    if "birth_date" not in records.columns:
        return []
    events: list[Any] = [
        records[name].cast(pl.Date).min() for name in EVENTS if name in records.columns and records.height
    ]
    first = min((day for day in events if day is not None), default=date.max)
    return [day for day in records["birth_date"].drop_nulls().unique() if day < first]

"""Mapping files of agencies: how one agency's columns, codes and dates become those of the template.

In: the text of a mapping file in TOML. Out: a `RecordMapping`.

    [source]            what the agency calls the delivery
    [form]              encoding, separator, dates ("dd.mm.yyyy"), sheet, missing = ["нет"], kind = "fixed_width"
    [columns]           record_id = "Номер записи"      (a column of the template = the agency's heading)
    [layout]            record_id = [1, 12]             (fixed width: first and last position, counted from 1)
    [codes.direction]   "въезд" = "entry"               (the agency's word = guzar's code)
    [database]          table = "…" or query = "…", address_variable = "…"

Every mistake is one SettingsInvalid that names the key. See docs/how-to/collect-records.md.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guzar.collect.mapping_text import read_section, read_toml
from guzar.collect.record_form import RecordForm, codes_of
from guzar.collect.words import fold
from guzar.define.nearest import did_you_mean
from guzar.errors import SettingsInvalid

KEYS: dict[str, tuple[str, ...]] = {
    "source": ("id", "title", "holder", "note"),
    "form": ("kind", "encoding", "separator", "dates", "sheet", "missing"),
    "database": ("table", "query", "address_variable"),
}
SECTIONS = ("source", "form", "columns", "layout", "codes", "database")
KINDS = ("table", "fixed_width")
ISO_DATE = "%Y-%m-%d"
DATE_PARTS = (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d"))
DATE_SIGNS = r"%[YmdHMSbB]|[-./\s,:T]"
EXAMPLE = "Correct the line. A worked example stands in docs/how-to/collect-records.md."


@dataclass(frozen=True)
class RecordMapping:
    """What a mapping file says; without one, the delivery is in the form of the template."""

    file: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # column of the template → heading of the agency
    layout: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # positions, counted from 1
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by column: folded word → code
    encoding: str = ""
    separator: str = ""
    dates: str = ISO_DATE
    sheet: str = ""
    missing: tuple[str, ...] = ()
    database: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    def heading(self, column: str) -> str:
        """How the agency calls a column of the template."""
        return self.columns.get(column, column)


def read_record_mapping(content: bytes, file: str, form: RecordForm) -> RecordMapping:
    """The mapping file `file` for one form of records; SettingsInvalid where a line of it is wrong."""
    told = read_toml(content, file, EXAMPLE)
    _require_known_keys(told, file, form)
    described = _part(told, "form", file)
    return RecordMapping(
        file=file,
        columns=_read_headings(_part(told, "columns", file), file),
        layout=_read_layout(_part(told, "layout", file), described.get("kind", "table"), form, file),
        codes=_read_codes(_part(told, "codes", file), form, file),
        encoding=_read_encoding(described.get("encoding", ""), file),
        separator=_read_separator(described.get("separator", ""), file),
        dates=_read_dates(described.get("dates", "yyyy-mm-dd"), file),
        sheet=str(described.get("sheet", "")),
        missing=_read_missing(described.get("missing", []), file),
        database=_read_database(_part(told, "database", file), file),
        content=content,
    )


def wrong_line(
    file: str, key: str, expected: str, found: object = "", known: tuple[str, ...] = ()
) -> SettingsInvalid:
    """The refusal of one line of a mapping file, with the nearest known word."""
    near = did_you_mean(str(found), known)
    return SettingsInvalid(
        "The mapping file {file} is wrong at {key}. Did you mean {near}?"
        if near
        else "The mapping file {file} is wrong at {key}.",
        where="{file}: {key}",
        expected="{wanted}",
        do=EXAMPLE,
        file=file,
        key=key,
        near=near,
        wanted=(expected,),
    )


def _part(told: Mapping[str, Any], name: str, file: str) -> dict[str, Any]:
    return read_section(told, name, lambda key, found, expected: wrong_line(file, key, expected))


def _require_known_keys(told: Mapping[str, Any], file: str, form: RecordForm) -> None:
    columns = tuple(form.columns)
    known = {**KEYS, "columns": columns, "layout": columns, "codes": columns}
    for section in told:
        if section not in SECTIONS:
            raise wrong_line(file, f"[{section}]", "a section that guzar knows", section, SECTIONS)
        for key in _part(told, section, file):
            if key not in known[section]:
                raise wrong_line(
                    file, f"[{section}] {key}", "a name that guzar knows here", key, known[section]
                )


def _read_headings(part: Mapping[str, Any], file: str) -> dict[str, str]:
    for column, heading in part.items():
        if not isinstance(heading, str) or not heading.strip():
            raise wrong_line(file, f"[columns] {column}", "the heading of the agency, in quotation marks")
    folded = [fold(heading) for heading in part.values()]
    for column, heading in part.items():
        if folded.count(fold(heading)) > 1:
            raise wrong_line(file, f"[columns] {column}", "a heading that no other column has")
    return dict(part)


def _read_layout(
    part: Mapping[str, Any], kind: object, form: RecordForm, file: str
) -> dict[str, tuple[int, int]]:
    """Positions of a file of fixed width; every column that no delivery can lack needs them."""
    if kind not in KINDS:
        raise wrong_line(file, "[form] kind", "table or fixed_width", kind, KINDS)
    if (kind == "fixed_width") != bool(part):
        raise wrong_line(file, "[layout]", 'a section [layout] together with kind = "fixed_width"')
    for column, place in part.items():
        whole = isinstance(place, list) and len(place) == 2 and all(type(one) is int for one in place)
        if not whole or not 1 <= place[0] <= place[1] <= 100_000:
            raise wrong_line(
                file, f"[layout] {column}", "the first and the last position, counted from 1: [1, 12]"
            )
    absent = [name for name in form.required if part and name not in part]
    if absent:
        raise wrong_line(file, f"[layout] {absent[0]}", "positions for every column that is needed")
    return {column: (first, last) for column, (first, last) in part.items()}


def _read_codes(part: Mapping[str, Any], form: RecordForm, file: str) -> dict[str, dict[str, str]]:
    """Codes by column; where guzar has a list of codes, each must stand in it."""
    found: dict[str, dict[str, str]] = {}
    for column, words in part.items():
        if not isinstance(words, dict):
            raise wrong_line(file, f"[codes.{column}]", "a section with lines of its own")
        known = tuple(codes_of(form, column))
        for number, code in enumerate(words.values(), 1):
            if not isinstance(code, str) or (known and code not in known):
                key = f"[codes.{column}], " + str(number)
                raise wrong_line(file, key, "a code that guzar knows for this column", code, known)
        found[column] = {fold(word): code for word, code in words.items()}
    return found


def _read_encoding(name: object, file: str) -> str:
    if not name:
        return ""
    try:
        return codecs.lookup(str(name)).name
    except LookupError:
        raise wrong_line(
            file, "[form] encoding", "one of: utf-8, utf-16, windows-1251, koi8-r, cp866", name
        ) from None


def _read_separator(sign: object, file: str) -> str:
    if not isinstance(sign, str) or len(sign) > 1 or sign.isalnum() or sign in ('"', "\n", "\r", "\0"):
        raise wrong_line(file, "[form] separator", "one sign: a comma, a semicolon or a tab", sign)
    return sign


def _read_dates(written: object, file: str) -> str:
    """A form of dates as people write it, dd.mm.yyyy, or as programs do, %d.%m.%Y."""
    text = str(written)
    if "%" not in text:
        text = text.lower()
        for part, sign in DATE_PARTS:
            text = text.replace(part, sign)
    whole = all(sign in text for sign in ("%Y", "%m", "%d"))
    if not whole or re.sub(DATE_SIGNS, "", text):
        raise wrong_line(
            file, "[form] dates", "a form of dates with day, month and year: dd.mm.yyyy", written
        )
    return text


def _read_missing(words: object, file: str) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise wrong_line(file, "[form] missing", 'a list of texts in quotation marks: ["…", "…"]')
    return tuple(words)


def _read_database(part: Mapping[str, Any], file: str) -> dict[str, str]:
    if part and ("table" in part) == ("query" in part):
        raise wrong_line(file, "[database]", "either a table or a query")
    for key, text in part.items():
        if not isinstance(text, str) or not text.strip():
            raise wrong_line(file, f"[database] {key}", "a text in quotation marks")
    return dict(part)

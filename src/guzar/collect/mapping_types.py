"""What each line of a mapping file may hold: texts, numbers, lists; names that no spreadsheet takes for a formula.

Checked before anything is read, so that every mistake is one message with key, what was found and what is
expected.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

TEXT = "a text in quotation marks"
TEXTS = 'a list of texts in quotation marks: ["…", "…"]'
TEXT_OR_TEXTS = "a text in quotation marks, or a list of them"
TEXT_OR_NUMBER = "a text in quotation marks, or a number"
ROW_NUMBER = "a row number, counted from 1"
ROW_NUMBERS = "a row number, or several: [3, 4]"
DATE = "the date of publication: 2023, 2023-06 or 2023-06-30"
SECTION = "a section with lines of its own"
PLAIN_TEXT = "a text that does not begin with =, +, - or @: spreadsheets take it for a formula"
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _is_text(found: object) -> bool:
    return isinstance(found, str) and "\0" not in found


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _is_row(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found > 0


def _is_list_of(of: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda found: isinstance(found, list) and all(of(one) for one in found)


HOLDS: dict[str, Callable[[object], bool]] = {
    TEXT: _is_text,
    TEXTS: _is_list_of(_is_text),
    TEXT_OR_TEXTS: lambda found: _is_text(found) or _is_list_of(_is_text)(found),
    TEXT_OR_NUMBER: lambda found: _is_text(found) or _is_number(found),
    ROW_NUMBER: _is_row,
    ROW_NUMBERS: lambda found: _is_row(found) or (found != [] and _is_list_of(_is_row)(found)),
    SECTION: lambda found: isinstance(found, dict),
    DATE: lambda found: (
        _is_text(found) or (isinstance(found, int | date) and not isinstance(found, bool | datetime))
    ),
}
# By section, then by key; "" stands for every other key of the section.
EXPECTED: dict[str, dict[str, str]] = {
    "source": {"edition": DATE, "": TEXT},
    "table": {
        "header_rows": ROW_NUMBERS,
        "last_row": ROW_NUMBER,
        "missing": TEXTS,
        "leave_out": TEXTS,
        "fill_down": TEXTS,
        "": TEXT,
    },
    "columns": {"values": TEXT_OR_TEXTS, "": TEXT},
    "headers": {"": ROW_NUMBER},
    "constants": {"": TEXT_OR_NUMBER},
    "service": {"version": TEXT_OR_NUMBER, "parameters": SECTION, "": TEXT},
    "definition": {"scale": TEXT_OR_NUMBER, "": TEXT},
}


def find_wrong_kinds(told: Mapping[str, Any]) -> Iterator[tuple[str, object, str]]:
    """Every line that holds another kind of thing than its key needs: key, what was found, what is expected."""
    for section, expected in EXPECTED.items():
        parts = told.get(section, {})
        for part in parts if section == "definition" and isinstance(parts, list) else [parts]:
            if not isinstance(part, dict):
                yield f"[{section}]", part, SECTION
                continue
            for key, found in part.items():
                wanted = expected.get(key, expected[""])
                if not HOLDS[wanted](found):
                    yield f"[{section}] {key}", found, wanted
    yield from _find_wrong_codes(told)


def find_live_formulas(told: Mapping[str, Any]) -> Iterator[tuple[str, object, str]]:
    """Texts of the source and its definitions that a spreadsheet would run as a formula."""
    for section in ("source", "definition"):
        parts = told.get(section, {})
        for part in parts if isinstance(parts, list) else [parts]:
            for key, found in part.items():
                if isinstance(found, str) and found.strip().startswith(FORMULA_SIGNS):
                    yield f"[{section}] {key}", found, PLAIN_TEXT


def _find_wrong_codes(told: Mapping[str, Any]) -> Iterator[tuple[str, object, str]]:
    codes = told.get("codes", {})
    for dimension, words in codes.items() if isinstance(codes, dict) else [("", codes)]:
        place = f"[codes.{dimension}]" if dimension else "[codes]"
        if not isinstance(words, dict):
            yield place, words, SECTION
            continue
        for word, code in words.items():
            if not HOLDS[TEXT_OR_NUMBER](code):
                yield f"{place} {word}", code, TEXT_OR_NUMBER

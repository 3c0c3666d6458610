"""Cells of a delivery → typed columns of its table, each with what is wrong with the cell.

Words become codes by the mapping file, else by the lists that guzar holds (areas, sexes); nothing else is recoded. A
cell that cannot be read is refused with its row; an empty cell is missing. Places of birth are countries: whatever
else stands there is cut off, as the column is declared.
"""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from guzar.collect.record_files import plain_text
from guzar.collect.record_form import AREA_COLUMNS, RecordForm, codes_of
from guzar.collect.record_mapping import ISO_DATE, RecordMapping
from guzar.collect.words import SEX_WORDS, code_areas, fold
from guzar.define.columns import DECLARED, Secrecy

# What can be wrong with a cell. In the quarantine the name of the column stands before it.
MISSING = "no value where one is needed"
NOT_A_DATE = "no date of the calendar in the form that was agreed"
NOT_IN_ISO = "no date of the calendar in the form YYYY-MM-DD"
NOT_A_NUMBER = "no number"
OUT_OF_RANGE = "a number outside the range of the column"
NEITHER = "neither true nor false"
UNKNOWN_CODE = "a code or word that no list holds"
TOO_LONG = "a text longer than 200 signs"
CONTROL = "signs that no text holds"

TRUE = ("true", "t", "yes", "1", "да", "истина")
FALSE = ("false", "f", "no", "0", "нет", "ложь")
SEXES = {"male": "M", "female": "F", "m": "M", "f": "F", "u": "U", "unknown": "U", "неизвестно": "U"}
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H:%M:%S%.f", "T%H:%M:%S%.f", "T%H:%M")
LONGEST = 200
CONTROLS = r"[\x00-\x1f\x7f]"
NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)?$"


def type_cells(
    cells: pl.DataFrame, form: RecordForm, mapping: RecordMapping
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Typed columns in the order of the table, and for each column what is wrong with its cells (else missing)."""
    typed: dict[str, pl.Series] = {}
    wrong: dict[str, pl.Series] = {}
    for name, column in form.columns.items():
        if name not in cells.columns:
            typed[name] = pl.Series(name, [None] * cells.height, dtype=column.dtype)
            continue
        typed[name], wrong[name] = _type_column(cells, name, column, form, mapping)
    return pl.DataFrame(typed), wrong


def _type_column(
    cells: pl.DataFrame, name: str, column: dy.Column, form: RecordForm, mapping: RecordMapping
) -> tuple[pl.Series, pl.Series]:
    text = _text_of(cells, name, mapping.missing)
    codes = dict(mapping.codes.get(name, {}))
    if isinstance(column.dtype, pl.Datetime) or column.dtype == pl.Date:
        value, reason = _read_dates(cells, name, text, column.dtype, mapping.dates)
    elif column.dtype == pl.Boolean:
        value, reason = _read_truth(text, codes)
    elif column.dtype.is_numeric():
        value, reason = _read_numbers(text, column)
    elif codes or codes_of(form, name):
        value, reason = _read_codes(text, name, codes, codes_of(form, name))
    else:
        value, reason = _read_texts(text)
    if not column.nullable:
        empty = text.is_null()
        reason = pl.select(pl.when(empty).then(pl.lit(MISSING)).otherwise(reason)).to_series()
    return value.cast(column.dtype).alias(name), reason.alias(name)


def _text_of(cells: pl.DataFrame, name: str, missing: Sequence[str]) -> pl.Series:
    text = cells.select(plain_text(cells, name).str.strip_chars().alias(name))[name]
    blank = text.is_in(missing) | (text == "") if missing else text == ""
    return text.set(blank, None)


def _flag(is_wrong: pl.Series, reason: str) -> pl.Series:
    return pl.select(pl.when(is_wrong).then(pl.lit(reason))).to_series().cast(pl.String)


def _read_dates(
    cells: pl.DataFrame, name: str, text: pl.Series, kind: pl.DataType, form: str
) -> tuple[pl.Series, pl.Series]:
    """Dates in the agreed form, with or without the time of day; dates that the file itself types as they are.

    A date in the order of ISO 8601 is one in every form: workbooks give it for cells that are dates.
    """
    held = cells.schema[name]
    if held == pl.Date or isinstance(held, pl.Datetime):
        value = cells[name].cast(pl.Datetime("us"))
    else:
        value = _parse_dates(text, form)
    reason = NOT_IN_ISO if form == ISO_DATE else NOT_A_DATE
    return value.cast(kind), _flag(text.is_not_null() & value.is_null(), reason)


def _parse_dates(text: pl.Series, form: str) -> pl.Series:
    """Try form after form, each on what the ones before could not read."""
    moment = pl.Datetime("us")
    value = pl.Series([None] * len(text), dtype=moment)
    times = [""] if "%H" in form else TIMES
    for one in dict.fromkeys([*(form + time for time in times), *(ISO_DATE + time for time in TIMES)]):
        rest = (text.is_not_null() & value.is_null()).arg_true()
        if not len(rest):
            break
        read = text.gather(rest).str.to_datetime(one, time_unit="us", strict=False)
        value = value.scatter(rest, read)
    return value


def _read_truth(text: pl.Series, codes: dict[str, str]) -> tuple[pl.Series, pl.Series]:
    words = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
    words |= {word: words[code.casefold()] for word, code in codes.items() if code.casefold() in words}
    value = text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    return value, _flag(text.is_not_null() & value.is_null(), NEITHER)


def _read_numbers(text: pl.Series, column: dy.Column) -> tuple[pl.Series, pl.Series]:
    plain = pl.select(pl.when(text.str.contains(NUMBER)).then(text.str.replace(",", "."))).to_series()
    number = plain.cast(pl.Float64, strict=False)
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    beyond = number.is_infinite() | (number.abs() > 2**31 - 1)
    beyond = beyond | (number < low) if low is not None else beyond
    beyond = beyond | (number > high) if high is not None else beyond
    if column.dtype.is_integer():
        beyond = beyond | (number != number.round(0))
    no_number = text.is_not_null() & number.is_null()
    reason = pl.select(
        pl.when(no_number).then(pl.lit(NOT_A_NUMBER)).when(beyond.fill_null(False)).then(pl.lit(OUT_OF_RANGE))
    ).to_series()
    fits = pl.select(pl.when(~beyond.fill_null(False)).then(number)).to_series()
    return fits.cast(column.dtype, strict=False), reason


def _read_codes(
    text: pl.Series, name: str, codes: dict[str, str], known: list[str]
) -> tuple[pl.Series, pl.Series]:
    """Codes of the words that occur; every distinct word is looked up once."""
    words = [word for word in text.unique().to_list() if word is not None]
    found = _look_up(words, name, codes, known)
    value = text.replace_strict(found, default=None, return_dtype=pl.String)
    if name == "birth_place":  # a place within a country is cut off
        return value, pl.Series([None] * len(text), dtype=pl.String)
    return value, _flag(text.is_not_null() & value.is_null(), UNKNOWN_CODE)


def _look_up(words: list[str], name: str, codes: dict[str, str], known: list[str]) -> dict[str, str]:
    own = {code.casefold(): code for code in [*known, *codes.values()]} | codes
    if name == "sex":
        own = {**{word: SEXES[sex] for word, sex in SEX_WORDS.items() if sex in SEXES}, **SEXES, **own}
    found = {word: own[fold(word)] for word in words if fold(word) in own}
    if name in AREA_COLUMNS:
        rest = [word for word in words if word not in found]
        found |= code_areas(rest)
        if name == "birth_place":
            found |= _countries_of_places([word for word in rest if word not in found], own)
        # An aggregate or a part of a country is spelled in the lists too, but nobody is its citizen.
        return {word: code for word, code in found.items() if code in known}
    return found


def _countries_of_places(words: list[str], own: dict[str, str]) -> dict[str, str]:
    """Countries of places of birth that are written with their country: `Dushanbe, Tajikistan`."""
    parts = {word: [part.strip() for part in word.split(",")] for word in words if "," in word}
    known = code_areas([part for some in parts.values() for part in some if part])
    known = {
        **known,
        **{part: own[fold(part)] for some in parts.values() for part in some if fold(part) in own},
    }
    return {word: known[some[-1]] for word, some in parts.items() if some[-1] in known}


def _read_texts(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    reason = pl.select(
        pl.when(text.str.contains(CONTROLS))
        .then(pl.lit(CONTROL))
        .when(text.str.len_chars() > LONGEST)
        .then(pl.lit(TOO_LONG))
    ).to_series()
    return text, reason


def is_direct(name: str) -> bool:
    """Whether a column names a person."""
    return str((DECLARED[name]().metadata or {})["secrecy"]) == str(Secrecy.DIRECT)

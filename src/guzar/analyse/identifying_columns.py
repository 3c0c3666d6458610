"""Which columns may be counted by: codes of many persons. What tells one person, household or moment apart is refused.

A count by passports is a list of persons, and so is one by any text that hardly repeats. Refused are the columns that
are declared as identifying, names that such columns have, what stands for single rows, days, and too many values.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.define.nearest import nearest
from guzar.errors import SettingsInvalid

PERSON_KEYS = ("person_id", "person_token")
# Of one record, household or row; the last ones `guzar residence` makes.
OF_ONE = (
    *PERSON_KEYS,
    *("record_id", "household_id", "sequence"),
    *("in_window", "days_observed", "days_in_country", "days_abroad"),
)
NAMES_OF_IDENTIFYING = re.compile(
    r"passport|surname|(family|first|last|given|full|maiden)_?name|patronym|birth_?da(te|y)|date_of_birth|^dob$"
    r"|(document|doc|personal|id|card|permit|visa|case)_?(no|num|number|id)$|personal_?code|^pin(fl)?$|^inn$|^iin$|snils"
    r"|phone|e_?mail|^address|token|household_?(id|no|num|number)?$|_hash$|^(person|record|individual)_?(id|no|number)?$"
    r"|паспорт|фамили|отчеств|^имя$|^фио$|дата_?рожд|снилс|^инн$|^иин$|пинфл|телефон|^адрес|домохоз",
    re.IGNORECASE,
)
MOST_VALUES = 1_000  # a code list, not a list of persons
MOST_PER_PERSON, FEW_VALUES = 0.2, 30  # up to so many values nobody asks how many persons there are
MOST_NAMED = 10
A_DAY = r"^\s*(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|(19|20)\d{2}(0[1-9]|1[0-2])[0-3]\d)\b"


def require_codes(register: pl.LazyFrame, persons: pl.LazyFrame | None, names: Iterable[str]) -> None:
    """Refuse (SettingsInvalid) to count by what stands for one person or one moment: that is a list, and no statistic."""
    tables = _tables_of(register, persons, names)
    wrong = [name for name in dict.fromkeys(names) if _is_identifying(name, tables.get(name))]
    if not wrong:
        wrong = [name for name, table in tables.items() if _is_list(name, table)]
    if wrong:
        raise SettingsInvalid(
            "Counts by these columns would be a list of persons or moments: {columns}.",
            expected="columns with codes that many persons share, as sex, citizenship or port: at most {most} values, "
            "and fewer than one for five persons; age_group and duration are made here",
            do="Correct --by or --where, or group the values first.",
            columns=", ".join(wrong),
            most=MOST_VALUES,
        )


def names_of_persons(names: Iterable[str]) -> list[str]:
    """The names of columns that tell one person, household or record apart, whatever stands in them."""
    secrets = {name for name in names if name in DECLARED and _is_secret(name)}
    return [
        name
        for name in names
        if name in OF_ONE or name in secrets or (name not in DECLARED and NAMES_OF_IDENTIFYING.search(name))
    ]


def _is_secret(name: str) -> bool:
    return bool((DECLARED[name]().metadata or {}).get("secrecy") == Secrecy.DIRECT)


def require_known_codes(
    register: pl.LazyFrame, persons: pl.LazyFrame | None, asked: Mapping[str, str]
) -> None:
    """Refuse (SettingsInvalid) a code that stands nowhere in its column: an empty result would look like a zero."""
    for name, table in _tables_of(register, persons, asked).items():
        codes = (
            table.select(pl.col(name).cast(pl.String).drop_nulls().unique()).collect().to_series().to_list()
        )
        if codes and asked[name] not in codes:
            refuse_unknown_code(name, asked[name], codes)


def refuse_unknown_code(column: str, code: str, codes: Sequence[str]) -> None:
    """Raise SettingsInvalid with the codes that were found, those that are spelled alike first; at most ten."""
    likely = list(dict.fromkeys([*nearest(code, codes), *sorted(codes)]))
    raise SettingsInvalid(
        "The code {code} stands nowhere in the column {column}.",
        expected="a code that was found, written alike: {codes}",
        do="Correct the code.",
        code=code,
        column=column,
        codes=", ".join(likely[:MOST_NAMED]) + (", …" if len(likely) > MOST_NAMED else ""),
    )


def _tables_of(
    register: pl.LazyFrame, persons: pl.LazyFrame | None, names: Iterable[str]
) -> dict[str, pl.LazyFrame]:
    """The table in which each column stands: the register where it has it."""
    own = register.collect_schema().names()
    others = persons.collect_schema().names() if persons is not None else []
    found = {name: register if name in own else persons for name in names if name in (*own, *others)}
    return {name: table for name, table in found.items() if table is not None}


def _is_identifying(name: str, table: pl.LazyFrame | None) -> bool:
    if name in OF_ONE or (name not in DECLARED and NAMES_OF_IDENTIFYING.search(name)):
        return True
    if name in DECLARED:
        declared = DECLARED[name]()
        if (declared.metadata or {}).get("secrecy") == Secrecy.DIRECT or declared.dtype.is_temporal():
            return True
    kind = table.collect_schema()[name] if table is not None else pl.String()
    return kind.is_temporal() or kind.is_float()


def _is_list(name: str, table: pl.LazyFrame) -> bool:
    """Whether values hardly repeat, or are days as text."""
    key = [one for one in PERSON_KEYS if one in table.collect_schema().names()]
    persons = pl.col(key[0]).n_unique() if key else pl.len()
    values, known = table.select(pl.col(name).n_unique(), persons.alias("known")).collect().row(0)
    if values > MOST_VALUES:
        return True
    if not _is_code_list(name) and values > max(FEW_VALUES, MOST_PER_PERSON * known):
        return True
    text = pl.col(name).cast(pl.String)
    return not _is_code_list(name) and bool(
        table.select(text.unique().str.contains(A_DAY).any()).collect().item()
    )


def _is_code_list(name: str) -> bool:
    """Whether a column is declared with a list of codes, or as a year: many values are no list of persons."""
    declared = DECLARED[name]() if name in DECLARED else None
    if declared is None:
        return False
    told = declared.metadata or {}
    return bool(told.get("codelist") or getattr(declared, "regex", None) or told.get("unit") == "year")

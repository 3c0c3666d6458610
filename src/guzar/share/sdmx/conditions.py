"""Filters of a query → SQL on the dimensions of a series, and tests on its observations.

Codes and texts are compared as texts, values as numbers, periods by their days: `ge:2015` holds for periods that begin in
2015 or later, `le:2020` for those that end in 2020 or earlier, `eq:2015` for the year 2015 and nothing within or around it
(SDMX REST 2.x, doc/data.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from guzar.share.sdmx.data_query import Condition
from guzar.share.sdmx.periods import days_of
from guzar.share.sdmx.refusals import BAD_REQUEST, QueryRefused

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
SQL: Mapping[str, str] = {
    "eq": "{c} = ?",
    "ne": "{c} <> ?",
    "lt": "{c} < ?",
    "le": "{c} <= ?",
    "gt": "{c} > ?",
    "ge": "{c} >= ?",
    "co": "instr({c}, ?) > 0",
    "nc": "instr({c}, ?) = 0",
    "sw": "substr({c}, 1, length(?1)) = ?1",
    "ew": "substr({c}, -length(?1)) = ?1",
}
MOST_TERMS = 200  # with operators, in a filter that is held against each value
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,4})?")
Test = Callable[[str | None], bool]


def sql_of(
    keys: Sequence[Mapping[str, frozenset[str]]], conditions: Sequence[Condition], columns: Mapping[str, str]
) -> tuple[str, list[str]]:
    """The WHERE of keys and of conditions on dimensions, with its parameters; "1" where all series fit.

    `columns` gives the column of each dimension; no text of a query ever becomes part of the SQL.
    """
    parts: list[str] = []
    values: list[str] = []
    if keys and all(keys):
        alternatives = [_sql_of_key(key, columns, values) for key in keys]
        parts.append(_joined("OR", alternatives))
    for one in conditions:
        column = columns[one.component]
        if all(len(terms) == 1 and terms[0][0] == "eq" for terms in one.alternatives):
            parts.append(_sql_in(column, [terms[0][1] for terms in one.alternatives], values))
        else:
            either = [_sql_of_terms(terms, column, values) for terms in one.alternatives]
            parts.append(_joined("OR", either))
    return " AND ".join(parts) or "1", values


def _sql_of_key(key: Mapping[str, frozenset[str]], columns: Mapping[str, str], values: list[str]) -> str:
    for codes in key.values():
        values += codes
    return _sql_of_places(tuple([(columns[one], len(codes)) for one, codes in key.items()]))


@lru_cache(maxsize=1024)
def _sql_of_places(places: tuple[tuple[str, int], ...]) -> str:
    """That each column has one of so many codes."""
    return " AND ".join([_sql_of_codes(column, number) for column, number in places])


def _sql_of_codes(column: str, number: int) -> str:
    return f"{column} = ?" if number == 1 else f"{column} IN ({','.join('?' * number)})"


def _sql_in(column: str, codes: Sequence[str], values: list[str]) -> str:
    values += codes
    return _sql_of_codes(column, len(codes))


def _sql_of_terms(terms: Sequence[tuple[str, str]], column: str, values: list[str]) -> str:
    """Terms that must all hold."""
    parts = []
    for operator, value in terms:
        text = SQL[operator].format(c=column)
        if "?1" in text:  # the same value twice
            parts.append(text.replace("?1", "?"))
            values.extend((value, value))
        else:
            parts.append(text)
            values.append(value)
    return _joined("AND", parts)


def _joined(word: str, parts: Sequence[str]) -> str:
    """Parts joined by OR or AND, in halves of halves: SQLite refuses a chain of more than a thousand."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_joined(word, parts[:half])} {word} {_joined(word, parts[half:])})"


def test_of(condition: Condition, kind: str) -> Test:
    """Whether a value fits a condition; `kind` is period, number or text. What has no value fits only `ne` and `nc`."""
    make = {"period": _test_of_period, "number": _test_of_number, "text": _test_of_text}[kind]
    if all(len(terms) == 1 and terms[0][0] == "eq" for terms in condition.alternatives):
        return _test_of_list([value for ((_, value),) in condition.alternatives], kind)
    if sum(map(len, condition.alternatives)) > MOST_TERMS:
        raise QueryRefused(
            BAD_REQUEST,
            "The filter on {component} has more than {most} terms with operators.",
            component=condition.component,
            most=MOST_TERMS,
        )
    alternatives = [[make(*term) for term in terms] for terms in condition.alternatives]
    return lambda value: any(all(test(value) for test in tests) for tests in alternatives)


def _test_of_list(wanted: Sequence[str], kind: str) -> Test:
    """Whether a value is in a list: one look, however long the list is."""
    read: dict[str, Callable[[str], Any]] = {"period": read_period, "number": read_number, "text": str}
    known = frozenset(read[kind](one) for one in wanted)
    stored: dict[str, Callable[[str], Any]] = {"period": days_of, "number": float, "text": str}
    of_value = stored[kind]
    return lambda value: bool(value) and of_value(str(value)) in known


test_of.__test__ = False  # type: ignore[attr-defined] # not a test of the suite


def _test_of_text(operator: str, wanted: str) -> Test:
    tests: dict[str, Callable[[str], bool]] = {
        "eq": lambda value: value == wanted,
        "ne": lambda value: value != wanted,
        "lt": lambda value: value < wanted,
        "le": lambda value: value <= wanted,
        "gt": lambda value: value > wanted,
        "ge": lambda value: value >= wanted,
        "co": lambda value: wanted in value,
        "nc": lambda value: wanted not in value,
        "sw": lambda value: value.startswith(wanted),
        "ew": lambda value: value.endswith(wanted),
    }
    return _or_empty(operator, tests[operator])


def _test_of_number(operator: str, wanted: str) -> Test:
    if operator in ("co", "nc", "sw", "ew"):
        return _test_of_text(operator, wanted)
    number = read_number(wanted)
    compare: dict[str, Callable[[float], bool]] = {
        "eq": lambda value: value == number,
        "ne": lambda value: value != number,
        "lt": lambda value: value < number,
        "le": lambda value: value <= number,
        "gt": lambda value: value > number,
        "ge": lambda value: value >= number,
    }
    return _or_empty(operator, lambda value: compare[operator](float(value)))


def _test_of_period(operator: str, wanted: str) -> Test:
    if operator in ("co", "nc", "sw", "ew"):
        return _test_of_text(operator, wanted)
    first, last = read_period(wanted)
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda begins, ends: (begins, ends) == (first, last),
        "ne": lambda begins, ends: (begins, ends) != (first, last),
        "lt": lambda _, ends: ends < first,
        "le": lambda _, ends: ends <= last,
        "gt": lambda begins, _: begins > last,
        "ge": lambda begins, _: begins >= first,
    }
    return _or_empty(operator, lambda value: compare[operator](*days_of(value)))


def read_number(text: str) -> float:
    """A number that somebody asked for, as decimals are written."""
    if not NUMBER.fullmatch(text):
        raise QueryRefused(BAD_REQUEST, "{value} is not a number.", value=text)
    return float(text)


def read_period(text: str) -> tuple[Any, Any]:
    """The first and the last day of a period that somebody asked for."""
    try:
        return days_of(text)
    except (ValueError, OverflowError):
        raise QueryRefused(
            BAD_REQUEST, "{value} is not a period, as 2015, 2015-Q2 or 2015-07.", value=text
        ) from None


def _or_empty(operator: str, test: Callable[[str], bool]) -> Test:
    return lambda value: test(value) if value else operator in ("ne", "nc")

"""The data dictionary: every declared table, read from its declaration, so that it cannot go stale."""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

import dataframely as dy

from guzar.define import tables as table_modules
from guzar.errors import SettingsInvalid


@dataclass(frozen=True)
class ColumnEntry:
    """One column of a table, as declared."""

    name: str
    type: str
    meaning: str
    is_key: bool
    may_be_empty: bool
    unit: str
    concept: str
    codelist: str
    secrecy: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class TableEntry:
    """One table, as declared: what a row is, its key, columns and rules between columns."""

    name: str
    row: str
    note: str
    key: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]
    rules: tuple[str, ...]


@cache
def declared_tables() -> dict[str, type[dy.Schema]]:
    """Every table of `define/tables`, by its name in the code; columns that several share are no table."""
    found: dict[str, type[dy.Schema]] = {}
    for module in pkgutil.iter_modules(table_modules.__path__):
        members = vars(importlib.import_module(f"{table_modules.__name__}.{module.name}")).values()
        schemas = [one for one in members if inspect.isclass(one) and issubclass(one, dy.Schema)]
        found |= {one.__name__: one for one in schemas if not one.__name__.startswith("_")}
    found.pop(dy.Schema.__name__, None)
    return dict(sorted(found.items()))


def find_table(name: str) -> type[dy.Schema]:
    """The table with this name, whatever its capitals; refused, with the nearest name, if there is none."""
    by_folded = {known.casefold(): table for known, table in declared_tables().items()}
    if name.casefold() in by_folded:
        return by_folded[name.casefold()]
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.0)
    raise SettingsInvalid(
        "There is no table called {name}. Did you mean {near}?",
        expected="a table of the data dictionary",
        do="List the tables with: guzar table --list",
        name=name,
        near=by_folded[near[0]].__name__,
    )


def describe_table(table: type[dy.Schema]) -> TableEntry:
    """A table's entry in the dictionary."""
    columns = tuple(_describe_column(name, column) for name, column in table.columns().items())
    row, note = row_and_note(table)
    return TableEntry(table.__name__, row, note, tuple(table.primary_key()), columns, _rules(table))


def row_and_note(table: type[dy.Schema]) -> tuple[str, str]:
    """What one row of a table is, and what else its docstring says, each on one line."""
    row, _, note = (inspect.getdoc(table) or "").partition("\n\n")
    return " ".join(row.split()), " ".join(note.split())


def _describe_column(name: str, column: dy.Column) -> ColumnEntry:
    declared = column.metadata or {}
    return ColumnEntry(
        name=name,
        type=type(column).__name__,
        meaning=column.description or "",
        is_key=column.primary_key,
        may_be_empty=column.nullable,
        unit=str(declared.get("unit") or "none"),
        concept=str(declared.get("concept") or ""),
        codelist=str(declared.get("codelist") or ""),
        secrecy=str(declared.get("secrecy") or ""),
        rules=_column_rules(column),
    )


def _column_rules(column: dy.Column) -> tuple[str, ...]:
    """What a single value must satisfy: its pattern, its least and greatest value."""
    named = {"pattern": "regex", "at least": "min", "at most": "max"}
    held = {words: getattr(column, attribute, None) for words, attribute in named.items()}
    return tuple(f"{words} {value}" for words, value in held.items() if value is not None)


def _rules(table: type[dy.Schema]) -> tuple[str, ...]:
    """The sentences of the rules between columns, those of the tables it builds on first."""
    members = [member for part in reversed(table.__mro__) for member in vars(part).values()]
    functions = [member.validation_fn for member in members if hasattr(member, "validation_fn")]
    return tuple(" ".join((inspect.getdoc(function) or function.__name__).split()) for function in functions)

"""Columns and tables are declared once, and say what they mean."""

import importlib
import pkgutil

import dataframely as dy
import pytest

from guzar.define import columns, tables
from guzar.define.columns import DECLARED, NARROWED, Secrecy
from guzar.define.definitions import definitions, indicators
from guzar.define.sources import editions, sources
from guzar.define.units import UNITS

TABLES = [
    table
    for module in pkgutil.iter_modules(tables.__path__)
    for table in vars(importlib.import_module(f"guzar.define.tables.{module.name}")).values()
    if isinstance(table, type) and issubclass(table, dy.Schema) and table is not dy.Schema
]


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_every_column_has_a_meaning_a_unit_and_a_secrecy(name: str) -> None:
    """A column without meaning, unit or secrecy cannot be explained or protected."""
    column = DECLARED[name]()
    assert column.description.endswith(".")
    assert column.metadata["unit"]
    assert column.metadata["secrecy"] in set(Secrecy)


@pytest.mark.parametrize("name", sorted(NARROWED))
def test_a_narrowed_column_is_the_declared_one_with_fewer_codes(name: str) -> None:
    """Type, unit, codelist and secrecy are the same; every code may stand in the declared column too."""
    column, declared = NARROWED[name](), DECLARED[name]()
    assert type(column) is type(declared)
    assert column.metadata == declared.metadata
    codes, every = (set(one.regex.strip("^()$").split("|")) for one in (column, declared))
    assert codes < every


def test_records_of_persons_hold_no_totals() -> None:
    """A person is not both sexes: only figures know `_T` and `_Z`."""
    for table in TABLES:
        if {"record_id", "person_id"} & set(table.columns()) and "sex" in table.columns():
            assert table.columns()["sex"].regex == "^(F|M|U)$", table.__name__


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
def test_every_table_says_what_a_row_is(table: type[dy.Schema]) -> None:
    """A table's docstring opens with what one row is."""
    assert (table.__doc__ or "").startswith("One row per ")


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
def test_every_table_takes_its_columns_from_the_declarations(table: type[dy.Schema]) -> None:
    """No table invents a column: each is one of `define/columns`, with its meaning."""
    for name, column in table.columns().items():
        assert name in DECLARED, f"{table.__name__}.{name} is not declared in {columns.__name__}"
        meant = [made[name]().description for made in (DECLARED, NARROWED) if name in made]
        assert column.description in meant


def test_definitions_use_known_sources_and_units() -> None:
    """A definition without a source, unit or Russian name could not be shown."""
    for definition in definitions().values():
        assert definition.source in sources(), definition.id
        assert definition.unit in UNITS, definition.id
        assert definition.name_en, definition.id
        assert definition.name_ru, definition.id
        float(definition.scale)


def test_an_indicator_has_one_unit() -> None:
    """Values of one indicator can be compared: all its definitions share a unit."""
    for definition in definitions().values():
        assert definition.unit == indicators()[definition.indicator], definition.id


def test_editions_belong_to_sources() -> None:
    """Every named edition is of a source that is declared."""
    assert {source for source, _ in editions()} <= set(sources())

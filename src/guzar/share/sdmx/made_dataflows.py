"""A release → its dataflows: one for each subject of the figures, one for each protected table with its codelists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from guzar.define.columns.declaration import DECLARED
from guzar.define.structures import (
    AGENCY,
    ATTRIBUTE,
    DATA_STRUCTURE,
    DIMENSION,
    MEASURE,
    SUBJECTS,
    TIME,
    VERSION,
    Component,
    code_names,
    codelists,
    components,
)
from guzar.define.tables.releases import ProtectedTable
from guzar.define.units import UNITS
from guzar.share.protected_tables import BLURRED, FOLDER, STATUS, mark_of, population_of
from guzar.share.sdmx.artefacts import Artefact, Item
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.structure_names import DISCLOSURE_METHODS, in_both
from guzar.store.releases import StoredRelease

COLUMNS_OF_TIME = ("time_period", "period", "year")
PERIOD = r"^\d{4}(-(Q[1-4]|\d{2}|\d{2}-\d{2}))?$"
METHODS = "CL_DISCLOSURE_METHOD"
NO_ID = re.compile(r"[^A-Za-z0-9_@$\-]+")
TOTALS = frozenset({"_T", "T", "total", "all"})


@dataclass(frozen=True)
class TableFlow:
    """A protected table as a dataflow, with the codelists that only it has; `unit` is the same in every row."""

    flow: Dataflow
    table: ProtectedTable
    codelists: tuple[Artefact, ...]

    @property
    def unit(self) -> str:
        """The unit of the counts, the value of UNIT_MEASURE in every row: the table has no column for it."""
        return self.table.unit


def subject_dataflows() -> list[Dataflow]:
    """The dataflows of published figures: one per subject, all with the same data structure."""
    return [
        Dataflow(AGENCY, one.id, VERSION, in_both(one.name_en), DATA_STRUCTURE, components())
        for one in SUBJECTS
    ]


def dataflows_of(release: StoredRelease) -> tuple[list[Dataflow], list[TableFlow]]:
    """The dataflows of a release: of its figures, where it has any, and of its protected tables."""
    flows = subject_dataflows() if release.record["values"] else []
    return flows, table_dataflows(protected_tables_of(release))


def protected_tables_of(release: StoredRelease) -> list[ProtectedTable]:
    """The protected tables of a release, read back."""
    return [
        ProtectedTable(
            name,
            tuple(entry["dimensions"]),
            entry["count"],
            entry["unit"],
            pl.read_parquet(release.folder / FOLDER / f"{name}.parquet"),
            entry["about"],
        )
        for name, entry in release.record.get(FOLDER, {}).items()
    ]


def table_dataflows(tables: Iterable[ProtectedTable]) -> list[TableFlow]:
    """A dataflow and a data structure for each table; its id is the table's name in upper case."""
    taken = {one.id for one in SUBJECTS} | {DATA_STRUCTURE}
    made: list[TableFlow] = []
    for table in tables:
        id_ = f"PROTECTED_{_id(table.name)}" if _id(table.name) in taken else _id(table.name)
        taken.add(id_)
        made.append(_table_flow(table, id_))
    return made


def _table_flow(table: ProtectedTable, id_: str) -> TableFlow:
    time = _time_column(table)
    parts = [_dimension(table, one, id_) for one in table.dimensions if one != time]
    _keep_apart(parts)
    made = [one.codelist for one in parts if one.codelist]
    listed = [one.component for one in parts]
    if time:
        listed.append(Component(TIME, time, DIMENSION, None, _meaning(time), True, None))
    listed.append(Component("OBS_VALUE", table.count, MEASURE, None, _meaning(table.count), False, None))
    unit = "CL_UNIT" if table.unit in UNITS else None
    listed.append(Component("UNIT_MEASURE", "unit", ATTRIBUTE, unit, _meaning("unit"), True, None))
    listed.append(_mark(mark_of(table)))
    flow = Dataflow(AGENCY, id_, VERSION, _names_of(table), id_, tuple(listed))
    return TableFlow(flow, table, (*made, *([_methods()] if mark_of(table) == BLURRED else [])))


@dataclass
class _Dimension:
    """A dimension, and the codelist that was made for it where no declared one holds its codes."""

    component: Component
    codelist: Artefact | None


def _dimension(table: ProtectedTable, column: str, flow: str) -> _Dimension:
    declared = dict(DECLARED[column]().metadata or {}) if column in DECLARED else {}
    concept = str(declared.get("concept") or _id(column))
    found = table.frame[column].unique(maintain_order=True).to_list()
    held = declared.get("codelist")
    if held in codelists() and set(found) <= set(code_names(str(held), "en")):
        return _Dimension(
            Component(concept, column, DIMENSION, str(held), _meaning(column), True, None), None
        )
    made = _codes_found(f"CL_{flow}_{_id(column)}", column, found, held)
    return _Dimension(Component(concept, column, DIMENSION, made.id, _meaning(column), True, None), made)


def _codes_found(id_: str, column: str, found: Iterable[str], held: object) -> Artefact:
    """A codelist of the codes that occur, named as the declared list names them; the total is called so."""
    known = _known_names(str(held)) if held in codelists() else {}
    items = tuple(Item(code_id(code), known.get(code) or _name_of_code(code)) for code in found)
    return Artefact("codelist", AGENCY, id_, VERSION, _words(column), items=items)


def code_id(code: str) -> str:
    """A code as an id of SDMX, which has no plus, dot or blank: 65+ is 65_OR_MORE."""
    return NO_ID.sub("_", code.replace("+", "_OR_MORE").replace("<", "UNDER_"))


def _known_names(codelist: str) -> Mapping[str, Names]:
    russian = code_names(codelist, "ru")
    return {code: {"en": name, "ru": russian[code]} for code, name in code_names(codelist, "en").items()}


def _name_of_code(code: str) -> Names:
    return in_both("All") if code in TOTALS else {"en": code, "ru": code}


def _keep_apart(parts: list[_Dimension]) -> None:
    """Two columns with one concept are two dimensions: the second is called by its column."""
    seen = {TIME, "OBS_VALUE", "UNIT_MEASURE", "CONF_STATUS", "DISCLOSURE_METHOD"}
    for one in parts:
        if one.component.id in seen:
            old = one.component
            one.component = Component(
                _id(old.column), old.column, old.role, old.codelist, old.meaning, old.is_required, None
            )
        seen.add(one.component.id)


def _time_column(table: ProtectedTable) -> str | None:
    """The column of periods, unless it has a total over them or anything else that is no period."""
    for column in COLUMNS_OF_TIME:
        if column in table.dimensions:
            values = table.frame[column].cast(pl.String)
            return column if values.str.contains(PERIOD).all() else None
    return None


def _mark(column: str) -> Component:
    if column == STATUS:
        return Component("CONF_STATUS", column, ATTRIBUTE, "CL_CONF_STATUS", _meaning(column), True, None)
    return Component("DISCLOSURE_METHOD", column, ATTRIBUTE, METHODS, _meaning(column), True, None)


def _methods() -> Artefact:
    items = tuple(Item(code, in_both(words)) for code, words in DISCLOSURE_METHODS.items())
    return Artefact("codelist", AGENCY, METHODS, VERSION, in_both("How counts were blurred"), items=items)


def _names_of(table: ProtectedTable) -> Names:
    """The persons that it is about, and its own name: several tables tell of the same persons."""
    persons, own = population_of(table), table.name.replace("_", " ")
    told = persons if persons == table.name else f"{persons} ({own})"
    return {"en": told, "ru": told}


def _meaning(column: str) -> str:
    """What a column means, as declared; else its name in words."""
    return str(DECLARED[column]().description) if column in DECLARED else column.replace("_", " ")


def _words(column: str) -> Names:
    words = column.replace("_", " ").capitalize()
    return {"en": words, "ru": in_both(words)["ru"]}


def _id(name: str) -> str:
    """A name as an id of SDMX: upper case, a letter first, letters, digits and underscores."""
    plain = re.sub(r"[^A-Z0-9_]+", "_", name.upper()).strip("_")
    return plain if plain[:1].isalpha() else f"T_{plain}"

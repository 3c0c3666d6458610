"""Codes and components of guzar → those of the SDMX lists, the SDG database, the OECD and Eurostat, as declared.

Names and targets of the maps stand in `define/codelists/sdmx_maps.csv`; pairs of codes, each with where it is known from
and how near it is, in `sdmx_code_pairs.csv`; pairs of components in `sdmx_component_pairs.csv`. Codes of countries come
from `areas.csv`; the pairs hold only what departs from the rule.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from guzar.define.areas import areas
from guzar.define.codelist import read_codelist
from guzar.define.structures import AGENCY, DATA_STRUCTURE, VERSION
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.dataflows import Names

# The column of `areas.csv` that holds the code of a country, by map.
COUNTRY_CODES = {
    "CM_AREA_ISO2": "alpha2",
    "CM_AREA_M49": "m49",
    "CM_AREA_ESTAT": "alpha2",
    "CM_AREA_OECD": "code",
}


@dataclass(frozen=True)
class CodeMap:
    """One map of codes: in SDMX 3.0 a representation map, in 2.1 a codelist map.

    `target` is the URN of a codelist where its version is known, else its name: a writer then says that the target is
    text. Several codes may lead to one.
    """

    id: str
    names: Names
    source: Reference | None
    target: str
    pairs: tuple[tuple[str, str], ...]
    descriptions: Names = field(default_factory=dict)


@dataclass(frozen=True)
class ComponentMap:
    """How one component of a target is filled: from a component of ours, by a code map or as it is, or with one value."""

    source: str  # "" where the value is fixed
    target: str
    code_map: str = ""  # id of a code map
    fixed: str = ""


@dataclass(frozen=True)
class StructureMap:
    """One map of the data structure of the figures to another agency's dataflow; `target` is its URN."""

    id: str
    names: Names
    descriptions: Names
    source: Reference
    target: str
    components: tuple[ComponentMap, ...]


def code_maps() -> tuple[CodeMap, ...]:
    """Every map of codes, in the order of the declarations."""
    return tuple(_code_map(row) for row in _rows("sdmx_maps") if row["kind"] == "code")


def structure_maps() -> tuple[StructureMap, ...]:
    """Every map of the data structure, in the order of the declarations."""
    return tuple(_structure_map(row) for row in _rows("sdmx_maps") if row["kind"] == "structure")


def map_reference(id_: str) -> Reference:
    """The reference to a map, by its id."""
    kind = "structuremap" if id_.startswith("SM_") else "representationmap"
    return Reference(kind, AGENCY, id_, VERSION)


def _code_map(row: dict[str, Any]) -> CodeMap:
    source = Reference("codelist", AGENCY, row["source"], VERSION)
    return CodeMap(row["id"], _names(row), source, row["target"], _pairs(row["id"]), _descriptions(row))


def _structure_map(row: dict[str, Any]) -> StructureMap:
    parts = [one for one in _rows("sdmx_component_pairs") if one["map"] == row["id"]]
    components = tuple(
        ComponentMap(one["source"], one["target"], one["code_map"], one["fixed"]) for one in parts
    )
    source = Reference("datastructure", AGENCY, DATA_STRUCTURE, VERSION)
    return StructureMap(row["id"], _names(row), _descriptions(row), source, row["target"], components)


def _pairs(map_id: str) -> tuple[tuple[str, str], ...]:
    """Codes of countries by the rule, with the declared departures; a code that leads nowhere is left out."""
    declared = {one["source"]: one["target"] for one in _rows("sdmx_code_pairs") if one["map"] == map_id}
    pairs = _country_codes(map_id) | declared
    return tuple((source, target) for source, target in pairs.items() if target)


def _country_codes(map_id: str) -> dict[str, str]:
    if map_id not in COUNTRY_CODES:
        return {}
    column = COUNTRY_CODES[map_id]
    listed = areas().filter(pl.col("kind").is_in(["country", "territory"])).fill_null("")
    return dict(zip(listed["code"], listed[column], strict=True))


@cache
def _rows(name: str) -> tuple[dict[str, Any], ...]:
    """The lines of a declaration; an empty cell is empty text."""
    return tuple(read_codelist(name).fill_null("").iter_rows(named=True))


def _names(row: dict[str, Any]) -> Names:
    return {"en": row["name_en"], "ru": row["name_ru"]}


def _descriptions(row: dict[str, Any]) -> Names:
    told = {"en": row["description_en"], "ru": row["description_ru"]}
    return {language: text for language, text in told.items() if text}

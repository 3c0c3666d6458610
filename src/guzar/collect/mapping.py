"""Mapping files: a table or an SDMX service that guzar does not know, described in twenty lines of TOML.

In: the text of a mapping file. Out: a `TableMapping`: the source, its definitions, where each dimension
stands (a column, a header row, or one constant for the whole table), and codes for the table's own words.
Every mistake is one message that names the key, what was found and what it could mean. See docs/how-to/own-
table.md.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guzar.collect.delivery import RESERVED
from guzar.collect.mapping_text import read_section, read_toml
from guzar.collect.mapping_types import DATE, find_live_formulas, find_wrong_kinds
from guzar.collect.words import fold, is_area
from guzar.define.areas import spellings
from guzar.define.columns import EDITION
from guzar.define.definitions import FIELDS, Definition, differences, register_definitions, shipped_indicators
from guzar.define.nearest import did_you_mean
from guzar.define.sources import Source, register_source
from guzar.define.units import UNITS
from guzar.errors import SettingsInvalid

DIMENSIONS = ("area", "counterpart", "sex", "period", "series")
SEX_CODES = ("male", "female", "both", "unknown")
TOTAL_OF_COUNTERPARTS = "_T"
KEYS: dict[str, tuple[str, ...]] = {
    "": ("source", "table", "columns", "headers", "constants", "codes", "definition", "service", "where"),
    "source": (
        "id",
        "name_en",
        "name_ru",
        "publisher",
        "title",
        "licence",
        "address",
        "attribution",
        "edition",
    ),
    "table": (
        "sheet",
        "encoding",
        "separator",
        "decimal",
        "thousands",
        "missing",
        "header_rows",
        "last_row",
        "leave_out",
        "fill_down",
    ),
    "columns": (*DIMENSIONS, "values"),
    "headers": DIMENSIONS,
    "constants": DIMENSIONS,
    "codes": DIMENSIONS,
    "definition": tuple(name for name in FIELDS if name not in ("source", "series")),
    "service": ("id", "address", "version", "dataflow", "key", "parameters", "provider"),
}
REQUIRED = {
    "source": ("id", "publisher", "title", "licence", "address"),
    "definition": (
        "id",
        "indicator",
        "unit",
        "concept",
        "measure",
        "direction",
        "rule",
        "coverage",
        "unknown_origins",
    ),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "unit": tuple(UNITS),
    "concept": ("birth", "citizenship", "residence", "none"),
    "measure": ("stock", "flow", "transition", "rate", "price", "amount"),
    "direction": ("in", "out", "net", "signed", "none"),
    "unknown_origins": ("inside", "outside", "not applicable"),
    "status": ("observed", "estimated", "modelled_from_modelled", "forecast", "provisional"),
    "evidence": ("reference_year", "census", "publisher", "none"),
}
DEFAULTS = {"scale": "1", "status": "observed", "evidence": "none", "note_en": "", "note_ru": ""}
CORRECT = "Correct the line. A worked example stands in docs/how-to/own-table.md."


@dataclass(frozen=True)
class TableMapping:
    """What a mapping file says. `columns`, `headers` and `constants` place each dimension exactly once."""

    file: str
    source: Source
    edition: str | None
    definitions: tuple[Definition, ...]
    columns: Mapping[str, str]
    headers: Mapping[str, int]  # row numbers, counted from 1
    constants: Mapping[str, str]
    values: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]  # by dimension: folded word → code
    table: Mapping[str, Any] = field(default_factory=dict)
    service: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""

    @property
    def header_rows(self) -> tuple[int, ...]:
        """The rows of the table's header, counted from 1."""
        rows = self.table.get("header_rows", 1)
        return tuple(rows) if isinstance(rows, list) else (rows,)


def read_mapping(content: bytes, file: str) -> TableMapping:
    """The mapping file `file`; SettingsInvalid with one clear message where something in it is wrong."""
    told = read_toml(content, file, CORRECT)
    _require_known_keys(told, file)
    _require_kinds(told, file)
    source = _read_source(told, file)
    definitions = _read_definitions(told, source.id, file)
    constants = {name: str(text) for name, text in _section(told, "constants", file).items()}
    if len(definitions) == 1:
        constants.setdefault("series", definitions[0].id)
    columns = {name: text for name, text in _section(told, "columns", file).items() if name != "values"}
    headers = _section(told, "headers", file)
    _require_each_dimension_once(columns, headers, constants, file)
    values = _section(told, "columns", file).get("values", ())
    return TableMapping(
        file,
        source,
        None if "edition" not in told["source"] else str(told["source"]["edition"]),
        definitions,
        columns,
        headers,
        constants,
        (values,) if isinstance(values, str) else tuple(values),
        _read_codes(told, definitions, constants, file),
        _read_table(told, headers, file),
        _section(told, "service", file),
        _section(told, "where", file),
        content,
    )


def declare(mapping: TableMapping, held: Mapping[str, Definition]) -> None:
    """Register the mapping's source and definitions; refused where a held definition of that name says
    otherwise.

    `held` are the definitions of the workspace, by id. A change of names and notes is no other definition.
    """
    for definition in mapping.definitions:
        other = held.get(definition.id, definition)
        different = differences(
            other, definition, [name for name in FIELDS if not name.startswith(("name", "note"))]
        )
        if different:
            raise SettingsInvalid(
                "The workspace holds a definition called {id} that says otherwise.",
                where="{file}, [definition] id",
                expected="the same definition, or another id",
                do="Choose another id, or make both the same. They differ in {different}.",
                id=definition.id,
                file=mapping.file,
                different="; ".join(different),
            )
    register_source(mapping.source)
    register_definitions(mapping.definitions)


def wrong(
    file: str, key: str, found: object, expected: str, known: Iterable[str] = (), *, absent: bool = False
) -> SettingsInvalid:
    """The refusal of one line of a mapping file, with the nearest known words; `absent` where the line is
    missing.

    `expected` is a phrase that can be translated, or a list of words.
    """
    near = did_you_mean(str(found), known)
    return SettingsInvalid(
        "The mapping has no {key}." if absent else "The mapping says “{found}” under {key}.",
        where="{file}, {key}",
        expected="{wanted}",
        do="Did you mean “{near}”?" if near else CORRECT,
        file=file,
        key=key,
        found=found,
        wanted=(expected,),
        near=near,
    )


def _section(told: Mapping[str, Any], name: str, file: str) -> dict[str, Any]:
    return read_section(told, name, lambda key, found, expected: wrong(file, key, found, expected))


def _require_known_keys(told: Mapping[str, Any], file: str) -> None:
    for section, known in KEYS.items():
        parts = told if not section else told.get(section, {})
        for part in parts if isinstance(parts, list) else [parts]:
            for key in part if isinstance(part, dict) else ():
                if key not in known:
                    place = f"[{section}] {key}" if section else f"[{key}]"
                    raise wrong(file, place, key, ", ".join(known), known)


def _require_kinds(told: Mapping[str, Any], file: str) -> None:
    for find in (find_wrong_kinds, find_live_formulas):
        for key, found, expected in find(told):
            raise wrong(file, key, found, expected)


def _require(part: Mapping[str, Any], section: str, file: str) -> None:
    for key in REQUIRED[section]:
        if not str(part.get(key, "")).strip():
            raise wrong(file, f"[{section}] {key}", "", "a text in quotation marks", absent=True)


def _read_source(told: Mapping[str, Any], file: str) -> Source:
    part = _section(told, "source", file)
    _require(part, "source", file)
    _require_id(part["id"], "[source] id", file)
    edition = part.get("edition")
    if edition is not None and not re.fullmatch(EDITION, str(edition)):
        raise wrong(file, "[source] edition", edition, DATE)
    if not re.match(r"https?://[^/\s]", str(part["address"])):
        raise wrong(
            file, "[source] address", part["address"], "an address that begins with https:// or http://"
        )
    name = part.get("name_en") or part.get("name_ru") or part["title"]
    filled = {
        "name_en": name,
        "name_ru": part.get("name_ru") or name,
        "attribution": f"{part['publisher']}, {part['title']}",
    }
    return Source(**{**filled, **{k: str(v) for k, v in part.items() if k != "edition"}})


def _require_id(text: object, key: str, file: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", str(text)):
        raise wrong(file, key, text, "small Latin letters, digits and _, beginning with a letter")
    if RESERVED.fullmatch(str(text)):
        raise wrong(file, key, text, "another name: Windows keeps this one for a device")


def _read_definitions(told: Mapping[str, Any], source: str, file: str) -> tuple[Definition, ...]:
    parts = told.get("definition", [])
    listed = parts if isinstance(parts, list) else [parts]
    if not listed:
        raise wrong(file, "[definition]", "", "what is counted: a section [definition]", absent=True)
    return tuple(_read_definition(part, source, file) for part in listed)


def _read_definition(part: dict[str, Any], source: str, file: str) -> Definition:
    _require(part, "definition", file)
    _require_id(part["id"], "[definition] id", file)
    _require_id(part["indicator"], "[definition] indicator", file)
    texts = {**DEFAULTS, **{key: str(found) for key, found in part.items()}}
    for key, known in CHOICES.items():
        if texts[key] not in known:
            raise wrong(file, f"[definition] {key}", texts[key], ", ".join(known), known)
    usual = shipped_indicators().get(texts["indicator"], texts["unit"])
    if texts["unit"] != usual:
        raise wrong(file, "[definition] unit", texts["unit"], usual, (usual,))
    scale = float(texts["scale"]) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", texts["scale"]) else 0.0
    if not 0 < scale < math.inf:
        raise wrong(
            file,
            "[definition] scale",
            texts["scale"],
            "a number, such as 1000 where the table prints thousands",
        )
    name = texts.get("name_en") or texts.get("name_ru") or texts["indicator"]
    names = {"name_en": name, "name_ru": texts.get("name_ru") or name}
    return Definition(**{**texts, **names, "source": source, "series": texts["id"]})


def _require_each_dimension_once(
    columns: Mapping[str, Any], headers: Mapping[str, Any], constants: Mapping[str, Any], file: str
) -> None:
    for name in DIMENSIONS:
        places = [
            section
            for section, part in (("columns", columns), ("headers", headers), ("constants", constants))
            if name in part
        ]
        if len(places) > 1 and not (name == "series" and places == ["columns", "constants"]):
            raise wrong(file, name, " + ".join(f"[{p}]" for p in places), "one place only")
        if not places and name in ("area", "period", "series"):
            raise wrong(
                file, f"[columns] {name}", "", "a line in [columns], [headers] or [constants]", absent=True
            )


def _read_codes(
    told: Mapping[str, Any], definitions: Iterable[Definition], constants: Mapping[str, str], file: str
) -> dict[str, dict[str, str]]:
    """Codes by dimension; every code must be one that guzar knows."""
    series = [d.id for d in definitions]
    codes = {
        name: {
            fold(word): str(code)
            for word, code in _section(_section(told, "codes", file), name, file).items()
        }
        for name in DIMENSIONS
    }
    for name, known in (("sex", SEX_CODES), ("series", series)):
        for code in [*codes[name].values(), *([constants[name]] if name in constants else [])]:
            if code not in known:
                raise wrong(file, name, code, ", ".join(known), known)
    for name in ("area", "counterpart"):
        for code in [*codes[name].values(), *([constants[name]] if name in constants else [])]:
            if (code != TOTAL_OF_COUNTERPARTS or name == "area") and not is_area(code):
                raise wrong(
                    file,
                    name,
                    code,
                    "a code of an area, such as KGZ, or a name",
                    spellings()["code"].unique(),
                )
    return codes


def _read_table(told: Mapping[str, Any], headers: Mapping[str, Any], file: str) -> dict[str, Any]:
    table = _section(told, "table", file)
    rows = table.get("header_rows", 1)
    listed = rows if isinstance(rows, list) else [rows]
    for name, row in headers.items():
        if row not in listed:
            raise wrong(file, f"[headers] {name}", row, ", ".join(map(str, listed)))
    decimal, thousands = table.get("decimal", "."), table.get("thousands", "").strip()
    if decimal not in (".", ","):
        raise wrong(file, "[table] decimal", decimal, "a point or a comma")
    for key, sign in (("separator", table.get("separator", ",")), ("thousands", thousands or ",")):
        if len(sign) != 1 or sign.isalnum() or sign in '\r\n"+-':
            raise wrong(file, f"[table] {key}", sign, "one sign")
    if decimal == thousands:
        raise wrong(file, "[table] thousands", thousands, "another sign than the decimal sign")
    return table

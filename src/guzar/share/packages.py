"""The data package of a release: `datapackage.json` (Data Package v2), fields from the declared columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dataframely as dy

from guzar.define import structures
from guzar.define.publishers import Publisher
from guzar.define.reader_rows import CODES, CSV_FORMS, HEADINGS, NAMED_BY
from guzar.define.sources import Source
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures, ReleasedTable, SdmxFigures
from guzar.languages import translate
from guzar.share.citation import owner_of_tables, write_title
from guzar.share.labels import ENDING, LANGUAGES
from guzar.share.protected_tables import protected_fields
from guzar.share.protected_words import LICENCE_OF_TABLES
from guzar.store import checksum_of

PROFILE = "https://datapackage.org/profiles/2.0"
LICENCES = {
    "CC BY 4.0": {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
    "CC BY 3.0 IGO": {"name": "CC-BY-3.0-IGO", "path": "https://creativecommons.org/licenses/by/3.0/igo/"},
}
# One row per value of a definition, in words and codes: names of definitions and sources may repeat, codes not.
KEY_OF_LABELLED = (
    "indicator_code",
    "area_code",
    "counterpart_code",
    "sex",
    "period",
    "definition_code",
    "edition",
)
KEYWORDS = ["migration", "remittances", "official statistics", "North and Central Asia"]
KEYWORDS_OF_TABLES = ["protected tables", "statistical disclosure control"]
Field = dict[str, Any]


def describe_package(
    folder: Path,
    *,
    release: str,
    date: str,
    sources: list[Source],
    extra: Mapping[str, ReleasedTable],
    protected: Sequence[ProtectedTable] = (),
    publisher: Publisher | None,
) -> dict[str, Any]:
    """The descriptor of the CSV files in `folder`, as plain data."""
    sdmx = [*_structure_fields(), *_sdmx_fields()]
    resources = [
        _resource(folder, f"data/{path.name}", sdmx, _sdmx_key())
        for path in sorted((folder / "data").glob("*.csv"))
    ]
    resources += [
        _labelled_resource(folder, f"csv/{path.name}", language)
        for language in LANGUAGES
        for path in sorted((folder / "csv").glob(f"*.{language}.{ENDING}"))
    ]
    resources += [
        _resource(folder, f"tables/{name}.csv", table_fields(table.table), table.table.primary_key())
        for name, table in sorted(extra.items())
    ]
    whose = _whose(sources)
    if protected:  # what a package says of itself holds for all its tables: here each says it of its own
        resources, whose = [{**one, **whose} for one in resources], {}
    resources += [
        _resource(folder, f"protected/{table.name}.csv", protected_fields(table), table.dimensions)
        for table in sorted(protected, key=lambda one: one.name)
    ]
    return {
        "$schema": f"{PROFILE}/datapackage.json",
        "name": release,
        "title": write_title(bool(sources), protected),
        **({"description": LICENCE_OF_TABLES} if protected else {}),
        "version": release,
        "created": f"{date}T00:00:00Z",
        **whose,
        **_contributors(publisher, bool(protected)),
        "keywords": KEYWORDS if sources else KEYWORDS_OF_TABLES,
        "resources": resources,
    }


def _whose(sources: list[Source]) -> dict[str, Any]:
    """Licences and sources of published figures; nothing where there are none."""
    if not sources:
        return {}
    return {
        "licenses": [dict(one) for one in _licences(sources)],
        "sources": [{"title": source.attribution, "path": source.address} for source in sources],
    }


def _contributors(publisher: Publisher | None, has_tables: bool) -> dict[str, Any]:
    """Who arranged and published the whole; guzar itself only arranges where there are protected tables."""
    if publisher is None:
        return {}
    roles = ["wrangler", "publisher"] if owner_of_tables(publisher) or not has_tables else ["wrangler"]
    about = {"path": publisher.address, "email": publisher.contact}
    told = {name: value for name, value in about.items() if value}
    return {"contributors": [{"title": publisher.name_en, **told, "roles": roles}]}


def table_fields(table: type[dy.Schema]) -> list[Field]:
    """The fields of a declared table: name, type, meaning, unit, rules."""
    return [describe_field(name, column) for name, column in table.columns().items()]


def describe_field(name: str, column: dy.Column) -> Field:
    """One field of a table schema from a declared column."""
    types = {
        dy.Float64: "number",
        dy.Int32: "integer",
        dy.Int64: "integer",
        dy.Bool: "boolean",
        dy.Date: "date",
    }
    declared = column.metadata or {}
    field: Field = {
        "name": name,
        "type": next((word for kind, word in types.items() if isinstance(column, kind)), "string"),
        "description": column.description or "",
    }
    if declared.get("unit") not in (None, "none"):
        field["unit"] = declared["unit"]
    rules: dict[str, Any] = {"required": not column.nullable}
    if getattr(column, "regex", None):
        rules["pattern"] = getattr(column, "regex")  # noqa: B009 - only text columns have one
    return {**field, "constraints": rules}


def _labelled_resource(folder: Path, path: str, language: str) -> dict[str, Any]:
    """A labelled table: packed, with the separator and the decimal mark of its language."""
    form = CSV_FORMS[language]
    heading = {name: translate(text, language) for name, text in HEADINGS.items()}
    fields = [_labelled_field(name, heading[name], form.decimal_mark) for name in HEADINGS]
    made = _resource(folder, path, fields, [heading[name] for name in KEY_OF_LABELLED])
    return {
        **made,
        "mediatype": "application/gzip",
        "compression": "gz",
        "dialect": {"$schema": f"{PROFILE}/tabledialect.json", "delimiter": form.separator},
        "languages": [language],
    }


def _labelled_field(name: str, heading: str, decimal_mark: str) -> Field:
    """One field under its heading: a code as its column says, a name as text."""
    column = CODES.get(name, name)
    field = describe_field(column, ReleasedFigures.columns()[column])
    about = field["description"] if name in CODES or name not in NAMED_BY else f"Name of {column}."
    made: Field = {"name": heading, "type": field["type"], "description": about}
    if field["type"] == "number":
        made |= {"decimalChar": decimal_mark}
    return {**made, "constraints": {"required": field["constraints"]["required"]}}


def _structure_fields() -> list[Field]:
    meanings = {
        "STRUCTURE": "Kind of SDMX structure that the row belongs to.",
        "STRUCTURE_ID": "Dataflow that the row belongs to: agency, id, version.",
        "ACTION": "What the row does at the reader's: I, it informs.",
    }
    return [{"name": name, "type": "string", "description": text} for name, text in meanings.items()]


def _sdmx_fields() -> list[Field]:
    columns = SdmxFigures.columns()
    return [describe_field(one.id, columns[one.column]) for one in structures.components()]


def _sdmx_key() -> list[str]:
    return [one.id for one in structures.components() if one.role == structures.DIMENSION]


def _resource(folder: Path, path: str, fields: list[Field], key: Sequence[str]) -> dict[str, Any]:
    content = (folder / path).read_bytes()
    schema: dict[str, Any] = {
        "$schema": f"{PROFILE}/tableschema.json",
        "fields": fields,
        "missingValues": [""],
    }
    if key:
        schema["primaryKey"] = list(key)
    return {
        "$schema": f"{PROFILE}/dataresource.json",
        "name": path.removesuffix(".gz").removesuffix(".csv").replace("/", "-").replace(".", "-"),
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{checksum_of(content)}",
        "schema": schema,
    }


def _licences(sources: list[Source]) -> list[dict[str, str]]:
    """Each licence once; where a publisher names none, the publisher's own page."""
    found = {
        source.licence if source.licence in LICENCES else source.id: {
            **LICENCES.get(source.licence, {"path": source.address}),
            "title": f"{source.licence}: {source.name_en}",
        }
        for source in sources
    }
    named = {key: {**one, "title": key} if key in LICENCES else one for key, one in found.items()}
    return list(named.values())

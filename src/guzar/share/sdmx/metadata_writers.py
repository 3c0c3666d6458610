"""Reference metadata → SDMX-JSON 2.0 and SDMX-ML 3.0 messages."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from guzar.define.structures import AGENCY
from guzar.languages import LANGUAGES
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.reference_metadata import METADATAFLOW, MetadataAttribute, MetadataReport

JSON_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/metadata-message/tools/schemas/2.0.0/sdmx-json-metadata-schema.json"
OFFICIAL = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
MESSAGE, METADATA, COMMON = f"{OFFICIAL}/message", f"{OFFICIAL}/metadata/generic", f"{OFFICIAL}/common"
PREFIXES = {"mes": MESSAGE, "metadata": METADATA, "com": COMMON}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
CLASSES = {
    "dataflow": "datastructure.Dataflow",
    "metadataflow": "metadatastructure.Metadataflow",
    "metadataset": "metadatastructure.MetadataSet",
}


def write_metadata_json(
    reports: Iterable[MetadataReport],
    *,
    prepared: str,
    message: str = "GUZAR",
    languages: Sequence[str] = LANGUAGES,
    is_stub: bool = False,
) -> bytes:
    """A message of SDMX-JSON metadata 2.0.0; `prepared` is ISO 8601 with its zone, `languages` the best first.

    A text is told in all languages asked for; where only one is, as plain text. `is_stub` leaves the attributes out, but
    the schema wants one: the contact stays.
    """
    sets = [_json_set(report, languages, is_stub) for report in reports]
    told = {
        "meta": {
            "schema": JSON_SCHEMA,
            "id": message,
            "test": False,
            "prepared": prepared,
            "contentLanguages": list(languages),
            "sender": {"id": AGENCY},
        },
        "data": {"metadataSets": sets},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def write_metadata_xml_30(
    reports: Iterable[MetadataReport],
    *,
    prepared: str,
    message: str = "GUZAR",
    languages: Sequence[str] = LANGUAGES,
    is_stub: bool = False,
) -> bytes:
    """A generic metadata message of SDMX-ML 3.0; arguments as of `write_metadata_json`.

    Texts in several languages are Text elements, as the standard has it; pysdmx 1.21 reads none of these, but it reads
    Value, and a text in one language is told so.
    """
    root = etree.Element(_name(MESSAGE, "GenericMetadata"), nsmap=PREFIXES)
    listed = list(reports)
    _add_header(root, listed, prepared, message)
    for report in listed:
        _add_set(root, report, languages, is_stub)
    etree.indent(root, "  ")
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def urn_of(reference: Reference) -> str:
    """The URN of a dataflow, metadataflow or metadata set."""
    told = f"{reference.agency}:{reference.id}({reference.version})"
    return f"urn:sdmx:org.sdmx.infomodel.{CLASSES[reference.kind]}={told}"


def _json_set(report: MetadataReport, languages: Sequence[str], is_stub: bool) -> dict[str, Any]:
    names = chosen(report.names, languages)
    return {
        "id": report.id,
        "agencyID": report.agency,
        "version": report.version,
        "name": next(iter(names.values()), report.id),
        "names": names,
        "metadataflow": urn_of(report.metadataflow),
        "targets": [urn_of(report.target)],
        "attributes": [_json_attribute(one, languages) for one in _told(report, is_stub)],
    }


def _json_attribute(attribute: MetadataAttribute, languages: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": attribute.id}
    texts = chosen(attribute.texts, languages)
    if texts:
        made["value"] = texts if len(texts) > 1 else next(iter(texts.values()))
    if attribute.attributes:
        made["attributes"] = [_json_attribute(one, languages) for one in attribute.attributes]
    return made


def _add_header(root: etree._Element, reports: Sequence[MetadataReport], prepared: str, message: str) -> None:
    header = etree.SubElement(root, _name(MESSAGE, "Header"))
    for tag, text in (("ID", message), ("Test", "false"), ("Prepared", prepared)):
        etree.SubElement(header, _name(MESSAGE, tag)).text = text
    etree.SubElement(header, _name(MESSAGE, "Sender"), id=AGENCY)
    flow = reports[0].metadataflow if reports else Reference("metadataflow", AGENCY, METADATAFLOW, "1.0.0")
    structure = etree.SubElement(header, _name(MESSAGE, "Structure"), structureID=flow.id)
    etree.SubElement(structure, _name(COMMON, "StructureUsage")).text = urn_of(flow)


def _add_set(root: etree._Element, report: MetadataReport, languages: Sequence[str], is_stub: bool) -> None:
    own = Reference("metadataset", report.agency, report.id, report.version)
    held = {"agencyID": report.agency, "id": report.id, "version": report.version, "urn": urn_of(own)}
    made = etree.SubElement(root, _name(MESSAGE, "MetadataSet"), held)
    for language, name in chosen(report.names, languages).items():
        etree.SubElement(made, _name(COMMON, "Name"), {LANGUAGE: language}).text = name
    etree.SubElement(made, _name(METADATA, "Metadataflow")).text = urn_of(report.metadataflow)
    etree.SubElement(made, _name(METADATA, "Target")).text = urn_of(report.target)
    for attribute in _told(report, is_stub):
        _add_attribute(made, attribute, languages)


def _add_attribute(above: etree._Element, attribute: MetadataAttribute, languages: Sequence[str]) -> None:
    made = etree.SubElement(above, _name(METADATA, "Attribute"), id=attribute.id)
    texts = chosen(attribute.texts, languages)
    for language, text in texts.items():
        if len(texts) == 1:
            etree.SubElement(made, _name(METADATA, "Value")).text = text
        else:
            etree.SubElement(made, _name(COMMON, "Text"), {LANGUAGE: language}).text = text
    for one in attribute.attributes:
        _add_attribute(made, one, languages)


def _told(report: MetadataReport, is_stub: bool) -> tuple[MetadataAttribute, ...]:
    return report.attributes[:1] if is_stub else report.attributes


def chosen(texts: Names, languages: Sequence[str]) -> dict[str, str]:
    """Texts in the languages asked for, the best first; what is held where none of them is."""
    chosen = {language: texts[language] for language in languages if language in texts}
    return chosen or dict(list(texts.items())[:1])


def _name(namespace: str, tag: str) -> str:
    return f"{{{namespace}}}{tag}"

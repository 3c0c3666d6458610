"""Declared structures → one SDMX-ML 3.0 structure message, English and Russian, written through pysdmx.

Two things are done to what pysdmx 1.21 writes. It holds one language, so Russian names are added beside the
English ones. It writes a MeasureRelationship for attributes of an observation, which the standard leaves
optional and sdmx1 cannot read, so that element is taken out.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pysdmx.model as sdmx
from lxml import etree
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model.message import Header

from guzar.define import structures
from guzar.define.structures import AGENCY, CONCEPT_SCHEME, DATA_STRUCTURE, VERSION, Codes, Component
from guzar.languages import translate

NAMESPACES = {
    "str": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure",
    "com": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
PUBLISHER = "guzar, evidence on international migration in North and Central Asia"
DATA_STRUCTURE_NAME = "Published figures on migration, with source, definition and edition"
CONCEPT_SCHEME_NAME = "Concepts of guzar"

CONCEPT_NAMES = {
    "FREQ": "Frequency",
    "INDICATOR": "Indicator",
    "REF_AREA": "Reference area",
    "COUNTERPART_AREA": "Counterpart area",
    "SEX": "Sex",
    "DEFINITION": "Definition",
    "SOURCE": "Source",
    "EDITION": "Edition",
    "TIME_PERIOD": "Time period",
    "OBS_VALUE": "Value",
    "UNIT_MEASURE": "Unit",
    "DECIMALS": "Decimals",
    "OBS_STATUS": "Observation status",
    "EVIDENCE": "Kind of number",
    "CONF_STATUS": "Confidentiality status",
    "LAST_OBSERVED": "Last observed",
    "MISSING_MARK": "Missing mark",
    "LICENCE": "Licence",
}
TEXT_TYPES = {
    "TIME_PERIOD": sdmx.DataType.PERIOD,
    "OBS_VALUE": sdmx.DataType.DOUBLE,
    "DECIMALS": sdmx.DataType.INTEGER,
    "LAST_OBSERVED": sdmx.DataType.INTEGER,
}
ROLES = {
    structures.DIMENSION: sdmx.Role.DIMENSION,
    structures.MEASURE: sdmx.Role.MEASURE,
    structures.ATTRIBUTE: sdmx.Role.ATTRIBUTE,
}


def write_structures(date: str) -> bytes:
    """The structure message: agency, concepts, codelists, data structure, dataflows; `date` is ISO 8601."""
    header = Header(
        id=f"{AGENCY}_STRUCTURES",
        prepared=datetime.fromisoformat(date).replace(tzinfo=UTC),
        sender=sdmx.Organisation(id=AGENCY),
    )
    written = write_sdmx(make_structures(), Format.STRUCTURE_SDMX_ML_3_0, prettyprint=False, header=header)
    message = etree.fromstring(str(written).encode("utf-8"))
    _leave_out_measure_relationships(message)
    _add_russian_names(message)
    etree.indent(message, "  ")
    content: bytes = etree.tostring(message, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def make_structures() -> list[Any]:
    """The declared structures as pysdmx objects: agency, codelists, concepts, data structure, dataflows."""
    codelists = {one.id: _codelist(one) for one in structures.codelists().values()}
    concepts = sdmx.ConceptScheme(
        id=CONCEPT_SCHEME,
        agency=AGENCY,
        version=VERSION,
        name=CONCEPT_SCHEME_NAME,
        items=[_concept(component) for component in structures.components()],
    )
    parts = sdmx.Components([_component(one, concepts, codelists) for one in structures.components()])
    figures = sdmx.DataStructureDefinition(
        id=DATA_STRUCTURE, agency=AGENCY, version=VERSION, name=DATA_STRUCTURE_NAME, components=parts
    )
    dataflows = [
        sdmx.Dataflow(id=subject.id, agency=AGENCY, version=VERSION, name=subject.name_en, structure=figures)
        for subject in structures.SUBJECTS
    ]
    agencies = sdmx.AgencyScheme(
        agency="SDMX", name="Agencies", items=[sdmx.Agency(id=AGENCY, name=PUBLISHER)]
    )
    return [agencies, *codelists.values(), concepts, figures, *dataflows]


def _codelist(codes: Codes) -> sdmx.Codelist:
    items = [sdmx.Code(id=code.id, name=code.name_en) for code in codes.codes]
    return sdmx.Codelist(id=codes.id, agency=AGENCY, version=VERSION, name=codes.name_en, items=items)


def _concept(component: Component) -> sdmx.Concept:
    scheme = f"{AGENCY}:{CONCEPT_SCHEME}({VERSION})"
    urn = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={scheme}.{component.id}"
    return sdmx.Concept(
        id=component.id, urn=urn, name=CONCEPT_NAMES[component.id], description=component.meaning
    )


def _component(
    component: Component, concepts: sdmx.ConceptScheme, codelists: dict[str, sdmx.Codelist]
) -> sdmx.Component:
    """A dimension, measure or attribute, with its codelist or its type of text."""
    is_attribute = component.role == structures.ATTRIBUTE
    return sdmx.Component(
        id=component.id,
        required=component.is_required,
        role=ROLES[component.role],
        concept=next(concept for concept in concepts.items if concept.id == component.id),
        local_codes=codelists[component.codelist] if component.codelist else None,
        local_dtype=None if component.codelist else TEXT_TYPES.get(component.id, sdmx.DataType.STRING),
        attachment_level=(component.attached_to or "O") if is_attribute else None,
    )


def _leave_out_measure_relationships(message: etree._Element) -> None:
    for element in message.iterfind(".//str:MeasureRelationship", NAMESPACES):
        _parent(element).remove(element)


def _add_russian_names(message: etree._Element) -> None:
    """Beside each English name and description of an artefact or item, the Russian one."""
    for tag in ("Name", "Description"):
        for english in list(message.iterfind(f".//str:*/com:{tag}", NAMESPACES)):
            russian = etree.Element(english.tag, {LANGUAGE: "ru"})
            russian.text = _russian(_parent(english), english.text or "")
            russian.tail = english.tail
            english.addnext(russian)


def _russian(named: etree._Element, english: str) -> str:
    """A code's name comes from its codelist; every other text is translated like any message."""
    codelist = _parent(named).get("id", "")
    if named.tag == f"{{{NAMESPACES['str']}}}Code":
        return structures.code_names(codelist, "ru")[named.get("id", "")]
    return translate(english, "ru")


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    if parent is None:
        raise ValueError("a root element has no parent")
    return parent


def structure_texts() -> Iterator[str]:
    """Every English text of the structures but names of listed codes, for the translators."""
    yield from (PUBLISHER, DATA_STRUCTURE_NAME, CONCEPT_SCHEME_NAME, "Agencies", *CONCEPT_NAMES.values())
    yield from (subject.name_en for subject in structures.SUBJECTS)
    yield from (codes.name_en for codes in structures.codelists().values())
    yield from (component.meaning for component in structures.components())

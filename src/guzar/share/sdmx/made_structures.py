"""Dataflows → the artefacts that describe their data: agency, codelists, concepts, data structures, dataflows."""

from collections.abc import Iterable

from guzar.define import structures
from guzar.define.structures import AGENCY, CONCEPT_SCHEME, DATA_STRUCTURE, TEXT_TYPES, VERSION, Component
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import DataStructureBody, FlowBody, Part
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.structure_names import (
    CONCEPT_NAMES,
    CONCEPT_SCHEME_NAME,
    DATA_STRUCTURE_NAME,
    PUBLISHER,
    TABLE_CONCEPTS_NAME,
    in_both,
)

ORGANISATIONS_VERSION = "1.0"  # schemes of organisations have no other
TABLE_CONCEPTS = "CS_TABLES"


def make_agencies() -> Artefact:
    """The scheme of agencies, with the one that maintains everything here."""
    items = (Item(AGENCY, in_both(PUBLISHER)),)
    return Artefact(
        "agencyscheme", "SDMX", "AGENCIES", ORGANISATIONS_VERSION, in_both("Agencies"), items=items
    )


def make_codelists() -> list[Artefact]:
    """Every declared codelist."""
    return [
        Artefact(
            "codelist",
            AGENCY,
            codes.id,
            VERSION,
            in_both(codes.name_en),
            items=tuple(Item(one.id, {"en": one.name_en, "ru": one.name_ru}) for one in codes.codes),
        )
        for codes in structures.codelists().values()
    ]


def make_concepts() -> Artefact:
    """The concepts of published figures, each with its codelist or type of text."""
    return _concept_scheme(CONCEPT_SCHEME, CONCEPT_SCHEME_NAME, structures.components())


def make_table_concepts(flows: Iterable[Dataflow]) -> list[Artefact]:
    """The concepts that only protected tables have; none where there are none."""
    found = {
        one.id: one for flow in flows for one in flow.components if one.id not in CONCEPT_NAMES
    }  # the first meaning stands
    return [_concept_scheme(TABLE_CONCEPTS, TABLE_CONCEPTS_NAME, found.values())] if found else []


def make_data_structures(flows: Iterable[Dataflow]) -> list[Artefact]:
    """One data structure for each that a dataflow names."""
    return list({flow.structure: _data_structure(flow) for flow in flows}.values())


def make_flows(flows: Iterable[Dataflow]) -> list[Artefact]:
    """The dataflows, each referring to its data structure."""
    return [_flow(flow) for flow in flows]


def flow_reference(flow: Dataflow) -> Reference:
    """A reference to a dataflow."""
    return Reference("dataflow", flow.agency, flow.id, flow.version)


def codelist_reference(id_: str) -> Reference:
    """A reference to a codelist of the own agency."""
    return Reference("codelist", AGENCY, id_, VERSION)


def _concept_scheme(id_: str, name: str, listed: Iterable[Component]) -> Artefact:
    items = tuple(_concept(one) for one in listed)
    used = {item.about["codelist"] for item in items if "codelist" in item.about}
    return Artefact(
        "conceptscheme",
        AGENCY,
        id_,
        VERSION,
        in_both(name),
        items=items,
        references=tuple(sorted(used, key=lambda one: one.id)),
    )


def _concept(component: Component) -> Item:
    """A concept; those of tables have no codelist of their own, since every table has another."""
    is_shared = component.id in CONCEPT_NAMES
    if component.codelist and is_shared:
        about: dict[str, object] = {"codelist": codelist_reference(component.codelist)}
    else:
        about = {"text_type": TEXT_TYPES.get(component.id, "String")}
    name = CONCEPT_NAMES.get(component.id) or component.id.replace("_", " ").capitalize()
    return Item(component.id, in_both(name), in_both(component.meaning), about=about)


def _data_structure(flow: Dataflow) -> Artefact:
    body = DataStructureBody(tuple(_part(one) for one in flow.components))
    schemes = {one.concept.id for one in body.parts}
    refers = [Reference("conceptscheme", AGENCY, id_, VERSION) for id_ in sorted(schemes)]
    lists = dict.fromkeys(one.codelist for one in body.parts if one.codelist)
    names = in_both(DATA_STRUCTURE_NAME) if flow.structure == DATA_STRUCTURE else flow.names
    return Artefact(
        "datastructure",
        flow.agency,
        flow.structure,
        flow.version,
        names,
        body=body,
        references=(*refers, *lists),
    )


def _part(component: Component) -> Part:
    scheme = CONCEPT_SCHEME if component.id in CONCEPT_NAMES else TABLE_CONCEPTS
    return Part(
        component,
        Reference("conceptscheme", AGENCY, scheme, VERSION, component.id),
        codelist_reference(component.codelist) if component.codelist else None,
        TEXT_TYPES.get(component.id, "String"),
    )


def _flow(flow: Dataflow) -> Artefact:
    structure = Reference("datastructure", flow.agency, flow.structure, flow.version)
    return Artefact(
        "dataflow",
        flow.agency,
        flow.id,
        flow.version,
        flow.names,
        body=FlowBody(structure),
        references=(structure,),
    )

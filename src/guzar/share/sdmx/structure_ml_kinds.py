"""What stands inside artefacts that are not lists of items, in SDMX-ML 2.1 and 3.0."""

from collections.abc import Callable, Iterable
from typing import Any

from guzar.define.structures import ATTRIBUTE, DIMENSION, MEASURE, TIME, components
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.bodies import (
    CategorisationBody,
    CodeMapBody,
    ConstraintBody,
    DataStructureBody,
    FlowBody,
    HierarchyBody,
    MetadataAttribute,
    MetadataProvisionBody,
    MetadataStructureBody,
    Node,
    ProvisionBody,
    StructureMapBody,
)
from guzar.share.sdmx.dialects import Dialect
from guzar.share.sdmx.kinds import reference_of_urn
from guzar.share.sdmx.markup import element, text
from guzar.share.sdmx.structure_ml_parts import describe, write_data_structure

TARGET, REPORT, SUBJECT = "DATAFLOWS", "REPORT", "DATAFLOW"  # of a metadata structure of SDMX 2.1


def write_body(artefact: Artefact, dialect: Dialect) -> str:
    """The content of an artefact, as markup."""
    if isinstance(artefact.body, DataStructureBody):
        return write_data_structure(artefact.body, dialect)
    return _WRITERS[type(artefact.body)](artefact, artefact.body, dialect)


def _flow(_: Artefact, body: FlowBody, dialect: Dialect) -> str:
    targets = [] if dialect.is_old else [dialect.refer("Target", one) for one in body.targets]
    return dialect.refer("Structure", body.structure) + "".join(targets)


def _categorisation(_: Artefact, body: CategorisationBody, dialect: Dialect) -> str:
    return dialect.refer("Source", body.source) + dialect.refer("Target", body.target)


def _provision(_: Artefact, body: ProvisionBody, dialect: Dialect) -> str:
    flow = dialect.refer("StructureUsage" if dialect.is_old else "Dataflow", body.flow)
    return flow + dialect.refer("DataProvider", body.provider)


def _metadata_provision(_: Artefact, body: MetadataProvisionBody, dialect: Dialect) -> str:
    """Of SDMX 3.0 only."""
    return dialect.refer("Metadataflow", body.flow) + dialect.refer("MetadataProvider", body.provider)


def _constraint(_: Artefact, body: ConstraintBody, dialect: Dialect) -> str:
    """The codes that occur and the span of time, as one region of the cube."""
    place = "com" if dialect.is_old else "str"
    codes = [_key(place, id_, _values(place, found)) for id_, found in body.content.codes.items() if found]
    if body.content.start and body.content.end:
        codes.append(_key(place, TIME, _range(place, body.content.start, body.content.end)))
    attached = element("str:ConstraintAttachment", None, dialect.refer("Dataflow", body.flow))
    return attached + element("str:CubeRegion", {"include": "true"}, *codes)


def _key(place: str, component: str, values: str) -> str:
    return element(f"{place}:KeyValue", {"id": component}, values)


def _values(place: str, found: Iterable[str]) -> str:
    return "".join(element(f"{place}:Value", None, text(code)) for code in found)


def _range(place: str, start: str, end: str) -> str:
    inclusive = {"isInclusive": "true"}
    return element(
        f"{place}:TimeRange",
        None,
        element(f"{place}:StartPeriod", inclusive, text(start)),
        element(f"{place}:EndPeriod", inclusive, text(end)),
    )


def _hierarchy(artefact: Artefact, body: HierarchyBody, dialect: Dialect) -> str:
    nodes = "".join(_node(one, dialect) for one in body.nodes)
    if not dialect.is_old:
        return nodes
    included = "".join(dialect.refer("IncludedCodelist", one, alias=one.id) for one in body.codelists)
    return included + element(
        "str:Hierarchy", {"id": artefact.id, "leveled": "false"}, describe(artefact), nodes
    )


def _node(node: Node, dialect: Dialect) -> str:
    below = (_node(one, dialect) for one in node.nodes)
    return element("str:HierarchicalCode", {"id": node.id}, dialect.refer("Code", node.code), *below)


def _metadata_structure(_: Artefact, body: MetadataStructureBody, dialect: Dialect) -> str:
    attributes = [_metadata_attribute(one, dialect) for one in body.attributes]
    if not dialect.is_old:
        listed = element("str:MetadataAttributeList", {"id": "MetadataAttributeDescriptor"}, *attributes)
        return element("str:MetadataStructureComponents", None, listed)
    about = element(
        "str:IdentifiableObjectTarget",
        {"id": SUBJECT, "objectType": "Dataflow"},
        element(
            "str:LocalRepresentation", None, element("str:TextFormat", {"textType": "IdentifiableReference"})
        ),
    )
    target = element("str:MetadataTarget", {"id": TARGET}, about)
    used = element("str:MetadataTarget", None, dialect.local(TARGET))
    report = element("str:ReportStructure", {"id": REPORT}, *attributes, used)
    return element("str:MetadataStructureComponents", None, target, report)


def _metadata_attribute(one: MetadataAttribute, dialect: Dialect) -> str:
    below = [_metadata_attribute(each, dialect) for each in one.attributes]
    occurs = {"id": one.id, "minOccurs": "0", "maxOccurs": "1"}
    told = {"isPresentational": "true"} if one.is_heading else {}
    kind = element("str:LocalRepresentation", None, element("str:TextFormat", {"textType": "XHTML"}))
    return element(
        "str:MetadataAttribute", occurs | told, dialect.refer("ConceptIdentity", one.concept), kind, *below
    )


def _code_map(artefact: Artefact, body: CodeMapBody, dialect: Dialect) -> str:
    if dialect.is_old:
        pairs = (_pair("str:CodeMap", *pair, dialect) for pair in body.map.pairs)
        ends = dialect.refer("Source", body.source), dialect.refer("Target", body.target)
        return element("str:CodelistMap", {"id": artefact.id}, describe(artefact), *ends, *pairs)
    ends = dialect.refer("SourceCodelist", body.source), dialect.refer("TargetCodelist", body.target)
    return "".join((*ends, *(_mapping(*pair) for pair in body.map.pairs)))


def _pair(tag: str, source: str, target: str, dialect: Dialect) -> str:
    ends = (
        element("str:Source", None, dialect.local(source)),
        element("str:Target", None, dialect.local(target)),
    )
    return element(tag, None, *ends)


def _mapping(source: str, target: str) -> str:
    ends = element("str:SourceValue", None, text(source)), element("str:TargetValue", None, text(target))
    return element("str:RepresentationMapping", None, *ends)


def _structure_map(artefact: Artefact, body: StructureMapBody, dialect: Dialect) -> str:
    ends = dialect.refer("Source", body.source), dialect.refer("Target", reference_of_urn(body.target))
    maps = [_component_map(*one, dialect) for one in body.components]
    if not dialect.is_old:
        return "".join((*ends, *maps))
    return element("str:StructureMap", {"id": artefact.id}, describe(artefact), *ends, *maps)


def _component_map(source: str, target: str, codes: Any, dialect: Dialect) -> str:
    if dialect.is_old:
        place = _place_of(source)  # the standard asks for the role of the other component too: it is the same
        return element(
            "str:ComponentMap",
            None,
            element("str:Source", None, dialect.local(source, **place)),
            element("str:Target", None, dialect.local(target, **place)),
        )
    by = dialect.refer("RepresentationMap", codes) if codes else ""
    ends = element("str:Source", None, text(source)), element("str:Target", None, text(target))
    return element("str:ComponentMap", None, *ends, by)


def _place_of(component: str) -> dict[str, str]:
    """In which list a component stands, and its class, as SDMX 2.1 has them in a reference."""
    roles = {one.id: one.role for one in components()}
    role = roles.get(component, DIMENSION)
    kind = "TimeDimension" if component == TIME else _CLASSES[role]
    return {"containerID": _LISTS[role], "class": kind, "package": "datastructure"}


_CLASSES = {DIMENSION: "Dimension", MEASURE: "PrimaryMeasure", ATTRIBUTE: "Attribute"}
_LISTS = {DIMENSION: "DimensionDescriptor", MEASURE: "MeasureDescriptor", ATTRIBUTE: "AttributeDescriptor"}
_WRITERS: dict[type, Callable[[Artefact, Any, Dialect], str]] = {
    FlowBody: _flow,
    CategorisationBody: _categorisation,
    ProvisionBody: _provision,
    MetadataProvisionBody: _metadata_provision,
    ConstraintBody: _constraint,
    HierarchyBody: _hierarchy,
    MetadataStructureBody: _metadata_structure,
    CodeMapBody: _code_map,
    StructureMapBody: _structure_map,
}

"""What stands inside artefacts that are not lists of items, in SDMX-JSON 2.0 and 1.0."""

from collections.abc import Callable, Mapping
from typing import Any

from guzar.define.structures import ATTRIBUTE, DIMENSION, MEASURE, TIME
from guzar.share.sdmx.artefacts import Artefact, Reference
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
    Part,
    ProvisionBody,
    StructureMapBody,
)
from guzar.share.sdmx.kinds import urn_of
from guzar.share.sdmx.structure_ml_kinds import REPORT, SUBJECT, TARGET

Told = dict[str, Any]


def make_body(artefact: Artefact, described: Mapping[str, Any], *, old: bool) -> Told:
    """The content of an artefact; `described` are its names, for what SDMX-JSON 1.0 names twice."""
    return _MAKERS[type(artefact.body)](artefact, artefact.body, described, old)


def _structure(artefact: Artefact, body: DataStructureBody, _: Any, old: bool) -> Told:
    roles = {
        role: [one for one in body.parts if one.component.role == role]
        for role in (DIMENSION, MEASURE, ATTRIBUTE)
    }
    keyed = [one for one in roles[DIMENSION] if one.component.id != TIME]
    timed = [one for one in roles[DIMENSION] if one.component.id == TIME]
    dimensions: Told = {"id": "DimensionDescriptor", "dimensions": _dimensions(keyed, old)}
    if timed and old:
        dimensions["timeDimensions"] = [
            _part(timed[0], old) | {"position": len(keyed), "type": "TimeDimension"}
        ]
    elif timed:
        dimensions["timeDimension"] = _part(timed[0], old)
    made: Told = {"dimensionList": dimensions}
    if roles[ATTRIBUTE]:
        attributes = [_attribute(one, old) for one in roles[ATTRIBUTE]]
        made["attributeList"] = {"id": "AttributeDescriptor", "attributes": attributes}
    measures = [_part(one, old) for one in roles[MEASURE]]
    told = {"primaryMeasure": measures[0]} if old else {"measures": measures}
    return {"dataStructureComponents": made | {"measureList": {"id": "MeasureDescriptor", **told}}}


def _dimensions(keyed: list[Part], old: bool) -> list[Told]:
    kind = {"type": "Dimension"} if old else {}
    return [_part(one, old) | {"position": place} | kind for place, one in enumerate(keyed)]


def _part(part: Part, old: bool) -> Told:
    if part.codelist:
        represented: Told = {"enumeration": urn_of(part.codelist, old=old)}
    elif old:
        represented = {"textFormat": {"textType": part.text_type}}
    else:
        represented = {"format": {"dataType": part.text_type}}
    return {
        "id": part.component.id,
        "conceptIdentity": urn_of(part.concept, old=old),
        "localRepresentation": represented,
    }


def _attribute(part: Part, old: bool) -> Told:
    attached, required = part.component.attached_to, part.component.is_required
    at_observation: Told = {"primaryMeasure": "OBS_VALUE"} if old else {"observation": {}}
    relation = {"attributeRelationship": {"dimensions": [attached]} if attached else at_observation}
    if old:
        return _part(part, old) | {"assignmentStatus": "Mandatory" if required else "Conditional"} | relation
    return _part(part, old) | {"usage": "mandatory" if required else "optional"} | relation


def _flow(artefact: Artefact, body: FlowBody, _: Any, old: bool) -> Told:
    targets = [urn_of(one) for one in body.targets] if not old else []
    return {"structure": urn_of(body.structure, old=old)} | ({"targets": targets} if targets else {})


def _categorisation(_: Artefact, body: CategorisationBody, __: Any, old: bool) -> Told:
    return {"source": urn_of(body.source, old=old), "target": urn_of(body.target, old=old)}


def _provision(_: Artefact, body: ProvisionBody, __: Any, old: bool) -> Told:
    flow = {"structureUsage" if old else "dataflow": urn_of(body.flow, old=old)}
    return flow | {"dataProvider": urn_of(body.provider, old=old)}


def _metadata_provision(_: Artefact, body: MetadataProvisionBody, __: Any, old: bool) -> Told:
    """Of SDMX 3.0 only."""
    return {"metadataflow": urn_of(body.flow, old=old), "metadataProvider": urn_of(body.provider, old=old)}


def _constraint(_: Artefact, body: ConstraintBody, __: Any, old: bool) -> Told:
    codes: list[Told] = [
        {"id": id_, "values": list(found) if old else [{"value": code} for code in found]}
        for id_, found in body.content.codes.items()
        if found
    ]
    if body.content.start and body.content.end:
        span = {
            "startPeriod": {"period": body.content.start, "isInclusive": True},
            "endPeriod": {"period": body.content.end, "isInclusive": True},
        }
        codes.append({"id": TIME, "timeRange": span})
    region = {"isIncluded" if old else "include": True, "keyValues": codes}
    return {
        "type" if old else "role": "Actual",
        "constraintAttachment": {"dataflows": [urn_of(body.flow, old=old)]},
        "cubeRegions": [region],
    }


def _hierarchy(artefact: Artefact, body: HierarchyBody, described: Mapping[str, Any], old: bool) -> Told:
    nodes = [_node(one, old) for one in body.nodes]
    if not old:
        return {"hasFormalLevels": False, "hierarchicalCodes": nodes}
    hierarchy = {"id": artefact.id, **described, "leveled": False, "hierarchicalCodes": nodes}
    return {"hierarchies": [hierarchy]}


def _node(node: Node, old: bool) -> Told:
    below = [_node(one, old) for one in node.nodes]
    return {"id": node.id, "code": urn_of(node.code, old=old)} | (
        {"hierarchicalCodes": below} if below else {}
    )


def _metadata_structure(artefact: Artefact, body: MetadataStructureBody, _: Any, old: bool) -> Told:
    attributes = [_metadata_attribute(one, old) for one in body.attributes]
    if not old:
        listed = {"id": "MetadataAttributeDescriptor", "metadataAttributes": attributes}
        return {"metadataStructureComponents": {"metadataAttributeList": listed}}
    about = {
        "id": SUBJECT,
        "objectType": "Dataflow",
        "localRepresentation": {"textFormat": {"textType": "IdentifiableReference"}},
    }
    place = f"{artefact.agency}:{artefact.id}({artefact.version}).{TARGET}"
    used = f"urn:sdmx:org.sdmx.infomodel.metadatastructure.MetadataTarget={place}"
    return {
        "metadataStructureComponents": {
            "metadataTargets": [{"id": TARGET, "identifiableObjectTargets": [about]}],
            "reportStructures": [{"id": REPORT, "metadataAttributes": attributes, "metadataTargets": [used]}],
        }
    }


def _metadata_attribute(one: MetadataAttribute, old: bool) -> Told:
    below = [_metadata_attribute(each, old) for each in one.attributes]
    kind = {"textFormat": {"textType": "XHTML"}} if old else {"format": {"dataType": "XHTML"}}
    told = {
        "id": one.id,
        "minOccurs": 0,
        "maxOccurs": 1,
        "conceptIdentity": urn_of(one.concept, old=old),
        "localRepresentation": kind,
    }
    return told | {"isPresentational": one.is_heading} | ({"metadataAttributes": below} if below else {})


def _code_map(artefact: Artefact, body: CodeMapBody, described: Mapping[str, Any], old: bool) -> Told:
    if not old:
        return {
            "source": [{"codelist": urn_of(body.source)}],
            "target": [{"codelist": urn_of(body.target)}],
            "representationMappings": [
                {"sourceValues": [{"value": source}], "targetValues": [target]}
                for source, target in body.map.pairs
            ],
        }
    pairs = [
        {"source": _code(body.source, source), "target": _code(body.target, target)}
        for source, target in body.map.pairs
    ]
    ends = {"source": urn_of(body.source, old=True), "target": urn_of(body.target, old=True)}
    return {"codelistMaps": [{"id": artefact.id, **described, **ends, "codeMaps": pairs}]}


def _code(codelist: Reference, code: str) -> str:
    return urn_of(Reference(codelist.kind, codelist.agency, codelist.id, codelist.version, code), old=True)


def _structure_map(
    artefact: Artefact, body: StructureMapBody, described: Mapping[str, Any], old: bool
) -> Told:
    ends = {"source": urn_of(body.source, old=old), "target": body.target}
    if not old:
        maps = [
            {"source": [source], "target": [target]} | ({"representationMap": urn_of(by)} if by else {})
            for source, target, by in body.components
        ]
        return ends | {"componentMaps": maps}
    pairs = [{"source": source, "target": target} for source, target, _ in body.components]
    return {"structureMaps": [{"id": artefact.id, **described, **ends, "componentMaps": pairs}]}


_MAKERS: dict[type, Callable[[Artefact, Any, Mapping[str, Any], bool], Told]] = {
    DataStructureBody: _structure,
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

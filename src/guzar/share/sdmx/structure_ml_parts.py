"""Parts of a structure message in SDMX-ML: names, representations, the components of a data structure."""

from collections.abc import Iterable

from guzar.define.structures import ATTRIBUTE, DIMENSION, MEASURE, TIME
from guzar.share.sdmx.artefacts import Artefact, Item
from guzar.share.sdmx.bodies import DataStructureBody, Part
from guzar.share.sdmx.dialects import Dialect
from guzar.share.sdmx.markup import element, in_languages


def describe(one: Artefact | Item) -> str:
    """Names and descriptions, in every language."""
    return in_languages("com:Name", one.names) + in_languages("com:Description", one.descriptions)


def write_representation_of_concept(item: Item, dialect: Dialect) -> str:
    """The codelist or the type of text that a concept has unless a structure says otherwise."""
    if "codelist" in item.about:
        return element("str:CoreRepresentation", None, dialect.refer("Enumeration", item.about["codelist"]))
    if "text_type" in item.about:
        return element(
            "str:CoreRepresentation", None, element("str:TextFormat", {"textType": item.about["text_type"]})
        )
    return ""


def write_data_structure(body: DataStructureBody, dialect: Dialect) -> str:
    """The components of a data structure; MeasureRelationship is left out: it may be, and sdmx1 cannot read it."""
    roles = {role: [one for one in body.parts if one.component.role == role] for role in _ROLES}
    lists = {
        "DimensionList": _dimensions(roles[DIMENSION], dialect),
        "AttributeList": [_attribute(one, dialect) for one in roles[ATTRIBUTE]],
        "MeasureList": _measures(roles[MEASURE], dialect),
    }
    written = [
        element(f"str:{name}", {"id": f"{name.removesuffix('List')}Descriptor"}, *lists[name])
        for name in lists
        if lists[name]
    ]
    return element("str:DataStructureComponents", None, *written)


_ROLES = (DIMENSION, MEASURE, ATTRIBUTE)


def _dimensions(parts: Iterable[Part], dialect: Dialect) -> list[str]:
    keyed = [one for one in parts if one.component.id != TIME]
    timed = [one for one in parts if one.component.id == TIME]
    written = [
        element(
            "str:Dimension",
            {"id": one.component.id, "position": str(place)},
            *_concept_and_representation(one, dialect),
        )
        for place, one in enumerate(keyed, 1)
    ]
    position = {"position": str(len(keyed) + 1)} if dialect.is_old else {}
    written += [
        element("str:TimeDimension", {"id": TIME} | position, *_concept_and_representation(one, dialect))
        for one in timed
    ]
    return written


def _measures(parts: Iterable[Part], dialect: Dialect) -> list[str]:
    tag = "str:PrimaryMeasure" if dialect.is_old else "str:Measure"
    usage = {} if dialect.is_old else {"usage": "optional"}
    return [
        element(tag, {"id": one.component.id} | usage, *_concept_and_representation(one, dialect))
        for one in parts
    ]


def _attribute(part: Part, dialect: Dialect) -> str:
    required = part.component.is_required
    usage = (
        {"assignmentStatus": "Mandatory" if required else "Conditional"}
        if dialect.is_old
        else {"usage": "mandatory" if required else "optional"}
    )
    return element(
        "str:Attribute",
        {"id": part.component.id} | usage,
        *_concept_and_representation(part, dialect),
        element("str:AttributeRelationship", None, _attachment(part, dialect)),
    )


def _attachment(part: Part, dialect: Dialect) -> str:
    if part.component.attached_to:
        return element("str:Dimension", None, dialect.local(part.component.attached_to))
    if dialect.is_old:
        return element("str:PrimaryMeasure", None, dialect.local("OBS_VALUE"))
    return element("str:Observation")


def _concept_and_representation(part: Part, dialect: Dialect) -> tuple[str, str]:
    inside = (
        dialect.refer("Enumeration", part.codelist)
        if part.codelist
        else element("str:TextFormat", {"textType": part.text_type})
    )
    return dialect.refer("ConceptIdentity", part.concept), element("str:LocalRepresentation", None, inside)

"""Dataflow → the XML schema of its structure-specific messages, for SDMX-ML 2.1 and 3.0.

The rule of the standard (SDMX 2.1 and 3.0, section 3, "Structure-specific schemas"): for a data structure and a
dimension at the observation there is a namespace of its own, in which DataSetType, SeriesType and ObsType restrict
the abstract types of the official schemas, so that a file is checked name by name and code by code. Components are
attributes of elements; each coded one has a simple type that lists its codes, with their names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from guzar.define.structures import TEXT_TYPES, Component
from guzar.errors import SettingsInvalid
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.series import ALL_DIMENSIONS

XS = "http://www.w3.org/2001/XMLSchema"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
OFFICIAL = "http://www.sdmx.org/resources/sdmxml/schemas"
LOCATION = "https://registry.sdmx.org/schemas"  # where the official schemas are published
CLASSES = {"datastructure": "DataStructure", "dataflow": "Dataflow"}
TYPES = {"Double": "xs:double", "Integer": "xs:int"}  # of components without codes
PERIOD = "common:ObservationalTimePeriodType"

Codelists = Mapping[str, Mapping[str, Names]]


@dataclass(frozen=True)
class _Standard:
    """A version of SDMX-ML, as its schemas name things."""

    folder: str  # v2_1, v3_0
    prohibited: tuple[
        tuple[str, str], ...
    ]  # attributes of the abstract ObsType that no structure here has, with their types
    in_all: tuple[tuple[str, str], ...]  # the same of the abstract data set and series
    has_loose_attributes: bool  # whether attributes may stand apart, against a part of the key


YEAR_START = ("REPORTING_YEAR_START_DAY", "xs:gMonthDay")
OF_MEASURE = ("type", "common:IDType")
STANDARD_21 = _Standard("v2_1", (OF_MEASURE, YEAR_START), (YEAR_START,), has_loose_attributes=False)
STANDARD_30 = _Standard("v3_0", (OF_MEASURE,), (), has_loose_attributes=True)


def write_schema_xsd_21(
    flow: Dataflow,
    at: str,
    codes_allowed: Mapping[str, Sequence[str]] | None,
    codelists: Codelists,
    context: str = "datastructure",
) -> bytes:
    """The XML schema of SDMX-ML 2.1 structure-specific data of a dataflow.

    `at` is the id of the dimension at the observation, or AllDimensions. `codes_allowed` gives, by component, the codes
    that constraints leave; a component that it does not name keeps its whole codelist. `context` says whether the
    namespace is that of the data structure, as the standard recommends, or of the dataflow. Refused (SettingsInvalid):
    a dimension at the observation that the data structure does not have.
    """
    return _write(flow, at, codes_allowed or {}, codelists, context, STANDARD_21)


def write_schema_xsd_30(
    flow: Dataflow,
    at: str,
    codes_allowed: Mapping[str, Sequence[str]] | None,
    codelists: Codelists,
    context: str = "datastructure",
) -> bytes:
    """The XML schema of SDMX-ML 3.0 data of a dataflow; arguments as of `write_schema_xsd_21`."""
    return _write(flow, at, codes_allowed or {}, codelists, context, STANDARD_30)


def namespace_of(flow: Dataflow, at: str, context: str = "datastructure") -> str:
    """The namespace of structure-specific data: the URN of the structure, and the dimension at the observation."""
    id_ = flow.structure if context == "datastructure" else flow.id
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.{CLASSES[context]}={flow.agency}:{id_}({flow.version})"
    return f"{urn}:ObsLevelDim:{at}"


def _write(
    flow: Dataflow,
    at: str,
    codes_allowed: Mapping[str, Sequence[str]],
    codelists: Codelists,
    context: str,
    standard: _Standard,
) -> bytes:
    require_dimension(flow, at)
    namespace = namespace_of(flow, at, context)
    official = f"{OFFICIAL}/{standard.folder}"
    prefixes = {
        "xs": XS,
        None: namespace,
        "dsd": f"{official}/data/structurespecific",
        "common": f"{official}/common",
    }
    schema = etree.Element(f"{{{XS}}}schema", {"targetNamespace": namespace}, nsmap=prefixes)
    schema.set("elementFormDefault", "qualified")
    for prefix, file in (("dsd", "SDMXDataStructureSpecific.xsd"), ("common", "SDMXCommon.xsd")):
        place = f"{LOCATION}/{standard.folder}/{file}"
        _add(schema, "import", namespace=prefixes[prefix], schemaLocation=place)
    _add_data_set(schema, at, standard)
    if at != ALL_DIMENSIONS:
        _add_series(schema, flow, at, standard)
    _add_observation(schema, flow, at, standard)
    if standard.has_loose_attributes:
        _add_loose_attributes(schema, flow)
    _add_simple_types(schema, flow.components, codes_allowed, codelists)
    etree.indent(schema, "  ")
    content: bytes = etree.tostring(schema, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def require_dimension(flow: Dataflow, at: str) -> None:
    """Refuse (SettingsInvalid) a dimension at the observation that the data structure does not have."""
    known = [one.id for one in (*flow.dimensions, *([flow.time] if flow.time else ()))]
    if at not in (*known, ALL_DIMENSIONS):
        raise SettingsInvalid(
            "The data structure has no dimension {dimension}.",
            where="data structure {structure}",
            expected="one of: {known}",
            do="Name a dimension of the data structure, or AllDimensions.",
            dimension=at,
            structure=flow.structure,
            known=", ".join((*known, ALL_DIMENSIONS)),
        )


def _add_data_set(schema: etree._Element, at: str, standard: _Standard) -> None:
    restriction, sequence = _add_restriction(schema, "DataSetType")
    _add_element(sequence, "DataProvider", "common:DataProviderReferenceType")
    row = "Obs" if at == ALL_DIMENSIONS else "Series"
    made = "ObsType" if at == ALL_DIMENSIONS else "SeriesType"
    if standard.has_loose_attributes:
        choice = _add(sequence, "choice", minOccurs="0", maxOccurs="unbounded")
        _add(choice, "element", name="Atts", type="AttsType", form="unqualified")
        _add(choice, "element", name=row, type=made, form="unqualified")
    else:
        choice = _add(sequence, "choice", minOccurs="0")
        _add(choice, "element", name=row, type=made, form="unqualified", maxOccurs="unbounded")
    _prohibit(restriction, standard.in_all)


def _add_series(schema: etree._Element, flow: Dataflow, at: str, standard: _Standard) -> None:
    """The key but for the dimension at the observation, and the attributes that follow from it."""
    restriction, sequence = _add_restriction(schema, "SeriesType")
    _add_element(sequence, "Obs", "ObsType", maxOccurs="unbounded")
    key = [one for one in flow.dimensions if one.id != at]
    _add_attributes(restriction, key, is_required=True)
    _add_attributes(restriction, [one for one in flow.series_attributes if one.attached_to != at])
    _add_time(restriction, flow, at != "TIME_PERIOD")
    _prohibit(restriction, standard.in_all)


def _add_observation(schema: etree._Element, flow: Dataflow, at: str, standard: _Standard) -> None:
    """The dimension at the observation, the value and the attributes; where data are flat, the whole key too."""
    restriction, _ = _add_restriction(schema, "ObsType")
    is_flat = at == ALL_DIMENSIONS
    _add_attributes(
        restriction, [one for one in flow.dimensions if is_flat or one.id == at], is_required=True
    )
    _add_time(restriction, flow, is_flat or at == "TIME_PERIOD")
    _add_attributes(restriction, [flow.measure])
    _add_attributes(restriction, [one for one in flow.series_attributes if is_flat or one.attached_to == at])
    _add_attributes(restriction, flow.observation_attributes)
    _prohibit(restriction, standard.prohibited)


def _add_loose_attributes(schema: etree._Element, flow: Dataflow) -> None:
    """Attributes that follow from a dimension, told once for a part of the key."""
    restriction, _ = _add_restriction(schema, "AttsType")
    _add_attributes(restriction, flow.dimensions)
    _add_attributes(restriction, flow.series_attributes)
    _prohibit(restriction, (("TIME_PERIOD", PERIOD),))


def _add_restriction(schema: etree._Element, name: str) -> tuple[etree._Element, etree._Element]:
    """A type that restricts the official one of the same name: its restriction, and the sequence of its elements."""
    content = _add(_add(schema, "complexType", name=name), "complexContent")
    restriction = _add(content, "restriction", base=f"dsd:{name}")
    sequence = _add(restriction, "sequence")
    _add(sequence, "element", ref="common:Annotations", minOccurs="0")
    return restriction, sequence


def _add_attributes(
    restriction: etree._Element, components: Iterable[Component], *, is_required: bool = False
) -> None:
    for one in components:
        made = one.id if one.codelist else TYPES.get(TEXT_TYPES.get(one.id, ""), "xs:string")
        _add(restriction, "attribute", name=one.id, type=made, use="required" if is_required else "optional")


def _add_time(restriction: etree._Element, flow: Dataflow, is_here: bool) -> None:
    """The time dimension, which the official types name: required where it stands, prohibited elsewhere."""
    use = "required" if flow.time and is_here else "prohibited"
    _add(restriction, "attribute", name="TIME_PERIOD", type=PERIOD, use=use)


def _prohibit(restriction: etree._Element, attributes: Iterable[tuple[str, str]]) -> None:
    for name, made in attributes:
        _add(restriction, "attribute", name=name, type=made, use="prohibited")


def _add_simple_types(
    schema: etree._Element,
    components: Iterable[Component],
    codes_allowed: Mapping[str, Sequence[str]],
    codelists: Codelists,
) -> None:
    """For each coded component, a type of its own, since constraints may leave it other codes than its neighbour."""
    for one in components:
        if one.codelist is None:
            continue
        names = codelists[one.codelist]
        restriction = _add(_add(schema, "simpleType", name=one.id), "restriction", base="xs:string")
        for code in codes_allowed.get(one.id, tuple(names)):
            told = _add(_add(restriction, "enumeration", value=code), "annotation")
            for language, name in names.get(code, {}).items():
                _add(told, "documentation", **{LANGUAGE: language}).text = name


def _add_element(sequence: etree._Element, name: str, made: str, **occurs: str) -> None:
    _add(sequence, "element", name=name, type=made, form="unqualified", minOccurs="0", **occurs)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XS}}}{tag}", attributes)

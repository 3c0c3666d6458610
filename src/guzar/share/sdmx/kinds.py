"""The kinds of artefacts: what each is called in paths, in URNs, and in the messages of each format."""

import re
from dataclasses import dataclass

from guzar.share.sdmx.artefacts import Artefact, Reference


@dataclass(frozen=True)
class Kind:
    """One kind of artefact.

    `place` and `old_place` are package and class in a URN of SDMX 3.0 and of 2.1; `box` and `old_box` are the element
    around artefacts of the kind, with that of the artefact itself, in SDMX-ML; the keys are those of SDMX-JSON.
    """

    name: str  # in a path of SDMX REST 2.0, and in Artefact.kind
    old_names: tuple[str, ...]  # in a path of SDMX REST 1.0
    place: str
    old_place: str
    box: tuple[str, str]
    old_box: tuple[str, str]
    key: str  # in SDMX-JSON 2.0
    old_key: str  # in SDMX-JSON 1.0
    item: str = ""  # the class of an item, which is the name of its element too
    items: str = ""  # the items in SDMX-JSON
    is_new: bool = False  # SDMX 2.1 has no such kind, and messages of it leave them out


def _plain(name: str, package: str, element: str, plural: str, *, item: str = "", items: str = "") -> Kind:
    """A kind whose names are the same in both versions, but for the box of concept schemes and organisations."""
    box = (plural, element)
    key = plural[0].lower() + plural[1:]
    place = f"{package}.{element}"
    return Kind(name, (name,), place, place, box, box, key, key, item, items)


def _of_metadata(name: str, package: str, element: str, plural: str, **items: str) -> Kind:
    """A kind for reference metadata that SDMX 3.0 brought."""
    kind = _plain(name, package, element, plural, **items)
    return Kind(**{**vars(kind), "old_names": (), "is_new": True})


def _in_old_box(kind: Kind, box: str) -> Kind:
    return Kind(**{**vars(kind), "old_box": (box, kind.box[1])})


_ORGANISATIONS = "OrganisationSchemes"
_AGENCIES = _plain("agencyscheme", "base", "AgencyScheme", "AgencySchemes", item="Agency", items="agencies")
_CONSUMERS = _plain(
    "dataconsumerscheme",
    "base",
    "DataConsumerScheme",
    "DataConsumerSchemes",
    item="DataConsumer",
    items="dataConsumers",
)
_PROVIDERS = _plain(
    "dataproviderscheme",
    "base",
    "DataProviderScheme",
    "DataProviderSchemes",
    item="DataProvider",
    items="dataProviders",
)
_UNITS = _plain(
    "organisationunitscheme",
    "base",
    "OrganisationUnitScheme",
    "OrganisationUnitSchemes",
    item="OrganisationUnit",
    items="organisationUnits",
)
_CONCEPTS = _plain(
    "conceptscheme", "conceptscheme", "ConceptScheme", "ConceptSchemes", item="Concept", items="concepts"
)

# In the order of the elements of an SDMX-ML 2.1 message; those of 3.0 are sorted by their box.
KINDS = (
    _in_old_box(_AGENCIES, _ORGANISATIONS),
    _in_old_box(_CONSUMERS, _ORGANISATIONS),
    _in_old_box(_PROVIDERS, _ORGANISATIONS),
    _in_old_box(_UNITS, _ORGANISATIONS),
    _plain("dataflow", "datastructure", "Dataflow", "Dataflows"),
    _plain("metadataflow", "metadatastructure", "Metadataflow", "Metadataflows"),
    _plain(
        "categoryscheme",
        "categoryscheme",
        "CategoryScheme",
        "CategorySchemes",
        item="Category",
        items="categories",
    ),
    _plain("categorisation", "categoryscheme", "Categorisation", "Categorisations"),
    _plain("codelist", "codelist", "Codelist", "Codelists", item="Code", items="codes"),
    Kind(
        "hierarchy",
        ("hierarchicalcodelist",),
        "codelist.Hierarchy",
        "codelist.HierarchicalCodelist",
        ("Hierarchies", "Hierarchy"),
        ("HierarchicalCodelists", "HierarchicalCodelist"),
        "hierarchies",
        "hierarchicalCodelists",
    ),
    _in_old_box(_CONCEPTS, "Concepts"),
    _plain("metadatastructure", "metadatastructure", "MetadataStructure", "MetadataStructures"),
    _plain("datastructure", "datastructure", "DataStructure", "DataStructures"),
    Kind(
        "representationmap",
        ("structureset",),
        "structuremapping.RepresentationMap",
        "mapping.StructureSet",
        ("RepresentationMaps", "RepresentationMap"),
        ("StructureSets", "StructureSet"),
        "representationMaps",
        "structureSets",
    ),
    Kind(
        "structuremap",
        ("structureset",),
        "structuremapping.StructureMap",
        "mapping.StructureSet",
        ("StructureMaps", "StructureMap"),
        ("StructureSets", "StructureSet"),
        "structureMaps",
        "structureSets",
    ),
    Kind(
        "dataconstraint",
        ("contentconstraint",),
        "registry.DataConstraint",
        "registry.ContentConstraint",
        ("DataConstraints", "DataConstraint"),
        ("Constraints", "ContentConstraint"),
        "dataConstraints",
        "contentConstraints",
    ),
    _plain("provisionagreement", "registry", "ProvisionAgreement", "ProvisionAgreements"),
    _of_metadata(
        "metadataproviderscheme",
        "base",
        "MetadataProviderScheme",
        "MetadataProviderSchemes",
        item="MetadataProvider",
        items="metadataProviders",
    ),
    _of_metadata(
        "metadataprovisionagreement",
        "registry",
        "MetadataProvisionAgreement",
        "MetadataProvisionAgreements",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
ITEM_SCHEMES = frozenset(kind.name for kind in KINDS if kind.item)
ORGANISATION_SCHEMES = frozenset(
    kind.name for kind in KINDS if kind.old_box[0] == _ORGANISATIONS or kind.name == "metadataproviderscheme"
)
OLD_KINDS = frozenset(kind.name for kind in KINDS if not kind.is_new)

# Kinds of the standard of which there is none here: asking for one is no fault, and finds nothing.
OTHER_KINDS = frozenset(
    {
        "attachmentconstraint", "categoryschememap", "conceptschememap", "customtypescheme",
        "geogridcodelist", "geographiccodelist", "hierarchyassociation", "metadataconstraint",
        "namepersonalisationscheme",
        "organisationschememap", "process", "reportingtaxonomy", "reportingtaxonomymap", "rulesetscheme",
        "transformationscheme", "userdefinedoperatorscheme", "valuelist", "vtlmappingscheme",
    }
)  # fmt: skip


def urn_of(one: Artefact | Reference, *, old: bool = False) -> str:
    """The URN of an artefact or of what a reference points at; `old` for the classes of SDMX 2.1."""
    kind = BY_NAME[one.kind]
    item = one.item if isinstance(one, Reference) else ""
    place = kind.old_place if old else kind.place
    if item:
        place = f"{place.split('.')[0]}.{kind.item}"
    return f"urn:sdmx:org.sdmx.infomodel.{place}={one.agency}:{one.id}({one.version}){f'.{item}' if item else ''}"


def reference_to(artefact: Artefact, item: str = "") -> Reference:
    """A reference to an artefact, or to an item in it."""
    return Reference(artefact.kind, artefact.agency, artefact.id, artefact.version, item)


_URN = re.compile(r"urn:sdmx:org\.sdmx\.infomodel\.(\w+\.\w+)=([^:]+):([^(]+)\(([^)]+)\)(?:\.(.+))?")
_BY_PLACE = {place: kind.name for kind in KINDS for place in (kind.old_place, kind.place)}
_BY_ITEM = {f"{kind.place.split('.')[0]}.{kind.item}": kind.name for kind in KINDS if kind.item}


def reference_of_urn(urn: str) -> Reference:
    """What a URN points at; raises ValueError where it is no URN of a kind known here."""
    found = _URN.fullmatch(urn)
    kind = found and (_BY_PLACE | _BY_ITEM).get(found[1])
    if not found or not kind:
        raise ValueError(f"{urn} is no URN of a structure")
    return Reference(kind, found[2], found[3], found[4], found[5] or "")

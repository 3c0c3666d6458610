"""What the body of an artefact holds, kind by kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from guzar.define.structures import Component
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.code_maps import CodeMap


@dataclass(frozen=True)
class Part:
    """A component of a data structure with its concept, and its codelist or type of text."""

    component: Component
    concept: Reference
    codelist: Reference | None
    text_type: str


@dataclass(frozen=True)
class DataStructureBody:
    """Dimensions, time last, then the measure, then the attributes."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class FlowBody:
    """Of a dataflow or a metadataflow: its structure; of a metadataflow, what it is about too."""

    structure: Reference
    targets: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class CategorisationBody:
    """What stands in which category."""

    source: Reference
    target: Reference


@dataclass(frozen=True)
class ProvisionBody:
    """Who provides what."""

    flow: Reference
    provider: Reference


@dataclass(frozen=True)
class MetadataProvisionBody:
    """Who provides the reports of which metadataflow."""

    flow: Reference
    provider: Reference


@dataclass(frozen=True)
class Content:
    """What a dataflow actually holds: the codes that occur, by component, and the first and last period."""

    codes: Mapping[str, tuple[str, ...]]
    start: str = ""  # ISO 8601 date; empty where nothing has a time
    end: str = ""
    counts: tuple[int, int] | None = None  # of series and of observations, where they are known


@dataclass(frozen=True)
class ConstraintBody:
    """The content of one dataflow."""

    flow: Reference
    content: Content


@dataclass(frozen=True)
class Node:
    """A code in a hierarchy, with the codes below it."""

    id: str
    code: Reference
    nodes: tuple["Node", ...] = ()


@dataclass(frozen=True)
class HierarchyBody:
    """The codes at the top of a hierarchy, and the codelists that its codes are from."""

    nodes: tuple[Node, ...]
    codelists: tuple[Reference, ...]


@dataclass(frozen=True)
class MetadataAttribute:
    """A concept that a metadata report tells about; with no text of its own where it only groups others."""

    id: str
    concept: Reference
    is_heading: bool = False
    attributes: tuple["MetadataAttribute", ...] = ()


@dataclass(frozen=True)
class MetadataStructureBody:
    """The attributes of a metadata report."""

    attributes: tuple[MetadataAttribute, ...]


@dataclass(frozen=True)
class CodeMapBody:
    """A map of codes, from one list to another."""

    map: CodeMap
    source: Reference
    target: Reference


@dataclass(frozen=True)
class StructureMapBody:
    """Which component becomes which, by which map of codes; `target` is a URN and may be another agency's."""

    source: Reference
    target: str
    components: tuple[tuple[str, str, Reference | None], ...] = field(default=())

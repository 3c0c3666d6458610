"""Structural metadata as plain data: what every kind of artefact holds, whatever format it is written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guzar.share.sdmx.dataflows import Names


@dataclass(frozen=True)
class Reference:
    """A reference to an artefact, or to an item in one: as in a URN, without the words before it."""

    kind: str  # as in Artefact.kind
    agency: str
    id: str
    version: str
    item: str = ""  # the id of an item, with dots where items lie within items


@dataclass(frozen=True)
class Annotation:
    """A note to an artefact, of a type that programs know."""

    id: str
    title: str
    type: str


@dataclass(frozen=True)
class Item:
    """A code, concept, category, agency, …: one item of a list."""

    id: str
    names: Names
    descriptions: Names = field(default_factory=dict)
    items: tuple["Item", ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)  # what only one kind has: core representation, …


@dataclass(frozen=True)
class Artefact:
    """One artefact; `body` holds what only its kind has."""

    kind: str  # as in the path of a structure query of SDMX 3.0: codelist, datastructure, dataflow, …
    agency: str
    id: str
    version: str
    names: Names
    descriptions: Names = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    body: Any = None
    references: tuple[Reference, ...] = ()  # what it refers to, for `references=children`
    is_partial: bool = False
    annotations: tuple[Annotation, ...] = ()

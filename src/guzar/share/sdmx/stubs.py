"""Artefacts without their content: what they are and where the whole can be had."""

from dataclasses import dataclass, replace
from typing import Any

from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.bodies import CodeMapBody, HierarchyBody, StructureMapBody

# Kinds of which a schema asks for content even in a stub: it is told as short as the schema allows.
NEEDED_IN_ML_30 = frozenset(
    {
        "hierarchy",
        "metadataflow",
        "metadataprovisionagreement",
        "provisionagreement",
        "representationmap",
        "structuremap",
    }
)
NEEDED_IN_OLD = frozenset({"provisionagreement"})


@dataclass(frozen=True)
class Stub:
    """The body of an artefact that is told without its content; `address` is where the whole stands, if known.

    `shortest` is the body cut as far as it can be, for schemas that ask for one.
    """

    address: str
    shortest: Any


def make_stub(artefact: Artefact, address: str, *, is_complete: bool) -> Artefact:
    """The artefact without content; `is_complete` keeps its description."""
    kept = artefact.descriptions if is_complete else {}
    body = Stub(address, _shortest(artefact.body))
    return replace(
        artefact, items=(), body=body, references=(), is_partial=False, descriptions=kept, annotations=()
    )


def is_stub(artefact: Artefact) -> bool:
    """Whether an artefact is told without its content."""
    return isinstance(artefact.body, Stub)


def whole_of(artefact: Artefact) -> str:
    """Where the whole of a stub stands; empty for what is whole."""
    return artefact.body.address if isinstance(artefact.body, Stub) else ""


def content_of(artefact: Artefact, needed: frozenset[str]) -> Artefact | None:
    """The artefact whose content is to be told: itself; of a stub the shortest that a schema needs, or none."""
    if not isinstance(artefact.body, Stub):
        return artefact
    return replace(artefact, body=artefact.body.shortest) if artefact.kind in needed else None


def _shortest(body: Any) -> Any:
    if isinstance(body, HierarchyBody):
        return replace(body, nodes=tuple(replace(one, nodes=()) for one in body.nodes[:1]))
    if isinstance(body, CodeMapBody):
        return replace(body, map=replace(body.map, pairs=()))
    if isinstance(body, StructureMapBody):
        return replace(body, components=())
    return body

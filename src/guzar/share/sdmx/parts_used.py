"""Item schemes cut to what is used: the concepts of a structure, the codes that occur, the categories and providers named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import (
    CategorisationBody,
    ConstraintBody,
    DataStructureBody,
    FlowBody,
    MetadataAttribute,
    MetadataStructureBody,
    ProvisionBody,
)
from guzar.share.sdmx.kinds import ITEM_SCHEMES

Used = dict[tuple[str, str, str, str], set[str]]


def keep_used_items(
    added: Iterable[Artefact], found: Iterable[Artefact], held: Sequence[Artefact]
) -> list[Artefact]:
    """The artefacts added by reference, item schemes with the items that found and added ones use.

    Codes are those that occur in the dataflows concerned, as their constraints tell; a codelist of which no
    constraint tells stays whole.
    """
    listed = list(added)
    told = [*found, *listed]
    used = _used_items(told)
    _add_codes(used, told, held)
    return [_cut(one, used) for one in listed]


def _cut(one: Artefact, used: Used) -> Artefact:
    items = used.get((one.kind, one.agency, one.id, one.version))
    if one.kind not in ITEM_SCHEMES or not items:
        return one
    kept = _keep(one.items, items, "")
    return replace(one, items=kept, is_partial=kept != one.items)


def _keep(items: Iterable[Item], used: set[str], above: str) -> tuple[Item, ...]:
    kept = []
    for item in items:
        path = f"{above}.{item.id}" if above else item.id
        below = _keep(item.items, used, path)
        if below or path in used or item.id in used:
            kept.append(replace(item, items=below))
    return tuple(kept)


def _used_items(told: Iterable[Artefact]) -> Used:
    used: Used = defaultdict(set)
    for one in told:
        for reference in _items_named(one):
            used[reference.kind, reference.agency, reference.id, reference.version].add(reference.item)
    return used


def _items_named(one: Artefact) -> Iterator[Reference]:
    match one.body:
        case DataStructureBody(parts=parts):
            yield from (part.concept for part in parts)
        case CategorisationBody(target=target):
            yield target
        case ProvisionBody(provider=provider):
            yield provider
        case MetadataStructureBody(attributes=attributes):
            yield from _concepts(attributes)


def _concepts(attributes: Iterable[MetadataAttribute]) -> Iterator[Reference]:
    for one in attributes:
        yield one.concept
        yield from _concepts(one.attributes)


def _add_codes(used: Used, told: Sequence[Artefact], held: Sequence[Artefact]) -> None:
    """Codes that occur in the dataflows told, by the codelist of their component."""
    flows = {
        one.id: one.body.structure
        for one in told
        if one.kind == "dataflow" and isinstance(one.body, FlowBody)
    }
    structures = {one.id: one.body for one in held if isinstance(one.body, DataStructureBody)}
    for constraint in held:
        body = constraint.body
        if isinstance(body, ConstraintBody) and body.flow.id in flows:
            structure = structures[flows[body.flow.id].id]
            for part in structure.parts:
                if part.codelist and part.component.id in body.content.codes:
                    place = (
                        part.codelist.kind,
                        part.codelist.agency,
                        part.codelist.id,
                        part.codelist.version,
                    )
                    used[place] |= set(body.content.codes[part.component.id])

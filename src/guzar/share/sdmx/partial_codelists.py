"""Codelists → the same lists with only the codes that constraints leave, as `/schema` and `referencepartial` tell them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from guzar.define.structures import Component
from guzar.share.sdmx.artefacts import Artefact, Item


def partial_codelists(
    codelists: Iterable[Artefact], codes_allowed: Mapping[str, Sequence[str]], components: Iterable[Component]
) -> tuple[Artefact, ...]:
    """The codelists that the components use, each with the codes that any of them may have, in their order.

    `codes_allowed` gives codes by component; where one component keeps the whole list, the list stays whole. A code that
    stands above an allowed one stays, so that the list remains a tree. A list that no component uses is left out.
    """
    used: dict[str, list[Sequence[str] | None]] = {}
    for one in components:
        if one.codelist:
            used.setdefault(one.codelist, []).append(codes_allowed.get(one.id))
    return tuple(_partial(one, used[one.id]) for one in codelists if one.id in used)


def _partial(codelist: Artefact, allowed: Sequence[Sequence[str] | None]) -> Artefact:
    kept: set[str] = set()
    for codes in allowed:
        if codes is None:
            return codelist
        kept.update(codes)
    items = _keep(codelist.items, kept)
    return codelist if items == codelist.items else replace(codelist, items=items, is_partial=True)


def _keep(items: Iterable[Item], kept: set[str]) -> tuple[Item, ...]:
    found = []
    for item in items:
        below = _keep(item.items, kept)
        if below or item.id in kept:
            found.append(item if below == item.items else replace(item, items=below))
    return tuple(found)

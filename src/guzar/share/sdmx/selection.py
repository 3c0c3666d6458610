"""All artefacts and a query for structures → the artefacts that answer it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.kinds import ITEM_SCHEMES
from guzar.share.sdmx.parts_used import keep_used_items
from guzar.share.sdmx.refusals import QueryRefused
from guzar.share.sdmx.structure_queries import StructureQuery
from guzar.share.sdmx.stubs import make_stub
from guzar.share.sdmx.versions import ALL, choose_versions

Place = tuple[str, str, str, str]
# Sent only where they are asked for by kind: readers take what a map refers to for what describes the data.
MAPS = frozenset({"structuremap", "representationmap"})


def select_artefacts(
    held: Sequence[Artefact], query: StructureQuery, *, address: Callable[[Artefact], str] = lambda _: ""
) -> list[Artefact]:
    """The artefacts asked for, then those that `references` adds; `address` tells where the whole of a stub stands.

    QueryRefused with 404 where nothing fits, with 400 where items are asked of what has none.
    """
    found = _asked_for(held, query)
    if not found:
        raise QueryRefused(404, "There is no such structure.")
    added = _referenced(held, found, query)
    if query.detail == "referencepartial":
        added = keep_used_items(added, found, held)
    return _told(found, added, query.detail, address)


def _asked_for(held: Iterable[Artefact], query: StructureQuery) -> list[Artefact]:
    named = [
        one
        for one in held
        if one.kind in query.kinds and _fits(one.agency, query.agencies) and _fits(one.id, query.ids)
    ]
    versions: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one in named:
        versions[one.kind, one.agency, one.id].add(one.version)
    chosen = {key: choose_versions(query.versions, known) for key, known in versions.items()}
    found = [one for one in named if one.version in chosen[one.kind, one.agency, one.id]]
    return found if query.items == ALL else _with_items(found, query.items)


def _fits(id_: str, asked: str) -> bool:
    listed = asked.split(",")
    return ALL in listed or id_ in listed


def _with_items(found: Iterable[Artefact], items: str) -> list[Artefact]:
    """Item schemes with the items asked for alone, and those above them; schemes that have none are left out."""
    asked = frozenset(items.split(","))
    if ALL in asked:
        return list(found)
    made = []
    for one in found:
        if one.kind not in ITEM_SCHEMES:
            raise QueryRefused(400, "{kind} has no items that could be asked for.", kind=one.kind)
        kept = keep_items(one.items, asked)
        if kept:
            made.append(replace(one, items=kept, is_partial=kept != one.items))
    return made


def keep_items(items: Iterable[Item], asked: frozenset[str], above: str = "") -> tuple[Item, ...]:
    """The items whose id, or path of ids with dots, is asked for, within those above them."""
    kept = []
    for item in items:
        path = f"{above}.{item.id}" if above else item.id
        below = keep_items(item.items, asked, path)
        if below or item.id in asked or path in asked:
            kept.append(replace(item, items=below))
    return tuple(kept)


def _referenced(held: Sequence[Artefact], found: list[Artefact], query: StructureQuery) -> list[Artefact]:
    """What comes with the artefacts found, without them."""
    graph = _Graph(held)
    starts = {_place(one) for one in found}
    reached = graph.reach(starts, query.references, query.kinds_of_references)
    return [one for one in held if _place(one) in reached - starts]


class _Graph:
    """Which artefact refers to which.

    A structure map is found by naming its kind, not as one of all parents: sdmx1 asks a data structure with all, and
    refuses the whole message if one is in it.
    """

    def __init__(self, held: Iterable[Artefact]) -> None:
        self.children: dict[Place, set[Place]] = defaultdict(set)
        self.parents: dict[Place, set[Place]] = defaultdict(set)
        self.every_parent: dict[Place, set[Place]] = defaultdict(set)
        for one in held:
            for reference in one.references:
                self.children[_place(one)].add(_place(reference))
                self.every_parent[_place(reference)].add(_place(one))
                if one.kind not in MAPS:
                    self.parents[_place(reference)].add(_place(one))

    def reach(self, starts: set[Place], references: str, kinds: frozenset[str]) -> set[Place]:
        """The artefacts that the word `references` adds to those at the start."""
        if references == "none":
            return set()
        if kinds:
            around = self._all(starts) | self._far(starts, self.every_parent)
            return {one for one in around if one[0] in kinds}
        ways = {
            "parents": lambda: self._near(starts, self.parents),
            "parentsandsiblings": lambda: self._siblings(starts),
            "ancestors": lambda: self._far(starts, self.parents),
            "children": lambda: self._near(starts, self.children),
            "descendants": lambda: self._far(starts, self.children),
            "all": lambda: self._all(starts),
        }
        return ways[references]()

    def _all(self, starts: set[Place]) -> set[Place]:
        return self._siblings(starts) | self._far(starts, self.children)

    def _siblings(self, starts: set[Place]) -> set[Place]:
        parents = self._near(starts, self.parents)
        return parents | self._near(parents, self.children)

    def _near(self, starts: Iterable[Place], edges: dict[Place, set[Place]]) -> set[Place]:
        return {one for start in starts for one in edges.get(start, ())}

    def _far(self, starts: set[Place], edges: dict[Place, set[Place]]) -> set[Place]:
        reached: set[Place] = set()
        edge = self._near(starts, edges)
        while edge:
            reached |= edge
            edge = self._near(edge, edges) - reached
        return reached


def _place(one: Artefact | Reference) -> Place:
    return one.kind, one.agency, one.id, one.version


def _told(
    found: list[Artefact], added: list[Artefact], detail: str, address: Callable[[Artefact], str]
) -> list[Artefact]:
    """The artefacts as far as `detail` asks for their content."""
    if not detail.endswith("stubs"):
        return [*found, *added]
    complete = "complete" in detail
    stubs = [make_stub(one, address(one), is_complete=complete) for one in added]
    if detail.startswith("all"):
        return [*(make_stub(one, address(one), is_complete=complete) for one in found), *stubs]
    return [*found, *stubs]

"""Artefacts → one structure message in SDMX-JSON 2.0 or 1.0.

A name is told in the best of the reader's languages, beside all languages that it has. What stands in artefacts that
are not lists of items is written in `structure_json_kinds`.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from guzar.define.structures import AGENCY
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.kinds import BY_NAME, KINDS, Kind, urn_of
from guzar.share.sdmx.structure_json_kinds import make_body
from guzar.share.sdmx.stubs import NEEDED_IN_OLD, content_of, is_stub, whole_of

_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/"
    "{version}/sdmx-json-structure-schema.json"
)
_OTHER_LANGUAGES = ("en", "ru")


def write_structure_json_20(
    artefacts: Iterable[Artefact], languages: Sequence[str], *, prepared: str, message: str
) -> bytes:
    """A structure message in SDMX-JSON 2.0, UTF-8; `languages` the best first, `prepared` ISO 8601 in UTC."""
    return _write(artefacts, languages, prepared, message, old=False)


def write_structure_json_10(
    artefacts: Iterable[Artefact], languages: Sequence[str], *, prepared: str, message: str
) -> bytes:
    """A structure message in SDMX-JSON 1.0; else as `write_structure_json_20`."""
    return _write(artefacts, languages, prepared, message, old=True)


def _write(
    artefacts: Iterable[Artefact], languages: Sequence[str], prepared: str, message: str, *, old: bool
) -> bytes:
    spoken = tuple(dict.fromkeys((*languages, *_OTHER_LANGUAGES)))
    meta = {
        "schema": _SCHEMA.format(version="1.0" if old else "2.0.0"),
        "id": message,
        "test": False,
        "prepared": prepared,
        "contentLanguages": list(_OTHER_LANGUAGES),
        "sender": {"id": AGENCY},
    }
    written = {"meta": meta, "data": _by_key(artefacts, spoken, old=old)}
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _by_key(artefacts: Iterable[Artefact], languages: Sequence[str], *, old: bool) -> dict[str, list[Any]]:
    places = {kind.name: place for place, kind in enumerate(KINDS)}
    found: dict[str, list[Any]] = {}
    told = [one for one in artefacts if not (old and BY_NAME[one.kind].is_new)]
    for one in sorted(told, key=lambda one: (places[one.kind], one.agency, one.id, one.version)):
        kind = BY_NAME[one.kind]
        found.setdefault(kind.old_key if old else kind.key, []).append(
            _artefact(one, kind, languages, old=old)
        )
    return found


def _artefact(artefact: Artefact, kind: Kind, languages: Sequence[str], *, old: bool) -> dict[str, Any]:
    own = {
        "id": artefact.id,
        **_describe(artefact, languages),
        "version": artefact.version,
        "agencyID": artefact.agency,
        "isExternalReference": is_stub(artefact),
        "links": _links(artefact, kind, old=old),
    }
    if artefact.annotations:
        own["annotations"] = [
            {"id": one.id, "title": one.title, "type": one.type} for one in artefact.annotations
        ]
    if old:
        own["isFinal"] = True
    told = content_of(artefact, NEEDED_IN_OLD if old else frozenset())
    if told is None:
        return own
    if kind.item:
        items = [one for item in artefact.items for one in _items(item, artefact, kind, languages, "", old)]
        return own | {"isPartial": artefact.is_partial} | ({kind.items: items} if items else {})
    return own | make_body(told, _describe(artefact, languages), old=old)


def _links(artefact: Artefact, kind: Kind, *, old: bool) -> list[dict[str, str]]:
    """A link to the artefact itself by its URN; of a stub, to where the whole stands."""
    itself = {"rel": "self", "urn": urn_of(artefact, old=old), "type": kind.name}
    address = whole_of(artefact)
    return [itself | ({"href": address} if address else {})]


def _describe(one: Artefact | Item, languages: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": _best(one.names, languages), "names": dict(one.names)}
    if one.descriptions:
        told |= {"description": _best(one.descriptions, languages), "descriptions": dict(one.descriptions)}
    return told


def _best(names: Names, languages: Sequence[str]) -> str:
    return next((names[one] for one in languages if one in names), next(iter(names.values())))


def _items(
    item: Item, scheme: Artefact, kind: Kind, languages: Sequence[str], above: str, old: bool
) -> list[dict[str, Any]]:
    """An item and those below it: inside it in a category scheme, after it and naming it elsewhere."""
    told = {"id": item.id, **_describe(item, languages)}
    below = [one for each in item.items for one in _items(each, scheme, kind, languages, item.id, old)]
    if kind.name == "categoryscheme":
        return [told | ({"categories": below} if below else {})]
    if above:
        told["parent"] = _parent(scheme, above, old)
    if kind.name == "conceptscheme" and _core(item, old):
        told["coreRepresentation"] = _core(item, old)
    return [told, *below]


def _parent(scheme: Artefact, above: str, old: bool) -> str:
    """A code names its parent by id; a concept of SDMX-JSON 1.0 by URN."""
    if old and scheme.kind == "conceptscheme":
        return urn_of(Reference(scheme.kind, scheme.agency, scheme.id, scheme.version, above), old=True)
    return above


def _core(item: Item, old: bool) -> dict[str, Any]:
    if "codelist" in item.about:
        return {"enumeration": urn_of(item.about["codelist"], old=old)}
    if "text_type" in item.about:
        kind = {"textType" if old else "dataType": item.about["text_type"]}
        return {"textFormat" if old else "format": kind}
    return {}

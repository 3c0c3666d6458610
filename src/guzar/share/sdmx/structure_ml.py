"""Artefacts → one structure message in SDMX-ML 2.1 or 3.0, with the names in every language.

The two versions differ in three ways: how a thing is referred to (an element Ref or a URN), what some kinds are
called, and what stands in hierarchies, maps and reports; the last are written in `structure_ml_kinds`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from guzar.define.structures import AGENCY
from guzar.share.sdmx.artefacts import Artefact, Item
from guzar.share.sdmx.dialects import ML_21, ML_30, Dialect
from guzar.share.sdmx.kinds import BY_NAME, KINDS, ORGANISATION_SCHEMES, Kind
from guzar.share.sdmx.markup import element, text
from guzar.share.sdmx.structure_ml_kinds import write_body
from guzar.share.sdmx.structure_ml_parts import describe, write_representation_of_concept
from guzar.share.sdmx.stubs import NEEDED_IN_ML_30, NEEDED_IN_OLD, content_of, is_stub, whole_of

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def write_structure_ml_21(
    artefacts: Iterable[Artefact], languages: Sequence[str] = (), *, prepared: str, message: str
) -> bytes:
    """A structure message in SDMX-ML 2.1. XML holds every language, so `languages` changes nothing.

    `prepared` is when, ISO 8601 in UTC; `message` is the id of the message.
    """
    return _write(artefacts, ML_21, prepared, message)


def write_structure_ml_30(
    artefacts: Iterable[Artefact], languages: Sequence[str] = (), *, prepared: str, message: str
) -> bytes:
    """A structure message in SDMX-ML 3.0; else as `write_structure_ml_21`."""
    return _write(artefacts, ML_30, prepared, message)


def _write(artefacts: Iterable[Artefact], dialect: Dialect, prepared: str, message: str) -> bytes:
    namespaces = {f"xmlns:{prefix}": address for prefix, address in dialect.namespaces.items()}
    boxed = _in_boxes(artefacts, dialect)
    structures = [element("mes:Structures", None, *boxed)] if boxed else []
    written = element(
        "mes:Structure", namespaces | {"xmlns:xsi": XSI}, _header(prepared, message), *structures
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def _header(prepared: str, message: str) -> str:
    return element(
        "mes:Header",
        None,
        element("mes:ID", None, text(message)),
        element("mes:Test", None, "false"),
        element("mes:Prepared", None, text(prepared)),
        element("mes:Sender", {"id": AGENCY}),
    )


def _in_boxes(artefacts: Iterable[Artefact], dialect: Dialect) -> list[str]:
    """Artefacts by box, in the order that the schema asks for."""
    places = {kind.name: place for place, kind in enumerate(_kinds_in_order(dialect))}
    told = [one for one in artefacts if not (dialect.is_old and BY_NAME[one.kind].is_new)]
    ordered = sorted(told, key=lambda one: (places[one.kind], one.agency, one.id, one.version))
    return [
        element(f"str:{box}", None, *(_artefact(one, BY_NAME[one.kind], dialect) for one in within))
        for box, within in groupby(ordered, key=lambda one: dialect.box(BY_NAME[one.kind])[0])
    ]


def _kinds_in_order(dialect: Dialect) -> Sequence[Kind]:
    return KINDS if dialect.is_old else sorted(KINDS, key=lambda kind: kind.box[0].lower())


def _artefact(artefact: Artefact, kind: Kind, dialect: Dialect) -> str:
    attributes = _identity(artefact, kind, dialect)
    told = content_of(artefact, NEEDED_IN_OLD if dialect.is_old else NEEDED_IN_ML_30)
    inside = _content(told, kind, dialect) if told else ""
    return element(f"str:{dialect.box(kind)[1]}", attributes, _notes(artefact), describe(artefact), inside)


def _notes(artefact: Artefact) -> str:
    """Annotations, which stand before the name."""
    written = (
        element(
            "com:Annotation",
            {"id": one.id},
            element("com:AnnotationTitle", None, text(one.title)),
            element("com:AnnotationType", None, text(one.type)),
        )
        for one in artefact.annotations
    )
    return element("com:Annotations", None, *written) if artefact.annotations else ""


def _identity(artefact: Artefact, kind: Kind, dialect: Dialect) -> dict[str, str]:
    has_fixed_version = artefact.kind in ORGANISATION_SCHEMES
    return {
        "id": artefact.id,
        "urn": dialect.urn(artefact),
        "agencyID": artefact.agency,
        "version": "" if has_fixed_version and not dialect.is_old else artefact.version,
        "isFinal": "true" if dialect.is_old and not has_fixed_version else "",
        "isExternalReference": "true" if is_stub(artefact) else "false",
        "structureURL": whole_of(artefact),
        "isPartial": "true" if artefact.is_partial and kind.item else "",
        **dialect.attributes_of(artefact),
    }


def _content(artefact: Artefact, kind: Kind, dialect: Dialect) -> str:
    if kind.item:
        return "".join(_item(item, artefact, kind, dialect, "") for item in artefact.items)
    return write_body(artefact, dialect)


def _item(item: Item, scheme: Artefact, kind: Kind, dialect: Dialect, above: str) -> str:
    """An item; those below it stand inside it in a category scheme, and beside it, naming it, elsewhere."""
    tag = f"str:{kind.item}"
    path = f"{above}.{item.id}" if above and kind.name == "categoryscheme" else item.id
    attributes = {"id": item.id, "urn": dialect.item_urn(scheme, path)}
    below = [_item(one, scheme, kind, dialect, path) for one in item.items]
    if kind.name == "categoryscheme":
        return element(tag, attributes, describe(item), *below)
    parent = dialect.parent(above) if above else ""
    core = write_representation_of_concept(item, dialect) if kind.name == "conceptscheme" else ""
    return element(tag, attributes, describe(item), parent, core) + "".join(below)

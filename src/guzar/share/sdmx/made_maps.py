"""Declared maps of codes → representation maps, with a codelist for a target that is told in words."""

from collections.abc import Iterable

from guzar.define.structures import AGENCY, VERSION
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import CodeMapBody
from guzar.share.sdmx.code_maps import CodeMap
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.kinds import reference_of_urn, reference_to
from guzar.share.sdmx.structure_names import in_both


def make_code_maps(maps: Iterable[CodeMap]) -> list[Artefact]:
    """A representation map for each declaration; before it the codelists that stand for words or plain text."""
    return [made for one in maps for made in _code_map(one)]


def _code_map(declared: CodeMap) -> list[Artefact]:
    made = []
    source = declared.source
    if source is None:
        codes = _codelist(f"CL_{declared.id}_SOURCE", declared.names, (pair[0] for pair in declared.pairs))
        made.append(codes)
        source = reference_to(codes)
    if declared.target.startswith("urn:"):
        target = reference_of_urn(declared.target)
    else:
        codes = _codelist(f"CL_{declared.id}", in_both(declared.target), (pair[1] for pair in declared.pairs))
        made.append(codes)
        target = reference_to(codes)
    return [*made, _map(declared, source, target)]


def _map(declared: CodeMap, source: Reference, target: Reference) -> Artefact:
    held_here = tuple(one for one in (source, target) if one.agency == AGENCY)
    return Artefact(
        "representationmap",
        AGENCY,
        declared.id,
        VERSION,
        declared.names,
        declared.descriptions,
        body=CodeMapBody(declared, source, target),
        references=held_here,
    )


def _codelist(id_: str, names: Names, codes: Iterable[str]) -> Artefact:
    items = tuple(Item(code, {"en": code, "ru": code}) for code in dict.fromkeys(codes))
    return Artefact("codelist", AGENCY, id_, VERSION, names, items=items)

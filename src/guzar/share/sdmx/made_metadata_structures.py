"""The concepts of a quality report (SIMS) → their scheme, the metadata structure and the metadataflow."""

from guzar.define.codelist import read_codelist
from guzar.define.structures import AGENCY, VERSION
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import FlowBody, MetadataAttribute, MetadataStructureBody
from guzar.share.sdmx.kinds import reference_to
from guzar.share.sdmx.structure_names import (
    SIMS_CONCEPTS_NAME,
    SIMS_FLOW_NAME,
    SIMS_STRUCTURE_NAME,
    in_both,
)

SIMS_CONCEPTS = "CS_SIMS"
SIMS = "SIMS_STRUCTURE"
SIMS_REPORTS = "SIMS"


def sims_id(code: str) -> str:
    """The id of a concept or metadata attribute: S.13.3.1 is S_13_3_1, since a dot in a path divides ids."""
    return code.replace(".", "_")


def make_metadata_structures() -> list[Artefact]:
    """The scheme of concepts, the structure of a report, and the flow of reports on the own dataflows."""
    below = _below()
    concepts = Artefact(
        "conceptscheme",
        AGENCY,
        SIMS_CONCEPTS,
        VERSION,
        in_both(SIMS_CONCEPTS_NAME),
        items=tuple(_concept(row, below) for row in below.get("", [])),
    )
    structure = Artefact(
        "metadatastructure",
        AGENCY,
        SIMS,
        VERSION,
        in_both(SIMS_STRUCTURE_NAME),
        body=MetadataStructureBody(tuple(_attribute(row, below) for row in below.get("", []))),
        references=(reference_to(concepts),),
    )
    every_dataflow = Reference("dataflow", AGENCY, "*", "*")
    flow = Artefact(
        "metadataflow",
        AGENCY,
        SIMS_REPORTS,
        VERSION,
        in_both(SIMS_FLOW_NAME),
        body=FlowBody(reference_to(structure), (every_dataflow,)),
        references=(reference_to(structure),),
    )
    return [concepts, structure, flow]


Row = dict[str, str]


def _below() -> dict[str, list[Row]]:
    """The listed concepts by the code of the one above; at the top where that is not listed."""
    rows: list[Row] = read_codelist("sims").to_dicts()
    listed = {row["code"] for row in rows}
    below: dict[str, list[Row]] = {}
    for row in rows:
        above = row["code"].rpartition(".")[0]
        below.setdefault(above if above in listed else "", []).append(row)
    return below


def _concept(row: Row, below: dict[str, list[Row]]) -> Item:
    return Item(
        sims_id(row["code"]),
        {"en": row["name_en"], "ru": row["name_ru"]},
        items=tuple(_concept(one, below) for one in below.get(row["code"], [])),
    )


def _attribute(row: Row, below: dict[str, list[Row]]) -> MetadataAttribute:
    id_ = sims_id(row["code"])
    return MetadataAttribute(
        id_,
        Reference("conceptscheme", AGENCY, SIMS_CONCEPTS, VERSION, id_),
        attributes=tuple(_attribute(one, below) for one in below.get(row["code"], [])),
    )

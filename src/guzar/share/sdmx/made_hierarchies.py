"""Regions and their areas → a hierarchy over the codelist of areas."""

from guzar.define.areas import areas, regions
from guzar.define.structures import AGENCY, VERSION
from guzar.share.sdmx.artefacts import Artefact, Reference
from guzar.share.sdmx.bodies import HierarchyBody, Node
from guzar.share.sdmx.made_structures import codelist_reference
from guzar.share.sdmx.structure_names import AREAS_BY_REGION, in_both


def make_area_hierarchy() -> Artefact:
    """Each region with the areas that make it up; an area stands in every region that lists it."""
    held = set(areas()["code"])
    nodes = tuple(
        Node(
            one.id,
            _code(one.id),
            tuple(Node(f"{one.id}_{code}", _code(code)) for code in one.members if code in held),
        )
        for one in regions().values()
    )
    return Artefact(
        "hierarchy",
        AGENCY,
        "REGIONS",
        VERSION,
        in_both(AREAS_BY_REGION),
        body=HierarchyBody(nodes, (codelist_reference("CL_AREA"),)),
        references=(codelist_reference("CL_AREA"),),
    )


def _code(code: str) -> Reference:
    return Reference(
        codelist_reference("CL_AREA").kind,
        codelist_reference("CL_AREA").agency,
        codelist_reference("CL_AREA").id,
        codelist_reference("CL_AREA").version,
        code,
    )

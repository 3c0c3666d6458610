"""Dataflows and what is known of them → every artefact of the service."""

from collections.abc import Iterable, Mapping, Sequence

from guzar.define.structures import AGENCY, VERSION
from guzar.share.sdmx.artefacts import Artefact, Reference
from guzar.share.sdmx.availability import annotate_counts
from guzar.share.sdmx.bodies import ConstraintBody, Content, StructureMapBody
from guzar.share.sdmx.code_maps import StructureMap, code_maps, map_reference, structure_maps
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.kinds import reference_of_urn
from guzar.share.sdmx.made_dataflows import TableFlow
from guzar.share.sdmx.made_hierarchies import make_area_hierarchy
from guzar.share.sdmx.made_maps import make_code_maps
from guzar.share.sdmx.made_metadata_structures import make_metadata_structures
from guzar.share.sdmx.made_organisations import (
    make_metadata_agreement,
    make_organisations,
    make_provision_agreements,
)
from guzar.share.sdmx.made_structures import (
    flow_reference,
    make_agencies,
    make_codelists,
    make_concepts,
    make_data_structures,
    make_flows,
    make_table_concepts,
)
from guzar.share.sdmx.made_themes import make_categorisations, make_themes
from guzar.share.sdmx.structure_names import ACTUAL_CONTENT, in_both

NO_CONTENT: Mapping[str, Content] = {}


def make_artefacts(
    flows: Sequence[Dataflow],
    tables: Sequence[TableFlow],
    *,
    contents: Mapping[str, Content] = NO_CONTENT,
) -> list[Artefact]:
    """Every artefact: organisations, lists, structures, dataflows, themes, agreements, constraints, maps.

    `contents` tells by the id of a dataflow what it holds; a dataflow of which nothing is told has no constraint.
    """
    every = [*flows, *(one.flow for one in tables)]
    reports = make_metadata_structures()
    own_lists = {one.id: one for table in tables for one in table.codelists}
    return [
        make_agencies(),
        *make_organisations(),
        *make_codelists(),
        *own_lists.values(),
        make_concepts(),
        *make_table_concepts([one.flow for one in tables]),
        *make_data_structures(every),
        *make_flows(every),
        make_themes(),
        *make_categorisations(every),
        *make_provision_agreements(flows, tables),
        *_constraints(every, contents),
        make_area_hierarchy(),
        *reports,
        *(make_metadata_agreement(one) for one in reports if one.kind == "metadataflow"),
        *make_code_maps(code_maps()),
        *(_structure_map(one) for one in structure_maps()),
    ]


def _constraints(flows: Iterable[Dataflow], contents: Mapping[str, Content]) -> list[Artefact]:
    return [_constraint(flow, contents[flow.id]) for flow in flows if flow.id in contents]


def _constraint(flow: Dataflow, content: Content) -> Artefact:
    return Artefact(
        "dataconstraint",
        AGENCY,
        f"CR_{flow.id}",
        VERSION,
        _of_flow(ACTUAL_CONTENT, flow),
        body=ConstraintBody(flow_reference(flow), content),
        references=(flow_reference(flow),),
        annotations=annotate_counts(*content.counts) if content.counts else (),
    )


def _of_flow(template: str, flow: Dataflow) -> Names:
    return {
        language: words.format(flow=flow.names.get(language, flow.id))
        for language, words in in_both(template).items()
    }


def _structure_map(one: StructureMap) -> Artefact:
    components = tuple(
        (part.source, part.target, map_reference(part.code_map) if part.code_map else None)
        for part in one.components
        if part.source  # what is the same in every row of the target has no place in a message
    )
    by = tuple(dict.fromkeys(found for *_, found in components if found))
    return Artefact(
        "structuremap",
        AGENCY,
        one.id,
        VERSION,
        one.names,
        one.descriptions,
        body=StructureMapBody(one.source, one.target, components),
        references=(one.source, *_known(one.target), *by),
    )


def _known(urn: str) -> tuple[Reference, ...]:
    """A target of the own agency; another agency's is not held here."""
    target = reference_of_urn(urn)
    return (target,) if target.agency == AGENCY else ()

"""Declared structures → the structure message of a release: SDMX-ML 3.0, English and Russian.

A release holds what its data files need: agency, codelists, concepts, the data structure and the dataflows. The
service tells more (`made_artefacts`).
"""

from collections.abc import Iterator

from guzar.define import structures
from guzar.define.structures import AGENCY
from guzar.share.sdmx.dialects import ML_30
from guzar.share.sdmx.made_dataflows import subject_dataflows
from guzar.share.sdmx.made_structures import (
    make_agencies,
    make_codelists,
    make_concepts,
    make_data_structures,
    make_flows,
)
from guzar.share.sdmx.structure_ml import write_structure_ml_30
from guzar.share.sdmx.structure_names import (
    CONCEPT_NAMES,
    CONCEPT_SCHEME_NAME,
    DATA_STRUCTURE_NAME,
    PUBLISHER,
)

NAMESPACES = {prefix: address for prefix, address in ML_30.namespaces.items() if prefix != "mes"}


def write_structures(date: str) -> bytes:
    """The structure message: agency, concepts, codelists, data structure, dataflows; `date` is ISO 8601."""
    flows = subject_dataflows()
    artefacts = [
        make_agencies(),
        *make_codelists(),
        make_concepts(),
        *make_data_structures(flows),
        *make_flows(flows),
    ]
    return write_structure_ml_30(artefacts, prepared=f"{date}T00:00:00Z", message=f"{AGENCY}_STRUCTURES")


def structure_texts() -> Iterator[str]:
    """Every English text of the structures but names of listed codes, for the translators."""
    yield from (PUBLISHER, DATA_STRUCTURE_NAME, CONCEPT_SCHEME_NAME, "Agencies", *CONCEPT_NAMES.values())
    yield from (subject.name_en for subject in structures.SUBJECTS)
    yield from (codes.name_en for codes in structures.codelists().values())
    yield from (component.meaning for component in structures.components())

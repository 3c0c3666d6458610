"""A dataflow of the declared structure, and its codelists with names."""

import pytest

from guzar.define import structures
from guzar.share.sdmx.dataflows import Dataflow


@pytest.fixture(scope="session")
def flow() -> Dataflow:
    """Migrant stocks, on the declared data structure."""
    names = {"en": "Migrant stocks", "ru": "Численность мигрантов"}
    return Dataflow(
        structures.AGENCY,
        "MIGRANT_STOCKS",
        structures.VERSION,
        names,
        structures.DATA_STRUCTURE,
        structures.components(),
    )


@pytest.fixture(scope="session")
def named_codes() -> dict[str, dict[str, dict[str, str]]]:
    """Names of codes, by codelist and code."""
    return {
        codes.id: {code.id: {"en": code.name_en, "ru": code.name_ru} for code in codes.codes}
        for codes in structures.codelists().values()
    }

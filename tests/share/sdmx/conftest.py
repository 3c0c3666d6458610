"""Artefacts of the service: the shipped structures, a protected table, what one dataflow holds, maps."""

import polars as pl
import pytest

from guzar.define.structures import AGENCY, VERSION
from guzar.define.tables.releases import ProtectedTable
from guzar.share.sdmx.artefacts import Artefact, Reference
from guzar.share.sdmx.bodies import Content
from guzar.share.sdmx.code_maps import StructureMapping
from guzar.share.sdmx.made_artefacts import make_artefacts
from guzar.share.sdmx.made_dataflows import TableFlow, subject_dataflows, table_dataflows

ARRIVALS = pl.DataFrame(
    {
        "citizenship": ["_T", "_T", "KGZ", "KGZ", "XQZ"],
        "sex": ["_T", "F", "_T", "F", "_T"],
        "mode": ["_T", "_T", "rail", "air", "rail"],
        "year": ["2024", "2025", "2024", "2025", "2025"],
        "persons": [120, 44, None, 30, 15],
        "confidentiality_status": ["F", "F", "C", "F", "F"],
    }
)
OECD = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=OECD.ELS.IMD:DSD_MIG(1.0)"


@pytest.fixture(scope="session")
def arrivals() -> ProtectedTable:
    names = tuple(ARRIVALS.columns[:4])
    return ProtectedTable("arrivals", names, "persons", "persons", ARRIVALS, {"population": "arrivals"})


@pytest.fixture(scope="session")
def table_flow(arrivals: ProtectedTable) -> TableFlow:
    return table_dataflows([arrivals])[0]


@pytest.fixture(scope="session")
def artefacts(table_flow: TableFlow) -> list[Artefact]:
    content = Content({"REF_AREA": ("KGZ", "TJK"), "FREQ": ("A",)}, "2010-01-01", "2020-12-31")
    figures = Reference("datastructure", AGENCY, "FIGURES", VERSION)
    mapping = StructureMapping(
        "MAP_TO_OECD",
        {"en": "To the OECD", "ru": "В структуру ОЭСР"},
        figures,
        OECD,
        (("REF_AREA", "REF_AREA", "MAP_AREA_M49"), ("TIME_PERIOD", "TIME_PERIOD", "")),
    )
    return make_artefacts(
        subject_dataflows(), [table_flow], contents={"REMITTANCES": content}, structure_maps=[mapping]
    )

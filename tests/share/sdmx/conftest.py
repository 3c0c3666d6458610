"""The figures that ship, released and indexed for the service: real data, several editions, every kind of period."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest
from tests.share.sdmx.plain_queries import open_rows

from guzar.define import structures
from guzar.define.tables.releases import ProtectedTable
from guzar.journey import load_observations
from guzar.protect.release import release_public_figures
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.bodies import Content
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.index_writer import write_index
from guzar.share.sdmx.made_artefacts import make_artefacts
from guzar.share.sdmx.made_dataflows import TableFlow, subject_dataflows, table_dataflows
from guzar.share.sdmx.served_tables import date_rows, serve_figures
from guzar.share.sdmx.serving_index import ServingIndex, open_index

PUBLISHED_AT = "2026-11-23T04:00:00Z"


@dataclass(frozen=True)
class Shipped:
    """The shipped figures, as released, as indexed, and as rows of plain SQL."""

    figures: pl.DataFrame
    index: ServingIndex
    rows: duckdb.DuckDBPyConnection
    indicators: dict[str, set[str]]  # of each dataflow

    def of(self, flow: str) -> pl.DataFrame:
        """The figures of one dataflow."""
        return self.figures.filter(pl.col("indicator").is_in(list(self.indicators[flow])))


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    folder: Path = tmp_path_factory.mktemp("shipped")
    figures = release_public_figures(load_observations(None))
    figures.write_parquet(folder / "figures.parquet")
    tables = date_rows(serve_figures(figures), {}, at=PUBLISHED_AT)
    write_index(folder / "index.sqlite", tables, {"release": "shipped"})
    indicators = {one.flow.id: set(one.rows["indicator"]) for one in tables}
    rows = open_rows(folder / "figures.parquet")
    return Shipped(figures, open_index(folder / "index.sqlite"), rows, indicators)


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
    return make_artefacts(subject_dataflows(), [table_flow], contents={"REMITTANCES": content})

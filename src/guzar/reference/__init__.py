"""The figures that ship with guzar: small CSVs for twelve areas and the rest of the world.

Each value has source, edition and licence. They are facts, carried over with attribution; the published files
themselves are not part of guzar.
"""

from functools import cache
from importlib import resources
from typing import TypeVar

import dataframely as dy
import polars as pl

from guzar.define.definitions import definitions
from guzar.define.tables.figures import Observations


@cache
def shipped_observations() -> dy.DataFrame[Observations]:
    """All observations that ship, every edition."""
    return Observations.validate(pl.concat([read_shipped(content) for content in shipped_files().values()]))


@cache
def shipped_files() -> dict[str, bytes]:
    """The shipped observation files by name, as they stand in the package."""
    folder = resources.files("guzar.reference").joinpath("observations")
    if not folder.is_dir():
        return {}
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda f: f.name)
    return {file.name: file.read_bytes() for file in files}


SHIPPED_COLUMNS = (
    "definition",
    "area",
    "counterpart",
    "sex",
    "period",
    "value",
    "observation_status",
    "last_observed",
    "missing_mark",
    "source",
    "edition",
    "licence",
)


def read_shipped(content: bytes) -> pl.DataFrame:
    """One shipped file as observations."""
    return as_observations(pl.read_csv(content, infer_schema=False, null_values=[""]))


def as_observations(rows: pl.DataFrame) -> pl.DataFrame:
    """Shipped rows as observations; indicator and unit come from the definition."""
    meaning = pl.DataFrame(
        [{"definition": d.id, "indicator": d.indicator, "unit": d.unit} for d in definitions().values()]
    )
    rows = rows.join(meaning, on="definition", how="left").with_columns(
        pl.col("value").cast(pl.Float64),
        pl.col("last_observed").cast(pl.Int32),
        year=pl.col("period").str.slice(0, 4).cast(pl.Int32),
    )
    return rows.select(Observations.column_names())


Table = TypeVar("Table", bound=dy.Schema)


def shipped_table(name: str, table: type[Table]) -> dy.DataFrame[Table]:
    """One of the tables that ship beside the observations, for the twelve areas; the licence stands in the file.

    Names: treaties, corridor_prices, price_targets, destination_evidence, source_doubts, flow_accounts.
    """
    content = resources.files("guzar.reference").joinpath(f"{name}.csv").read_bytes()
    kinds = dict(table.create_empty().schema)
    rows = pl.read_csv(content, schema_overrides=kinds, null_values=[""])
    return table.validate(rows.select(table.column_names()))


def shipped_claims() -> pl.DataFrame:
    """The 48 claims of five documents in the columns of `guzar claims check`, every cell as text."""
    return _read_table("claims.csv")


def _read_table(name: str) -> pl.DataFrame:
    content = resources.files("guzar.reference").joinpath(name).read_bytes()
    return pl.read_csv(content, infer_schema=False, null_values=[""])

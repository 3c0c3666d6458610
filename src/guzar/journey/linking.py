"""Linking: files of records about persons → pairs and clusters, by Splink on DuckDB or on Spark.

Names are read into memory, folded there and forgotten; what the engine spills to disk is encrypted by it and deleted.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
from splink import DuckDBAPI
from splink.internals.database_api import DatabaseAPI

from guzar.engines.local import Limits, open_engine
from guzar.engines.spark_session import open_session
from guzar.engines.spark_similarity import register_similarity
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.process.link import Linked, link_records
from guzar.process.link_identities import COMPARED

ENDINGS = (".csv.gz", ".csv", ".parquet")
ENGINES = ("local", "spark")
MEMORY, THREADS = 4_000_000_000, 2


def link_files(
    left: Path,
    right: Path | None = None,
    *,
    threshold: float = 0.9,
    engine: str = "local",
    memory: int = MEMORY,
    needs_clusters: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Linked:
    """Records of one file that are one person; or, with a second file, records of two.

    Raises SettingsInvalid for an engine that is not there, TableInvalid where the files cannot be read as records.
    """
    one = read_person_records(left)
    other = read_person_records(right) if right is not None else None
    if other is not None and needs_clusters:
        _require_different_ids(one, other)
    step()
    with open_backend(engine, memory) as backend:
        return link_records(one, other, backend=backend, threshold=threshold, step=step)


def read_person_records(path: Path) -> pl.DataFrame:
    """`record_id` and what is compared, from a file of records; other columns are left where they are."""
    if not path.is_file() or not path.name.lower().endswith(ENDINGS):
        raise SettingsInvalid(
            "There is no file of records {path}.",
            expected="a file that ends in .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=path,
        )
    try:
        is_parquet = path.name.lower().endswith(".parquet")
        table = pl.scan_parquet(path) if is_parquet else pl.scan_csv(path, infer_schema=False)
        held = table.collect_schema().names()
        records = table.select([name for name in ("record_id", *COMPARED) if name in held]).collect()
    except (pl.exceptions.PolarsError, OSError):  # its words may quote a row
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a whole table with one header row, as .csv, .csv.gz or .parquet",
            do="Check the file, or ask for it again.",
            file=path.name,
        ) from None
    if "record_id" not in held:
        raise TableInvalid(
            "The records have no column record_id.",
            where="{file}",
            expected="record_id, and any of {columns}",
            do="Rename the columns, or add them.",
            file=path.name,
            columns=", ".join(COMPARED),
        )
    return _with_dates(records.with_columns(pl.exclude("birth_date").cast(pl.String)), path)


@contextmanager
def open_backend(engine: str, memory: int = MEMORY) -> Iterator[DatabaseAPI[Any]]:
    """Where Splink computes, within the memory allowed: a DuckDB of its own, or a Spark session on this machine."""
    if engine not in ENGINES:
        raise SettingsInvalid(
            "{engine} is no engine of guzar.",
            expected="--engine local or spark",
            do="Choose one of these.",
            engine=engine,
        )
    with tempfile.TemporaryDirectory(prefix="guzar-") as spill:
        limits = Limits(memory, THREADS, Path(spill))
        if engine == "spark":
            with open_session(limits, is_encrypted=True) as session:
                yield _on_spark(session)
            return
        connection = open_engine(limits)
        # What is spilled holds folded names. The cipher that DuckDB brings with it must be allowed by this setting; the
        # other one is an extension that it would fetch from the network (docs/methods/linkage.md says what follows).
        connection.execute("SET temp_file_encryption = true; SET force_mbedtls_unsafe = true")
        try:
            yield DuckDBAPI(connection=connection)
        finally:
            connection.close()


def _on_spark(session: Any) -> DatabaseAPI[Any]:
    """Splink on a session; what it makes on the way stays within the session, never in files of its own."""
    register_similarity(session)
    if session.sparkContext.master.startswith("local"):  # a cluster has its own
        session.conf.set("spark.sql.shuffle.partitions", str(2 * THREADS))
    backend: DatabaseAPI[Any] = import_module("splink.backends.spark").SparkAPI(
        spark_session=session, break_lineage_method="persist", register_udfs_automatically=False
    )
    return backend


def _with_dates(records: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Birth dates as dates; refused where text is none."""
    if "birth_date" not in records.columns:
        return records
    given = pl.col("birth_date")
    if records.schema["birth_date"] == pl.String:
        text = pl.when(given.str.strip_chars() != "").then(given.str.strip_chars())
        records = records.with_columns(text.alias("birth_date"))
        read = given.str.to_date("%Y-%m-%d", strict=False)
    else:
        read = given.cast(pl.Date, strict=False)
    lost = records.select((read.is_null() & given.is_not_null()).sum()).item()
    if lost:
        raise TableInvalid(
            "Birth dates cannot be read.",
            where="{file}, column birth_date: {rows} rows",
            expected="dates as 1990-12-31, or empty",
            do="Correct these rows, or empty the cells.",
            file=path.name,
            rows=lost,
        )
    return records.with_columns(read.alias("birth_date"))


def _require_different_ids(one: pl.DataFrame, other: pl.DataFrame) -> None:
    common = one.select("record_id").join(other.select("record_id"), on="record_id", how="semi").height
    if common:
        raise TableInvalid(
            "Clusters name records by record_id, and both files use the same ones.",
            where="{rows} record ids stand in both files",
            expected="record ids that differ between the files",
            do="Number the records of one file anew, or leave out --clusters.",
            rows=common,
        )

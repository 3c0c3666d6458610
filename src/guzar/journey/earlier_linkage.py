"""Clusters of an earlier linkage, from a file → a new linkage under the same numbers of persons.

With a workspace, records under pseudonyms stand for names that are purged: who shows the same document is found again.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from guzar.engines.local import Limits, open_engine
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import point_to
from guzar.journey.linking import ENDINGS, MEMORY, THREADS
from guzar.journey.linking_workspace import held_in_workspace, scan_held
from guzar.process.histories import PERSON
from guzar.process.link_earlier import DOCUMENTS, Carried, carry_numbers
from guzar.store import read_about, write_about

HIGHEST = "highest_person_id"  # written down beside clusters: of persons who are gone too
COLUMNS = ("record_id", PERSON)


@dataclass(frozen=True)
class EarlierLinkage:
    """Whose records were whose: `record_id, person_id`, every record once; and the highest number ever given."""

    clusters: pl.DataFrame
    highest: int


def read_earlier_linkage(path: Path) -> EarlierLinkage:
    """Clusters that an earlier `guzar link` wrote.

    Raises SettingsInvalid where there is no such file, TableInvalid where it does not hold whose record each is.
    """
    if not path.is_file() or not path.name.lower().endswith(ENDINGS):
        raise SettingsInvalid(
            "There is no file of clusters {path}.",
            expected="the file that --clusters of the earlier guzar link wrote",
            do="Check the path and the current folder.",
            path=path,
        )
    clusters = _read_clusters(path)
    _require_one_person_each(clusters, path)
    given = read_about(path).get(HIGHEST)
    return EarlierLinkage(clusters, given if isinstance(given, int) else -1)


def carry_on(
    linked: pl.DataFrame, earlier: EarlierLinkage, workspace: Path | None = None, *, memory: int = MEMORY
) -> Carried:
    """New clusters (`record_id, person_id`) under the numbers of an earlier linkage.

    With a workspace the documents that its records carry join too, and the clusters must be of its records (else
    TableInvalid); without one a person is found again by the same records alone.
    """
    if workspace is None:
        return carry_numbers(linked, earlier.clusters, highest=earlier.highest)
    known, shown = _documents_of(workspace, linked, earlier.clusters, memory)
    return carry_numbers(linked, earlier.clusters, known=known, shown=shown, highest=earlier.highest)


def tell_numbers(clusters: Path, carried: Carried, workspace: Path | None) -> None:
    """Write down beside clusters the highest number ever given, so that one that is gone is not given again."""
    about = {"made_by": "guzar link", HIGHEST: carried.highest, **point_to(workspace, clusters)}
    write_about(clusters, about)


def _read_clusters(path: Path) -> pl.DataFrame:
    """`record_id, person_id` as text and whole number; what is neither is refused."""
    try:
        is_parquet = path.name.lower().endswith(".parquet")
        table = pl.scan_parquet(path) if is_parquet else pl.scan_csv(path, infer_schema=False)
        held = table.collect_schema().names()
        chosen = table.select(name for name in COLUMNS if name in held).collect()
    except (pl.exceptions.PolarsError, OSError):
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a whole table with one header row, as .csv, .csv.gz or .parquet",
            do="Check the file, or ask for it again.",
            file=path.name,
        ) from None
    lacking = [name for name in COLUMNS if name not in chosen.columns]
    if lacking:
        raise TableInvalid(
            "The earlier clusters have no column {columns}.",
            where="{file}",
            expected="record_id and person_id, as --clusters of guzar link writes them",
            do="Name the file that --clusters of the earlier guzar link wrote.",
            file=path.name,
            columns=", ".join(lacking),
        )
    is_whole = chosen.schema[PERSON].is_integer() or chosen.schema[PERSON] == pl.String
    number = pl.col(PERSON).cast(pl.Int64, strict=False) if is_whole else pl.lit(None, pl.Int64)
    return chosen.select(pl.col("record_id").cast(pl.String), number.alias(PERSON)).unique(
        maintain_order=True
    )


def _require_one_person_each(clusters: pl.DataFrame, path: Path) -> None:
    wrong = clusters.filter(pl.col("record_id").is_null() | pl.col(PERSON).is_null() | (pl.col(PERSON) < 0))
    if wrong.height or not clusters.height:
        raise TableInvalid(
            "The earlier clusters do not say whose record each is.",
            where="{file}: {rows} rows, of which {wrong} have no record_id, or no whole number from 0 as person_id",
            expected="record_id and person_id, as --clusters of guzar link writes them",
            do="Name the file that --clusters of the earlier guzar link wrote.",
            file=path.name,
            rows=clusters.height,
            wrong=wrong.height,
        )
    several = clusters.height - clusters["record_id"].n_unique()
    if several:
        raise TableInvalid(
            "Records of the earlier clusters belong to several persons.",
            where="{file}, column record_id: {rows} repeated",
            expected="one person for each record",
            do="Name the file that --clusters of the earlier guzar link wrote.",
            file=path.name,
            rows=several,
        )


def _documents_of(
    workspace: Path, linked: pl.DataFrame, earlier: pl.DataFrame, memory: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which documents earlier persons carried, and which the records that are linked now carry."""
    tables = held_in_workspace(workspace)
    told = ", ".join(DOCUMENTS)
    with (
        TemporaryDirectory(prefix="guzar-") as spill,
        open_engine(Limits(memory, THREADS, Path(spill))) as engine,
    ):
        engine.register("earlier", earlier.to_arrow())
        engine.register("linked", linked.select("record_id").to_arrow())
        # The text is made of names of columns and of files, never of data.
        each = (f"SELECT record_id, {told} FROM {scan_held([one])} AS held" for one in tables)  # noqa: S608
        every = " UNION ALL ".join(each)
        known = f"SELECT DISTINCT {PERSON}, {told} FROM ({every}) AS held JOIN earlier USING (record_id)"  # noqa: S608
        shown = f"SELECT record_id, {told} FROM ({every}) AS held JOIN linked USING (record_id)"  # noqa: S608
        frames = [pl.DataFrame(engine.sql(query).to_arrow_table()) for query in (known, shown)]
    if frames[0].is_empty():
        raise TableInvalid(
            "No record of the earlier clusters stands in {folder}.",
            where="column record_id",
            expected="clusters that guzar link --workspace made of this workspace",
            do="Name the clusters of the earlier linkage of this workspace.",
            folder=workspace.name,
        )
    return frames[0], frames[1]

"""Linking what a workspace holds: sealed identity rows → persons; records under pseudonyms → crossings of persons.

Names are opened in memory, folded there and forgotten. What comes out names no one: numbers of records and of persons.
Order: take in, link, purge (guzar keys purge-links), count. What comes later is linked with --earlier (earlier_linkage).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import dataframely as dy
import duckdb
import polars as pl

from guzar.define.tables.register import Persons
from guzar.engines.local import Limits, open_engine, stream_whole_persons
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import point_to
from guzar.journey.crossings_in_files import TableWriter
from guzar.journey.held_records import held_editions
from guzar.journey.linking import MEMORY, THREADS, open_backend
from guzar.journey.linking_outputs import Outputs, written_together
from guzar.process.histories import DATE, GIVEN, PERSON
from guzar.process.link import Linked, link_records
from guzar.process.link_identities import COMPARED
from guzar.process.persons import TOLD, describe_persons
from guzar.store import open_workspace
from guzar.store.keyring import MARKS, open_keyring
from guzar.store.linking_zone import read_identities

NAMED = (
    "crossings",
    "permits",
    "registrations",
    "registered_residents",
)  # tables whose records have identity rows
# What goes on to residence and stays; sex and year of birth are the person's, not the crossing's: describe_persons_of.
KEPT = (
    *("crossing_date", "direction", "port", "mode", "citizenship"),
    *("document_type", "purpose", "permitted_until"),
)
PERMIT = ("permit_type", "valid_from", "valid_to", "cancelled_on")


@dataclass(frozen=True)
class HeldFiles:
    """The files of one table of records, in the order in which they were taken in; whether a record came again."""

    files: Sequence[Path]
    is_replaced: bool


def link_identities_of(
    workspace: Path,
    key_file: Path,
    *,
    on: str,
    threshold: float = 0.9,
    engine: str = "local",
    memory: int = MEMORY,
    step: Callable[[], None] = lambda: None,
) -> Linked:
    """Whose records are whose in the linking zone of a workspace, on the ISO date `on`; `.clusters` are PersonRecords.

    workspace: made by guzar collect or guzar pseudonymise. Raises SettingsInvalid without the key or without identity
    rows, ReleaseRefused after a retention date, TableInvalid for a damaged zone.
    """
    keyring = open_keyring(key_file, workspace=workspace, has_sealed=True)
    held = read_identities(workspace, keyring, on=on, order=_order_of_entries(workspace))
    records = held.select(name for name in ("record_id", *COMPARED) if name in held.columns)
    step()
    with open_backend(engine, memory) as backend:
        return link_records(records, backend=backend, threshold=threshold, step=step)


def write_person_crossings(
    workspace: Path,
    clusters: pl.DataFrame,
    out: Path,
    *,
    first_day: date | None = None,
    memory: int = MEMORY,
) -> int:
    """Write the crossings of a workspace under the numbers of linked persons, for residence and stays; how many.

    A file by itself; see add_person_crossings.
    """
    with written_together() as outputs:
        return add_person_crossings(outputs, workspace, clusters, out, first_day=first_day, memory=memory)


def add_person_crossings(
    outputs: Outputs,
    workspace: Path,
    clusters: pl.DataFrame,
    out: Path,
    *,
    earlier: pl.DataFrame | None = None,
    first_day: date | None = None,
    memory: int = MEMORY,
) -> int:
    """Add to what is written together the crossings of a workspace under the numbers of linked persons; how many.

    clusters: `record_id, person_id`. earlier: clusters of an earlier linkage; only crossings that they did not hold are
    written then. In person and time order, whatever the memory; the pseudonym and the number of the record stay behind.
    With the first day observed, `resident_at_start_given` says whether the population register holds the person on it.
    Raises TableInvalid for a crossing that belongs to no person.
    """
    crossed = _require_held(workspace, ["crossings"])
    registered = [] if first_day is None else _require_held(workspace, ["registered_residents"])
    about = {"made_by": "guzar link", **point_to(workspace, out)}
    file = outputs.beside(out, about if earlier is None else {**about, "only_new": True})
    with open_engine(Limits(memory, THREADS, file.parent / "spill")) as engine:
        whose = clusters.select("record_id", PERSON)
        engine.register("whose", whose.to_arrow())
        _require_linked(_count_unlinked(engine, crossed))
        chosen = whose if earlier is None else whose.join(earlier, on="record_id", how="anti")
        engine.register("chosen", chosen.to_arrow())
        return _write_in_order(engine, _crossings_of_persons(crossed, registered, first_day), file)


def require_all_linked(workspace: Path, clusters: pl.DataFrame, *, memory: int = MEMORY) -> None:
    """Refuse (TableInvalid) clusters that leave out records of a workspace: as earlier ones they would mix persons."""
    held = held_in_workspace(workspace)
    with (
        TemporaryDirectory(prefix="guzar-") as spill,
        open_engine(Limits(memory, THREADS, Path(spill))) as engine,
    ):
        engine.register("whose", clusters.select("record_id").to_arrow())
        _require_linked(sum(_count_unlinked(engine, [one]) for one in held))


def _count_unlinked(engine: duckdb.DuckDBPyConnection, held: Sequence[HeldFiles]) -> int:
    query = f"SELECT count(*) FROM {scan_held(held)} AS held ANTI JOIN whose USING (record_id)"  # noqa: S608
    return int(engine.sql(query).fetchall()[0][0])


def _write_in_order(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    """Write crossings in person and time order; how many. A table without rows has its columns still."""
    order = [DATE, *sorted(name for name in KEPT if name != DATE)]
    rows = 0
    with TableWriter(file) as writer:
        for batch in stream_whole_persons(engine, query, person=PERSON, order=order):
            writer.write(batch)
            rows += batch.num_rows
        if not rows:
            writer.write(engine.sql(f"SELECT * FROM ({query}) LIMIT 0").to_arrow_table())  # noqa: S608
    return rows


def describe_persons_of(workspace: Path, clusters: pl.DataFrame) -> dy.DataFrame[Persons]:
    """One row per linked person of a workspace, with what is counted by: the commonest value of all its records."""
    held = _require_held(workspace, NAMED)
    records = pl.concat(map(_told_of_persons, held), how="diagonal")
    _require_linked(records.join(clusters, on="record_id", how="anti").height)
    return describe_persons(records, clusters)


def permits_of_persons(workspace: Path, clusters: pl.DataFrame) -> pl.DataFrame:
    """The permits of a workspace under the numbers of linked persons, for `guzar residence --permits`; nothing else of them.

    Raises SettingsInvalid where the workspace holds no permits, TableInvalid for a permit that belongs to no person.
    """
    (held,) = _require_held(workspace, ["permits"])
    records = _newest(held, PERMIT)
    _require_linked(records.join(clusters, on="record_id", how="anti").height)
    whose = clusters.select("record_id", PERSON)
    return records.join(whose, on="record_id").select(PERSON, *PERMIT).sort(PERSON, *PERMIT)


def add_person_permits(outputs: Outputs, workspace: Path, clusters: pl.DataFrame, out: Path) -> int:
    """Add the permits by person to what is written together; how many."""
    permits = permits_of_persons(workspace, clusters)
    outputs.write(out, permits, {"made_by": "guzar link", **point_to(workspace, out)})
    return permits.height


def _told_of_persons(held: HeldFiles) -> pl.DataFrame:
    """Of every record of one table the newest version."""
    return _newest(held, TOLD)


def _newest(held: HeldFiles, columns: Sequence[str]) -> pl.DataFrame:
    """Of every record of one table the newest version, with these columns where it has them."""
    parts = [pl.scan_parquet(file) for file in held.files]
    known = parts[0].collect_schema().names()
    every = pl.concat(parts).select("record_id", *(name for name in columns if name in known)).collect()
    return every.unique("record_id", keep="last", maintain_order=True) if held.is_replaced else every


def _crossings_of_persons(
    crossed: Sequence[HeldFiles], registered: Sequence[HeldFiles], first_day: date | None
) -> str:
    """The query for crossings by person; with a day, who was in the register on it."""
    # The text is made of names of columns, of files and of a day, never of data.
    crossings = (
        f"SELECT {PERSON}, {', '.join(KEPT)} FROM {scan_held(crossed)} AS held JOIN chosen USING (record_id)"  # noqa: S608
    )
    if first_day is None:
        return crossings
    on = f"DATE '{first_day.isoformat()}'"
    residents = (
        f"SELECT DISTINCT {PERSON} FROM {scan_held(registered)} AS held JOIN whose USING (record_id) "  # noqa: S608
        f"WHERE resident_from <= {on} AND (resident_to IS NULL OR resident_to > {on}) "
        f"AND (died_on IS NULL OR died_on > {on})"
    )
    return (
        f"SELECT crossed.*, known.{PERSON} IS NOT NULL AS {GIVEN} FROM ({crossings}) AS crossed "  # noqa: S608
        f"LEFT JOIN ({residents}) AS known ON crossed.{PERSON} = known.{PERSON}"
    )


def _require_held(workspace: Path, tables: Sequence[str]) -> list[HeldFiles]:
    held = [found for table in tables if (found := _find_held(workspace, table)).files]
    if not held:
        raise SettingsInvalid(
            "{folder} holds no such records under pseudonyms: {tables}.",
            expected="records that were taken in with guzar collect or guzar pseudonymise",
            do="Take in the deliveries, then link again.",
            folder=workspace.name,
            tables=", ".join(tables),
        )
    return held


def _find_held(workspace: Path, table: str) -> HeldFiles:
    if (workspace / MARKS[1]).is_file():  # made by guzar pseudonymise
        return HeldFiles(sorted((workspace / "records" / table).glob("*.parquet")), is_replaced=False)
    editions = held_editions(open_workspace(workspace), table)
    files = [one.stored.file(f"{table}.parquet") for one in editions]
    return HeldFiles(files, any(one.told.get("records_replaced") for one in editions))


def _order_of_entries(workspace: Path) -> dict[str, int]:
    """Of each sealed entry of identity rows, when it was taken in: a corrected record is the one that came last."""
    if (workspace / MARKS[1]).is_file():
        return {}
    place, order = open_workspace(workspace), dict[str, int]()
    for held in (one for table in NAMED for one in held_editions(place, table)):
        for entry in held.told["sealed"]:
            order[str(entry)] = max(held.taken_in, order.get(str(entry), 0))
    return order


def _require_linked(unlinked: int) -> None:
    """Refuse records that no cluster names: they came after the linkage, or the linkage is of other records."""
    if unlinked:
        raise TableInvalid(
            "{count} records belong to no linked person.",
            where="column record_id",
            expected="clusters of all records held",
            do="Link the records anew with guzar link --workspace, before the names are purged. After a purge, link with "
            "--earlier and the clusters of the earlier linkage, or take in the earlier deliveries again with guzar "
            "collect (their records are not doubled), then link.",
            count=unlinked,
        )


def held_in_workspace(workspace: Path) -> list[HeldFiles]:
    """The records of a workspace that have identity rows, table by table; SettingsInvalid where there are none."""
    return _require_held(workspace, NAMED)


def scan_held(held: Sequence[HeldFiles]) -> str:
    """The records of a table in SQL; of a record that came again (corrected, or under a newer key) the newest version."""
    files = [str(file.absolute()).replace("'", "''") for part in held for file in part.files]
    if not any(part.is_replaced for part in held):
        return "read_parquet([" + ", ".join(f"'{file}'" for file in files) + "])"
    each = (
        f"SELECT *, {number} AS taken_in FROM read_parquet('{file}')"  # noqa: S608
        for number, file in enumerate(files)
    )
    return (
        f"(SELECT * EXCLUDE (taken_in) FROM ({' UNION ALL BY NAME '.join(each)}) "  # noqa: S608
        "QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY taken_in DESC) = 1)"
    )

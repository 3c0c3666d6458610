"""Clusters of an earlier linkage, from a file → a new linkage under the same numbers of persons.

With a workspace, records under pseudonyms stand for names that are purged: who shows the same document is found again.
Clusters that are of other records are refused (docs/methods/linkage.md, "Whose numbers they are").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from guzar.engines.local import Limits, open_engine
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import point_to
from guzar.journey.earlier_clusters import CHECKSUM, HIGHEST, RECORDS, EarlierLinkage, checksum_of_records
from guzar.journey.linking import MEMORY, THREADS, read_person_records
from guzar.journey.linking_workspace import held_in_workspace, scan_held
from guzar.process.histories import PERSON
from guzar.process.link_earlier import (
    DOCUMENTS,
    Carried,
    carry_numbers,
    count_contradictions,
    count_torn,
)

TOLD = {"sex": pl.String, "birth_year": pl.Int32}
NEARLY_ALL = 0.95  # of the earlier records: fewer in a workspace, and the clusters are of another one
MOST_DIFFERING = 0.1  # of records of one person, in sex or year of birth: more, and it is not one person
MOST_TORN = 0.5  # of earlier persons with several records
FEW = 5  # so many may differ in any table, however small


@dataclass(frozen=True)
class FoundAgain:
    """How well an earlier linkage fits: how many records it had, and how many of them stand here.

    differing: for sex and year of birth, records of earlier persons with several, and those that differ. several, torn:
    earlier persons with several records in the new linkage, and those whose records lie apart there.
    """

    earlier: int
    found: int
    differing: Mapping[str, tuple[int, int]]
    several: int
    torn: int

    @property
    def share(self) -> float:
        """Of the earlier records those that stand here, from 0 to 1."""
        return self.found / self.earlier

    @property
    def contradicts(self) -> bool:
        """Whether records of one earlier person are of different people here, in more than a few cases."""
        differs = any(wrong > max(FEW, MOST_DIFFERING * every) for every, wrong in self.differing.values())
        return differs or self.torn > max(FEW, MOST_TORN * self.several)

    def as_facts(self) -> dict[str, int]:
        """Its numbers by name, for messages, summaries and what stands beside clusters."""
        (sexes, other_sex), (years, other_year) = self.differing["sex"], self.differing["birth_year"]
        return {
            "earlier_records": self.earlier,
            "earlier_records_found": self.found,
            "records_compared_by_sex": sexes,
            "of_other_sex": other_sex,
            "records_compared_by_birth_year": years,
            "of_other_birth_year": other_year,
            "persons_compared": self.several,
            "persons_lying_apart": self.torn,
        }


def carry_on(
    linked: pl.DataFrame,
    earlier: EarlierLinkage,
    workspace: Path | None = None,
    *,
    table: Path | None = None,
    memory: int = MEMORY,
) -> tuple[Carried, FoundAgain]:
    """New clusters (`record_id, person_id`) under the numbers of an earlier linkage, and how well that one fits.

    With a workspace the documents that its records carry join too, and nearly all earlier records must stand in it (else
    TableInvalid); of a table of records a person is found again by the same records alone. TableInvalid where the records
    of one earlier person are of different people here.
    """
    if workspace is None:
        _require_of_table(earlier)
        found = _find_again(linked, earlier.clusters, _told_in_table(table, earlier.clusters), None)
        _require_same_records(found, None)
        return carry_numbers(linked, earlier.clusters, highest=earlier.highest), found
    known, shown, told = _documents_of(workspace, linked, earlier.clusters, memory)
    found = _find_again(linked, earlier.clusters, told, int(told["records"].sum()))
    _require_same_records(found, workspace)
    carried = carry_numbers(linked, earlier.clusters, known=known, shown=shown, highest=earlier.highest)
    return carried, found


def about_clusters(
    clusters: pl.DataFrame,
    out: Path,
    workspace: Path | None,
    carried: Carried | None = None,
    found: FoundAgain | None = None,
) -> dict[str, Any]:
    """What to write down beside clusters, for the next linkage: numbers that are gone, and whose records these are."""
    highest = int(clusters[PERSON].cast(pl.Int64).sort()[-1]) if carried is None else carried.highest
    return {
        "made_by": "guzar link",
        HIGHEST: highest,
        RECORDS: clusters.height,
        CHECKSUM: checksum_of_records(clusters),
        **({} if found is None else found.as_facts()),
        **point_to(workspace, out),
    }


def _require_of_table(earlier: EarlierLinkage) -> None:
    if earlier.is_of_workspace:
        raise SettingsInvalid(
            "The earlier clusters are of a workspace, not of a table.",
            expected="clusters that guzar link made of this table of records",
            do="Link the workspace with --workspace and --keys, or name the clusters of this table.",
        )


def _told_in_table(table: Path | None, earlier: pl.DataFrame) -> pl.DataFrame:
    """`person_id, sex, birth_year, records`: what a table tells of the records of earlier persons."""
    if table is None:
        return pl.DataFrame(schema={PERSON: pl.Int64, **TOLD, "records": pl.Int64})
    records = read_person_records(table)
    lacking = {name: pl.Date for name in ("birth_date",) if name not in records.columns}
    sexless = {"sex": pl.String} if "sex" not in records.columns else {}
    records = records.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in {**lacking, **sexless}.items()
    )
    both = records.join(earlier, on="record_id")
    told = both.select(PERSON, "sex", birth_year=pl.col("birth_date").dt.year().cast(pl.Int32))
    return told.group_by(PERSON, *TOLD).agg(records=pl.len().cast(pl.Int64))


def _find_again(
    linked: pl.DataFrame, earlier: pl.DataFrame, told: pl.DataFrame, held: int | None
) -> FoundAgain:
    """How well an earlier linkage fits; held: how many of its records stand in a workspace, names or no names."""
    new = linked.select(pl.col("record_id").cast(pl.String), PERSON)
    found = earlier.join(new, on="record_id", how="semi").height if held is None else held
    several, torn = count_torn(new, earlier)
    return FoundAgain(earlier.height, found, count_contradictions(told), several, torn)


def _require_same_records(found: FoundAgain, workspace: Path | None) -> None:
    if workspace is not None and found.share < NEARLY_ALL:
        raise TableInvalid(
            "The earlier clusters are not of {folder}.",
            where="column record_id: {found} of {earlier} earlier records stand there",
            expected="nearly all: clusters that guzar link --workspace made of this workspace",
            do="Name the clusters of the earlier linkage of this workspace.",
            folder=workspace.name,
            found=found.found,
            earlier=found.earlier,
        )
    if found.contradicts:
        raise TableInvalid(
            "Under the numbers of the earlier records stand other records.",
            where="records of one earlier person: {of_other_sex} of {records_compared_by_sex} of another sex, "
            "{of_other_birth_year} of {records_compared_by_birth_year} of another year of birth; persons whose records lie "
            "apart now: {persons_lying_apart} of {persons_compared}",
            expected="clusters of these records, numbered as they are here",
            do="Name the clusters of the earlier linkage of these records, or leave out --earlier.",
            **found.as_facts(),
        )


def _documents_of(
    workspace: Path, linked: pl.DataFrame, earlier: pl.DataFrame, memory: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Which documents earlier persons carried, which the records that are linked now carry; what tells earlier persons.

    The last: `person_id, sex, birth_year, records`, as process/link_earlier.py compares them.
    """
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
        before = f"({every}) AS held JOIN earlier USING (record_id)"
        queries = (
            f"SELECT DISTINCT {PERSON}, {told} FROM {before}",  # noqa: S608
            f"SELECT record_id, {told} FROM ({every}) AS held JOIN linked USING (record_id)",  # noqa: S608
            f"SELECT {PERSON}, {', '.join(TOLD)}, count(*) AS records FROM {before} GROUP BY ALL",  # noqa: S608
        )
        known, shown, said = (pl.DataFrame(engine.sql(query).to_arrow_table()) for query in queries)
    return known, shown, said

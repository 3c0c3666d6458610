"""A pseudonym → all pseudonyms of that person in a workspace: records, hashes of documents, numbers of the person.

The rule in one sentence: whoever shares a document or a linked person with a record that is sought is the same person.
Numbers of persons belong to one linkage: where two files of clusters give them to different people, nobody can say whose
the other tables are, and nothing is erased.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from guzar.errors import MethodNotApplicable
from guzar.journey.forgotten_rows import TEXT_ENDINGS, is_parquet
from guzar.store.traces import HEX, ID_COLUMNS, PERSON_ID, Pseudonyms

RECORD, TOKEN = "record_id", "person_token"
PAIRS = (
    "record_id_left",
    "record_id_right",
)  # of two people, who may or may not be one: no way from one to the other


@dataclass
class _Clusters:
    """What one file says about the people met so far: records by number of the person."""

    file: Path
    records: dict[str, set[str]] = field(default_factory=dict)


def find_pseudonyms(files: Sequence[Path], asked: Iterable[str]) -> Pseudonyms:
    """All pseudonyms of the persons asked for. Raises MethodNotApplicable where one is not known here, or where files of
    clusters contradict each other."""
    wanted = {one.strip() for one in asked}
    known = [(file, names) for file in files if (names := _id_columns(file))]
    hashes = {one.lower() for one in wanted if HEX.fullmatch(one.lower())}
    records, persons = set(hashes), {one for one in wanted if one.lower() not in hashes}
    seen: set[str] = set()
    while True:
        sought = Pseudonyms(frozenset(records), frozenset(persons))
        clusters: list[_Clusters] = []
        for file, names in known:
            _follow(file, names, sought, records, persons, seen, clusters)
        if (len(records), len(persons)) == (len(sought.records), len(sought.persons)):
            break
    unknown = [one for one in wanted if one not in seen and one.lower() not in seen]
    if unknown:
        raise MethodNotApplicable(
            "{count} of the pseudonyms given are not in this workspace.",
            expected="the number of a record, the hash of a document or the number of a person, as its tables have it",
            do="Check that it is the right workspace, and name files that stand elsewhere with --also. Nothing was erased.",
            count=len(unknown),
        )
    _require_one_numbering(clusters)
    return Pseudonyms(frozenset(records), frozenset(persons))


def _id_columns(file: Path) -> list[str]:
    """The columns of a table in a file that hold numbers of records, documents or persons."""
    try:
        names = _scan(file).collect_schema().names() if _is_table(file) else []
    except (pl.exceptions.PolarsError, OSError):
        return []
    return [name for name in names if name.startswith(ID_COLUMNS)]


def _is_table(file: Path) -> bool:
    return file.stat().st_size > 0 and (file.name.lower().endswith(TEXT_ENDINGS) or is_parquet(file))


def _scan(file: Path) -> pl.LazyFrame:
    if is_parquet(file):
        return pl.scan_parquet(file)
    return pl.scan_csv(file, infer_schema=False, truncate_ragged_lines=True)


def _follow(
    file: Path,
    names: list[str],
    sought: Pseudonyms,
    records: set[str],
    persons: set[str],
    seen: set[str],
    clusters: list[_Clusters],
) -> None:
    """Take from one table what stands in one row with a pseudonym that is known."""
    texts = _scan(file).select(pl.col(name).cast(pl.String) for name in names)
    is_one = [pl.col(name).is_in(sorted(sought.in_column(name))) for name in names]
    rows = texts.filter(pl.any_horizontal(is_one)).unique().collect()
    for name in names:
        values = set(rows[name].drop_nulls().to_list())
        seen |= values & sought.in_column(name)
        if name in (RECORD, TOKEN):
            records |= values
        elif name == PERSON_ID:
            persons |= values
    if RECORD in names and PERSON_ID in names:
        told = _Clusters(file)
        for record, person in rows.select(RECORD, PERSON_ID).drop_nulls().iter_rows():
            told.records.setdefault(person, set()).add(record)
        clusters.append(told)


def _require_one_numbering(clusters: Sequence[_Clusters]) -> None:
    """Refuse clusters that give one number to different people, or one record to different numbers."""
    for at, one in enumerate(clusters):
        for other in clusters[at + 1 :]:
            both = one.records.keys() & other.records.keys()
            apart = any(not one.records[person] & other.records[person] for person in both)
            whose = {record: person for person, held in one.records.items() for record in held}
            moved = any(
                whose.get(record, person) != person
                for person, held in other.records.items()
                for record in held
            )
            if apart or moved:
                raise MethodNotApplicable(
                    "Two files of clusters number these persons differently: nobody can say whose the other tables are.",
                    where="{one}, {other}",
                    expected="clusters of one linkage, or of linkages that go on with each other's numbers (--earlier)",
                    do="Take the clusters of the older linkage away, and the tables made from them. Nothing was erased.",
                    one=one.file.name,
                    other=other.file.name,
                )

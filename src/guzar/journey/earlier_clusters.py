"""Clusters of an earlier linkage, read from a file with what stands beside it.

That binds clusters to their records: the highest number ever given, how many records, a checksum of their numbers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import WORKSPACE
from guzar.journey.linking import ENDINGS
from guzar.process.histories import PERSON
from guzar.process.link_earlier import LARGEST_NUMBER
from guzar.store import read_about
from guzar.store.about import ENDING

HIGHEST = "highest_person_id"  # written down beside clusters: of persons who are gone too
RECORDS, CHECKSUM = "records", "records_checksum"
COLUMNS = ("record_id", PERSON)
ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class EarlierLinkage:
    """Whose records were whose: `record_id, person_id`, every record once; and the highest number ever given."""

    clusters: pl.DataFrame
    highest: int
    is_of_workspace: bool = False


def read_earlier_linkage(path: Path, highest: int | None = None) -> EarlierLinkage:
    """Clusters that an earlier `guzar link` wrote; highest: the highest number ever given, where that is known otherwise.

    Raises SettingsInvalid where there is no such file or nobody knows the highest number, TableInvalid where it does not
    hold whose record each is, or what stands beside it is of other clusters.
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
    about = read_about(path)
    _require_own_about(about, clusters, path)
    last = _read_highest(about.get(HIGHEST), highest, path)
    return EarlierLinkage(clusters, last, isinstance(about.get(WORKSPACE), str))


def checksum_of_records(clusters: pl.DataFrame) -> str:
    """SHA-256 of the numbers of records, in their order: whose each is may be corrected by hand, which they are not."""
    numbers = clusters["record_id"].cast(pl.String).sort()
    digest = hashlib.sha256()
    for part in numbers.to_frame().iter_slices(ROWS_AT_ONCE):
        digest.update("".join(f"{number}\n" for number in part["record_id"]).encode("utf-8"))
    return digest.hexdigest()


def checksum_of_clusters(path: Path) -> tuple[int, str]:
    """How many records a file of clusters holds, and the checksum of their numbers."""
    clusters = _read_clusters(path)
    return clusters.height, checksum_of_records(clusters)


def _require_own_about(about: Mapping[str, Any], clusters: pl.DataFrame, path: Path) -> None:
    if CHECKSUM in about and about[CHECKSUM] != checksum_of_records(clusters):
        raise TableInvalid(
            "What stands beside the earlier clusters is of other clusters.",
            where="{about}: made of other records than the {rows} of {file}",
            expected="both files as one guzar link wrote them",
            do="Put back the pair that belongs together. Where records were taken out on purpose, delete {about} and name "
            "the highest number ever given with --highest-number.",
            about=path.name + ENDING,
            file=path.name,
            rows=clusters.height,
        )


def _read_highest(told: object, given: int | None, path: Path) -> int:
    """The highest number ever given, written down or named; refused where neither is, or one cannot be a number."""
    if told is None and given is None:
        raise SettingsInvalid(
            "It is not known which numbers of persons were given before.",
            where="{about}, beside the clusters: missing, or without highest_person_id",
            expected="what guzar link wrote beside the clusters; without it the number of a person who is gone would be given "
            "to another",
            do="Put {about} back. If it is lost, name with --highest-number the highest number ever given, or any above it.",
            about=path.name + ENDING,
        )
    numbers = [number for number in (told, given) if number is not None]
    fit = [number for number in numbers if type(number) is int and 0 <= number <= LARGEST_NUMBER]
    if len(fit) < len(numbers):
        raise SettingsInvalid(
            "The highest number of a person cannot be read.",
            where="highest_person_id in {about}, or --highest-number",
            expected="a whole number from 0 to {most}",
            do="Correct it: the highest number ever given, or any above it.",
            about=path.name + ENDING,
            most=LARGEST_NUMBER,
        )
    return max(fit)


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
    is_number = pl.col(PERSON).is_between(0, LARGEST_NUMBER).fill_null(False)
    wrong = clusters.filter(pl.col("record_id").is_null() | ~is_number)
    if wrong.height or not clusters.height:
        raise TableInvalid(
            "The earlier clusters do not say whose record each is.",
            where="{file}: {rows} rows, of which {wrong} have no record_id, or no whole number from 0 to {most} as person_id",
            expected="record_id and person_id, as --clusters of guzar link writes them",
            do="Name the file that --clusters of the earlier guzar link wrote.",
            file=path.name,
            rows=clusters.height,
            wrong=wrong.height,
            most=LARGEST_NUMBER,
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

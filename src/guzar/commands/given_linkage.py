"""What `guzar link` is given: records or a workspace, files to write, an earlier linkage; and what does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from guzar.commands.earlier_linkage import Changes, Earlier, HighestNumber, NewOnly, require_new_clusters
from guzar.commands.given import read_day
from guzar.commands.given_tables import require_other_files
from guzar.commands.keys import require_records
from guzar.commands.speaker import STDOUT, Out
from guzar.errors import SettingsInvalid

ENDINGS = (".csv", ".csv.gz", ".parquet")
Left = Annotated[
    Path | None,
    typer.Argument(
        metavar="LEFT",
        help="record_id and any of surname, given_name, patronymic, sex, birth_date, citizenship, birth_place, "
        "document_number.",
    ),
]
Right = Annotated[
    Path | None,
    typer.Argument(metavar="RIGHT", help="A second table: only records of different tables are compared."),
]
Held = Annotated[
    Path | None,
    typer.Option("--workspace", help="Instead of LEFT: link what the linking zone of this workspace holds."),
]
Keys = Annotated[Path | None, typer.Option(help="Key file with which the linking zone was sealed.")]
Clusters = Annotated[
    Path | None, typer.Option(help="Table of record_id and person_id: whose record each is.")
]
Crossings = Annotated[
    Path | None,
    typer.Option(help="With --workspace: its crossings by person_id, for guzar residence and guzar stays."),
]
Since = Annotated[
    str | None,
    typer.Option(
        help="With --crossings: first day observed, as 2019-01-01; whether the population register holds the person on it."
    ),
]
Persons = Annotated[
    Path | None,
    typer.Option(
        help="With --workspace: one row per person (sex, birth year, country of birth, citizenship), for guzar count."
    ),
]
Permits = Annotated[
    Path | None,
    typer.Option(help="With --workspace: its permits by person_id, for guzar residence --permits."),
]
Review = Annotated[
    Path | None, typer.Option(help="Sample of pairs for clerks, the same number of each band of probability.")
]


@dataclass(frozen=True)
class GivenSource:
    """A workspace that is linked, and its key; each field is an option."""

    workspace: Held = None
    keys: Keys = None

    def opened(self) -> tuple[Path, Path]:
        """The workspace and the key to its names; refused (SettingsInvalid) where one is not given."""
        if self.workspace is None:
            _refuse_unclear()
        if self.keys is None:
            raise SettingsInvalid(
                "The linking zone is sealed.",
                expected="--keys with the key file with which it was sealed",
                do="Name the key file.",
            )
        return self.workspace, self.keys


@dataclass(frozen=True)
class GivenOutputs:
    """Files that are written; each field is an option."""

    out: Out = None
    clusters: Clusters = None
    crossings: Crossings = None
    persons: Persons = None
    permits: Permits = None
    changes: Changes = None
    review: Review = None


@dataclass(frozen=True)
class GivenEarlier:
    """The earlier linkage, and which crossings are written; each field is an option."""

    observed_from: Since = None
    earlier: Earlier = None
    highest_number: HighestNumber = None
    new_only: NewOnly = False


def require_fitting(
    left: Path | None, right: Path | None, source: GivenSource, places: GivenOutputs, given: GivenEarlier
) -> None:
    """Refuse (SettingsInvalid) options that do not belong together, before anything is computed."""
    _require_source(left, right, source, (places.crossings, places.persons, places.permits))
    belonging = {
        "--changes": places.changes,
        "--highest-number": given.highest_number,
        "--new-only": given.new_only,
    }
    require_new_clusters(given.earlier, right, places.clusters, belonging)
    if given.new_only:
        _require_crossings("--new-only", places.crossings)
    written = list(vars(places).values())
    _require_places(*written)
    require_other_files([path for path in (left, right, given.earlier) if path is not None], written)


def read_first_day(observed_from: str | None, crossings: Path | None) -> date | None:
    """The first day observed; refused (SettingsInvalid) where it is none, or no crossings are written."""
    if observed_from is None:
        return None
    _require_crossings("--observed-from", crossings)
    return read_day("--observed-from", observed_from)


def _require_crossings(option: str, crossings: Path | None) -> None:
    if crossings is None:
        raise SettingsInvalid(
            "{option} belongs to --crossings.",
            expected="both, or neither",
            do="Name a file with --crossings, or leave out {option}.",
            option=option,
        )


def _require_source(
    left: Path | None,
    right: Path | None,
    source: GivenSource,
    of_workspace: tuple[Path | None, ...],
) -> None:
    """Either files, or a workspace with the key to its names; crossings, persons and permits are those of a workspace."""
    if (left is None) == (source.workspace is None) or (right is not None and left is None):
        _refuse_unclear()
    if source.workspace is None and any((source.keys, *of_workspace)):
        raise SettingsInvalid(
            "--keys, --crossings, --persons and --permits belong to a workspace.",
            expected="--workspace with these options, or a file without them",
            do="Name the workspace, or leave them out.",
        )
    if source.workspace is not None:
        require_records(source.workspace)
        source.opened()


def _refuse_unclear() -> NoReturn:
    raise SettingsInvalid(
        "It is not clear what is to be linked.",
        expected="a file of records, or --workspace with --keys; not both",
        do="Name one of the two.",
    )


def _require_places(out: Path | None, *others: Path | None) -> None:
    if out is None and not any(others):
        raise SettingsInvalid(
            "Nothing is to be written.",
            expected="--out for pairs, --clusters for persons, or both",
            do="Name a file.",
        )
    if STDOUT in others:
        raise SettingsInvalid(
            "Only pairs can be written to stdout.",
            expected="the other options with a file",
            do="Name a file.",
        )
    for path in (out, *others):
        if path is not None and path != STDOUT:
            _require_place(path)


def _require_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsInvalid(
            "There is no folder {folder}.",
            expected="a file in a folder that exists",
            do="Make the folder, or choose another path.",
            folder=path.parent,
        )
    if path.is_dir() or not path.name.lower().endswith(ENDINGS):
        raise SettingsInvalid(
            "guzar cannot write a table to {path}.",
            expected="a name that ends in .csv, .csv.gz or .parquet",
            do="Choose another name.",
            path=path,
        )

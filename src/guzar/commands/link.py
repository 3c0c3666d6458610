"""`guzar link`: which records are one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.earlier_linkage import (
    Changes,
    Earlier,
    count_carried,
    require_new_clusters,
    tell_carried,
)
from guzar.commands.given import read_day
from guzar.commands.given_tables import require_other_files
from guzar.commands.keys import require_records, today
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

STEPS = 5
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
Review = Annotated[
    Path | None, typer.Option(help="Sample of pairs for clerks, the same number of each band of probability.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the command of linkage."""
    command(app, "link", "Process")(link)


def link(
    speak: Speaker,
    left: Left = None,
    right: Right = None,
    workspace: Held = None,
    keys: Keys = None,
    out: Out = None,
    clusters: Clusters = None,
    crossings: Crossings = None,
    observed_from: Since = None,
    persons: Persons = None,
    earlier: Earlier = None,
    changes: Changes = None,
    review: Review = None,
    threshold: Annotated[
        float, typer.Option(help="Probability from which two records are one person.")
    ] = 0.9,
    engine: Annotated[str, typer.Option(help="Where it is computed: local or spark.")] = "local",
    memory: Annotated[str, typer.Option(help="Memory that may be used, as 4GB or 500MB.")] = "4GB",
    seed: Annotated[int, typer.Option(help="Seed of the sample for review.")] = 1,
) -> None:
    """Link records of persons across spellings in Cyrillic and Latin: names folded, birth dates and documents compared.

    Example: guzar link crossings.parquet --out pairs.parquet --clusters clusters.parquet
    """
    _require_source(left, right, workspace, keys, crossings, persons)
    require_new_clusters(earlier, right, clusters, changes)
    _require_places(out, clusters, review, crossings, persons, changes)
    require_other_files(
        [path for path in (left, right, earlier) if path is not None],
        [out, clusters, review, crossings, persons, changes],
    )
    before = None if earlier is None else journey.read_earlier_linkage(earlier)
    allowed, first_day = read_memory(memory), _read_first_day(observed_from, crossings)
    with speak.progress("Linking", STEPS) as step:
        if workspace is not None and keys is not None:
            linked = journey.link_identities_of(
                workspace, keys, on=today(), threshold=threshold, engine=engine, memory=allowed, step=step
            )
        elif left is not None:
            linked = journey.link_files(
                left,
                right,
                threshold=threshold,
                engine=engine,
                memory=allowed,
                needs_clusters=clusters is not None,
                step=step,
            )
        facts = _facts(linked)
        carried = (
            None if before is None else journey.carry_on(linked.clusters, before, workspace, memory=allowed)
        )
    speak.write(out, linked.pairs)
    if carried is not None and clusters is not None:
        linked = replace(linked, clusters=carried.clusters)
        journey.tell_numbers(clusters, carried, workspace)
        speak.write(changes, carried.changes)
    speak.write(clusters, linked.clusters)
    if review is not None:
        speak.write(review, journey.sample_for_review(linked.considered, seed=seed))
    _tell(speak, linked, facts)
    if carried is not None:
        tell_carried(speak, carried)
        speak.say_written(changes, carried.changes)
    for path, table in ((out, linked.pairs), (clusters, linked.clusters)):
        speak.say_written(path, table)
    made = _write_persons(speak, workspace, linked, crossings, persons, first_day, allowed)
    speak.summary(
        {
            **facts,
            **count_carried(carried),
            "out": str(out),
            "clusters": str(clusters) if clusters else None,
            **made,
        }
    )


def _write_persons(
    speak: Speaker,
    workspace: Path | None,
    linked: journey.Linked,
    crossings: Path | None,
    persons: Path | None,
    first_day: date | None,
    memory: int,
) -> dict[str, str]:
    """What goes on from here under numbers of persons; which files."""
    made = {}
    if workspace is not None and crossings is not None:
        rows = journey.write_person_crossings(
            workspace, linked.clusters, crossings, first_day=first_day, memory=memory
        )
        speak.say("{count} rows written to {path}.", count=rows, path=crossings)
        made["crossings"] = str(crossings)
    if workspace is not None and persons is not None:
        described = journey.describe_persons_of(workspace, linked.clusters)
        speak.write(persons, described)
        speak.say_written(persons, described)
        made["persons_described"] = str(persons)
    if workspace is not None:
        speak.say(
            "Next: guzar keys purge-links --workspace {folder}. Nothing is counted before.", folder=workspace
        )
    return made


def _facts(linked: journey.Linked) -> dict[str, int | bool]:
    return {
        "records": linked.clusters.height,
        "identities": linked.identities,
        "pairs": linked.pairs.height,
        "persons": linked.clusters["person_id"].n_unique(),
        "is_trained": linked.is_trained,
        "clusters_cut": linked.clusters_cut,
    }


def _tell(speak: Speaker, linked: journey.Linked, facts: Mapping[str, int | bool]) -> None:
    speak.say(
        "{records} records, {identities} different once names are folded: {pairs} pairs joined, {persons} persons.",
        **facts,
    )
    if not linked.is_trained:
        speak.warn(
            "Too few pairs to learn from: probabilities rest on first guesses. Look at the pairs before you use them."
        )
    if linked.clusters_cut:
        speak.warn(
            "Groups too large for one person were cut at a higher threshold: {count}.",
            count=linked.clusters_cut,
        )


def _require_source(
    left: Path | None,
    right: Path | None,
    workspace: Path | None,
    keys: Path | None,
    crossings: Path | None,
    persons: Path | None,
) -> None:
    """Either files, or a workspace with the key to its names; crossings and persons are those of a workspace."""
    if (left is None) == (workspace is None) or (right is not None and left is None):
        raise SettingsInvalid(
            "It is not clear what is to be linked.",
            expected="a file of records, or --workspace with --keys; not both",
            do="Name one of the two.",
        )
    if workspace is None and (keys, crossings, persons) != (None, None, None):
        raise SettingsInvalid(
            "--keys, --crossings and --persons belong to a workspace.",
            expected="--workspace with these options, or a file without them",
            do="Name the workspace, or leave them out.",
        )
    if workspace is not None:
        require_records(workspace)
        if keys is None:
            raise SettingsInvalid(
                "The linking zone is sealed.",
                expected="--keys with the key file with which it was sealed",
                do="Name the key file.",
            )


def _read_first_day(observed_from: str | None, crossings: Path | None) -> date | None:
    if observed_from is not None and crossings is None:
        raise SettingsInvalid(
            "--observed-from belongs to --crossings.",
            expected="both, or neither",
            do="Name a file with --crossings, or leave out --observed-from.",
        )
    return None if observed_from is None else read_day("--observed-from", observed_from)


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
        if path is not None and path != STDOUT and not path.parent.is_dir():
            raise SettingsInvalid(
                "There is no folder {folder}.",
                expected="a file in a folder that exists",
                do="Make the folder, or choose another path.",
                folder=path.parent,
            )

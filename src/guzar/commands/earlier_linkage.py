"""What `guzar link --earlier` is given and tells: numbers of persons that stay from linkage to linkage."""

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.speaker import Speaker
from guzar.errors import SettingsInvalid

Earlier = Annotated[
    Path | None,
    typer.Option(
        help="Clusters of the earlier linkage: a person keeps the number; with --workspace found again by documents too."
    ),
]
Changes = Annotated[
    Path | None,
    typer.Option(help="With --earlier: how many records of an earlier person have another number now."),
]


def require_new_clusters(
    earlier: Path | None, right: Path | None, clusters: Path | None, changes: Path | None
) -> None:
    """Numbers are carried on within one table or workspace, and into clusters from which they can be carried on again."""
    if earlier is None and changes is not None:
        raise SettingsInvalid(
            "--changes belongs to --earlier.",
            expected="both, or --earlier alone",
            do="Name the clusters of the earlier linkage, or leave out --changes.",
        )
    if earlier is not None and right is not None:
        raise SettingsInvalid(
            "--earlier belongs to one table of records, or to a workspace.",
            expected="--earlier with LEFT alone, or with --workspace",
            do="Leave out RIGHT, or leave out --earlier.",
        )
    if earlier is not None and clusters is None:
        raise SettingsInvalid(
            "With --earlier the new clusters are written too.",
            expected="--clusters, so that the next linkage can go on from here",
            do="Name a file with --clusters.",
        )


def count_carried(carried: journey.Carried | None) -> dict[str, int]:
    """Records and persons with those of the earlier linkage, and what became of its persons; nothing without one."""
    if carried is None:
        return {}
    return {
        "records_with_earlier": carried.clusters.height,
        "persons_with_earlier": carried.clusters["person_id"].n_unique(),
        "persons_seen_again": carried.seen_again,
        "persons_new": carried.new,
        "persons_seen_as_one": carried.seen_as_one,
        "persons_seen_as_several": carried.seen_as_several,
    }


def tell_carried(speak: Speaker, carried: journey.Carried) -> None:
    """What became of earlier persons; where numbers changed, what to do."""
    speak.say(
        "With the earlier linkage: {records_with_earlier} records, {persons_with_earlier} persons; seen again "
        "{persons_seen_again}, new {persons_new}.",
        **count_carried(carried),
    )
    if carried.changes.height:
        speak.warn(
            "Seen as one with another person now: {one}; seen as several now: {several}. Make anew what was made of these "
            "persons: --changes names their numbers.",
            one=carried.seen_as_one,
            several=carried.seen_as_several,
        )

"""What `guzar link --earlier` is given and tells: numbers of persons that stay from linkage to linkage."""

from __future__ import annotations

from collections.abc import Mapping
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
HighestNumber = Annotated[
    int | None,
    typer.Option(
        help="With --earlier, where what stood beside the clusters is lost: the highest person_id ever given."
    ),
]
NewOnly = Annotated[
    bool,
    typer.Option(
        "--new-only",
        help="With --earlier and --crossings: only crossings that the earlier clusters did not hold, for guzar register.",
    ),
]


def require_new_clusters(
    earlier: Path | None, right: Path | None, clusters: Path | None, belonging: Mapping[str, object]
) -> None:
    """Numbers are carried on within one table or workspace, and into clusters from which they can be carried on again.

    belonging: what is given of the options that --earlier alone gives a sense.
    """
    alone = [name for name, value in belonging.items() if value not in (None, False)]
    if earlier is None and alone:
        raise SettingsInvalid(
            "{option} belongs to --earlier.",
            expected="both, or --earlier alone",
            do="Name the clusters of the earlier linkage, or leave out {option}.",
            option=alone[0],
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
        "earlier_records_linked_again": carried.linked_again,
    }


def tell_carried(
    speak: Speaker,
    carried: journey.Carried,
    found: journey.FoundAgain,
    *,
    is_of_workspace: bool,
    new_only: bool,
) -> None:
    """What became of earlier persons, and how sure that is; where numbers changed, what to do."""
    speak.say(
        "With the earlier linkage: {records_with_earlier} records, {persons_with_earlier} persons; seen again "
        "{persons_seen_again}, new {persons_new}.",
        **count_carried(carried),
    )
    if is_of_workspace:
        _tell_unseen(speak, carried)
    else:
        _tell_found(speak, found)
    if carried.changes.height:
        speak.warn(
            "Seen as one with another person now: {one}; seen as several now: {several}. Make anew what was made of these "
            "persons: --changes names their numbers.",
            one=carried.seen_as_one,
            several=carried.seen_as_several,
        )
    if carried.changes.height and new_only:
        speak.warn(
            "A register holds earlier crossings of these persons under their earlier numbers: before the purge, link once "
            "more without --new-only, and make the register anew."
        )


def _tell_unseen(speak: Speaker, carried: journey.Carried) -> None:
    """Who is new may be known: names of earlier records are gone, where these were not taken in once more."""
    unseen = carried.earlier_records - carried.linked_again
    if carried.new and unseen:
        speak.warn(
            "Some of the {new} new persons may be earlier ones with another document, for {unseen} of {earlier} earlier "
            "records had no names any more: to find them, take in the period before once more (or the whole population "
            "register) and link again with the same --earlier, before the purge.",
            new=carried.new,
            unseen=unseen,
            earlier=carried.earlier_records,
        )


def _tell_found(speak: Speaker, found: journey.FoundAgain) -> None:
    """In a table nothing but the number of a record says that it is the same: how many are, and what speaks against it."""
    speak.warn(
        "By the number of the record alone, {earlier_records_found} of {earlier_records} earlier records ({share} %) are in "
        "this table. Of one earlier person: {of_other_sex} of {records_compared_by_sex} records of another sex, "
        "{of_other_birth_year} of {records_compared_by_birth_year} of another year of birth; persons whose records lie apart "
        "now: {persons_lying_apart} of {persons_compared}. If the table numbers its records anew, these numbers are wrong.",
        share=speak.number(100 * found.share, 1),
        **found.as_facts(),
    )

"""`guzar link`: which records are one person."""

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.given_tables import require_other_files
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

STEPS = 5


def add_commands(app: typer.Typer) -> None:
    """Add the command of linkage."""
    command(app, "link", "Process")(link)


def link(
    speak: Speaker,
    left: Annotated[
        Path,
        typer.Argument(
            metavar="LEFT",
            help="record_id and any of surname, given_name, patronymic, sex, birth_date, citizenship, birth_place, "
            "document_number.",
        ),
    ],
    right: Annotated[
        Path | None,
        typer.Argument(
            metavar="RIGHT", help="A second table: only records of different tables are compared."
        ),
    ] = None,
    out: Out = None,
    clusters: Annotated[
        Path | None, typer.Option(help="Table of record_id and person_id: whose record each is.")
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(help="Sample of pairs for clerks, the same number of each band of probability."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="Probability from which two records are one person.")
    ] = 0.9,
    engine: Annotated[str, typer.Option(help="Where it is computed: local or spark.")] = "local",
    memory: Annotated[str, typer.Option(help="Memory that may be used, as 4GB or 500MB.")] = "4GB",
    seed: Annotated[int, typer.Option(help="Seed of the sample for review.")] = 1,
) -> None:
    """Link records of persons across spellings in Cyrillic and Latin: names folded, birth dates and documents compared.

    Example: guzar link crossings.parquet --out pairs.parquet --clusters persons.parquet
    """
    _require_places(out, clusters, review)
    require_other_files([left] if right is None else [left, right], [out, clusters, review])
    with speak.progress("Linking", STEPS) as step:
        linked = journey.link_files(
            left,
            right,
            threshold=threshold,
            engine=engine,
            memory=read_memory(memory),
            needs_clusters=clusters is not None,
            step=step,
        )
    speak.write(out, linked.pairs)
    speak.write(clusters, linked.clusters)
    if review is not None:
        speak.write(review, journey.sample_for_review(linked.considered, seed=seed))
    _tell(speak, linked)
    for path, table in ((out, linked.pairs), (clusters, linked.clusters)):
        speak.say_written(path, table)
    speak.summary({**_facts(linked), "out": str(out), "clusters": str(clusters) if clusters else None})


def _facts(linked: journey.Linked) -> dict[str, int | bool]:
    return {
        "records": linked.clusters.height,
        "identities": linked.identities,
        "pairs": linked.pairs.height,
        "persons": linked.clusters["person_id"].n_unique(),
        "is_trained": linked.is_trained,
        "clusters_cut": linked.clusters_cut,
    }


def _tell(speak: Speaker, linked: journey.Linked) -> None:
    speak.say(
        "{records} records, {identities} different once names are folded: {pairs} pairs joined, {persons} persons.",
        **_facts(linked),
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


def _require_places(out: Path | None, clusters: Path | None, review: Path | None) -> None:
    if out is None and clusters is None:
        raise SettingsInvalid(
            "Nothing is to be written.",
            expected="--out for pairs, --clusters for persons, or both",
            do="Name a file.",
        )
    if STDOUT in (clusters, review):
        raise SettingsInvalid(
            "Only pairs can be written to stdout.",
            expected="--clusters and --review with a file",
            do="Name a file.",
        )
    for path in (out, clusters, review):
        if path is not None and path != STDOUT and not path.parent.is_dir():
            raise SettingsInvalid(
                "There is no folder {folder}.",
                expected="a file in a folder that exists",
                do="Make the folder, or choose another path.",
                folder=path.parent,
            )

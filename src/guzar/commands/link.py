"""`guzar link`: which records are one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.earlier_linkage import count_carried, tell_carried
from guzar.commands.given_linkage import (
    GivenEarlier,
    GivenOutputs,
    GivenSource,
    Left,
    Right,
    read_first_day,
    require_fitting,
)
from guzar.commands.keys import today
from guzar.commands.speaker import STDOUT, Speaker, command

STEPS = 5


@dataclass(frozen=True)
class Made:
    """A linkage of a workspace, or of files, with what goes on from an earlier one."""

    linked: journey.Linked
    workspace: Path | None
    memory: int
    seed: int
    before: journey.EarlierLinkage | None = None
    carried: journey.Carried | None = None
    found: journey.FoundAgain | None = None
    rows: dict[str, int] = field(default_factory=dict)  # of crossings and persons that were written

    @property
    def clusters(self) -> pl.DataFrame:
        """`record_id, person_id` of all records, earlier ones too."""
        return self.linked.clusters if self.carried is None else self.carried.clusters


def add_commands(app: typer.Typer) -> None:
    """Add the command of linkage."""
    command(app, "link", "Process")(link)


def link(
    speak: Speaker,
    left: Left = None,
    right: Right = None,
    *,
    source: GivenSource,
    places: GivenOutputs,
    given: GivenEarlier,
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
    require_fitting(left, right, source, places, given)
    before = (
        None if given.earlier is None else journey.read_earlier_linkage(given.earlier, given.highest_number)
    )
    allowed, first_day = read_memory(memory), read_first_day(given.observed_from, places.crossings)
    how = {"threshold": threshold, "engine": engine, "memory": allowed}
    with speak.progress("Linking", STEPS) as step:
        linked = _link(left, right, source, {**how, "step": step}, needs_clusters=places.clusters is not None)
        made = _carry(Made(linked, source.workspace, allowed, seed, before), left)
    _write(speak, made, places, first_day, given.new_only)
    _tell(speak, made, places, given.new_only)


def _link(
    left: Path | None,
    right: Path | None,
    source: GivenSource,
    how: Mapping[str, Any],
    *,
    needs_clusters: bool,
) -> journey.Linked:
    """The new linkage, of files or of a workspace."""
    if left is not None:
        return journey.link_files(left, right, needs_clusters=needs_clusters, **how)
    workspace, keys = source.opened()
    return journey.link_identities_of(workspace, keys, on=today(), **how)


def _carry(made: Made, table: Path | None) -> Made:
    """The linkage under the numbers of the earlier one, if one is given."""
    if made.before is None:
        return made
    carried, found = journey.carry_on(
        made.linked.clusters, made.before, made.workspace, table=table, memory=made.memory
    )
    return replace(made, carried=carried, found=found)


def _write(speak: Speaker, made: Made, places: GivenOutputs, first_day: date | None, new_only: bool) -> None:
    """Write everything that was asked for, together or not at all; crossings and what describes persons are counted."""
    with journey.written_together() as outputs:
        if made.workspace is not None and places.crossings is not None:
            made.rows["crossings"] = journey.add_person_crossings(
                outputs,
                made.workspace,
                made.clusters,
                places.crossings,
                earlier=made.before.clusters if new_only and made.before is not None else None,
                first_day=first_day,
                memory=made.memory,
            )
        if made.workspace is not None and places.persons is not None:
            described = journey.describe_persons_of(made.workspace, made.clusters)
            outputs.write(places.persons, described)
            made.rows["persons"] = described.height
        if made.workspace is not None and places.permits is not None:
            made.rows["permits"] = journey.add_person_permits(
                outputs, made.workspace, made.clusters, places.permits
            )
        _add_clusters(outputs, made, places.clusters)
        if made.carried is not None and places.changes is not None:
            outputs.write(places.changes, made.carried.changes)
        if places.review is not None:
            outputs.write(places.review, journey.sample_for_review(made.linked.considered, seed=made.seed))
        if places.out == STDOUT:
            speak.write(places.out, made.linked.pairs)
        elif places.out is not None:
            outputs.write(places.out, made.linked.pairs)


def _add_clusters(outputs: journey.Outputs, made: Made, path: Path | None) -> None:
    """Clusters, with what the next linkage must know of them; of a workspace, of all records that it holds."""
    if path is None:
        return
    if made.workspace is not None:
        journey.require_all_linked(made.workspace, made.clusters, memory=made.memory)
    about = journey.about_clusters(made.clusters, path, made.workspace, made.carried, made.found)
    outputs.write(path, made.clusters, about)


def _tell(speak: Speaker, made: Made, places: GivenOutputs, new_only: bool) -> None:
    """What was found and written; the same for a program."""
    facts = _facts(made.linked)
    _tell_linked(speak, made.linked, facts, places.review)
    if made.carried is not None and made.found is not None:
        is_of_workspace = made.workspace is not None
        tell_carried(speak, made.carried, made.found, is_of_workspace=is_of_workspace, new_only=new_only)
        speak.say_written(places.changes, made.carried.changes)
    speak.say_written(places.out, made.linked.pairs)
    speak.say_written(places.clusters, made.clusters)
    for name in ("crossings", "persons", "permits"):
        path = getattr(places, name)
        if name in made.rows:
            speak.say("{count} rows written to {path}.", count=made.rows[name], path=path)
    if made.workspace is not None:
        speak.say(
            "Next: guzar keys purge-links --workspace {folder}. Nothing is counted before.",
            folder=made.workspace,
        )
    speak.summary(_summary(made, places, facts))


def _summary(made: Made, places: GivenOutputs, facts: Mapping[str, int | bool]) -> dict[str, Any]:
    """The numbers of a linkage and its files."""
    told = {**facts, **count_carried(made.carried), **(made.found.as_facts() if made.found else {})}
    files = {"crossings": places.crossings, "persons_described": places.persons, "permits": places.permits}
    return {
        **told,
        "out": str(places.out),
        "clusters": str(places.clusters) if places.clusters else None,
        **{name: str(path) for name, path in files.items() if path is not None},
    }


def _facts(linked: journey.Linked) -> dict[str, int | bool]:
    return {
        "records": linked.clusters.height,
        "identities": linked.identities,
        "pairs": linked.pairs.height,
        "persons": linked.clusters["person_id"].n_unique(),
        "is_trained": linked.is_trained,
        "clusters_cut": linked.clusters_cut,
    }


def _tell_linked(
    speak: Speaker, linked: journey.Linked, facts: Mapping[str, int | bool], review: Path | None
) -> None:
    speak.say(
        "{records} records, {identities} different once names are folded: {pairs} pairs joined, {persons} persons.",
        **facts,
    )
    if not linked.is_trained and review is None:
        speak.warn(
            "Too few pairs to learn from: probabilities rest on first guesses. Look at pairs before you use them: link again "
            "with --review F, which writes a sample of them."
        )
    elif not linked.is_trained:
        speak.warn(
            "Too few pairs to learn from: probabilities rest on first guesses. Look at the sample in {path} before you use "
            "them.",
            path=review,
        )
    if linked.clusters_cut:
        speak.warn(
            "Groups too large for one person were cut at a higher threshold: {count}.",
            count=linked.clusters_cut,
        )

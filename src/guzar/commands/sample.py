"""`guzar sample`: records about persons, made fit for researchers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given_tables import (
    fitted,
    refuse_two_places,
    require_names,
    require_other_files,
    split_names,
)
from guzar.commands.speaker import Out, Speaker
from guzar.store import open_workspace


def sample(
    speak: Speaker,
    records: Annotated[
        Path,
        typer.Argument(
            metavar="RECORDS", help="Records about persons, one row each, only the columns named."
        ),
    ],
    quasi_identifiers: Annotated[
        str | None,
        typer.Option(
            help="What others may know of a person, most important first, e.g. sex,age_group,citizenship."
        ),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Fewest records that share a combination.")] = 3,
    sensitive: Annotated[
        str | None, typer.Option(help="What nobody may learn of a person, e.g. status,reason.")
    ] = None,
    different: Annotated[
        int, typer.Option("--l", help="Fewest different values of a sensitive column in a combination.")
    ] = 1,
    workspace: Annotated[
        Path | None, typer.Option(help="Workspace whose guzar.toml declares the rules, in place of options.")
    ] = None,
    out: Out = None,
) -> None:
    """Make a sample of records for researchers: nobody alone in a combination; least important columns blanked first.

    Example: guzar sample records.csv --quasi-identifiers sex,age_group --k 3 --sensitive status --l 2 --out sample.csv
    """
    place = open_workspace(workspace) if workspace else None
    rules = None
    if place is None:
        rules = journey.SampleRules(
            tuple(require_names(quasi_identifiers)), k, tuple(split_names(sensitive)), different
        )
    elif quasi_identifiers or sensitive or (k, different) != (3, 1):
        refuse_two_places("--quasi-identifiers, --k, --sensitive, --l")
    require_other_files([records], [out])
    done = journey.protect_records(records, rules, place)
    speak.write(out, done.records)
    facts = {
        "records": done.records.height,
        "risky": done.risky_before,
        "blanked": sum(done.blanked.values()),
        "left_out": done.left_out,
        "smallest": done.smallest_group,
    }
    if out is None:
        speak.show(fitted(speak, done.records, is_estimated=False))
    speak.say(
        "Records: {records}; risky before: {risky}; values blanked: {blanked}; records left out: {left_out}; every "
        "combination is shared by at least {smallest}.",
        **facts,
    )
    speak.say_written(out, done.records)
    speak.summary_of(out, done.records, **facts, blanked_by_column=done.blanked)

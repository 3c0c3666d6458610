"""`guzar count`: stocks, flows, stays and acts from records under pseudonyms; unprotected, for `guzar protect`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.counts_told import summary_of_counts, tell_counts, tell_own_citizens
from guzar.commands.given import read_day
from guzar.commands.given_tables import fitted
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid
from guzar.store import open_workspace


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that counts records."""
    command(app, "count", "Analyse")(count)


def count(
    speak: Speaker,
    register: Annotated[
        Path,
        typer.Argument(
            metavar="REGISTER", help="What guzar residence or stays wrote, or pseudonymous records."
        ),
    ],
    measure: Annotated[
        str,
        typer.Option(
            help="stock, flow, movements (residence); stays, absences, returns, circular (stays); crossings, "
            "registrations, permits."
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(help="Columns to count by, e.g. sex,age_group,citizenship; year is always one."),
    ] = None,
    persons: Annotated[
        Path | None,
        typer.Option(help="One row per person: person_id and columns that the register does not have."),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(
            help="Day, as 2024-12-31, of a stock, or of stays and absences that go on; may be repeated."
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Only rows with a code, as citizenship=UZB; may be repeated."),
    ] = None,
    concept: Annotated[
        str | None,
        typer.Option(help="Of movements: un_1998 (long-term, short-term) or un_2021 (temporary mobility)."),
    ] = None,
    view: Annotated[
        str,
        typer.Option(
            help="destination: everybody; origin: own citizens (--own-citizens), as they leave and return."
        ),
    ] = "destination",
    own_citizens: Annotated[
        str | None, typer.Option(help="The country's own citizenship, as KGZ; also for population_group.")
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option(help="Table to write for guzar protect --hierarchy: at least 3 and 6 months as groups."),
    ] = None,
    ages: Annotated[str, typer.Option(help="First years of the age groups.")] = "0,15,25,45,65",
    workspace: Annotated[
        Path | None,
        typer.Option(help="Workspace of the records: nothing is counted before its names are purged."),
    ] = None,
    out: Out = None,
) -> None:
    """Count persons, migrations, stays or acts. The counts are not protected: they go on to guzar protect.

    Example: guzar count residence.parquet --measure flow --by sex,age_group --persons persons.parquet --out flows.csv
    """
    done = journey.count_file(
        register,
        measure,
        [name.strip() for name in (by or "").split(",") if name.strip()],
        persons=persons,
        days=[read_day("--on", text) for text in on or []],
        ages=_ages(ages),
        where=_codes(where or []),
        workspace=open_workspace(workspace).path if workspace else None,
        concept=concept,
        view=view,
        own_citizens=own_citizens,
    )
    if groups is not None:
        speak.write(groups, journey.groups_of_durations())
    if out not in (None, STDOUT):
        journey.tell_counts(register, done, out, own_citizens=own_citizens)
    speak.write(out, done.table)
    if out is None:
        speak.show(fitted(speak, done.table, is_estimated=False))
    tell_own_citizens(speak, done, own_citizens)
    tell_counts(speak, done, out, groups)
    speak.summary_of(out, done.table, **summary_of_counts(done))


def _codes(given: Sequence[str]) -> dict[str, str]:
    """Columns and the codes that their rows must have."""
    pairs = [text.partition("=") for text in given]
    if any(not name.strip() or not sign for name, sign, _ in pairs):
        raise SettingsInvalid(
            "guzar cannot read what --where asks for: {given}.",
            expected="a column and a code, as citizenship=UZB",
            do="Correct the option.",
            given=", ".join(given),
        )
    return {name.strip(): code.strip() for name, _, code in pairs}


def _ages(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    ages = [int(part) for part in parts if part.isdigit()]
    if len(ages) < len(parts) or ages != sorted(set(ages)):
        raise SettingsInvalid(
            "These are no age groups: {ages}.",
            expected="the first years of the groups in rising order, as 0,15,25,45,65",
            do="Correct --ages.",
            ages=text,
        )
    return ages

"""`guzar count`: stocks, flows, stays and acts from records under pseudonyms; unprotected, for `guzar protect`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.speaker import Out, Speaker, command
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
            help="stock, flow (residence); stays, absences (stays); crossings, registrations, permits."
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
        typer.Option(help="Day of a stock, as 2024-12-31; may be repeated. Default: ends of years."),
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
        days=[_day(text) for text in on or []],
        ages=_ages(ages),
        workspace=open_workspace(workspace) if workspace else None,
    )
    speak.write(out, done.table)
    _tell(speak, done, out)


def _tell(speak: Speaker, done: journey.Counted, out: Path | None) -> None:
    """How much was counted, in which unit and on which concept, and what could not be decided."""
    speak.say(
        "Counted: {count} (unit: {unit}, {concept}); not decidable and not counted: {open}. Not protected: for guzar "
        "protect only.",
        count=int(done.table[done.measure.count].sum()),
        unit=done.measure.count,
        concept=speak.text(done.measure.concept),
        open=done.not_decided,
    )
    speak.say_written(out, done.table)
    speak.summary_of(
        out, done.table, unit=done.measure.count, concept=done.measure.concept, open=done.not_decided
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsInvalid(
            "{date} is no date.", expected="a date as 2026-11-21", do="Correct the option.", date=text
        ) from None


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
